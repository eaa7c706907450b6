package bot_test

import (
	"strings"
	"testing"

	"convenor/bot"
	"convenor/content"
	"convenor/flows"
	"convenor/flows/progress"
)

// linesMax is how many paragraphs one message of the activities has at most: a telephone's screen.
const linesMax = 12

func TestActivitiesFromRecords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	say := whispered(t, rosa.commands(t, "activities", ""))
	mustSay(t, say, "0 of 23 activities done", "Next best step: 1.1.1 Build the table", "Nothing has to come before it",
		"1.1 Driving Systems Change: 0 of 3 done", "[Start here: Build the table]", "1.1.1 Build the table (not begun)")

	rosa.presses(t, flows.VerbAsk, "1.1.1")
	rosa.presses(t, flows.VerbAsk, "lead")
	mustSay(t, whispered(t, rosa.commands(t, "activities", "")), "1 under way", "Now: Build the table, in this channel: 0 of",
		"You have begun it", "[Go on: Build the table]")
	elsewhere := h.on("james").in("jobs")
	mustSay(t, whispered(t, elsewhere.commands(t, "activities", "")), "Now: Build the table, in another channel", "[Look: Build the table]")
	elsewhere.presses(t, flows.VerbMenu, "1-1-1")
	mustSay(t, whispered(t, *elsewhere.last), "Under way in another channel")

	james := h.on("james").in(council)
	james.presses(t, flows.VerbForm)
	james.submits(t, "the jail and the clinic")
	for range 20 {
		if run := only[flows.Run](t, h, flows.KindRun); run.State == flows.StateDone {
			break
		}
		rosa.presses(t, flows.VerbNext)
	}
	if r := only[flows.Result](t, h, flows.KindResult); r.Activity != "1.1.1" || r.Answers != 1 || r.Questions == 0 || !r.Group {
		t.Errorf("%+v", r)
	}
	mustSay(t, whispered(t, rosa.commands(t, "activities", "")), "1 of 23 activities done", "Next best step: 1.1.2 Draw how people come home",
		"What it builds on is there", "1.1 Driving Systems Change: 1 of 3 done")
	mustSay(t, whispered(t, rosa.commands(t, "activities", "1.1.1")), "Done on Monday, March 2", "Last round: Monday, March 2, 1 answer", "[Ask this channel]")
}

func TestActivityAnsweredAloneIsBegun(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.on("rosa").commands(t, "help", "")
	james := h.on("james")
	mustSay(t, whispered(t, james.commands(t, "activities", "")), "[Answer by myself: Build the table]")
	james.presses(t, flows.VerbStart, "1-1-1")
	james.types(t, "the jail")
	for range 20 {
		if run := only[flows.Run](t, h, flows.KindRun); run.State == flows.StateDone {
			break
		}
		james.presses(t, flows.VerbSkip)
	}
	mustSay(t, whispered(t, james.commands(t, "activities", "1-1-1")), "1 person answered alone. The group has not talked about it yet.")
	mustSay(t, whispered(t, james.commands(t, "activities", "")), "0 of 23", "Some people answered it already")
}

func TestMarkAnActivity(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, ana := h.on("rosa").in(council), h.on("ana").in(council)
	say := whispered(t, rosa.commands(t, "activities", "1.1.2"))
	mustSay(t, say, "1.1.2 Draw how people come home", "A map of how people leave", "Builds on 1.1.1 Build the table (not begun)",
		"You can still begin.", "Toolkit page: Create a reentry map", "[Mark as done]", "[Not for us]")
	rosa.presses(t, flows.VerbMark, "skipped")
	mustSay(t, whispered(t, *rosa.last), "Not for us, since Monday, March 2.", "Rosa Delgado marked it.", "[Take the mark back]")
	if m := only[progress.Mark](t, h, flows.KindMark); m.Activity != "1.1.2" || m.State != progress.Skipped {
		t.Errorf("%+v", m)
	}
	seen := whispered(t, ana.commands(t, "actividades", ""))
	mustSay(t, seen, "0 de 23 actividades hechas, 0 en marcha, 1 que no son para nosotros", "1.1.2 Dibujar cómo se vuelve a casa (no es para nosotros)")
	if strings.Contains(whispered(t, ana.commands(t, "actividades", "1.1.2")), "[Quitar la marca]") {
		t.Error("a member is offered to take a mark back")
	}

	undo := rosa.press(t, flows.VerbMark, "", "new")
	stolen := ana.inbound()
	stolen.Press = undo.Press
	ana.does(t, stolen)
	if len(h.records(t, flows.KindMark)) != 1 {
		t.Fatal("a member took the mark back")
	}
	rosa.does(t, undo)
	if len(h.records(t, flows.KindMark)) != 0 {
		t.Fatal("the mark is still there")
	}
	mustSay(t, whispered(t, *rosa.last), "Not begun yet.")
}

func TestActivitiesStayShort(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"rosa", "ana"} {
		a := h.on(user).in(council)
		look := []string{"", "1.1", "1.2", "1.3", "2.1", "2.2", "2.3"}
		for _, activity := range pack.Activities() {
			look = append(look, activity.ID)
		}
		for _, which := range look {
			answer := a.commands(t, "activities", which)
			if answer.Whisper == nil || len(answer.Whisper.Blocks) > linesMax {
				t.Errorf("%s %q: %d lines", user, which, len(answer.Whisper.Blocks))
			}
			short(t, *answer.Whisper)
		}
	}
}

// short fails when words were cut.
func short(t *testing.T, m bot.Message) {
	t.Helper()
	if strings.Contains(m.Plain(), "…") {
		t.Errorf("something was cut:\n%s", m.Plain())
	}
}
