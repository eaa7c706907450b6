package flows_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"convenor/flows"
)

// TestCarry renames a question, drops one, adds one, and takes an option away.
func TestCarry(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(ask("one", flows.FieldText), ask("pick", flows.FieldChoice), ask("gone", flows.FieldDate), ask("last", flows.FieldText)))
	k.types("words")
	k.picks("a")
	k.types("tomorrow")
	k.at("last")
	d := definition(ask("first", flows.FieldText), ask("new", flows.FieldText), ask("pick", flows.FieldChoice), ask("last", flows.FieldText))
	d.Carry = []flows.CarryFrom{{From: flows.CarryPrevious, Nodes: map[string]string{"one": "first", "gone": flows.CarryDrop}}}
	after := compile(t, d)
	nodes, ok := after.CarriesFrom(k.f.Hash())
	if _, self := after.CarriesFrom(after.Hash()); !ok || self {
		t.Fatal("the map is not found")
	}
	before, old := k.f, k.run
	run, lost, err := flows.Carry(before, after, nodes, old)
	if err != nil || strings.Join(lost, " ") != "gone" || run.Rev != old.Rev || run.Hash != after.Hash() {
		t.Fatalf("%v, %v: %+v", lost, err, run)
	}
	if encoded(t, k.run) != encoded(t, old) {
		t.Error("the given run was changed")
	}
	k.f, k.run = after, run
	if !k.does(flows.EventResume) {
		t.Fatal("it does not go on")
	}
	k.at("new")
	k.types("more")
	k.at("last")
	if v := k.run.Values(); v["first"].TextID != old.Values()["one"].TextID || v["pick"].Picks[0] != "a" {
		t.Errorf("%+v", v)
	}
	k.send(flows.Event{Kind: flows.EventChange, Node: "first"})
	k.types("better words")
	if edits := every[flows.Edit](k.out); edits[0].Message.Key != "run.one.1" {
		t.Errorf("the old message is not found: %+v", edits)
	}
	folded, err := flows.Fold(after, flows.Run{ID: "run", Flow: "test", Hash: after.Hash(), Person: "dana"}, flows.Event{At: k.run.Started, Person: "dana", Via: "slack"}, k.run.Log)
	if err != nil || encoded(t, folded) != encoded(t, k.run) {
		t.Errorf("%v: folds to %s, not %s", err, encoded(t, folded), encoded(t, k.run))
	}
	if _, _, err := flows.Carry(after, before, nil, old); !errors.Is(err, flows.ErrMisfit) {
		t.Errorf("a run of another revision: %v", err)
	}
}

// TestEditsUnderWay edits a flow a hundred times while a thousand conversations wait in it. Each is either carried over or
// goes on where it is pinned; either way it can be gone on with, and every answer stays whose question is still there.
func TestEditsUnderWay(t *testing.T) {
	t.Parallel()
	const edits, waiting = 100, 1000
	w := &wanderer{t: t, rnd: rand.New(rand.NewPCG(8, 100))}
	revisions := []*flows.Flow{compile(t, editable())}
	runs := make([]*talk, 0, waiting)
	carried, pinned, lostNamed := 0, 0, 0
	for range edits {
		d, nodes := w.edited(revisions[len(revisions)-1].Definition())
		after := compile(t, d)
		for len(runs) < min(waiting, len(revisions)*waiting/10) {
			runs = append(runs, begun(t, w.rnd, revisions[len(revisions)-1], len(runs)))
		}
		for _, k := range runs {
			switch from, ok := after.CarriesFrom(k.f.Hash()); {
			case ok && k.f == revisions[len(revisions)-1] && (k.run.State == flows.StateOpen || k.run.State == flows.StatePaused):
				lost := carry(t, k, after, from, nodes)
				lostNamed += lost
				carried++
			default:
				pinned++
			}
			goOn(t, w.rnd, k)
		}
		revisions = append(revisions, after)
	}
	if len(runs) != waiting || carried < waiting || pinned < waiting || lostNamed == 0 {
		t.Errorf("%d runs, carried %d times, pinned %d times, %d answers lost and named", len(runs), carried, pinned, lostNamed)
	}
	t.Logf("%d edits, %d runs: carried %d times, left pinned %d times, %d answers without a place, all named", edits, len(runs), carried, pinned, lostNamed)
}

// editable is what the edits begin with.
func editable() flows.Definition {
	d := people(3)
	d.Nodes = append(d.Nodes, ask("kind", flows.FieldChoice), branch("fork", flows.Case{When: "kind is a", Go: "end"}), ask("many", flows.FieldMany), ask("due", flows.FieldDate))
	return d
}

// begun is a conversation somewhere in a flow.
func begun(t *testing.T, r *rand.Rand, f *flows.Flow, number int) *talk {
	t.Helper()
	k := &talk{t: t, f: f, run: flows.Run{ID: fmt.Sprintf("run%d", number), Flow: "test", Hash: f.Hash(), Person: "dana"}}
	k.send(flows.Event{Kind: flows.EventStart})
	for range r.IntN(8) {
		goOn(t, r, k)
	}
	return k
}

