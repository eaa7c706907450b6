package bot_test

import (
	"context"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
)

// frozenPoster is frozen once, right before it posts: meanwhile happens first.
type frozenPoster struct {
	bot.Platform
	meanwhile func()
}

func (f *frozenPoster) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	if do := f.meanwhile; do != nil {
		f.meanwhile = nil
		do()
	}
	return f.Platform.Send(ctx, to, key, m)
}

// TestALatePostIsTakenBack freezes a process between its last look at the lease and its request, for as long as it takes
// another one to look, find nothing and post. The message stands twice for a moment, and once at the end.
func TestALatePostIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		around func(*bot.Config) // the process that takes over
		stands int               // right after the late post
	}{
		"after another one's":     {nil, 2},
		"while nobody could send": {down, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, monday())
			w.owe(post("p.1.0"))
			other := w.process(c.around)
			frozen := &frozenPoster{Platform: w.slack}
			frozen.meanwhile = func() { w.run(3*time.Minute, 5*time.Second, other) }
			slow := w.process(func(c *bot.Config) { c.Platforms[0] = frozen })
			w.deliver(slow)
			if got := seen(w.slack, inRoom()); len(got) != c.stands {
				t.Fatalf("the room shows %v", got)
			}
			w.run(10*time.Minute, 5*time.Second, slow, w.process(nil))
			want(t, "the room", seen(w.slack, inRoom()), "p.1.0")
			if n := int(slow.Retracted()); n != c.stands-1 {
				t.Errorf("%d taken back, not %d", n, c.stands-1)
			}
		})
	}
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
