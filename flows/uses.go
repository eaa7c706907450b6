package flows

import "slices"

// Uses tells whether a node looks at the answer to the question, or at the list, with an id: it hands it on, decides by
// it or says it.
func (n Node) Uses(id string) bool {
	if n.Kind == NodeRecord {
		if _, ok := recordFields(n.Record)[id]; ok && n.With[id] == "" || n.Each == id {
			return true
		}
		for _, from := range n.With {
			if from == id {
				return true
			}
		}
	}
	if slices.ContainsFunc(n.Cases, func(c Case) bool { return c.uses(id) }) {
		return true
	}
	for _, t := range []Text{n.Line, n.Plain, n.More} {
		marks, _, err := readMarks(t[English])
		for _, m := range marks {
			if err == nil && m.name == id {
				return true
			}
		}
	}
	return false
}

// uses tells whether a case looks at the answer with an id.
func (c Case) uses(id string) bool {
	if c.When == "" {
		return c.Node == id
	}
	x, err := parseExpr(c.When)
	return err == nil && x.uses(id)
}

func (x *expr) uses(id string) bool {
	return x.name == id || slices.ContainsFunc(x.parts, func(part *expr) bool { return part.uses(id) })
}
