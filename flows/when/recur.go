package when

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// ErrRule means that a Recurrence, or the text of a rule, is none that this package knows.
var ErrRule = errors.New("not a rule we know")

// Unit is the period that a Recurrence counts in.
type Unit string

// The units. A quarter is three months.
const (
	Daily   Unit = "day"
	Weekly  Unit = "week"
	Monthly Unit = "month"
	Yearly  Unit = "year"
)

const mostEvery = 99 // a period further apart is a slip of the finger

// Recurrence says on which days something comes again.
//
// The one rule for months that lack the day: it comes on the last day of that month. So the 31st is the last day of
// every month, the 30th is February 28 or 29, and a yearly February 29 is February 28 in common years. A fifth weekday
// is different: a month without one is left out.
type Recurrence struct {
	Unit     Unit           `json:"unit"`
	Every    int            `json:"every"`              // every so many units, 1 to 99
	Weekdays []time.Weekday `json:"weekdays,omitempty"` // Weekly: these, Monday first; Monthly and Yearly: one, with Nth
	Nth      []int          `json:"nth,omitempty"`      // which of that weekday in the month, ascending: 1 to 5, then -1, the last
	Days     []int          `json:"days,omitempty"`     // days of the month, ascending: 1 to 30, then -1, the last; at most one of 29, 30
	Month    time.Month     `json:"month,omitempty"`    // Yearly only
	// Start is the first date it comes on, or one before it: periods are counted from there. Its clock is when it comes.
	Start Moment `json:"start"`
}

// Valid reports whether r is a Recurrence as its fields say.
func (r Recurrence) Valid() bool {
	_, _, clock := Clock(r.Start.Clock)
	if r.Every < 1 || r.Every > mostEvery || !Valid(r.Start.Date) || r.Start.Clock != "" && !clock {
		return false
	}
	byWeekday, byDay := len(r.Weekdays) == 1 && len(r.Nth) > 0, len(r.Weekdays)+len(r.Nth) == 0 && len(r.Days) > 0
	switch r.Unit {
	case Daily:
		return len(r.Weekdays)+len(r.Nth)+len(r.Days) == 0 && r.Month == 0
	case Weekly:
		return len(r.Weekdays) > 0 && len(r.Nth)+len(r.Days) == 0 && r.Month == 0 && slices.Equal(r.Weekdays, ordered(r.Weekdays))
	case Monthly:
		return r.Month == 0 && (byWeekday && len(r.Days) == 0 || byDay) && r.placed()
	case Yearly:
		one := len(r.Nth)+len(r.Days) == 1
		return r.Month >= time.January && r.Month <= time.December && one && (byWeekday || byDay) && r.placed() &&
			(r.Month != time.February || !slices.Contains(r.Days, 30))
	default:
		return false
	}
}

// placed reports whether Nth and Days are in their bounds and order.
func (r Recurrence) placed() bool {
	late := 0
	for _, d := range r.Days {
		if d == 0 || d < -1 || d > 30 {
			return false
		}
		if d > 28 || d < 0 {
			late++
		}
	}
	for _, n := range r.Nth {
		if n == 0 || n < -1 || n > 5 {
			return false
		}
	}
	return late <= 1 && len(r.Weekdays) < 2 && slices.Equal(r.Nth, ascending(r.Nth)) && slices.Equal(r.Days, ascending(r.Days))
}

// ascending sorts places, each once, with -1, the last, at the end.
func ascending(places []int) []int {
	out := slices.Clone(places)
	slices.SortFunc(out, func(a, b int) int { return int(uint8(a)) - int(uint8(b)) }) //nolint:gosec // -1 as the largest
	return slices.Compact(out)
}

// ordered sorts weekdays, each once, Monday first.
func ordered(days []time.Weekday) []time.Weekday {
	out := slices.Clone(days)
	slices.SortFunc(out, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 })
	return slices.Compact(out)
}

// Rule returns the rule in the form of RFC 5545, "FREQ=MONTHLY;INTERVAL=1;BYDAY=+2TU", without its start; empty when r
// is not Valid. Two recurrences that are the same have the same rule.
func (r Recurrence) Rule() string {
	if !r.Valid() {
		return ""
	}
	o := r.option()
	return o.RRuleString()
}

