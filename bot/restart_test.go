package bot_test

import (
	"context"
	"testing"
	"time"

	"convenor/flows"
)

// TestARestartIsNotWaitedFor: a process is killed right after it claimed a reply, before it began to send. The next one
// has the folder to itself: it sends at once, and does not wait for a lease that nobody holds.
func TestARestartIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	w.owe(reply("r.1.0", "ana", "slack"), post("p.1.0"))
	w.commit(flows.Commit{Timers: []flows.Timer{{ID: "t", Coalition: home, Kind: flows.TimerNudge, Object: "gone", At: w.clock.now()}}})
	now, until := w.clock.now(), w.clock.now().Add(25*time.Second)
	leases, err := w.store.ClaimDeliveries(context.Background(), now, until, 9)
	if err != nil || len(leases) != 2 {
		t.Fatal(leases, err)
	}
	timers, err := w.store.ClaimTimers(context.Background(), now, until, 9)
	if err != nil || len(timers) != 1 {
		t.Fatal(timers, err)
	}
	for _, l := range leases {
		if l.Delivery.Space != "" { // this one may have been posted: it is looked for when that can be known
			if err := w.store.Intend(context.Background(), l, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w.open()
	w.clock.advance(time.Second)
	b := w.process(nil)
	w.run(0, time.Millisecond, b)
	want(t, "Ana", seen(w.slack, anaOnSlack()), "r.1.0")
	want(t, "the room", seen(w.slack, inRoom()))
	if p, err := w.store.Pending(t.Context()); err != nil || p.Timers != 0 || p.Conversations != 1 {
		t.Errorf("pending: %+v, %v", p, err)
	}
	w.run(2*time.Minute, 5*time.Second, b)
	want(t, "Ana", seen(w.slack, anaOnSlack()), "r.1.0")
	want(t, "the room", seen(w.slack, inRoom()), "p.1.0")
}
