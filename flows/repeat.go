package flows

import (
	"slices"
	"strconv"
)

// Limits of a list that a repeat collects.
const (
	RepeatMax    = 20  // items: the most that one message can list
	repeatUsual  = 10  // items when the author names no number
	expandedMax  = 600 // nodes of a flow with all its items
	repeatPlaces = 2   // places for each item that fits: whoever takes items off can put others in
)

// Gone is what becomes of the question before an item that was taken off its list.
const gone = "gone"

// list is a compiled repeat. Each item has a place of its own: the questions of the group as nodes "name.1", "name.2"
// and so on, and before each a gate "list.1", "list.2", which asks whether there is another one. The first gate is not
// asked: it only holds that the first item was taken off. So every answer of every item is an answer like any other, and
// Back, Change, Pause and the log know nothing of lists.
type list struct {
	Node
	max    int
	gates  []int   // by place
	places [][]int // the questions of each place
}

// place says where in a list a node is; the zero place is none.
type place struct {
	list   int // number of the list
	number int // from 1; 0 outside of any list
	gate   bool
	base   string // the node's id in the definition
}

// spread makes the nodes that a run goes through: those of the definition, those of a list once for each place.
type spread struct {
	def   Definition
	graph *graph
	nodes []Node
	where []place
	lists []list
}

// newSpread works on a definition without mistakes.
func newSpread(d Definition, g *graph) *spread {
	s := &spread{def: d, graph: g}
	for i := 0; i < len(d.Nodes); i++ {
		r := g.groups[i]
		if r < 0 {
			s.add(s.moved(d.Nodes[i], none, 0), place{base: d.Nodes[i].ID})
			continue
		}
		s.repeat(i, r)
		i = r
	}
	return s
}

func (s *spread) add(n Node, p place) {
	s.nodes, s.where = append(s.nodes, n), append(s.where, p)
}

// repeat adds the places of the list that node r collects from node first on.
func (s *spread) repeat(first, r int) {
	n := s.def.Nodes[r]
	l := list{Node: n, max: n.items()}
	number := len(s.lists)
	for k := 1; k <= l.max*repeatPlaces; k++ {
		l.gates = append(l.gates, len(s.nodes))
		s.add(s.gate(n, s.def.Nodes[first].ID, r, k), place{list: number, number: k, gate: true, base: n.ID})
		var asked []int
		for i := first; i < r; i++ {
			item := s.moved(s.def.Nodes[i], r, k)
			if i == r-1 && item.Go == "" {
				item.Go = s.nextGate(r, k)
			}
			if item.Kind == NodeAsk {
				asked = append(asked, len(s.nodes))
			}
			s.add(item, place{list: number, number: k, base: s.def.Nodes[i].ID})
		}
		l.places = append(l.places, asked)
	}
	s.lists = append(s.lists, l)
}

// gate is the question before place k: another one?
func (s *spread) gate(n Node, first string, r, k int) Node {
	g := Node{
		ID: placed(n.ID, k), Kind: NodeAsk, Field: FieldConsent, Label: n.Label, Line: n.Line, Required: true, Source: SourceHouse,
		Go: s.exit(r),
	}
	g.Cases = []Case{{Node: g.ID, Is: Yes, Go: placed(first, k)}, {Node: g.ID, Is: gone, Go: s.nextGate(r, k)}}
	if k == 1 {
		g.Go, g.Cases = placed(first, k), g.Cases[1:]
	}
	return g
}

// nextGate is where an item ends: the gate of the next place, and after the last one the way out.
func (s *spread) nextGate(r, k int) string {
	if k == s.def.Nodes[r].items()*repeatPlaces {
		return s.exit(r)
	}
	return placed(s.def.Nodes[r].ID, k+1)
}

// exit is where the run goes when a list is whole.
func (s *spread) exit(r int) string {
	if to := s.def.Nodes[r].Go; to != "" {
		return s.to(to, none, 0)
	}
	if r+1 == len(s.def.Nodes) {
		return End
	}
	return s.to(s.def.Nodes[r+1].ID, none, 0)
}

// moved is a node with what it leads to as it is called here: in place k of the list r, or outside of any.
func (s *spread) moved(n Node, r, k int) Node {
	if k > 0 {
		n.ID = placed(n.ID, k)
	}
	n.Cases = slices.Clone(n.Cases)
	for i := range n.Cases {
		n.Cases[i].Go = s.to(n.Cases[i].Go, r, k)
	}
	if n.Go != "" {
		n.Go = s.to(n.Go, r, k)
	}
	return n
}

// to is what the node with an id is called, seen from place k of the list r.
func (s *spread) to(id string, r, k int) string {
	i, ok := s.graph.index[id]
	switch {
	case !ok:
		return id
	case r >= 0 && i == r:
		return s.nextGate(r, k)
	case r >= 0 && s.graph.groups[i] == r:
		return placed(id, k)
	case s.graph.groups[i] >= 0:
		return placed(s.def.Nodes[s.graph.groups[i]].ID, 1)
	default:
		return id
	}
}

