package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/plan"
)

// pass lets time pass, with a sweep and what it sends at the end.
func (h *house) pass(t *testing.T, d time.Duration) {
	t.Helper()
	h.mu.Lock()
	h.now = h.now.Add(d)
	h.mu.Unlock()
	if _, err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle(t)
}

// TestThreeClicksToARound counts the clicks from a channel to a running round, for every activity.
func TestThreeClicksToARound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	rosa.commands(t, "ask", "")
	list := append([]string{}, ids(rosa.last.Whisper.Controls[0].Options)...)
	if len(list) != 23 {
		t.Fatalf("%d activities can be picked", len(list))
	}
	for i, id := range list {
		channel := h.on("rosa").in("c" + id)
		channel.types(t, "hello")
		clicks := 0
		for _, click := range []func(){
			func() { channel.presses(t, flows.VerbAsk) },
			func() { channel.picks(t, flows.VerbAsk, id) },
			func() { channel.presses(t, flows.VerbAsk, "lead") },
		} {
			click()
			clicks++
		}
		runs := h.records(t, flows.KindRun)
		if len(runs) != i+1 || clicks != 3 {
			t.Fatalf("%s: after %d clicks there are %d rounds, want %d", id, clicks, len(runs), i+1)
		}
	}
}

// TestWhatARoundLeaves has an answer become a step that the summary shows, and the next round say what came of this one.
func TestWhatARoundLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	rosa.commands(t, "ask", "2.3.3")
	james.presses(t, flows.VerbForm, "q1")
	james.submits(t, "Ask the radio for ten minutes")
	rosa.presses(t, flows.VerbNext, "q1")
	james.presses(t, flows.VerbUnknown, "q2")
	james.submits(t, "The clerk")
	rosa.presses(t, flows.VerbNext, "q2")
	rosa.presses(t, flows.VerbSort, "q1")
	mustSay(t, whispered(t, *rosa.last), "James Porter: “Ask the radio for ten minutes”", "[A gap]", "[Make it an action step]")
	rosa.presses(t, flows.VerbMake, "q1")
	direct := h.on("rosa")
	mustSay(t, direct.sees(), "Ask the radio for ten minutes", "Which goal does it bring closer?")
	direct.types(t, "People know us")
	direct.types(t, "James Porter")
	direct.types(t, "in 3 days")
	step := only[plan.Step](t, h, flows.KindStep)
	answers := h.records(t, flows.KindAnswer)
	if a := decoded[flows.Answer](t, answers[0]); step.What != a.Value.TextID {
		t.Errorf("the step has words of its own: %+v", step)
	}
	rosa.presses(t, flows.VerbNext, "q3")
	mustSay(t, rosa.sees(), "1 step:", "Ask the radio for ten minutes. Lead: James Porter.", "Still open: What we ask of messengers")
	james.presses(t, flows.VerbLook, "q2")
	mustSay(t, rosa.sees(), "James Porter will look")
	if r := only[flows.Request](t, h, flows.KindRequest); r.Look != james.person(t).ID {
		t.Errorf("%+v", r)
	}
	james.presses(t, flows.VerbStepTake)
	h.on("james").presses(t, flows.VerbStepDone)
	mustSay(t, rosa.sees(), "Ask the radio for ten minutes. Done.")

	rosa.commands(t, "ask", "2.3.3")
	mustSay(t, rosa.sees(), "Last time was Monday, March 2: 2 answers. Still open: What we ask of messengers.")
}

// TestARoundRestsForAWeek promises to ask again in a week, keeps it once, and goes on where it stopped.
func TestARoundRestsForAWeek(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	rosa.commands(t, "ask", "2.3.3")
	rosa.presses(t, flows.VerbPause)
	rosa.presses(t, flows.VerbRemind)
	again := func() int { return strings.Count(rosa.sees(), "Shall we go on with") }
	h.pass(t, 7*24*time.Hour-time.Minute)
	if again() != 0 {
		t.Error("asked early")
	}
	h.pass(t, 2*time.Minute)
	h.pass(t, 8*24*time.Hour)
	if again() != 1 {
		t.Errorf("asked %d times", again())
	}
	rosa.presses(t, flows.VerbResume)
	if run := only[flows.Run](t, h, flows.KindRun); run.State != flows.StateOpen || run.Node != "q1" {
		t.Errorf("%+v", run)
	}
}

// TestNobodyLeads closes by the clock what nobody moves on, and never early.
func TestNobodyLeads(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	rosa.types(t, "hello")
	rosa.presses(t, flows.VerbAsk)
	rosa.picks(t, flows.VerbAsk, "2-3-3")
	rosa.presses(t, flows.VerbAsk, "nobody")
	mustSay(t, rosa.sees(), "We move on at this time in any case: Tuesday, March 3, 10:00 AM (America/Chicago).")
	closes := only[flows.Run](t, h, flows.KindRun).Closes.Unix()
	if !slices.ContainsFunc(rosa.messages(), func(m bot.Message) bool {
		return slices.ContainsFunc(m.Blocks, func(b bot.Block) bool { return len(b.Instants) == 1 && b.Instants[0].At == closes })
	}) {
		t.Error("whoever reads it elsewhere is not told by their own clock")
	}
	james.presses(t, flows.VerbForm, "q1")
	james.submits(t, "Letters")
	james.presses(t, flows.VerbNext, "q1")
	mustSay(t, whispered(t, *james.last), "Not yet: 1 more answer")
	h.pass(t, 23*time.Hour)
	if run := only[flows.Run](t, h, flows.KindRun); run.Node != "q1" {
		t.Fatalf("closed early: %s", run.Node)
	}
	h.pass(t, 2*time.Hour)
	if run := only[flows.Run](t, h, flows.KindRun); run.Node != "q2" {
		t.Fatalf("not closed: %s", run.Node)
	}
	h.pass(t, 25*time.Hour)
	if run := only[flows.Run](t, h, flows.KindRun); run.State != flows.StatePaused || run.Node != "q2" {
		t.Errorf("a question that nobody answers does not rest: %s at %s", run.State, run.Node)
	}
}

func ids(options []bot.Option) []string {
	var list []string
	for _, o := range options {
		list = append(list, o.ID)
	}
	return list
}
