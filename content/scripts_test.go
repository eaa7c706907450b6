package content

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"convenor/flows"
	"convenor/flows/flowtest"
)

// TestScripts plays the pack's conversations: what people do, and what Convenor says back, word for word. With -update
// what came back is written into them: read the difference before you keep it.
func TestScripts(t *testing.T) {
	t.Parallel()
	packs := map[string]*Pack{"reentry": embedded(t), "kinds": testPack(t, "kinds"), "structure": testPack(t, "structure")}
	for _, name := range slices.Concat(scripts(t), kindScripts(t), scriptsIn(t, "testdata", "packs", "structure")) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".script"), func(t *testing.T) {
			t.Parallel()
			p := packs[filepath.Base(filepath.Dir(filepath.Dir(name)))]
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

// testPack is a pack of testdata, with the words of the embedded one: kinds asks for every kind of field, structure has
// lists, flows in flows and conditions.
func testPack(t *testing.T, name string) *Pack {
	t.Helper()
	p, err := Load(os.DirFS(filepath.Join("testdata", "packs", name)))
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
