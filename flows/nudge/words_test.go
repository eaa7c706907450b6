package nudge_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
	"convenor/flows/nudge"
)

// catalogue reads the pack's words: key → language → the longest of its plural forms.
func catalogue(t *testing.T) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../content/packs/reentry/words/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no catalogue", err)
	}
	words := map[string]map[string]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var area map[string]map[string]any
		if err := yaml.Unmarshal(source, &area); err != nil {
			t.Fatal(file, err)
		}
		for key, languages := range area {
			words[key] = map[string]string{}
			for language, said := range languages {
				words[key][language] = longest(said)
			}
		}
	}
	return words
}

func longest(said any) string {
	forms, ok := said.(map[string]any)
	if !ok {
		s, _ := said.(string)
		return s
	}
	most := ""
	for _, form := range forms {
		if s, _ := form.(string); len(s) > len(most) {
			most = s
		}
	}
	return most
}

// fill puts the longest thing that a placeholder may show into its place. It fails for one that is filled by nothing.
func fill(t *testing.T, language, text string, args map[string]flows.Arg) string {
	t.Helper()
	dates := map[string]string{"en": "Wednesday, September 30, 2027", "es": "miércoles, 30 de septiembre de 2027"}
	for name, arg := range args {
		value := arg.Plain
		switch {
		case arg.TextID != "" && arg.Max == 0:
			t.Errorf("%s is shown at any length", name)
		case arg.TextID != "":
			value = strings.Repeat("m", arg.Max)
		case arg.Date != "":
			value = dates[language]
		case arg.Person != "":
			value = "Maria Guadalupe Hernandez"
		case arg.Number != nil:
			value = strconv.Itoa(*arg.Number)
		}
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	if strings.Contains(text, "{") {
		t.Errorf("%s: nothing fills %q", language, text)
	}
	return text
}

// TestNudgesAreShort holds that a nudge about one step has at most 300 characters in both languages, with the longest
// step, goal, note, date and a long name, and the explanation that comes with the first one.
func TestNudgesAreShort(t *testing.T) {
	t.Parallel()
	const most = 300
	words := catalogue(t)
	offered := func(d *nudge.Deadline) { d.Stand = nudge.Offered }
	tests := []struct {
		kind   nudge.Kind
		now    string
		change func(*nudge.Deadline)
	}{
		{nudge.WeekBefore, "2026-11-27 09:00", nil},
		{nudge.DayBefore, "2026-12-03 09:00", nil},
		{nudge.DayOf, "2026-12-04 09:00", nil},
		{nudge.AfterOne, "2026-12-07 09:00", nil},
		{nudge.Question, "2026-12-11 09:00", nil},
		{nudge.Coordinator, "2026-12-15 09:00", nil},
		{nudge.Snooze, "2026-12-02 09:00", func(d *nudge.Deadline) { d.Due = "" }},
		{nudge.Help, "2026-12-02 09:00", func(d *nudge.Deadline) { d.Help, d.Note = true, "t-note" }},
		{nudge.Offer, "2026-12-02 09:00", offered},
		{nudge.Offer, "2026-12-02 09:00", func(d *nudge.Deadline) { d.Stand, d.Lead = nudge.Offered, "" }},
		{nudge.Offer, "2026-12-02 09:00", func(d *nudge.Deadline) { d.Stand, d.NamedBy = nudge.Offered, "dana" }},
	}
	for _, tt := range tests {
		d := step()
		if tt.change != nil {
			tt.change(&d)
		}
		f := facts(t, tt.now, d)
		f.Person.Explained = false
		if tt.kind == nudge.Offer {
			f.Person.ID = d.NamedBy
		}
		turn := nudge.Due([]flows.Timer{timer(d, tt.kind, f.Person.ID, f.Now)}, f)
		if len(turn.Deliveries) != 1 {
			t.Fatalf("%s: nothing is said", tt.kind)
		}
		m := turn.Deliveries[0].Message
		for _, language := range []string{"en", "es"} {
			total := 0
			for _, p := range m.Parts {
				total += utf8.RuneCountInString(fill(t, language, words[p.Words][language], p.Args)) + 1
			}
			if total-1 > most {
				t.Errorf("%s in %s has %d characters", tt.kind, language, total-1)
			}
			for _, c := range m.Controls {
				if words[c.Words][language] == "" {
					t.Errorf("%s has no words in %s", c.Words, language)
				}
			}
		}
	}
}
