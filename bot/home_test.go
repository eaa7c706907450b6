package bot_test

import (
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/plan"
	"convenor/flows/when"
)

// namesStep names a step in the council's channel.
func (a *actor) namesStep(t *testing.T, what, goal, lead, due string) {
	t.Helper()
	a.commands(t, "step", "")
	direct := *a
	direct.channel = ""
	for _, text := range []string{what, goal, lead, due} {
		if text == "" {
			direct.presses(t, flows.VerbSkip)
			continue
		}
		direct.types(t, text)
	}
}

func TestHomeAndPlan(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	for _, a := range []*actor{rosa, james, h.on("ana")} {
		a.commands(t, "help", "")
	}
	mustSay(t, whispered(t, rosa.commands(t, "plan", "")), "There is no action step yet")
	home := func(a *actor) string {
		t.Helper()
		m, err := h.Home(t.Context(), a.place, a.user)
		if err != nil {
			t.Fatal(err)
		}
		return m.Plain()
	}
	mustSay(t, home(james), "What is next for you", "Nothing waits for you", "Your choices", "[Change my reminder hours]")
	rosa.namesStep(t, "Print the flyers", "More people know", "James Porter", "March 20")
	rosa.namesStep(t, "Call the bus company", "Rides home", "", "")
	mustSay(t, home(james), "A step waits for your yes or no: “Print the flyers”")
	var step plan.Step
	for _, r := range h.records(t, flows.KindStep) {
		if s := decoded[plan.Step](t, r); s.Lead != "" {
			step = s
		}
	}
	james.presses(t, flows.VerbStepTake, step.ID)
	james.commands(t, "answer", "1.1.2")
	mustSay(t, home(james), "Your next step: “Print the flyers”", "You have 1 open conversation", "1 action step has your name")
	mustSay(t, home(h.on("ana")), "Qué sigue para ti")
	before := h.everything(t)
	home(james)
	if h.everything(t) != before {
		t.Error("to look at a home changed something")
	}

	shown := whispered(t, rosa.commands(t, "plan", ""))
	mustSay(t, shown, "2 action steps, 0 of them done", "Print the flyers — James Porter, by", "Call the bus company — not taken yet", "For the goal: Rides home")
	rosa.presses(t, flows.VerbMenu, step.ID)
	mustSay(t, whispered(t, *rosa.last), "Named by Rosa Delgado")
	if strings.Contains(whispered(t, *rosa.last), "[Done]") {
		t.Error("somebody else's step can be reported")
	}
	james.commands(t, "plan", step.ID)
	james.presses(t, flows.VerbStepDone)
	mustSay(t, whispered(t, rosa.commands(t, "plan", "")), "1 of them done", "Print the flyers — James Porter, done")
}

// TestPlanIsShort looks at a plan of many steps: a page at a time, and each page within the limits.
func TestPlanIsShort(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	for _, what := range []string{"One", "Two", "Three", "Four", "Five", "Six", "Seven"} {
		rosa.namesStep(t, what, "Our goal", "", "")
	}
	rosa.commands(t, "plan", "")
	if n := len(rosa.last.Whisper.Blocks); n > 12 {
		t.Errorf("%d lines", n)
	}
	rosa.presses(t, flows.VerbMenu, "from.6")
	if shown := whispered(t, *rosa.last); strings.Count(shown, "not taken yet") != 1 {
		t.Errorf("the second page is\n%s", shown)
	}
}

func TestAwayAndHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	james := h.on("james")
	james.commands(t, "help", "")
	james.commands(t, "away", "")
	james.presses(t, flows.VerbMenu, "2026-03-09")
	if p := james.person(t); p.Away != "2026-03-09" {
		t.Errorf("away until %q", p.Away)
	}
	mustSay(t, whispered(t, james.commands(t, "away", "March 20")), "No reminders until Friday, March 20 is over")
	mustSay(t, whispered(t, james.commands(t, "away", "the big sleep")), "I cannot read “the big sleep”")
	mustSay(t, whispered(t, james.commands(t, "away", "2026-01-05")), "is past already")
	james.commands(t, "away", "")
	james.presses(t, flows.VerbMenu, "back")
	if p := james.person(t); p.Away != "" {
		t.Errorf("away until %q", p.Away)
	}
	for typed, want := range map[string]when.Hours{
		"10am to 6pm": {From: 600, To: 1080}, "8:30-17:00": {From: 510, To: 1020}, "evening": {From: 1020, To: 1260}, "ours": {},
	} {
		mustSay(t, whispered(t, james.commands(t, "hours", typed)), "I remind you between")
		if p := james.person(t); p.Hours != want {
			t.Errorf("%q became %+v", typed, p.Hours)
		}
	}
	for _, typed := range []string{"6pm to 10am", "now and then", "10:00-10:20"} {
		mustSay(t, whispered(t, james.commands(t, "hours", typed)), "I cannot read “"+typed+"”")
	}
	mustSay(t, whispered(t, h.on("ana").commands(t, "horas", "")), "[Como la coalición]")
}

// TestSaveAMessage makes a step of what somebody said: its words are filled in, and the way back to it is kept.
func TestSaveAMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	rosa.commands(t, "help", "")
	in := rosa.inbound()
	in.Saved = &bot.Saved{Text: "We should call\nthe bus company " + strings.Repeat("soon ", 100), Link: "https://fake.slack.com/archives/C1/p1"}
	mustSay(t, whispered(t, rosa.does(t, in)), "direct message")
	direct := h.on("rosa")
	mustSay(t, direct.sees(), "We should call the bus company")
	direct.types(t, "Rides home")
	direct.presses(t, flows.VerbSkip)
	direct.presses(t, flows.VerbSkip)
	step := only[plan.Step](t, h, flows.KindStep)
	if step.Link != in.Saved.Link || step.From != "" || step.Space == "" {
		t.Errorf("%+v", step)
	}
	rosa.commands(t, "plan", step.ID)
	mustSay(t, whispered(t, *rosa.last), "[See the message]")
}
