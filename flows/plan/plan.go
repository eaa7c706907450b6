// Package plan holds goals and the action steps that serve them. It is pure: each function takes a step as it is, says
// what somebody did, and returns what changes.
//
// A step binds only who takes it. Naming a lead posts one line where it was named; until the lead takes the step, they
// get no direct message about it. What a press would change is decided here, at press time: the wrong person and a
// press that comes too late get a whisper, and nothing changes.
package plan

import (
	"slices"
	"strconv"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/when"
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
	From     string    `json:"from,omitempty"`  // id of the round that it came of
	Link     string    `json:"link,omitempty"`  // address of the message that it came of
	Named    time.Time `json:"named"`
	Taken    time.Time `json:"taken,omitzero"`
	Became   time.Time `json:"became,omitzero"` // taken: when its lead's accounts became one, and their reminders began anew
	Done     time.Time `json:"done,omitzero"`
	Ask      time.Time `json:"ask,omitzero"`       // offered: when whoever named it is told that it waits
	Snoozed  time.Time `json:"snoozed,omitzero"`   // taken: when the lead asked to be asked again
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

func (a Act) today() string { return when.Today(a.At, a.Zone) }

// Deadline is the step as the nudges see it.
func (s Step) Deadline() nudge.Deadline {
	d := nudge.Deadline{
		Step: s.ID, What: s.What, Goal: s.GoalText, Lead: s.Lead, NamedBy: s.NamedBy, Due: s.Due, Ask: s.Ask,
		Answered: s.Due != "" && s.Answered == s.Due, Note: s.Note, Stand: nudge.Over,
	}
	switch s.Status {
	case StatusOffered:
		d.Stand = nudge.Offered
	case StatusTaken:
		d.Stand = nudge.Taken
	case StatusHelp:
		d.Stand, d.Help = nudge.Taken, true
	case StatusDone, StatusDropped:
	}
	return d
}

// Key is the handle of the line that offers the step: flows.Message.Key.
func (s Step) Key() string { return "offer." + s.ID + "." + strconv.Itoa(s.Offers) }

// taken reports whether somebody leads the step now.
func (s Step) taken() bool { return s.Status == StatusTaken || s.Status == StatusHelp }

// changed is the step after somebody did something, with the way it was before in its history.
func (s Step) changed(did flows.Verb, a Act) Step {
	s.History = append(slices.Clone(s.History), Past{Did: did, By: a.Person.ID, At: a.At, Lead: s.Lead, Due: s.Due})
	s.Rev++
	return s
}

// puts stores the step as it is now. A note that it no longer holds is erased: nobody needs it any more.
func (s Step) puts(before Step) []flows.Put {
	puts := []flows.Put{{Ref: flows.Ref{Kind: flows.KindStep, ID: s.ID}, Value: s}}
	if before.Note != "" && before.Note != s.Note {
		puts = append(puts, flows.Put{Ref: flows.Ref{Kind: flows.KindText, ID: before.Note}, Delete: true})
	}
	return puts
}
