package when_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/flows/when"
)

// TestRecurrencesInEveryZone lets recurrences come through three years in every zone of the United States and in three
// with stranger rules: each comes once on each of its dates, never early, and keeps its time of day but where the clock
// jumps over it. Every date is checked against the days one by one.
func TestRecurrencesInEveryZone(t *testing.T) {
	t.Parallel()
	clocks := []string{"", "00:30", "01:30", "02:00", "02:30", "09:00", "17:30", "23:59"}
	phrases := []string{
		"every day", "every weekday", "every other Sunday", "every second Sunday of the month", "last Sunday", "monthly on the 31st",
		"the 15th and 30th of every month", "every February 29", "first Sunday of November",
	}
	for _, name := range append(usZones(), "Australia/Lord_Howe", "America/St_Johns", "UTC") {
		loc := zone(t, name)
		for i, phrase := range phrases {
			rules, err := when.Recurrences(phrase, "2026-01-01", "en")
			if err != nil || len(rules) != 1 {
				t.Fatalf("%s: %v, %v", phrase, rules, err)
			}
			for _, clock := range []string{clocks[i%len(clocks)], clocks[(i+3)%len(clocks)], "02:30"} {
				r := rules[0]
				r.Start.Clock = clock
				checkComing(t, phrase, r, loc)
			}
		}
	}
}

func checkComing(t *testing.T, phrase string, r when.Recurrence, loc *time.Location) {
	t.Helper()
	begin := when.Instant("2026-01-01", 0, 0, loc).Add(-time.Second)
	var want []time.Time
	for date := "2026-01-01"; date < "2029-01-01"; date = when.AddDays(date, 1) {
		if comes(t, phrase, date) {
			want = append(want, when.Moment{Date: date, Clock: r.Start.Clock}.Instant(loc))
		}
	}
	got := r.Next(begin, len(want), loc)
	if len(got) != len(want) {
		t.Fatalf("%s %s: %d of %d", loc, phrase, len(got), len(want))
	}
	for i, at := range got {
		if !at.Equal(want[i]) {
			t.Fatalf("%s %s: comes %s, not %s", loc, phrase, at, want[i])
		}
		shown := when.Now(at, loc)
		if r.Start.Clock != "" && shown.Clock != r.Start.Clock && when.Now(at.Add(-time.Nanosecond), loc).Clock >= r.Start.Clock {
			t.Fatalf("%s %s: at %s and not at %s", loc, phrase, shown.Clock, r.Start.Clock)
		}
		if i > 0 && !at.After(got[i-1]) {
			t.Fatalf("%s %s: twice at %s", loc, phrase, at)
		}
	}
	if rest := got[len(got)/2:]; !slices.EqualFunc(r.Next(rest[0], len(rest)-1, loc), rest[1:], time.Time.Equal) {
		t.Fatalf("%s %s: another order from the middle", loc, phrase)
	}
}

// comes says by the calendar alone whether one of the phrases above comes on a date. Sundays are counted from January 4.
func comes(t *testing.T, phrase, date string) bool {
	t.Helper()
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	sunday, end := d.Weekday() == time.Sunday, d.AddDate(0, 0, 1).Day() == 1
	switch phrase {
	case "every day":
		return true
	case "every weekday":
		return !sunday && d.Weekday() != time.Saturday
	case "every other Sunday":
		return sunday && when.DaysBetween("2026-01-04", date)%14 == 0
	case "every second Sunday of the month":
		return sunday && d.Day() > 7 && d.Day() <= 14
	case "last Sunday":
		return sunday && d.AddDate(0, 0, 7).Month() != d.Month()
	case "monthly on the 31st":
		return end
	case "the 15th and 30th of every month":
		return d.Day() == 15 || d.Day() == 30 || d.Month() == time.February && end
	case "every February 29":
		return d.Month() == time.February && end
	case "first Sunday of November":
		return sunday && d.Month() == time.November && d.Day() <= 7
	default:
		t.Fatal(phrase)
		return false
	}
}

