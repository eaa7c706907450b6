package flows

import (
	"slices"
	"time"
)

// quorumOf is the smallest number of people that a quorum is counted of: with fewer, one answer could close a question
// before anybody else has seen it.
const quorumOf = 3

// dayWait closes a question of a round that nobody leads and that names no time: somebody may have left.
const dayWait = 24 * time.Hour

// weekWait is how long "remind us in a week" waits.
const weekWait = 7 * 24 * time.Hour

// together is how many must have answered before one of them may move a round on that nobody leads.
const together = 2

// groupOnly reports whether only a group's run can take an event.
func groupOnly(k EventKind) bool {
	switch k { //nolint:exhaustive // all others are for one person's run too
	case EventRemind, EventSort, EventCapture, EventMake, EventLook, EventAlso, EventClose, EventAgain, EventStep:
		return true
	default:
		return false
	}
}

// Clocks are the times of day (HH:MM) at which questions of the flow close, each once.
func (f *Flow) Clocks() []string {
	var list []string
	for i := range f.nodes {
		if clock := f.nodes[i].Until.Clock; clock != "" && !slices.Contains(list, clock) {
			list = append(list, clock)
		}
	}
	return list
}

// NeedsAnswers reports whether a group's event must carry Closing, Answers and Made: when it could close the waiting
// question, or shows or sorts what was answered. Reading all answers for every event would cost as much as there are
// answers, for each of them.
func (f *Flow) NeedsAnswers(r Run, e Event) bool {
	switch e.Kind { //nolint:exhaustive // the others show no answers
	case EventNext, EventClose, EventSort, EventCapture, EventMake, EventLook, EventStep:
		return true
	case EventAnswer, EventUnknown:
		i, ok := f.index[r.Node]
		if !ok {
			return false
		}
		needed := f.nodes[i].needed(r.Here)
		return needed > 0 && r.Tally[r.Node].Answers+1 >= needed
	default:
		return false
	}
}

// needed is how many people must answer until the question closes; 0 when their number does not close it.
func (n *node) needed(here int) int {
	needed := n.Until.Answers
	if n.Until.Quorum > 0 {
		quorum := (max(here, quorumOf)*n.Until.Quorum + 99) / 100
		if needed == 0 || quorum < needed {
			needed = quorum
		}
	}
	return needed
}

func (t *turn) enough(n *node, answers int) bool {
	needed := n.needed(t.run.Here)
	return needed > 0 && answers >= needed
}

// join counts a person who answers for the first time: in this round, and among the people expected if they were not.
func (t *turn) join() {
	if t.e.Joined {
		return
	}
	t.run.Joined++
	if !t.e.Known {
		t.run.Here++
	}
}

// arm sets when the question that is asked now closes by itself, and whether its answers are sealed until then.
func (t *turn) arm() {
	n := t.waiting()
	if tally := t.run.Tally[n.ID]; (n.Sealed || t.f.def.Sealed) && !tally.Closed {
		tally.Sealed = true
		t.setTally(n.ID, tally)
	}
	t.run.Closes = t.closes(n)
	if !t.run.Closes.IsZero() {
		t.out = append(t.out, Arm{Kind: EventClose, At: t.run.Closes})
	}
}

// closes is when the waiting question closes, counted from now; the zero time when no time closes it.
func (t *turn) closes(n *node) time.Time {
	var at time.Time
	if n.Until.After > 0 {
		at = t.e.At.Add(time.Duration(n.Until.After) * time.Minute)
	}
	if clock, ok := t.e.Clocks[n.Until.Clock]; ok && n.Until.Clock != "" && (at.IsZero() || clock.Before(at)) {
		at = clock
	}
	if at.IsZero() && t.run.Nobody {
		at = t.e.At.Add(dayWait)
	}
	return at
}

// leads reports whether the person may pause a round, sort its answers and end it: whoever leads it, or when nobody
// does, whoever takes part or has started it.
func (t *turn) leads() bool {
	return t.e.Lead || t.run.Nobody && (t.e.Joined || t.e.Person == t.run.Person)
}

func (t *turn) leadOnly() Part {
	if t.run.Nobody {
		return note("round.join-first")
	}
	return note("round.lead-only")
}

