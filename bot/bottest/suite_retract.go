package bottest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// retractRemoves takes one of two messages back: nobody sees it any more, and what is not there is gone.
func retractRemoves(t *rig) {
	for _, to := range []bot.Address{t.channel(), t.ana()} {
		t.send(to, key("1"), says("stays"))
		at := t.send(to, key("2"), says("goes"))
		if err := t.Platform().Retract(t.Context(), at); err != nil {
			t.Fatal("retract:", err)
		}
		seen := t.Look(t.T, t.stage.Ana, to)
		if len(seen) != 1 || !strings.Contains(seen[0].Text, "stays") {
			t.Errorf("after it was taken back: %+v", seen)
		}
		var gone *bot.GoneError
		if err := t.Platform().Retract(t.Context(), at); !errors.As(err, &gone) {
			t.Errorf("retract again: %v", err)
		}
	}
}

// findTwin: of two messages with one mark each is found when the other is not asked for. A service that takes the second
// for a repeat has no two.
func findTwin(t *rig) {
	since := t.stage.Now().Add(-time.Minute)
	for _, to := range []bot.Address{t.channel(), t.ana()} {
		twins := []flows.Posted{t.send(to, key("1"), says("once")), t.send(to, key("1"), says("twice"))}
		t.send(to, key("2"), says("another"))
		if twins[0] == twins[1] {
			twins = twins[:1]
		}
		var found []flows.Posted
		for range twins {
			at, ok, err := t.Platform().Find(t.Context(), to, key("1"), since, found...)
			if err != nil || !ok || slices.Contains(found, at) || !slices.Contains(twins, at) {
				t.Errorf("after %v found %+v, %v, %v; there stand %v", found, at, ok, err, twins)
			}
			found = append(found, at)
		}
		if at, ok, err := t.Platform().Find(t.Context(), to, key("1"), since, found...); ok || err != nil {
			t.Errorf("after %v still found %+v, %v, %v", found, at, ok, err)
		}
	}
}
