package flows

import "time"

// State is where a run stands.
type State string

// The states of a run.
const (
	StateOpen      State = "open"
	StatePaused    State = "paused"
	StateDone      State = "done"
	StateCancelled State = "cancelled"
)

// Run is one conversation going through a flow. It is the fold of its log; a group's answers are records of their own
// (KindAnswer) and the run holds only its node and counts.
type Run struct {
	ID      string           `json:"id"`
	Flow    string           `json:"flow"`
	Hash    string           `json:"hash"` // revision of the flow, pinned
	Rev     int64            `json:"rev"`  // grows by one with each accepted event
	State   State            `json:"state"`
	Node    string           `json:"node"`              // the question that waits; empty when done
	Person  string           `json:"person"`            // who answers; for a group: who facilitates
	Group   bool             `json:"group,omitempty"`   //
	Space   string           `json:"space,omitempty"`   // where a group's run takes place, or where a person started it
	Also    []string         `json:"also,omitempty"`    // group: the other spaces in which it takes place: one round, one count
	Object  string           `json:"object,omitempty"`  // what the run is about: a step's id for a report
	Via     string           `json:"via,omitempty"`     // platform of the last event; a person is answered there
	Trail   Trail            `json:"trail,omitempty"`   // asked nodes on the way here, for Back
	Log     Log              `json:"log,omitempty"`     // one person's: what was answered and done, in order; never rewritten
	Tally   map[string]Tally `json:"tally,omitempty"`   // group: per node
	Confirm string           `json:"confirm,omitempty"` // what waits for a yes: "change:<node>", "remove:<gate>" or "cancel"
	Pending *Value           `json:"pending,omitempty"` // with a Change that waits for a yes: the new answer
	Drawn   int64            `json:"drawn,omitempty"`   // revision at which the waiting question was said: its message's key, and its controls' Rev
	Sealed  int              `json:"sealed,omitempty"`  // lines of Log before this were handed over or erased: no Change reaches them
	Nobody  bool             `json:"nobody,omitempty"`  // group: nobody leads; see turn.leads for who may do what
	Here    int              `json:"here,omitempty"`    // group: people expected: known in the space at the start, and who joined since
	Joined  int              `json:"joined,omitempty"`  // group: different people who have answered something
	Closes  time.Time        `json:"closes,omitzero"`   // group: when the waiting question closes by itself
	Remind  time.Time        `json:"remind,omitzero"`   // group, paused: when the space is asked whether to go on
	Steps   []string         `json:"steps,omitempty"`   // group: ids of the action steps that came of it
	Started time.Time        `json:"started"`
	Touched time.Time        `json:"touched"`
}

// Tally counts a group's answers to one node.
type Tally struct {
	Answers int      `json:"answers"` // people who answered, the unknown included
	Unknown int      `json:"unknown,omitempty"`
	Closed  bool     `json:"closed,omitempty"`
	Sealed  bool     `json:"sealed,omitempty"` // not closed yet: nobody may see the answers, and Unknown is not counted
	Look    string   `json:"look,omitempty"`   // who will look for what was not known
	Who     []string `json:"who,omitempty"`    // set at the close: text ids of who might know, at most three
}

// Entry is one line of a run's log. A line with a Value that is not Held is an answer; the others say what was done. Every
// accepted event but the first is one line, and after it one line for each answer that it ended (ValueDropped): so that
// Fold can work out the run from its log.
type Entry struct {
	Did   EventKind `json:"did,omitempty"` // empty: an answer, "I don't know" or a skip, as Value says; or the end of one
	Node  string    `json:"node,omitempty"`
	Value Value     `json:"value,omitzero"`
	Held  bool      `json:"held,omitempty"` // Value waits for a yes, which gets a line of its own
	Lent  bool      `json:"lent,omitempty"` // Value was given elsewhere: its text is not this run's to keep or to erase
	By    string    `json:"by"`
	Via   string    `json:"via,omitempty"` // the platform, when it is another than before
	At    time.Time `json:"at"`
	Asked int64     `json:"asked,omitempty"` // Run.Drawn when it was given: names the message that shows it
	On    string    `json:"on,omitempty"`    // the node whose message shows it, when that is another one: a page's first
}

// Value is an answer. For a text or a link, TextID names the erasable record that holds what was typed.
type Value struct {
	Kind   ValueKind `json:"kind"`
	TextID string    `json:"text_id,omitempty"`
	Picks  []string  `json:"picks,omitempty"` // choice, many, points: option ids; rank: all of them in order; consent: "yes" or "no"
	Date   string    `json:"date,omitempty"`  // YYYY-MM-DD
	Person string    `json:"person,omitempty"`
	Number string    `json:"number,omitempty"` // scale: the step, like "3"; number: digits, with a point at most, like "1200.5"
	Clock  string    `json:"clock,omitempty"`  // time: HH:MM
	Counts []int     `json:"counts,omitempty"` // points: how many for each of Picks
}

// ValueKind says which kind of answer a Value is.
type ValueKind string

