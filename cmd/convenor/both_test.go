package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"convenor/bot/discord/discordfake"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/flows/when"
	"convenor/store/redistest"
)

// TestOneCoalitionTwoPlatforms runs one process in a Slack workspace and on a Discord server that a code joins to one
// coalition: a round asked in both is one run with one set of answers and one count; who has an account on both counts
// once and is reminded once, where they prefer; a sign-up on Discord shows in the coordinator's Slack home at once.
func TestOneCoalitionTwoPlatforms(t *testing.T) {
	t.Parallel()
	o := bareOffice(t, redistest.Start(t).URL())
	o.fake = slackfake.Start(t, slackfake.Config{})
	for id, name := range map[string]string{"U1": "Rosa Delgado", "U3": "Ana Reyes"} {
		o.fake.AddUser(slackfake.User{ID: id, Name: name, Zone: "America/Chicago", Locale: "en-US"})
	}
	o.fake.AddChannel("C1", "council", slackfake.BotUser, "U1", "U3")
	bot, app := o.fake.Tokens()
	o.env = append(o.env, "SLACK_BOT_TOKEN="+bot, "SLACK_APP_TOKEN="+app, "SLACK_API_URL="+o.fake.APIURL())
	f := join(t, o, true, discordfake.User{ID: rosa, Name: "Rosa", Locale: "en-US"}, discordfake.User{ID: marcus, Name: "Marcus Bell", Locale: "en-US"})
	o.open()
	arrive(t, o, f, true)
	c := club{people{o, flows.English}, f}
	c.linked()
	c.oneRound()
	c.shownAtHome()
	c.remindedOnce()
}

// code asks for a linking code in Slack.
func (c club) code() string {
	c.t.Helper()
	c.does(func() *slackfake.Act { return c.fake.Command("U1", "C1", "/coalition link") })
	shown := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(c.hears("U1", c.word("link.careful")).Shown())
	if shown == "" {
		c.t.Fatal("no code was shown")
	}
	return shown
}

// linked joins the server to the coalition of the workspace, and Rosa's account there to her account here.
func (c club) linked() {
	c.t.Helper()
	c.does(func() *slackfake.Act { return c.fake.Command("U1", "C1", "/coalition") })
	c.hears("U1", c.word("menu.title"))
	c.acts(c.server.Command(rosa, commons, "link", map[string]string{"code": c.code()}))
	c.whispered(rosa, c.word("link.place-done"))
	c.acts(c.server.Command(rosa, commons, "link", map[string]string{"code": c.code()}))
	joined := c.whispered(rosa, c.word("link.person-done"))
	c.pushes(rosa, joined, c.word("link.prefer-discord"))
	c.whispered(rosa, c.word("link.prefer-set"))
}

