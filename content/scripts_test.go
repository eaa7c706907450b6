package content

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenor/flows"
	"convenor/flows/flowtest"
)

// TestScripts plays the pack's conversations: what people do, and what Convenor says back, word for word. With -update
// what came back is written into them: read the difference before you keep it.
func TestScripts(t *testing.T) {
	t.Parallel()
	reentry, kinds := embedded(t), everyKind(t)
	for _, name := range append(scripts(t), kindScripts(t)...) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".script"), func(t *testing.T) {
			t.Parallel()
			p := reentry
			if strings.Contains(name, "kinds") {
				p = kinds
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !*update {
				if err := flowtest.Play(p, filepath.Base(name), text); err != nil {
					t.Error(err)
				}
				return
			}
			text, err = flowtest.Record(p, filepath.Base(name), text)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestActivities goes through every activity in both languages, alone: the whole guidance of each question, then the
// next, up to the end.
func TestActivities(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	for _, a := range p.Activities() {
		for _, language := range languages() {
			locale := flows.Locale(language)
			more, _ := p.Word(locale, "run.more", -1)
			skip, _ := p.Word(locale, "run.skip", -1)
			ours, _ := p.Word(locale, "run.source-house", -1)
			script := fmt.Sprintf("# One.\nflow %s\ntoday 2026-03-02\nperson dana \"Dana\" %s\n\n> dana starts\n", a.Alone, language)
			script += strings.Repeat(fmt.Sprintf("\n> dana presses [%s]\n\n> dana presses [%s]\n", more, skip), a.Questions)
			said, err := flowtest.Record(p, a.ID+".script", []byte(script))
			if err != nil {
				t.Errorf("%s in %s: %v", a.ID, language, err)
				continue
			}
			if !strings.HasSuffix(strings.TrimSpace(string(said)), "= done") {
				t.Errorf("%s in %s does not end:\n%s", a.ID, language, said)
			}
			if n := strings.Count(string(said), ours); n != questionsOurs[a.ID] {
				t.Errorf("%s in %s says %d times that a question is ours", a.ID, language, n)
			}
		}
	}
}

// TestScriptsCover wants every conversation in both languages, every flow in at least one (of the flows over
// activities, with at least one activity: TestActivities goes through them all), and every reason for which an answer
// cannot be taken.
func TestScriptsCover(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	names := scripts(t)
	said := map[string]string{} // everything in the scripts of a language
	for _, name := range append(names, kindScripts(t)...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base, language, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".script"), ".")
		other := map[string]string{"en": "es", "es": "en"}[language]
		if _, err := os.Stat(filepath.Join(filepath.Dir(name), fmt.Sprintf("%s.%s.script", base, other))); err != nil {
			t.Errorf("%s has no counterpart in %q", name, other)
		}
		said[language] += string(text)
	}
	if len(names) < 30 {
		t.Errorf("%d scripts are fewer than 15 conversations in two languages", len(names))
	}
	for id, d := range p.flows {
		line := "\nflow " + id + "\n"
		if d.Activity != "" {
			line = "\nflow " + strings.TrimSuffix(id, d.Activity)
		}
		if !strings.Contains(said["en"], line) {
			t.Errorf("no script plays %s", id)
		}
	}
	for key := range p.words {
		if !strings.HasPrefix(key, "run.refuse.") || key == "run.refuse.many" || key == "run.refuse.full" {
			continue // no question of the pack limits how many may be picked, and no flow of it collects a list
		}
		for _, language := range languages() {
			words, _, _ := strings.Cut(p.words[key][flows.Locale(language)].other, "{")
			if words != "" && !strings.Contains(said[language], words) {
				t.Errorf("no script in %s says %s: %q", language, key, words)
			}
		}
	}
}

// everyKind is the pack that asks for every kind of field, with the words of the embedded one.
func everyKind(t *testing.T) *Pack {
	t.Helper()
	p, err := Load(os.DirFS(filepath.Join("testdata", "packs", "kinds")))
	if err != nil {
		t.Fatal(err)
	}
	p.words = embedded(t).words
	return p
}

func scripts(t *testing.T) []string {
	t.Helper()
	return scriptsIn(t, "packs", "reentry")
}

func kindScripts(t *testing.T) []string {
	t.Helper()
	return scriptsIn(t, "testdata", "packs", "kinds")
}

func scriptsIn(t *testing.T, dir ...string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(append(dir, "scripts", "*.script")...))
	if err != nil || len(names) == 0 {
		t.Fatal("no scripts", err)
	}
	return names
}
