package content

import (
	"slices"
	"strings"
	"testing"

	"convenor/flows"
)

func embedded(t *testing.T) *Pack {
	t.Helper()
	p, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestToolkit wants the nine questions whole: three depths in both languages, short enough, cited.
func TestToolkit(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	var ids []string
	for _, a := range p.Activities() {
		ids = append(ids, a.ID)
		if a.Questions != 3 || a.Title[flows.Spanish] == "" || a.Goal[flows.Spanish] == "" {
			t.Errorf("activity %s is not whole: %+v", a.ID, a)
		}
		for _, id := range []string{a.Round, a.Alone} {
			d, ok := p.Flow(id)
			if !ok {
				t.Fatalf("activity %s names the flow %q, which is not there", a.ID, id)
			}
			if d.Activity != a.ID || d.Group != (id == a.Round) {
				t.Errorf("%s: activity %q, group %v", id, d.Activity, d.Group)
			}
			checkQuestions(t, a, d)
		}
	}
	if want := []string{"2.2.3", "2.3.1", "2.3.3"}; !slices.Equal(ids, want) {
		t.Errorf("activities %v, want %v", ids, want)
	}
}

func checkQuestions(t *testing.T, a flows.Activity, d flows.Definition) {
	t.Helper()
	var asked []string
	for _, n := range d.Nodes {
		if n.Kind != flows.NodeAsk {
			continue
		}
		asked = append(asked, n.Question)
		if n.Source != flows.SourceToolkit || n.Cite != a.Page || n.Link != a.Link {
			t.Errorf("%s: source %q, cited as %q at %q", n.Question, n.Source, n.Cite, n.Link)
		}
		if d.Group && n.Until.Answers != 5 {
			t.Errorf("%s closes after %d answers", n.Question, n.Until.Answers)
		}
		for _, locale := range []flows.Locale{flows.English, flows.Spanish} {
			line, plain, more := n.Line[locale], n.Plain[locale], n.More[locale]
			if line == "" || plain == "" || more == "" || n.Label[locale] == "" {
				t.Errorf("%s lacks a depth in %s", n.Question, locale)
			}
			if words(line) > 13 || words(plain) > 60 || words(more) <= words(plain) {
				t.Errorf("%s in %s has %d, %d and %d words", n.Question, locale, words(line), words(plain), words(more))
			}
		}
	}
	if want := []string{a.ID + "-q1", a.ID + "-q2", a.ID + "-q3"}; !slices.Equal(asked, want) {
		t.Errorf("%s asks %v, want %v", d.ID, asked, want)
	}
}

func words(text string) int { return len(strings.Fields(text)) }

func TestFlows(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	for _, id := range []string{"messenger", "stakeholder", "step", "report"} {
		d, ok := p.Flow(id)
		if !ok {
			t.Fatalf("no flow %q", id)
		}
		last := d.Nodes[len(d.Nodes)-1]
		if last.Kind != flows.NodeRecord || last.Record != id {
			t.Errorf("%s ends in %s %s", id, last.Kind, last.Record)
		}
	}
	if _, ok := p.Flow("round"); ok {
		t.Error("a flow over activities is there by itself")
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	p, err := Load(sound(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		locale flows.Locale
		key    string
		count  int
		want   string
		ok     bool
	}{
		{flows.English, "run.saved", -1, "Saved.", true},
		{flows.Spanish, "run.saved", 1, "Guardado.", true},
		{flows.English, "run.left", 1, "One answer left.", true},
		{flows.Spanish, "run.left", 0, "Faltan {count} respuestas.", true},
		{flows.Spanish, "run.left", -1, "Faltan {count} respuestas.", true},
		{"fr", "run.saved", -1, "", false},
		{flows.English, "run.lost", -1, "", false},
	} {
		if got, ok := p.Word(c.locale, c.key, c.count); got != c.want || ok != c.ok {
			t.Errorf("%s in %s for %d: %q, %v", c.key, c.locale, c.count, got, ok)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}