// goOn answers what is asked. A conversation that waits always takes an answer.
func goOn(t *testing.T, r *rand.Rand, k *talk) {
	t.Helper()
	if k.run.State == flows.StatePaused {
		k.does(flows.EventResume)
	}
	n, waits := k.f.Node(k.run.Node)
	if !waits || r.IntN(3) > 0 {
		return
	}
	taken := false
	switch n.Field {
	case flows.FieldText:
		taken = k.types("words")
	case flows.FieldDate:
		taken = k.types("tomorrow")
	case flows.FieldChoice, flows.FieldMany:
		taken = k.picks(n.Options[r.IntN(len(n.Options))].ID)
	case flows.FieldConsent:
		taken = k.picks([]string{flows.Yes, flows.No}[r.IntN(2)]) || k.picks(flows.No)
	case flows.FieldPerson:
		taken = k.picks("sam")
	case flows.FieldScale, flows.FieldNumber, flows.FieldTime, flows.FieldLink, flows.FieldRank, flows.FieldPoints:
		t.Fatalf("no edit asks for %s", n.Field)
	}
	if k.run.Confirm != "" {
		taken = k.send(confirm(k))
	}
	if !taken {
		t.Fatalf("%s takes no answer: %+v", k.run.Node, k.out)
	}
}

// carry takes a run over and compares every answer. It returns how many were named as lost.
func carry(t *testing.T, k *talk, after *flows.Flow, nodes, renamed map[string]string) int {
	t.Helper()
	old, before := k.run.Values(), k.f
	run, lost, err := flows.Carry(k.f, after, nodes, k.run)
	if err != nil {
		t.Fatal(err)
	}
	k.run = recoded(t, run)
	if run.Hash != after.Hash() {
		return len(lost) // it finishes where it began
	}
	k.f = after
	now := run.Values()
	for id, v := range old {
		to, place, listed := strings.Cut(id, ".")
		if name, ok := renamed[to]; ok {
			to = name
		}
		if listed {
			to += "." + place
		}
		switch n, there := after.Node(to); {
		case encoded(t, now[to]) == encoded(t, v) && !slices.Contains(lost, id):
		case slices.Contains(lost, id) && (!there || n.Field != fieldOf(before, id) || len(v.Picks) > 0):
		default:
			t.Fatalf("%s was %+v and %s is %+v; lost: %v", id, v, to, now[to], lost)
		}
	}
	if len(now)+len(lost) != len(old) {
		t.Fatalf("%d answers became %d, and %d are named", len(old), len(now), len(lost))
	}
	return len(lost)
}

func fieldOf(f *flows.Flow, id string) flows.FieldKind {
	n, _ := f.Node(id)
	return n.Field
}

// edited is d with one thing changed at random, and what became of its ids. Half of the edits come without a map.
func (w *wanderer) edited(d flows.Definition) (flows.Definition, map[string]string) {
	for {
		e, nodes := w.edit(d)
		e.Carry = nil
		if w.rnd.IntN(4) > 0 {
			e.Carry = []flows.CarryFrom{{From: flows.CarryPrevious, Nodes: nodes}}
		}
		if f, err := flows.Compile(e); err == nil {
			return f.Definition(), nodes
		}
	}
}

func (w *wanderer) edit(d flows.Definition) (flows.Definition, map[string]string) {
	w.events++
	r := w.rnd
	nodes := map[string]string{}
	d.Nodes = slices.Clone(d.Nodes)
	i := r.IntN(len(d.Nodes))
	n := d.Nodes[i]
	switch r.IntN(5) {
	case 0: // rename
		to := fmt.Sprintf("n%d", w.events)
		nodes[n.ID] = to
		for k := range d.Nodes {
			d.Nodes[k] = d.Nodes[k].Renamed(func(id string) string {
				if id == n.ID {
					return to
				}
				return id
			})
		}
		if n.Kind != flows.NodeAsk && n.Kind != flows.NodeRepeat {
			delete(nodes, n.ID)
		}
	case 1: // take out
		if len(d.Nodes) > 7 {
			d.Nodes = slices.Delete(d.Nodes, i, i+1)
			if n.Kind == flows.NodeAsk {
				nodes[n.ID] = flows.CarryDrop
			}
		}
	case 2: // put in
		kinds := []flows.FieldKind{flows.FieldText, flows.FieldChoice, flows.FieldMany, flows.FieldDate, flows.FieldPerson}
		d.Nodes = slices.Insert(d.Nodes, i, ask(fmt.Sprintf("n%d", w.events), kinds[r.IntN(len(kinds))]))
	case 3: // other words
		d.Nodes[i].Label = both(fmt.Sprintf("Label %d", w.events))
	case 4: // fewer options, or another kind
		switch {
		case n.Field == flows.FieldChoice && len(n.Options) > 2:
			d.Nodes[i].Options = n.Options[:len(n.Options)-1]
		case n.Field == flows.FieldText:
			d.Nodes[i].Field = flows.FieldDate
		}
	}
	return d, nodes
}

// TestLongRunEnds goes back and forth until the log is full: the run ends kindly, and keeps everything.
func TestLongRunEnds(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(ask("q1", flows.FieldText), ask("q2", flows.FieldText)))
	for range flows.LogMax {
		if k.run.State != flows.StateOpen {
			break
		}
		if k.run.Node == "q1" {
			k.types("words")
		} else {
			k.does(flows.EventBack)
		}
	}
	if k.run.State != flows.StateDone || len(k.run.Log) > flows.LogMax+1 || len(k.run.Values()) != 1 {
		t.Fatalf("%s with %d lines", k.run.State, len(k.run.Log))
	}
	said := every[flows.Say](k.out)
	if len(every[flows.DropText](k.out)) > 1 || words(said[len(said)-1].Message) != "run.long" {
		t.Errorf("%+v", k.out)
	}
	if k.send(flows.Event{Kind: flows.EventChange, Node: "q1"}) {
		t.Error("it goes on")
	}
}
