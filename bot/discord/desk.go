package discord

import "sync"

// inFlightMax is how many interactions and messages are worked on at one time. What comes on top is left: a click is
// answered by Discord's own notice.
const inFlightMax = 256

// desk counts what is under way, so that a drain knows when it is done.
type desk struct {
	mu      sync.Mutex
	working int
	idle    chan struct{} // closed while nothing is under way
}

func newDesk() *desk {
	d := &desk{idle: make(chan struct{})}
	close(d.idle)
	return d
}

// enter takes a place at the desk; false when all are taken.
func (d *desk) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.working >= inFlightMax {
		return false
	}
	if d.working == 0 {
		d.idle = make(chan struct{})
	}
	d.working++
	return true
}

func (d *desk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.working--; d.working == 0 {
		close(d.idle)
	}
}

// quiet returns a channel that is closed once nothing is under way.
func (d *desk) quiet() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.idle
}
