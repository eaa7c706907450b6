package bot

import (
	"maps"
	"sync"
	"time"

	"convenor/flows"
)

// turnsMost is how many deliveries wait for their turn at most; what comes beyond them goes when its channel lets it.
const turnsMost = 50_000

// ceiling spreads what is posted to one workspace or server: how much a platform takes there at once is nowhere written,
// and what is too much it hides or refuses. A delivery that has to wait books its turn, so that it is claimed a second
// time only when that has come. It lives in one process, which is enough: one process at a time sends posts and nudges. A
// nil ceiling is none; it is safe for many goroutines.
type ceiling struct {
	pace

	mu     sync.Mutex
	booked map[string]time.Time // by delivery
}

// turn returns how long a delivery has to wait for its turn. An answer to somebody's own click takes its place among the
// others and waits for none.
func (c *ceiling) turn(place string, d flows.Delivery, now time.Time) (wait time.Duration) {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	id := d.Coalition + " " + d.ID
	at, booked := c.booked[id]
	if !booked {
		at = c.reserve(place, now)
	}
	if d.Kind == flows.Reply || !at.After(now) || len(c.booked) >= turnsMost {
		delete(c.booked, id)
		return 0
	}
	if c.booked == nil {
		c.booked = map[string]time.Time{}
	}
	if len(c.booked) >= paceKept { // those who did not come for theirs
		maps.DeleteFunc(c.booked, func(_ string, at time.Time) bool { return at.Before(now.Add(-giveUpAge)) })
	}
	c.booked[id] = at
	return at.Sub(now)
}

// slow lets nothing more go to a place at once for now, but one after the other: the platform has asked to wait.
func (c *ceiling) slow(place string, now time.Time) {
	if c != nil {
		c.empty(place, now)
	}
}
