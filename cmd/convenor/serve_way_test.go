package main

import (
	"strings"
	"testing"
	"time"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// added has the coordinator invite Convenor to the channel: one post with three choices, and not one private message to
// anybody before a press. A member tries the sample meanwhile, and nothing comes of it.
func (p people) added() {
	p.t.Helper()
	p.fake.Remove("C1", slackfake.BotUser)
	p.does(func() *slackfake.Act { return p.fake.Invite("U1", "C1") })
	hello := p.sees(p.word("menu.hello-what"))
	for _, choice := range []string{"setup.sample", "setup.begin", "setup.about"} {
		if !strings.Contains(hello.Shown(), "["+p.word(choice)+"]") {
			p.t.Errorf("there is no %s in\n%s", choice, hello.Shown())
		}
	}
	if n := strings.Count(hello.Shown(), "["); n != 3 {
		p.t.Errorf("%d choices", n)
	}
	p.presses("U1", hello, p.word("setup.about"))
	p.hears("U1", p.word("about.title"))
	p.presses("U2", hello, p.word("setup.sample"))
	p.presses("U2", p.hears("U2", p.word("sample.q1")), p.word("sample.partly"))
	p.presses("U2", p.hears("U2", p.word("sample.q2")), p.word("sample.ride"))
	p.hears("U2", p.word("sample.minutes"))
	p.presses("U3", hello, p.word("setup.begin"))
	p.hears("U3", p.word("error.denied.coordinator"))
	if n := len(p.fake.Messages("C1")); n != 1 {
		p.t.Errorf("%d posts in the channel", n)
	}
	for _, user := range []string{"U1", "U2", "U3"} {
		if dms := p.fake.DMs(user); len(dms) != 0 {
			p.t.Errorf("%s was written to unasked: %s", user, dms[0].Shown())
		}
	}
}

// setUp has the coordinator answer the six questions that the post in the channel leads to: paused after two, killed,
// and gone on with.
func (p people) setUp() {
	p.t.Helper()
	p.presses("U1", p.sees(p.word("menu.hello-what")), p.word("setup.begin"))
	p.reads("U1", p.asked("setup", "name"))
	p.writes("U1", "Lake County Reentry")
	zone := p.reads("U1", p.asked("setup", "zone"))
	p.does(func() *slackfake.Act {
		return p.fake.Pick("U1", zone, p.word("run.choose"), p.option("setup", "zone", "central"))
	})
	p.chooses("U1", p.asked("setup", "language"), p.word("run.pause"))
	p.reads("U1", p.word("run.paused"))
	p.kill()
	p.start()
	p.wait(p.clock(p.soon()).Add(settle))
	p.does(func() *slackfake.Act { return p.fake.Command("U1", "C1", "/coalition resume") })
	spoken := map[flows.Locale]string{flows.English: "english", flows.Spanish: "spanish"}[p.locale]
	p.chooses("U1", p.asked("setup", "language"), p.option("setup", "language", spoken))
	p.chooses("U1", p.asked("setup", "coordinator"), p.word("run.skip"))
	p.chooses("U1", p.asked("setup", "hours"), p.option("setup", "hours", "week"))
	p.chooses("U1", p.asked("setup", "home"), p.option("setup", "home", "here"))
	for _, kept := range []string{p.word("setup.done"), "Lake County Reentry", "America/Chicago"} {
		p.reads("U1", kept)
	}
	p.sees(p.word("setup.ready"))
}

// round has the coordinator ask the channel and two members answer.
func (p people) round() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U1", "C1", "/coalition") })
	menu := p.hears("U1", p.word("menu.title"))
	p.presses("U1", menu, p.word("menu.ask"))
	which := p.hears("U1", p.word("menu.ask-which"))
	var option string
	for _, a := range p.pack.Activities() {
		if a.ID == "2.3.3" {
			option = a.ID + " " + a.Title[p.locale]
		}
	}
	p.does(func() *slackfake.Act {
		return p.fake.Pick("U1", which, p.word("menu.activity-pick"), option)
	})
	p.presses("U1", p.hears("U1", p.word("round.first")), p.word("round.lead-me"))
	for i, q := range []string{"q1", "q2", "q3"} {
		question := p.sees(p.asked("round-2.3.3", q))
		p.answers("U2", question, q)
		if i == 2 { // the last one is written in the question's thread
			p.does(func() *slackfake.Act { return p.fake.Reply("U3", question, "Answer q3 of U3") })
			p.hears("U3", p.word("round.unseen"))
		} else {
			p.answers("U3", question, q)
		}
		label := p.word("round.next")
		if i == 2 {
			label = p.word("round.finish")
		}
		p.presses("U1", question, label)
		told := p.sees(": “Answer " + q + " of U2")
		if shown := told.Shown(); told.Thread != question.TS || !strings.Contains(shown, ": “Answer "+q+" of U3") {
			p.t.Errorf("in the thread of %q, not of its question %q:\n%s", told.Thread, question.TS, shown)
		}
	}
	p.sees(p.word("round.next-steps"))
}

