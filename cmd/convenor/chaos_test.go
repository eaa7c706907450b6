//go:build unix

package main

import (
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"convenor/bot/slack/slackfake"
)

// TestChaos goes through a storm of the size that CONVENOR_CHAOS names (make chaos SCALE=1): 2,400 acts and 2,000 nudges
// for each unit of it, 200 kill -9 of one of three processes, 40 of them frozen for longer than a lease, 10 kills of
// Redis; every fifth call of the platform goes wrong, and every tenth event comes late or again. The same then happens
// to one process on its own store. Nothing is lost, nobody is told twice, and nobody early. TestKill is the same on
// every run of the tests, smaller.
func TestChaos(t *testing.T) {
	t.Parallel()
	named := os.Getenv("CONVENOR_CHAOS")
	if named == "" {
		t.Skip("not asked for: run make chaos")
	}
	scale, err := strconv.ParseFloat(named, 64)
	if err != nil || scale <= 0 {
		t.Fatalf("CONVENOR_CHAOS is %q, wanted a number like 1", named)
	}
	of := func(n float64) int { return max(1, int(n*scale)) }
	for _, engine := range []string{"redis", "embedded"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := storm{
				members: of(400), atOnce: min(of(40), 100), replicas: 3, kills: of(100), pauses: of(20), outages: of(5),
				weather: slackfake.Weather{Faults: 0.2, Repeats: 0.1, Latency: 200 * time.Millisecond},
			}
			if engine == "embedded" {
				w.replicas, w.outages = 1, 0
			}
			besiege(t, engine == "redis", w)
		})
	}
}

// freeze stops the process, as a machine does that has no time for it. root moves the clock, which must not be under
// way.
func (o *office) freeze(root *office) {
	root.moving.Lock()
	defer root.moving.Unlock()
	o.signal(syscall.SIGSTOP, len(root.peers) > 0)
}

// thaw lets the process go on.
func (o *office) thaw() { o.signal(syscall.SIGCONT, false) }

func (o *office) signal(sig os.Signal, frozen bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.frozen = frozen
	if err := o.cmd.Process.Signal(sig); err != nil {
		o.t.Errorf("signal: %v", err)
	}
}
