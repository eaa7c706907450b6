package when

import (
	"strings"
	"time"
)

// named reads a weekday: "friday", "next friday", "el viernes que viene", "friday of next week".
func (r reader) named(words []string) guess {
	words, _ = after(words, "the", "el")
	words, coming := after(words, "this coming", "coming")
	words, this := after(words, "this", "este")
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
	case name == r.today.Weekday() && this && !coming:
		return only(r.today, date)
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
	case "next year", "proximo ano", "ano que viene", "ano proximo":
		return only(civilDate(r.today.Year()+1, time.December, 31))
	case "quarter", "trimestre":
		return only(r.quarterEnd(0))
	case "next quarter", "proximo trimestre", "trimestre que viene":
		return only(r.quarterEnd(1))
	case "week", "la semana", "esta semana":
		return only(r.endOfWeek())
	case "semana":
		return only(r.coming(time.Saturday), r.coming(time.Sunday)) // "fin de semana" is the weekend
	}
	if first, ok := r.monthNamed(words); ok {
		return only(lastOf(first))
	}
	return guess{}
}

// middles reads the beginnings and the middles of months: "the beginning of next month", "a mediados de diciembre".
func (r reader) middles(words []string) guess {
	words, _ = after(words, "at", "in", "a", "the", "el")
	words, begin := after(words, "beginning of", "start of", "first day of", "first of", "principio de", "principios de", "primer dia de",
		"primer dia del", "comienzos de", "inicio de", "primero de", "primero del")
	mid := false
	if !begin {
		words, mid = after(words, "middle of", "mid", "mediados de")
	}
	if !begin && !mid {
		return guess{}
	}
	first, ok := r.monthNamed(words)
	if !ok {
		return guess{}
	}
	d := first
	if mid {
		d = first.AddDate(0, 0, 14)
	}
	if d.Before(r.today) { // the month that is, or is named, has begun: its next beginning is meant
		months := 12
		if _, named := month(words[len(words)-1]); !named {
			months = 1
		}
		d = monthsOn(d, months)
	}
	return only(d)
}

// monthNamed reads a month as people name it: "this month", "next month", "April", "abril de 2027". It returns its
// first day; a month by name is the coming one, the one that is included.
func (r reader) monthNamed(words []string) (time.Time, bool) {
	words, _ = after(words, "the", "el")
	switch strings.Join(words, " ") {
	case "month", "this month", "mes", "este mes":
		return civilDate(r.today.Year(), r.today.Month(), 1), true
	case "next month", "proximo mes", "mes que viene", "mes proximo":
		return civilDate(r.today.Year(), r.today.Month()+1, 1), true
	}
	if len(words) == 0 {
		return time.Time{}, false
	}
	m, ok := month(words[0])
	if !ok {
		return time.Time{}, false
	}
	rest, _ := after(words[1:], "of", "de", "del")
	if len(rest) == 1 {
		y, ok := year(rest[0])
		return civilDate(y, m, 1), ok
	}
	first := civilDate(r.today.Year(), m, 1)
	if lastOf(first).Before(r.today) {
		first = civilDate(r.today.Year()+1, m, 1)
	}
	return first, len(rest) == 0
}

// nth reads a weekday by its place in a month: "the last Thursday of April", "el segundo martes del mes". Without a
// month the next one that comes is meant.
func (r reader) nth(words []string) guess {
	words, _ = after(words, "the", "el")
	if len(words) < 2 {
		return guess{}
	}
	n, ok := place(words[0])
	name, also := weekday(words[1])
	if !ok || !also {
		return guess{}
	}
	rest, of := after(words[2:], "of", "in", "de", "del", "en")
	if len(words) == 2 {
		rest, of = []string{"month"}, true
	}
	first, ok := r.monthNamed(rest)
	if !ok || !of {
		return guess{}
	}
	d, ok := nthOf(first, name, n)
	last := rest[len(rest)-1]
	for months := 1; months <= 3 && (last == "month" || last == "mes") && (d.Before(r.today) || !ok); months++ {
		d, ok = nthOf(monthsOn(first, months), name, n)
	}
	if _, byName := month(last); byName && ok && d.Before(r.today) {
		d, ok = nthOf(monthsOn(first, 12), name, n)
	}
	if ok {
		return only(d)
	}
	near, _ := nthOf(first, name, -1) // the fourth, when there is no fifth
	for near.Before(r.today) {
		near = near.AddDate(0, 0, 7)
	}
	return guess{none: &ImpossibleError{Offers: []string{near.Format(time.DateOnly), near.AddDate(0, 0, 7).Format(time.DateOnly)}}}
}

// nthOf is the nth day of that name in the month that begins with first, -1 the last; ok is false when it has none.
func nthOf(first time.Time, name time.Weekday, n int) (time.Time, bool) {
	if n < 0 {
		last := lastOf(first)
		return last.AddDate(0, 0, -((int(last.Weekday()) - int(name) + 7) % 7)), true
	}
	d := first.AddDate(0, 0, (int(name)-int(first.Weekday())+7)%7+7*(n-1))
	return d, d.Month() == first.Month()
}

// dayOfThat reads a day of a month that is told by where it stands: "the 5th of next month", "el 15 de este mes".
func (r reader) dayOfThat(words []string) guess {
	words, _ = after(words, "the", "el", "el dia")
	if len(words) < 2 {
		return guess{}
	}
	d, _, ok := dayOfMonth(words[0])
	rest, _ := after(words[1:], "of", "de", "del")
	first, also := r.monthNamed(rest)
	if !ok || !also {
		return guess{}
	}
	g := r.inYear(first.Year(), first.Month(), d)
	g.anew = func(past time.Time) (time.Time, bool) { return monthsOn(past, 1), true }
	return g
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
	case "next year", "el proximo ano", "proximo ano", "el ano que viene", "ano que viene":
		return only(civilDate(r.today.Year()+1, time.December, 31), civilDate(r.today.Year()+1, time.January, 1))
	case "weekend", "this weekend", "the weekend", "este fin de semana", "el fin de semana":
		return only(r.coming(time.Saturday), r.coming(time.Sunday))
	default:
		return guess{}
	}
}
