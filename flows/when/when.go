package when

import "time"

const (
	day      = 24 * time.Hour
	farthest = 26 * time.Hour // no zone is ever further from UTC
)

// Instant returns when the clock in loc shows hour:minute on a civil date, by the rule in the package comment. A date
// that is not one gives the zero Time. Hour 24 is the midnight that ends the date.
//
// time.Date does not promise which of two instants it picks around a change of clocks, so the stretches of equal
// offset are walked here: the first instant whose clock shows the time, or is already past it, is the one.
func Instant(date string, hour, minute int, loc *time.Location) time.Time {
	d, ok := civil(date)
	if !ok {
		return time.Time{}
	}
	wall := d.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	for at := wall.Add(-farthest); ; {
		local := at.In(loc)
		_, offset := local.Zone()
		_, end := local.ZoneBounds()
		t := wall.Add(-time.Duration(offset) * time.Second)
		if t.Before(at) {
			t = at // the clock jumped over the time: at is the first instant after the gap
		}
		if end.IsZero() || t.Before(end) {
			return t.In(loc)
		}
		at = end
	}
}

// Today returns the civil date at an instant in loc.
func Today(at time.Time, loc *time.Location) string { return at.In(loc).Format(time.DateOnly) }

// AddDays returns the civil date n days after date (before it, when n is negative). A date that is not one is returned
// as it is.
func AddDays(date string, n int) string {
	d, ok := civil(date)
	if !ok {
		return date
	}
	return d.AddDate(0, 0, n).Format(time.DateOnly)
}

// AddWorkingDays returns the nth working day after date. Monday to Friday are working days; a date on a weekend counts
// as the Friday before it. n below 1 returns date.
func AddWorkingDays(date string, n int) string {
	d, ok := civil(date)
	if !ok {
		return date
	}
	for n > 0 {
		d = d.AddDate(0, 0, 1)
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return d.Format(time.DateOnly)
}

// DaysBetween returns how many days to comes after from; negative when it lies before, 0 when one of them is no date.
func DaysBetween(from, to string) int {
	a, ok := civil(from)
	b, also := civil(to)
	if !ok || !also {
		return 0
	}
	return int(b.Sub(a) / day)
}

// Valid reports whether date is a civil date.
func Valid(date string) bool {
	_, ok := civil(date)
	return ok
}

// civil reads a civil date as midnight UTC, where every day has 24 hours.
func civil(date string) (time.Time, bool) {
	d, err := time.Parse(time.DateOnly, date)
	return d, err == nil
}
