package content

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"convenor/flows"
)

// TestScriptsCover wants every conversation in both languages, every flow in both, every kind of node, field and event,
// and every reason for which an answer cannot be taken.
func TestScriptsCover(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	names := scripts(t)
	said := map[string]string{} // everything in the scripts of a language
	ended := map[string]bool{}  // the flows that a script of a language plays to the end
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
		if m := regexp.MustCompile(`(?m)^flow +(\S+)$`).FindSubmatch(text); m != nil && strings.Contains(string(text), "\n= done") {
			ended[language+" "+string(m[1])] = true
		}
	}
	if len(names) < 100 {
		t.Errorf("%d scripts", len(names))
	}
	for _, language := range languages() {
		covers(t, p, language, said[language])
		kindsPlayed(t, p, language, ended)
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

// kindsPlayed wants every kind of node and of field that the pack uses in a flow that a script plays to its end.
func kindsPlayed(t *testing.T, p *Pack, language string, ended map[string]bool) {
	t.Helper()
	used, played := map[string]bool{}, map[string]bool{}
	for id, d := range p.flows {
		for _, n := range d.Nodes {
			kind := strings.TrimSpace(string(n.Kind) + " " + string(n.Field))
			used[kind] = true
			played[kind] = played[kind] || ended[language+" "+id]
		}
	}
	for kind := range used {
		if !played[kind] {
			t.Errorf("no script in %s goes through a node of kind %s to the end", language, kind)
		}
	}
}
