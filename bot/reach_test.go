package bot_test

import (
	"slices"
	"testing"

	"convenor/bot"
	"convenor/flows"
)

// mustReach are the verbs that a way must lead to. The sample and what is stored stand on the post that greets a channel.
func mustReach() []string { return bot.Verbs() }

// TestEveryVerbByThumb begins with what nobody has to type, the home tab, the post that greets a channel and a mention
// with nothing else in it, and presses on: every verb of a coordinator is reached.
func TestEveryVerbByThumb(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	added := rosa.inbound()
	added.Opened = &bot.Opened{Added: true}
	rosa.does(t, added)
	home, err := h.Home(t.Context(), rosa.place, rosa.user)
	if err != nil {
		t.Fatal(err)
	}
	var waiting []bot.Control
	waiting = append(append(waiting, home.Controls...), rosa.controls()...)
	mention := rosa.inbound()
	mention.Typed = &bot.Typed{}
	waiting = append(waiting, rosa.does(t, mention).Whisper.Controls...)
	reached, seen := map[string]bool{"help": true}, map[string]bool{} // the mention is help
	for len(waiting) > 0 {
		c := waiting[0]
		waiting = waiting[1:]
		token, err := flows.ParseToken(c.Token)
		if err != nil || seen[string(c.Kind)+c.Token] || len(seen) > 200 {
			continue
		}
		seen[string(c.Kind)+c.Token] = true
		if verb := verbOf(token); verb != "" {
			reached[verb] = true
		}
		if token.Verb != flows.VerbMenu && token.Verb != flows.VerbSettings && token.Verb != flows.VerbMe {
			continue // it does something, and was reached
		}
		press := rosa.inbound()
		press.Press = &bot.Press{Token: c.Token}
		if c.Kind == flows.ControlSelect {
			press.Press.Pick = c.Options[0].ID
		}
		if answer := rosa.does(t, press); answer.Whisper != nil {
			waiting = append(waiting, answer.Whisper.Controls...)
		}
	}
	for _, verb := range mustReach() {
		if !reached[verb] {
			t.Errorf("no press leads to %s", verb)
		}
	}
}

// verbOf is the verb that a control does the same as.
func verbOf(t flows.Token) string {
	switch t.Verb { //nolint:exhaustive // the others are about something that is there already
	case flows.VerbMenu:
		return t.Object
	case flows.VerbAsk:
		return "ask"
	case flows.VerbMe:
		return "me"
	case flows.VerbLanguage:
		return "language"
	case flows.VerbNudgesOff, flows.VerbNudgesOn:
		return "nudges"
	case flows.VerbLog:
		return "log"
	case flows.VerbRole:
		return "role"
	case flows.VerbOwn:
		return "question"
	case flows.VerbStart:
		switch t.Object {
		case "messenger", "stakeholder":
			return "signup"
		case "alone":
			return "answer"
		}
		return t.Object
	}
	return ""
}

// TestEveryVerbByTyping types every verb in the three places where people write, and slips of each: what is meant is
// the first button.
func TestEveryVerbByTyping(t *testing.T) {
	t.Parallel()
	for _, verb := range mustReach() {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			rosa, direct := h.on("rosa").in(council), h.on("rosa")
			rosa.commands(t, "help", "")
			answered := func(a *actor, in bot.Inbound) {
				t.Helper()
				before := len(direct.messages())
				answer := a.does(t, in)
				if answer.Whisper == nil && answer.Form == nil && len(direct.messages()) == before {
					t.Errorf("%+v is answered nothing", in)
				}
				if answer.Whisper != nil && slices.ContainsFunc(answer.Whisper.Controls, func(c bot.Control) bool { return c.Label == verb }) {
					t.Errorf("%s is not known", verb)
				}
			}
			command, typed, mention := rosa.inbound(), direct.inbound(), rosa.inbound()
			command.Command = &bot.Command{Verb: verb}
			typed.Typed = &bot.Typed{Text: verb}
			mention.Typed = &bot.Typed{Text: verb}
			for _, in := range []bot.Inbound{command, mention} {
				answered(rosa, in)
			}
			answered(direct, typed)
			if len(verb) < 4 {
				return // a slip of so short a word is another word
			}
			slip := rosa.inbound()
			slip.Command = &bot.Command{Verb: verb + verb[len(verb)-1:]}
			m := rosa.does(t, slip).Whisper
			if m == nil || len(m.Controls) == 0 {
				t.Fatalf("%s is answered nothing", slip.Command.Verb)
			}
			if token, err := flows.ParseToken(m.Controls[0].Token); err != nil || token.Verb != flows.VerbMenu || token.Object != verb {
				t.Errorf("%s: the first button is %q", slip.Command.Verb, m.Controls[0].Label)
			}
		})
	}
}
