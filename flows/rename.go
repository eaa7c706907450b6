package flows

import (
	"maps"
	"slices"
	"strings"
)

// Renamed returns n as it is called inside another flow: name gives each id of its own flow the new one, and leaves
// others as they are. A record gets its fields by name, because the questions are no longer called like them. What name
// returns for End is where the part ends.
func (n Node) Renamed(name func(id string) string) Node {
	n = cloneNode(n)
	n.ID = name(n.ID)
	if n.Go != "" {
		n.Go = name(n.Go)
	}
	if n.Each != "" {
		n.Each = name(n.Each)
	}
	if n.From != "" {
		n.From = name(n.From)
	}
	for i := range n.Cases {
		n.Cases[i] = n.Cases[i].renamed(name)
	}
	for _, t := range []Text{n.Line, n.Plain, n.More} {
		for l, text := range t {
			t[l] = renamedMarks(text, name)
		}
	}
	if n.Kind == NodeRecord {
		with := map[string]string{}
		for field := range recordFields(n.Record) {
			if to := name(field); to != field {
				with[field] = to
			}
		}
		for field, id := range n.With {
			with[field] = name(id)
		}
		n.With = with
	}
	return n
}

func (c Case) renamed(name func(id string) string) Case {
	c.Go = name(c.Go)
	if c.Node != "" {
		c.Node = name(c.Node)
	}
	x, err := parseExpr(c.When)
	if c.When == "" || err != nil {
		return c // what is wrong with it is said where it stands
	}
	x.each(func(test *expr) { test.name = name(test.name) })
	c.When = x.String()
	return c
}

// renamedMarks is a text whose placeholders name other nodes. One that cannot be read stays as it is.
func renamedMarks(text string, name func(id string) string) string {
	marks, _, err := readMarks(text)
	if err != nil {
		return text
	}
	for _, key := range slices.Sorted(maps.Keys(marks)) {
		m := marks[key]
		if m.name == holeMe {
			continue
		}
		for _, form := range []string{"{%}", "{% or ", "{count(%)}"} {
			text = strings.ReplaceAll(text, strings.ReplaceAll(form, "%", m.name), strings.ReplaceAll(form, "%", "\x00"+name(m.name)))
		}
	}
	return strings.ReplaceAll(text, "\x00", "")
}