// oneRound asks one activity in both places.
func (c club) oneRound() {
	c.t.Helper()
	c.does(func() *slackfake.Act { return c.fake.Command("U1", "C1", "/coalition ask 2.3.3") })
	here := c.sees(c.asked("round-2.3.3", "q1"))
	c.acts(c.server.Command(rosa, commons, "ask", map[string]string{"activity": "2.3.3"}))
	c.whispered(rosa, c.word("round.also"))
	there := c.posted(c.asked("round-2.3.3", "q1"))
	inSlack := func(user, text string) {
		c.presses(user, here, c.word("run.answer"))
		if _, err := c.fake.AwaitView(c.soon(), user, c.label("round-2.3.3", "q1")); err != nil {
			c.t.Fatal(err)
		}
		c.does(func() *slackfake.Act {
			return c.fake.Submit(user, map[string][]string{c.label("round-2.3.3", "q1"): {text}})
		})
		c.hears(user, c.word("round.saved"))
	}
	onDiscord := func(user, text string) {
		c.pushes(user, there, c.word("run.answer"))
		c.sends(user, map[string]string{field(c.form(user, c.label("round-2.3.3", "q1"))): text})
		c.whispered(user, c.word("round.saved"))
	}
	inSlack("U3", "Said by Ana in Slack")
	onDiscord(marcus, "Said by Marcus on Discord")
	inSlack("U1", "Rosa thinks first")
	onDiscord(rosa, "Rosa thinks again")
	if err := c.fake.Await(c.soon(), "the count in Slack", func() bool {
		return strings.Contains(c.sees(c.asked("round-2.3.3", "q1")).Shown(), "3 answers so far")
	}); err != nil {
		c.t.Fatal(err)
	}
	c.posted("3 answers so far")
	for i, q := range []string{"q1", "q2", "q3"} {
		label := c.word("round.next")
		if i == 2 {
			label = c.word("round.finish")
		}
		c.pushes(rosa, c.posted(c.asked("round-2.3.3", q)), label)
	}
	c.sees(c.word("round.next-steps"))
	c.posted(c.word("round.next-steps"))
	var slack, discord strings.Builder
	for _, m := range c.fake.Messages("C1") {
		slack.WriteString(m.Shown() + "\n")
	}
	for _, m := range c.server.Messages(commons) {
		discord.WriteString(m.Shown() + "\n")
	}
	for where, text := range map[string]string{"Slack": slack.String(), "Discord": discord.String()} {
		for _, said := range []string{"Said by Ana in Slack", "Said by Marcus on Discord", "Rosa thinks again"} {
			if strings.Count(text, said) != 1 {
				c.t.Errorf("%q stands %d times in %s", said, strings.Count(text, said), where)
			}
		}
		if strings.Contains(text, "Rosa thinks first") {
			c.t.Errorf("one person counts twice in %s", where)
		}
	}
}

// shownAtHome has a volunteer sign up on Discord while the coordinator's home is open in Slack.
func (c club) shownAtHome() {
	c.t.Helper()
	c.does(func() *slackfake.Act { return c.fake.OpenHome("U1") })
	c.acts(c.server.Command(marcus, commons, "signup", map[string]string{"way": "messenger"}))
	c.pushes(marcus, c.told(marcus, c.asked("messenger", "name")), c.word("run.page"))
	c.form(marcus, c.label("messenger", "name"))
	c.sends(marcus, map[string]string{"name": "Marcus", "reach": "Text me", "level": "speak", "methods": "direct", "area": "North"})
	c.pushes(marcus, c.told(marcus, c.asked("messenger", "agree")), c.word("run.yes"))
	c.told(marcus, c.word("signup.messenger"))
	if err := c.fake.Await(c.soon(), "the sign-up in the home", func() bool {
		home, open := c.fake.Home("U1")
		return open && strings.Contains(home.Shown(), "1 messenger") && strings.Contains(home.Shown(), "Marcus Bell")
	}); err != nil {
		c.t.Fatal(err)
	}
}

// remindedOnce has Rosa, who has an account on both, take a step and be reminded of it on Discord alone.
func (c club) remindedOnce() {
	c.t.Helper()
	due := when.AddDays(when.Today(c.clock(c.soon()), time.UTC), 8)
	c.acts(c.server.Command(rosa, commons, "step", map[string]string{"what": "Visit the council", "goal": "More homes", "by": due}))
	c.pushes(rosa, c.posted("Visit the council"), c.word("step.button.take"))
	c.told(rosa, c.word("step.yours"))
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		c.t.Fatal(err)
	}
	week, err := time.ParseInLocation(time.DateOnly, when.AddDays(due, -7), chicago)
	if err != nil {
		c.t.Fatal(err)
	}
	c.wait(week.Add(9*time.Hour + time.Minute))
	if err := c.server.Await(c.soon(), "a reminder", func() bool { return c.reminders(rosa) == 1 }); err != nil {
		c.t.Fatal(err)
	}
	for _, m := range c.fake.DMs("U1") {
		if strings.Contains(m.Shown(), c.word("nudge.button.tomorrow")) {
			c.t.Errorf("reminded in Slack, too:\n%s", m.Shown())
		}
	}
}
