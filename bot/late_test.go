package bot_test

import (
	"context"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
)

// frozenPoster is frozen once, right before it posts: meanwhile happens first, and then right after.
type frozenPoster struct {
	bot.Platform
	meanwhile func()
	then      func()
}

func (f *frozenPoster) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	do := f.meanwhile
	if do == nil {
		return f.Platform.Send(ctx, to, key, m)
	}
	f.meanwhile = nil
	do()
	defer f.then()
	return f.Platform.Send(ctx, to, key, m)
}

// TestALatePostIsTakenBack freezes a process between its last look at the lease and its request, for as long as it takes
// another one to look, find nothing and post. The message stands twice for a moment, and once at the end, also when the
// process is killed before it hears that it was late.
func TestALatePostIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		around func(*bot.Config) // the process that takes over
		frozen time.Duration
		killed bool
		stands int // right after the late post
	}{
		"after another one's":                     {nil, 3 * time.Minute, false, 2},
		"while nobody could send":                 {down, 3 * time.Minute, false, 1},
		"by a process that is killed":             {nil, 90 * time.Second, true, 2},
		"by one that is killed after a long time": {nil, 3 * time.Minute, true, 2},
		"by one that thaws after hours":           {nil, 5 * time.Hour, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, monday())
			w.owe(post("p.1.0"))
			other, next := w.process(c.around), w.process(nil)
			l := &life{left: -1}
			frozen := &frozenPoster{Platform: w.slack, then: func() { l.kill(c.killed) }}
			frozen.meanwhile = func() { w.run(c.frozen, 5*time.Second, other) }
			slow := w.process(func(c *bot.Config) {
				mortal(l)(c)
				c.Platforms[0] = frozen
			})
			_, _ = slow.Deliver(context.Background()) // it may be killed in it
			if got := seen(w.slack, inRoom()); len(got) != c.stands {
				t.Fatalf("the room shows %v", got)
			}
			alive := []*bot.Bot{other, next, slow}
			if c.killed {
				alive = alive[:2]
			}
			w.run(12*time.Minute, 5*time.Second, alive...)
			want(t, "the room", seen(w.slack, inRoom()), "p.1.0")
			if n := int(slow.Retracted() + other.Retracted() + next.Retracted()); n != c.stands-1 {
				t.Errorf("%d taken back, not %d", n, c.stands-1)
			}
		})
	}
}

// TestALatePostThatNobodyMayRemove: what the platform lets nobody take back stays, and it is not asked for ever.
func TestALatePostThatNobodyMayRemove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	w.owe(post("p.1.0"))
	asked := 0
	other := w.process(func(c *bot.Config) {
		c.Platforms[0] = bottest.Faulty{Platform: w.slack, Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
			if op == "Retract" {
				asked++
				return bottest.Gone
			}
			return bottest.None
		}}
	})
	l := &life{left: -1}
	frozen := &frozenPoster{Platform: w.slack, then: func() { l.kill(true) }}
	frozen.meanwhile = func() { w.run(90*time.Second, 5*time.Second, other) }
	_, _ = w.process(func(c *bot.Config) {
		mortal(l)(c)
		c.Platforms[0] = frozen
	}).Deliver(context.Background())
	w.run(3*time.Hour, 5*time.Second, other)
	want(t, "the room", seen(w.slack, inRoom()), "p.1.0", "p.1.0")
	if asked != 3 {
		t.Errorf("it was asked %d times to take it back, wanted once for each look", asked)
	}
}

// TestAPostThatWasGivenUpStays: it went out without a word that it did, and nobody could look until it was given up. It has
// reached its readers, and is not taken back when it can be looked for again.
func TestAPostThatWasGivenUpStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	w.owe(post("p.1.0"))
	away := true
	b := w.process(func(c *bot.Config) { c.Platforms[0] = mute(w.slack, &away) })
	w.run(9*time.Hour, time.Minute, b)
	if got := w.receipts(room)["p.1.0"]; got != "dead given-up" {
		t.Fatalf("it ended as %q", got)
	}
	away = false
	w.run(3*time.Hour, time.Minute, b)
	want(t, "the room", seen(w.slack, inRoom()), "p.1.0")
}

// TestAReplyThatCameThroughStays: as above, of a reply that is too old by the time that it can be looked for again.
func TestAReplyThatCameThroughStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	w.owe(reply("r.1.0", "ana", "slack"))
	away := true
	b := w.process(func(c *bot.Config) { c.Platforms[0] = mute(w.slack, &away) })
	w.run(9*time.Hour, time.Minute, b)
	if got := w.receipts("ana")["r.1.0"]; got != "dropped late" {
		t.Fatalf("it ended as %q", got)
	}
	away = false
	w.run(3*time.Hour, time.Minute, b)
	want(t, "Ana", seen(w.slack, anaOnSlack()), "r.1.0")
}

// TestWhatWasSaidBeforeARestoreIsNoCopy: of two reminders one was sent before the store was put back, and both come again as
// one. The answer to the other is lost, so that late copies are looked for: what was sent before stays.
func TestWhatWasSaidBeforeARestoreIsNoCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	whole := w.remindedAndPutBack([]string{"2026-11-03", "2026-11-04"}, 24*time.Hour)
	lost := 0
	b := w.process(func(c *bot.Config) {
		for i, p := range c.Platforms {
			c.Platforms[i] = bottest.Faulty{Platform: p, Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
				if op == "Send" && lost == 0 {
					lost++
					return bottest.Lost
				}
				return bottest.None
			}}
		}
	})
	w.run(3*time.Hour, 30*time.Second, b)
	w.reminded(whole)
}

// mute is a platform that posts once, without a word that it did, and then answers nothing while it is away.
func mute(p bot.Platform, away *bool) bottest.Faulty {
	return bottest.Faulty{Platform: p, Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
		switch {
		case *away && op == "Send":
			return bottest.Lost
		case *away:
			return bottest.Down
		default:
			return bottest.None
		}
	}}
}

// down makes every post fail before it is made.
func down(c *bot.Config) {
	c.Platforms[0] = bottest.Faulty{Platform: c.Platforms[0], Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
		if op == "Send" {
			return bottest.Down
		}
		return bottest.None
	}}
}