// placed is the id of a node in place k of its list.
func placed(id string, k int) string { return id + "." + strconv.Itoa(k) }

// items is how many items a repeat takes.
func (n Node) items() int {
	if n.Max == 0 {
		return repeatUsual
	}
	return n.Max
}

// listNamed is the number of the list with an id, or none.
func (f *Flow) listNamed(id string) int {
	return slices.IndexFunc(f.lists, func(l list) bool { return l.ID == id })
}

// refer finds the node that a checked reference means: seen from an item, the question of the same item.
func (f *Flow) refer(id string, from *node) int {
	if from.number > 0 {
		if i, ok := f.index[placed(id, from.number)]; ok && f.nodes[i].list == from.list && !f.nodes[i].gate {
			return i
		}
	}
	return f.index[id]
}

// silent reports whether a question is passed unasked as long as it has no answer: the first gate of a list.
func (n *node) silent() bool { return n.gate && n.number == 1 }

// takenOff reports whether a value says that the item behind a gate is gone.
func takenOff(v Value) bool { return len(v.Picks) == 1 && v.Picks[0] == gone }

// items are the places of a list that hold something, by what stands as answers. Item after item they are numbered from
// one.
func (f *Flow) items(number int, given func(node int) Value) []int {
	var found []int
	for k, asked := range f.lists[number].places {
		if slices.ContainsFunc(asked, func(i int) bool { return given(i).Kind != "" }) {
			found = append(found, k+1)
		}
	}
	return found
}

// standing is what stands as the answer to a node, wherever the run is; the zero Value when there is none.
func (t *turn) standing(i int) Value {
	e, ok := t.run.entry(t.f.nodes[i].ID)
	if !ok {
		return Value{}
	}
	return e.Value
}

// full reports whether the list before which n asks has as many items as it takes.
func (t *turn) full(n *node) bool {
	return n.gate && len(t.f.items(n.list, t.standing)) >= t.f.lists[n.list].max
}

// listed shows the items of a list so far, each with what was answered.
func (t *turn) listed(number int) []Part {
	var parts []Part
	for at, k := range t.f.items(number, t.standing) {
		count := at + 1
		parts = append(parts, Part{Style: StyleItem, Words: "run.item", Args: map[string]Arg{
			"number": {Number: &count}, "item": t.item(number, k, len(t.f.lists[number].places[0])),
		}})
	}
	return parts
}

// itemExcerpt is how much of one typed answer stands for an item.
const itemExcerpt = 60

// item is what was answered in one place of a list, at most so many answers.
func (t *turn) item(number, k, most int) Arg {
	var said []Arg
	for _, i := range t.f.lists[number].places[k-1] {
		if v := t.standing(i); v.Answered() && len(said) < most {
			a := t.f.nodes[i].Shown(v)
			if a.TextID != "" {
				a.Max = itemExcerpt
			}
			said = append(said, a)
		}
	}
	switch len(said) {
	case 0:
		return Arg{Words: "run.none"}
	case 1:
		return said[0]
	}
	return Arg{List: said}
}

// listArg is a whole list as part of a sentence: the first answer of each item.
func (t *turn) listArg(number int) Arg {
	var all []Arg
	for _, k := range t.f.items(number, t.standing) {
		all = append(all, t.item(number, k, 1))
	}
	if len(all) == 0 {
		return Arg{Words: "run.none"}
	}
	return Arg{List: all}
}

// itemControls change an item or take it off, while the question waits whether there is another one.
func (t *turn) itemControls(n *node) []Control {
	items := t.f.items(n.list, t.standing)
	if len(items) == 0 {
		return nil
	}
	var options []Option
	for at, k := range items {
		name := strconv.Itoa(at + 1)
		options = append(options, Option{ID: strconv.Itoa(k), Text: Text{English: name, Spanish: name}})
	}
	return []Control{
		{Kind: ControlSelect, Words: "run.item-change", Options: options, Token: t.token(VerbChange)},
		{Kind: ControlSelect, Words: "run.item-remove", Options: options, Token: t.token(VerbRemove)},
	}
}

// picked is the place of the item that an event at a gate names; ok is false when there is no such item.
func (t *turn) pickedItem() (n *node, k int, ok bool) {
	n = t.waiting()
	if !n.gate || len(t.e.Input.Picks) != 1 {
		return nil, 0, false
	}
	k, err := strconv.Atoi(t.e.Input.Picks[0])
	return n, k, err == nil && slices.Contains(t.f.items(n.list, t.standing), k)
}

// itemFirst is the question of an item that was answered first.
func (t *turn) itemFirst(number, k int) string {
	for _, id := range t.run.Trail {
		if i := t.f.index[id]; slices.Contains(t.f.lists[number].places[k-1], i) {
			return id
		}
	}
	return ""
}

