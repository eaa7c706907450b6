package when_test

import (
	"errors"
	"slices"
	"testing"

	"convenor/flows/when"
)

// FuzzDate reads on Wednesday, November 25, 2026.
const wednesday = "2026-11-25"

// FuzzDate holds what every reading and every offer must keep: one or two real dates (three for a day that does not
// exist), none past, each of which reads as itself; and no panic.
func FuzzDate(f *testing.F) {
	for _, s := range []string{
		"12/4", "el próximo viernes", "in 3 working days", "31st", "end of", "Friday, 13", "29/2/28", "º", "fifth monday of may",
		"a week from", "twenty fifth", "mid march", "el martes en ocho", "two days before feb 30", "fryday", "2099-01-01",
	} {
		f.Add(s, "en")
		f.Add(s, "es")
	}
	f.Fuzz(func(t *testing.T, text, locale string) {
		got, err := when.Date(text, wednesday, locale)
		dates := got.Dates
		if err != nil {
			dates = offers(t, text, err)
		} else if len(dates) < 1 || len(dates) > 2 {
			t.Fatalf("%q: %v", text, dates)
		}
		if len(slices.Compact(slices.Clone(dates))) != len(dates) {
			t.Fatalf("%q: %v", text, dates)
		}
		for _, d := range dates {
			if !when.Takes(d, wednesday) {
				t.Fatalf("%q: %v", text, dates)
			}
			again, err := when.Date(d, wednesday, locale)
			if far, ok := errors.AsType[*when.FarError](err); ok && far.Date == d {
				continue
			}
			if err != nil || !slices.Equal(again.Dates, []string{d}) {
				t.Fatalf("%q: %s reads as %v, %v", text, d, again.Dates, err)
			}
		}
	})
}

// offers are the dates that a refusal offers.
func offers(t *testing.T, text string, err error) []string {
	t.Helper()
	if past, ok := errors.AsType[*when.PastError](err); ok {
		if !when.Valid(past.Date) || past.Date >= wednesday {
			t.Fatalf("%q: %v", text, err)
		}
		if past.Next == "" {
			return nil
		}
		return []string{past.Next}
	}
	if none, ok := errors.AsType[*when.ImpossibleError](err); ok && len(none.Offers) >= 2 && len(none.Offers) <= 3 {
		return none.Offers
	}
	if far, ok := errors.AsType[*when.FarError](err); ok {
		if far.Beyond {
			return nil
		}
		return []string{far.Date}
	}
	if near, ok := errors.AsType[*when.CloseError](err); ok && len(near.Dates) >= 1 && len(near.Dates) <= 2 {
		return near.Dates
	}
	if !errors.Is(err, when.ErrUnreadable) {
		t.Fatalf("%q: %v", text, err)
	}
	return nil
}

func TestTakes(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]bool{
		"2026-11-25": true, "2026-11-24": false, "2046-11-25": true, "2046-11-26": false, "2027-02-29": false, "soon": false,
	} {
		if got := when.Takes(date, wednesday); got != want {
			t.Errorf("%s: %t", date, got)
		}
	}
	if when.Takes("2026-11-25", "soon") {
		t.Error("taken without a today")
	}
	if _, err := when.Date("tomorrow", "no day", "en"); !errors.Is(err, when.ErrUnreadable) {
		t.Errorf("without a today: %v", err)
	}
}