// answers has somebody answer a question of the round in its form.
func (p people) answers(user string, question slackfake.Message, q string) {
	p.t.Helper()
	p.presses(user, question, p.word("run.answer"))
	if _, err := p.fake.AwaitView(p.soon(), user, p.label("round-2.3.3", q)); err != nil {
		p.t.Fatal(err)
	}
	p.does(func() *slackfake.Act {
		return p.fake.Submit(user, map[string][]string{p.label("round-2.3.3", q): {"Answer " + q + " of " + user}})
	})
	p.hears(user, strings.SplitN(p.word("round.saved"), ".", 2)[0])
}

// signUp has a member sign up as a messenger, in a direct message.
func (p people) signUp() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U2", "C1", "/coalition signup") })
	p.presses("U2", p.hears("U2", p.word("menu.signup-which")), p.word("menu.messenger"))
	for _, a := range []struct{ node, text string }{{"name", "Marcus"}, {"reach", "Text me"}} {
		p.reads("U2", p.asked("messenger", a.node))
		p.writes("U2", a.text)
	}
	level := p.reads("U2", p.asked("messenger", "level"))
	p.does(func() *slackfake.Act {
		return p.fake.Pick("U2", level, p.word("run.choose"), p.option("messenger", "level", "speak"))
	})
	methods := p.reads("U2", p.asked("messenger", "methods"))
	p.presses("U2", methods, p.word("run.answer"))
	if _, err := p.fake.AwaitView(p.soon(), "U2", p.label("messenger", "methods")); err != nil {
		p.t.Fatal(err)
	}
	p.does(func() *slackfake.Act {
		return p.fake.Submit("U2", map[string][]string{p.label("messenger", "methods"): {
			p.option("messenger", "methods", "direct"), p.option("messenger", "methods", "media"),
		}})
	})
	p.reads("U2", p.asked("messenger", "area"))
	p.writes("U2", "The north side")
	agree := p.reads("U2", p.asked("messenger", "agree"))
	p.presses("U2", agree, p.word("run.yes"))
	p.reads("U2", p.word("signup.messenger"))
}

// signUpByForm has another member sign up in one form, opened from the menu.
func (p people) signUpByForm() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U3", "C1", "/coalition") })
	p.presses("U3", p.hears("U3", p.word("menu.title")), p.word("menu.messenger"))
	p.chooses("U3", p.asked("messenger", "name"), p.word("run.page"))
	if _, err := p.fake.AwaitView(p.soon(), "U3", p.label("messenger", "area")); err != nil {
		p.t.Fatal(err)
	}
	filled := map[string][]string{
		p.label("messenger", "name"): {"Ana"}, p.label("messenger", "reach"): {"Text me"},
		p.label("messenger", "level"):   {p.option("messenger", "level", "share")},
		p.label("messenger", "methods"): {p.option("messenger", "methods", "social"), p.option("messenger", "methods", "in-person")},
		p.label("messenger", "area"):    {"The south side"},
	}
	p.does(func() *slackfake.Act { return p.fake.Submit("U3", filled) })
	p.chooses("U3", p.asked("messenger", "agree"), p.word("run.yes"))
	thanks := p.reads("U3", p.word("signup.messenger"))
	for _, kept := range []string{"Text me", "The south side", p.word("signup.level.share")} {
		if !strings.Contains(thanks.Shown(), kept) {
			p.t.Errorf("%q is not in\n%s", kept, thanks.Shown())
		}
	}
}

