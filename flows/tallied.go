package flows

import "slices"

// unnamed reports whether a group is shown how its answers to n spread, and no name: they are opinions and amounts.
// Words, people, dates and links are told with the name of who brought them.
func (n *node) unnamed() bool {
	switch n.Field {
	case FieldChoice, FieldMany, FieldConsent, FieldScale:
		return true
	case FieldText, FieldDate, FieldPerson:
		return false
	}
	return false
}

// tallied says how the answers to an unnamed question spread: a line for each thing that can be picked.
func (n *node) tallied(values []Value) []Part {
	if len(values) == 0 {
		return nil
	}
	answers := n.picks
	if n.Field == FieldConsent {
		answers = []Option{{ID: Yes}, {ID: No}}
	}
	var parts []Part
	for _, o := range answers {
		times := 0
		for _, v := range values {
			if v.Number == o.ID || slices.Contains(v.Picks, o.ID) {
				times++
			}
		}
		answer := Arg{Text: o.Text}
		if n.Field == FieldConsent {
			answer = n.Shown(Value{Kind: ValueConsent, Picks: []string{o.ID}})
		}
		parts = append(parts, Part{Style: StyleItem, Words: "round.times", Args: map[string]Arg{"answer": answer, "times": {Number: &times}}})
	}
	return parts
}