// ParseRule reads what Rule wrote. Errors: ErrRule (wrapped).
func ParseRule(rule string, start Moment) (Recurrence, error) {
	o, err := rrule.StrToROption(rule)
	if err != nil {
		return Recurrence{}, fmt.Errorf("read rule: %w: %w", ErrRule, err)
	}
	r := Recurrence{Every: o.Interval, Start: start}
	for unit, freq := range frequencies() {
		if freq == o.Freq {
			r.Unit = unit
		}
	}
	if len(o.Bymonth) == 1 {
		r.Month = time.Month(o.Bymonth[0])
	}
	for _, w := range o.Byweekday {
		day := time.Weekday((w.Day() + 1) % 7)
		if w.N() != 0 {
			r.Nth = append(r.Nth, w.N())
		}
		if !slices.Contains(r.Weekdays, day) {
			r.Weekdays = append(r.Weekdays, day)
		}
	}
	r.Days = o.Bymonthday
	if late := len(o.Bysetpos) - 1; late >= 0 && late < len(o.Bymonthday) { // 28, 29 and 30 stand for the last of them
		r.Days = append(slices.Clone(o.Bymonthday[:late]), o.Bymonthday[len(o.Bymonthday)-1])
	}
	if r.Rule() != rule {
		return Recurrence{}, fmt.Errorf("read rule: %w", ErrRule)
	}
	return r, nil
}

func frequencies() map[Unit]rrule.Frequency {
	return map[Unit]rrule.Frequency{Daily: rrule.DAILY, Weekly: rrule.WEEKLY, Monthly: rrule.MONTHLY, Yearly: rrule.YEARLY}
}

// option is r as the vendor's rule. Dates are counted at midnight UTC, where every day has 24 hours.
func (r Recurrence) option() rrule.ROption {
	o := rrule.ROption{Freq: frequencies()[r.Unit], Interval: r.Every, Wkst: rrule.MO}
	if r.Month != 0 {
		o.Bymonth = []int{int(r.Month)}
	}
	names := []rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}
	for _, w := range r.Weekdays {
		for _, n := range r.Nth {
			o.Byweekday = append(o.Byweekday, names[w].Nth(n))
		}
		if len(r.Nth) == 0 {
			o.Byweekday = append(o.Byweekday, names[w])
		}
	}
	for i, d := range r.Days {
		if d <= 28 || r.Month != 0 && r.Month != time.February {
			o.Bymonthday = append(o.Bymonthday, d)
			continue
		}
		// The last of the days from 28 to d that the month has; those before it are all kept.
		for place := range i {
			o.Bysetpos = append(o.Bysetpos, place+1)
		}
		o.Bysetpos = append(o.Bysetpos, -1)
		for shorter := 28; shorter <= d; shorter++ {
			if !slices.Contains(o.Bymonthday, shorter) {
				o.Bymonthday = append(o.Bymonthday, shorter)
			}
		}
	}
	return o
}

// Dates returns the first n dates after the civil date after, which is left out; nil when r is not Valid or after is no
// date. Nothing comes before Start.
func (r Recurrence) Dates(after string, n int) []string {
	from, ok := civil(after)
	if !ok || !r.Valid() {
		return nil
	}
	o := r.option()
	o.Dtstart, _ = civil(r.Start.Date)
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return nil
	}
	var dates []string
	next := rule.Iterator()
	for len(dates) < n {
		d, ok := next()
		if !ok {
			break
		}
		if d.After(from) {
			dates = append(dates, d.Format(time.DateOnly))
		}
	}
	return dates
}

// Next returns the first n instants after an instant at which r comes in loc, each by the rule in the package comment:
// the clock on the wall stays the same through the year. A whole day comes when it begins. Each instant is later than
// the one before, also where a zone once left a whole day out.
func (r Recurrence) Next(after time.Time, n int, loc *time.Location) []time.Time {
	var out []time.Time
	for date := AddDays(Today(after, loc), -2); len(out) < n; {
		dates := r.Dates(date, n)
		if len(dates) == 0 {
			return out
		}
		for _, d := range dates {
			at := Moment{Date: d, Clock: r.Start.Clock}.Instant(loc)
			if at.After(after) && len(out) < n {
				out, after = append(out, at), at
			}
		}
		date = dates[len(dates)-1]
	}
	return out
}
