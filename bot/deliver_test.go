package bot_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/store"
)

func TestDeliverSendsOnceAndInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	var expected []string
	for i := range 20 {
		id := fmt.Sprintf("run.%d.0", i)
		w.owe(post(id))
		expected = append(expected, id)
	}
	w.owe(reply("r.1.0", "ana", "slack"), reply("r.1.1", "ben", "slack"), reply("r.1.2", "ben", "discord"), nudged("n.1", "ben"))
	w.deliver(b)
	want(t, "a burst is let through, the rest waits", seen(w.slack, inRoom()), expected[:3]...)
	w.run(30*time.Second, time.Second, b)
	want(t, "in the room", seen(w.slack, inRoom()), expected...)
	posts := w.slack.Posts(inRoom())
	for i := 3; i < len(posts); i++ {
		if gap := posts[i].At.Sub(posts[i-1].At); gap < time.Second {
			t.Errorf("message %d comes %v after the one before", i, gap)
		}
	}
	want(t, "Ana", seen(w.slack, anaOnSlack()), "r.1.0")
	want(t, "Ben on Slack", seen(w.slack, benOnSlack()), "r.1.1")
	if got := seen(w.discord, benDiscord()); len(got) != 2 || !slices.Contains(got, "n.1") || !slices.Contains(got, "r.1.2") {
		t.Errorf("Ben on Discord: %q", got)
	}
	if got := w.receipts("ben"); got["r.1.1"] != "sent reply" || got["r.1.2"] != "sent reply" || got["n.1"] != "sent nudge" {
		t.Errorf("receipts: %v", got)
	}
	if n := len(w.receipts(room)); n != 20 {
		t.Errorf("%d receipts of the room", n)
	}
}

func TestAnEditFollowsItsMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	first, second := post("run.1.0"), post("run.2.0")
	first.Message.Key, second.Message.Key, second.Edit = "card", "card", true
	nowhere := post("run.3.0")
	nowhere.Edit, nowhere.Message.Key = true, "never-posted"
	w.owe(first, second, nowhere)
	w.deliver(b)
	posts := w.slack.Posts(inRoom())
	if len(posts) != 1 || posts[0].Edits != 1 || bottest.Text(posts[0].Message) != "run.2.0" {
		t.Errorf("the room: %+v", posts)
	}
	if got := w.receipts(room); got["run.3.0"] != "dropped not-posted" || got["run.2.0"] != "sent edit" {
		t.Errorf("receipts: %v", got)
	}
}

func TestALateReplyIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	w.owe(reply("in-time", "ana", "slack"), reply("late", "ben", "slack"))
	w.clock.advance(flows.ReplyLife)
	late := reply("later", "ana", "slack")
	late.At = w.clock.now().Add(-flows.ReplyLife - time.Second)
	w.owe(late)
	w.deliver(b)
	w.clock.advance(time.Second)
	w.deliver(b)
	want(t, "Ana", seen(w.slack, anaOnSlack()), "in-time")
	if got := w.receipts("ana"); got["later"] != "dropped late" {
		t.Errorf("receipts: %v", got)
	}
}

func TestNudgesWaitForTheHoursOfTheReader(t *testing.T) {
	t.Parallel()
	night := time.Date(2026, 11, 8, 4, 0, 0, 0, time.UTC) // Saturday 20:00 in Los Angeles; no Sundays
	w := newWorld(t, night)
	b := w.process(nil)
	w.owe(nudged("n.1", "ben"), reply("r.1", "ben", "discord"), post("p.1"))
	w.deliver(b)
	want(t, "at night only the reply", seen(w.discord, benDiscord()), "r.1")
	want(t, "the room", seen(w.slack, inRoom()), "p.1")
	w.run(50*time.Hour, 10*time.Minute, b)
	posts := w.discord.Posts(benDiscord())
	if len(posts) != 2 || !posts[1].At.Equal(time.Date(2026, 11, 9, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("the nudge came at %v, not on Monday at 9:00 in Los Angeles", posts)
	}
}

func TestAfterOptingOutNothingComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	w.ben(func(p *coalition.Person) { p.Nudges.Off = true })
	for i := range 40 {
		w.owe(nudged(fmt.Sprintf("n.%d", i), "ben"))
	}
	for i := range 5 {
		w.step(fmt.Sprintf("step%d", i), "ben", fmt.Sprintf("2026-11-%02d", 10+i))
	}
	w.run(30*24*time.Hour, time.Hour, b)
	want(t, "Ben on Discord", seen(w.discord, benDiscord()))
	want(t, "Ben on Slack", seen(w.slack, benOnSlack()))
	for id, r := range w.receipts("ben") {
		if r != "dropped nudges-off" {
			t.Errorf("%s: %s", id, r)
		}
	}
}

func TestAPersonWhoLeftGetsNothingAndLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	w.owe(nudged("n.1", "nobody"), reply("r.1", "nobody", "slack"))
	w.deliver(w.process(nil))
	if n := len(w.slack.Posts(bot.Address{})); n != 0 || len(w.receipts("nobody")) != 0 {
		t.Errorf("%d messages, receipts %v", n, w.receipts("nobody"))
	}
	if p, err := w.store.Pending(t.Context()); err != nil || p.Conversations != 0 {
		t.Errorf("pending: %+v, %v", p, err)
	}
}

// TestClosedDoors: a platform that will never take a message is noted, the next one is tried, and a later message
// goes there first; when it works again that is noted, too.
func TestClosedDoors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	closed := map[string]bool{"discord": true}
	var mu sync.Mutex
	b := w.process(func(c *bot.Config) {
		for i, p := range c.Platforms {
			name := p.Name()
			c.Platforms[i] = bottest.Faulty{Platform: p, Plan: func(string, bot.Address, string) bottest.Fault {
				mu.Lock()
				defer mu.Unlock()
				if closed[name] {
					return bottest.Gone
				}
				return bottest.None
			}}
		}
	})
	unreachable := func() map[string]string {
		return w.who("ben").Unreachable
	}
	w.owe(nudged("n.1", "ben"))
	w.deliver(b)
	want(t, "Ben on Slack", seen(w.slack, benOnSlack()), "n.1")
	if got := unreachable(); got["discord"] != "closed" || len(got) != 1 {
		t.Errorf("unreachable: %v", got)
	}
	mu.Lock()
	closed["slack"] = true
	mu.Unlock()
	w.clock.advance(24 * time.Hour)
	w.owe(nudged("n.2", "ben"))
	w.deliver(b)
	if got := w.receipts("ben"); got["n.1"] != "sent nudge" || got["n.2"] != "dead closed" {
		t.Errorf("receipts: %v", got)
	}
	mu.Lock()
	clear(closed)
	mu.Unlock()
	w.clock.advance(24 * time.Hour)
	w.owe(nudged("n.3", "ben"))
	w.deliver(b)
	w.owe(reply("r.1", "ben", "slack"))
	w.deliver(b)
	want(t, "Ben on Discord", seen(w.discord, benDiscord())) // nobody knocks until he acts there
	want(t, "Ben on Slack", seen(w.slack, benOnSlack()), "n.1", "r.1")
	if got := w.receipts("ben"); got["n.3"] != "dead closed" || unreachable()["slack"] != "" {
		t.Errorf("receipts: %v, unreachable: %v", got, unreachable())
	}
	w.clock.advance(24 * time.Hour)
	w.owe(nudged("n.4", "ben"))
	w.deliver(b)
	w.owe(reply("r.2", "ben", "discord"))
	w.deliver(b)
	want(t, "Ben on Slack", seen(w.slack, benOnSlack()), "n.1", "r.1", "n.4")
	want(t, "Ben on Discord", seen(w.discord, benDiscord()), "r.2")
	if got := unreachable(); len(got) != 0 {
		t.Errorf("reached again, but noted as unreachable: %v", got)
	}
	space := post("p.1")
	mu.Lock()
	closed["slack"] = true
	mu.Unlock()
	w.owe(space)
	w.deliver(b)
	if got := w.receipts(room); got["p.1"] != "dead closed" {
		t.Errorf("receipts: %v", got)
	}
	var s coalition.Space
	if w.read(flows.Ref{Kind: flows.KindSpace, ID: room}, &s); s.Channel != "C1" {
		t.Errorf("the space was changed: %+v", s)
	}
}

