package bot_test

import (
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

// TestToldOfAWorkspaceWithoutAnApp: when a workspace is no longer among those that are served, a coordinator elsewhere is
// told what it is, and not that somebody left or should let Convenor in.
func TestToldOfAWorkspaceWithoutAnApp(t *testing.T) {
	t.Parallel()
	h, rosa, _ := shutOut(t)
	h.discord.Refuse(marcusDirect(), "no-app")
	h.goesBy(t, 4*24*time.Hour)
	said := rosa.sees()
	mustSay(t, said, "I could not reach Marcus Bell: I am no longer connected to their workspace on Discord.", "Those who run my server can connect me again.")
	if strings.Count(said, "could not reach") != 1 || strings.Contains(said, "/coalition call") {
		t.Errorf("told: %s", said)
	}
}

// TestToldOfAPrivateChannel: a channel whose name is told to nobody outside is called that.
func TestToldOfAPrivateChannel(t *testing.T) {
	t.Parallel()
	for why, words := range map[string]string{
		"archived": "I can no longer write in a private channel (I am not told its name): it is archived.",
		"no-app":   "I can no longer write in a private channel (I am not told its name): I am not connected to its workspace any more.",
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			rosa := h.on("rosa")
			rosa.commands(t, "help", "")
			there := rosa.in("inner-circle")
			first := there.inbound()
			first.Command, first.Private = &bot.Command{Verb: "ask"}, true
			there.does(t, first)
			there.picks(t, flows.VerbAsk, "2-3-3")
			h.slack.Refuse(bot.Address{Place: there.place, Channel: there.channel}, why)
			there.presses(t, flows.VerbAsk, "nobody")
			h.goesBy(t, 2*24*time.Hour)
			mustSay(t, rosa.sees(), words)
		})
	}
}

// TestAChannelThatBecamePrivate: from then on its name is told to nobody outside, not even the one that it had.
func TestAChannelThatBecamePrivate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	there := rosa.in("inner-circle")
	before := there.inbound()
	before.Command, before.ChannelName = &bot.Command{Verb: "ask"}, "inner-circle"
	there.does(t, before)
	ref := flows.Ref{Kind: flows.KindSpace, ID: there.place + ":" + there.channel}
	if s := only[coalition.Space](t, h, flows.KindSpace); s.ID != ref.ID || s.Private || s.Name != "inner-circle" {
		t.Fatalf("before: %+v", s)
	}
	after := there.inbound()
	after.Command, after.Private = &bot.Command{Verb: "ask"}, true
	there.does(t, after)
	if s := only[coalition.Space](t, h, flows.KindSpace); !s.Private || s.Name != "" {
		t.Errorf("after: %+v", s)
	}
}

// TestAWorkspaceWithItsAppAgain: what is sent once a workspace is served again goes out, though nobody has acted there.
func TestAWorkspaceWithItsAppAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	cam := bot.Address{Place: "slack:T1", User: w.newcomers(1)[0]}
	for _, to := range []bot.Address{inRoom(), cam} {
		w.slack.Refuse(to, "no-app")
	}
	w.owe(post("p.1"), nudged("n.1", cam.User))
	w.run(time.Hour, time.Minute, b)
	for _, to := range []bot.Address{inRoom(), cam} {
		w.slack.Refuse(to, "")
	}
	w.owe(post("p.2"), nudged("n.2", cam.User))
	w.run(24*time.Hour, 10*time.Minute, b)
	want(t, "the room", seen(w.slack, inRoom()), "p.2")
	want(t, "a person", seen(w.slack, cam), "n.2")
}
