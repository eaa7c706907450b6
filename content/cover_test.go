package content

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"convenor/flows"
	"convenor/flows/flowtest"
)

// TestScriptsCover wants every conversation in both languages, every flow in both, what people do with a
// question, and every reason for which an answer cannot be taken.
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
	if len(names) < 100 {
		t.Errorf("%d scripts", len(names))
	}
	for _, language := range languages() {
		covers(t, p, language, said[language])
	}
}

// covers checks what the scripts of a language have in them.
func covers(t *testing.T, p *Pack, language, said string) {
	t.Helper()
	word := func(key string) string {
		words, _ := p.Word(flows.Locale(language), key, -1)
		return regexp.QuoteMeta(words)
	}
	for id := range p.flows {
		if !strings.Contains(said, "\nflow "+id+"\n") {
			t.Errorf("no script in %s plays %s", language, id)
		}
	}
	for key := range p.words {
		if !strings.HasPrefix(key, "run.refuse.") || key == "run.refuse.many" || key == "run.refuse.full" {
			continue // no question of the pack limits how many may be picked, and no flow of it collects a list
		}
		words, _, _ := strings.Cut(p.words[key][flows.Locale(language)].other, "{")
		if words != "" && !strings.Contains(said, words) {
			t.Errorf("no script in %s says %s: %q", language, key, words)
		}
	}
	for what, sign := range map[string]string{
		"an answer that was typed":     `> \S+ types: `,
		"an answer from a form":        `> \S+ submits: `,
		"an answer from a menu":        `> \S+ picks: `,
		"a form":                       `form for `,
		"a double click":               `> \S+ presses again`,
		"a skip":                       `> \S+ presses \[` + word("run.skip") + `\]`,
		"a look at the guidance":       `> \S+ presses \[` + word("run.more") + `\]`,
		"a step back":                  `> \S+ presses \[` + word("run.back") + `\]`,
		"a change":                     `> \S+ presses \[` + word("run.change") + `\]`,
		"a change over a branch":       `asks change:`,
		"an answer kept at a change":   `> \S+ presses \[` + word("run.keep") + `\]`,
		"a pause":                      `= paused at `,
		"a week's pause":               `> today 2026-03-09\n\n> \S+ does resume`,
		"a stop":                       `= cancelled`,
		"a question nobody can answer": `\+ request \S+ by `,
		"a language changed half-way":  `> \S+ reads ` + map[string]string{"en": "es", "es": "en"}[language],
		"a text, kept":                 `\+ answer \S+ by \S+: text`,
		"a group's next question":      `> \S+ does next`,
		"a record":                     `\nrecord `,
	} {
		if !regexp.MustCompile(sign).MatchString(said) {
			t.Errorf("no script in %s has %s", language, what)
		}
	}
}

// TestScriptsCoverKinds wants, in each language, every kind of node and of field in a flow that a script plays to its
// end, and every kind of event. The kinds are read from the source of package flows.
func TestScriptsCoverKinds(t *testing.T) {
	t.Parallel()
	wanted := map[string]bool{}
	for _, name := range []string{"definition.go", "run.go"} {
		for kind := range declared(t, filepath.Join("..", "flows", name)) {
			wanted[kind] = true
		}
	}
	delete(wanted, "EventKind carry") // in a log alone
	if len(wanted) < 5+12+20 {
		t.Fatalf("the source names only %v", wanted)
	}
	packs := map[string]*Pack{"reentry": embedded(t), "kinds": testPack(t, "kinds"), "structure": testPack(t, "structure")}
	played := map[string]bool{}
	for _, name := range slices.Concat(scripts(t), kindScripts(t), scriptsIn(t, "testdata", "packs", "structure")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p := packs[filepath.Base(filepath.Dir(filepath.Dir(name)))]
		_, language, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".script"), ".")
		sent, err := flowtest.Sent(p, name, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range sent {
			played[language+" EventKind "+string(kind)] = true
		}
		m := regexp.MustCompile(`(?m)^flow +(\S+)$`).FindSubmatch(text)
		if m == nil || !strings.Contains(string(text), "\n= done") {
			continue
		}
		d, _ := p.Flow(string(m[1]))
		for _, n := range d.Nodes {
			played[language+" NodeKind "+string(n.Kind)] = true
			played[language+" FieldKind "+string(n.Field)] = true
		}
	}
	for _, language := range languages() {
		for kind := range wanted {
			if !played[language+" "+kind] {
				t.Errorf("no script in %s has %s", language, kind)
			}
		}
	}
}

// declared names the constants of the three types of kinds in a file, as "type value".
func declared(t *testing.T, name string) map[string]bool {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t\w+ +((?:Node|Field|Event)Kind) = "(\w+)"`).FindAllSubmatch(source, -1) {
		found[string(m[1])+" "+string(m[2])] = true
	}
	return found
}
