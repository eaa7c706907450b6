package bot

import (
	"sync"
	"time"
)

// How fast one channel is written to. Slack shows about one message a second in a channel and hides longer bursts
// without a word; a few at once are let through, as by a person who writes two lines.
const (
	paceEvery = time.Second
	paceBurst = 3
	paceKept  = 4096 // keys remembered before idle ones are forgotten
)

// pace is a token bucket for each key, such as a channel, kept as the one instant at which the bucket would be full
// again. It lives in one process; of several on one Redis, one at a time posts. It is safe for many goroutines.
type pace struct {
	every time.Duration // one token more each
	burst int           // tokens of a full bucket

	mu   sync.Mutex
	full map[string]time.Time
}

// take takes a token of a key at now, or says how long to wait for one.
func (p *pace) take(key string, now time.Time) (wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	full := p.level(key, now)
	if early := full.Sub(now) - time.Duration(p.burst-1)*p.every; early > 0 {
		return early
	}
	p.keep(key, full.Add(p.every), now)
	return 0
}

// hold empties a key's bucket until an instant: the platform asked to wait.
func (p *pace) hold(key string, until, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(key, until.Add(time.Duration(p.burst-1)*p.every), now)
}

// level is when a key's bucket would be full again: now, when it is. The caller holds p.mu.
func (p *pace) level(key string, now time.Time) time.Time {
	if full := p.full[key]; full.After(now) {
		return full
	}
	return now
}

// reserve takes a token that may be there only later, and returns when.
func (p *pace) reserve(key string, now time.Time) (at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	full := p.level(key, now)
	p.keep(key, full.Add(p.every), now)
	return full.Add(-time.Duration(p.burst-1) * p.every)
}

// empty takes all tokens that a key has now.
func (p *pace) empty(key string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if full := now.Add(time.Duration(p.burst) * p.every); p.full[key].Before(full) {
		p.keep(key, full, now)
	}
}

func (p *pace) keep(key string, full, now time.Time) {
	if p.full == nil {
		p.full = map[string]time.Time{}
	}
	if len(p.full) >= paceKept {
		for c, f := range p.full {
			if f.Before(now) {
				delete(p.full, c)
			}
		}
	}
	p.full[key] = full
}
