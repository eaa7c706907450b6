package discord

import "time"

// What could not be saved, with nobody told, is asked for again at the next connection; but not for ever, and not at the
// price of a session that Discord would no longer take up because it is asked for too much. After five minutes nobody
// waits for an answer any more, and about as long Discord keeps a session.
const (
	owedLife = 5 * time.Minute
	owedBack = 1000 // events that have come since
)

// trail is what was heard in one session. An event is under way from when it is heard until it has ended: until what it
// asks for was saved, or asked for nothing, or its sender was told that it was not saved. One that ends otherwise is
// owed. It is not safe for many goroutines.
type trail struct {
	last  int64               // the newest that was heard
	under map[int64]struct{}  // under way: at most as many as fit on the desk
	owed  map[int64]time.Time // since when; none is further back than owedBack
}

// newTrail begins after an event.
func newTrail(last int64) *trail {
	return &trail{last: last, under: map[int64]struct{}{}, owed: map[int64]time.Time{}}
}

// hear reports whether an event is news, and notes that it is under way then. Discord may replay what has ended or is
// still under way; what is owed is news again.
func (t *trail) hear(seq int64) bool {
	_, owed := t.owed[seq]
	if seq <= t.last && !owed {
		return false
	}
	delete(t.owed, seq)
	t.under[seq] = struct{}{}
	t.last = max(t.last, seq)
	return true
}

// end notes that an event has ended, or that it is owed.
func (t *trail) end(seq int64, at time.Time, owed bool) {
	if _, is := t.under[seq]; !is {
		return
	}
	delete(t.under, seq)
	if owed {
		t.owed[seq] = at
	}
	t.forgive(at)
}

// safe is the number up to which everything has ended. It never passes what is under way, and what is owed only when
// that is too long ago.
func (t *trail) safe(now time.Time) int64 {
	t.forgive(now)
	safe := t.last
	for seq := range t.under {
		safe = min(safe, seq-1)
	}
	for seq := range t.owed {
		safe = min(safe, seq-1)
	}
	return safe
}

func (t *trail) forgive(now time.Time) {
	for seq, since := range t.owed {
		if now.Sub(since) >= owedLife || t.last-seq >= owedBack {
			delete(t.owed, seq)
		}
	}
}
