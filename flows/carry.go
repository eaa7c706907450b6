package flows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// carryShortest is how many letters of a hash at least name a revision.
const carryShortest = 6

// carry checks what the definition says about runs of older revisions.
func (c *checker) carry() {
	for i, from := range c.def.Carry {
		field := fmt.Sprintf("carry[%d]", i)
		hash := len(from.From) >= carryShortest && strings.Trim(from.From, "0123456789abcdef") == ""
		if from.From != CarryPrevious && !hash {
			c.breaks(RuleReference, "", field, "%q is no revision: write %q, or at least the first %d letters of its name", from.From, CarryPrevious, carryShortest)
		}
		for _, old := range slices.Sorted(maps.Keys(from.Nodes)) {
			to := from.Nodes[old]
			if k, ok := c.graph.index[to]; to != CarryDrop && (!ok || c.def.Nodes[k].Kind != NodeAsk && c.def.Nodes[k].Kind != NodeRepeat) {
				c.breaks(RuleReference, "", field, "there is no question %q to carry %s to", to, old)
			}
		}
	}
	if c.def.Group && len(c.def.Carry) > 0 {
		c.breaks(RuleGroup, "", "carry", "a group finishes the round that it began: its answers are in it")
	}
}

// CarriesFrom returns how a run that pins a revision goes on in f; ok is false when f says nothing about it, or the run
// pins f itself.
func (f *Flow) CarriesFrom(hash string) (nodes map[string]string, ok bool) {
	for _, from := range f.def.Carry {
		if hash != f.hash && (from.From == CarryPrevious || strings.HasPrefix(hash, from.From)) {
			return maps.Clone(from.Nodes), true
		}
	}
	return nil, false
}

// Carry takes one person's waiting run over to another revision of its flow. nodes maps an id of the old revision to its
// id in the new one, or to CarryDrop; what it does not name keeps its id. Every answer is kept whose node is still there
// and can still be answered like that; lost names the others by their old ids, in the order of the log. The caller
// decides whether that may be: until it stores the result nothing is lost.
//
// The carried run is paused at the first question that needs an answer, or at the last one when none does; Advance with
// EventResume asks it. Its log begins anew, with a line for each answer that was kept. A run that handed something over,
// or waits for a yes, comes back as it is: it finishes where it began.
//
// It returns ErrMisfit (wrapped) for a run that does not fit the old revision, is a group's, or is over.
func Carry(before, after *Flow, nodes map[string]string, run Run) (carried Run, lost []string, err error) {
	switch err := fits(before, run, Event{Kind: EventMore, Person: run.Person}); {
	case err != nil:
		return run, nil, fmt.Errorf("carry: %w", err)
	case run.Group || after.def.Group || run.State != StateOpen && run.State != StatePaused:
		return run, nil, fmt.Errorf("carry run %s, which is %s: %w", run.ID, run.State, ErrMisfit)
	case run.Sealed > 0 || run.Confirm != "":
		return run, nil, nil
	}
	log := []Entry{{Did: EventCarry, By: run.Person, Via: run.Via, At: run.Touched, Asked: run.Rev}}
	for _, id := range run.Answered() {
		e, _ := run.entry(id)
		i, there := after.index[carriedID(id, nodes)]
		if !there || !after.nodes[i].takes(before.nodes[before.index[id]].Field, e.Value) {
			lost = append(lost, id)
			continue
		}
		e.Did, e.Via, e.Held = EventCarry, "", false
		if to := after.nodes[i].ID; e.On == "" && to != id {
			e.On = id // the message that shows it is called by the old id
		}
		e.Node = after.nodes[i].ID
		log = append(log, e)
	}
	moved := run
	moved.Hash, moved.Flow = after.hash, after.def.ID
	if there, ok := after.carried(moved, log); ok {
		return there, lost, nil
	}
	return run, nil, nil
}

// carriedID is what a node is called in the new revision. A node in a list keeps its place.
func carriedID(id string, nodes map[string]string) string {
	base, place, listed := strings.Cut(id, ".")
	to, named := nodes[base]
	switch {
	case !named:
		return id
	case to != CarryDrop && listed:
		return to + "." + place
	}
	return to
}

// takes reports whether n can have an answer that was given to a field.
func (n *node) takes(field FieldKind, v Value) bool {
	if n.Kind != NodeAsk || n.Field != field || v.Kind == ValueSkipped && n.Required {
		return false
	}
	if n.Field != FieldChoice && n.Field != FieldMany || !v.Answered() {
		return true
	}
	for _, pick := range v.Picks {
		if !slices.ContainsFunc(n.Options, func(o Option) bool { return o.ID == pick }) {
			return false
		}
	}
	return len(v.Picks) <= n.picksMax()
}

// carried is a run as it is right after it was carried, by the lines that say what came along. ok is false when there
// is no question to wait at.
func (f *Flow) carried(run Run, log []Entry) (r Run, ok bool) {
	head := log[0]
	run.Rev, run.Touched, run.Via = head.Asked, head.At, head.Via
	run.State, run.Node, run.Trail, run.Drawn, run.Sealed = StatePaused, "", nil, 0, 0
	run.Confirm, run.Pending, run.Log = "", nil, log
	t := turn{f: f, run: run}
	var asked []string
	for at := 0; at != f.end(); at = t.after(at, asked, "", Value{}) {
		n := &f.nodes[at]
		if n.Kind == NodeRecord {
			break
		}
		if _, answered := run.live(n.ID); n.Kind == NodeAsk && (!n.silent() || answered) {
			if run.Node = n.ID; !answered || slices.Contains(asked, n.ID) {
				run.Trail = asked
				return run, true
			}
			asked = append(asked, n.ID)
		}
	}
	if len(asked) == 0 {
		return run, false
	}
	run.Trail = slices.Clip(asked[:len(asked)-1])
	run.Node = asked[len(asked)-1]
	if len(run.Trail) == 0 {
		run.Trail = nil
	}
	return run, true
}
