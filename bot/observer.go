package bot

import (
	"time"

	"convenor/flows"
)

// Observer is told what happened, to count it. It gets stable words only: no names, no texts, no ids of anybody. Its
// methods return at once and may be called by many goroutines.
type Observer interface {
	// Handled tells how an inbound event of a kind ("press", "submit", "typed", "command", "opened") went, and how long
	// it took: "saved", "again" (its key was seen before), "limited" or "failed".
	Handled(platform, kind, outcome string, took time.Duration)
	// Delivered tells what became of a delivery for now: "sent", "dropped", "dead", "later" or "unclear"; late is how
	// long after it was owed. The platform is where it was sent, else where it is tried first, "" when there is none.
	Delivered(platform string, kind flows.DeliveryKind, outcome string, late time.Duration)
	// Looked tells what a look for an earlier post brought: "found", "absent" or "failed".
	Looked(result string)
	// Refused tells that somebody wanted what they may not.
	Refused()
	// Panicked tells that a panic was caught.
	Panicked()
}

// How an event went.
const (
	saved   = "saved"
	again   = "again"
	limited = "limited"
	failed  = "failed"
)

// nobody observes nothing.
type nobody struct{}

func (nobody) Handled(string, string, string, time.Duration)               {}
func (nobody) Delivered(string, flows.DeliveryKind, string, time.Duration) {}
func (nobody) Looked(string)                                               {}
func (nobody) Refused()                                                    {}
func (nobody) Panicked()                                                   {}
