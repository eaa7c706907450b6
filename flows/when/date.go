package when

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrUnreadable means that the text is no date that Date can read.
var ErrUnreadable = errors.New("not a date in words we read")

// PastError means that the text is a date that lies behind.
type PastError struct {
	Date string // the date that was meant, YYYY-MM-DD
	Next string // the next time it comes: the same day a year on; empty when nothing sensible can be offered
}

// Error says which date it was.
func (e *PastError) Error() string { return "the date " + e.Date + " is past" }

// ImpossibleError means that the text names a day that no calendar has: April 31, February 29 of a common year, a fifth
// Monday in a month of four.
type ImpossibleError struct {
	Offers []string // two or three days that may be meant instead, YYYY-MM-DD, none past
}

// Error says which days are near.
func (e *ImpossibleError) Error() string {
	return "no such day, but " + strings.Join(e.Offers, " and ")
}

// FarError means that the text is a date so far ahead that it may be a slip of the finger: more than five years.
type FarError struct {
	Date   string // YYYY-MM-DD
	Beyond bool   // more than 20 years ahead: not taken even when it is meant
}

// Error says which date it was.
func (e *FarError) Error() string { return "the date " + e.Date + " is far ahead" }

// CloseError means that the text is no date as it stands, and that mending one word makes it one in only one way.
type CloseError struct {
	Dates []string // the readings of the mended text, YYYY-MM-DD: one or two
}

// Error says what the text may be.
func (e *CloseError) Error() string { return "perhaps " + strings.Join(e.Dates, " or ") }

// Reading is what a text may mean: one date, or two when it can be read in two ways, the likelier one first.
type Reading struct {
	Dates []string // YYYY-MM-DD
}

const (
	longest  = 80 // bytes of a text that may be a date: more is a sentence
	far      = 5  // years: a date further away is asked about
	horizon  = 20 // years: a date further away is not taken
	justPast = 60 // days: "November 3" on November 20 is rather this year's, and past, than next year's
)

// Date reads a date in people's words: "2026-12-01", "tomorrow", "friday", "next friday", "in 8 days", "December 1",
// "12/4", "end of month", "the last Thursday of April", "a week from Tuesday", and the same in Spanish. Words of both
// languages are read whatever the locale is; the locale ("en", "es") decides which reading of "12/4" comes first. today
// is a civil date. A date without a year means its next occurrence, unless it was only just; today itself is never past.
// Errors: ErrUnreadable (wrapped), *PastError, *ImpossibleError, *FarError, *CloseError.
func Date(text, today, locale string) (Reading, error) {
	now, ok := civil(today)
	if !ok {
		return Reading{}, fmt.Errorf("read date: today is %q: %w", today, ErrUnreadable)
	}
	if len(text) > longest {
		return Reading{}, fmt.Errorf("read date: %w", ErrUnreadable)
	}
	r := reader{today: now, spanish: strings.HasPrefix(locale, "es")}
	words := plain(text)
	if found := r.read(unled(words)); found.any() {
		return r.settle(found)
	}
	if dates := r.mended(words); len(dates) > 0 {
		return Reading{}, &CloseError{Dates: dates}
	}
	return Reading{}, fmt.Errorf("read date: %w", ErrUnreadable)
}

// Takes reports whether date, a civil date as Date returns it, may be taken on the civil date today: it is not past and
// at most 20 years ahead. It is for a date that somebody picked, and so needs no second question.
func Takes(date, today string) bool {
	now, ok := civil(today)
	return ok && Valid(date) && date >= today && date <= now.AddDate(horizon, 0, 0).Format(time.DateOnly)
}

// reader reads one text. Its methods return the zero guess for what they cannot read.
type reader struct {
	today   time.Time // midnight UTC
	spanish bool
}

// guess is what a text may mean, before it is known whether it lies behind.
type guess struct {
	dates []time.Time
	// anew gives the next occurrence of a date that is past; nil when there is none to offer.
	anew func(time.Time) (time.Time, bool)
	// none says that there is no such day; there are no dates then.
	none *ImpossibleError
}

func (g guess) any() bool { return len(g.dates) > 0 || g.none != nil }

func only(dates ...time.Time) guess { return guess{dates: dates} }

// unled takes away words that lead up to a date ("by", "due on", "para") and a please after it.
func unled(words []string) []string {
	words, _ = before(words, "please", "por favor")
	for len(words) > 1 {
		switch words[0] {
		case "by", "on", "due", "for", "until", "before", "para", "antes", "del", "hasta":
			words = words[1:]
		default:
			return words
		}
	}
	return words
}

func (r reader) read(words []string) guess {
	words = merged(words)
	ways := []func([]string) guess{
		r.near, r.ahead, r.shifted, r.named, r.ends, r.middles, r.vague, r.numeric, r.monthly, r.nth, r.dayOnly, r.dayOfThat, r.withWeekday,
	}
	for _, way := range ways {
		if found := way(words); found.any() {
			return found
		}
	}
	if len(words) > 1 && slices.Contains([]string{"the", "el", "la", "los"}, words[0]) {
		return r.read(words[1:])
	}
	return guess{}
}

