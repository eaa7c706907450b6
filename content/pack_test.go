package content

import (
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

// questionsKnown are the toolkit's questions that were read on its pages, by activity, and questionsOurs how many of our
// own stand in where none was.
var (
	questionsKnown = map[string]int{
		"1.1.3": 1, "1.2.2": 1, "1.2.3": 1, "1.2.4": 1, "1.3.1": 1, "1.3.4": 2,
		"2.1.1": 2, "2.1.2": 2, "2.1.3": 2, "2.2.1": 2, "2.2.2": 1, "2.2.3": 3, "2.2.4": 2, "2.2.5": 1,
		"2.3.1": 3, "2.3.2": 2, "2.3.3": 3,
	}
	questionsOurs = map[string]int{"1.1.1": 5, "1.1.2": 4, "1.2.1": 4, "1.2.5": 4, "1.3.2": 4, "1.3.3": 4}
)

// TestToolkit wants every activity whole: each question in three depths and both languages, short enough, the
// toolkit's cited, ours not passed off as the toolkit's.
func TestToolkit(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	asked := map[flows.Source]int{}
	for _, a := range p.Activities() {
		if a.Page == "" || a.Title[flows.Spanish] == "" || a.Goal[flows.Spanish] == "" {
			t.Errorf("activity %s is not whole: %+v", a.ID, a)
		}
		if unfound := a.ID == "1.1.2" || a.ID == "1.3.2"; (a.Link == "") != unfound {
			t.Errorf("activity %s links to %q", a.ID, a.Link)
		}
		known, ours := questionsKnown[a.ID], questionsOurs[a.ID]
		if a.Questions != known+ours || known > 0 == (ours > 0) {
			t.Errorf("activity %s has %d questions", a.ID, a.Questions)
		}
		asked[flows.SourceToolkit] += known
		asked[flows.SourceHouse] += ours
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
	if n := len(p.Activities()); n != 23 || asked[flows.SourceToolkit] != 30 || asked[flows.SourceHouse] != 25 {
		t.Errorf("%d activities with %v", n, asked)
	}
}

func checkQuestions(t *testing.T, a flows.Activity, d flows.Definition) {
	t.Helper()
	asked := map[string]bool{}
	for _, n := range d.Nodes {
		if n.Kind != flows.NodeAsk {
			continue
		}
		asked[n.Question] = true
		source, cite, link := flows.SourceToolkit, a.Page, a.Link
		if questionsOurs[a.ID] > 0 {
			source, cite, link = flows.SourceHouse, "", ""
		}
		if n.Source != source || n.Cite != cite || n.Link != link {
			t.Errorf("%s: source %q, cited as %q at %q", n.Question, n.Source, n.Cite, n.Link)
		}
		if d.Group && n.Until.Answers != 5 {
			t.Errorf("%s closes after %d answers", n.Question, n.Until.Answers)
		}
		checkDepths(t, n)
	}
	if len(asked) != a.Questions {
		t.Errorf("%s asks %v", d.ID, asked)
	}
}

func checkDepths(t *testing.T, n flows.Node) {
	t.Helper()
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

// BenchmarkPack loads, compiles and lints the whole pack in both languages.
func BenchmarkPack(b *testing.B) {
	for b.Loop() {
		mistakes, err := CheckDir("")
		if err != nil || len(mistakes) > 0 {
			b.Fatal(err, mistakes)
		}
	}
}