// TestPoisonGivesWay: a message that no try can send is given up after hours, and what stands behind it is sent.
func TestPoisonGivesWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(func(c *bot.Config) {
		c.Platforms[0] = poisoned{c.Platforms[0]}
	})
	w.owe(post("poison"), post("behind"), reply("r.1", "ana", "slack"))
	w.run(5*time.Hour, time.Minute, b)
	want(t, "the room", seen(w.slack, inRoom()))
	want(t, "Ana is not kept waiting", seen(w.slack, anaOnSlack()), "r.1")
	w.run(2*time.Hour, time.Minute, b)
	want(t, "the room", seen(w.slack, inRoom()), "behind")
	if got := w.receipts(room); got["poison"] != "dead given-up" {
		t.Errorf("receipts: %v", got)
	}
}

// TestSleepIsNoTry: the platform is unclear for over an hour, and then the machine sleeps. What is owed is said when it wakes.
func TestSleepIsNoTry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	away := true
	b := w.process(func(c *bot.Config) {
		c.Platforms[0] = bottest.Faulty{Platform: w.slack, Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
			if away && op == "Send" {
				return bottest.Unheard
			}
			return bottest.None
		}}
	})
	w.owe(post("p.1"))
	w.run(80*time.Minute, 10*time.Second, b)
	w.clock.advance(9 * time.Hour)
	away = false
	w.run(time.Minute, 10*time.Second, b)
	want(t, "the room", seen(w.slack, inRoom()), "p.1")
}

// poisoned breaks off at one message, before posting it.
type poisoned struct{ bot.Platform }

func (p poisoned) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	if strings.Contains(m.Plain(), "poison") {
		panic("cannot be encoded")
	}
	return p.Platform.Send(ctx, to, key, m)
}

// TestRestoredStore: the store comes back as it was before its last sends. For some minutes nothing is sent without a
// look.
func TestRestoredStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	w.owe(post("p.1"), reply("r.1", "ana", "slack"), nudged("n.1", "ben"))
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	w.deliver(w.process(nil))
	w.clock.advance(10 * time.Second)
	restored, err := store.Open(t.Context(), store.Options{Dir: backup})
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	w.store = restored
	again := w.process(nil)
	w.deliver(again)
	w.owe(post("p.2"))
	w.deliver(again)
	want(t, "the room", seen(w.slack, inRoom()), "p.1", "p.2")
	want(t, "Ana", seen(w.slack, anaOnSlack()), "r.1")
	want(t, "Ben", seen(w.discord, benDiscord()), "n.1")
	if got := w.receipts("ben"); !strings.HasPrefix(got["n.1"], "sent") {
		t.Errorf("receipts: %v", got)
	}
}

// TestFailover: long after the start another primary takes over that never heard of the last sends. The bot is told, and
// looks; one that was not told sends again.
func TestFailover(t *testing.T) {
	t.Parallel()
	for told, room := range map[bool][]string{true: {"p.1", "p.2"}, false: {"p.1", "p.1", "p.2"}} {
		w := newWorld(t, monday())
		primary := &swapped{w.store}
		b := w.process(func(c *bot.Config) { c.Ledger, c.Outbox = primary, primary })
		w.clock.advance(time.Hour)
		w.owe(post("p.1"))
		replica := t.TempDir()
		if err := os.CopyFS(replica, os.DirFS(w.dir)); err != nil {
			t.Fatal(err)
		}
		w.deliver(b)
		w.clock.advance(10 * time.Second)
		other, err := store.Open(t.Context(), store.Options{Dir: replica})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		primary.Store, w.store = other, other
		if told {
			b.Suspect()
		}
		w.deliver(b)
		w.owe(post("p.2"))
		w.deliver(b)
		want(t, fmt.Sprintf("the room, told %v", told), seen(w.slack, inRoom()), room...)
	}
}

// swapped is a store of which another may take over.
type swapped struct{ *store.Store }

// TestRunDelivers: Run wakes by itself when a commit kicked, and lets what is under way finish when it is told to stop.
func TestRunFinishesWhatItBegan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	entered, go_on := make(chan struct{}), make(chan struct{})
	b := w.process(func(c *bot.Config) {
		c.Platforms[0] = gated{c.Platforms[0], func() {
			close(entered)
			<-go_on
		}}
	})
	w.owe(post("p.1"))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	b.Wake()
	<-entered
	stop()
	select {
	case <-done:
		t.Fatal("Run ended in the middle of a send")
	default:
	}
	close(go_on)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := w.receipts(room); got["p.1"] != "sent post" {
		t.Errorf("receipts: %v", got)
	}
}

// gated calls before each Send.
type gated struct {
	bot.Platform
	before func()
}

func (g gated) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	g.before()
	return g.Platform.Send(ctx, to, key, m)
}
