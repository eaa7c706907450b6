package flows

import "time"

// Deadline is a step as the nudges see it: what somebody promised, and by when. Package plan makes it of a step,
// package nudge reminds of it, and neither knows the other.
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
	StandOffered Stand = "offered" // nobody has taken the step
	StandTaken   Stand = "taken"   // Lead took it
	StandOver    Stand = "over"    // done or dropped
)
