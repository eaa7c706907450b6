package flows

import "slices"

// way is where a run goes from a node, worked out before anything of it happens: so that the answers it would drop can
// be named first.
type way struct {
	passed []int    // say and record nodes to carry out, in order
	trail  []string // Run.Trail at the end of it
	asked  []string // every question on it and before it, those before a record node included
	at     int      // the question that waits; Flow.end when the run is done
}

// walk goes on from number at to the first question that needs an answer. Questions that have one keep it and are
// passed; what is said between two of those was said before. trail is what was asked until here; v stands in for the
// answer to node, if node is not "".
//
// A question that was already asked on this trail is asked again: it came round in a loop. A record node settles all
// before it, so no question after it has an answer to keep.
func (t *turn) walk(at int, trail []string, node string, v Value) way {
	w := way{trail: slices.Clip(trail), asked: slices.Clip(trail)}
	settled := false
	for ; at != t.f.end(); at = t.after(at, w.asked, node, v) {
		n := &t.f.nodes[at]
		switch n.Kind {
		case NodeSay:
			w.passed = append(w.passed, at)
		case NodeRecord:
			w.passed = append(w.passed, at)
			w.trail, settled = nil, true
		case NodeAsk:
			if _, answered := t.run.live(n.ID); n.silent() && !answered {
				continue
			} else if !answered || settled || slices.Contains(w.asked, n.ID) {
				w.at = at
				return w
			}
			w.trail, w.asked = append(w.trail, n.ID), append(w.asked, n.ID)
			w.passed = nil
		case NodeBranch, NodeRepeat:
		}
	}
	w.at = at
	return w
}

// after is where a node leads. Only answers on the way there count, and settled ones: an answer beside the way is about
// to be dropped, or belongs to what comes later.
func (t *turn) after(at int, asked []string, node string, v Value) int {
	given := func(i int) Value {
		if id := t.f.nodes[i].ID; id != node {
			return t.given(id, asked)
		}
		return v
	}
	items := func(list int) int { return len(t.f.items(list, given)) }
	n := &t.f.nodes[at]
	for k := range n.cases {
		if n.cases[k].when.holds(given, items) {
			return n.cases[k].to
		}
	}
	return n.next
}

// given is the answer to a node if it counts on a way; otherwise the zero Value, which holds nothing.
func (t *turn) given(id string, asked []string) Value {
	e, ok := t.run.entry(id)
	if _, live := t.run.live(id); !ok || live && !slices.Contains(asked, id) {
		return Value{}
	}
	return e.Value
}

// dying names the questions whose answers would no longer count if the run went this way from node: they lie neither
// on it nor anywhere that can still come.
func (t *turn) dying(w way, node string) []string {
	var dead []string
	for line := range t.run.Log[t.run.Sealed:] {
		id, ok := t.run.stands(line)
		if !ok || id == node || slices.Contains(w.asked, id) || slices.Contains(dead, id) {
			continue
		}
		i := t.f.index[id]
		if coming := w.at != t.f.end() && (i == w.at || t.f.nodes[w.at].reach.has(i)); !coming {
			dead = append(dead, id)
		}
	}
	return dead
}

// trailOn is a fresh trail with the waiting question at its end.
func (r *Run) trailOn() []string {
	return append(append(make([]string, 0, len(r.Trail)+1), r.Trail...), r.Node)
}

// trailBefore is the trail up to where a node was asked last, without it.
func (r *Run) trailBefore(node string) []string {
	for i, id := range slices.Backward(r.Trail) {
		if id == node {
			return r.Trail[:i]
		}
	}
	return r.Trail
}
