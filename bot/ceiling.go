package bot

import (
	"sync"
	"time"

	"convenor/flows"
)

// turnsMost is how many deliveries have a turn booked at most.
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
	at, booked := c.booked[ofTurn(d)]
	if !booked {
		at = c.reserve(place, now)
		if len(c.booked) >= turnsMost {
			c.booked = nil // so many that those who wait book anew
		}
		if c.booked == nil {
			c.booked = map[string]time.Time{}
		}
		c.booked[ofTurn(d)] = at
	}
	if d.Kind == flows.Reply {
		return 0
	}
	return max(at.Sub(now), 0)
}

// taken says that a delivery has taken its turn: until then it keeps it, also when its channel makes it wait.
func (c *ceiling) taken(d flows.Delivery) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.booked, ofTurn(d))
}

// ofTurn names a delivery among those of all coalitions.
func ofTurn(d flows.Delivery) string { return d.Coalition + " " + d.ID }

// slow lets nothing more go to a place at once for now, but one after the other: the platform has asked to wait.
func (c *ceiling) slow(place string, now time.Time) {
	if c != nil {
		c.empty(place, now)
	}
}
