package bot_test

import (
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
)

// choices are the labels of a message's controls.
func choices(m bot.Message) []string {
	var labels []string
	for _, c := range m.Controls {
		labels = append(labels, c.Label)
	}
	return labels
}

// TestSampleLeavesNothing plays the sample on both platforms, in both languages, and compares all that is stored.
func TestSampleLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, a := range []*actor{h.on("rosa").in(council), h.on("ana").in(council), h.marcus().in("volunteers"), h.marcus()} {
		a.commands(t, "help", "")
		before := h.everything(t)
		title := map[string]string{"ana": "Así lo escribiría yo"}[a.user]
		if title == "" {
			title = "This is how I would write it down"
		}
		if labels := choices(*a.commands(t, "sample", "").Whisper); len(labels) != 3 {
			t.Errorf("%s is offered %q", a.user, labels)
		}
		a.presses(t, flows.VerbMenu, "partly")
		a.presses(t, flows.VerbMenu, "partly.ride")
		mustSay(t, whispered(t, *a.last), title)
		if h.everything(t) != before {
			t.Errorf("the sample of %s left something behind", a.user)
		}
		a.presses(t, flows.VerbMenu, "sample") // again, from its start
	}
	mustSay(t, whispered(t, h.on("rosa").commands(t, "about", "")), "What I store", "I do not keep what you say to each other")
}

// answers answers the question that is asked with an option, be it a button or of a menu.
func (a *actor) answers(t *testing.T, option string) {
	t.Helper()
	for _, c := range a.controls() {
		if token, err := flows.ParseToken(c.Token); err == nil && token.Verb == flows.VerbAnswer {
			if c.Kind == flows.ControlSelect {
				a.picks(t, flows.VerbAnswer, option)
				return
			}
			a.presses(t, flows.VerbAnswer, option)
			return
		}
	}
	t.Fatalf("%s is asked nothing:\n%s", a.user, a.sees())
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	rosa.commands(t, "help", "")
	mustSay(t, whispered(t, james.commands(t, "setup", "")), "coordinator")
	if n := len(h.slack.Posts(bot.Address{})); n != 0 {
		t.Fatalf("%d messages before anybody asked for one", n)
	}
	rosa.commands(t, "setup", "")
	direct := h.on("rosa")
	direct.types(t, "Lake County <!channel>")
	direct.answers(t, "mountain")
	rosa.commands(t, "setup", "") // goes on where it stopped
	direct.answers(t, "spanish")
	direct.types(t, "James Porter")
	direct.answers(t, "evening")
	direct.answers(t, "here")
	c := only[coalition.Coalition](t, h, flows.KindCoalition)
	if c.Zone != "America/Denver" || c.Locale != flows.Spanish || c.Hours != (when.Hours{From: 1020, To: 1260}) ||
		c.Home != coalition.SpaceID(slackPlace, council) || c.NameText == "" {
		t.Fatalf("%+v", c)
	}
	if james.person(t).Role != coalition.RoleCoordinator || rosa.person(t).Role != coalition.RoleCoordinator {
		t.Error("who coordinates")
	}
	mustSay(t, direct.sees(), "Your coalition is set up:", "Lake County", "America/Denver", "James Porter coordinates, too")
	mustSay(t, rosa.sees(), "Ya estamos listos aquí:")
	if n := len(h.slack.Posts(bot.Address{Place: slackPlace, User: "james"})); n != 0 {
		t.Errorf("James got %d messages that he did not ask for", n)
	}

	// Changed later: what is skipped stays, and the old name is erased.
	james.commands(t, "setup", "")
	again := h.on("james")
	again.types(t, "Lake and Park Counties")
	for range 4 {
		again.presses(t, flows.VerbSkip)
	}
	again.answers(t, "none")
	now := only[coalition.Coalition](t, h, flows.KindCoalition)
	if now.Zone != c.Zone || now.Hours != c.Hours || now.Home != "" || now.NameText == c.NameText {
		t.Errorf("%+v", now)
	}
	for _, r := range h.records(t, flows.KindText) {
		if strings.Contains(string(r.Data), "Lake County") {
			t.Error("the name that was changed is still kept")
		}
	}
}
