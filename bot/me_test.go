package bot_test

import (
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
)

func TestMessengerSignUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.on("rosa").types(t, "hello")
	marcus := h.marcus()
	marcus.in("volunteers").commands(t, "signup", "")
	marcus.in("volunteers").presses(t, flows.VerbStart, "messenger")
	mustSay(t, whispered(t, *marcus.last), "direct message")
	marcus.types(t, "Marc")
	marcus.types(t, "right here")
	marcus.picks(t, flows.VerbAnswer, "speak")
	marcus.presses(t, flows.VerbForm)
	marcus.submits(t, "", "social", "direct")
	marcus.types(t, "the north side")
	marcus.presses(t, flows.VerbAnswer, "yes")

	m := only[map[string]any](t, h, flows.KindMessenger)
	if m["level"] != "speak" || len(m["methods"].([]any)) != 2 {
		t.Errorf("the sign-up is %v", m)
	}
	if open := h.records(t, flows.KindOpen); len(open) != 0 {
		t.Errorf("a finished conversation is still open: %v", open)
	}
	if current := h.records(t, flows.KindCurrent); len(current) != 0 {
		t.Errorf("typed text still goes to a finished conversation: %v", current)
	}
	mustSay(t, whispered(t, marcus.commands(t, "me", "")),
		"Marcus Bell", "Accounts: Discord", "volunteer", "Name: Marc", "right here", "Speak", "Social media", "the north side",
		"[Change my messenger sign-up]", "[Take back my messenger sign-up]")

	texts := len(h.records(t, flows.KindText))
	marcus.presses(t, flows.VerbWithdraw, "messenger")
	if len(h.records(t, flows.KindMessenger)) != 1 {
		t.Fatal("withdrawn before a yes")
	}
	marcus.presses(t, flows.VerbWithdraw, "yes")
	if n := len(h.records(t, flows.KindMessenger)); n != 0 {
		t.Error("the sign-up is still there")
	}
	if n := len(h.records(t, flows.KindText)); n != texts-3 {
		t.Errorf("%d of %d texts are left, want three fewer", n, texts)
	}
}

func TestNudgeWishes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.commands(t, "nudges", "off")
	if !rosa.person(t).Nudges.Off {
		t.Error("reminders are still on")
	}
	rosa.presses(t, flows.VerbNudgesOn)
	if rosa.person(t).Nudges.Off {
		t.Error("reminders are still off")
	}
	press := func(token flows.Token) {
		in := rosa.inbound()
		in.Press = &bot.Press{Token: token.String()}
		rosa.does(t, in)
	}
	press(flows.Token{Verb: flows.VerbFewer, Arg: "day-of"})
	press(flows.Token{Verb: flows.VerbFewer, Arg: "made-up"})
	if muted := rosa.person(t).Nudges.Muted; len(muted) != 1 || !muted["day-of"] {
		t.Errorf("muted %v", muted)
	}
}

func TestMeShowsWhatWasSentAndWhy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.in(council).commands(t, "step", "")
	rosa.types(t, "Ask the county clerk for data")
	rosa.types(t, "Know how many people come home")
	rosa.picks(t, flows.VerbAnswer, "rosa")
	rosa.types(t, "in 3 days")
	rosa.in(council).presses(t, flows.VerbStepTake)
	rosa.commands(t, "signup", "messenger")
	for range 4 {
		h.mu.Lock()
		h.now = h.now.Add(24 * time.Hour)
		h.mu.Unlock()
		if _, err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.settle(t)
	}
	mustSay(t, whispered(t, rosa.commands(t, "me", "")),
		"1 action step has your name", "Ask the county clerk for data",
		"You have 1 open conversation", "Be a messenger",
		"your step was due the next day", "your step was due that day")
	rosa.presses(t, flows.VerbStepReport)
	rosa.presses(t, flows.VerbAnswer, "on-track")
	rosa.presses(t, flows.VerbFewer)
	if len(rosa.person(t).Nudges.Muted) != 1 {
		t.Error("nothing was muted")
	}
}

// TestNothingIsCut: every label fits on every platform, in both languages, whatever people may do.
func TestNothingIsCut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.on("rosa").types(t, "hello")
	for _, language := range []string{"English", "Español"} {
		rosa := h.on("rosa")
		rosa.commands(t, "language", language)
		for _, verb := range []string{"help", "hlep", "ask", "answer", "signup", "activities", "me", "language", "nudges"} {
			answer := rosa.in(council).commands(t, verb, "")
			for _, c := range answer.Whisper.Controls {
				if c.Label == "" || strings.Contains(c.Label, "…") {
					t.Errorf("%s: a control is labelled %q", verb, c.Label)
				}
			}
		}
	}
}
