package main

import (
	"slices"
	"strings"
	"testing"

	"convenor/bot/discord/discordfake"
	"convenor/flows"
	"convenor/flows/when"
	"convenor/store/redistest"
)

// TestClosedDirectMessages has a volunteer on Discord whose direct messages are closed take a step: in a channel that was
// chosen for it they are called by a mention that tells nothing, and one press shows to them alone what waits.
func TestClosedDirectMessages(t *testing.T) {
	t.Parallel()
	c := openClub(t, flows.English, true, redistest.Start(t).URL(), discordfake.User{ID: rosa, Name: "Rosa Delgado", Locale: "en-US"},
		discordfake.User{ID: marcus, Name: "Marcus Bell", Locale: "en-US", Closed: true})
	c.acts(c.server.Command(rosa, commons, "home", nil))
	c.acts(c.server.Command(marcus, commons, "home", nil))
	c.acts(c.server.Command(rosa, commons, "call", nil))
	c.pushes(rosa, c.whispered(rosa, c.word("call.offer")), c.word("call.yes"))
	due := when.AddDays(when.Today(c.clock(c.soon()), chicago(t)), 10)
	c.acts(c.server.Command(rosa, commons, "step", map[string]string{
		"what": "Visit each council member", "goal": "Two more case managers", "lead": c.only(c.offered(rosa, "step", "lead", "marc")), "by": due,
	}))
	c.pushes(marcus, c.posted("Visit each council member"), c.word("step.button.take"))
	call := c.posted(c.word("call.waits"))
	if !slices.Equal(call.Called(), []string{marcus}) || strings.Contains(call.Shown(), "Visit") || strings.Contains(call.Shown(), "council") {
		t.Errorf("%v are called with:\n%s", call.Called(), call.Shown())
	}
	c.pushes(marcus, call, c.word("call.read"))
	c.whispered(marcus, c.word("step.yours"))
	for _, m := range c.server.Whispers(rosa) {
		if strings.Contains(m.Shown(), c.word("step.yours")) {
			t.Errorf("somebody else reads it:\n%s", m.Shown())
		}
	}
	if n := len(c.server.Messages(discordfake.DMChannel(marcus))); n != 0 {
		t.Errorf("%d direct messages got through closed doors", n)
	}
}
