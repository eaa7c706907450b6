package flows

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// holeMe is the placeholder for the person whose run it is; in a group, the one who facilitates.
const holeMe = "me"

// hole is a placeholder of a definition's text: {me}, or {node} for the answer to an earlier question.
type hole struct {
	name string
	node int // -1 for holeMe
}

// errBraces means that a text's braces do not pair up around a name.
var errBraces = errors.New("has a brace that does not belong to a {placeholder}")

// holeNames returns the placeholders of one text, each once, sorted.
func holeNames(text string) ([]string, error) {
	found := map[string]bool{}
	for {
		before, rest, open := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, errBraces
		}
		if !open {
			return slices.Sorted(maps.Keys(found)), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || !named(name, nodeIDMax, "-") {
			return nil, errBraces
		}
		found[name] = true
		text = after
	}
}

// holes checks a text's placeholders: the same in each language, and filled when the text is shown.
func (c *checker) holes(i int, field string, t Text) {
	name := c.name(i)
	var first []string
	for k, l := range locales() {
		names, err := holeNames(t[l])
		switch {
		case err != nil:
			c.breaks(RuleHole, name, field, "%s in %s", err, l)
			return
		case k == 0:
			first = names
		case !slices.Equal(first, names):
			c.breaks(RuleHoles, name, field, "has other placeholders in %s than in %s", l, locales()[0])
			return
		}
	}
	for _, h := range first {
		switch {
		case h == holeMe:
		case c.def.Group:
			c.breaks(RuleGroup, name, field, "{%s} has no one answer in a group: only {%s} can be said", h, holeMe)
		default:
			c.askedBefore(i, name, field, h)
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

// holes parses the placeholders of a checked text.
func (f *Flow) holes(t Text) []hole {
	names, err := holeNames(t[English])
	if err != nil {
		return nil // check has found it
	}
	var holes []hole
	for _, name := range names {
		h := hole{name: name, node: -1}
		if name != holeMe {
			h.node = f.index[name]
		}
		holes = append(holes, h)
	}
	return holes
}
