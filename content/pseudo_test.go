package content

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
	"convenor/flows/flowtest"
)

// TestPseudo loads the pack in a language that nobody speaks, made from the English, and plays every conversation in it.
// An English word that comes back was never in the pack's hands: it stands in the program.
func TestPseudo(t *testing.T) {
	t.Parallel()
	p := pseudoPack(t)
	known := labels(p)
	english := regexp.MustCompile(`[A-Za-z]{3,}`)
	lines := 0
	names, err := filepath.Glob(filepath.Join("packs", "reentry", "scripts", "*.en.script"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		asked := pseudoScript(string(source), known)
		said, err := flowtest.Record(p, filepath.Base(name), []byte(asked))
		if err != nil {
			t.Errorf("%s cannot be played: %v", name, err)
		}
		theirs := strings.Join(regexp.MustCompile(`(?m)^(?:>|person|space) .*$`).FindAllString(asked, -1), "\n")
		for _, line := range spokenLines(string(said)) {
			lines++
			for _, word := range english.FindAllString(line, -1) {
				if repeated := strings.Count(word, word[:1]) == len(word); !repeated && !strings.Contains(theirs, word) {
					t.Errorf("%s: “%s” leaks in: %s", filepath.Base(name), word, line)
				}
			}
		}
	}
	if lines < 3000 {
		t.Errorf("only %d lines were said", lines)
	}
}

// pseudo turns English into look-alikes, letter by letter, and leaves {names} alone.
func pseudo(words string) string {
	letters := strings.NewReplacer(
		"a", "á", "b", "ƀ", "c", "ç", "d", "đ", "e", "é", "f", "ƒ", "g", "ĝ", "h", "ĥ", "i", "í", "j", "ĵ", "k", "ķ", "l", "ļ", "m", "ɱ",
		"n", "ñ", "o", "ó", "p", "þ", "q", "ɋ", "r", "ŕ", "s", "š", "t", "ť", "u", "ú", "v", "ṽ", "w", "ŵ", "x", "ẋ", "y", "ý", "z", "ž",
		"A", "Á", "B", "Ɓ", "C", "Ç", "D", "Đ", "E", "É", "F", "Ƒ", "G", "Ĝ", "H", "Ĥ", "I", "Í", "J", "Ĵ", "K", "Ķ", "L", "Ļ", "M", "Ɱ",
		"N", "Ñ", "O", "Ó", "P", "Þ", "Q", "Ɋ", "R", "Ŕ", "S", "Š", "T", "Ť", "U", "Ú", "V", "Ṽ", "W", "Ŵ", "X", "Ẋ", "Y", "Ý", "Z", "Ž",
	)
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(words, "{")
		out.WriteString(letters.Replace(before))
		if !open {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		out.WriteString("{" + name + "}")
		words = after
	}
}

// pseudoPack is the embedded pack with made-up words in place of the Spanish.
func pseudoPack(t *testing.T) *Pack {
	t.Helper()
	pack := fstest.MapFS{}
	for name, source := range packFiles(t) {
		var root yaml.Node
		if err := yaml.Load(source, &root); err != nil {
			t.Fatal(err)
		}
		speak(&root)
		out, err := yaml.Dump(&root)
		if err != nil {
			t.Fatal(err)
		}
		pack[name] = &fstest.MapFile{Data: out}
	}
	p, err := Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// speak puts pseudo words in place of every Spanish text below a node.
func speak(n *yaml.Node) {
	if words := bothLanguages(n); words != nil {
		spanish, english := words[flows.Spanish], words[flows.English]
		spanish.Kind, spanish.Tag, spanish.Style, spanish.Value = english.Kind, english.Tag, english.Style, pseudo(english.Value)
		spanish.Content = nil
		for i, c := range english.Content {
			form := *c
			if i%2 == 1 {
				form.Value = pseudo(c.Value)
			}
			spanish.Content = append(spanish.Content, &form)
		}
		return
	}
	for _, c := range n.Content {
		speak(c)
	}
}

// labels are the English words that can be pressed, picked or typed as a choice, in small letters.
func labels(p *Pack) map[string]bool {
	known := map[string]bool{}
	for _, said := range p.words {
		known[strings.ToLower(said[flows.English].other)] = true
	}
	for _, d := range p.flows {
		for _, n := range d.Nodes {
			for _, o := range n.Options {
				known[strings.ToLower(o.Text[flows.English])] = true
			}
		}
	}
	return known
}

// pseudoScript is a script whose people read Spanish, and press what they then see.
func pseudoScript(source string, known map[string]bool) string {
	label := regexp.MustCompile(`\[.+\]`)
	turned := func(words string) string {
		var all []string
		for word := range strings.SplitSeq(words, " + ") {
			if known[strings.ToLower(word)] {
				word = pseudo(word)
			}
			all = append(all, word)
		}
		return strings.Join(all, " + ")
	}
	var out []string
	for line := range strings.SplitSeq(source, "\n") {
		head, words, does := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "person ") || strings.HasPrefix(line, "space "):
			line = regexp.MustCompile(`(["\s])en( lead)?$`).ReplaceAllString(line, "${1}es${2}")
		case strings.HasPrefix(line, "> ") && strings.Contains(line, " reads "):
			continue // it is one language all through
		case strings.HasPrefix(line, "> ") && strings.Contains(line, " presses ["):
			line = label.ReplaceAllStringFunc(line, func(m string) string {
				if m = m[1 : len(m)-1]; !slices.ContainsFunc([]rune(m), func(r rune) bool { return r > 0x7f && r != '–' && r != '’' }) {
					m = pseudo(m)
				}
				return "[" + m + "]"
			})
		case strings.HasPrefix(line, "> ") && does:
			line = head + ": " + turned(words)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// spokenLines are the lines of a transcript that people read, without addresses, what they typed, and names of pages.
func spokenLines(said string) []string {
	aside := regexp.MustCompile(`“[^”]*”|https://\S+|\{[^}]*\}`)
	var all []string
	handed := false
	for line := range strings.SplitSeq(said, "\n") {
		if !strings.HasPrefix(line, "  ") {
			handed = strings.HasPrefix(line, "record ") || strings.HasPrefix(line, "begin ")
			continue
		}
		if !handed {
			all = append(all, aside.ReplaceAllString(line, ""))
		}
	}
	return all
}
