package when

import "time"

// Hours are the times at which somebody may be written to: minutes after midnight in their own zone, From included, To
// not. The zero Hours are the default: 9:00 to 20:00, and no Sundays.
type Hours struct {
	From    int  `json:"from,omitempty"`
	To      int  `json:"to,omitempty"`
	Sundays bool `json:"sundays,omitempty"`
}

// The hours that hold for everyone who has not chosen others, and the ends of a day, in minutes after midnight.
const (
	defaultFrom = 9 * 60
	defaultTo   = 20 * 60
	midnight    = 24 * 60
	shortest    = 60 // hours shorter than this could be swallowed by a change of clocks
)

// Valid reports whether h are hours: the zero Hours, or at least one hour within a day.
func (h Hours) Valid() bool {
	return h.From == 0 && h.To == 0 || h.From >= 0 && h.To <= midnight && h.To-h.From >= shortest
}

// Span returns the first minute of the day that is open and the first that is closed again. Hours that are not Valid
// are the default ones: a damaged wish must never open the night.
func (h Hours) Span() (from, to int) {
	if h.From == 0 && h.To == 0 || !h.Valid() {
		return defaultFrom, defaultTo
	}
	return h.From, h.To
}

// Open reports whether at lies in the hours.
func (h Hours) Open(at time.Time, loc *time.Location) bool { return h.Next(at, loc).Equal(at) }

// Next returns at when it is open, else the next instant that is.
func (h Hours) Next(at time.Time, loc *time.Location) time.Time {
	for date := Today(at, loc); ; date = AddDays(date, 1) {
		from, to, ok := h.on(date, loc)
		switch {
		case !ok || !at.Before(to):
			continue
		case at.Before(from):
			return from
		default:
			return at
		}
	}
}

// Last returns when the last open hour that ends at or before end begins: the last moment at which something can still
// be said and heard.
func (h Hours) Last(end time.Time, loc *time.Location) time.Time {
	for date := Today(end, loc); ; date = AddDays(date, -1) {
		from, to, ok := h.on(date, loc)
		if !ok {
			continue
		}
		if to.After(end) {
			to = end
		}
		if last := to.Add(-time.Hour); !last.Before(from) {
			return last
		}
	}
}

// on returns the open stretch of a date; ok is false when it has none.
func (h Hours) on(date string, loc *time.Location) (from, to time.Time, ok bool) {
	d, _ := civil(date)
	if d.Weekday() == time.Sunday && !h.Sundays {
		return time.Time{}, time.Time{}, false
	}
	a, b := h.Span()
	from, to = Instant(date, a/60, a%60, loc), Instant(date, b/60, b%60, loc)
	return from, to, from.Before(to)
}
