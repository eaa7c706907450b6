package main

import (
	"strings"
	"testing"
	"time"

	"convenor/bot/discord/discordfake"
	"convenor/flows"
	"convenor/flows/when"
	"convenor/store/redistest"
)

// TestServeDiscord is the whole way on Discord: the real binary, interactions over the gateway or signed requests over real
// HTTP, a real Redis, in both languages. Convenor is added to a server and set up there; a round; a sign-up by a paged
// form that is closed half-way and gone on with; a step named in one command with a suggested day, taken, nudged by the
// rehearsal clock and done.
func TestServeDiscord(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		locale flows.Locale
		http   bool
	}{
		"gateway en": {flows.English, false}, "gateway es": {flows.Spanish, false},
		"HTTP en": {flows.English, true}, "HTTP es": {flows.Spanish, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code := map[flows.Locale]string{flows.English: "en-US", flows.Spanish: "es-419"}[tt.locale]
			member := func(id, name string) discordfake.User { return discordfake.User{ID: id, Name: name, Locale: code} }
			c := openClub(t, tt.locale, tt.http, redistest.Start(t).URL(), member(rosa, "Rosa Delgado"), member(marcus, "Marcus Bell"), member(ana, "Ana Reyes"))
			c.added(code)
			c.setUp()
			c.round()
			c.signUp()
			due := c.step()
			c.nudges(due)
			c.quietly()
		})
	}
}

// added greets the server once, with three choices and not one private message.
func (c club) added(locale string) {
	c.t.Helper()
	c.server.Join(commons, locale)
	hello := c.posted(c.word("menu.hello-what"))
	for _, choice := range []string{"setup.sample", "setup.begin", "setup.about"} {
		if !strings.Contains(c.labels(hello), "["+c.word(choice)+"]") {
			c.t.Errorf("there is no %s in %s", choice, c.labels(hello))
		}
	}
	c.server.Join(commons, locale)
	c.pushes(rosa, hello, c.word("setup.about"))
	c.whispered(rosa, c.word("about.title"))
	if n := len(c.server.Messages(commons)); n != 1 {
		c.t.Errorf("%d posts in the channel", n)
	}
	for _, user := range []string{rosa, marcus, ana} {
		if n := len(c.server.Messages(discordfake.DMChannel(user))); n != 0 {
			c.t.Errorf("%s was written to unasked", user)
		}
	}
}

// labels are the buttons of a message.
func (club) labels(m discordfake.Message) string {
	var all strings.Builder
	for _, b := range m.Controls() {
		all.WriteString("[" + b.Named() + "]")
	}
	return all.String()
}

// setUp has the coordinator answer by two forms what the post in the channel leads to, and say what time it is.
func (c club) setUp() {
	c.t.Helper()
	c.pushes(rosa, c.posted(c.word("menu.hello-what")), c.word("setup.begin"))
	clock := c.whispered(rosa, "America/New_York")
	for _, b := range clock.Controls() {
		if strings.Contains(b.Named(), "Chicago") {
			c.pushes(rosa, clock, b.Named())
		}
	}
	c.whispered(rosa, "America/Chicago")
	c.pushes(rosa, c.told(rosa, c.asked("setup", "name")), c.word("run.page"))
	c.form(rosa, c.label("setup", "name"))
	c.sends(rosa, map[string]string{"name": "Lake County Reentry", "zone": "same", "language": c.language(), "hours": "week"})
	home := c.told(rosa, c.asked("setup", "home"))
	c.pushes(rosa, home, c.option("setup", "home", "here"))
	c.told(rosa, "Lake County Reentry")
	done := c.posted(c.word("setup.ready"))
	if !strings.Contains(done.Shown(), "America/Chicago") {
		c.t.Errorf("the zone is not named:\n%s", done.Shown())
	}
}

func (c club) language() string {
	return map[flows.Locale]string{flows.English: "english", flows.Spanish: "spanish"}[c.locale]
}

// round has the coordinator ask the channel about an activity that is suggested, and two volunteers answer.
func (c club) round() {
	c.t.Helper()
	c.acts(c.server.Command(rosa, commons, "ask", map[string]string{"activity": c.only(c.offered(rosa, "ask", "activity", "2.3.3"))}))
	for i, q := range []string{"q1", "q2", "q3"} {
		question := c.posted(c.asked("round-2.3.3", q))
		for _, user := range []string{marcus, ana} {
			c.pushes(user, question, c.word("run.answer"))
			m := c.form(user, c.label("round-2.3.3", q))
			c.sends(user, map[string]string{field(m): "Answer " + q + " of " + user})
			c.whispered(user, strings.SplitN(c.word("round.saved"), ".", 2)[0])
		}
		label := c.word("round.next")
		if i == 2 {
			label = c.word("round.finish")
		}
		c.pushes(rosa, c.posted(c.asked("round-2.3.3", q)), label)
		c.posted("Answer " + q + " of " + marcus)
		c.posted("Answer " + q + " of " + ana)
	}
	c.posted(c.word("round.next-steps"))
}

