package bot_test

import (
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

// TestOneRoundOnTwoPlatforms asks the same round in Slack and then on Discord: it is one run, with one set of answers and
// one count, shown in both; who is linked on both counts once.
func TestOneRoundOnTwoPlatforms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, marcus := h.on("rosa").in(council), h.on("james").in(council), h.marcus().in("general")
	h.discord.SetProfile("rosa-d", bot.Profile{Name: "Rosa", Locale: flows.English})
	rosaThere := &actor{h: h, platform: h.discord, place: discordPlace, user: "rosa-d", channel: "general", last: &bot.Answer{}}
	for _, a := range []*actor{rosa, james, marcus, rosaThere} {
		a.commands(t, "help", "")
	}
	rosaThere.commands(t, "link", rosa.code(t))
	rosa.makes(t, "discord:G1:marcus", coalition.RoleMember)

	rosa.commands(t, "ask", "2.3.3")
	mustSay(t, whispered(t, marcus.commands(t, "ask", "2.3.3")), "one round")
	for _, channel := range []*actor{james, marcus} {
		mustSay(t, channel.sees(), "Put messengers to work", "0 answers")
	}
	answers := func(a *actor, text string) {
		a.presses(t, flows.VerbForm)
		a.submits(t, text)
	}
	answers(james, "From Slack")
	answers(marcus, "From Discord")
	answers(rosa, "First thought")
	answers(rosaThere, "Second thought") // the same person: it changes her answer
	run := only[flows.Run](t, h, flows.KindRun)
	if got := run.Tally[run.Node].Answers; got != 3 || run.Joined != 3 || len(run.Also) != 1 {
		t.Errorf("%d answers of %d people in %v", got, run.Joined, run.Spaces())
	}
	for _, channel := range []*actor{james, marcus} {
		if n := strings.Count(channel.sees(), "3 answers"); n != 1 {
			t.Errorf("the count stands %d times in\n%s", n, channel.sees())
		}
	}
	rosaThere.presses(t, flows.VerbNext)
	for _, channel := range []*actor{james, marcus} {
		mustSay(t, channel.sees(), "From Slack", "From Discord", "Second thought")
		if strings.Contains(channel.sees(), "First thought") {
			t.Error("one person counts twice")
		}
	}
	rosa.presses(t, flows.VerbNext)
	rosa.presses(t, flows.VerbNext)
	run = only[flows.Run](t, h, flows.KindRun)
	if run.State != flows.StateDone {
		t.Fatalf("the round is %s", run.State)
	}
	for _, s := range h.records(t, flows.KindSpace) {
		if space := decoded[coalition.Space](t, s); space.Run != "" {
			t.Errorf("%s has a round open", space.ID)
		}
	}
	marcus.commands(t, "ask", "2.3.3") // a new one
	if n := len(h.records(t, flows.KindRun)); n != 2 {
		t.Errorf("%d rounds", n)
	}
}