// mayMoveOn reports whether the person may close the waiting question. When nobody leads, that is anyone who takes
// part, once all who take part have answered it.
func (t *turn) mayMoveOn() bool {
	answers := t.run.Tally[t.run.Node].Answers
	return t.e.Lead || t.run.Nobody && t.e.Joined && answers >= max(together, t.run.Joined)
}

func (t *turn) whoMovesOn() Part {
	if !t.run.Nobody || !t.e.Joined {
		return t.leadOnly()
	}
	missing := max(together, t.run.Joined) - t.run.Tally[t.run.Node].Answers
	return Part{Style: StyleBody, Words: "round.not-yet", Args: map[string]Arg{"count": {Number: &missing}}}
}

// rest pauses the round at the waiting question, and says why.
func (t *turn) rest(words string) {
	t.run.State, t.run.Closes = StatePaused, time.Time{}
	t.edit(t.roundPaused(words))
}

// remindLater promises to ask again in a week.
func (t *turn) remindLater() {
	t.take()
	t.run.Remind = t.e.At.Add(weekWait)
	t.out = append(t.out, Arm{Kind: EventAgain, At: t.run.Remind})
	t.edit(t.roundPaused("round.in-a-week"))
}

// RoundTimer is the timer of an Arm: the same need of the same run has the same id.
func RoundTimer(coalition, run string, a Arm) Timer {
	return Timer{
		ID:        run + "." + string(a.Kind) + "." + a.At.UTC().Format("20060102T150405.000"),
		Coalition: coalition, Kind: TimerRound, Object: run, Rule: string(a.Kind), At: a.At,
	}
}

// Timers are those that the run must have as it is: one that closes its waiting question, or one that asks a paused round
// again.
func (r Run) Timers(coalition string) []Timer {
	switch {
	case r.Group && r.State == StateOpen && !r.Closes.IsZero():
		return []Timer{RoundTimer(coalition, r.ID, Arm{Kind: EventClose, At: r.Closes})}
	case r.Group && r.State == StatePaused && !r.Remind.IsZero():
		return []Timer{RoundTimer(coalition, r.ID, Arm{Kind: EventAgain, At: r.Remind})}
	default:
		return nil
	}
}

// fromNobody takes what no person did. What comes too late, or too early, finds nothing to do.
func (t *turn) fromNobody() {
	timed := t.run.Closes
	if t.e.Kind == EventAgain {
		timed = t.run.Remind
	}
	due := !timed.IsZero() && !t.e.At.Before(timed)
	switch {
	case t.e.Kind == EventStep:
		t.linkStep()
	case t.e.Kind == EventClose && t.run.State == StateOpen && due:
		t.take()
		if t.run.Tally[t.run.Node].Answers == 0 { // nobody is there: the next question would find nobody either
			t.rest("round.rests")
			return
		}
		t.close(slices.Clone(t.e.Closing))
	case t.e.Kind == EventAgain && t.run.State == StatePaused && due:
		t.take()
		t.leave("run.below")
		t.run.Remind, t.run.Drawn = time.Time{}, t.run.Rev
		t.say(t.roundAgain())
	}
}

// until checks when a group's question closes.
func (c *checker) until(name string, n Node) {
	u := n.Until
	switch {
	case u != Until{} && !c.def.Group:
		c.breaks(RuleStray, name, "until", "only a group waits for more than one answer")
	case u.Answers < 0:
		c.breaks(RuleRange, name, "until", "%d people cannot answer", u.Answers)
	case u.Quorum < 0 || u.Quorum > 100:
		c.breaks(RuleRange, name, "until", "a quorum is between 1 and 100 percent, not %d", u.Quorum)
	case u.After < 0 || u.After > UntilMax:
		c.breaks(RuleRange, name, "until", "%d minutes are not between 1 and %d", u.After, UntilMax)
	case u.Clock != "" && !validClock(u.Clock):
		c.breaks(RuleRange, name, "until", "%q is no time of day: like 20:00", u.Clock)
	case u.Lead && u != Until{Lead: true}:
		c.breaks(RuleStray, name, "until", "what only the facilitator closes has no other condition")
	}
	if n.Sealed && !c.def.Group {
		c.breaks(RuleStray, name, "sealed", "only a group's answers are sealed: one person sees their own")
	}
}

// validClock reports whether s is a time of day as HH:MM.
func validClock(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == len("15:04")
}
