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
	record bool // has a record node
}

// node is one compiled node. The number len(Flow.nodes) stands for the end.
type node struct {
	Node
	next  int
	cases []jump
	line  []hole
	plain []hole
	more  []hole
	least int    // questions asked after this one, at least
	most  int    // and at most; endless when a loop leads back
	reach bitset // what can come after it
}

// jump is a compiled Case.
type jump struct {
	node int
	is   string
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
	g := newGraph(f.def)
	f.index = g.index
	f.nodes = make([]node, len(f.def.Nodes))
	for i, n := range f.def.Nodes {
		c := node{Node: n, next: g.after(i), reach: g.reach[i]}
		for _, k := range n.Cases {
			c.cases = append(c.cases, jump{node: g.index[k.Node], is: k.Is, to: g.target(k.Go)})
		}
		c.line, c.plain, c.more = f.holes(n.Line), f.holes(n.Plain), f.holes(n.More)
		c.least, c.most = g.counts(i)
		f.record = f.record || n.Kind == NodeRecord
		f.nodes[i] = c
	}
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

// Node returns a copy of the node with an id; ok is false when there is none.
func (f *Flow) Node(id string) (n Node, ok bool) {
	i, ok := f.index[id]
	if !ok {
		return Node{}, false
	}
	return cloneNode(f.def.Nodes[i]), true
}

func (f *Flow) end() int { return len(f.nodes) }

func cloneNode(n Node) Node {
	n.Label, n.Line, n.Plain, n.More = maps.Clone(n.Label), maps.Clone(n.Line), maps.Clone(n.Plain), maps.Clone(n.More)
	n.Cases = slices.Clone(n.Cases)
	n.Options = slices.Clone(n.Options)
	for i, o := range n.Options {
		n.Options[i].Text = maps.Clone(o.Text)
	}
	n.With = maps.Clone(n.With)
	return n
}
