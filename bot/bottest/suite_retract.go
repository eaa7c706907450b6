package bottest

import (
	"errors"
	"strings"

	"convenor/bot"
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
