package bot_test

import (
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

func marcusDirect() bot.Address { return bot.Address{Place: discordPlace, User: "marcus"} }
func volunteers() bot.Address   { return bot.Address{Place: discordPlace, Channel: "volunteers"} }

// shutOut is a house with a step that Marcus has taken, whose direct messages are closed from then on.
func shutOut(t *testing.T) (h *house, rosa, marcus *actor) {
	t.Helper()
	h = newHouse(t)
	rosa, marcus = h.on("rosa"), h.marcus()
	rosa.commands(t, "help", "")
	marcus.in("volunteers").commands(t, "help", "")
	rosa.commands(t, "step", "")
	for _, words := range []string{"Call the clinic", "More beds", "Marcus Bell", "2026-03-04"} {
		rosa.types(t, words)
	}
	marcus.commands(t, "me", "")
	marcus.presses(t, flows.VerbStepTake)
	h.discord.Refuse(marcusDirect(), "closed")
	return h, rosa, marcus
}

// choosesCalls has Rosa, who coordinates on Discord too, choose a channel for calls there.
func choosesCalls(t *testing.T, h *house) {
	t.Helper()
	h.discord.SetProfile("ada", bot.Profile{Name: "Ada Cole", Locale: flows.English})
	ada := (&actor{h: h, platform: h.discord, place: discordPlace, user: "ada", last: &bot.Answer{}}).in("volunteers")
	ada.commands(t, "help", "")
	rosa := h.on("rosa")
	rosa.commands(t, "role", "Ada Cole")
	rosa.picks(t, flows.VerbRole, "coordinator")
	mustSay(t, whispered(t, ada.commands(t, "call", "")), "May I mention them in this channel", "at most once a day")
	mustSay(t, whispered(t, ada.presses(t, flows.VerbCall, "yes")), "I mention them there")
	mustSay(t, whispered(t, ada.commands(t, "llamar", "")), "I mention people in this channel")
}

// goesBy lets time go by with a look at what is due every hour.
func (h *house) goesBy(t *testing.T, d time.Duration) {
	t.Helper()
	for end := h.clock().Add(d); h.clock().Before(end); {
		if err := h.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.settle(t)
		h.mu.Lock()
		h.now = h.now.Add(time.Hour)
		h.mu.Unlock()
	}
}

// TestCalledByNameAndNothingElse: a reminder that Marcus cannot be sent waits for him; he is called in the channel that
// was chosen, once, without a word about it; he reads it there in private, with its buttons, and what is done by then is
// said no more.
func TestCalledByNameAndNothingElse(t *testing.T) {
	t.Parallel()
	h, rosa, marcus := shutOut(t)
	choosesCalls(t, h)
	h.goesBy(t, 3*24*time.Hour)
	posts := h.discord.Posts(volunteers())
	if len(posts) != 2 { // about the day before and the day itself
		t.Fatalf("%d calls: %+v", len(posts), posts)
	}
	for _, p := range posts {
		said := p.Message.Plain()
		if p.Message.Calls != "marcus" || len(p.Message.Controls) != 1 || strings.Contains(said, "clinic") || strings.Contains(said, "March") {
			t.Errorf("the channel reads %+v", p.Message)
		}
		mustSay(t, said, "Something waits for you. Press to read it. Only you will see it.")
	}
	if n := h.discord.Knocks(marcusDirect()); n != 1 {
		t.Errorf("his door was knocked at %d times", n)
	}
	if said := rosa.sees(); strings.Contains(said, "could not reach") {
		t.Errorf("Rosa was told although he was called: %s", said)
	}
	there := marcus.in("volunteers")
	ada := *there
	ada.user, ada.last = "ada", &bot.Answer{}
	mustSay(t, whispered(t, ada.presses(t, flows.VerbWaiting)), "This button is for someone else")
	first := there.presses(t, flows.VerbWaiting)
	mustSay(t, whispered(t, first), "How is “Call the clinic” going?", "I cannot write to you directly")
	if n := len(first.Whisper.Controls); n < 5 {
		t.Errorf("its own buttons are missing: %+v", first.Whisper.Controls)
	}
	mustSay(t, whispered(t, there.presses(t, flows.VerbStepDone)), "clinic")
	*there.last = bot.Answer{}
	mustSay(t, whispered(t, there.presses(t, flows.VerbWaiting)), "Nothing waits for you now")
	h.goesBy(t, 9*24*time.Hour)
	if n := len(h.discord.Posts(volunteers())); n > 4 { // the line that it is done is told in the channel where it was named, if at all
		t.Errorf("%d posts in the end", n)
	}
}

// TestAConversationGoesOnWhereDirectMessagesAreClosed answers Marcus's questions inside the interaction.
func TestAConversationGoesOnWhereDirectMessagesAreClosed(t *testing.T) {
	t.Parallel()
	h, _, marcus := shutOut(t)
	there := marcus.in("volunteers")
	there.commands(t, "signup", "messenger") // nobody knew yet
	mustSay(t, whispered(t, there.commands(t, "me", "")), "could not reach you")
	answer := there.commands(t, "signup", "messenger")
	if said := whispered(t, answer); strings.Contains(said, "direct message. Let us go on") || len(answer.Whisper.Controls) == 0 {
		t.Errorf("he is answered: %s", said)
	}
	if n := h.discord.Knocks(marcusDirect()); n > 3 {
		t.Errorf("his door was knocked at %d times", n)
	}
	h.discord.Refuse(marcusDirect(), "")
	there.commands(t, "me", "")
	there.presses(t, flows.VerbWaiting)
	mustSay(t, whispered(t, there.presses(t, flows.VerbKnock)), "I am writing to you now")
	mustSay(t, marcus.sees(), "I can write to you here again")
	if p := marcus.person(t); len(p.Unreachable) != 0 || p.Lost != (coalition.Lost{}) {
		t.Errorf("he is still noted as %+v", p)
	}
}

// TestToldOfAClosedDoorAndAgainAfterItWasOpen: without a channel for calls a coordinator is told once; when Marcus was
// reached in between, once more.
func TestToldOfAClosedDoorAndAgainAfterItWasOpen(t *testing.T) {
	t.Parallel()
	h, rosa, marcus := shutOut(t)
	told := func() int {
		return strings.Count(rosa.sees(), "I could not reach Marcus Bell on Discord: their direct messages are closed.")
	}
	h.goesBy(t, 4*24*time.Hour)
	if told() != 1 {
		t.Fatalf("told %d times:\n%s", told(), rosa.sees())
	}
	if said := rosa.sees(); strings.Count(said, "clinic") != strings.Count(strings.Split(said, "I could not reach")[0], "clinic") {
		t.Errorf("what it was about was told: %s", said)
	}
	h.discord.Refuse(marcusDirect(), "")
	marcus.types(t, "hello")
	h.discord.Refuse(marcusDirect(), "closed")
	h.goesBy(t, 8*24*time.Hour)
	if told() != 2 {
		t.Errorf("told %d times in the end:\n%s", told(), rosa.sees())
	}
}

// TestCalledInTheirHours: who is away is not called until they are back; what fails after a call is called for on the
// next day; and who writes directly again is told at once what waits.
func TestCalledInTheirHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	w.put(flows.Ref{Kind: flows.KindCoalition, ID: home}, coalition.Coalition{
		ID: home, Locale: flows.English, Zone: "America/Chicago", Places: []string{"slack:T1", "discord:G1"},
		Calls: map[string]string{"discord:G1": "discord:G1:D1"},
	})
	w.put(flows.Ref{Kind: flows.KindSpace, ID: "discord:G1:D1"}, coalition.Space{
		ID: "discord:G1:D1", Platform: "discord", Place: "discord:G1", Channel: "D1",
	})
	w.slack.Refuse(benOnSlack(), "closed")
	w.discord.Refuse(benDiscord(), "closed")
	calls := func() int { return len(w.discord.Posts(bot.Address{Place: "discord:G1", Channel: "D1"})) }
	w.owe(reply("one", "ben", "slack"))
	w.deliver(b)
	w.ben(func(p *coalition.Person) { p.Away = "2026-11-04" })
	w.run(24*time.Hour, time.Hour, b)
	if n := calls(); n != 0 {
		t.Errorf("called %d times while away", n)
	}
	w.run(47*time.Hour, time.Hour, b) // Thursday at noon, where Ben lives
	if n := calls(); n != 1 {
		t.Fatalf("called %d times after coming back", n)
	}
	w.owe(reply("two", "ben", "slack"))
	w.run(2*time.Hour, time.Hour, b)
	if n := calls(); n != 1 {
		t.Errorf("called %d times on one day", n)
	}
	w.run(24*time.Hour, time.Hour, b)
	if n := calls(); n != 2 {
		t.Errorf("called %d times by the next day", n)
	}
	w.slack.Refuse(benOnSlack(), "")
	w.put(flows.Ref{Kind: flows.KindIdentity, ID: coalition.Identity("slack:T1", "UBEN")}, "ben")
	if _, err := w.store.Claim(t.Context(), "slack:T1", home); err != nil {
		t.Fatal(err)
	}
	in := bot.Inbound{Key: "direct", Platform: "slack", Place: "slack:T1", User: "UBEN", Typed: &bot.Typed{Text: "hello"}}
	if _, err := b.Handle(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	w.deliver(b)
	want(t, "Ben on Slack", seen(w.slack, benOnSlack()), "call.mine")
}