// The kinds of value: one for each field, two that every question takes, and one that ends an answer.
const (
	ValueText    ValueKind = "text"
	ValueChoice  ValueKind = "choice"
	ValueMany    ValueKind = "many"
	ValueDate    ValueKind = "date"
	ValuePerson  ValueKind = "person"
	ValueConsent ValueKind = "consent"
	ValueScale   ValueKind = "scale"
	ValueNumber  ValueKind = "number"
	ValueTime    ValueKind = "time"
	ValueLink    ValueKind = "link"
	ValueRank    ValueKind = "rank"
	ValuePoints  ValueKind = "points"
	ValueUnknown ValueKind = "unknown" // "I don't know"; TextID, when set, says who would
	ValueSkipped ValueKind = "skipped"
	ValueDropped ValueKind = "dropped" // no answer any more: its branch died, or the run was cancelled
)

// EventKind says what happened.
type EventKind string

// The kinds of event.
const (
	EventStart   EventKind = "start"
	EventAnswer  EventKind = "answer"
	EventUnknown EventKind = "unknown" // with Input.Text: who would know; without: opens the question who
	EventForm    EventKind = "form"    // asks for the form of Node
	EventPage    EventKind = "page"    // asks for one form of several questions; with Form: brings it filled in
	EventSkip    EventKind = "skip"
	EventBack    EventKind = "back"
	EventChange  EventKind = "change"  // opens Node's question anew
	EventConfirm EventKind = "confirm" // yes to Run.Confirm; EventResume is the no
	EventPause   EventKind = "pause"
	EventResume  EventKind = "resume" // goes on where the run stood; a question opened anew keeps its answer
	EventCancel  EventKind = "cancel"
	EventNext    EventKind = "next"
	EventMore    EventKind = "more"
	EventCarry   EventKind = "carry"   // in a log alone: the run was carried from another revision of its flow
	EventRemove  EventKind = "remove"  // takes an item off the list whose gate is Node; Input.Picks names its place
	EventRemind  EventKind = "remind"  // a paused round: ask the space again in a week
	EventSort    EventKind = "sort"    // a round: shows the next answer to Node that is not sorted yet
	EventCapture EventKind = "capture" // a round: Input's pick sorts one answer to Node; see marking
	EventMake    EventKind = "make"    // a round: names an action step, from the answer to Node of the person picked, if any
	EventLook    EventKind = "look"    // a round: Person will look for what was not known about Node, or no longer
	EventAlso    EventKind = "also"    // a round: it takes place in the space picked, too

	// From nobody: a timer's time has come, or something that belongs to the run has changed.
	EventClose EventKind = "close" // the time of the waiting question may be up
	EventAgain EventKind = "again" // a paused round is asked about again
	EventStep  EventKind = "step"  // the action step picked came of this round, or has changed
)

// Event is something that happened to a run, with all that the core may not find out by itself.
type Event struct {
	Kind   EventKind `json:"kind"`
	At     time.Time `json:"at"`
	Today  string    `json:"today"`          // civil date at At in the zone of Person, YYYY-MM-DD
	Zone   string    `json:"zone,omitempty"` // name of the zone in which a time of day counts
	Locale Locale    `json:"locale"`         // language of Person: dates are read in it
	Person string    `json:"person"`
	Via    string    `json:"via"`            // platform it came from
	Node   string    `json:"node,omitempty"` // node whose control was pressed; empty for typed text
	Rev    int64     `json:"rev,omitempty"`  // revision of the control; 0 when it carries none
	Input  Input     `json:"input,omitzero"`
	TextID string    `json:"text_id,omitempty"` // a fresh id, should a text be kept
	Given  *Value    `json:"given,omitempty"`   // answer, alone: an answer as it was given elsewhere, to be taken as it is
	Form   bool      `json:"form,omitempty"`    // Input came from a form: refuse inside it
	Page   []Filled  `json:"page,omitempty"`    // what a form of several questions held
	Lead   bool      `json:"lead,omitempty"`    // Person may move the group on
	Prior  *Value    `json:"prior,omitempty"`   // group: what Person answered to Node before
	// Closing holds a group's recorded answers to the waiting node, this event's left out: the summary shows them
	// when the event closes the node.
	Closing []Answer `json:"closing,omitempty"`

	// For a group:
	Answers []Answer             `json:"answers,omitempty"` // every recorded answer of the run, when this may be needed: see NeedsAnswers
	Made    []Made               `json:"made,omitempty"`    // the steps of Run.Steps, when Answers are needed
	Joined  bool                 `json:"joined,omitempty"`  // Person has answered something in this run before
	Known   bool                 `json:"known,omitempty"`   // Person was counted in Here when the run started
	Here    int                  `json:"here,omitempty"`    // start: people known in the space; also: those known there alone
	Last    *Last                `json:"last,omitempty"`    // start: what came of it the last time
	Clocks  map[string]time.Time `json:"clocks,omitempty"`  // for each of Flow.Clocks: the instant after At when it comes next where the space is
}

// Input is what a person typed or picked, before it is read.
type Input struct {
	Text  string   `json:"text,omitempty"`
	Picks []string `json:"picks,omitempty"` // option ids; one ISO date; one person id
	// Each holds what was typed for each option, by id, when a form asks for every option apart.
	Each map[string]string `json:"each,omitempty"`
}

// Answer is one person's answer to one question of a group's run. It is kept as a record of KindAnswer.
type Answer struct {
	Run      string    `json:"run"`
	Node     string    `json:"node"`
	Question string    `json:"question,omitempty"`
	Person   string    `json:"person"`
	Value    Value     `json:"value"`
	At       time.Time `json:"at"`
	Mark     Mark      `json:"mark,omitempty"` // what the group took it for, once it was sorted
}
