// Package nudge decides when, whom, how and why to remind, and whether a delivery may go out. It is pure.
//
// A nudge is planned as a timer (Ladder), looked at when the timer's time has come (Due), and looked at again right
// before it is sent (Gate): what is said is made from the state at that moment, never from the state at planning time.
package nudge

import (
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
)

// Kind says which rule sends a nudge. It is a Timer's Rule, a Reason's Rule and the Arg of flows.VerbFewer.
type Kind string

// The rungs of a step's ladder, at Hour in the lead's zone, moved when that is closed for them.
const (
	WeekBefore  Kind = "week-before" // 7 days before the due date
	DayBefore   Kind = "day-before"
	DayOf       Kind = "day-of"
	AfterOne    Kind = "after-1"     // one working day after it
	AfterThree  Kind = "after-3"     // three working days after it
	Question    Kind = "question"    // five working days after it: still OK, need help, hand on?
	Coordinator Kind = "coordinator" // two working days later one line to a coordinator, then silence
)

// Nudges that are no rung.
const (
	Snooze Kind = "snooze" // the lead asked to be asked again
	Offer  Kind = "offer"  // an offered step still waits: to whoever named it
	Help   Kind = "help"   // the lead asked for help: to a coordinator
)

// Hour is the hour of the day at which nudges are due, in the zone of whoever gets them.
const Hour = 9

// Deadline is a step as the nudges see it: what somebody promised, and by when.
type Deadline struct {
	Step     string
	What     string // text id: the step in the words of whoever named it
	Goal     string // text id: the goal it serves
	Lead     string // person id; empty when it is free to take
	NamedBy  string // person id
	Due      string // YYYY-MM-DD; empty when no date is agreed
	Stand    Stand
	Ask      time.Time // offered: before this instant nobody is told that it waits
	Answered bool      // the lead has answered since Due passed: nobody is asked about this date again
	Note     string    // text id: what the lead said about the help that is needed, if anything
}

// Stand says whether a deadline binds someone.
type Stand string

// The stands of a deadline.
const (
	Offered Stand = "offered" // nobody has taken the step
	Taken   Stand = "taken"   // Lead took it
	Over    Stand = "over"    // done or dropped
)

// Facts are what is known about one person when it is decided whether and what to write to them.
type Facts struct {
	Person    coalition.Person
	Now       time.Time
	Zone      *time.Location      // the person's, or the coalition's when theirs is not known
	Deadlines map[string]Deadline // by step id: every step that the timers or the delivery are about; a missing one is gone
	Receipts  []flows.Receipt     // the person's, those of the last day at least
}

// Ladder returns the timers of a taken step, for its lead: one per rung. Rungs whose time is past at now are left out,
// and so is one of two that would fall on the same day. zone is the lead's. A step without a due date has no ladder.
func Ladder(coalitionID string, d Deadline, lead coalition.Person, zone *time.Location, now time.Time) []flows.Timer {
	panic("being written")
}

// Whom returns the person that a timer speaks to now, and "" when nobody is to be told any more: what is the lead's
// goes to whoever leads now, an offer to whoever named the step, and a coordinator's line to the first of coordinators
// who does not lead the step.
func Whom(t flows.Timer, d Deadline, coordinators []coalition.Person) string { panic("being written") }

// Turn is what became of the timers that were due for one person.
type Turn struct {
	Deliveries []flows.Delivery // at most one: everything that is still true, in one message
	Timers     []flows.Timer    // the same again, later: the time was closed
	Fired      []string         // every timer given
}

// Due decides about the timers that are due for one person, all at once: they become one delivery, or are moved to
// when the person may be written to, or found to be no longer true. The caller has sorted them by Whom, and commits the
// whole Turn.
func Due(timers []flows.Timer, f Facts) Turn { panic("being written") }
