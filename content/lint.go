package content

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// linter looks for what works but does not serve the reader. A pack with such mistakes can be used; check names them.
type linter struct {
	*loader
	stigma map[string]string  // the words that hurt, and what to say instead
	asks   *regexp.Regexp     // a sentence that begins by calling somebody usted
	quoted *regexp.Regexp     // what others are to be told
	lock   map[string]pairing // what was accepted, by path; nil when nothing ever was
}

// lint reads every text of the pack as its readers will.
func (l *loader) lint() {
	w := &linter{
		loader: l, stigma: stigma(), quoted: regexp.MustCompile(`“[^”]*”`),
		asks: regexp.MustCompile(`(?:^|[.!?:¡¿]\s*)(Escriba|Elija|Presione|Responda|Envíe|Diga|Intente|Vuelva|Seleccione|Haga|Ponga|Agregue|Espere|Pida|Lea|Mire|Use)\s`),
	}
	w.readLock()
	areas := map[string][]said{}
	for _, t := range l.tops {
		for _, g := range t.file.groups(t.node, "", "") {
			for _, s := range g.texts {
				w.text(s)
				if strings.HasPrefix(t.file.name, "words/") {
					area, _, _ := strings.Cut(s.key, ".")
					areas[area] = append(areas[area], s)
				}
			}
			g.hard()
			g.lookalikes()
		}
	}
	for _, texts := range areas {
		gradeArea(texts)
	}
	for _, x := range l.expanded {
		x.unused()
	}
}

// text looks at one text in each language, and at one beside the other.
func (l *linter) text(s said) {
	for _, language := range languages() {
		for _, n := range forms(s.words[flows.Locale(language)]) {
			l.kind(s, n)
			s.wordless(n)
		}
	}
	for _, n := range forms(s.words[flows.Spanish]) {
		l.address(s, n)
	}
	s.untranslated()
	l.stale(s)
}

// wordless reports words that say what they mean by an emoji alone: a screen reader reads its name, or nothing.
func (s said) wordless(n *yaml.Node) {
	if emoji(n.Value) && !strings.ContainsFunc(withoutEmoji(n.Value), letter) && !strings.Contains(n.Value, "{") {
		s.file.breaks(ruleEmoji, n, "An emoji alone says nothing to somebody who listens to the screen.", "Put words next to it, or in its place.")
	}
}

// lookalikes reports options that differ in their emoji only.
func (g group) lookalikes() {
	if g.name != "options" {
		return
	}
	for _, language := range languages() {
		first := map[string]bool{}
		for _, s := range g.texts {
			n := s.words[flows.Locale(language)]
			words := strings.ToLower(strings.TrimSpace(withoutEmoji(n.Value)))
			if first[words] && emoji(n.Value) {
				s.file.breaks(ruleEmoji, n, "Only the emoji tells this option from another.", "Say the difference in words.")
			}
			first[words] = true
		}
	}
}

// untranslated reports a Spanish text that is the English one.
func (s said) untranslated() {
	english, spanish := s.whole(flows.English), s.whole(flows.Spanish)
	letters := func(word string) bool {
		return strings.ContainsFunc(word, unicode.IsLetter) && !strings.ContainsAny(word, "{}/:")
	}
	count := 0
	for word := range strings.FieldsSeq(english) {
		if letters(word) {
			count++
		}
	}
	if english == spanish && count >= 3 {
		s.file.breaks(ruleUntranslated, s.words[flows.Spanish], "These words are the same in both languages.", "Say them in Spanish.")
	}
}

// unused reports a question of a flow that hands its answers on, when nobody ever looks at the answer.
func (x expanded) unused() {
	handed := false
	for _, n := range x.Nodes {
		handed = handed || n.Kind == flows.NodeRecord
	}
	if !handed {
		return // the answers themselves are what is kept
	}
	for i, n := range x.Nodes {
		if n.Kind == flows.NodeAsk && !slices.ContainsFunc(x.Nodes, func(other flows.Node) bool { return other.ID != n.ID && other.Uses(n.ID) }) {
			x.spots[i].file.breaks(ruleUnused, x.spots[i].fields["id"], "Nobody ever looks at the answer to `"+n.ID+"`.",
				"Take the question out, or name its answer in the record's `with:`, in a branch, or as {"+n.ID+"} in what is said.")
		}
	}
}

// emoji tells whether a text has a picture in it.
func emoji(text string) bool { return strings.ContainsFunc(text, picture) }

func withoutEmoji(text string) string {
	return strings.Map(func(r rune) rune {
		if picture(r) {
			return -1
		}
		return r
	}, text)
}

// picture tells whether a letter is a picture, or belongs to one: a joiner, a variation, a skin tone.
func picture(r rune) bool {
	return r >= 0x1F000 || r == 0x200D || r == 0xFE0F || unicode.Is(unicode.So, r)
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// readLock reads what was accepted.
func (l *linter) readLock() {
	source, err := fs.ReadFile(l.fsys, lockFile)
	if err != nil {
		return // nothing was accepted yet
	}
	lock, line := parseLock(string(source))
	if line > 0 {
		l.mistakes = append(l.mistakes, Mistake{
			Rule: ruleUnreadable, File: lockFile, Line: line, Column: 1, Excerpt: strings.Split(string(source), "\n")[line-1],
			Message: "This line is not as `convenor content accept` writes it.",
			Fix:     fmt.Sprintf("Delete %s, read the Spanish once more, and run `convenor content accept`.", lockFile),
		})
	}
	l.lock = lock
}
