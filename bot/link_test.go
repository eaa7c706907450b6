package bot_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/roster"
)

// code asks for a linking code and returns it as it is shown.
func (a *actor) code(t *testing.T) string {
	t.Helper()
	shown := whispered(t, a.commands(t, "link", ""))
	found := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(shown)
	if found == "" {
		t.Fatalf("no code in:\n%s", shown)
	}
	return found
}

// away is an account in a Discord server that Convenor has never seen.
func (h *house) away(user string) *actor {
	return &actor{h: h, platform: h.discord, place: "discord:G2", user: user, last: &bot.Answer{}}
}

func TestLinkAPlace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa"), h.on("james")
	rosa.commands(t, "help", "")
	james.commands(t, "help", "")
	lee, kim := h.away("lee"), h.away("kim")
	lee.commands(t, "help", "") // Lee is the first there, so Lee coordinates there
	kim.commands(t, "help", "")

	mustSay(t, whispered(t, lee.commands(t, "link", james.code(t))), "A coordinator must ask")
	mustSay(t, whispered(t, kim.commands(t, "link", rosa.code(t))), "a coordinator must use it here")
	mustSay(t, whispered(t, lee.commands(t, "link", "AAAA-BBBB")), "This code does not work")
	code := rosa.code(t)
	mustSay(t, whispered(t, lee.commands(t, "link", strings.ToLower(code))), "This place is part of the other coalition now")
	mustSay(t, whispered(t, kim.commands(t, "link", code)), "This code does not work") // it served once

	// From now on the server is of Rosa's coalition: its people, its spaces.
	lee.in("room").commands(t, "help", "")
	c := only[coalition.Coalition](t, h, flows.KindCoalition)
	if !slices.Contains(c.Places, "discord:G2") || lee.person(t).Role != coalition.RoleVolunteer {
		t.Errorf("%+v", c)
	}
	if strings.Contains(h.log.String(), plain(code)) || strings.Contains(h.everything(t), plain(code)) {
		t.Error("the code is kept, or in the log")
	}

	late := rosa.code(t)
	h.passed(11 * time.Minute)
	other := &actor{h: h, platform: h.discord, place: "discord:G3", user: "max", last: &bot.Answer{}}
	mustSay(t, whispered(t, other.commands(t, "link", late)), "its time is over")

	// A place with things of its own stays as it is: they would be left behind.
	other.types(t, "step")
	other.commands(t, "step", "")
	mustSay(t, whispered(t, other.commands(t, "link", rosa.code(t))), "they would be left behind")
}

// plain is a code as it would stand in a record.
func plain(code string) string { return strings.ToLower(strings.ReplaceAll(code, "-", "")) }

// signsUp goes through the messenger's sign-up.
func (a *actor) signsUp(t *testing.T) {
	t.Helper()
	a.commands(t, "signup", "messenger")
	a.types(t, "Marcus")
	a.types(t, "right here")
	a.answers(t, "show-up")
	a.types(t, "In person (meetings, visits)")
	a.types(t, "the north side")
	a.answers(t, "yes")
}

func TestLinkAPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, marcus := h.on("rosa").in(council), h.on("james"), h.marcus()
	rosa.commands(t, "help", "")
	james.commands(t, "help", "")

	// On Discord Marcus signs up, leads a step, has one conversation open and has answered in a round.
	marcus.signsUp(t)
	marcus.commands(t, "answer", "1.1.2")
	h.discord.Refuse(bot.Address{Place: discordPlace, User: "marcus"}, "closed")
	marcus.commands(t, "resume", "") // his question, which does not reach him
	h.discord.Refuse(bot.Address{Place: discordPlace, User: "marcus"}, "")
	marcus.commands(t, "nudges", "off")
	was := marcus.person(t)
	rosa.commands(t, "step", "")
	direct := h.on("rosa")
	direct.types(t, "Print the flyers")
	direct.types(t, "More people know")
	in := direct.inbound()
	in.Typed = &bot.Typed{Text: "Marcus Bell"}
	direct.does(t, in)
	direct.types(t, "March 20")
	step := only[plan.Step](t, h, flows.KindStep)
	if step.Lead != was.ID {
		t.Fatalf("the step is offered to %q", step.Lead)
	}

	mustSay(t, whispered(t, james.commands(t, "link", james.code(t))), "from this account")
	mustSay(t, whispered(t, marcus.commands(t, "link", james.code(t))), "Both accounts are you now", "[In Slack]", "[In Discord]")
	marcus.presses(t, flows.VerbMenu, "slack")
	now := marcus.person(t)
	if now.ID != james.person(t).ID || now.ID == was.ID || len(now.Identities) != 2 || now.Role != coalition.RoleMember ||
		!now.Nudges.Off || now.Prefer != "slack" {
		t.Errorf("%+v", now)
	}
	if s := only[plan.Step](t, h, flows.KindStep); s.Lead != now.ID {
		t.Errorf("the step is still offered to %q", s.Lead)
	}
	if m := only[roster.Messenger](t, h, flows.KindMessenger); m.Person != now.ID {
		t.Errorf("the sign-up is still %q's", m.Person)
	}
	for _, r := range h.records(t, flows.KindOpen) {
		if r.Under != now.ID {
			t.Errorf("a conversation is still %q's", r.Under)
		}
	}
	if waits := h.records(t, flows.KindWaiting); len(waits) != 1 || waits[0].Under != now.ID {
		t.Errorf("what waited for him: %+v", waits)
	}
	mine := whispered(t, james.commands(t, "me", ""))
	mustSay(t, mine, "Print the flyers", "Your messenger sign-up", "You have 1 open conversation", "Slack, Discord")
	mustSay(t, whispered(t, marcus.commands(t, "me", "")), "Print the flyers")
	james.commands(t, "resume", "") // what was begun in Discord goes on in Slack
	james.in(council).presses(t, flows.VerbStepTake)
	if s := only[plan.Step](t, h, flows.KindStep); s.Status != plan.StatusTaken {
		t.Errorf("%+v", s)
	}
}

// TestTwoSignUpsAreNotMadeOne refuses to choose between two sign-ups of the same kind.
func TestTwoSignUpsAreNotMadeOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	james, marcus := h.on("james"), h.marcus()
	h.on("rosa").commands(t, "help", "")
	james.signsUp(t)
	marcus.signsUp(t)
	mustSay(t, whispered(t, marcus.commands(t, "link", james.code(t))), "the same sign-up")
	if marcus.person(t).ID == james.person(t).ID || len(h.records(t, flows.KindMessenger)) != 2 {
		t.Error("something was changed")
	}
}