// field is the one input of a form.
func field(m discordfake.Modal) string {
	for _, l := range m.Components {
		if l.Component != nil {
			return l.Component.CustomID
		}
	}
	return ""
}

// signUp has a volunteer fill in a form of five questions, one of them with nothing but a space, close what comes back
// half-way, and go on later: what was filled in well is kept.
func (c club) signUp() {
	c.t.Helper()
	c.acts(c.server.Command(marcus, commons, "signup", map[string]string{"way": "messenger"}))
	clock := c.whispered(marcus, c.word("menu.sent"))
	for _, b := range clock.Controls() {
		if strings.Contains(b.Named(), c.word("zone.place.pacific")) {
			c.pushes(marcus, clock, b.Named())
		}
	}
	c.whispered(marcus, "America/Los_Angeles")
	c.pushes(marcus, c.told(marcus, c.asked("messenger", "name")), c.word("run.page"))
	c.form(marcus, c.label("messenger", "name"))
	c.sends(marcus, map[string]string{"name": " ", "reach": "Text me at noon", "level": "speak", "methods": "direct,media", "area": "The north side"})
	mend := c.whispered(marcus, c.word("discord.typed"))
	c.pushes(marcus, mend, c.word("discord.mend"))
	c.form(marcus, c.label("messenger", "name"))
	c.server.CloseModal(marcus)
	c.acts(c.server.Command(marcus, commons, "resume", nil))
	c.told(marcus, "Text me at noon")
	c.acts(c.server.Write(marcus, "", "Marcus B. of the north"))
	c.pushes(marcus, c.told(marcus, c.asked("messenger", "agree")), c.word("run.yes"))
	c.told(marcus, c.word("signup.messenger"))
	c.acts(c.server.Command(marcus, commons, "me", nil))
	for _, kept := range []string{"Text me at noon", "The north side", "Marcus B. of the north", c.option("messenger", "level", "speak")} {
		c.whispered(marcus, kept)
	}
}

// step has the coordinator name a step in one command, with a suggested person and a suggested day, and the volunteer
// take it. It returns the day.
func (c club) step() (due string) {
	c.t.Helper()
	typed := map[flows.Locale]string{flows.English: "next friday", flows.Spanish: "próximo viernes"}[c.locale]
	for name, value := range c.offered(rosa, "step", "by", typed) {
		if !strings.Contains(strings.ToLower(name), map[flows.Locale]string{flows.English: "friday", flows.Spanish: "viernes"}[c.locale]) {
			c.t.Errorf("for %q it suggests %q", typed, name)
		}
		due = max(due, value)
	}
	c.acts(c.server.Command(rosa, commons, "step", map[string]string{
		"what": "Visit each council member", "goal": "Two more case managers", "lead": c.only(c.offered(rosa, "step", "lead", "marc")), "by": due,
	}))
	offer := c.posted("Visit each council member")
	for _, m := range c.server.Messages(discordfake.DMChannel(marcus)) {
		if strings.Contains(m.Shown(), "Visit each") {
			c.t.Error("the lead was written to before taking the step")
		}
	}
	c.pushes(marcus, offer, c.word("step.button.take"))
	yours := c.told(marcus, c.word("step.yours"))
	if !strings.Contains(yours.Shown(), "America/Los_Angeles") {
		c.t.Errorf("the zone is not named:\n%s", yours.Shown())
	}
	if id := c.only(c.offered(ana, "plan", "step", "council")); id == "" {
		c.t.Error("the step is not suggested")
	}
	return due
}

// nudges moves the clock beyond the due date: each reminder comes once at nine where its lead is, and after Done there is
// silence.
func (c club) nudges(due string) {
	c.t.Helper()
	for i, before := range []int{7, 1, 0} {
		nine := c.nine(when.AddDays(due, -before))
		c.wait(nine.Add(-time.Minute))
		if got := c.reminders(marcus); got != i {
			c.t.Fatalf("%d reminders a minute before the next one\n%s", got, c.server.Picture())
		}
		c.wait(nine.Add(time.Second))
		if err := c.server.Await(c.soon(), "the next reminder", func() bool { return c.reminders(marcus) > i }); err != nil {
			c.t.Fatal(err)
		}
	}
	c.pushes(marcus, c.told(marcus, "Visit each council member"), c.word("step.button.done"))
	c.told(marcus, c.word("step.thanks"))
	sent := c.reminders(marcus)
	c.wait(c.clock(c.soon()).AddDate(0, 0, 20))
	if got := c.reminders(marcus); got != sent {
		c.t.Errorf("%d reminders after Done", got-sent)
	}
}
