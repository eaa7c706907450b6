package when

import (
	"slices"
	"strings"
	"time"
)

// numeric reads "2026-12-01", "12/4", "12/4/2026" and "4.12.26".
func (r reader) numeric(words []string) guess {
	if len(words) != 1 {
		return guess{}
	}
	parts := strings.FieldsFunc(words[0], func(c rune) bool { return c == '/' || c == '-' || c == '.' })
	if len(parts) == 3 && len(parts[0]) == 4 {
		y, _ := year(parts[0])
		m, ok := number(parts[1], 2)
		d, also := number(parts[2], 2)
		if !ok || !also {
			return guess{}
		}
		return r.inYear(y, time.Month(m), d)
	}
	if len(parts) < 2 || len(parts) > 3 {
		return guess{}
	}
	a, ok := number(parts[0], 2)
	b, also := number(parts[1], 2)
	if !ok || !also {
		return guess{}
	}
	if len(parts) == 2 {
		return r.doubt(r.either(r.upcoming(time.Month(a), b), r.upcoming(time.Month(b), a)))
	}
	y, ok := year(parts[2])
	if !ok {
		return guess{}
	}
	return r.either(r.inYear(y, time.Month(a), b), r.inYear(y, time.Month(b), a))
}

// either offers both readings, the habit of the language first.
func (r reader) either(monthFirst, dayFirst guess) guess {
	first, second := monthFirst, dayFirst
	if r.spanish {
		first, second = dayFirst, monthFirst
	}
	switch {
	case !second.any() || len(first.dates) > 0 && first.dates[0].Equal(second.dates[0]):
		return first
	case !first.any():
		return second
	default:
		return guess{dates: []time.Time{first.dates[0], second.dates[0]}, anew: first.anew}
	}
}

// monthly reads a day and a month by name, with a year or without: "December 1", "the 1st of December, 2026", "1 de
// diciembre del 2026", "1-dic".
func (r reader) monthly(words []string) guess {
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		return slices.Contains([]string{"the", "of", "el", "de", "del", "dia"}, w)
	})
	if len(words) != 2 && len(words) != 3 {
		return guess{}
	}
	m, named := month(words[0])
	d, _, ok := dayOfMonth(words[1])
	if !named || !ok {
		m, named = month(words[1])
		d, _, ok = dayOfMonth(words[0])
	}
	if !named || !ok {
		return guess{}
	}
	if len(words) == 2 {
		return r.doubt(r.upcoming(m, d))
	}
	y, ok := year(words[2])
	if !ok {
		return guess{}
	}
	return r.inYear(y, m, d)
}

// dayOnly reads a day of the month: "the 15th", "el 15", "el día 15". A bare number is left alone: it could as well be
// a number of days.
func (r reader) dayOnly(words []string) guess {
	words, article := after(words, "the", "el dia", "dia", "el")
	if len(words) != 1 {
		return guess{}
	}
	d, ordinal, ok := dayOfMonth(words[0])
	if !ok || !ordinal && !article {
		return guess{}
	}
	var dates []time.Time
	for m := r.today.Month(); ; m++ {
		date := civilDate(r.today.Year(), m, d)
		switch {
		case date.Before(r.today):
		case date.Day() == d:
			return only(append([]time.Time{date}, dates...)...)
		case len(dates) == 0: // this month is too short: its last day may be meant
			dates = append(dates, lastOf(civilDate(r.today.Year(), m, 1)))
		}
	}
}

// withWeekday reads a date that names its weekday too: "Tuesday, December 1". When the two do not fit, both are
// offered: the date, and the nearest day of that name.
func (r reader) withWeekday(words []string) guess {
	words, _ = after(words, "the", "el")
	if len(words) < 2 {
		return guess{}
	}
	name, ok := weekday(words[0])
	if !ok {
		return guess{}
	}
	for _, way := range []func([]string) guess{r.numeric, r.monthly, r.dayOnly} {
		found := way(words[1:])
		if !found.any() {
			continue
		}
		if found.none != nil {
			return found
		}
		for _, d := range found.dates {
			if d.Weekday() == name {
				return guess{dates: []time.Time{d}, anew: found.anew}
			}
		}
		near := found.dates[0].AddDate(0, 0, (int(name)-int(found.dates[0].Weekday())+10)%7-3)
		return guess{dates: []time.Time{found.dates[0], near}, anew: found.anew}
	}
	return guess{}
}

// inYear is a date with its year; the same day of a later year is offered when it is past.
func (r reader) inYear(y int, m time.Month, d int) guess {
	date := civilDate(y, m, d)
	switch {
	case m < time.January || m > time.December || d < 1 || d > 31:
		return guess{}
	case date.Day() != d:
		return guess{none: r.impossible(y, m, d)}
	default:
		return guess{dates: []time.Time{date}, anew: r.again}
	}
}

