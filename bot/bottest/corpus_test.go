package bottest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/content"
	"convenor/flows"
)

// TestVocabularyIsWhole wants a piece for each word of the neutral language that the source of package flows declares,
// in each language.
func TestVocabularyIsWhole(t *testing.T) {
	t.Parallel()
	var names []string
	for _, p := range Vocabulary() {
		if slices.Contains(names, p.Name) || (p.Message == nil) == (p.Form == nil) {
			t.Errorf("%s twice, or not one thing", p.Name)
		}
		names = append(names, p.Name)
	}
	count := 0
	for _, name := range []string{"words.go", "definition.go"} {
		source, err := os.ReadFile(filepath.Join("..", "..", "flows", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\t\w+ +(Style|ControlKind|FieldKind) += "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
			count++
			prefix := map[string]string{"Style": "style-", "ControlKind": "control-", "FieldKind": "field-"}[m[1]]
			for _, locale := range Locales() {
				if want := prefix + m[2] + "." + string(locale); !slices.Contains(names, want) {
					t.Errorf("no piece is called %s", want)
				}
			}
		}
	}
	if count < 5+4+12 {
		t.Errorf("the source names only %d", count)
	}
}

// TestTalkComesByEverything goes through every flow of the packs, and holds what was shown against what the flow says.
func TestTalkComesByEverything(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := content.Load(os.DirFS(filepath.Join("..", "..", "content", "testdata", "packs", "kinds")))
	if err != nil {
		t.Fatal(err)
	}
	var all []flows.Definition
	for p, dir := range map[*content.Pack]string{pack: filepath.Join("packs", "reentry"), kinds: filepath.Join("testdata", "packs", "kinds")} {
		list, err := Flows(p, filepath.Join("..", "..", "content", dir, "flows"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	fields := map[flows.FieldKind]bool{}
	count := 0
	for _, d := range all {
		for _, locale := range Locales() {
			pieces, err := Talk(pack, d, locale)
			if err != nil {
				t.Error(err)
				continue
			}
			count += len(pieces)
			for _, n := range d.Nodes {
				fields[n.Field] = true
				if n.Kind == flows.NodeAsk && !strings.Contains(n.Line[locale], "{") && !shown(pieces, n.Line[locale]) {
					t.Errorf("%s, %s: %q is never shown", d.ID, locale, n.Line[locale])
				}
			}
		}
	}
	for _, kind := range flows.FieldKinds() {
		if !fields[kind] {
			t.Errorf("no flow has a %s", kind)
		}
	}
	t.Logf("%d pieces", count)
}

func shown(pieces []Piece, words string) bool {
	return slices.ContainsFunc(pieces, func(p Piece) bool {
		if p.Message != nil {
			return strings.Contains(p.Message.Plain(), words)
		}
		return slices.ContainsFunc(p.Form.Intro, func(b bot.Block) bool { return strings.Contains(b.Text, words) })
	})
}
