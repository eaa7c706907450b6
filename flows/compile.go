package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Flow is a compiled Definition: checked, its nodes numbered, its placeholders parsed. It never changes, so any number
// of goroutines may use one.
type Flow struct {
	def    Definition
	hash   string
	nodes  []node
	index  map[string]int
	lists  []list
	record bool // has a record node
}

// node is one compiled node. The number len(Flow.nodes) stands for the end.
type node struct {
	Node
	place
	next  int
	cases []jump
	picks []Option // what can be picked: Options, or the steps of a scale
	line  []hole
	plain []hole
	more  []hole
	least int    // questions asked after this one, at least
	most  int    // and at most; endless when a loop leads back
	reach bitset // what can come after it
}

// jump is a compiled Case.
type jump struct {
	when cond
	to   int
}

// endless stands for a number of questions that has no bound.
const endless = -1

// hashLength is how much of the SHA-256 names a revision, in hex digits.
const hashLength = 32

// Mistake is one thing that is wrong with a Definition.
type Mistake struct {
	Rule    Rule   // what it breaks
	Node    string // id of the node, or its place like "#3" when it has none; empty for the flow itself
	Field   string // the definition's field, as in JSON; empty for the node as a whole
	At      int    // place in the field's text, in characters from 1; 0 when it is about all of it
	Problem string // what is wrong, a plain sentence
}

// Error says where and what.
func (m Mistake) Error() string {
	where := "flow"
	if m.Node != "" {
		where = "node " + m.Node
	}
	if m.Field != "" {
		where += ", " + m.Field
	}
	return where + ": " + m.Problem
}

// Compile checks d and makes a Flow of it. All mistakes come back at once, joined: each is a Mistake.
func Compile(d Definition) (*Flow, error) {
	if mistakes := check(d); len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode flow %s: %w", d.ID, err)
	}
	f := &Flow{}
	if err = json.Unmarshal(text, &f.def); err != nil { // a copy of its own, whatever the caller does with d
		return nil, fmt.Errorf("copy flow %s: %w", d.ID, err)
	}
	sum := sha256.Sum256(text)
	f.hash = hex.EncodeToString(sum[:])[:hashLength]
	f.link()
	return f, nil
}

// link numbers the nodes of a Definition without mistakes and works out all that does not depend on a run.
func (f *Flow) link() {
	s := newSpread(f.def, newGraph(f.def))
	g := newGraph(Definition{Nodes: s.nodes})
	f.index, f.lists = g.index, s.lists
	f.nodes = make([]node, len(s.nodes))
	for i, n := range s.nodes {
		f.nodes[i] = node{Node: n, place: s.where[i], picks: n.choices(), next: g.orEnd(g.after(i)), reach: g.reach[i]}
	}
	for i := range f.nodes {
		c := &f.nodes[i]
		for _, k := range c.Cases {
			x, err := k.expr()
			if err != nil {
				continue // check has found it
			}
			c.cases = append(c.cases, jump{when: f.cond(x, c), to: g.target(k.Go)})
		}
		c.Line, c.line = f.holes(c.Line, c)
		c.Plain, c.plain = f.holes(c.Plain, c)
		c.More, c.more = f.holes(c.More, c)
		c.least, c.most = f.counts(g, i)
		f.record = f.record || c.Kind == NodeRecord
	}
}

// counts returns how many questions come after node i, at least and at most. A list has no end that is known before.
func (f *Flow) counts(g *graph, i int) (least, most int) {
	for k := range f.nodes {
		if f.nodes[k].gate && (k == i || g.reach[i].has(k)) {
			return 0, endless
		}
	}
	return g.counts(i)
}

// Hash names the revision: equal definitions have equal hashes.
func (f *Flow) Hash() string { return f.hash }

// Definition returns a copy of what was compiled.
func (f *Flow) Definition() Definition {
	d := f.def
	d.Nodes = make([]Node, len(f.def.Nodes))
	for i, n := range f.def.Nodes {
		d.Nodes[i] = cloneNode(n)
	}
	d.Title, d.Goal = maps.Clone(d.Title), maps.Clone(d.Goal)
	return d
}

// Node returns a copy of the node with an id, as runs go through it: what a list repeats has a place after its id, as in
// "name.2". ok is false when there is none.
func (f *Flow) Node(id string) (n Node, ok bool) {
	i, ok := f.index[id]
	if !ok {
		return Node{}, false
	}
	return cloneNode(f.nodes[i].Node), true
}

func (f *Flow) end() int { return len(f.nodes) }

func cloneNode(n Node) Node {
	n.Label, n.Line, n.Plain, n.More = maps.Clone(n.Label), maps.Clone(n.Line), maps.Clone(n.Plain), maps.Clone(n.More)
	n.Cases = slices.Clone(n.Cases)
	n.Unit, n.UnitOne = maps.Clone(n.Unit), maps.Clone(n.UnitOne)
	n.Low, n.High = maps.Clone(n.Low), maps.Clone(n.High)
	n.Options = slices.Clone(n.Options)
	for i, o := range n.Options {
		n.Options[i].Text = maps.Clone(o.Text)
	}
	n.With = maps.Clone(n.With)
	n.Typed = maps.Clone(n.Typed)
	return n
}