// settle drops readings that lie behind, or says that all do.
func (r reader) settle(g guess) (Reading, error) {
	if g.none != nil {
		return Reading{}, g.none
	}
	var dates []string
	for _, d := range g.dates {
		if text := d.Format(time.DateOnly); !d.Before(r.today) && !slices.Contains(dates, text) {
			dates = append(dates, text)
		}
	}
	if len(dates) == 0 {
		past := &PastError{Date: g.dates[0].Format(time.DateOnly)}
		if g.anew != nil {
			if next, ok := g.anew(g.dates[0]); ok {
				past.Next = next.Format(time.DateOnly)
			}
		}
		return Reading{}, past
	}
	if dates[0] > r.today.AddDate(far, 0, 0).Format(time.DateOnly) {
		return Reading{}, &FarError{Date: dates[0], Beyond: dates[0] > r.today.AddDate(horizon, 0, 0).Format(time.DateOnly)}
	}
	return Reading{Dates: dates[:min(len(dates), 2)]}, nil
}

// near reads today and the days around it.
func (r reader) near(words []string) guess {
	switch strings.Join(words, " ") {
	case "today", "hoy", "hoy mismo", "tonight", "esta noche", "esta tarde", "this afternoon", "this evening", "this morning":
		return only(r.in(0))
	case "tomorrow", "tmrw", "manana", "manana mismo":
		return only(r.in(1))
	case "day after tomorrow", "the day after tomorrow", "pasado manana":
		return only(r.in(2))
	case "yesterday", "ayer":
		return only(r.in(-1))
	default:
		return guess{}
	}
}

// ahead reads "in 8 days", "8 days from now", "dentro de dos semanas", "3 days ago".
func (r reader) ahead(words []string) guess {
	sign := 1
	words, _ = after(words, "in", "within", "en", "dentro de")
	words, _ = before(words, "from now", "from today", "a partir de hoy", "desde hoy")
	words, behind := after(words, "hace")
	words, ago := before(words, "ago")
	if behind || ago {
		sign = -1
	}
	// Eight days are a week where days are counted with today, and fifteen are two.
	switch strings.Join(words, " ") {
	case "ocho dias":
		return only(r.in(7*sign), r.in(8*sign))
	case "quince dias":
		return only(r.in(14*sign), r.in(15*sign))
	}
	move, ok := span(words)
	if !ok {
		return guess{}
	}
	return only(move(r.today, sign))
}

// span reads how long: "8 days", "a couple of weeks", "dos meses". The function that it returns moves a date that far
// ahead, or back when sign is -1.
func span(words []string) (move func(d time.Time, sign int) time.Time, ok bool) {
	words, couple := after(words, "a couple of", "couple of", "a couple", "un par de")
	n := 2
	if !couple {
		if len(words) < 2 {
			return nil, false
		}
		if n, ok = count(words[0]); !ok {
			return nil, false
		}
		words = words[1:]
	}
	switch strings.Join(words, " ") {
	case "day", "days", "dia", "dias":
		return func(d time.Time, sign int) time.Time { return d.AddDate(0, 0, sign*n) }, true
	case "week", "weeks", "semana", "semanas":
		return func(d time.Time, sign int) time.Time { return d.AddDate(0, 0, sign*7*n) }, true
	case "fortnight", "fortnights", "quincena", "quincenas":
		return func(d time.Time, sign int) time.Time { return d.AddDate(0, 0, sign*14*n) }, true
	case "month", "months", "mes", "meses":
		return func(d time.Time, sign int) time.Time { return monthsOn(d, sign*n) }, true
	case "year", "years", "ano", "anos":
		return func(d time.Time, sign int) time.Time { return monthsOn(d, sign*12*n) }, true
	case "working day", "working days", "business day", "business days", "workdays", "workday", "dia habil", "dias habiles", "dia laborable",
		"dias laborables":
		return func(d time.Time, sign int) time.Time {
			if sign < 0 {
				return workingBack(d, n)
			}
			on, _ := civil(AddWorkingDays(d.Format(time.DateOnly), n))
			return on
		}, true
	default:
		return nil, false
	}
}

// shifted reads a span before or after a date: "a week from Tuesday", "two days before December 1", "del martes en ocho".
func (r reader) shifted(words []string) guess {
	for _, weeks := range []struct {
		n       int
		endings []string
	}{{1, []string{"en ocho", "en ocho dias", "week"}}, {2, []string{"en quince", "en quince dias"}}} {
		if rest, ok := before(words, weeks.endings...); ok {
			rest, _ = after(rest, "de", "del", "a")
			if base := r.read(rest); len(base.dates) > 0 && rest[0] != "next" && rest[0] != "this" {
				return base.moved(func(d time.Time) time.Time { return d.AddDate(0, 0, 7*weeks.n) })
			}
		}
	}
	words, _ = after(words, "in", "en")
	for i := 1; i+1 < len(words); i++ {
		sign := 1
		rest, ok := after(words[i:], "from", "after", "despues de", "despues del", "a partir de", "a partir del", "desde")
		if !ok {
			rest, ok = after(words[i:], "before", "antes de", "antes del")
			sign = -1
		}
		move, long := span(words[:i])
		if !ok || !long {
			continue
		}
		base := r.read(rest)
		return base.moved(func(d time.Time) time.Time { return move(d, sign) })
	}
	return guess{}
}

// moved is g with every date moved; what has been moved does not come again each year.
func (g guess) moved(move func(time.Time) time.Time) guess {
	out := guess{none: g.none}
	for _, d := range g.dates {
		out.dates = append(out.dates, move(d))
	}
	return out
}
