package bot_test

import (
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/plan"
)

// fills sends the open form: what is named with new words or picks, the rest as it stands.
func (a *actor) fills(t *testing.T, typed map[string]flows.Input) bot.Answer {
	t.Helper()
	if a.last.Form == nil {
		t.Fatalf("%s has no form open", a.user)
	}
	in := a.inbound()
	in.Submit = &bot.Submit{Token: a.last.Form.Token, Fields: map[string]flows.Input{}}
	for _, f := range a.last.Form.Fields {
		in.Submit.Fields[f.ID] = f.Value
		if value, ok := typed[f.ID]; ok {
			in.Submit.Fields[f.ID] = value
		}
	}
	return a.does(t, in)
}

// TestStepInOneForm names a step in one form. A date that cannot be read comes back; the other answers are kept, each
// text once, and a lead who was picked stays picked.
func TestStepInOneForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa"), h.on("james")
	james.types(t, "hello")
	rosa.commands(t, "step", "")
	rosa.presses(t, flows.VerbPage)
	again := rosa.fills(t, map[string]flows.Input{
		"what": {Text: "Ask for the rules"}, "lead": {Picks: []string{"james"}}, "due": {Text: "someday"},
	})
	if again.Form == nil {
		t.Fatalf("nothing comes back: %s", rosa.sees())
	}
	for _, f := range again.Form.Fields {
		if f.ID == "what" || f.ID == "lead" || f.Error == "" || f.ID == "due" && f.Value.Text != "someday" {
			t.Errorf("%+v", f)
		}
	}
	rosa.presses(t, flows.VerbChange, "what")
	rosa.presses(t, flows.VerbPage)
	if rosa.last.Form.Fields[0].Value.Text != "Ask for the rules" {
		t.Fatalf("the draft is gone: %+v", rosa.last.Form)
	}
	texts := len(h.records(t, flows.KindText))
	if out := rosa.fills(t, map[string]flows.Input{"goal": {Text: "Clear rules"}, "due": {Text: "in two weeks"}}); out.Form != nil {
		t.Fatalf("%+v", out.Form)
	}
	if n := len(h.records(t, flows.KindText)); n != texts+1 {
		t.Errorf("%d texts, not %d: the same words were kept twice", n, texts+1)
	}
	if step := only[plan.Step](t, h, flows.KindStep); step.Lead != james.person(t).ID || step.Due != "2026-03-16" {
		t.Errorf("%+v", step)
	}
}