// TestDayLeftOut holds that a day which a zone once left out doubles nothing.
func TestDayLeftOut(t *testing.T) {
	t.Parallel()
	r := when.Recurrence{Unit: when.Daily, Every: 1, Start: when.Moment{Date: "2011-12-01"}}
	apia := zone(t, "Pacific/Apia")
	var got []string
	for _, at := range r.Next(when.Instant("2011-12-28", 12, 0, apia), 3, apia) {
		got = append(got, at.Format(time.RFC3339))
	}
	if want := []string{"2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

func TestNoRecurrence(t *testing.T) {
	t.Parallel()
	start := when.Moment{Date: "2026-11-25"}
	for name, r := range map[string]when.Recurrence{
		"nothing":           {},
		"no start":          {Unit: when.Daily, Every: 1},
		"no such clock":     {Unit: when.Daily, Every: 1, Start: when.Moment{Date: "2026-11-25", Clock: "9:00"}},
		"never":             {Unit: when.Daily, Start: start},
		"too far apart":     {Unit: when.Daily, Every: 100, Start: start},
		"a week of no day":  {Unit: when.Weekly, Every: 1, Start: start},
		"days out of order": {Unit: when.Weekly, Every: 1, Start: start, Weekdays: []time.Weekday{time.Sunday, time.Monday}},
		"day 31":            {Unit: when.Monthly, Every: 1, Start: start, Days: []int{31}},
		"day 0":             {Unit: when.Monthly, Every: 1, Start: start, Days: []int{0}},
		"29 and the last":   {Unit: when.Monthly, Every: 1, Start: start, Days: []int{29, -1}},
		"a sixth Monday":    {Unit: when.Monthly, Every: 1, Start: start, Nth: []int{6}, Weekdays: []time.Weekday{time.Monday}},
		"a year of no day":  {Unit: when.Yearly, Every: 1, Start: start, Month: time.May},
		"February 30":       {Unit: when.Yearly, Every: 1, Start: start, Month: time.February, Days: []int{30}},
		"an hour":           {Unit: "hour", Every: 1, Start: start},
	} {
		if r.Valid() || r.Rule() != "" || r.Dates("2026-11-25", 1) != nil || len(r.Next(time.Unix(0, 0), 1, time.UTC)) != 0 {
			t.Errorf("%s: is taken as %q", name, r.Rule())
		}
	}
	for _, rule := range []string{
		"", "FREQ=HOURLY;INTERVAL=1", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=1;COUNT=3", "FREQ=WEEKLY;INTERVAL=1", "nonsense",
		"FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=31", "FREQ=MONTHLY;INTERVAL=1;BYSETPOS=-1", "FREQ=MONTHLY;INTERVAL=1;BYDAY=+1MO,+2TU",
	} {
		if _, err := when.ParseRule(rule, start); !errors.Is(err, when.ErrRule) {
			t.Errorf("%q: %v", rule, err)
		}
	}
}

// FuzzRecurrences holds what every reading must keep: valid, its rule read back as the same, its start its first date
// and not past; no panic.
func FuzzRecurrences(f *testing.F) {
	for _, s := range []string{
		"every second Tuesday at 9", "el 15 y el 30 de cada mes", "cada tercer día", "last Friday of the quarter", "every year on feb 29",
		"twice a month on the 28th and 30th", "1st and 3rd monday", "lunes a viernes", "cada quince dias los martes", "every 31st",
	} {
		f.Add(s, "en")
		f.Add(s, "es")
	}
	f.Fuzz(func(t *testing.T, text, locale string) {
		rules, err := when.Recurrences(text, wednesday, locale)
		if err != nil {
			if !errors.Is(err, when.ErrUnreadable) && !errors.Is(err, when.ErrWhichDay) && !errors.Is(err, when.ErrNoSuchTime) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(rules) < 1 || len(rules) > 4 {
			t.Fatalf("%q: %v", text, rules)
		}
		for _, r := range rules {
			again, err := when.ParseRule(r.Rule(), r.Start)
			if err != nil || !reflect.DeepEqual(again, r) {
				t.Fatalf("%q: %+v is read back as %+v, %v", text, r, again, err)
			}
			dates := r.Dates(when.AddDays(r.Start.Date, -1), 2)
			if r.Start.Date < wednesday || len(dates) < 2 || dates[0] != r.Start.Date || dates[1] <= dates[0] {
				t.Fatalf("%q: %s from %s comes on %v", text, r.Rule(), r.Start.Date, dates)
			}
		}
	})
}

// FuzzMoments holds what every reading must keep: one to four moments, none past, no panic.
func FuzzMoments(f *testing.F) {
	for _, s := range []string{"friday 3pm", "mañana a las 10", "noon", "at 3 on 12/4", "hoy a las 8", "a las 15 el 15"} {
		f.Add(s, "en")
		f.Add(s, "es")
	}
	now := when.Moment{Date: wednesday, Clock: "14:00"}
	f.Fuzz(func(t *testing.T, text, locale string) {
		got, err := when.Moments(text, now, locale)
		if err != nil {
			return
		}
		if len(got) < 1 || len(got) > 4 {
			t.Fatalf("%q: %v", text, got)
		}
		for _, m := range got {
			if m.Instant(time.UTC).IsZero() || strings.Compare(m.Date+m.Clock, now.Date+now.Clock) < 0 {
				t.Fatalf("%q: %v", text, got)
			}
		}
	})
}
