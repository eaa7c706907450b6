package content

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// nodeFlow stands, while a pack is loaded, for the nodes of another flow. No Definition has it.
const nodeFlow flows.NodeKind = "flow"

// nodeIDMax is the longest id of a node, with what a part puts before it.
const nodeIDMax = 24

// repeat reads a part that collects a list: its nodes, and after them the node that asks for the next item.
func (d *draft) repeat(n *yaml.Node) {
	s, _ := d.file.fields(n, repeatShape())
	first := len(d.def.Nodes)
	s.need("nodes")
	for _, n := range s.list("nodes") {
		d.add(n, itemShapes())
	}
	node := flows.Node{
		ID:    s.line("repeat"),
		Kind:  flows.NodeRepeat,
		Label: s.needText("label", limit{characters: labelMax}),
		Line:  s.needText("ask", limit{words: lineWords}),
		Max:   s.number("max"),
		Go:    s.line("go"),
	}
	if first < len(d.def.Nodes) {
		node.From = d.def.Nodes[first].ID
	}
	d.keep(node, s, map[string]string{"id": "repeat", "line": "ask", "from": "nodes"})
}

// part reads an entry that stands for another flow's nodes.
func (d *draft) part(n *yaml.Node) {
	s, _ := d.file.fields(n, partOfFlowShape())
	node := flows.Node{ID: s.line("as"), Kind: nodeFlow, Record: s.line("flow"), Go: s.line("go")}
	if node.ID == "" {
		node.ID = node.Record
	}
	d.keep(node, s, map[string]string{"id": "as", "record": "flow"})
}

// carry reads how a conversation under way in an older revision goes on in this one.
func (d *draft) carry(s fields) {
	for i, n := range s.list("carry") {
		c, ok := d.file.fields(n, carryShape())
		if !ok {
			continue
		}
		carry := flows.CarryFrom{From: d.file.line(c.need("from")), Nodes: map[string]string{}}
		if nodes := c.need("nodes"); nodes != nil {
			list, _ := d.file.entries(nodes, "`nodes:`")
			for _, e := range list {
				carry.Nodes[e.key.Value] = d.file.line(e.value)
			}
		}
		d.def.Carry = append(d.def.Carry, carry)
		d.fields[fmt.Sprintf("carry[%d]", i)] = n
	}
}

// inliner puts other flows' nodes in the place of the entries that stand for them.
type inliner struct {
	drafts map[string]*draft
	path   []string // flows that are being put together, the outermost first
}

// inline makes the nodes of d whole. It reports whether that went well; what did not was said.
func (in *inliner) inline(d *draft) bool {
	switch d.inlined {
	case inlineWaits:
	case inlineDone:
		return true
	case inlineFailed:
		return false
	}
	in.path = append(in.path, d.def.ID)
	defer func() { in.path = in.path[:len(in.path)-1] }()
	d.inlined = inlineDone
	for i := 0; i < len(d.def.Nodes); i++ {
		if d.def.Nodes[i].Kind != nodeFlow {
			continue
		}
		part := in.part(d, i)
		if part == nil {
			d.inlined = inlineFailed
			return false
		}
		d.put(i, part)
		i += len(part.def.Nodes) - 1
	}
	return true
}

// part finds the flow that entry i of d stands for, whole; nil when it cannot be put there, which was said.
func (in *inliner) part(d *draft, i int) *draft {
	n, place := d.def.Nodes[i], d.spots[i]
	at, id := place.fields["record"], n.Record
	part := in.drafts[id]
	var known []string
	for name, other := range in.drafts {
		if !other.over && !other.def.Group && name != d.def.ID {
			known = append(known, name)
		}
	}
	slices.Sort(known)
	switch {
	case at == nil:
	case part == nil:
		d.file.breaks(flows.RuleReference, at, "There is no flow `"+id+"`.", meant(id, known))
	case part.over || part.def.Group || d.def.Group:
		d.file.breaks(flows.RuleGroup, at, "`"+id+"` cannot be a part: only what one person answers can stand in what one person answers.", "")
	case slices.Contains(in.path, id):
		d.file.breaks(ruleCircle, at, "A flow cannot be a part of itself: "+strings.Join(append(slices.Clone(in.path), id), " → ")+".", "Take one of these out.")
	case !in.inline(part):
	case !d.fits(at, n, part):
	default:
		return part
	}
	return nil
}

// fits wants the ids of a part to be short enough, with what goes before them.
func (d *draft) fits(at *yaml.Node, n flows.Node, part *draft) bool {
	for _, inner := range part.def.Nodes {
		if id := n.ID + "-" + inner.ID; len(id) > nodeIDMax {
			d.file.breaks(flows.RuleID, at, fmt.Sprintf("In this part a node would be called `%s`, and at most %d letters fit.", id, nodeIDMax), "Give the part a short name: `as: c`.")
			return false
		}
	}
	return len(part.def.Nodes) > 0
}

// put replaces entry i by the nodes of a part, each with the entry's id before its own.
func (d *draft) put(i int, part *draft) {
	entry := d.def.Nodes[i]
	exit := entry.Go
	switch {
	case exit != "":
	case i+1 < len(d.def.Nodes):
		exit = d.def.Nodes[i+1].ID
	default:
		exit = flows.End
	}
	own := map[string]bool{}
	for _, n := range part.def.Nodes {
		own[n.ID] = true
	}
	nodes := make([]flows.Node, 0, len(part.def.Nodes))
	for k, n := range part.def.Nodes {
		last := k == len(part.def.Nodes)-1 && n.Go == "" && entry.Go != ""
		n = n.Renamed(func(id string) string {
			switch {
			case id == flows.End:
				return exit
			case own[id]:
				return entry.ID + "-" + id
			default:
				return id
			}
		})
		if last {
			n.Go = exit
		}
		nodes = append(nodes, n)
	}
	d.def.Nodes = slices.Replace(d.def.Nodes, i, i+1, nodes...)
	d.spots = slices.Replace(d.spots, i, i+1, part.spots...)
	d.lead(entry.ID, nodes[0].ID, i, i+len(nodes))
	if d.asked > i {
		d.asked += len(nodes) - 1
	}
}

// lead lets what leads to a part lead to its first node. The part's own nodes, from number from to before to, stay.
func (d *draft) lead(part, first string, from, to int) {
	for k := range d.def.Nodes {
		if k >= from && k < to {
			continue
		}
		n := &d.def.Nodes[k]
		for _, id := range []*string{&n.Go, &n.From} {
			if *id == part {
				*id = first
			}
		}
		for c := range n.Cases {
			if n.Cases[c].Go == part {
				n.Cases[c].Go = first
			}
		}
	}
}
