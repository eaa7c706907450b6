package when_test

import (
	"slices"
	"testing"
	"time"

	"convenor/flows/when"
)

// TestGrantVectors computes the due dates that federal funders publish. A funder counts days from the end of a period, or
// names a fixed day of the year; the two differ after a January 31 of a leap year, so both must be had.
func TestGrantVectors(t *testing.T) {
	t.Parallel()
	afterEnd := []struct {
		end  string
		days int
		due  string
	}{
		{"2025-12-31", 30, "2026-01-30"}, // financial report, by quarter
		{"2026-03-31", 30, "2026-04-30"},
		{"2026-06-30", 30, "2026-07-30"},
		{"2026-09-30", 30, "2026-10-30"},
		{"2025-12-31", 30, "2026-01-30"}, // progress report, July to December 2025
		{"2026-06-30", 30, "2026-07-30"}, // and January to June
		{"2026-01-31", 30, "2026-03-02"},
		{"2027-01-31", 30, "2027-03-02"},
		{"2028-01-31", 30, "2028-03-01"}, // a leap year
		{"2026-07-31", 30, "2026-08-30"},
		{"2026-09-30", 90, "2026-12-29"}, // final reports
		{"2026-09-30", 120, "2027-01-28"},
	}
	for _, tt := range afterEnd {
		if got := when.AddDays(tt.end, tt.days); got != tt.due {
			t.Errorf("%d days after %s: %s, not %s", tt.days, tt.end, got, tt.due)
		}
	}
	fixed := []struct {
		rule, after string
		want        []string
	}{
		{"FREQ=YEARLY;INTERVAL=1;BYMONTH=3;BYMONTHDAY=2", "2026-01-31", []string{"2026-03-02", "2027-03-02", "2028-03-02"}},
		{"FREQ=YEARLY;INTERVAL=1;BYMONTH=8;BYMONTHDAY=30", "2026-07-31", []string{"2026-08-30", "2027-08-30"}},
		{"FREQ=MONTHLY;INTERVAL=3;BYSETPOS=-1;BYMONTHDAY=28,29,30", "2025-12-31", []string{"2026-01-30", "2026-04-30", "2026-07-30", "2026-10-30", "2027-01-30"}},
		{"FREQ=MONTHLY;INTERVAL=6;BYSETPOS=-1;BYMONTHDAY=28,29,30", "2025-12-31", []string{"2026-01-30", "2026-07-30", "2027-01-30"}},
	}
	for _, tt := range fixed {
		r, err := when.ParseRule(tt.rule, when.Moment{Date: "2026-01-01"})
		if got := r.Dates(tt.after, len(tt.want)); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v; want %v", tt.rule, got, err, tt.want)
		}
	}
	// The quarters that a report is about end on the last day of every third month.
	quarters := when.Recurrence{Unit: when.Monthly, Every: 3, Days: []int{-1}, Start: when.Moment{Date: "2025-12-31"}}
	want := []string{"2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31", "2027-03-31"}
	if got := quarters.Dates("2025-12-30", len(want)); !slices.Equal(got, want) {
		t.Errorf("quarters end %v, not %v", got, want)
	}
}

// TestGrantHours holds closings that are a time of day in the funder's zone, wherever the coalition is.
func TestGrantHours(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]string{ // 8:59 pm in New York, read in Los Angeles and in UTC
		"2024-04-25": "17:59 2024-04-26T00:59:00Z",
		"2024-04-30": "17:59 2024-05-01T00:59:00Z",
		"2026-01-30": "17:59 2026-01-31T01:59:00Z",
	} {
		at := when.Moment{Date: date, Clock: "20:59"}.Instant(zone(t, "America/New_York"))
		if got := when.Now(at, zone(t, "America/Los_Angeles")).Clock + " " + at.UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, not %s", date, got, want)
		}
	}
}

// TestWorkingDays holds the duties of bylaws: so many working days before and after a meeting.
func TestWorkingDays(t *testing.T) {
	t.Parallel()
	for phrase, want := range map[string]string{ // meeting on Thursday, December 17, 2026
		"5 working days before December 17":  "2026-12-10", // the agenda
		"5 working days after December 17":   "2026-12-24", // the minutes
		"10 working days after December 17":  "2026-12-31", // the chair's approval
		"15 working days after December 17":  "2027-01-07", // sent
		"5 días hábiles antes del 17 de dic": "2026-12-10",
	} {
		got, err := when.Date(phrase, wednesday, "en")
		if err != nil || !slices.Equal(got.Dates, []string{want}) {
			t.Errorf("%s: %v, %v; want %s", phrase, got.Dates, err, want)
		}
	}
}
