package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot/discord/discordfake"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/store/redistest"
)

// TestEverybodyReadsTheirOwnClock: a round that nobody leads tells a channel in Slack and one on Discord when its question
// closes, as one instant that each client shows by its reader's clock; who only hears it is told the zone.
func TestEverybodyReadsTheirOwnClock(t *testing.T) {
	t.Parallel()
	o := bareOffice(t, redistest.Start(t).URL())
	o.fake = slackfake.Start(t, slackfake.Config{})
	o.fake.AddUser(slackfake.User{ID: "U1", Name: "Rosa Delgado", Zone: "America/Chicago", Locale: "en-US"})
	o.fake.AddChannel("C1", "council", slackfake.BotUser, "U1")
	bot, app := o.fake.Tokens()
	o.env = append(o.env, "SLACK_BOT_TOKEN="+bot, "SLACK_APP_TOKEN="+app, "SLACK_API_URL="+o.fake.APIURL())
	f := join(t, o, true, discordfake.User{ID: rosa, Name: "Rosa", Locale: "en-US"})
	o.open()
	arrive(t, o, f, true)
	c := club{people{o, flows.English}, f}
	c.linked()

	c.does(func() *slackfake.Act { return o.fake.Command("U1", "C1", "/coalition ask") })
	which := c.hears("U1", c.word("menu.activity-pick"))
	at := slices.IndexFunc(c.pack.Activities(), func(a flows.Activity) bool { return a.ID == "2.3.3" })
	option := "2.3.3 " + c.pack.Activities()[at].Title[c.locale]
	c.does(func() *slackfake.Act { return o.fake.Pick("U1", which, c.word("menu.activity-pick"), option) })
	c.presses("U1", c.hears("U1", c.word("round.first")), c.word("round.lead-nobody"))
	here := c.sees(c.asked("round-2.3.3", "q1"))
	c.acts(f.Command(rosa, commons, "ask", map[string]string{"activity": "2.3.3"}))
	c.whispered(rosa, c.word("round.also"))
	there := c.posted(c.asked("round-2.3.3", "q1"))

	if len(here.Stamps()) != 1 || !slices.Equal(here.Stamps(), there.Stamps()) {
		t.Fatalf("Slack shows %v, Discord %v:\n%s\n%s", here.Stamps(), there.Stamps(), here.Shown(), there.Shown())
	}
	closes := time.Unix(here.Stamps()[0], 0)
	if left := closes.Sub(o.clock(o.soon())); left > 24*time.Hour || left < 23*time.Hour {
		t.Errorf("it closes in %v", left)
	}
	if zone := "(America/Chicago)"; !strings.Contains(here.Text, zone) || !strings.Contains(here.Text, closes.In(chicago(t)).Format("3:04 PM")) {
		t.Errorf("who hears it is told %q", here.Text)
	}
	o.wait(closes.Add(time.Minute))
	if err := o.fake.Await(o.soon(), "the question to rest", func() bool {
		return slices.ContainsFunc(o.fake.Messages("C1"), func(m slackfake.Message) bool { return m.TS == here.TS && len(m.Stamps()) == 0 })
	}); err != nil {
		t.Fatal(err)
	}
}
