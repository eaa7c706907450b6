package flows_test

import (
	"testing"

	"convenor/flows"
)

func TestCancel(t *testing.T) {
	t.Parallel()
	d := definition(ask("q1", flows.FieldText), ask("q2", flows.FieldText), ask("q3", flows.FieldText))
	d.Activity = "9.9.9"
	k := begin(t, d)
	k.types("one")
	k.send(flows.Event{Kind: flows.EventUnknown, Form: true, Input: flows.Input{Text: "Rosa"}})
	if !k.does(flows.EventCancel) || k.run.State != flows.StateOpen || k.run.Confirm != "cancel" {
		t.Fatalf("%+v", k.run)
	}
	m := every[flows.Say](k.out)[0].Message
	if n := m.Parts[0].Args["count"].Number; n == nil || *n != 2 {
		t.Errorf("it does not say how many answers are lost: %+v", m.Parts)
	}
	if !k.types("three") { // going on is a no
		t.Fatal("an answer is refused while a yes is waited for")
	}
	if k.run.State != flows.StateDone || k.run.Confirm != "" {
		t.Fatalf("%+v", k.run)
	}

	k = begin(t, d)
	k.types("one")
	k.send(flows.Event{Kind: flows.EventUnknown, Form: true, Input: flows.Input{Text: "Rosa"}})
	k.does(flows.EventCancel)
	k.send(confirm(k))
	if k.run.State != flows.StateCancelled || k.run.Node != "" || len(k.run.Values()) != 0 {
		t.Fatalf("%+v", k.run)
	}
	if dropped := every[flows.DropText](k.out); len(dropped) != 2 {
		t.Errorf("what was typed is not erased: %+v", dropped)
	}
	kept := every[flows.KeepAnswer](k.out)
	if len(kept) != 2 || kept[0].Answer.Value.Kind != flows.ValueDropped {
		t.Errorf("the answers are not taken back: %+v", kept)
	}
	if r := every[flows.KeepRequest](k.out); len(r) != 1 || !r[0].Request.Closed {
		t.Errorf("the request stays open: %+v", r)
	}

	k = begin(t, d)
	if !k.does(flows.EventCancel) || k.run.State != flows.StateCancelled {
		t.Errorf("a run without answers asks before it stops: %+v", k.run)
	}
}

// TestAnswersOfAnActivityAreKeptAtOnce covers what one person answers alone.
func TestAnswersOfAnActivityAreKeptAtOnce(t *testing.T) {
	t.Parallel()
	d := definition(with(ask("q1", flows.FieldText), func(n *flows.Node) { n.Question = "9.9.9-q1" }), ask("q2", flows.FieldText))
	d.Activity = "9.9.9"
	k := begin(t, d)
	k.types("one")
	kept := every[flows.KeepAnswer](k.out)
	if len(kept) != 1 || kept[0].Answer.Question != "9.9.9-q1" || kept[0].Answer.Value.TextID != "text2" || kept[0].Answer.Person != "dana" {
		t.Fatalf("%+v", kept)
	}
	k.does(flows.EventSkip)
	if kept := every[flows.KeepAnswer](k.out); len(kept) != 0 {
		t.Errorf("a skipped question is kept as an answer: %+v", kept)
	}
	if k.run.State != flows.StateDone {
		t.Fatal("not done")
	}
	// An answer alone can be changed even when all is answered, for nothing was handed over.
	if !k.send(flows.Event{Kind: flows.EventChange, Node: "q2"}) || !k.types("two") || k.run.State != flows.StateDone {
		t.Fatalf("%+v", k.run)
	}
	if kept := every[flows.KeepAnswer](k.out); len(kept) != 1 {
		t.Errorf("%+v", kept)
	}
}

func stepDefinition() flows.Definition {
	what := ask("what", flows.FieldText)
	what.Required = true
	return definition(what, ask("aim", flows.FieldText), ask("lead", flows.FieldPerson), ask("due", flows.FieldDate),
		flows.Node{ID: "keep", Kind: flows.NodeRecord, Record: flows.RecordStep, With: map[string]string{"goal": "aim"}})
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	k := begin(t, stepDefinition())
	if k.does(flows.EventSkip) {
		t.Fatal("a required question was skipped")
	}
	k.types("Call the clerk")
	k.types("A table at the courthouse")
	k.does(flows.EventSkip)
	k.send(flows.Event{Kind: flows.EventUnknown, Form: true, Input: flows.Input{Text: "Rosa"}})
	handed := every[flows.HandOver](k.out)
	if len(handed) != 1 || k.run.State != flows.StateDone {
		t.Fatalf("%+v", k.out)
	}
	h := handed[0]
	if got := encoded(t, h.Fields); got != `{"aim":{"kind":"text","text_id":"text4"},"goal":{"kind":"text","text_id":"text4"},"what":{"kind":"text","text_id":"text3"}}` {
		t.Errorf("handed over: %s", got)
	}
	if encoded(t, h.Run) != encoded(t, k.run) || h.By != "dana" || h.Record != flows.RecordStep {
		t.Errorf("%+v", h)
	}
	// What was handed over no longer changes here.
	if k.send(flows.Event{Kind: flows.EventChange, Node: "what"}) || words(every[flows.Whisper](k.out)[0].Message) != "run.settled" {
		t.Errorf("%+v", k.out)
	}
}

// TestAFlowThatHandsNothingOverKeepsNothing goes past the record.
func TestAFlowThatHandsNothingOverKeepsNothing(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(
		ask("what", flows.FieldText), ask("goal", flows.FieldText), ask("ok", flows.FieldConsent),
		flows.Node{ID: "fork", Kind: flows.NodeBranch, Cases: []flows.Case{{Node: "ok", Is: flows.No, Go: flows.End}}},
		flows.Node{ID: "keep", Kind: flows.NodeRecord, Record: flows.RecordStep},
	))
	k.types("one")
	k.types("two")
	k.picks("no")
	if k.run.State != flows.StateDone || len(every[flows.DropText](k.out)) != 2 || len(every[flows.HandOver](k.out)) != 0 {
		t.Fatalf("%+v", k.out)
	}
	says := every[flows.Say](k.out)
	if got := words(says[len(says)-1].Message); got != "run.done-nothing" {
		t.Errorf("it ends with %q", got)
	}
}
