package flows_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"convenor/flows"
)

// mistakes lists what Compile finds wrong, as "node, field: problem".
func mistakes(t *testing.T, d flows.Definition) []string {
	t.Helper()
	_, err := flows.Compile(d)
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%v is not joined", err)
	}
	var found []string
	for _, err := range joined.Unwrap() {
		var m flows.Mistake
		if !errors.As(err, &m) {
			t.Fatalf("%v is no Mistake", err)
		}
		found = append(found, m.Error())
	}
	return found
}

func with(n flows.Node, change func(*flows.Node)) flows.Node {
	change(&n)
	return n
}

func TestCompileFindsMistakes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 46)
	q1 := ask("q1", flows.FieldText)
	pick := ask("pick", flows.FieldChoice)
	for name, c := range map[string]struct {
		def  flows.Definition
		want []string // beginnings
	}{
		"flow id": {
			func() flows.Definition { d := definition(q1); d.ID = "Test flow"; return d }(),
			[]string{`flow, id: "Test flow" must begin`},
		},
		"no title in Spanish": {
			func() flows.Definition { d := definition(q1); d.Title = flows.Text{flows.English: "A"}; return d }(),
			[]string{"flow, title: has no words in es"},
		},
		"group without goal": {
			func() flows.Definition { d := groupOf(q1); d.Goal = nil; return d }(),
			[]string{"flow, goal: has no words in en", "flow, goal: has no words in es"},
		},
		"nothing asked": {definition(say("hello", "Hello.")), []string{"flow, nodes: the flow asks nothing"}},
		"too many nodes": {
			definition(slices.Repeat([]flows.Node{q1}, flows.NodesMax+1)...),
			[]string{"flow, nodes: 201 nodes are more than 200", "node q1, id: two nodes have this id"},
		},
		"node id":     {definition(ask("Q1", flows.FieldText)), []string{`node Q1, id: "Q1" must begin`}},
		"no node id":  {definition(with(q1, func(n *flows.Node) { n.ID = "" })), []string{`node #1, id: "" must begin`}},
		"reserved id": {definition(ask("end", flows.FieldText), ask("me", flows.FieldText)), []string{`node end, id: "end" is taken`, `node me, id: "me" is taken`}},
		"twice":       {definition(q1, q1), []string{"node q1, id: two nodes have this id"}},
		"kind":        {definition(q1, flows.Node{ID: "x", Kind: "wait"}), []string{`node x, kind: "wait" is no kind of node`}},
		"field":       {definition(ask("q1", "colour")), []string{`node q1, field: "colour" is no kind of field`}},
		"label too long": {
			definition(with(q1, func(n *flows.Node) { n.Label = both(long) })),
			[]string{"node q1, label: has 46 characters in en; 45 fit", "node q1, label: has 51 characters in es; 45 fit"},
		},
		"line missing":   {definition(with(q1, func(n *flows.Node) { n.Line = nil })), []string{"node q1, line: has no words in en", "node q1, line: has no words in es"}},
		"half a guide":   {definition(with(q1, func(n *flows.Node) { n.More = flows.Text{flows.English: "More."} })), []string{"node q1, more: has no words in es"}},
		"say is silent":  {definition(q1, flows.Node{ID: "s", Kind: flows.NodeSay}), []string{"node s, plain: has no words in en", "node s, plain: has no words in es"}},
		"stray options":  {definition(with(q1, func(n *flows.Node) { n.Options = pick.Options })), []string{"node q1, options: a field of kind text has none"}},
		"stray fields":   {definition(q1, with(say("s", "Hi."), func(n *flows.Node) { n.Go, n.Required, n.Record = "end", true, "step" })), []string{`node s, required: does not belong to a node of kind "say"`, `node s, record: does not belong`}},
		"few options":    {definition(with(pick, func(n *flows.Node) { n.Options = n.Options[:1] })), []string{"node pick, options: 1 are too few"}},
		"many options":   {definition(with(ask("m", flows.FieldMany), func(n *flows.Node) { n.Options = numbered(11) })), []string{"node m, options: 11 are more than the 10"}},
		"choice options": {definition(with(pick, func(n *flows.Node) { n.Options = numbered(26) })), []string{"node pick, options: 26 are more than the 25"}},
		"option id":      {definition(with(pick, func(n *flows.Node) { n.Options = numbered(2); n.Options[1].ID = "Not so" })), []string{`node pick, options[1]: id "Not so"`}},
		"option twice":   {definition(with(pick, func(n *flows.Node) { n.Options = numbered(2); n.Options[1].ID = "o0" })), []string{`node pick, options[1]: two options have the id "o0"`}},
		"option words twice": {
			definition(with(pick, func(n *flows.Node) { n.Options = numbered(2); n.Options[1].Text = both("option 0.") })),
			[]string{"node pick, options[1]: two options read the same in en"},
		},
		"max of text":     {definition(with(q1, func(n *flows.Node) { n.Max = 3001 })), []string{"node q1, max: 3001 is not between 0 and 3000"}},
		"max of many":     {definition(with(ask("m", flows.FieldMany), func(n *flows.Node) { n.Max = 4 })), []string{"node m, max: 4 is not between 0 and 3"}},
		"until alone":     {definition(with(q1, func(n *flows.Node) { n.Until.Answers = 2 })), []string{"node q1, until: only a group"}},
		"until below one": {groupOf(with(q1, func(n *flows.Node) { n.Until.Answers = -1 })), []string{"node q1, until: -1 people cannot answer"}},
		"source":          {definition(with(q1, func(n *flows.Node) { n.Source = "book" })), []string{`node q1, source: "book" is no source`}},
		"uncited":         {definition(with(q1, func(n *flows.Node) { n.Source = flows.SourceToolkit })), []string{"node q1, cite: a question of the toolkit names its page", "node q1, link: a question of the toolkit links"}},
		"link":            {definition(with(q1, func(n *flows.Node) { n.Link = "http://x.example" })), []string{`node q1, link: "http://x.example" does not begin`}},
		"goes nowhere":    {definition(with(q1, func(n *flows.Node) { n.Go = "q9" })), []string{`node q1, go: there is no node "q9"`}},
		"unreachable":     {definition(with(q1, func(n *flows.Node) { n.Go = "end" }), ask("q2", flows.FieldText)), []string{"node q2: nothing leads here"}},
		"no way out":      {definition(q1, with(ask("q2", flows.FieldText), func(n *flows.Node) { n.Go = "q1" })), []string{"node q1: from here there is no way to the end", "node q2: from here there is no way to the end"}},
		"quiet loop": {
			definition(pick, branch("b", flows.Case{Node: "pick", Is: "a", Go: "s"}), with(say("s", "Hi."), func(n *flows.Node) { n.Go = "b" })),
			[]string{"node b: from here there is no way", "node b: this goes round for ever", "node s: from here there is no way", "node s: this goes round for ever", "node pick: from here"},
		},
		"empty branch":   {definition(q1, branch("b")), []string{"node b, cases: a branch without cases"}},
		"case of none":   {definition(pick, branch("b", flows.Case{Node: "x", Is: "a", Go: "end"})), []string{`node b, cases[0]: there is no node "x"`}},
		"case to none":   {definition(pick, branch("b", flows.Case{Node: "pick", Is: "a", Go: "x"})), []string{`node b, cases[0]: there is no node "x" to go to`}},
		"case of option": {definition(pick, branch("b", flows.Case{Node: "pick", Is: "z", Go: "end"})), []string{`node b, cases[0]: "z" is no option of pick`}},
		"case of text":   {definition(q1, branch("b", flows.Case{Node: "q1", Is: "a", Go: "end"})), []string{"node b, cases[0]: q1 has no options"}},
		"case of consent": {
			definition(ask("ok", flows.FieldConsent), branch("b", flows.Case{Node: "ok", Is: "maybe", Go: "end"})),
			[]string{`node b, cases[0]: "maybe" is not "yes" or "no"`},
		},
		"case of later": {definition(q1, branch("b", flows.Case{Node: "pick", Is: "a", Go: "end"}), pick), []string{"node b, cases[0]: pick is never asked before"}},
		"case of say":   {definition(q1, say("s", "Hi."), branch("b", flows.Case{Node: "s", Is: "*", Go: "end"})), []string{"node b, cases[0]: s asks nothing"}},
		"case twice": {
			definition(pick, branch("b", flows.Case{Node: "pick", Is: "a", Go: "end"}, flows.Case{Node: "pick", Is: "a", Go: "q1"}), q1),
			[]string{"node b, cases[1]: an earlier case says the same"},
		},
		"group branches":  {groupOf(pick, branch("b", flows.Case{Node: "pick", Is: "a", Go: "end"})), []string{"node b, kind: a group's flow only asks and says"}},
		"record":          {definition(q1, flows.Node{ID: "r", Kind: flows.NodeRecord, Record: "poem"}), []string{`node r, record: "poem" is no record`}},
		"record unfilled": {definition(q1, flows.Node{ID: "r", Kind: flows.NodeRecord, Record: flows.RecordStep}), []string{`node r, record: nothing fills the field "goal" of a step`, `node r, record: nothing fills the field "what" of a step`}},
		"record misfilled": {
			definition(ask("what", flows.FieldText), pick, flows.Node{ID: "r", Kind: flows.NodeRecord, Record: flows.RecordStep, With: map[string]string{"goal": "pick", "mood": "what", "due": "x"}}),
			[]string{`node r, with: there is no node "x"`, `node r, with: a step has no field "mood"`, `node r, with: pick is of kind choice, but the field "goal" of a step takes text`},
		},
		"brace":               {definition(with(q1, func(n *flows.Node) { n.Plain = both("a } b") })), []string{"node q1, plain: has a brace that does not belong"}},
		"placeholder unknown": {definition(with(q1, func(n *flows.Node) { n.Plain = both("Hi {who}.") })), []string{`node q1, plain: there is no node "who"`}},
		"placeholder differs": {definition(with(q1, func(n *flows.Node) {
			n.Plain = flows.Text{flows.English: "Hi {me}.", flows.Spanish: "Hola."}
		})), []string{"node q1, plain: has other placeholders in es than in en"}},
		"placeholder in a label": {definition(with(q1, func(n *flows.Node) { n.Label = both("{me}") })), []string{"node q1, label: cannot hold a placeholder, as in en", "node q1, label: cannot hold a placeholder, as in es"}},
		"placeholder in a group": {groupOf(q1, with(ask("q2", flows.FieldText), func(n *flows.Node) { n.Plain = both("{q1}") })), []string{"node q2, plain: {q1} has no one answer in a group"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := mistakes(t, c.def)
			for _, want := range c.want {
				if !slices.ContainsFunc(found, func(m string) bool { return strings.HasPrefix(m, want) }) {
					t.Errorf("wanted %q, found:\n%s", want, strings.Join(found, "\n"))
				}
			}
			if name != "too many nodes" && len(found) > len(c.want) {
				t.Errorf("one mistake makes others:\n%s", strings.Join(found, "\n"))
			}
		})
	}
}

