package plan_test

import (
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/plan"
)

func naming(t *testing.T, space string) plan.Naming {
	t.Helper()
	return plan.Naming{
		Act: act(t, "casey"), StepID: "s1", GoalID: "g-new", Goal: "Housing  first ",
		HandOver: flows.HandOver{
			Record: flows.RecordStep, By: "casey", At: now(), Run: flows.Run{ID: "r1", Space: space, Via: "slack"},
			Fields: map[string]flows.Value{
				"what": {Kind: flows.ValueText, TextID: "t-what"}, "goal": {Kind: flows.ValueText, TextID: "t-goal"},
				"lead": {Kind: flows.ValuePerson, Person: "dana"}, "due": {Kind: flows.ValueDate, Date: "2026-12-04"},
			},
		},
	}
}

const offer = ", step.goal, step.due [step.take step.notme step.later]"

func TestName(t *testing.T) {
	t.Parallel()
	unknown := flows.Value{Kind: flows.ValueUnknown, TextID: "t-who"}
	field := func(name string, v flows.Value) func(*plan.Naming) {
		return func(n *plan.Naming) { n.HandOver.Fields[name] = v }
	}
	tests := []struct {
		name, space, told string
		change            func(*plan.Naming)
		lead, due         string
	}{
		{"in a space", "slack:T1:C1", "say slack:T1:C1: step.offer" + offer + "\nsay casey: step.named", nil, "dana", "2026-12-04"},
		{"oneself", "slack:T1:C1", "say slack:T1:C1: step.offer-own" + offer + "\nsay casey: step.named", field("lead", flows.Value{Kind: flows.ValuePerson, Person: "casey"}), "casey", "2026-12-04"},
		{"nobody", "slack:T1:C1", "say slack:T1:C1: step.offer-free, step.goal, step.due [step.take]\nsay casey: step.named", field("lead", unknown), "", "2026-12-04"},
		{"no lead asked", "slack:T1:C1", "say slack:T1:C1: step.offer-free, step.goal, step.due [step.take]\nsay casey: step.named", func(n *plan.Naming) { delete(n.HandOver.Fields, "lead") }, "", "2026-12-04"},
		{"no date", "slack:T1:C1", "say slack:T1:C1: step.offer" + offer + "\nsay casey: step.named", field("due", flows.Value{Kind: flows.ValueSkipped}), "dana", ""},
		{"a broken date", "slack:T1:C1", "say slack:T1:C1: step.offer" + offer + "\nsay casey: step.named", field("due", flows.Value{Kind: flows.ValueDate, Date: "soon"}), "dana", ""},
		{"in private", "", "say casey: step.kept, step.goal, step.due, step.tell-lead", nil, "dana", "2026-12-04"},
		{"in private, oneself", "", "say casey: step.offer-own" + offer, field("lead", flows.Value{Kind: flows.ValuePerson, Person: "casey"}), "casey", "2026-12-04"},
		{"in private, nobody", "", "say casey: step.kept, step.goal, step.due, step.tell-anyone [step.take]", field("lead", unknown), "", "2026-12-04"},
	}
	for _, tt := range tests {
		n := naming(t, tt.space)
		if tt.change != nil {
			tt.change(&n)
		}
		c := plan.Name(n)
		if got := told(c); got != tt.told {
			t.Errorf("%s: told\n%s\nwant\n%s", tt.name, got, tt.told)
		}
		s, ok := stored(t, c)
		if !ok || s.Lead != tt.lead || s.Due != tt.due || s.Status != plan.StatusOffered || s.NamedBy != "casey" || s.Space != tt.space ||
			s.What != "t-what" || s.Goal != "g-new" || s.GoalText != "t-goal" || s.Rev != 1 || s.Via != "slack" || !s.Named.Equal(now()) {
			t.Errorf("%s: stored %+v", tt.name, s)
		}
		say, _ := c.Effects[0].(flows.Say)
		if say.Message.Key != s.Key() {
			t.Errorf("%s: the line's key is %q", tt.name, say.Message.Key)
		}
		// After two working days, at nine: named on Thursday before nine, told on Monday.
		ask := time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC)
		if len(c.Timers) != 1 || c.Timers[0].Kind != flows.TimerOffer || c.Timers[0].Person != "casey" || !c.Timers[0].At.Equal(ask) || !s.Ask.Equal(ask) {
			t.Errorf("%s: timers %+v", tt.name, c.Timers)
		}
	}
}

