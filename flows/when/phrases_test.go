package when_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"convenor/flows/when"
)

// fewest are how many phrases the table must hold at least, in each language.
const fewest = 200

// TestPhrases reads every phrase of testdata/phrases.txt, which says how it is written.
func TestPhrases(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/phrases.txt")
	if err != nil {
		t.Fatal(err)
	}
	count, seen := map[string]int{}, map[string]int{}
	for i, line := range strings.Split(string(table), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, " | ")
		if len(columns) != 6 {
			t.Fatalf("phrases.txt:%d: %d columns", i+1, len(columns))
		}
		kind, locale, phrase, want := columns[0], columns[1], columns[4], columns[5]
		now, err := time.Parse("2006-01-02T15:04Z", columns[2])
		if err != nil {
			t.Fatal(err)
		}
		if got := meaning(kind, locale, phrase, now, zone(t, columns[3])); got != want {
			t.Errorf("phrases.txt:%d: %q means %q, not %q", i+1, phrase, got, want)
		}
		if before := seen[line]; before > 0 {
			t.Errorf("phrases.txt:%d says what line %d says", i+1, before)
		}
		seen[line] = i + 1
		count[locale]++
	}
	for _, locale := range []string{"en", "es"} {
		if count[locale] < fewest {
			t.Errorf("%d phrases in %s, fewer than %d", count[locale], locale, fewest)
		}
	}
}

// meaning reads a phrase, and writes what it means as the table does.
func meaning(kind, locale, phrase string, now time.Time, loc *time.Location) string {
	var readings []string
	var err error
	switch kind {
	case "date":
		var reading when.Reading
		reading, err = when.Date(phrase, when.Today(now, loc), locale)
		readings = reading.Dates
	case "time":
		readings, err = when.Times(phrase)
	case "moment":
		var moments []when.Moment
		moments, err = when.Moments(phrase, when.Now(now, loc), locale)
		for _, m := range moments {
			readings = append(readings, m.Instant(loc).Format(time.RFC3339))
		}
	case "repeat":
		var rules []when.Recurrence
		rules, err = when.Recurrences(phrase, when.Today(now, loc), locale)
		for _, r := range rules {
			readings = append(readings, strings.TrimSpace(r.Rule()+" from "+r.Start.Date+" "+r.Start.Clock))
		}
	default:
		return "no such kind"
	}
	if err != nil {
		return refused(err)
	}
	return strings.Join(readings, " or ")
}

func refused(err error) string {
	if past, ok := errors.AsType[*when.PastError](err); ok {
		if past.Next == "" {
			return "past " + past.Date
		}
		return "past " + past.Date + " next " + past.Next
	}
	if none, ok := errors.AsType[*when.ImpossibleError](err); ok {
		return "no-day " + strings.Join(none.Offers, " ")
	}
	if far, ok := errors.AsType[*when.FarError](err); ok {
		if far.Beyond {
			return "too-far " + far.Date
		}
		return "far " + far.Date
	}
	if near, ok := errors.AsType[*when.CloseError](err); ok {
		return "close " + strings.Join(near.Dates, " ")
	}
	switch {
	case errors.Is(err, when.ErrNoSuchTime):
		return "no-time"
	case errors.Is(err, when.ErrWhichDay):
		return "which-day"
	case errors.Is(err, when.ErrUnreadable):
		return "unreadable"
	default:
		return err.Error()
	}
}
