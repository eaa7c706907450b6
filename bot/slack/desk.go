package slack

import "sync"

// inFlightMax is how many envelopes are worked on at one time. What comes on top is left unacknowledged: an event is
// sent again, and a click is answered by Slack's own notice.
const inFlightMax = 256

// desk counts the envelopes under way and the acknowledgements given, so that a drain knows when it is done.
type desk struct {
	mu      sync.Mutex
	working int
	acks    int
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

// acknowledged notes that an acknowledgement was handed to the connection.
func (d *desk) acknowledged() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.acks++
}

// quiet returns a channel that is closed once nothing is under way, and how many acknowledgements were given so far.
func (d *desk) quiet() (idle <-chan struct{}, acks int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.idle, d.acks
}
