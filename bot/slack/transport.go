package slack

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// slackClock knows how far the shared clock is ahead of Slack's. In a rehearsal that is hours; on a machine whose clock
// is wrong it may be minutes. Messages are dated by Slack's clock, so whoever looks for one must ask by it.
type slackClock struct {
	now   func() time.Time
	ahead atomic.Int64
	heard atomic.Bool
}

// hear takes in the date of an answer; without one nothing changes.
func (c *slackClock) hear(date string) {
	if t, err := http.ParseTime(date); err == nil {
		c.ahead.Store(int64(c.now().Sub(t)))
		c.heard.Store(true)
	}
}

// at turns an instant of the shared clock into Slack's. It is right to a second or two.
func (c *slackClock) at(t time.Time) time.Time { return t.Add(-time.Duration(c.ahead.Load())) }

// How often a connection may be asked for: in any throttleWindow no more than ten times. Slack allows more and counts
// them per app; a fault that makes us reconnect in circles must not use that up.
const (
	throttleWindow = time.Minute
	throttleBurst  = 4
	throttleEvery  = 10 * time.Second
)

// throttle lets requests pass as a token bucket does: throttleBurst at once, one more each throttleEvery.
type throttle struct {
	next  http.RoundTripper
	now   func() time.Time
	after func(time.Duration) <-chan struct{}

	waited func(time.Duration)

	mu   sync.Mutex
	full time.Time // when the bucket will be full
}

// RoundTrip waits for its turn, then carries the request.
func (t *throttle) RoundTrip(r *http.Request) (*http.Response, error) {
	for {
		wait := t.take()
		if wait <= 0 {
			return t.next.RoundTrip(r)
		}
		t.waited(wait)
		select {
		case <-t.after(wait):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

// take takes a token, or says how long to wait before asking again.
func (t *throttle) take() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if t.full.Before(now) {
		t.full = now
	}
	if wait := t.full.Sub(now) - (throttleBurst-1)*throttleEvery; wait > 0 {
		return wait
	}
	t.full = t.full.Add(throttleEvery)
	return 0
}
