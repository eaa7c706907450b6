// Package plan holds goals and the action steps that serve them. It is pure: each function takes a step as it is, says
// what somebody did, and returns what changes.
//
// A step binds only who takes it. Naming a lead posts one line where it was named; until the lead takes the step, they
// get no direct message about it.
package plan

import (
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
)

// Goal is what steps serve. It is kept as a record of flows.KindGoal.
type Goal struct {
	ID    string    `json:"id"`
	Text  string    `json:"text"` // text id
	By    string    `json:"by"`
	Since time.Time `json:"since"`
}

// Known is a goal with its words, read for comparing.
type Known struct {
	Goal
	Words string
}

// Status is where a step stands.
type Status string

// The statuses.
const (
	StatusOffered Status = "offered"
	StatusTaken   Status = "taken"
	StatusHelp    Status = "need-help" // taken, and the lead asked for help
	StatusDone    Status = "done"
	StatusDropped Status = "dropped"
)

// Step is an action step. It is kept as a record of flows.KindStep.
type Step struct {
	ID       string    `json:"id"`
	What     string    `json:"what"`           // text id
	Goal     string    `json:"goal"`           // goal id
	GoalText string    `json:"goal_text"`      // text id of the goal's words
	Lead     string    `json:"lead,omitempty"` // who is asked or has taken it; empty: free to take
	Due      string    `json:"due,omitempty"`  // YYYY-MM-DD; empty: to be agreed
	Status   Status    `json:"status"`
	NamedBy  string    `json:"named_by"`
	Space    string    `json:"space,omitempty"` // where it was named; empty: in a direct message
	Via      string    `json:"via,omitempty"`   // platform it was named on
	Named    time.Time `json:"named"`
	Taken    time.Time `json:"taken,omitzero"`
	Done     time.Time `json:"done,omitzero"`
	Ask      time.Time `json:"ask,omitzero"`       // offered: when whoever named it is told that it waits
	Answered string    `json:"answered,omitempty"` // the due date about which the lead has answered after it passed
	Note     string    `json:"note,omitempty"`     // text id: what help is needed
	Offers   int       `json:"offers,omitempty"`   // how often it was offered anew; part of the posted line's key
	Rev      int64     `json:"rev"`                // grows by one with each change
	History  []Past    `json:"history,omitempty"`
}

// Past is one line of a step's history.
type Past struct {
	Did  flows.Verb `json:"did"`
	By   string     `json:"by"`
	At   time.Time  `json:"at"`
	Lead string     `json:"lead,omitempty"` // as it was before
	Due  string     `json:"due,omitempty"`  // as it was before
}

// Act says who acts, and when.
type Act struct {
	Coalition string
	Person    coalition.Person
	Zone      *time.Location // the person's, or the coalition's when theirs is not known
	At        time.Time
}

// Naming is all that Name needs.
type Naming struct {
	Act                     // of whoever names the step
	HandOver flows.HandOver // what (text), goal (text), lead (person), due (date)
	StepID   string         // fresh
	GoalID   string         // fresh, should the goal be new
	Goal     string         // the words of HandOver's goal, read
	Goals    []Known        // the coalition's goals
}

// Name keeps a step, and the goal unless one with the same words is there, and posts one line that offers the step to
// its lead: in the space where it was named, or to whoever named it in a direct message. Without words or without a
// goal there is no step: nothing is kept and the person is told why. After two working days whoever named the step gets
// one private line if nobody took it.
func Name(n Naming) flows.Change { panic("being written") }

// Take binds a to the step: the one it is offered to, or anyone when it is free. It edits the line, tells the lead
// privately what comes next, and arms the ladder. Anyone else, and a stale press, gets a whisper and changes nothing.
func Take(s Step, a Act) flows.Change { panic("being written") }

// NotMe sets the step free to be taken by anyone. Nobody is blamed and nobody asks why.
func NotMe(s Step, a Act) flows.Change { panic("being written") }

// Later leaves the offer standing and gives it another two working days before whoever named the step is told.
func Later(s Step, a Act) flows.Change { panic("being written") }

// Done ends the step and thanks the lead. Whether it was late is said nowhere.
func Done(s Step, a Act) flows.Change { panic("being written") }

// OK keeps that the step is on track. After the due date it also answers the ladder's question: no more is asked about
// this date.
func OK(s Step, a Act) flows.Change { panic("being written") }

// AskHelp keeps that the lead needs help, with a note (text id) if there is one, and plans one private line to a
// coordinator. The lead is told who will know.
func AskHelp(s Step, a Act, note string) flows.Change { panic("being written") }

// NewDate moves the due date and arms the ladder anew. A date that is past at a.At changes nothing.
func NewDate(s Step, a Act, due string) flows.Change { panic("being written") }

// HandOn sets the step free and offers it anew where it was named. A due date that is past is dropped, so that nobody
// sees lateness; its history stays.
func HandOn(s Step, a Act) flows.Change { panic("being written") }

// Snooze asks the lead again tomorrow at nudge.Hour. It is the lead's alone and never moves the due date.
func Snooze(s Step, a Act) flows.Change { panic("being written") }

// Report carries out what the report flow collected: status, and note (text) or due (date).
func Report(s Step, a Act, h flows.HandOver) flows.Change { panic("being written") }

// Deadline is the step as the nudges see it.
func (s Step) Deadline() nudge.Deadline { panic("being written") }

// Key is the handle of the line that offers the step: flows.Message.Key.
func (s Step) Key() string { panic("being written") }
