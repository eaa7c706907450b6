package bot_test

import (
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
)

// added tells that Convenor came to a place where the platform does not say who brought it.
func (h *house) added(t *testing.T, place, channel, key string, locale flows.Locale) {
	t.Helper()
	in := bot.Inbound{Key: key, Platform: "discord", Place: place, Channel: channel, Locale: locale, Opened: &bot.Opened{Added: true}}
	if a, err := h.Handle(t.Context(), in); err != nil || a.Whisper != nil || a.Form != nil {
		t.Fatalf("answered %+v %v", a, err)
	}
	h.settle(t)
}

// TestGreetsAPlaceOnce greets a new server once, however often its platform tells of it, and records nobody: the first
// who acts there coordinates.
func TestGreetsAPlaceOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	posts := func() []bot.Message { return h.away("lee").in("lobby").messages() }
	h.added(t, "discord:G2", "lobby", "discord:added:1", flows.Spanish)
	for _, key := range []string{"discord:added:1", "discord:added:2"} {
		h.added(t, "discord:G2", "other", key, flows.Spanish)
	}
	list := posts()
	if len(list) != 1 || len(list[0].Controls) != 3 || len(h.away("lee").in("other").messages()) != 0 {
		t.Fatalf("greeted with %+v", list)
	}
	mustSay(t, list[0].Plain(), "Hola, soy Convenor", "Preparar nuestra coalición")
	if n := len(h.discord.Posts(bot.Address{Place: "discord:G2", User: "lee"})); n != 0 {
		t.Errorf("%d unsolicited direct messages", n)
	}
	h.discord.SetProfile("lee", bot.Profile{Name: "Lee Park", Locale: flows.English})
	lee := h.away("lee").in("lobby")
	lee.presses(t, flows.VerbMenu, "setup") // the first one there may set it up
	mustSay(t, lee.in("").sees(), "What is your coalition called?")

	// A server of a coalition that has been there needs no greeting.
	h.marcus().in("general").commands(t, "help", "")
	before := len(h.marcus().in("general").messages())
	h.added(t, discordPlace, "general", "discord:added:3", "")
	if n := len(h.marcus().in("general").messages()); n != before {
		t.Errorf("%d messages more where it is known", n-before)
	}
}

// TestAskedForTheirClock asks once, in private, whoever takes a step on a platform that tells no zone; the reminders of
// the step move with the answer.
func TestAskedForTheirClock(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // 10:00 in Chicago
	rosa, marcus := h.on("rosa"), h.marcus().in("general")
	rosa.in(council).commands(t, "help", "")
	marcus.commands(t, "help", "")
	rosa.in(council).gives(t, map[string]flows.Input{"what": said("Call"), "goal": said("Rides"), "lead": said("discord:G1:marcus"), "due": said("2026-03-13")})
	if a := whispered(t, rosa.commands(t, "away", "")); strings.Contains(a, "What time is it") {
		t.Error("somebody whose platform tells their zone is asked for it")
	}
	step := only[plan.Step](t, h, flows.KindStep)
	marcus.commands(t, "me", "")
	asked := whispered(t, marcus.presses(t, flows.VerbStepTake, step.ID))
	mustSay(t, asked, "What time is it for you now?", "I count in America/Chicago", "10:00 AM: Chicago, Houston", "8:00 AM: Los Angeles")
	if again := whispered(t, marcus.commands(t, "away", "")); strings.Contains(again, "What time is it") {
		t.Error("asked twice")
	}
	mustSay(t, whispered(t, marcus.commands(t, "zone", "pacific")), "For you it is 8:00 AM now (time zone America/Los_Angeles)")
	if p := marcus.person(t); p.Zone != "America/Los_Angeles" || p.ZoneSource != coalition.SourcePerson {
		t.Errorf("kept %q of %q", p.Zone, p.ZoneSource)
	}
	mustSay(t, whispered(t, marcus.commands(t, "me", "")), "Time zone: America/Los_Angeles", "Set my clock")
	direct := func() int { return len(marcus.in("").messages()) }
	before := direct()
	h.pass(t, 96*time.Hour+30*time.Minute) // a week before the day, 8:30 in Los Angeles, 10:30 in Chicago
	if n := direct(); n != before {
		t.Errorf("%d reminders at nine o'clock of the zone before", n-before)
	}
	h.pass(t, time.Hour)
	if n := direct(); n != before+1 {
		t.Errorf("%d reminders at nine o'clock of the zone they chose", n-before)
	}
}

func TestZonesInPeoplesWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // 16:00 UTC in winter
	h.on("rosa").commands(t, "help", "")
	marcus := h.marcus()
	for typed, want := range map[string]string{
		"Chicago": "America/Chicago", "los angeles": "America/Los_Angeles", "hawaii": "Pacific/Honolulu", "Europe/Madrid": "Europe/Madrid",
		"8:05 am": "America/Los_Angeles", "11:00": "America/New_York", "6": "Pacific/Honolulu",
	} {
		marcus.commands(t, "zone", typed)
		if got := marcus.person(t).Zone; got != want {
			t.Errorf("%q is %s, want %s", typed, got, want)
		}
	}
	mustSay(t, whispered(t, marcus.commands(t, "zone", "9 am")), "more than one place", "Denver", "Phoenix")
	for _, typed := range []string{"Atlantis", "3 am", "Mars/Base", "../etc", "Local", strings.Repeat("x", 500)} {
		mustSay(t, whispered(t, marcus.commands(t, "zone", typed)), "I could not find that")
	}
	if got := marcus.person(t).Zone; got == "" {
		t.Error("what could not be read took the zone away")
	}
}