// step has the coordinator make a step of what a member wrote in the channel, due in eight days: the form gives back
// what cannot be taken, with all that was typed. The member who could lead it is not written to before taking it, and
// everybody's home tab follows.
func (p people) step() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.OpenHome("U2") })
	p.shows("U2", p.word("home.next-none"))
	said := slackfake.Message{Channel: "C1", User: "U3", TS: "1764000000.000200", Text: "Visit each council member"}
	p.does(func() *slackfake.Act { return p.fake.MessageShortcut("U1", said, "save-step") })
	p.chooses("U1", p.asked("step", "goal"), p.word("run.page"))
	goal, due := p.label("step", "goal"), p.label("step", "due")
	if _, err := p.fake.AwaitView(p.soon(), "U1", due); err != nil {
		p.t.Fatal(err)
	}
	today := p.clock(p.soon()).In(chicago(p.t))
	p.does(func() *slackfake.Act {
		return p.fake.Submit("U1", map[string][]string{
			goal: {"Two more case managers"}, p.label("step", "lead"): {"U2"}, due: {today.AddDate(0, 0, -3).Format(time.DateOnly)},
		})
	})
	p.reads("U1", "Two more case managers") // what can be taken is kept
	if v, open := p.fake.View("U1"); open && !p.http {
		picture(p.t, p.locale, "form", pane{Title: v.Title, Blocks: v.Blocks, Submit: v.Submit, Errors: v.Errors})
	}
	p.fake.CloseView("U1") // else the next form is waited for and this one, with the same field, is seen
	p.chooses("U1", p.asked("step", "due"), p.word("run.answer"))
	if _, err := p.fake.AwaitView(p.soon(), "U1", due); err != nil {
		p.t.Fatal(err)
	}
	p.does(func() *slackfake.Act {
		return p.fake.Submit("U1", map[string][]string{due: {today.AddDate(0, 0, 8).Format(time.DateOnly)}})
	})
	offer := p.sees(p.word("step.button.take"))
	if !strings.Contains(offer.Shown(), "Visit each council member") {
		p.t.Errorf("offered is\n%s", offer.Shown())
	}
	for _, m := range p.fake.DMs("U2") {
		if strings.Contains(m.Shown(), "Visit each") {
			p.t.Error("the lead was written to before taking the step")
		}
	}
	p.presses("U2", offer, p.word("step.button.take"))
	p.reads("U2", p.word("step.yours"))
	p.shows("U2", p.word("home.next-step"))
	p.permalink()
}

// permalink follows the way from the plan back to the message that the step was made of.
func (p people) permalink() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U3", "C1", "/coalition plan") })
	look := p.word("plan.look") + " Visit each council member"
	p.presses("U3", p.hears("U3", look), look)
	step := p.hears("U3", p.word("plan.step"))
	const want = "https://fake.slack.com/archives/C1/p1764000000000200"
	for _, b := range step.Blocks {
		for _, e := range b.Elements {
			if e.URL == want {
				return
			}
		}
	}
	p.t.Errorf("no way back to the message from\n%s", step.Shown())
}

// shows waits for a person's home tab to show part.
func (p people) shows(user, part string) {
	p.t.Helper()
	if _, err := p.fake.AwaitHome(p.soon(), user, part); err != nil {
		p.t.Fatal(err)
	}
}

// nudges moves the clock beyond the due date: each reminder comes once, and after Done there is silence.
func (p people) nudges() {
	p.t.Helper()
	done := p.word("step.button.done")
	count := func() int {
		n := 0
		for _, m := range p.fake.DMs("U2") {
			if strings.Contains(m.Shown(), p.word("nudge.button.tomorrow")) {
				n++
			}
		}
		return n
	}
	home, err := time.LoadLocation("America/Los_Angeles") // the lead's
	if err != nil {
		p.t.Fatal(err)
	}
	today := p.clock(p.soon()).In(chicago(p.t)) // "in eight days" was said in Chicago
	for i, before := range []int{7, 1, 0} {
		nine := time.Date(today.Year(), today.Month(), today.Day()+8-before, 9, 0, 0, 0, home)
		p.wait(nine.Add(-time.Minute))
		if got := count(); got != i {
			p.t.Fatalf("%d reminders a minute before the next one", got)
		}
		p.wait(nine.Add(time.Second))
		if err := p.fake.Await(p.soon(), "the next reminder", func() bool { return count() > i }); err != nil {
			p.t.Fatal(err)
		}
	}
	last := p.reads("U2", p.word("nudge.button.tomorrow"))
	p.presses("U2", last, done)
	p.reads("U2", p.word("step.thanks"))
	p.shows("U2", p.word("home.next-none"))
	sent := count()
	p.wait(p.clock(p.soon()).AddDate(0, 0, 20))
	if got := count(); got != sent {
		p.t.Errorf("%d reminders after Done", got-sent)
	}
}

func chicago(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
