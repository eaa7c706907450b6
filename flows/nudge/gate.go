package nudge

import (
	"time"

	"convenor/flows"
)

// Decision is what the gate says.
type Decision string

// The decisions.
const (
	Send Decision = "send" // Message now
	Wait Decision = "wait" // ask again at Until
	Drop Decision = "drop" // never: write a receipt
)

// Rules by which the gate holds back or drops.
const (
	RuleTwice  = "twice"        // it was sent before
	RuleLate   = "late"         // it is too old to be of use
	RuleOff    = "nudges-off"   // the person wants no nudges
	RuleMuted  = "muted"        // the person wants none of this kind
	RuleStale  = "not-true"     // the step is done, or moved, or led by someone else
	RuleAway   = "away"         // the person is away
	RuleHours  = "hours"        // outside the person's hours
	RuleBudget = "one-a-day"    // the person had a nudge today
	RuleDigest = "for-a-digest" // no open hour is left before the due date
)

// Verdict is the gate's word about one delivery.
type Verdict struct {
	Do       Decision
	Rule     string        // for a receipt: the rule that held it back or dropped it; sent: the delivery's own
	Until    time.Time     // Wait
	Message  flows.Message // Send: what to send; of a grouped nudge, what is still true of it
	Explains bool          // Send: Message explains what nudges are; set Person.Explained with the receipt
}

// Gate decides about any delivery right before it is sent. For a reply or a post only d, f.Now and f.Receipts count.
func Gate(d flows.Delivery, f Facts) Verdict { panic("being written") }