// impossible offers the end of that month, the day after, and the next February 29 when that was meant.
func (r reader) impossible(y int, m time.Month, d int) *ImpossibleError {
	end := lastOf(civilDate(y, m, 1))
	for end.Before(r.today) {
		y = max(y+1, r.today.Year())
		end = lastOf(civilDate(y, m, 1))
	}
	e := &ImpossibleError{Offers: []string{end.Format(time.DateOnly), end.AddDate(0, 0, 1).Format(time.DateOnly)}}
	if leap, ok := r.leapDay(end); ok && d == leap.Day() {
		e.Offers = append(e.Offers, leap.Format(time.DateOnly))
	}
	return e
}

// leapDay is the first February 29 from a date in February on; ok is false for other months.
func (r reader) leapDay(from time.Time) (time.Time, bool) {
	for y := from.Year(); from.Month() == time.February; y++ {
		if d := civilDate(y, time.February, 29); d.Day() == 29 && !d.Before(r.today) {
			return d, true
		}
	}
	return time.Time{}, false
}

// upcoming is the next occurrence of a day of the year, today included. When that month of that year has no such day,
// that is the answer: a February 29 four years on is not what "February 29" says.
func (r reader) upcoming(m time.Month, d int) guess {
	y := r.today.Year()
	if end := lastOf(civilDate(y, m, 1)); civilDate(y, m, min(d, end.Day())).Before(r.today) {
		y++
	}
	return r.inYear(y, m, d)
}

// again is the next occurrence of a date that is past.
func (r reader) again(past time.Time) (time.Time, bool) {
	if past.Month() == time.February && past.Day() == 29 {
		return r.leapDay(past)
	}
	g := r.upcoming(past.Month(), past.Day())
	return g.dates[0], true
}

// doubt takes a date without a year as the past one when that was only just. Two readings are asked about anyway and
// need no doubt.
func (r reader) doubt(g guess) guess {
	if len(g.dates) != 1 {
		return g
	}
	before := r.inYear(g.dates[0].Year()-1, g.dates[0].Month(), g.dates[0].Day())
	if len(before.dates) == 1 && before.dates[0].Before(r.today) && r.today.Sub(before.dates[0]) <= justPast*day {
		return before
	}
	return g
}

func (r reader) in(days int) time.Time { return r.today.AddDate(0, 0, days) }

// inMonths is the same day n months on, or the last of the month when it has no such day.
func (r reader) inMonths(n int) time.Time { return monthsOn(r.today, n) }

func monthsOn(d time.Time, n int) time.Time {
	first := civilDate(d.Year(), d.Month()+time.Month(n), 1)
	return first.AddDate(0, 0, min(d.Day(), lastOf(first).Day())-1)
}

// quarterEnd is the last day of the quarter of the calendar year that is, or of the nth after it.
func (r reader) quarterEnd(n int) time.Time {
	quarter := (int(r.today.Month())-1)/3 + n
	return civilDate(r.today.Year(), time.Month(3*quarter+4), 0)
}

// workingBack is the nth working day before d.
func workingBack(d time.Time, n int) time.Time {
	for n > 0 {
		d = d.AddDate(0, 0, -1)
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return d
}

// coming is the first day of that name after today.
func (r reader) coming(name time.Weekday) time.Time {
	return r.in((int(name)-int(r.today.Weekday())+6)%7 + 1)
}

// nextMonday begins next week: weeks begin on Monday.
func (r reader) nextMonday() time.Time { return r.coming(time.Monday) }

// endOfWeek is this week's Friday, or the coming one on a weekend.
func (r reader) endOfWeek() time.Time {
	if r.today.Weekday() == time.Friday {
		return r.today
	}
	return r.coming(time.Friday)
}

func lastOf(d time.Time) time.Time { return civilDate(d.Year(), d.Month()+1, 0) }

func civilDate(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// after takes one of the beginnings away from words; ok says whether it was there.
func after(words []string, beginnings ...string) ([]string, bool) {
	for _, b := range beginnings {
		if head := strings.Fields(b); len(words) > len(head) && slices.Equal(words[:len(head)], head) {
			return words[len(head):], true
		}
	}
	return words, false
}

// before takes one of the endings away from words; ok says whether it was there.
func before(words []string, endings ...string) ([]string, bool) {
	for _, e := range endings {
		if tail := strings.Fields(e); len(words) > len(tail) && slices.Equal(words[len(words)-len(tail):], tail) {
			return words[:len(words)-len(tail)], true
		}
	}
	return words, false
}
