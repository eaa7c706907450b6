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
	paceKept  = 4096 // channels remembered before idle ones are forgotten
)

// pace is a token bucket for each channel, kept as the one instant at which the bucket would be full again. It lives in
// one process: with several replicas each keeps its own. It is safe for many goroutines.
type pace struct {
	mu   sync.Mutex
	full map[string]time.Time
}

// take takes a token of a channel at now, or says how long to wait for one.
func (p *pace) take(channel string, now time.Time) (wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	full := p.full[channel]
	if full.Before(now) {
		full = now
	}
	if early := full.Sub(now) - (paceBurst-1)*paceEvery; early > 0 {
		return early
	}
	p.keep(channel, full.Add(paceEvery), now)
	return 0
}

// hold empties a channel's bucket until an instant: the platform asked to wait.
func (p *pace) hold(channel string, until, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(channel, until.Add((paceBurst-1)*paceEvery), now)
}

func (p *pace) keep(channel string, full, now time.Time) {
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
	p.full[channel] = full
}
