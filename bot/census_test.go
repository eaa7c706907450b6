package bot_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"convenor/bot"
	"convenor/flows"
)

// known is a pack with two flows.
type known struct{ pack }

func (known) Flow(id string) (flows.Definition, bool) {
	return flows.Definition{ID: id}, id == "survey" || id == "signup"
}

// TestCensus: what is open is counted by the pack's flows over all coalitions, many pages of it; what the pack has not has
// one name, and what is over is not counted. Until everything was looked through once nothing is known.
func TestCensus(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(func(c *bot.Config) { c.Pack = known{} })
	keep := func(coalition string, ref flows.Ref, v any) {
		t.Helper()
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		c := flows.Commit{ID: w.id(), Coalition: coalition, Audit: flows.Audit{At: w.clock.now()}, Writes: []flows.Write{{Ref: ref, Data: data}}}
		if err := w.store.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	run := func(coalition, flow string, state flows.State, group bool) {
		n++
		id := fmt.Sprint("run", n)
		keep(coalition, flows.Ref{Kind: flows.KindRun, ID: id},
			flows.Run{ID: id, Flow: flow, Hash: "h-" + flow, State: state, Group: group, Touched: w.clock.now()})
	}
	if _, ok := b.Census(); ok {
		t.Error("something is known before anything was looked through")
	}
	for range 300 { // more than one page
		run(home, "survey", flows.StateOpen, false)
	}
	run(home, "survey", flows.StatePaused, true)
	run(home, "Rosa's own", flows.StateOpen, false)
	run(home, "of a pack before", flows.StateOpen, false)
	run("another", "survey", flows.StateOpen, false)
	run("another", "signup", flows.StateDone, false)
	run("another", "survey", flows.StateCancelled, false)
	for _, hash := range []string{"h-survey", "h-signup"} {
		keep(home, flows.Ref{Kind: flows.KindFlow, ID: hash}, flows.Definition{ID: "x"})
	}
	keep("another", flows.Ref{Kind: flows.KindFlow, ID: "h-survey"}, flows.Definition{ID: "x"})
	for range 16 {
		if _, err := b.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c, ok := b.Census()
	if want := map[string]int{"survey": 302, "other": 2}; !ok || !maps.Equal(c.Open, want) || c.Flows != 2 {
		t.Errorf("%v: counted %+v, not %v and 2 definitions", ok, c, want)
	}
}