func numbered(n int) []flows.Option {
	var options []flows.Option
	for i := range n {
		id := string(rune('0' + i%10))
		if i >= 10 {
			id = string(rune('0'+i/10)) + id
		}
		options = append(options, flows.Option{ID: "o" + id, Text: both("Option " + id)})
	}
	return options
}

func TestCompileFindsAllAtOnce(t *testing.T) {
	t.Parallel()
	d := definition(ask("Q1", "colour"), flows.Node{ID: "b", Kind: flows.NodeBranch}, ask("q2", flows.FieldChoice))
	d.Nodes[2].Options = nil
	if found := mistakes(t, d); len(found) != 4 {
		t.Errorf("found %d mistakes, not 4:\n%s", len(found), strings.Join(found, "\n"))
	}
}

func TestHashNamesTheContent(t *testing.T) {
	t.Parallel()
	one := compile(t, definition(ask("q1", flows.FieldText)))
	if len(one.Hash()) != 32 {
		t.Errorf("the hash %q does not have 32 digits", one.Hash())
	}
	if again := compile(t, one.Definition()); again.Hash() != one.Hash() {
		t.Error("a flow's own definition has another hash")
	}
	other := definition(ask("q1", flows.FieldText))
	other.Nodes[0].Line[flows.Spanish] = "¿Qué?"
	if compile(t, other).Hash() == one.Hash() {
		t.Error("other words have the same hash")
	}
	const pinned = "3690b836" // stored runs name flows by hash: it must not move
	if !strings.HasPrefix(one.Hash(), pinned) {
		t.Errorf("the hash moved: %s", one.Hash())
	}
}

// TestFlowIsImmutable changes everything that was given to or came from a flow, and wants the flow the same.
func TestFlowIsImmutable(t *testing.T) {
	t.Parallel()
	d := definition(with(ask("pick", flows.FieldChoice), func(n *flows.Node) { n.Plain = both("Hi {me}.") }))
	f := compile(t, d)
	want := f.Definition()
	spoil := func(d flows.Definition) {
		d.Title[flows.English] = "spoiled"
		d.Nodes[0].ID = "spoiled"
		d.Nodes[0].Line[flows.English] = "spoiled"
		d.Nodes[0].Options[0].Text[flows.English] = "spoiled"
		d.Nodes[0].Options[1].ID = "spoiled"
	}
	spoil(d)
	spoil(f.Definition())
	n, ok := f.Node("pick")
	if !ok {
		t.Fatal("the node is gone")
	}
	n.Options[0].Text[flows.English] = "spoiled"
	if got := f.Definition(); !reflect.DeepEqual(got, want) {
		t.Errorf("the flow changed: %+v", got)
	}
	if _, ok := f.Node("spoiled"); ok {
		t.Error("a node that is not there is found")
	}
}
