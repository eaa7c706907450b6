package content

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// entry is one "key: value" of a file.
type entry struct{ key, value *yaml.Node }

// fields is a mapping whose keys are known words, each at most once. What is missing or unknown was reported.
type fields struct {
	file    *file
	node    *yaml.Node
	what    string // begins a sentence: "A question"
	entries map[string]entry
}

// entries returns the entries of a mapping in their order, each key once and none without a value; ok is false when n
// is no mapping. what begins a sentence about it.
func (f *file) entries(n *yaml.Node, what string) (list []entry, ok bool) {
	if n.Kind != yaml.MappingNode {
		f.wrong(n, what+" is made of words with a colon after each, like `name: ...`.", "")
		return nil, false
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if line, again := first[key.Value]; again {
			f.breaks(ruleDuplicateKey, key, fmt.Sprintf("`%s` is here twice: it is also in line %d.", key.Value, line), "Keep one of the two.")
			continue
		}
		first[key.Value] = key.Line
		list = append(list, entry{key, value})
	}
	return list, true
}

// fields reads a mapping that may have the keys of its shape and no others.
func (f *file) fields(n *yaml.Node, of shape) (fields, bool) {
	what, known := of.what, of.names()
	s := fields{file: f, node: n, what: what, entries: map[string]entry{}}
	list, ok := f.entries(n, what)
	for _, e := range list {
		switch {
		case slices.Contains(known, e.key.Value):
			s.entries[e.key.Value] = e
		case n.Style&yaml.FlowStyle != 0 && empty(e.value):
			f.breaks(ruleComma, e.key, "There is a comma in the words before this, so I read it as the start of something new.", "Put quotes around the words: \"..., ...\"")
		default:
			f.breaks(ruleUnknownKey, e.key, what+" has no `"+e.key.Value+"`.", meant(e.key.Value, known))
		}
	}
	return s, ok
}

// get returns the value of a key, or nil when it is not there or empty; the latter is reported.
func (s fields) get(key string) *yaml.Node {
	e, ok := s.entries[key]
	if !ok {
		return nil
	}
	if empty(e.value) {
		s.file.breaks(ruleEmptyValue, e.key, "Nothing stands after `"+key+":`.", "")
		return nil
	}
	return e.value
}

// need is get for a key that must be there.
func (s fields) need(key string) *yaml.Node {
	if _, ok := s.entries[key]; !ok {
		s.file.breaks(ruleMissingKey, s.node, s.what+" needs `"+key+":`.", "")
		return nil
	}
	return s.get(key)
}

// has tells whether a key is there, be it empty.
func (s fields) has(key string) bool {
	_, ok := s.entries[key]
	return ok
}

// line is the value of an optional key as one line of words.
func (s fields) line(key string) string { return s.file.line(s.get(key)) }

// number is the value of an optional key as a whole number from 1; 0 when it is not there.
func (s fields) number(key string) int {
	n := s.get(key)
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || i < 1 {
		s.file.wrong(n, "After `"+key+":` goes a whole number, 1 or more.", "")
		return 0
	}
	return i
}

// whole is the value of an optional key as a whole number, be it 0 or below; 0 when it is not there.
func (s fields) whole(key string) int {
	n := s.get(key)
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		s.file.wrong(n, "After `"+key+":` goes a whole number.", "")
		return 0
	}
	return i
}

// yes is the value of an optional key that is a yes or a no.
func (s fields) yes(key string) bool {
	n := s.get(key)
	if n == nil {
		return false
	}
	switch strings.ToLower(n.Value) {
	case "yes", "true":
		return true
	case "no", "false":
		return false
	default:
		s.file.wrong(n, "After `"+key+":` goes yes or no.", "")
		return false
	}
}

// list is the value of an optional key as a list.
func (s fields) list(key string) []*yaml.Node {
	n := s.get(key)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		s.file.wrong(n, "After `"+key+":` goes a list: a line for each, beginning with a dash.", "")
		return nil
	}
	return n.Content
}

// lines is the value of an optional key as a list of words, one line each.
func (s fields) lines(key string) []string {
	var all []string
	for _, n := range s.list(key) {
		if empty(n) {
			s.file.breaks(ruleEmptyValue, n, "Nothing stands after this dash.", "")
		}
		all = append(all, s.file.line(n))
	}
	return all
}

// text is the value of an optional key in every language.
func (s fields) text(key string, most limit) flows.Text { return s.file.text(s.get(key), key, most) }

// needText is text for a key that must be there.
func (s fields) needText(key string, most limit) flows.Text {
	return s.file.text(s.need(key), key, most)
}

// one is the value of a key that must be one of a few words; "" when it is not.
func (s fields) one(n *yaml.Node, key string, known []string) string {
	word := s.file.line(n)
	if word != "" && !slices.Contains(known, word) {
		s.file.breaks(ruleUnknownWord, n, "`"+key+":` cannot be `"+word+"`.", meant(word, known))
		return ""
	}
	return word
}

