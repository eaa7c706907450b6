package content

import (
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// phrase is one entry of the catalogue in one language.
type phrase struct {
	one   string // for a count of exactly one; empty: other serves
	other string
}

// catalogue is every word that is not part of a flow: by key, then by language.
type catalogue map[string]map[flows.Locale]phrase

// word returns the words of a key in the plural form that count asks for.
func (c catalogue) word(locale flows.Locale, key string, count int) (string, bool) {
	p, ok := c[key][locale]
	if ok && count == 1 && p.one != "" {
		return p.one, true
	}
	return p.other, ok
}

// wordKey is the form of a key of the catalogue.
const wordKey = `^[a-z]+(\.[a-z0-9-]+)+$`

// words reads one area of the catalogue into c. where remembers the place of each key.
func (f *file) words(top *yaml.Node, c catalogue, where map[string]string) {
	form := regexp.MustCompile(wordKey)
	list, _ := f.entries(top, "A file of words")
	for _, e := range list {
		key := e.key.Value
		place := fmt.Sprintf("%s:%d", f.name, e.key.Line)
		switch first, again := where[key]; {
		case !form.MatchString(key):
			f.breaks(flows.RuleID, e.key, "`"+key+"` is no key.", "A key is an area, a dot and a name, in small letters: run.saved")
			continue
		case again:
			f.breaks(ruleDuplicateKey, e.key, "`"+key+"` is here and in "+first+".", "Keep one of the two.")
		default:
			where[key] = place
		}
		if phrases := f.phrases(e); phrases != nil {
			c[key] = phrases
		}
	}
}

// phrases reads the languages of one key.
func (f *file) phrases(e entry) map[flows.Locale]phrase {
	if empty(e.value) || e.value.Kind == yaml.ScalarNode {
		f.breaks(flows.RuleLocale, e.key, "`"+e.key.Value+":` needs its words in every language.", "Write: "+e.key.Value+`: {en: "...", es: "..."}`)
		return nil
	}
	s, ok := f.fields(e.value, textShape("`"+e.key.Value+":`"))
	if !ok {
		return nil
	}
	phrases := map[flows.Locale]phrase{}
	var base []string
	compare := true
	for _, language := range languages() {
		if !s.has(language) {
			f.breaks(flows.RuleLocale, e.key, fmt.Sprintf("`%s:` says nothing in %s.", e.key.Value, spoken(language)), "Add: "+language+`: "..."`)
			continue
		}
		n := s.get(language)
		if n == nil {
			continue
		}
		p, names, sound := f.phrase(n)
		phrases[flows.Locale(language)] = p
		switch {
		case !sound:
			compare = false
		case base == nil:
			base = append([]string{}, names...)
		case compare:
			f.compareNames(n, spoken(languages()[0]), base, names)
		}
	}
	return phrases
}

// phrase reads one language: plain words, or {one: ..., other: ...}. It returns the names in them; sound is false when
// those cannot be relied on. The form for one may leave {count} out, and nothing else.
func (f *file) phrase(n *yaml.Node) (p phrase, names []string, sound bool) {
	if n.Kind != yaml.MappingNode {
		p.other = f.line(n)
		names, sound = f.names(n, p.other)
		return p, names, sound && p.other != ""
	}
	s, _ := f.fields(n, countShape())
	p = phrase{one: f.line(s.need("one")), other: f.line(s.need("other"))}
	if p.one == "" || p.other == "" {
		return p, nil, false
	}
	one, soundOne := f.names(s.get("one"), p.one)
	other, soundOther := f.names(s.get("other"), p.other)
	if !soundOne || !soundOther {
		return p, nil, false
	}
	if !slices.Contains(other, "count") {
		f.breaks(rulePlural, s.get("other"), "Words for counting need the number: {count}.", "")
		other = append(other, "count")
	}
	if !slices.Contains(one, "count") {
		one = append(one, "count")
	}
	f.compareNames(s.get("one"), "`other`", other, one)
	return p, other, true
}

func (f *file) names(n *yaml.Node, words string) ([]string, bool) {
	names, ok := placeholders(words)
	if !ok {
		f.breaks(flows.RuleHole, n, "Here is a `{` or `}` that belongs to no {name}.", "A name has small letters only, like {count}.")
	}
	return names, ok
}
