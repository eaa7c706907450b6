package when_test

import (
	"testing"
	"time"

	"convenor/flows/when"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// usZones are the zones of the United States and its territories, the ones with rules of their own included.
func usZones() []string {
	return []string{
		"America/New_York", "America/Detroit", "America/Kentucky/Louisville", "America/Kentucky/Monticello",
		"America/Indiana/Indianapolis", "America/Indiana/Vincennes", "America/Indiana/Winamac", "America/Indiana/Marengo",
		"America/Indiana/Petersburg", "America/Indiana/Vevay", "America/Indiana/Tell_City", "America/Indiana/Knox",
		"America/Chicago", "America/Menominee", "America/North_Dakota/Center", "America/North_Dakota/New_Salem",
		"America/North_Dakota/Beulah", "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles",
		"America/Anchorage", "America/Juneau", "America/Sitka", "America/Metlakatla", "America/Yakutat", "America/Nome",
		"America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Saipan",
		"Pacific/Pago_Pago",
	}
}

// TestInstantInEveryZone holds the rule in the package comment for each day at 9:00, and for every half hour around a
// change of clocks, through three years in every zone of the United States and in three with stranger rules.
func TestInstantInEveryZone(t *testing.T) {
	t.Parallel()
	for _, name := range append(usZones(), "Australia/Lord_Howe", "America/St_Johns", "UTC") {
		loc := zone(t, name)
		for date := "2026-01-01"; date < "2029-01-01"; date = when.AddDays(date, 1) {
			checkInstant(t, date, 9, 0, loc)
			if offset(when.Instant(date, -24, 0, loc)) != offset(when.Instant(date, 48, 0, loc)) {
				for half := range 48 {
					checkInstant(t, date, half/2, half%2*30, loc)
				}
			}
		}
	}
}

func offset(at time.Time) int {
	_, seconds := at.Zone()
	return seconds
}

func checkInstant(t *testing.T, date string, hour, minute int, loc *time.Location) {
	t.Helper()
	at := when.Instant(date, hour, minute, loc)
	const layout = "2006-01-02 15:04"
	want := date + " " + time.Date(2000, 1, 1, hour, minute, 0, 0, time.UTC).Format("15:04")
	got := at.Format(layout)
	switch {
	case got == want:
		for _, earlier := range []time.Duration{30 * time.Minute, time.Hour} {
			if at.Add(-earlier).In(loc).Format(layout) == want {
				t.Fatalf("%s %s: the second of two instants", loc, want)
			}
		}
	case got < want || at.Add(-time.Nanosecond).In(loc).Format(layout) >= want:
		t.Fatalf("%s %s: got %s, not the first instant after the gap", loc, want, got)
	}
}

func TestInstant(t *testing.T) {
	t.Parallel()
	tests := []struct {
		zone, date   string
		hour, minute int
		want         string // RFC 3339
	}{
		{"America/New_York", "2026-11-25", 9, 0, "2026-11-25T09:00:00-05:00"},
		{"America/New_York", "2026-07-01", 9, 0, "2026-07-01T09:00:00-04:00"},
		{"America/New_York", "2026-03-08", 2, 30, "2026-03-08T03:00:00-04:00"}, // gap
		{"America/New_York", "2026-03-08", 2, 0, "2026-03-08T03:00:00-04:00"},
		{"America/New_York", "2026-03-08", 3, 0, "2026-03-08T03:00:00-04:00"},
		{"America/New_York", "2026-11-01", 1, 30, "2026-11-01T01:30:00-04:00"}, // overlap
		{"America/New_York", "2026-11-01", 2, 0, "2026-11-01T02:00:00-05:00"},
		{"America/Phoenix", "2026-03-08", 2, 30, "2026-03-08T02:30:00-07:00"},
		{"America/New_York", "2026-11-25", 24, 0, "2026-11-26T00:00:00-05:00"},
		{"Pacific/Apia", "2011-12-30", 9, 0, "2011-12-31T00:00:00+14:00"}, // a day that never was
		{"UTC", "2026-11-25", 0, 0, "2026-11-25T00:00:00Z"},
	}
	for _, tt := range tests {
		if got := when.Instant(tt.date, tt.hour, tt.minute, zone(t, tt.zone)).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s %s %d:%02d: got %s, want %s", tt.zone, tt.date, tt.hour, tt.minute, got, tt.want)
		}
	}
	if !when.Instant("soon", 9, 0, time.UTC).IsZero() {
		t.Error("an instant of no date")
	}
}

func TestCivilDates(t *testing.T) {
	t.Parallel()
	working := []struct {
		date string
		n    int
		want string
	}{
		{"2026-11-25", 1, "2026-11-26"},
		{"2026-11-25", 2, "2026-11-27"},
		{"2026-11-25", 3, "2026-11-30"},
		{"2026-11-27", 1, "2026-11-30"},
		{"2026-11-28", 1, "2026-11-30"},
		{"2026-11-29", 1, "2026-11-30"},
		{"2026-11-29", 5, "2026-12-04"},
		{"2026-11-29", 0, "2026-11-29"},
		{"2026-11-29", -3, "2026-11-29"},
		{"soon", 3, "soon"},
	}
	for _, tt := range working {
		if got := when.AddWorkingDays(tt.date, tt.n); got != tt.want {
			t.Errorf("working days: %s + %d: got %s, want %s", tt.date, tt.n, got, tt.want)
		}
	}
	if got := when.AddDays("2026-02-28", 1); got != "2026-03-01" {
		t.Error(got)
	}
	if got := when.AddDays("2026-01-01", -1); got != "2025-12-31" {
		t.Error(got)
	}
	if got := when.AddDays("soon", 1); got != "soon" {
		t.Error(got)
	}
	if got := when.DaysBetween("2026-11-25", "2026-12-03"); got != 8 {
		t.Error(got)
	}
	if got := when.DaysBetween("2026-12-03", "2026-11-25"); got != -8 {
		t.Error(got)
	}
	if got := when.DaysBetween("soon", "2026-11-25"); got != 0 {
		t.Error(got)
	}
	at := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	if got := when.Today(at, zone(t, "America/New_York")); got != "2026-11-25" {
		t.Error(got)
	}
}
