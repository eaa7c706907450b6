package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

// Ids of volunteers, beside rosa who coordinates.
const (
	marcus = "100000000000000012"
	ana    = "100000000000000013"
)

// openClub starts `convenor serve` on a pretend Discord server alone, at noon of a Tuesday.
func openClub(t *testing.T, l flows.Locale, http bool, redisURL string, members ...discordfake.User) club {
	t.Helper()
	o := bareOffice(t, redisURL)
	f := join(t, o, http, members...)
	o.launch()
	arrive(t, o, f, http)
	o.noon()
	return club{people{o, l}, f}
}

// acts does something on Discord that must be answered.
func (c club) acts(act *discordfake.Act) {
	c.t.Helper()
	if err := act.Wait(c.soon()); err != nil {
		c.t.Fatalf("%v\n%s", err, c.server.Picture())
	}
}

// find waits for the newest message of Convenor's that shows part.
func (c club) find(where, part string, list func() []discordfake.Message) (found discordfake.Message) {
	c.t.Helper()
	if err := c.server.Await(c.soon(), part+" "+where, func() bool {
		for _, m := range slices.Backward(list()) {
			if m.Author == discordfake.BotUser && strings.Contains(m.Shown(), part) {
				found = m
				return true
			}
		}
		return false
	}); err != nil {
		c.t.Fatal(err)
	}
	return found
}

// told waits for a direct message that shows part.
func (c club) told(user, part string) discordfake.Message {
	c.t.Helper()
	return c.find("in private", part, func() []discordfake.Message { return c.server.Messages(discordfake.DMChannel(user)) })
}

// posted waits for a message in the channel or one of its threads that shows part.
func (c club) posted(part string) discordfake.Message {
	c.t.Helper()
	return c.find("in the channel", part, func() []discordfake.Message { return c.server.Messages(commons) })
}

// whispered waits for something that only this person sees.
func (c club) whispered(user, part string) discordfake.Message {
	c.t.Helper()
	return c.find("in a whisper", part, func() []discordfake.Message { return c.server.Whispers(user) })
}

// pushes presses a button.
func (c club) pushes(user string, m discordfake.Message, label string) {
	c.t.Helper()
	c.acts(c.server.Press(user, m, label))
}

// form waits for a form that asks for label; where it could not be opened at once, the button that opens it is pressed.
func (c club) form(user, label string) discordfake.Modal {
	c.t.Helper()
	var m discordfake.Modal
	open := c.word("discord.open")
	if err := c.server.Await(c.soon(), "a form with "+label, func() bool {
		var ok bool
		m, ok = c.server.Modal(user)
		if ok {
			return slices.ContainsFunc(m.Components, func(l discordfake.Component) bool { return l.Label == label })
		}
		list := c.server.Whispers(user)
		if len(list) > 0 && slices.ContainsFunc(list[len(list)-1].Controls(), func(b discordfake.Component) bool { return b.Named() == open }) {
			c.server.Press(user, list[len(list)-1], open)
		}
		return false
	}); err != nil {
		c.t.Fatal(err)
	}
	return m
}

// sends fills in the open form, by question.
func (c club) sends(user string, given map[string]string) {
	c.t.Helper()
	values := map[string][]string{}
	for id, v := range given {
		values[id] = strings.Split(v, ",")
	}
	c.acts(c.server.Submit(user, values))
}

// offered is what is suggested while somebody types into an option, by what it reads.
func (c club) offered(user, sub, option, typed string) (values map[string]string) {
	c.t.Helper()
	act := c.server.Complete(user, commons, sub, option, typed)
	c.acts(act)
	var answer struct {
		Data struct {
			Choices []struct{ Name, Value string } `json:"choices"`
		} `json:"data"`
	}
	if err := json.Unmarshal(act.Answer(), &answer); err != nil {
		c.t.Fatal(err)
	}
	values = map[string]string{}
	for _, choice := range answer.Data.Choices {
		values[choice.Name] = choice.Value
	}
	return values
}

// only is the one value of a map, which must have one.
func (c club) only(values map[string]string) string {
	c.t.Helper()
	if len(values) != 1 {
		c.t.Fatalf("suggested: %v", values)
	}
	for _, v := range values {
		return v
	}
	return ""
}

// reminders counts the reminders that a person has.
func (c club) reminders(user string) int {
	n := 0
	for _, m := range c.server.Messages(discordfake.DMChannel(user)) {
		if strings.Contains(c.labels(m), c.word("nudge.button.tomorrow")) {
			n++
		}
	}
	return n
}

// quietly looks for what must not be in the log, in the metrics and in what is said at a crash.
func (c club) quietly() {
	c.t.Helper()
	never := append(c.server.Private(), "discord:"+discordfake.Guild)
	if len(never) < 40 || !slices.Contains(never, "The north side") || !slices.Contains(never, "Delgado") {
		c.t.Errorf("too little is looked for: %q", never)
	}
	counted := c.metrics()
	if !strings.Contains(counted, `convenor_interactions_total{kind="press",outcome="saved",platform="discord"}`) {
		c.t.Errorf("nothing was counted:\n%s", counted)
	}
	c.crash()
	for name, text := range map[string]string{"log, and what it says as it breaks off,": c.said.String(), "metrics": counted} {
		for _, word := range never {
			if regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(word) + `(\W|$)`).MatchString(text) {
				c.t.Errorf("the %s holds %q", name, word)
			}
		}
	}
}

// nine is nine in the morning on a day in Los Angeles.
func (c club) nine(day string) time.Time {
	c.t.Helper()
	home, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		c.t.Fatal(err)
	}
	at, err := time.ParseInLocation(time.DateOnly, day, home)
	if err != nil {
		c.t.Fatal(err)
	}
	return at.Add(9 * time.Hour)
}
