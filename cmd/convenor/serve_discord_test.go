package main

import (
	"net/http"
	"strings"
	"testing"

	"convenor/bot/discord/discordfake"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/store/redistest"
)

// commons is the channel of the pretend server.
const commons = "100000000000000021"

// club is a `convenor serve` on a pretend Discord server and, when it was opened so, in a pretend Slack workspace too.
type club struct {
	people
	server *discordfake.Fake
}

// rosa is the id of a member of it.
const rosa = "100000000000000011"

// join gives an office that is not started a pretend Discord server with members, over HTTP or the gateway.
func join(t *testing.T, o *office, http bool, members ...discordfake.User) *discordfake.Fake {
	t.Helper()
	f := discordfake.Start(t, discordfake.Config{Check: discordfake.Contract(t), AnswerWait: patience})
	t.Cleanup(o.kill) // before the server closes: it waits for whoever is connected, and the process would connect again
	for _, m := range members {
		f.AddUser(m)
	}
	f.AddChannel(commons, "commons")
	o.env = append(o.env, "DISCORD_TOKEN="+discordfake.Token, "DISCORD_APPLICATION_ID="+discordfake.ApplicationID, "DISCORD_API_URL="+f.APIURL())
	if http {
		o.env = append(o.env, "DISCORD_PUBLIC_KEY="+f.PublicKey())
	}
	return f
}

// arrive waits until Discord reaches the process.
func arrive(t *testing.T, o *office, f *discordfake.Fake, http bool) {
	t.Helper()
	if err := f.AwaitSockets(o.soon(), 1); err != nil {
		t.Fatal(err)
	}
	if http {
		if err := f.SetRequestURL(o.soon(), "http://"+o.addr+"/discord/interactions"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestServeWithoutAPlatform says kindly what to set.
func TestServeWithoutAPlatform(t *testing.T) {
	t.Parallel()
	_, err := readConfig(nil, true)
	if err == nil || !strings.Contains(err.Error(), "DISCORD_TOKEN") || !strings.Contains(err.Error(), "Put it on Discord") || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("said: %v", err)
	}
}

// TestServeOnBothPlatforms runs one process in a Slack workspace and on a Discord server.
func TestServeOnBothPlatforms(t *testing.T) {
	t.Parallel()
	o := bareOffice(t, redistest.Start(t).URL())
	o.fake = slackfake.Start(t, slackfake.Config{})
	o.fake.AddUser(slackfake.User{ID: "U1", Name: "Rosa Delgado", Zone: "America/Chicago"})
	o.fake.AddChannel("C1", "council", slackfake.BotUser, "U1")
	bot, app := o.fake.Tokens()
	o.env = append(o.env, "SLACK_BOT_TOKEN="+bot, "SLACK_APP_TOKEN="+app, "SLACK_API_URL="+o.fake.APIURL())
	f := join(t, o, true, discordfake.User{ID: rosa, Name: "Rosa", Locale: "en-US"})
	o.start()
	arrive(t, o, f, true)
	c := club{people{o, flows.English}, f}
	c.does(func() *slackfake.Act { return o.fake.Command("U1", "C1", "/coalition") })
	c.hears("U1", c.word("menu.title"))
	if err := f.Command(rosa, commons, "home", nil).Wait(o.soon()); err != nil {
		t.Fatal(err)
	}
	if err := f.Await(o.soon(), "the menu", func() bool {
		list := f.Whispers(rosa)
		return len(list) == 1 && strings.Contains(list[0].Shown(), c.word("menu.title"))
	}); err != nil {
		t.Fatal(err)
	}
	counted := c.metrics()
	for _, line := range []string{
		`convenor_sockets_open{platform="slack"} `, `convenor_sockets_open{platform="discord"} 2`,
		`convenor_clock_skew_seconds{ref="slack"}`, `convenor_clock_skew_seconds{ref="discord"}`, `convenor_clock_skew_seconds{ref="redis"}`,
		`convenor_interactions_total{kind="command",outcome="saved",platform="discord"} 1`, `convenor_gateway_identifies_total 1`,
		`convenor_platform_requests_total{code="ok",method="auth.test",platform="slack"} 1`, `convenor_nudges_overdue `,
		`convenor_platform_requests_total{code="200",method="GET /gateway/bot",platform="discord"} `,
	} {
		if !strings.Contains(counted, line) {
			t.Errorf("%s is not in the metrics", line)
		}
	}
	r, err := http.Get("http://" + o.addr + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("ready: %s", r.Status)
	}
}
