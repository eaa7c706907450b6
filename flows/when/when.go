// Package when reads dates in people's words, in English and Spanish, and turns civil dates and times of day into
// instants. It knows nothing of the rest of Convenor, reads no clock and loads no zone: today and the zone come in as
// arguments.
//
// A civil date is text, YYYY-MM-DD: it compares and sorts as it is, and no zone can move it.
//
// The one rule for the days when clocks change: a time of day that the clock jumps over means the first instant after
// the gap, and a time of day that comes twice means the first of the two.
package when

import (
	"errors"
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

// Date reads a date in people's words: "2026-12-01", "tomorrow", "friday", "next friday", "in 8 days", "December 1",
// "12/4", "end of month", and the same in Spanish. Words of both languages are read whatever the locale is; the locale
// ("en", "es") decides which reading of "12/4" comes first. today is a civil date. A date without a year means its
// next occurrence; today itself is never past. Errors: ErrUnreadable (wrapped), *PastError.
func Date(text, today, locale string) (Reading, error) { panic("being written") }

// Instant returns when the clock in loc shows hour:minute on a civil date, by the rule in the package comment. A date
// that is not one gives the zero Time.
func Instant(date string, hour, minute int, loc *time.Location) time.Time { panic("being written") }

// Today returns the civil date at an instant in loc.
func Today(at time.Time, loc *time.Location) string { return at.In(loc).Format(time.DateOnly) }

// AddDays returns the civil date n days after date (before it, when n is negative). A date that is not one is returned
// as it is.
func AddDays(date string, n int) string { panic("being written") }

// AddWorkingDays returns the nth working day after date. Monday to Friday are working days; a date on a weekend counts
// as the Friday before it. n below 1 returns date.
func AddWorkingDays(date string, n int) string { panic("being written") }

// DaysBetween returns how many days to comes after from; negative when it lies before.
func DaysBetween(from, to string) int { panic("being written") }

// Valid reports whether date is a civil date.
func Valid(date string) bool {
	_, err := time.Parse(time.DateOnly, date)
	return err == nil
}
