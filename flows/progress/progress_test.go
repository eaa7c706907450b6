package progress_test

import (
	"slices"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/progress"
)

// tree has two beginnings; c waits for both, d for c.
func tree() []flows.Activity {
	return []flows.Activity{{ID: "a"}, {ID: "b"}, {ID: "c", BuildsOn: []string{"a", "b"}}, {ID: "d", BuildsOn: []string{"c"}}}
}

func day(n int) time.Time { return time.Date(2026, 3, n, 15, 0, 0, 0, time.UTC) }

func round(activity string, n int) flows.Result {
	return flows.Result{Run: activity + "-run", Activity: activity, Group: true, Questions: 3, Answers: 9, Ended: day(n)}
}

func alone(activity, person string, n int) flows.Result {
	return flows.Result{Run: activity + person, Activity: activity, Person: person, Ended: day(n)}
}

func mark(activity string, s progress.State, n int) progress.Mark {
	return progress.Mark{Activity: activity, State: s, By: "ana", At: day(n)}
}

func TestWhereAndNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		facts  progress.Facts
		states []progress.State
		waits  []string // of c
		next   string
		why    progress.Why
	}{
		{
			"nothing yet",
			progress.Facts{},
			[]progress.State{"new", "new", "new", "new"},
			[]string{"a", "b"},
			"a", progress.First,
		},
		{
			"one done",
			progress.Facts{Results: []flows.Result{round("a", 1)}},
			[]progress.State{"done", "new", "new", "new"},
			[]string{"b"},
			"b", progress.First,
		},
		{
			"done and skipped let the next begin",
			progress.Facts{Results: []flows.Result{round("a", 1)}, Marks: []progress.Mark{mark("b", progress.Skipped, 2)}},
			[]progress.State{"done", "skipped", "new", "new"},
			nil, "c", progress.Ready,
		},
		{
			"under way comes first, even when it waits",
			progress.Facts{Rounds: []progress.Round{{Run: "r", Activity: "c"}}},
			[]progress.State{"new", "new", "underway", "new"},
			[]string{"a", "b"},
			"c", progress.GoOn,
		},
		{
			"answered alone is begun, not done",
			progress.Facts{Results: []flows.Result{alone("b", "ana", 1), alone("b", "ana", 2)}},
			[]progress.State{"new", "begun", "new", "new"},
			[]string{"a", "b"},
			"b", progress.Finish,
		},
		{
			"the weakest practice first",
			progress.Facts{Agreed: map[string]int{"a": 2, "b": 0}},
			[]progress.State{"new", "new", "new", "new"},
			[]string{"a", "b"},
			"b", progress.Weak,
		},
		{
			"what is in place comes last",
			progress.Facts{Agreed: map[string]int{"a": 4}},
			[]progress.State{"new", "new", "new", "new"},
			[]string{"a", "b"},
			"b", progress.First,
		},
		{
			"a round after a mark wins",
			progress.Facts{Results: []flows.Result{round("a", 3)}, Marks: []progress.Mark{mark("a", progress.Skipped, 2)}},
			[]progress.State{"done", "new", "new", "new"},
			[]string{"b"},
			"b", progress.First,
		},
		{
			"a mark after a round wins",
			progress.Facts{Results: []flows.Result{round("a", 1)}, Marks: []progress.Mark{mark("a", progress.Skipped, 2)}},
			[]progress.State{"skipped", "new", "new", "new"},
			[]string{"b"},
			"b", progress.First,
		},
		{
			"all settled",
			progress.Facts{Results: []flows.Result{round("a", 1), round("b", 1), round("c", 1), round("d", 1)}},
			[]progress.State{"done", "done", "done", "done"},
			nil, "", "",
		},
		{
			"in a circle one must be first",
			progress.Facts{Activities: []flows.Activity{
				{ID: "a", BuildsOn: []string{"b"}}, {ID: "b", BuildsOn: []string{"a"}}, {ID: "c", BuildsOn: []string{"nowhere"}},
			}, Marks: []progress.Mark{mark("c", progress.Done, 1)}},
			[]progress.State{"new", "new", "done"},
			nil, "a", progress.Open,
		},
	}
	for _, tt := range tests {
		if tt.facts.Activities == nil {
			tt.facts.Activities = tree()
		}
		list := progress.Where(tt.facts)
		var states []progress.State
		for _, s := range list {
			states = append(states, s.State)
		}
		if !slices.Equal(states, tt.states) {
			t.Errorf("%s: states %v, want %v", tt.name, states, tt.states)
		}
		if !slices.Equal(list[2].Waits, tt.waits) {
			t.Errorf("%s: c waits for %v, want %v", tt.name, list[2].Waits, tt.waits)
		}
		next, why, ok := progress.Next(list)
		if next.ID != tt.next || why != tt.why || ok != (tt.next != "") {
			t.Errorf("%s: next %q %q %t, want %q %q", tt.name, next.ID, why, ok, tt.next, tt.why)
		}
	}
}

func TestWhereKeepsTheLast(t *testing.T) {
	t.Parallel()
	list := progress.Where(progress.Facts{
		Activities: tree(),
		Results:    []flows.Result{round("a", 4), round("a", 2), alone("a", "ana", 3), alone("a", "ben", 3)},
		Marks:      []progress.Mark{mark("b", progress.Done, 5)},
	})
	if a := list[0]; a.Last == nil || a.Last.Ended != day(4) || a.Alone != 2 || a.At != day(4) || a.Mark != nil {
		t.Errorf("a: %+v", a)
	}
	if b := list[1]; b.Mark == nil || b.Mark.By != "ana" || b.At != day(5) || !b.Settled() {
		t.Errorf("b: %+v", b)
	}
}

func TestMarked(t *testing.T) {
	t.Parallel()
	for state, deleted := range map[progress.State]bool{progress.Done: false, progress.Skipped: false, progress.New: true, "nonsense": true} {
		c := progress.Marked("a", state, "ana", day(1))
		if len(c.Puts) != 1 || c.Puts[0].Ref != (flows.Ref{Kind: flows.KindMark, ID: "a"}) || c.Puts[0].Delete != deleted {
			t.Errorf("%s: %+v", state, c)
			continue
		}
		if m, ok := c.Puts[0].Value.(progress.Mark); !deleted && (!ok || m.State != state || m.By != "ana" || m.At != day(1)) {
			t.Errorf("%s: %+v", state, c.Puts[0].Value)
		}
	}
}
