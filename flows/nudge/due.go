package nudge

import (
	"cmp"
	"slices"
	"time"

	"convenor/flows"
)

// How late a nudge may be. Up to foldAfter nobody notices; later what was missed is told in one message that says so;
// after uselessAfter it is left out.
const (
	foldAfter    = 24 * time.Hour
	uselessAfter = 7 * 24 * time.Hour
)

// Turn is what became of the timers that were due for one person.
type Turn struct {
	Deliveries []flows.Delivery // at most one: everything that is still true, in one message
	Moved      []flows.Timer    // the same, later: the time was closed
	Fired      []string         // every other timer given
}

// Useful reports whether a timer can still come to something at now: one that is later than a week says nothing.
func Useful(t flows.Timer, now time.Time) bool { return now.Sub(t.At) < uselessAfter }

// Due decides about the timers that are due for one person, all at once: they become one delivery, or are moved to
// when the person may be written to, or found to be no longer true. The caller has sorted them by Whom, and commits the
// whole Turn.
func Due(timers []flows.Timer, f Facts) Turn {
	var turn Turn
	best := map[string]flows.Timer{} // by step
	for _, t := range timers {
		if !Useful(t, f.Now) || !f.wanted(t.Rule) || !f.holds(reason(t)) {
			continue
		}
		if other, ok := best[t.Object]; !ok || Kind(t.Rule).rank() > Kind(other.Rule).rank() {
			best[t.Object] = t
		}
	}
	open, _ := f.opening()
	var kept []flows.Timer
	for _, t := range best {
		if !f.tooLate(reason(t), open) {
			kept = append(kept, t)
		}
	}
	slices.SortFunc(kept, func(a, b flows.Timer) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	switch {
	case len(kept) == 0:
	case open.After(f.Now):
		turn.Moved = later(kept, open)
	default:
		turn.Deliveries = []flows.Delivery{f.delivery(kept)}
	}
	for _, t := range timers {
		if !slices.ContainsFunc(turn.Moved, func(m flows.Timer) bool { return m.ID == t.ID }) {
			turn.Fired = append(turn.Fired, t.ID)
		}
	}
	return turn
}

// later moves timers.
func later(timers []flows.Timer, at time.Time) []flows.Timer {
	moved := slices.Clone(timers)
	for i := range moved {
		moved[i].Since, moved[i].At = moved[i].First(), at
	}
	return moved
}

// delivery is the one message for all timers. Its id is that of the first: whoever makes it again makes the same.
func (f Facts) delivery(timers []flows.Timer) flows.Delivery {
	reasons, late, since := make([]flows.Reason, len(timers)), false, f.Now
	for i, t := range timers {
		reasons[i] = reason(t)
		late = late || f.Now.Sub(t.At) >= foldAfter
		if t.First().Before(since) {
			since = t.First()
		}
	}
	return flows.Delivery{
		ID: timers[0].ID, Coalition: timers[0].Coalition, Kind: flows.Nudge, Person: f.Person.ID,
		Message: f.message(reasons, late), Reason: reasons[0], Also: reasons[1:], At: f.Now, Since: since,
	}
}

func reason(t flows.Timer) flows.Reason {
	return flows.Reason{Rule: t.Rule, Object: t.Object, Due: t.Due, Timer: t.ID, At: t.First()}
}
