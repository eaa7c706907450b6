package when

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrWhichDay means that the text says how often and not on which day: "twice a month", "every quarter". To be asked.
var ErrWhichDay = errors.New("how often is said, and on which day is not")

// Recurrences reads in people's words how something comes again: "every other Tuesday at 9", "first Thursday of the
// month", "el 15 de cada mes". today is a civil date; the Start of what is returned is the first date on or after it. It
// returns every reading, the likelier first: "every second Tuesday" may be every two weeks or once a month, and a bare
// hour has two readings; at most four. Errors: ErrUnreadable, ErrWhichDay and ErrNoSuchTime (wrapped).
func Recurrences(text, today, locale string) ([]Recurrence, error) {
	now, ok := civil(today)
	if !ok || len(text) > longest {
		return nil, fmt.Errorf("read recurrence: %w", ErrUnreadable)
	}
	words := plain(text)
	clocks := []string{""}
	rules, err := repeats(words, now, locale)
	for i := 1; errors.Is(err, ErrUnreadable) && i < len(words); i++ {
		clocks, err = readTimes(words[i:])
		if err == nil {
			rules, err = repeats(words[:i], now, locale)
		}
		if errors.Is(err, ErrNoSuchTime) && (words[i] == "at" || words[i] == "a") {
			break
		}
		if errors.Is(err, ErrNoSuchTime) {
			err = ErrUnreadable
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read recurrence: %w", err)
	}
	var out []Recurrence
	for _, r := range rules {
		for _, clock := range clocks {
			r.Start.Clock = clock
			out = append(out, r)
		}
	}
	return out, nil
}

// heard is what the words of a recurrence say, gathered one by one.
type heard struct {
	every    int // 0: not said
	unit     Unit
	quarter  bool
	each     bool // "every", "each", "cada"
	weekdays []time.Weekday
	places   []int // ordinals: of a weekday, or of a day in the month
	days     []int // days of the month
	month    time.Month
	how      bool // "twice", "biweekly": how often without which day
	third    bool // "cada tercer dia", which is every other day to many
}

func repeats(words []string, today time.Time, locale string) ([]Recurrence, error) {
	var h heard
	words = merged(words)
	if rest, alternate := before(words, "si y otro no"); alternate {
		words, h.every = rest, 2
	}
	words, _ = after(words, "un", "una")
	for len(words) > 0 {
		used := h.take(words)
		if used == 0 {
			return nil, ErrUnreadable
		}
		words = words[used:]
	}
	rules, err := h.rules(strings.HasPrefix(locale, "es"))
	if err != nil {
		return nil, err
	}
	for i := range rules {
		if !rules[i].begin(today, h.quarter) {
			return nil, ErrUnreadable
		}
	}
	return rules, nil
}

// take hears the first words, and returns how many they are; 0 when they mean nothing here.
func (h *heard) take(words []string) int {
	for _, way := range []func([]string) int{h.workdays, h.filler, h.often, h.unitOf, h.interval, h.dayName, h.placeOf} {
		if used := way(words); used > 0 {
			return used
		}
	}
	return 0
}

func (h *heard) filler(words []string) int {
	switch words[0] {
	case "on", "the", "of", "in", "and", "el", "la", "de", "del", "al", "y", "e", "por", "en":
		return 1
	case "every", "each", "cada", "todos", "todas", "los":
		h.each = true
		return 1
	case "end", "fin", "final", "finales":
		h.days = append(h.days, -1)
		return 1
	}
	return 0
}

// workdays hears Monday to Friday, and the weekend.
func (h *heard) workdays(words []string) int {
	week := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	for _, names := range []string{
		"monday to friday", "monday through friday", "lunes a viernes", "weekday", "weekdays", "working day", "working days", "workday", "workdays",
		"business day", "business days", "entre semana", "dia habil", "dias habiles", "dia laborable", "dias laborables", "dia entre semana",
	} {
		if rest, ok := after(append(slices.Clone(words), ""), names); ok {
			h.weekdays = append(h.weekdays, week...)
			return len(words) + 1 - len(rest)
		}
	}
	for _, names := range []string{"weekend", "weekends", "fin de semana", "fines de semana"} {
		if rest, ok := after(append(slices.Clone(words), ""), names); ok {
			h.weekdays = append(h.weekdays, time.Saturday, time.Sunday)
			return len(words) + 1 - len(rest)
		}
	}
	return 0
}

// often hears how often in one word, or in counts of times.
func (h *heard) often(words []string) int {
	for _, w := range []struct {
		names string
		unit  Unit
		every int
	}{
		{"daily diario diaria diariamente", Daily, 1},
		{"weekly semanal semanalmente", Weekly, 1},
		{"biweekly fortnightly quincenal quincenalmente", Weekly, 2},
		{"monthly mensual mensualmente", Monthly, 1},
		{"bimonthly bimestral bimestralmente", Monthly, 2},
		{"semiannually semestral semestralmente", Monthly, 6},
		{"yearly annually annual anual anualmente", Yearly, 1}, //nolint:misspell // Spanish
	} {
		if slices.Contains(strings.Fields(w.names), words[0]) {
			h.how = true
			return h.period(w.unit, w.every)
		}
	}
	switch words[0] {
	case "quarterly", "trimestral", "trimestralmente":
		h.quarter, h.how = true, true
		return h.period(Monthly, 3)
	case "once", "twice", "thrice", "vez":
		h.how = true
		if len(words) > 1 && words[1] == "a" {
			return 2
		}
		return 1
	}
	if len(words) > 1 && slices.Contains([]string{"times", "veces", "vez"}, words[1]) {
		if _, ok := count(words[0]); ok {
			h.how = true
			return 2
		}
	}
	return 0
}

// period hears a unit with how many of them; once heard, "of the month" adds nothing.
func (h *heard) period(unit Unit, every int) int {
	if h.unit == "" {
		h.unit = unit
	}
	if h.unit == unit && every > 1 {
		h.every = every
	}
	if h.unit != unit {
		return 0
	}
	return 1
}

// unitOf hears "week", "meses"; "day" after an ordinal is a day of the month.
func (h *heard) unitOf(words []string) int {
	switch words[0] {
	case "day", "days", "dia", "dias":
		if len(h.places) > 0 || len(words) > 1 && !h.each || h.unit == Monthly {
			return 1 // "the last day", "el dia 15"
		}
		if len(words) > 1 && !slices.Contains([]string{"at", "a"}, words[1]) {
			return 1
		}
		return h.period(Daily, 1)
	case "week", "weeks", "semana", "semanas":
		return h.period(Weekly, 1)
	case "month", "months", "mes", "meses":
		return h.period(Monthly, 1)
	case "quarter", "quarters", "trimestre", "trimestres":
		h.quarter = true
		return h.period(Monthly, 3)
	case "year", "years", "ano", "anos":
		return h.period(Yearly, 1)
	}
	return 0
}

// interval hears "other", "two weeks", "second week", "dos martes", "15 dias".
func (h *heard) interval(words []string) int {
	switch words[0] {
	case "other", "alternate", "alternating", "alternos", "alterno":
		h.every = 2
		return 1
	case "fortnight", "quincena":
		return h.period(Weekly, 2)
	}
	if len(words) < 2 || !h.each {
		return 0
	}
	n, ok := count(words[0])
	ordinal := !ok
	if ordinal {
		n, ok = place(words[0])
	}
	unit, named := map[string]Unit{
		"day": Daily, "days": Daily, "dia": Daily, "dias": Daily, "week": Weekly, "weeks": Weekly, "semana": Weekly, "semanas": Weekly,
		"month": Monthly, "months": Monthly, "mes": Monthly, "meses": Monthly, "year": Yearly, "years": Yearly, "ano": Yearly, "anos": Yearly,
	}[words[1]]
	switch _, weekdays := dayOfWeek(words[1]); {
	case !ok || n < 1 || n > mostEvery:
		return 0
	case named && unit == Daily && n == 15 && !ordinal:
		unit, n = Weekly, 2 // "cada quince dias" is every two weeks
	case named && unit == Daily && n == 8 && !ordinal:
		unit, n = Weekly, 1
	case weekdays && !ordinal:
		h.every = n
		return 1
	case !named:
		return 0
	}
	h.every = n
	h.third = unit == Daily && words[0] == "tercer"
	if h.period(unit, n) == 0 {
		return 0
	}
	return 2
}

// dayOfWeek reads a weekday, plural or not.
func dayOfWeek(word string) (time.Weekday, bool) {
	if w, ok := weekday(word); ok {
		return w, true
	}
	return weekday(strings.TrimSuffix(word, "s"))
}

func (h *heard) dayName(words []string) int {
	if w, ok := dayOfWeek(words[0]); ok {
		if words[0] == "mar" {
			return 0 // also a month
		}
		h.weekdays = append(h.weekdays, w)
		return 1
	}
	if m, ok := month(words[0]); ok && h.month == 0 {
		h.month = m
		return 1
	}
	return 0
}

// placeOf hears "second", "last", "15th", "15".
func (h *heard) placeOf(words []string) int {
	if n, ok := place(words[0]); ok {
		h.places = append(h.places, n)
		return 1
	}
	if n, _, ok := dayOfMonth(words[0]); ok {
		h.days = append(h.days, n)
		return 1
	}
	return 0
}

// rules are the readings of what was heard.
func (h *heard) rules(spanish bool) ([]Recurrence, error) {
	r := Recurrence{Unit: h.unit, Every: max(h.every, 1), Month: h.month}
	if h.month != 0 {
		if h.unit != "" && h.unit != Yearly {
			return nil, ErrUnreadable
		}
		r.Unit = Yearly
	}
	switch {
	case len(h.weekdays) > 0 && len(h.places) > 0:
		return h.nthRules(r, spanish)
	case len(h.weekdays) > 0 && (h.unit == "" || h.unit == Weekly) && len(h.days) == 0 && h.month == 0:
		r.Unit, r.Weekdays = Weekly, ordered(h.weekdays)
		return []Recurrence{r}, nil
	case len(h.weekdays) > 0 && len(h.days) == 0:
		return nil, ErrWhichDay
	case len(h.weekdays) > 0:
		return nil, ErrUnreadable
	case len(h.places)+len(h.days) > 0:
		return h.dayRules(r)
	case h.third:
		return []Recurrence{{Unit: Daily, Every: 2}, r}, nil
	case h.unit == Daily:
		return []Recurrence{r}, nil
	case h.unit != "" || h.how:
		return nil, ErrWhichDay
	default:
		return nil, ErrUnreadable
	}
}

// dayRules reads days of the month. The 31st is the last one, since it comes on the last day of a shorter month.
func (h *heard) dayRules(r Recurrence) ([]Recurrence, error) {
	if r.Unit == "" {
		r.Unit = Monthly
	}
	if r.Unit != Monthly && r.Unit != Yearly || r.Unit == Yearly && r.Month == 0 {
		return nil, ErrUnreadable
	}
	longest := 31
	if r.Month != 0 {
		longest = lastOf(civilDate(2000, r.Month, 1)).Day() // of a leap year
	}
	for _, d := range slices.Concat(h.places, h.days) {
		switch {
		case d > longest:
			return nil, ErrUnreadable
		case d == 31:
			d = -1
		}
		r.Days = append(r.Days, d)
	}
	r.Days = ascending(r.Days)
	return []Recurrence{r}, nil
}

// nthRules reads a weekday with its place. "Every second Tuesday" may be the one of the month, or that of every second
// week.
func (h *heard) nthRules(r Recurrence, spanish bool) ([]Recurrence, error) {
	days := ordered(h.weekdays)
	if len(days) != 1 || len(h.days) > 0 || h.unit == Weekly || h.unit == Daily {
		return nil, ErrUnreadable
	}
	r.Weekdays, r.Nth = days, ascending(h.places)
	if r.Unit == "" {
		r.Unit = Monthly
	}
	n := r.Nth[0]
	if h.unit != "" || h.month != 0 || !h.each || len(r.Nth) != 1 || n < 2 {
		return []Recurrence{r}, nil
	}
	weeks := Recurrence{Unit: Weekly, Every: n, Weekdays: days}
	if n == 2 && !spanish {
		return []Recurrence{weeks, r}, nil
	}
	return []Recurrence{r, weeks}, nil
}

// begin sets the start of r: its first date on or after today. A quarter is one of the calendar: what comes at its end
// comes in its last month, anything else in its first. It is false when r is no Recurrence.
func (r *Recurrence) begin(today time.Time, quarter bool) bool {
	once := *r
	once.Every = 1
	once.Start = Moment{Date: today.Format(time.DateOnly)}
	at := AddDays(once.Start.Date, -1)
	for range 12 {
		dates := once.Dates(at, 1)
		if len(dates) == 0 {
			return false
		}
		at = dates[0]
		d, _ := civil(at)
		end := slices.Contains(r.Days, -1) || slices.Contains(r.Nth, -1)
		if quarter && (end && d.Month()%3 != 0 || !end && d.Month()%3 != 1) {
			continue
		}
		break
	}
	r.Start = Moment{Date: at}
	return r.Valid()
}
