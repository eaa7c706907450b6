package flows

import (
	"slices"
	"time"

	"convenor/flows/when"
)

// RecurrenceParts says back how something comes again, when first, and in which zone (its name, such as America/Chicago)
// when it has a time of day. What happens in months without that day is said too. It returns nil when r is not valid.
func RecurrenceParts(r when.Recurrence, zone string) []Part {
	if !r.Valid() {
		return nil
	}
	parts := []Part{recurrenceRule(r)}
	if slices.Contains(r.Days, 30) && r.Unit == when.Monthly || slices.Contains(r.Days, 29) && (r.Unit == when.Monthly || r.Month == time.February) {
		parts = append(parts, Part{Style: StyleSmall, Words: "recurrence.short"})
	}
	if slices.Contains(r.Nth, 5) {
		parts = append(parts, Part{Style: StyleSmall, Words: "recurrence.no-fifth"})
	}
	if r.Start.Clock == "" {
		return append(parts, Part{Style: StyleBody, Words: "recurrence.start", Args: map[string]Arg{"date": {Date: r.Start.Date}}})
	}
	return append(parts, Part{Style: StyleBody, Words: "recurrence.start-time", Args: map[string]Arg{
		"date": {Date: r.Start.Date}, "time": {Clock: r.Start.Clock}, "zone": {Plain: zone},
	}})
}

func recurrenceRule(r when.Recurrence) Part {
	args := map[string]Arg{"count": {Number: &r.Every}}
	weekdays := []string{"date.sunday", "date.monday", "date.tuesday", "date.wednesday", "date.thursday", "date.friday", "date.saturday"}
	var names, places, days []Arg
	for _, d := range r.Weekdays {
		names = append(names, Arg{Words: weekdays[d]})
	}
	for _, n := range r.Nth {
		places = append(places, Arg{Words: map[int]string{
			1: "recurrence.first", 2: "recurrence.second", 3: "recurrence.third", 4: "recurrence.fourth", 5: "recurrence.fifth", -1: "recurrence.last",
		}[n]})
	}
	for _, d := range r.Days {
		day := Arg{Number: &d}
		if d < 0 {
			day = Arg{Words: "recurrence.last-day"}
		}
		days = append(days, day)
	}
	if r.Unit == when.Yearly {
		args["month"] = Arg{Words: monthWords(r.Month)}
	}
	key := map[when.Unit]string{when.Daily: "recurrence.day", when.Weekly: "recurrence.week"}[r.Unit]
	switch {
	case len(places) > 0:
		args["places"], args["weekday"] = Arg{List: places}, names[0]
		key = map[bool]string{true: "recurrence.year-weekday", false: "recurrence.month-weekday"}[r.Unit == when.Yearly]
	case len(names) > 0:
		args["days"] = Arg{List: names}
	case len(days) == 1 && r.Days[0] < 0:
		key = map[bool]string{true: "recurrence.year-end", false: "recurrence.month-end"}[r.Unit == when.Yearly]
	case len(days) > 0:
		args["days"] = Arg{List: days}
		key = map[bool]string{true: "recurrence.year-day", false: "recurrence.month-day"}[r.Unit == when.Yearly]
	}
	return Part{Style: StyleBody, Words: key, Args: args}
}

func monthWords(m time.Month) string {
	return []string{
		"date.january", "date.february", "date.march", "date.april", "date.may", "date.june", "date.july", "date.august",
		"date.september", "date.october", "date.november", "date.december",
	}[m-1]
}