// TestNamingSendsNobodyElseAMessage holds that a step that nobody took reaches no one in private but who named it.
func TestNamingSendsNobodyElseAMessage(t *testing.T) {
	t.Parallel()
	for _, space := range []string{"", "slack:T1:C1"} {
		c := plan.Name(naming(t, space))
		s, _ := stored(t, c)
		for _, c := range []flows.Change{c, plan.NotMe(s, act(t, "dana")), plan.Later(s, act(t, "dana"))} {
			for _, e := range c.Effects {
				if say, ok := e.(flows.Say); ok && say.Person != "" && say.Person != "casey" {
					t.Errorf("said to %s", say.Person)
				}
				if edit, ok := e.(flows.Edit); ok && edit.Person != "" && edit.Person != "casey" {
					t.Errorf("edited for %s", edit.Person)
				}
			}
			for _, timer := range c.Timers {
				if timer.Person != "casey" {
					t.Errorf("timer for %s", timer.Person)
				}
			}
		}
	}
}

func TestNameFindsTheGoal(t *testing.T) {
	t.Parallel()
	n := naming(t, "")
	n.Goals = []plan.Known{
		{Goal: plan.Goal{ID: "g0", Text: "t-0"}, Words: "Jobs first"},
		{Goal: plan.Goal{ID: "g1", Text: "t-1"}, Words: " housing FIRST"},
	}
	c := plan.Name(n)
	s, _ := stored(t, c)
	if s.Goal != "g1" || s.GoalText != "t-1" || len(c.Puts) != 1 {
		t.Errorf("the goal that is there: %+v", c.Puts)
	}
	n.Goal = "Housing last"
	c = plan.Name(n)
	if s, _ := stored(t, c); s.Goal != "g-new" || len(c.Puts) != 2 {
		t.Errorf("a new goal: %+v", c.Puts)
	}
	g, ok := c.Puts[1].Value.(plan.Goal)
	if want := (plan.Goal{ID: "g-new", Text: "t-goal", By: "casey", Since: now()}); !ok || g != want || c.Puts[1].Ref != (flows.Ref{Kind: flows.KindGoal, ID: "g-new"}) {
		t.Errorf("got %+v", c.Puts[1])
	}
}

func TestNameRefuses(t *testing.T) {
	t.Parallel()
	unknown := flows.Value{Kind: flows.ValueUnknown}
	tests := []struct {
		name   string
		change func(*plan.Naming)
		told   string
		erased []string
	}{
		{"no goal", func(n *plan.Naming) { n.HandOver.Fields["goal"] = unknown }, "say casey: step.no-goal [start]", []string{"t-what"}},
		{"a goal without words", func(n *plan.Naming) { n.Goal = "  " }, "say casey: step.no-goal [start]", []string{"t-what", "t-goal"}},
		{"no words", func(n *plan.Naming) { n.HandOver.Fields["what"] = unknown }, "say casey: step.no-what [start]", []string{"t-goal"}},
	}
	for _, tt := range tests {
		n := naming(t, "slack:T1:C1")
		tt.change(&n)
		c := plan.Name(n)
		if got := told(c); got != tt.told || len(c.Timers) != 0 {
			t.Errorf("%s: told %q", tt.name, got)
		}
		if len(c.Puts) != len(tt.erased) {
			t.Errorf("%s: %+v", tt.name, c.Puts)
			continue
		}
		for i, id := range tt.erased {
			if p := c.Puts[i]; p.Ref != (flows.Ref{Kind: flows.KindText, ID: id}) || !p.Delete {
				t.Errorf("%s: %+v", tt.name, p)
			}
		}
	}
}
