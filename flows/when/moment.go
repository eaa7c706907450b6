package when

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Moment is a civil date with a time of day. Without a zone it is no instant yet.
type Moment struct {
	Date  string `json:"date"`            // YYYY-MM-DD
	Clock string `json:"clock,omitempty"` // HH:MM of the 24-hour clock; empty for the whole day
}

// Now returns what calendar and clock show at an instant in loc.
func Now(at time.Time, loc *time.Location) Moment {
	local := at.In(loc)
	return Moment{Date: local.Format(time.DateOnly), Clock: local.Format("15:04")}
}

// Instant returns when m is in loc, by the rule in the package comment; a whole day is when it begins. It is the zero
// Time when m is no Moment.
func (m Moment) Instant(loc *time.Location) time.Time {
	hour, minute, ok := Clock(m.Clock)
	if m.Clock != "" && !ok {
		return time.Time{}
	}
	return Instant(m.Date, hour, minute, loc)
}

// before compares as texts do, since both are written from the largest part to the smallest.
func (m Moment) before(n Moment) bool { return m.Date+m.Clock < n.Date+n.Clock }

// Moments reads a date and a time of day together: "friday 3pm", "mañana a las 10", "at noon on December 1". A time
// alone means the next time the clock shows it. now is what calendar and clock show where the person is. It returns one
// to four moments, none of them past: every reading of the date with every reading of the time, the likelier first.
// Errors: those of Date and Times, and ErrUnreadable (wrapped) when the text lacks the time; a moment of today that is
// over is a *PastError with tomorrow as the next.
func Moments(text string, now Moment, locale string) ([]Moment, error) {
	if len(text) > longest {
		return nil, fmt.Errorf("read date and time: %w", ErrUnreadable)
	}
	words := plain(text)
	if times, err := readTimes(words); err == nil {
		return moments([]string{now.Date, AddDays(now.Date, 1)}, times, now, 1)
	}
	refusal := fmt.Errorf("read date and time: %w", ErrUnreadable)
	for i := 1; i < len(words); i++ {
		for _, halves := range [][2][]string{{words[:i], words[i:]}, {words[i:], words[:i]}} {
			times, err := readTimes(halves[1])
			if err != nil || bareNumber(halves) {
				continue
			}
			date, _ := before(halves[0], "at", "by", "a", "on")
			reading, err := Date(strings.Join(date, " "), now.Date, locale)
			if err == nil {
				return moments(reading.Dates, times, now, len(reading.Dates))
			}
			if plainer := refused(err); plainer {
				refusal = err
			}
		}
	}
	return nil, refusal
}

// bareNumber reports whether what would be the time is a number with no sign of one: "December 1" and "March 3 2027"
// hold no time.
func bareNumber(halves [2][]string) bool {
	time := halves[1]
	_, digits := number(time[0], 4)
	return len(time) == 1 && digits
}

// refused reports whether a text was understood as a date, and cannot be taken.
func refused(err error) bool {
	switch err.(type) { //nolint:errorlint // Date returns these as they are
	case *PastError, *ImpossibleError, *FarError:
		return true
	default:
		return false
	}
}

// moments pairs dates with times and leaves out what is over. Of a time alone only the next moment of each reading is
// meant: most says how many dates count.
func moments(dates, times []string, now Moment, most int) ([]Moment, error) {
	var out []Moment
	for _, clock := range times {
		left := most
		for _, date := range dates {
			m := Moment{Date: date, Clock: clock}
			if left > 0 && !m.before(now) && !slices.Contains(out, m) {
				out = append(out, m)
				left--
			}
		}
	}
	if len(out) == 0 {
		return nil, &PastError{Date: now.Date, Next: AddDays(now.Date, 1)}
	}
	return out, nil
}
