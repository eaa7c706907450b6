package flows

import "slices"

// unnamed reports whether a group is shown how its answers to n spread, and no name: they are opinions and amounts.
// Words, people, dates, times and links are told with the name of who brought them.
func (n *node) unnamed() bool {
	switch n.Field {
	case FieldChoice, FieldMany, FieldConsent, FieldScale, FieldNumber, FieldRank, FieldPoints:
		return true
	case FieldText, FieldDate, FieldPerson, FieldTime, FieldLink:
		return false
	}
	return false
}

// tallied says how the answers to an unnamed question spread.
func (n *node) tallied(values []Value) []Part {
	switch {
	case len(values) == 0:
		return nil
	case n.Field == FieldNumber:
		return n.middle(values)
	case n.Field == FieldRank:
		return n.meanPlaces(values)
	case n.Field == FieldPoints:
		return n.totals(values)
	}
	return n.times(values)
}

// times counts how often each thing was picked.
func (n *node) times(values []Value) []Part {
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
