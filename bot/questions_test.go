package bot_test

import (
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/own"
)

// addsQuestion adds a question of the coalition's own to activity 1.1.3, in English only.
func (a *actor) addsQuestion(t *testing.T, line, kind string) {
	t.Helper()
	a.commands(t, "activities", "1.1.3")
	if strings.Contains(whispered(t, *a.last), "[Add our own question]") {
		a.presses(t, flows.VerbOwn, "add")
	} else {
		a.presses(t, flows.VerbOwn)
		a.presses(t, flows.VerbOwn, "add")
	}
	direct := *a
	direct.channel = ""
	direct.types(t, line)
	direct.presses(t, flows.VerbAnswer, kind)
	direct.presses(t, flows.VerbSkip)
	direct.presses(t, flows.VerbSkip)
}

func TestOwnQuestion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, ana := h.on("rosa").in(council), h.on("james").in(council), h.on("ana").in(council)
	rosa.commands(t, "help", "")
	james.addsQuestion(t, "How many offenders use the bus?", own.KindYesNo)
	direct := h.on("james")
	mustSay(t, direct.sees(), "Your question is part of Find the spots worth fixing now", "“offenders” can hurt. You could say: people coming home.")
	q := only[own.Question](t, h, flows.KindOwn)
	if q.ID != "o1" || q.Activity != "1.1.3" || q.Kind != own.KindYesNo {
		t.Fatalf("%+v", q)
	}
	mustSay(t, whispered(t, rosa.commands(t, "activities", "1.1.3")), "1 question of our own", "[See our own questions]")

	direct.presses(t, flows.VerbOwn, "change")
	direct.types(t, "How many people coming home use the bus?")
	direct.presses(t, flows.VerbAnswer, own.KindScale)
	direct.presses(t, flows.VerbSkip)
	direct.presses(t, flows.VerbSkip)
	list := whispered(t, direct.commands(t, "question", "1.1.3"))
	mustSay(t, list, "Our own question 2: How many people coming home use the bus?")
	if strings.Contains(list, "offenders") {
		t.Error("the words that were changed are still there")
	}

	rosa.commands(t, "ask", "1.1.3")
	rosa.presses(t, flows.VerbNext)
	mustSay(t, rosa.sees(), "How many people coming home use the bus?", "A question of our own coalition.")
	ana.presses(t, flows.VerbMore)
	mustSay(t, whispered(t, *ana.last), "How many people coming home use the bus? (en inglés)", "Esta pregunta es de nuestra propia coalición")
	ana.presses(t, flows.VerbForm)
	ana.submits(t, "", "4")
	rosa.presses(t, flows.VerbNext)
	if r := only[flows.Result](t, h, flows.KindResult); r.Questions != 2 || r.Answers != 1 {
		t.Errorf("%+v", r)
	}
	for _, r := range h.records(t, flows.KindFlow) {
		if strings.Contains(string(r.Data), "use the bus") {
			t.Error("a pinned definition holds what somebody typed")
		}
	}
}

func TestOwnQuestionTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, ana := h.on("rosa").in(council), h.on("james").in(council), h.on("ana").in(council)
	rosa.commands(t, "help", "")
	james.addsQuestion(t, "Who waits at the gate?", own.KindText)
	mustSay(t, whispered(t, james.commands(t, "me", "")), "You wrote 1 of our own questions")
	rosa.commands(t, "ask", "1.1.3")

	if say := whispered(t, ana.commands(t, "agregar", "1.1.3")); strings.Contains(say, "Borrar las palabras de una") {
		t.Error("somebody else is offered to erase it")
	}
	james.commands(t, "question", "1.1.3")
	erase := james.press(t, flows.VerbOwn, "o1", "erase")
	stolen := ana.inbound()
	stolen.Press = erase.Press
	mustSay(t, whispered(t, ana.does(t, stolen)), "coordina")
	if q := only[own.Question](t, h, flows.KindOwn); q.Removed {
		t.Fatal("somebody else erased it")
	}
	james.does(t, erase)
	mustSay(t, whispered(t, *james.last), "Its words are erased everywhere")
	rosa.presses(t, flows.VerbNext) // the round under way still has the question, and no words for it
	mustSay(t, rosa.sees(), "[withdrawn]")
	if everything := h.everything(t); strings.Contains(everything, "Who waits at the gate?") {
		t.Error("the words are still stored")
	}
	mustSay(t, whispered(t, rosa.commands(t, "question", "1.1.3")), "There are none yet.")
	mustSay(t, whispered(t, james.commands(t, "question", "")), "Which activity should your question be part of?")
}

func TestOwnQuestionsHaveALimit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	rosa.commands(t, "help", "")
	for range own.Max {
		rosa.addsQuestion(t, "Who waits at the gate?", own.KindText)
	}
	if say := whispered(t, rosa.commands(t, "question", "1.1.3")); strings.Contains(say, "[Add our own question]") {
		t.Error("an eleventh is offered")
	}
	late := rosa.inbound()
	late.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbOwn, Object: "1-1-3", Node: "add"}.String()}
	mustSay(t, whispered(t, rosa.does(t, late)), "Remove one first")
}
