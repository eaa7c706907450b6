package flows

import "slices"

// graph is the way through a definition. A reference that leads nowhere counts as the end: it is a mistake of its own,
// and must not make more.
type graph struct {
	def   Definition
	index map[string]int
	out   [][]int  // where each node can lead; len(def.Nodes) is the end
	reach []bitset // what can come after each node; the end's bit is set when the node can end
	// groups is for each node the repeat that collects it, for a repeat itself too; none outside of any list.
	groups []int
}

// newGraph finds for each node what can come after it.
func newGraph(d Definition) *graph {
	g := &graph{def: d, index: make(map[string]int, len(d.Nodes)), out: make([][]int, len(d.Nodes)), reach: make([]bitset, len(d.Nodes))}
	for i, n := range slices.Backward(d.Nodes) { // of two with one id the first counts
		g.index[n.ID] = i
	}
	g.group()
	for i, n := range d.Nodes {
		if first, ok := g.index[n.From]; ok && n.Kind == NodeRepeat {
			g.out[i] = append(g.out[i], first)
		}
		for _, c := range n.Cases {
			g.out[i] = append(g.out[i], g.orEnd(g.target(c.Go)))
		}
		g.out[i] = append(g.out[i], g.orEnd(g.after(i)))
		g.reach[i] = newBitset(len(d.Nodes) + 1)
	}
	for i := range d.Nodes {
		g.mark(i, g.reach[i], func(int) bool { return true })
	}
	return g
}

// group finds which list each node is in. Of two lists that overlap the first has the nodes.
func (g *graph) group() {
	g.groups = slices.Repeat([]int{none}, len(g.def.Nodes))
	for r, n := range g.def.Nodes {
		first, ok := g.index[n.From]
		if n.Kind != NodeRepeat || !ok || first >= r || slices.ContainsFunc(g.groups[first:r], func(other int) bool { return other != none }) {
			continue
		}
		for i := first; i <= r; i++ {
			g.groups[i] = r
		}
	}
}

// expanded is how many nodes there are with all places of all lists.
func (g *graph) expanded() int {
	count := 0
	for i, n := range g.def.Nodes {
		switch r := g.groups[i]; {
		case r == none:
			count++
		case n.Kind == NodeRepeat:
			count += n.items() * repeatPlaces
		default:
			count += g.def.Nodes[r].items() * repeatPlaces
		}
	}
	return count
}

// mark sets in seen whatever can come after node i by way of nodes that through lets pass.
func (g *graph) mark(i int, seen bitset, through func(int) bool) {
	todo := []int{i}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range g.out[at] {
			if seen.has(to) {
				continue
			}
			seen.set(to)
			if to < len(g.def.Nodes) && through(to) {
				todo = append(todo, to)
			}
		}
	}
}

// target is the number of the node with an id, of the end, or -1 when there is no such node.
func (g *graph) target(id string) int {
	if id == End {
		return len(g.def.Nodes)
	}
	if i, ok := g.index[id]; ok {
		return i
	}
	return -1
}

func (g *graph) orEnd(to int) int {
	if to < 0 {
		return len(g.def.Nodes)
	}
	return to
}

// after is where node i leads when no case holds.
func (g *graph) after(i int) int {
	if to := g.def.Nodes[i].Go; to != "" {
		return g.target(to)
	}
	return i + 1
}

// quietLoop reports whether node i can come again without a question in between.
func (g *graph) quietLoop(i int) bool {
	quiet := func(n int) bool { return g.def.Nodes[n].Kind != NodeAsk && g.def.Nodes[n].Kind != NodeRepeat }
	if !quiet(i) {
		return false
	}
	seen := newBitset(len(g.def.Nodes) + 1)
	g.mark(i, seen, quiet)
	return seen.has(i)
}

// counts returns how many questions come after node i: at least and at most. When a loop can come, most is endless.
func (g *graph) counts(i int) (least, most int) {
	for n := range g.def.Nodes {
		if (n == i || g.reach[i].has(n)) && g.reach[n].has(n) {
			return 0, endless
		}
	}
	return g.extreme(i, map[int]int{}, func(a, b int) bool { return a < b }), g.extreme(i, map[int]int{}, func(a, b int) bool { return a > b })
}

// extreme is the number of questions after node i on the way that better prefers. No loop may come after i. done
// remembers what is known already.
func (g *graph) extreme(i int, done map[int]int, better func(a, b int) bool) int {
	if i == len(g.def.Nodes) {
		return 0
	}
	if n, ok := done[i]; ok {
		return n
	}
	best := 0
	for k, to := range g.out[i] {
		n := g.extreme(to, done, better)
		if to < len(g.def.Nodes) && g.def.Nodes[to].Kind == NodeAsk {
			n++
		}
		if k == 0 || better(n, best) {
			best = n
		}
	}
	done[i] = best
	return best
}

// bitset is a set of node numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