// itemAnswers names the questions of an item whose answers can still be changed.
func (t *turn) itemAnswers(number, k int) []string {
	return slices.DeleteFunc(t.run.liveNodes(), func(id string) bool {
		return !slices.Contains(t.f.lists[number].places[k-1], t.f.index[id])
	})
}

// remove asks for a yes before an item is taken off its list.
func (t *turn) remove() {
	if !t.onTime() {
		return
	}
	n, k, ok := t.pickedItem()
	if !ok || t.itemFirst(n.list, k) == "" {
		t.stale()
		return
	}
	gate := t.f.nodes[t.f.lists[n.list].gates[k-1]].ID
	t.takeAs("run.went-on")
	t.run.Confirm = confirmRemove + gate
	t.note(Entry{Did: EventRemove, Node: gate})
	t.say(t.removal(t.itemAnswers(n.list, k)))
}

// removeNow takes an item off its list: its answers end, and its gate says so.
func (t *turn) removeNow(gate string) {
	n := &t.f.nodes[t.f.index[gate]]
	trail := t.run.trailBefore(t.itemFirst(n.list, n.number))
	if len(trail) > 0 && trail[len(trail)-1] == gate {
		trail = trail[:len(trail)-1]
	}
	dead := t.itemAnswers(n.list, n.number)
	v := Value{Kind: ValueConsent, Picks: []string{gone}}
	t.takeAs("run.said-yes")
	t.leave("run.below")
	if e, ok := t.run.live(gate); ok {
		t.takeDown(e, "run.dropped")
	}
	t.note(Entry{Did: EventConfirm, Node: gate, Value: v})
	t.drop(dead, "run.dropped")
	w := t.walk(n.after(v), append(slices.Clone(trail), gate), "", Value{})
	w.passed = nil
	t.proceed(w)
}

// after is where a gate leads with an answer.
func (n *node) after(v Value) int {
	for _, j := range n.cases {
		if j.when.test(v) {
			return j.to
		}
	}
	return n.next
}

// within is the number of the repeat node whose group node i is in, or none.
func (c *checker) within(i int) int { return c.graph.groups[i] }

// repeat checks a list: what it repeats, and that nothing leads into the middle of it or out of it.
func (c *checker) repeat(i int, n Node) {
	name := c.name(i)
	c.words(name, "label", n.Label, LabelMax, true)
	c.words(name, "line", n.Line, LineMax, true)
	c.noHoles(name, "label", n.Label)
	c.noHoles(name, "line", n.Line)
	first, ok := c.graph.index[n.From]
	if c.def.Group {
		c.breaks(RuleGroup, name, "kind", "a group's flow cannot repeat: many people answer, so there is no one list")
	}
	if n.Max < 0 || n.Max > RepeatMax {
		c.breaks(RuleRange, name, "max", "%d is not between 1 and %d", n.Max, RepeatMax)
	}
	if !ok || first >= i || c.graph.groups[first] != i {
		c.breaks(RuleList, name, "from", "%q does not begin a part that can be repeated: it stands before this, in no other list", n.From)
		return
	}
	asks := 0
	for k := first; k < i; k++ {
		if c.def.Nodes[k].Kind == NodeAsk {
			asks++
		}
		c.repeated(i, k)
	}
	if asks == 0 {
		c.breaks(RuleList, name, "from", "nothing is asked in this list")
	}
	if expanded := c.graph.expanded(); expanded > expandedMax {
		c.breaks(RuleList, name, "max", "with all its items the flow has %d nodes; %d fit", expanded, expandedMax)
	}
}

// repeated checks node k of the list r.
func (c *checker) repeated(r, k int) {
	n := c.def.Nodes[k]
	if n.Kind == NodeRecord {
		c.breaks(RuleList, c.name(k), "kind", "a record cannot stand in a list: put it after the list, with each: %s", c.def.Nodes[r].ID)
	}
	for _, to := range c.graph.out[k] {
		if to == len(c.def.Nodes) || to <= k || to > r {
			c.breaks(RuleList, c.name(k), "go", "inside a list it can only go further down in the list, or to %s, which asks for the next item", c.def.Nodes[r].ID)
			return
		}
	}
}

// entry checks that what node i leads to does not lie in the middle of a list.
func (c *checker) entry(i int) {
	for _, to := range c.graph.out[i] {
		if to == len(c.def.Nodes) {
			continue
		}
		r := c.graph.groups[to]
		if r >= 0 && c.graph.groups[i] != r && i != r && c.def.Nodes[r].From != c.def.Nodes[to].ID && to != r {
			c.breaks(RuleList, c.name(i), "go", "%s lies inside a list: go to %s, where the list begins", c.def.Nodes[to].ID, c.def.Nodes[r].From)
		}
	}
}
