package main

import (
	"strings"
	"testing"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/store/redistest"
)

// TestRedisAway presses and types while Redis is away: a press is told so, a text is not acknowledged and comes again,
// nothing is half done, and all goes on when Redis is back.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	p := people{locale: flows.English, office: openOffice(t, redis.URL(), slackfake.User{ID: "U1", Name: "Rosa", Zone: "America/Chicago", Locale: "en-US"})}
	p.does(func() *slackfake.Act { return p.fake.Command("U1", "C1", "/coalition") })
	menu := p.hears("U1", p.word("menu.title"))
	p.presses("U1", menu, p.word("menu.messenger"))
	p.reads("U1", p.asked("messenger", "name"))

	redis.Kill()
	before := len(p.fake.DMs("U1"))
	typed := p.fake.DM("U1", "Rosa, at noon") // an event: Slack keeps it until it is acknowledged
	p.does(func() *slackfake.Act { return p.fake.Press("U1", menu, p.word("menu.messenger")) })
	p.hears("U1", p.word("error.save"))
	if typed.Done() {
		t.Error("what could not be saved was acknowledged")
	}
	for _, m := range p.fake.DMs("U1")[before:] {
		if m.User == slackfake.BotUser && m.For == "" {
			t.Errorf("told while nothing could be remembered: %s", m.Shown())
		}
	}

	redis.Restart()
	p.fake.SendAgain()
	if err := typed.Wait(p.soon()); err != nil {
		t.Fatal(err)
	}
	defer p.passing(p.soon())() // a post whose end could not be recorded is looked for before the next one goes out
	p.reads("U1", p.asked("messenger", "reach"))
	if strings.Contains(p.said.String(), "noon") {
		t.Error("the log holds what was typed")
	}
}

// TestRefusals starts the binary where it cannot work: it says why in plain words, and ends.
func TestRefusals(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	redis.Do("REPLICAOF 127.0.0.1 1")
	fake := slackfake.Start(t, slackfake.Config{})
	bot, app := fake.Tokens()
	for name, tt := range map[string]struct {
		env  []string
		want string
	}{
		"redis is down":      {[]string{"REDIS_URL=redis://127.0.0.1:1/0"}, "Redis"},
		"redis is read-only": {[]string{"REDIS_URL=" + redis.URL()}, "read"},
		"a token is wrong":   {[]string{"SLACK_BOT_TOKEN=xoxb-wrong"}, "SLACK_BOT_TOKEN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := append([]string{
				"SLACK_BOT_TOKEN=" + bot, "SLACK_APP_TOKEN=" + app, "SLACK_API_URL=" + fake.APIURL(), "LISTEN_ADDR=127.0.0.1:0",
			}, tt.env...)
			var out, errOut strings.Builder
			code := run(t.Context(), []string{"serve", "--data", t.TempDir()}, env, &out, &errOut)
			if code != 1 || !strings.Contains(errOut.String(), tt.want) {
				t.Errorf("exit code %d and\n%s", code, errOut.String())
			}
			t.Log(errOut.String())
		})
	}
}
