package nudge

import (
	"slices"
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
	RuleTwice   = "twice"        // it was sent before
	RuleLate    = "late"         // it is too old to be of use
	RuleOff     = "nudges-off"   // the person wants no nudges
	RuleMuted   = "muted"        // the person wants none of this kind
	RuleStale   = "not-true"     // the step is done, or moved, or led by someone else
	RuleAway    = "away"         // the person is away
	RuleHours   = "hours"        // outside the person's hours
	RuleBudget  = "one-a-day"    // the person had a nudge today
	RuleDigest  = "for-a-digest" // no open hour is left before the due date
	RuleUnknown = "unknown-kind" // it is no reply, post or nudge
)

// Verdict is the gate's word about one delivery.
type Verdict struct {
	Do       Decision
	Rule     string        // for a receipt: the rule that held it back or dropped it; sent: the delivery's own
	Until    time.Time     // Wait
	Message  flows.Message // Send: what to send; of a nudge, what is true of it now
	Explains bool          // Send: Message explains what nudges are; set Person.Explained with the receipt
}

// Gate decides about any delivery right before it is sent. For a reply or a post only d, f.Now and f.Receipts count.
// An edit disturbs nobody, so only a repeat of it is held back.
func Gate(d flows.Delivery, f Facts) Verdict {
	sent := slices.ContainsFunc(f.Receipts, func(r flows.Receipt) bool {
		return r.Delivery == d.ID && r.Outcome == flows.Sent
	})
	age := f.Now.Sub(d.At)
	switch {
	case sent:
		return dropped(RuleTwice)
	case d.Edit:
		return Verdict{Do: Send, Rule: "edit", Message: d.Message}
	}
	switch d.Kind {
	case flows.Reply:
		if age > flows.ReplyLife {
			return dropped(RuleLate)
		}
		return Verdict{Do: Send, Rule: string(d.Kind), Message: d.Message}
	case flows.Post:
		return Verdict{Do: Send, Rule: string(d.Kind), Message: d.Message}
	case flows.Nudge:
		return f.gate(d, age)
	default:
		return dropped(RuleUnknown)
	}
}

// Call decides about a post that calls f.Person: others may see it at any hour, but it wakes one person.
func Call(d flows.Delivery, f Facts) Verdict {
	v := Gate(d, f)
	if v.Do != Send {
		return v
	}
	if f.Person.Nudges.Off {
		return dropped(RuleOff)
	}
	if open, rule := f.opening(); open.After(f.Now) {
		return Verdict{Do: Wait, Rule: rule, Until: open}
	}
	return v
}

func dropped(rule string) Verdict { return Verdict{Do: Drop, Rule: rule} }

// gate decides about a nudge. One without a rule was said in answer to what somebody else did: it cannot become untrue,
// but the person's wishes hold for it too.
func (f Facts) gate(d flows.Delivery, age time.Duration) Verdict {
	var reasons []flows.Reason
	if d.Reason.Rule != "" {
		reasons = append([]flows.Reason{d.Reason}, d.Also...)
	}
	given := len(reasons)
	reasons = slices.DeleteFunc(reasons, func(r flows.Reason) bool { return r.Object != "" && !f.holds(r) })
	held := len(reasons)
	reasons = slices.DeleteFunc(reasons, func(r flows.Reason) bool { return !f.wanted(r.Rule) })
	open, rule := f.opening()
	timely := slices.DeleteFunc(slices.Clone(reasons), func(r flows.Reason) bool { return f.tooLate(r, open) })
	switch {
	case f.Person.Nudges.Off:
		return dropped(RuleOff)
	case given > 0 && held == 0:
		return dropped(RuleStale)
	case given > 0 && len(reasons) == 0:
		return dropped(RuleMuted)
	case age >= uselessAfter:
		return dropped(RuleLate)
	case given > 0 && len(timely) == 0:
		return dropped(RuleDigest)
	case open.After(f.Now):
		return Verdict{Do: Wait, Rule: rule, Until: open}
	case given == 0 || reasons[0].Object == "":
		return Verdict{Do: Send, Rule: string(d.Kind), Message: d.Message}
	}
	late := age >= foldAfter || saysLate(d.Message)
	return Verdict{Do: Send, Rule: d.Reason.Rule, Message: f.message(reasons, late), Explains: !f.Person.Explained}
}

// Still is what a message that nobody could deliver says when its reader comes for it. Of a nudge that is what of it is
// true now; ok is false when nothing is.
func Still(d flows.Delivery, f Facts) (m flows.Message, ok bool) {
	if d.Kind != flows.Nudge || d.Reason.Object == "" {
		return d.Message, true
	}
	reasons := append([]flows.Reason{d.Reason}, d.Also...)
	reasons = slices.DeleteFunc(reasons, func(r flows.Reason) bool { return !f.holds(r) })
	if len(reasons) == 0 {
		return flows.Message{}, false
	}
	return f.message(reasons, false), true
}
