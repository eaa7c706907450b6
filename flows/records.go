package flows

import (
	"maps"
	"slices"
)

// slotOf is one field of a record: which kind of answer fills it, and whether the record makes sense without.
type slotOf struct {
	field  FieldKind
	needed bool
}

// recordFields returns what a kind of record takes, or nil when there is no such record.
func recordFields(record string) map[string]slotOf {
	switch record {
	case RecordMessenger:
		return map[string]slotOf{
			"name": {FieldText, true}, "reach": {FieldText, true}, "level": {FieldChoice, true},
			"methods": {FieldMany, true}, "area": {FieldText, true}, "agree": {FieldConsent, true},
		}
	case RecordStakeholder:
		return map[string]slotOf{
			"name": {FieldText, true}, "organisation": {FieldText, true}, "seat": {FieldChoice, true},
			"voting": {FieldChoice, true}, "alternate": {FieldText, false}, "agree": {FieldConsent, true},
		}
	case RecordStep:
		return map[string]slotOf{
			"what": {FieldText, true}, "goal": {FieldText, true}, "lead": {FieldPerson, false}, "due": {FieldDate, false},
		}
	case RecordReport:
		return map[string]slotOf{"status": {FieldChoice, true}, "note": {FieldText, false}, "due": {FieldDate, false}}
	case RecordSetup:
		return map[string]slotOf{
			"name": {FieldText, true}, "zone": {FieldChoice, false}, "language": {FieldChoice, false},
			"coordinator": {FieldPerson, false}, "hours": {FieldChoice, false}, "home": {FieldChoice, false},
		}
	case RecordQuestion:
		return map[string]slotOf{
			"line": {FieldText, true}, "plain": {FieldText, false}, "kind": {FieldChoice, true}, "other": {FieldText, false},
		}
	default:
		return nil
	}
}

// record checks that a record node's fields are filled by questions of the right kind.
func (c *checker) record(i int, n Node) {
	name := c.name(i)
	fields := recordFields(n.Record)
	if fields == nil {
		c.add(name, "record", "%q is no record: messenger, stakeholder, step, report, question or setup", n.Record)
		return
	}
	each, ok := c.graph.index[n.Each]
	if n.Each != "" && (!ok || c.def.Nodes[each].Kind != NodeRepeat || !c.graph.reach[each].has(i)) {
		c.breaks(RuleReference, name, "each", "there is no list %q before this", n.Each)
		return
	}
	c.with(i, n, fields, each)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		from := field
		if with := n.With[field]; with != "" {
			from = with
		}
		k, ok := c.graph.index[from]
		if ok && c.within(k) != none && (n.Each == "" || c.within(k) != each) {
			ok = false // it is answered more than once
		}
		switch {
		case !ok && fields[field].needed && n.With[field] == "":
			c.breaks(RuleUnfilled, name, "record", "nothing fills the field %q of a %s", field, n.Record)
		case ok && c.def.Nodes[k].Kind == NodeAsk && c.def.Nodes[k].Field != fields[field].field:
			c.add(name, "with", "%s is of kind %s, but the field %q of a %s takes %s", from, c.def.Nodes[k].Field, field, n.Record, fields[field].field)
		}
	}
}

// with checks what a record node says about the fields of its record; each is the list that it goes through, if any.
func (c *checker) with(i int, n Node, fields map[string]slotOf, each int) {
	name := c.name(i)
	for _, field := range slices.Sorted(maps.Keys(n.With)) {
		if _, ok := fields[field]; !ok {
			c.breaks(RuleReference, name, "with", "a %s has no field %q", n.Record, field)
			continue
		}
		if k, ok := c.graph.index[n.With[field]]; !ok || n.Each == "" || c.within(k) != each {
			c.askedBefore(i, name, "with", n.With[field])
		}
	}
}
