package when

import "time"

// Hours are the times at which somebody may be written to: minutes after midnight in their own zone, From included, To
// not. The zero Hours are the default: 9:00 to 20:00, and no Sundays.
type Hours struct {
	From    int  `json:"from,omitempty"`
	To      int  `json:"to,omitempty"`
	Sundays bool `json:"sundays,omitempty"`
}

// Span returns the first minute of the day that is open and the first that is closed again.
func (h Hours) Span() (from, to int) { panic("being written") }

// Open reports whether at lies in the hours.
func (h Hours) Open(at time.Time, loc *time.Location) bool { panic("being written") }

// Next returns at when it is open, else the next instant that is.
func (h Hours) Next(at time.Time, loc *time.Location) time.Time { panic("being written") }

// Last returns when the last open hour that ends at or before end begins: the last moment at which something can still
// be said and heard.
func (h Hours) Last(end time.Time, loc *time.Location) time.Time { panic("being written") }
