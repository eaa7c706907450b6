package bot_test

import (
	"slices"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
)

// under has somebody write in the thread of a message, calling Convenor.
func (a *actor) under(t *testing.T, message, text string) {
	t.Helper()
	in := a.inbound()
	in.Typed = &bot.Typed{Text: text, Thread: message}
	a.does(t, in)
}

// standing finds the newest message in a channel that shows part.
func (h *house) standing(t *testing.T, part string) bottest.Post {
	t.Helper()
	for _, p := range slices.Backward(h.slack.Posts(bot.Address{})) {
		if strings.Contains(bottest.Text(p.Message), part) {
			return p
		}
	}
	t.Fatalf("nothing shows %q", part)
	return bottest.Post{}
}

// TestAnswersStandBelowTheirQuestion: what was written in the thread of the waiting question is an answer to it, also when
// it begins with a word that is a command elsewhere; the answers stand in that thread.
func TestAnswersStandBelowTheirQuestion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	rosa.commands(t, "ask", "2.3.3")
	q, _ := h.Pack.Flow("round-2.3.3")
	question := h.standing(t, q.Nodes[slices.IndexFunc(q.Nodes, func(n flows.Node) bool { return n.ID == "q1" })].Line[flows.English])
	james.under(t, question.ID, "Help people write letters")
	mustSay(t, whispered(t, *james.last), "Saved.", "only I see it until we move on")
	if a := only[flows.Answer](t, h, flows.KindAnswer); a.Node != "q1" || a.Person != james.person(t).ID {
		t.Errorf("kept as %+v", a)
	}
	james.under(t, question.ID, "help")
	mustSay(t, whispered(t, *james.last), "What would you like to do?")
	james.under(t, "elsewhere", "Letters, I say")
	mustSay(t, whispered(t, *james.last), "I do not read what you say to each other", "[Answer the question]")
	rosa.presses(t, flows.VerbNext, "q1")
	if answers := h.standing(t, "James Porter: “Help people write letters”"); answers.Thread != question.ID {
		t.Errorf("the answers stand in the thread of %q, not of %q", answers.Thread, question.ID)
	}
	james.under(t, question.ID, "One more thought")
	mustSay(t, whispered(t, *james.last), "[Answer the question]")
	if n := len(h.records(t, flows.KindAnswer)); n != 1 {
		t.Errorf("%d answers after the close", n)
	}
}
