package bottest

import (
	"strings"

	"convenor/bot"
)

// threadHolds puts a message in the thread of another, where the service has such a thing: whoever looks sees both, it
// can be found, changed and taken back, and when the one above is gone it stands in the channel.
func threadHolds(t *rig) {
	since := t.stage.Now()
	below := t.channel()
	below.Thread = t.send(t.channel(), key("1"), says("the question")).Message
	for _, k := range []string{"2", "3"} { // the second time the thread is there
		at := t.send(below, key(k), says("answers "+k))
		found, ok, err := t.Platform().Find(t.Context(), below, key(k), since)
		if err != nil || !ok || found != at {
			t.Fatalf("what was posted at %+v is found at %+v, %v, %v", at, found, ok, err)
		}
		if err := t.Platform().Edit(t.Context(), at, says("changed "+k)); err != nil {
			t.Fatal("edit:", err)
		}
		if seen := t.newest(t.stage.Ben, t.channel()); !strings.Contains(seen.Text, "changed "+k) {
			t.Errorf("Ben sees %q", seen.Text)
		}
	}
	if _, ok, err := t.Platform().Find(t.Context(), below, key("4"), since); ok || err != nil {
		t.Errorf("found what is not there: %v, %v", ok, err)
	}
	alone := t.send(t.channel(), key("5"), says("taken back"))
	if err := t.Platform().Retract(t.Context(), alone); err != nil {
		t.Fatal("retract:", err)
	}
	below = bot.Address{Place: below.Place, Channel: below.Channel, Thread: alone.Message}
	at := t.send(below, key("6"), says("in the channel then"))
	found, ok, err := t.Platform().Find(t.Context(), below, key("6"), since)
	if err != nil || !ok || found != at {
		t.Errorf("below what is gone: posted at %+v, found at %+v, %v, %v", at, found, ok, err)
	}
}
