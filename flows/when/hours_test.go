package when_test

import (
	"testing"
	"time"

	"convenor/flows/when"
)

func instant(t *testing.T, text string, loc *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestHours(t *testing.T) {
	t.Parallel()
	ny := zone(t, "America/New_York")
	late := when.Hours{From: 12 * 60, To: 22 * 60, Sundays: true}
	all := when.Hours{From: 0, To: 24 * 60, Sundays: true}
	tests := []struct {
		hours          when.Hours
		at, next, last string // 2026-11-27 is a Friday
	}{
		{when.Hours{}, "2026-11-27 08:59", "2026-11-27 09:00", "2026-11-26 19:00"},
		{when.Hours{}, "2026-11-27 09:00", "2026-11-27 09:00", "2026-11-26 19:00"},
		{when.Hours{}, "2026-11-27 10:30", "2026-11-27 10:30", "2026-11-27 09:30"},
		{when.Hours{}, "2026-11-27 19:59", "2026-11-27 19:59", "2026-11-27 18:59"},
		{when.Hours{}, "2026-11-27 20:00", "2026-11-28 09:00", "2026-11-27 19:00"},
		{when.Hours{}, "2026-11-28 20:00", "2026-11-30 09:00", "2026-11-28 19:00"},
		{when.Hours{}, "2026-11-29 12:00", "2026-11-30 09:00", "2026-11-28 19:00"},
		{when.Hours{Sundays: true}, "2026-11-29 12:00", "2026-11-29 12:00", "2026-11-29 11:00"},
		{late, "2026-11-29 09:00", "2026-11-29 12:00", "2026-11-28 21:00"},
		{all, "2026-11-29 00:00", "2026-11-29 00:00", "2026-11-28 23:00"},
		{all, "2026-11-29 23:59", "2026-11-29 23:59", "2026-11-29 22:59"},
		{when.Hours{From: 22 * 60, To: 6 * 60}, "2026-11-27 23:00", "2026-11-28 09:00", "2026-11-27 19:00"}, // no hours: default
		{when.Hours{From: 540, To: 541}, "2026-11-27 10:00", "2026-11-27 10:00", "2026-11-27 09:00"},
	}
	for _, tt := range tests {
		at := instant(t, tt.at, ny)
		if got := tt.hours.Next(at, ny).Format("2006-01-02 15:04"); got != tt.next {
			t.Errorf("%+v next of %s: got %s, want %s", tt.hours, tt.at, got, tt.next)
		}
		if got := tt.hours.Open(at, ny); got != (tt.at == tt.next) {
			t.Errorf("%+v open at %s: %t", tt.hours, tt.at, got)
		}
		if got := tt.hours.Last(at, ny).Format("2006-01-02 15:04"); got != tt.last {
			t.Errorf("%+v last before %s: got %s, want %s", tt.hours, tt.at, got, tt.last)
		}
	}
}

func TestHoursAreValid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		hours when.Hours
		want  bool
	}{
		{when.Hours{}, true},
		{when.Hours{Sundays: true}, true},
		{when.Hours{From: 540, To: 600}, true},
		{when.Hours{From: 0, To: 1440}, true},
		{when.Hours{From: 540, To: 599}, false},
		{when.Hours{From: 1200, To: 540}, false},
		{when.Hours{From: -1, To: 540}, false},
		{when.Hours{From: 540, To: 1441}, false},
	}
	for _, tt := range tests {
		if got := tt.hours.Valid(); got != tt.want {
			t.Errorf("%+v: %t", tt.hours, got)
		}
	}
}

// TestHoursInEveryZone holds that Next is open and never early, and that a last hour ends in time, through the changes
// of clocks of three years.
func TestHoursInEveryZone(t *testing.T) {
	t.Parallel()
	early := when.Hours{From: 2 * 60, To: 3 * 60, Sundays: true} // swallowed by the gap of a spring night
	for _, name := range usZones() {
		loc := zone(t, name)
		for _, h := range []when.Hours{{}, early} {
			for at := time.Date(2026, 1, 1, 0, 7, 0, 0, time.UTC); at.Year() < 2029; at = at.Add(7 * time.Hour) {
				if next := h.Next(at, loc); next.Before(at) || !h.Open(next, loc) || next.Sub(at) > 49*time.Hour {
					t.Fatalf("%s %+v: next of %s is %s", name, h, at.In(loc), next)
				}
				if last := h.Last(at, loc); last.Add(time.Hour).After(at) || !h.Open(last, loc) {
					t.Fatalf("%s %+v: last before %s is %s", name, h, at.In(loc), last)
				}
			}
		}
	}
}
