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

// Reading is what a text may mean: one date, or two when it can be read in two ways, the likelier one first.
type Reading struct {
	Dates []string // YYYY-MM-DD
}

const (
	longest  = 80 // bytes of a text that may be a date: more is a sentence
	horizon  = 20 // years: a date further away is a slip of the finger
	justPast = 60 // days: "November 3" on November 20 is rather this year's, and past, than next year's
)

// Date reads a date in people's words: "2026-12-01", "tomorrow", "friday", "next friday", "in 8 days", "December 1",
// "12/4", "end of month", and the same in Spanish. Words of both languages are read whatever the locale is; the locale
// ("en", "es") decides which reading of "12/4" comes first. today is a civil date. A date without a year means its
// next occurrence, unless it was only just; today itself is never past. Errors: ErrUnreadable (wrapped), *PastError.
func Date(text, today, locale string) (Reading, error) {
	now, ok := civil(today)
	if !ok {
		return Reading{}, fmt.Errorf("read date: today is %q: %w", today, ErrUnreadable)
	}
	r := reader{today: now, spanish: strings.HasPrefix(locale, "es")}
	if len(text) > longest {
		return Reading{}, fmt.Errorf("read date: %w", ErrUnreadable)
	}
	found := r.read(unled(plain(text)))
	if len(found.dates) == 0 {
		return Reading{}, fmt.Errorf("read date: %w", ErrUnreadable)
	}
	return r.settle(found)
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
}

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
	ways := []func([]string) guess{r.near, r.ahead, r.named, r.ends, r.vague, r.numeric, r.monthly, r.dayOnly, r.withWeekday}
	for _, way := range ways {
		if found := way(words); len(found.dates) > 0 {
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
	if dates[0] > r.today.AddDate(horizon, 0, 0).Format(time.DateOnly) {
		return Reading{}, fmt.Errorf("read date: more than %d years ahead: %w", horizon, ErrUnreadable)
	}
	return Reading{Dates: dates[:min(len(dates), 2)]}, nil
}

// near reads today and the days around it.
func (r reader) near(words []string) guess {
	switch strings.Join(words, " ") {
	case "today", "hoy", "hoy mismo":
		return only(r.in(0))
	case "tomorrow", "manana":
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
	if len(words) < 2 {
		return guess{}
	}
	n, ok := count(words[0])
	if !ok {
		return guess{}
	}
	n *= sign
	switch strings.Join(words[1:], " ") {
	case "day", "days", "dia", "dias":
		return only(r.in(n))
	case "week", "weeks", "semana", "semanas":
		return only(r.in(7 * n))
	case "month", "months", "mes", "meses":
		return only(r.inMonths(n))
	case "working day", "working days", "business day", "business days", "workdays", "dia habil", "dias habiles", "dia laborable", "dias laborables":
		d, _ := civil(AddWorkingDays(r.today.Format(time.DateOnly), n))
		return only(d)
	default:
		return guess{}
	}
}

// named reads a weekday: "friday", "next friday", "el viernes que viene", "friday of next week".
func (r reader) named(words []string) guess {
	words, _ = after(words, "the", "el")
	words, coming := after(words, "this coming", "coming")
	words, _ = after(words, "this", "este")
	words, next := after(words, "next", "proximo")
	words, week := before(words, "of next week", "next week", "de la proxima semana", "de la semana que viene", "la proxima semana", "la semana que viene")
	words, trailing := before(words, "que viene", "proximo", "siguiente")
	if len(words) != 1 {
		return guess{}
	}
	name, ok := weekday(words[0])
	if !ok {
		return guess{}
	}
	date := r.coming(name)
	switch {
	case week:
		return only(r.nextMonday().AddDate(0, 0, (int(name)+6)%7))
	case next || trailing:
		return r.nextNamed(date)
	case name == r.today.Weekday() && !coming:
		return only(date, r.today) // today would rather be called today
	default:
		return only(date)
	}
}

// nextNamed reads "next friday": when this week still has its Friday, people mean either.
func (r reader) nextNamed(coming time.Time) guess {
	later := coming.AddDate(0, 0, 7)
	switch {
	case coming.Before(r.nextMonday()) && !r.spanish:
		return only(later, coming)
	case coming.Before(r.nextMonday()) || r.today.Weekday() == time.Sunday:
		return only(coming, later)
	default:
		return only(coming)
	}
}

// ends reads the ends of things: "end of month", "fin de mes", "end of December", "a fines de año".
func (r reader) ends(words []string) guess {
	words, _ = after(words, "a", "at")
	words, end := after(words, "the end of", "end of", "last day of", "the last day of", "el fin de", "fin de", "fines de", "finales de",
		"final de", "ultimo dia de", "el ultimo dia de", "ultimo dia del", "el ultimo dia del", "fin del", "final del")
	if !end {
		if s := strings.Join(words, " "); s == "month end" || s == "months end" {
			return only(lastOf(r.today))
		}
		return guess{}
	}
	words, _ = after(words, "the", "this", "este", "el")
	switch strings.Join(words, " ") {
	case "month", "mes":
		return only(lastOf(r.today))
	case "next month", "proximo mes", "mes que viene", "mes proximo":
		return only(lastOf(r.inMonths(1)))
	case "year", "ano":
		return only(civilDate(r.today.Year(), time.December, 31))
	case "week", "la semana", "esta semana":
		return only(r.endOfWeek())
	case "semana":
		return only(r.coming(time.Saturday), r.coming(time.Sunday)) // "fin de semana" is the weekend
	}
	if len(words) == 1 {
		if m, ok := month(words[0]); ok {
			d := lastOf(civilDate(r.today.Year(), m, 1))
			if d.Before(r.today) {
				d = lastOf(civilDate(r.today.Year()+1, m, 1))
			}
			return only(d)
		}
	}
	return guess{}
}

// vague reads what names more than one day: its two likeliest days are offered.
func (r reader) vague(words []string) guess {
	switch strings.Join(words, " ") {
	case "next week", "la proxima semana", "proxima semana", "la semana que viene", "semana que viene":
		return only(r.nextMonday().AddDate(0, 0, 4), r.nextMonday())
	case "this week", "esta semana":
		return only(r.endOfWeek())
	case "next month", "el proximo mes", "proximo mes", "el mes que viene", "mes que viene":
		first := civilDate(r.today.Year(), r.today.Month()+1, 1)
		return only(lastOf(first), first)
	case "this month", "este mes":
		return only(lastOf(r.today))
	case "weekend", "this weekend", "the weekend", "este fin de semana", "el fin de semana":
		return only(r.coming(time.Saturday), r.coming(time.Sunday))
	default:
		return guess{}
	}
}
