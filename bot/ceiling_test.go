package bot_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/coalition"
)

// TestAWorkspaceIsNotFlooded: of 40 messages to 40 channels of one workspace five go at once and then one each quarter of
// a second, in order, while a reply to a click waits for none of them and another server not at all. When the platform asks
// to wait, nothing more goes at once.
func TestAWorkspaceIsNotFlooded(t *testing.T) {
	t.Parallel()
	const many, burst, every = 40, 5, 250 * time.Millisecond
	w := newWorld(t, monday())
	busy := false
	slack := bottest.Faulty{Platform: w.slack, Plan: func(op string, to bot.Address, _ string) bottest.Fault {
		if op == "Send" && to.Channel == "C39" && !busy {
			busy = true
			return bottest.Busy
		}
		return bottest.None
	}}
	var told sync.Mutex
	waits := map[string][]time.Duration{}
	b := w.process(func(c *bot.Config) {
		c.Platforms = []bot.Platform{slack, w.discord}
		c.Limits = bot.Limits{Posts: burst, PostsEvery: every}
		c.Waited = func(platform string, wait time.Duration) {
			told.Lock()
			defer told.Unlock()
			waits[platform] = append(waits[platform], wait)
		}
	})
	posts := func(from, to int) {
		var list []flows.Delivery
		for i := from; i < to; i++ {
			id := fmt.Sprintf("slack:T1:C%d", i)
			w.put(flows.Ref{Kind: flows.KindSpace, ID: id}, coalition.Space{ID: id, Platform: "slack", Place: "slack:T1", Channel: fmt.Sprintf("C%d", i)})
			list = append(list, flows.Delivery{ID: fmt.Sprintf("p%d", i), Kind: flows.Post, Space: id, Message: text("to " + id)})
		}
		w.owe(list...)
	}
	stand := func() (n int) {
		for _, p := range w.slack.Posts(bot.Address{}) {
			if p.To.Channel != "" {
				n++
			}
		}
		return n
	}
	posts(0, many-1)
	w.deliver(b)
	if n := stand(); n != burst {
		t.Errorf("%d at once, not %d", n, burst)
	}
	if list := waits["slack"]; len(list) != many-1-burst || slices.Max(list) != every*time.Duration(len(list)) || len(waits) != 1 {
		t.Errorf("told of these waits: %v", waits)
	}
	w.owe(reply("answer", "ana", "slack"), reply("elsewhere", "ben", "discord"))
	w.deliver(b)
	want(t, "Ana sees", seen(w.slack, anaOnSlack()), "answer")
	want(t, "Ben sees", seen(w.discord, benDiscord()), "elsewhere")
	for i := burst; i < many-1; i++ {
		w.clock.advance(every)
		w.deliver(b)
		if n := stand(); n < i || n > i+1 { // the reply has taken a turn
			t.Fatalf("%d after %d turns", n, i+1)
		}
	}
	w.clock.advance(time.Hour)
	posts(many-1, many) // the platform asks to wait
	before := len(waits["slack"])
	w.deliver(b)
	if list := waits["slack"][before:]; len(list) != 1 || list[0] < time.Second {
		t.Errorf("told of these waits when the platform asked for one: %v", list)
	}
	posts(many, many+burst)
	w.deliver(b)
	if n := stand(); n != many-1 {
		t.Errorf("%d stand right after the platform asked to wait, not %d", n, many-1)
	}
	w.run(time.Minute, every, b)
	if n := stand(); n != many+burst {
		t.Errorf("%d stand in the end, not %d", n, many+burst)
	}
}