// line reads one line of words; "" for nil or when there is something else, which was reported.
func (f *file) line(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind == yaml.AliasNode {
		f.wrong(n, "Words cannot begin with `*`.", "Put quotes around them.")
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		f.wrong(n, "Here go words, not a list.", "")
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// limit is how long a text may be. Zero means any length.
type limit struct {
	characters int
	words      int
}

// text reads the same words in every language. nil gives nil.
func (f *file) text(n *yaml.Node, key string, most limit) flows.Text {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		f.breaks(flows.RuleLocale, n, "`"+key+":` needs its words in every language.", "Write: "+key+`: {en: "...", es: "..."}`)
		return nil
	}
	s, ok := f.fields(n, textShape("`"+key+":`"))
	if !ok {
		return nil
	}
	text := flows.Text{}
	for _, language := range languages() {
		if !s.has(language) {
			f.breaks(flows.RuleLocale, n, fmt.Sprintf("`%s:` says nothing in %s.", key, spoken(language)), "Add: "+language+`: "..."`)
			continue
		}
		words := s.line(language)
		if words == "" {
			continue
		}
		text[flows.Locale(language)] = words
		f.tooLong(s.entries[language].value, key, words, most)
	}
	f.sameNames(s, text)
	return text
}

func (f *file) tooLong(n *yaml.Node, key, words string, most limit) {
	if length := utf8.RuneCountInString(words); most.characters > 0 && length > most.characters {
		f.breaks(flows.RuleLong, n, fmt.Sprintf("`%s:` has %d characters here, and %d fit.", key, length, most.characters), "Say it shorter.")
	}
	if count := len(strings.Fields(words)); most.words > 0 && count > most.words {
		f.breaks(flows.RuleLong, n, fmt.Sprintf("`%s:` has %d words here; at most %d are read.", key, count, most.words), "Say it shorter, and put the rest one depth further down.")
	}
}

// sameNames wants every language of a text to have the same {names}.
func (f *file) sameNames(s fields, text flows.Text) {
	var base []string
	for i, language := range languages() {
		words, ok := text[flows.Locale(language)]
		if !ok {
			return
		}
		names, braces := placeholders(plainHoles(words))
		n := s.entries[language].value
		if !braces {
			f.breaks(flows.RuleHole, n, "Here is a `{` or `}` that belongs to no {name}.", "A name has small letters only, like {count}.")
			return
		}
		if i == 0 {
			base = names
			continue
		}
		f.compareNames(n, spoken(languages()[0]), base, names)
	}
}

// compareNames reports the {names} that stand on one side only.
func (f *file) compareNames(n *yaml.Node, other string, want, got []string) {
	for _, name := range want {
		if !slices.Contains(got, name) {
			f.breaks(flows.RuleHoles, n, fmt.Sprintf("{%s} is in the %s words and not in these.", name, other), meantName(name, got))
		}
	}
	for _, name := range got {
		if !slices.Contains(want, name) {
			f.breaks(flows.RuleHoles, n, fmt.Sprintf("{%s} is in these words and not in the %s ones.", name, other), meantName(name, want))
		}
	}
}

func meantName(name string, there []string) string {
	for _, t := range there {
		if t != name && edits(name, t) <= 2 {
			return fmt.Sprintf("Names are not translated: use {%s} in both, or {%s} in both.", name, t)
		}
	}
	return "Every language needs the same names, in any order."
}

// plainHoles turns the longer forms of a flow's placeholders, {name or "words"} and {count(name)}, into {name}.
func plainHoles(words string) string {
	if !strings.Contains(words, "{") {
		return words
	}
	long := regexp.MustCompile(`\{(?:([a-z][a-z0-9-]*) +or +(?:"[^"{}“”]*"|“[^"{}“”]*”)|count\(([a-z][a-z0-9-]*)\))\}`)
	return long.ReplaceAllString(words, "{$1$2}")
}

// placeholders returns the {names} of a text, each once and sorted; ok is false when a brace belongs to none.
func placeholders(words string) (names []string, ok bool) {
	if !strings.ContainsAny(words, "{}") {
		return nil, true
	}
	pattern := regexp.MustCompile(`\{([a-z][a-z0-9-]*)\}`)
	for _, m := range pattern.FindAllStringSubmatch(words, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names), !strings.ContainsAny(pattern.ReplaceAllString(words, ""), "{}")
}

// languages are those that every pack speaks, the one that others fall back to first.
func languages() []string { return []string{string(flows.English), string(flows.Spanish)} }

func spoken(language string) string {
	if language == string(flows.Spanish) {
		return "Spanish (es)"
	}
	return "English (en)"
}

// empty tells that nothing stands there. YAML has words for nothing, too: ~ and null.
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (strings.TrimSpace(n.Value) == "" || n.ShortTag() == "!!null")
}
