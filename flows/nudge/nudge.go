// Package nudge decides when, whom, how and why to remind, and whether a delivery may go out. It is pure.
//
// A nudge is planned as a timer (Ladder), looked at when the timer's time has come (Due), and looked at again right
// before it is sent (Gate). What is said is made from the state at that moment, never from the state at planning time:
// a timer that has nothing left to say says nothing.
package nudge

import (
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
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

	// Unreached: nothing gets through to a person or a space, which is the timer's Object: to a coordinator.
	Unreached Kind = "unreached"
)

// Hour is the hour of the day at which nudges are due, in the zone of whoever gets them.
const Hour = 9

// before reports whether a kind is of no use once the due date is over.
func (k Kind) before() bool { return k == WeekBefore || k == DayBefore || k == DayOf }

// rank orders the kinds: of two about the same step for the same person only the higher one is said.
func (k Kind) rank() int {
	switch k {
	case Snooze:
		return 1
	case WeekBefore:
		return 2
	case DayBefore:
		return 3
	case DayOf:
		return 4
	case AfterOne:
		return 5
	case AfterThree:
		return 6
	case Question:
		return 7
	case Offer:
		return 8
	case Coordinator:
		return 9
	case Help:
		return 10
	case Unreached:
		return 11
	default:
		return 0
	}
}

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
	Help     bool      // the lead asked for help and has not said since that all is well
	Note     string    // text id: what help is needed, if the lead said it
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
	Lost      map[string]Lost     // by id: whom and what the timers or the delivery are about as unreached
	Receipts  []flows.Receipt     // the delivery's own and that of the person's last nudge, at least
}

// TimerID names a nudge's timer, and the delivery that comes of it: the same need always has the same id. date is the
// due date; for nudges that are no rung, the day they are for.
func TimerID(step string, kind Kind, date, person string) string {
	return step + "." + string(kind) + "." + date + "." + person
}

// Whom returns the person that a timer speaks to now, and "" when nobody is to be told any more: what is the lead's
// goes to whoever leads now, an offer to whoever named the step, and a coordinator's line to the first of coordinators
// who does not lead the step, or else to whoever named it. That somebody is not reached goes to a coordinator who is.
func Whom(t flows.Timer, d Deadline, coordinators []coalition.Person) string {
	switch Kind(t.Rule) {
	case Offer:
		if d.Stand == Offered {
			return d.NamedBy
		}
	case Coordinator, Help:
		if d.Stand == Taken {
			return other(d, coordinators)
		}
	case Unreached:
		return tellable(t, coordinators)
	case WeekBefore, DayBefore, DayOf, AfterOne, AfterThree, Question, Snooze:
		if d.Stand == Taken && d.Lead == t.Person {
			return d.Lead
		}
	}
	return ""
}

// other is who can look after the lead of d.
func other(d Deadline, coordinators []coalition.Person) string {
	for _, c := range coordinators {
		if c.ID != d.Lead {
			return c.ID
		}
	}
	if d.NamedBy != d.Lead {
		return d.NamedBy
	}
	return ""
}

// holds reports whether what a nudge says about a step is still so.
func (f Facts) holds(r flows.Reason) bool {
	d, ok := f.Deadlines[r.Object]
	kind := Kind(r.Rule)
	switch {
	case kind == Unreached:
		return f.Lost[r.Object].is(r.Due)
	case !ok:
		return false
	case kind == Offer:
		return d.Stand == Offered && d.NamedBy == f.Person.ID && !f.Now.Before(d.Ask)
	case kind == Help:
		return d.Stand == Taken && d.Help
	case d.Stand != Taken || d.Due != r.Due:
		return false
	case kind == Coordinator:
		return !d.Answered
	case d.Lead != f.Person.ID:
		return false
	case kind.before():
		return when.Today(f.Now, f.Zone) <= d.Due
	case kind == Snooze:
		return true
	default:
		return kind.rank() > 0 && !d.Answered
	}
}

// wanted reports whether the person has left nudges of a kind on.
func (f Facts) wanted(rule string) bool { return !f.Person.Nudges.Off && !f.Person.Nudges.Muted[rule] }

// opening returns when the person may be nudged: now, or the first instant later that is open, after they are back and
// on a day without a nudge; and the rule that closes the time until then.
func (f Facts) opening() (at time.Time, rule string) {
	at = f.Now
	hold := func(until time.Time, by string) {
		at = until
		if rule == "" {
			rule = by
		}
	}
	for {
		today := when.Today(at, f.Zone)
		next := f.Person.Hours.Next(at, f.Zone)
		switch {
		case when.Valid(f.Person.Away) && today <= f.Person.Away:
			hold(when.Instant(when.AddDays(f.Person.Away, 1), 0, 0, f.Zone), RuleAway)
		case f.nudgedOn(today):
			hold(when.Instant(when.AddDays(today, 1), Hour, 0, f.Zone), RuleBudget)
		case next.Equal(at):
			return at, rule
		default:
			hold(next, RuleHours)
		}
	}
}

// nudgedOn reports whether the person has had the day's nudge: one a day is the budget.
func (f Facts) nudgedOn(date string) bool {
	for _, r := range f.Receipts {
		if r.Kind == flows.Nudge && r.Outcome == flows.Sent && when.Today(r.At, f.Zone) == date {
			return true
		}
	}
	return false
}

// tooLate reports whether saying it at until is of no use: the due date is over then. What is left out here is for a
// digest.
func (f Facts) tooLate(r flows.Reason, until time.Time) bool {
	return Kind(r.Rule).before() && !until.Before(when.Instant(r.Due, 24, 0, f.Zone))
}
