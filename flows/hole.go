package flows

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// holeMe is the placeholder for the person whose run it is; in a group, the one who facilitates.
const holeMe = "me"

// hole is a placeholder of a definition's text, compiled. It always has something to show.
type hole struct {
	key   string // what it is called in the compiled text, and among a Part's Args
	node  int    // the question whose answer is shown; none for {me} and for a list
	list  int    // the list that is shown, or counted; none for an answer
	count bool   // the number of items or picks is shown
	or    Text   // shown when there is no answer; nil: the catalogue's words for that
	typed string // id of a text that somebody typed, which is shown; empty for all others
}

// mark is a placeholder as it is written: {me}, {node}, {node or "words"} or {count(node)}.
type mark struct {
	name  string
	count bool
	or    string
}

// key names what a mark shows. A node's id has no dot, so the three never meet.
func (m mark) key() string {
	switch {
	case m.count:
		return "count." + m.name
	case m.or != "":
		return "or." + m.name
	default:
		return m.name
	}
}

// errBraces means that a text's braces do not pair up around a placeholder.
var errBraces = errors.New(`has a brace that does not belong to a placeholder like {name}, {name or "words"} or {count(name)}`)

// readMarks returns the placeholders of one text by key, and the text with the key in place of each.
func readMarks(text string) (marks map[string]mark, plain string, err error) {
	marks = map[string]mark{}
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, "", errBraces
		}
		out.WriteString(before)
		if !open {
			return marks, out.String(), nil
		}
		inner, after, closed := strings.Cut(rest, "}")
		m, ok := readMark(inner)
		if known, twice := marks[m.key()]; !closed || !ok || twice && known != m {
			return nil, "", errBraces
		}
		marks[m.key()] = m
		out.WriteString("{" + m.key() + "}")
		text = after
	}
}

// readMark reads what stands between braces.
func readMark(inner string) (m mark, ok bool) {
	m.name = inner
	if name, words, or := strings.Cut(inner, " or "); or {
		words = strings.TrimSpace(words)
		quoted := false
		for _, quotes := range [][2]string{{`"`, `"`}, {"“", "”"}} {
			if begun, ok := strings.CutPrefix(words, quotes[0]); ok && !quoted {
				m.or, quoted = strings.CutSuffix(begun, quotes[1])
			}
		}
		m.name = strings.TrimSpace(name)
		if !quoted || strings.TrimSpace(m.or) == "" || strings.ContainsAny(m.or, `"“”{`) {
			return mark{}, false
		}
	} else if name, ok := strings.CutPrefix(inner, "count("); ok {
		m.name, m.count = strings.CutSuffix(name, ")")
		if !m.count {
			return mark{}, false
		}
	}
	return m, named(m.name, nodeIDMax, "-")
}

// holes checks a text's placeholders: the same in each language, and filled when the text is shown.
func (c *checker) holes(i int, field string, t Text) {
	name := c.name(i)
	var first map[string]mark
	for k, l := range locales() {
		marks, _, err := readMarks(t[l])
		maps.DeleteFunc(marks, func(_ string, m mark) bool { return c.def.Nodes[i].Typed[m.name] != "" })
		switch {
		case err != nil:
			c.breaks(RuleHole, name, field, "%s in %s", err, l)
			return
		case k == 0:
			first = marks
		case !slices.Equal(slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(marks))):
			c.breaks(RuleHoles, name, field, "has other placeholders in %s than in %s", l, locales()[0])
			return
		}
	}
	for _, key := range slices.Sorted(maps.Keys(first)) {
		c.mark(i, field, first[key])
	}
}

// mark checks that what a placeholder names can be known.
func (c *checker) mark(i int, field string, m mark) {
	name := c.name(i)
	k, ok := c.graph.index[m.name]
	switch {
	case m.name == holeMe:
		if m.count || m.or != "" {
			c.breaks(RuleHole, name, field, "{%s} is a person and always there", holeMe)
		}
	case c.def.Group:
		c.breaks(RuleGroup, name, field, "{%s} has no one answer in a group: only {%s} can be said", m.name, holeMe)
	case ok && c.def.Nodes[k].Kind == NodeRepeat:
		if c.within(i) == k {
			c.breaks(RuleHole, name, field, "the list %s is not whole yet inside itself", m.name)
		} else if !c.graph.reach[k].has(i) {
			c.breaks(RuleHole, name, field, "%s is never asked before", m.name)
		}
	default:
		asked, ok := c.askedBefore(i, name, field, m.name)
		if ok && m.count && asked.Field != FieldMany {
			c.breaks(RuleHole, name, field, "%s is of kind %s, so there is nothing to count", m.name, asked.Field)
		}
	}
}

// noHoles checks a text that is shown where nothing can be filled in.
func (c *checker) noHoles(node, field string, t Text) {
	for _, l := range locales() {
		if strings.ContainsAny(t[l], "{}") {
			c.breaks(RuleHole, node, field, "cannot hold a placeholder, as in %s", l)
		}
	}
}

// holes parses the placeholders of a checked text, which comes back with their keys in it.
func (f *Flow) holes(t Text, from *node) (Text, []hole) {
	marks, _, err := readMarks(t[English])
	if err != nil || len(marks) == 0 && len(from.Typed) == 0 {
		return t, nil // check has found what is wrong
	}
	plain, or, sound := spokenMarks(t)
	if !sound {
		return t, nil
	}
	var holes []hole
	for _, name := range slices.Sorted(maps.Keys(from.Typed)) {
		holes = append(holes, hole{key: name, node: none, list: none, typed: from.Typed[name]})
	}
	for _, key := range slices.Sorted(maps.Keys(marks)) {
		m := marks[key]
		if from.Typed[m.name] != "" {
			continue
		}
		h := hole{key: key, node: none, list: f.listNamed(m.name), count: m.count, or: or[key]}
		if h.list == none && m.name != holeMe {
			h.node = f.refer(m.name, from)
		}
		holes = append(holes, h)
	}
	return plain, holes
}

// spokenMarks returns a text with the keys of its placeholders, and by key the words for when there is no answer.
func spokenMarks(t Text) (plain Text, or map[string]Text, sound bool) {
	plain, or = Text{}, map[string]Text{}
	for l := range t {
		marks, words, err := readMarks(t[l])
		if err != nil {
			return nil, nil, false
		}
		plain[l] = words
		for key, m := range marks {
			if m.or == "" {
				continue
			}
			if or[key] == nil {
				or[key] = Text{}
			}
			or[key][l] = m.or
		}
	}
	return plain, or, true
}

// fill is what a placeholder shows now.
func (t *turn) fill(h hole) Arg {
	var a Arg
	size, answered := 0, true
	switch {
	case h.typed != "":
		return Arg{TextID: h.typed}
	case h.list != none:
		size = len(t.f.items(h.list, t.standing))
		answered, a = size > 0, t.listArg(h.list)
	case h.node != none:
		v := t.standing(h.node)
		size, answered, a = v.size(), v.Answered(), t.f.nodes[h.node].Shown(v)
	default:
		a = Arg{Person: t.run.Person}
	}
	switch {
	case h.count:
		return Arg{Number: &size}
	case !answered && h.or != nil:
		return Arg{Text: h.or}
	}
	return a
}
