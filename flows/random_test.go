package flows_test

import (
	"fmt"
	"strings"

	"convenor/flows"
)

// flow makes a random definition that compiles.
func (w *wanderer) flow() (*flows.Flow, flows.Definition) {
	for {
		d := w.definition()
		if f, err := flows.Compile(d); err == nil {
			return f, d
		}
	}
}

func (w *wanderer) definition() flows.Definition {
	r := w.rnd
	d := definition()
	if r.IntN(3) == 0 {
		d = forked()
		d.Nodes = append(d.Nodes, say("bye", "Bye, {last}: {pick}."))
		return d
	}
	d.Group = r.IntN(3) == 0
	if r.IntN(2) == 0 {
		d.Activity = "9.9.9"
	}
	if !d.Group && r.IntN(2) == 0 {
		d.Nodes = w.list()
	}
	n := 1 + r.IntN(9)
	fields := flows.FieldKinds()
	for i := range n {
		id := fmt.Sprintf("n%d", i)
		switch kind := r.IntN(10); {
		case kind == 0:
			d.Nodes = append(d.Nodes, say(id, []string{"Hello {me}.", `It is {n0 or "nothing"} and {n1}.`, "There are {count(n1)}."}[r.IntN(3)]))
		case kind < 4 && !d.Group && i > 0:
			d.Nodes = append(d.Nodes, w.branch(id, d.Nodes, n))
		default:
			a := ask(id, fields[r.IntN(len(fields))])
			a.Required = r.IntN(3) == 0
			if r.IntN(2) == 0 {
				a.More = both("More.")
			}
			if d.Group {
				a.Until = []flows.Until{
					{Answers: r.IntN(4)}, {Quorum: 60}, {After: 5}, {Answers: 3, Quorum: 50, Clock: "20:00"}, {Lead: true},
				}[r.IntN(5)]
				a.Sealed = r.IntN(2) == 0
			} else if r.IntN(6) == 0 {
				a.Go = w.target(n)
			}
			d.Nodes = append(d.Nodes, a)
		}
	}
	if !d.Group && r.IntN(2) == 0 {
		d.Nodes = append(d.Nodes,
			ask("what", flows.FieldText), ask("goal", flows.FieldText),
			flows.Node{ID: "keep", Kind: flows.NodeRecord, Record: flows.RecordStep})
		if r.IntN(2) == 0 { // a record in the middle, with a way back over it
			d.Nodes = append(d.Nodes, ask("again", flows.FieldConsent), branch("back", flows.Case{Node: "again", Is: flows.Yes, Go: w.target(n)}))
		}
	}
	return d
}

// list is a part that is repeated, with what can be said and asked about it afterwards.
func (w *wanderer) list() []flows.Node {
	r := w.rnd
	nodes := []flows.Node{ask("item", flows.FieldText), ask("kind", flows.FieldChoice)}
	if r.IntN(2) == 0 {
		nodes = append(nodes, flows.Node{ID: "short", Kind: flows.NodeBranch, Cases: []flows.Case{{When: "kind is not a or not answered(item)", Go: "items"}}})
	}
	if r.IntN(2) == 0 {
		nodes = append(nodes, say("so", `So {item or "that"}.`))
	}
	nodes = append(nodes, ask("detail", flows.FieldDate),
		flows.Node{ID: "items", Kind: flows.NodeRepeat, From: "item", Max: 1 + r.IntN(3), Label: both("Things"), Line: both("Another?")},
		flows.Node{ID: "many", Kind: flows.NodeBranch, Cases: []flows.Case{{When: "count(items) > 1", Go: "after"}}},
		say("few", "Few: {items}."),
		ask("after", flows.FieldText))
	if r.IntN(2) == 0 {
		keep := flows.Node{ID: "steps", Kind: flows.NodeRecord, Record: flows.RecordStep, Each: "items", With: map[string]string{"what": "item", "goal": "after", "due": "detail"}}
		nodes = append(nodes, keep)
	}
	return append(nodes, say("so-many", "{count(items)}: {items}"))
}

// condition is an expression about one question.
func (w *wanderer) condition(asked flows.Node) string {
	r := w.rnd
	tests := []string{"answered(%s)", "unknown(%s) or skipped(%s)", "not answered(%s)"}
	switch asked.Field {
	case flows.FieldChoice:
		tests = append(tests, "%s is a or %s is b", "not (%s is a) and %s is not c")
	case flows.FieldMany:
		tests = append(tests, "%s has a and %s has b", "count(%s) at least 2")
	case flows.FieldDate:
		tests = append(tests, "%s before 2026-04-01", "%s >= 2026-03-04")
	case flows.FieldConsent:
		tests = append(tests, "%s is yes")
	case flows.FieldScale:
		tests = append(tests, "%s is 3", "%s >= 2 and %s < 5")
	case flows.FieldNumber:
		tests = append(tests, "%s is 1200", "%s > 12.5")
	case flows.FieldTime:
		tests = append(tests, "%s before 12:00", "%s >= 15:30")
	case flows.FieldText, flows.FieldPerson, flows.FieldLink, flows.FieldRank, flows.FieldPoints:
	}
	return strings.ReplaceAll(tests[r.IntN(len(tests))], "%s", asked.ID)
}

func (w *wanderer) branch(id string, before []flows.Node, n int) flows.Node {
	var cases []flows.Case
	for _, asked := range before {
		if asked.Kind != flows.NodeAsk || w.rnd.IntN(2) == 0 {
			continue
		}
		if w.rnd.IntN(2) == 0 {
			cases = append(cases, flows.Case{When: w.condition(asked), Go: w.target(n)})
			continue
		}
		is := []string{flows.IsAny, flows.IsNone}
		switch asked.Field {
		case flows.FieldChoice, flows.FieldMany:
			is = append(is, "a", "b", "c")
		case flows.FieldConsent:
			is = append(is, flows.Yes, flows.No)
		case flows.FieldScale:
			is = append(is, "1", "5")
		case flows.FieldText, flows.FieldDate, flows.FieldPerson, flows.FieldNumber, flows.FieldTime, flows.FieldLink,
			flows.FieldRank, flows.FieldPoints:
		}
		cases = append(cases, flows.Case{Node: asked.ID, Is: is[w.rnd.IntN(len(is))], Go: w.target(n)})
	}
	return branch(id, cases...)
}

func (w *wanderer) target(n int) string {
	if w.rnd.IntN(4) == 0 {
		return flows.End
	}
	return fmt.Sprintf("n%d", w.rnd.IntN(n))
}
