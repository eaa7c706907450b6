package flows

import "time"

// Kinds of record. Each is one hash in the store.
const (
	KindCoalition   = "coalition"   // coalition.Coalition; ID is the coalition's own
	KindPerson      = "person"      // coalition.Person
	KindIdentity    = "identity"    // ID is "slack:T1:U1"; Data is a person id as a JSON string
	KindSpace       = "space"       // coalition.Space; ID is "slack:T1:C1"
	KindFlow        = "flow"        // Definition pinned by runs; ID is its hash
	KindRun         = "run"         // Run
	KindAnswer      = "answer"      // Answer; Under is the run, ID is "<node>.<person>"
	KindText        = "text"        // Typed: what a person typed
	KindRequest     = "request"     // Request
	KindMessenger   = "messenger"   // roster.Messenger; ID is the person
	KindStakeholder = "stakeholder" // roster.Stakeholder; ID is the person
	KindGoal        = "goal"        // plan.Goal
	KindStep        = "step"        // plan.Step
	KindCurrent     = "current"     // ID is a person; Data is the id of the run that typed text goes to, as a JSON string
	KindOpen        = "open"        // Open; Under is a person, ID is the run's, while it can be gone on with
	KindPosted      = "posted"      // Posted; ID is a Message.Key
	KindResult      = "result"      // Result; ID is the run's
	KindMark        = "mark"        // progress.Mark; ID is the activity
	KindOwn         = "own"         // own.Question; Under is the activity
	KindCheck       = "check"       // check.Check
	KindSheet       = "sheet"       // check.Sheet; Under is the check, ID is the person
	KindMember      = "member"      // coalition.Member; Under is the space, ID the person
	KindReceipt     = "receipt"     // Receipt; Under is the person or space it went to, ID is the delivery's
	KindLink        = "link"        // coalition.Link; ID is a hash of the code; all under coalition.Links
	KindWaiting     = "waiting"     // Waiting; Under is the person it could not be brought to, ID is the delivery's
	KindIdle        = "idle"        // Idle; ID is the coalition's
	KindNudged      = "nudged"      // Receipt of the last nudge that was sent to a person; ID is the person
)

// Ref names one record of a coalition.
type Ref struct {
	Kind  string `json:"kind"`
	Under string `json:"under,omitempty"` // what the record is part of, for kinds kept per owner
	ID    string `json:"id"`
}

// Record is one stored thing: a JSON document and the revision that a later Write must name.
type Record struct {
	Ref
	Rev  int64
	Data []byte // JSON
}

// Write changes one record. Rev is the revision it was read at; 0 means that it must not exist yet.
type Write struct {
	Ref
	Rev    int64
	Data   []byte // JSON; ignored when Delete
	Delete bool
}

// Typed is a record of KindText.
type Typed struct {
	Text string    `json:"text"`
	By   string    `json:"by"` // person id
	At   time.Time `json:"at"`
}

// Idle is since when nothing needs a thing that is therefore to be forgotten, by its kind and id with a space between.
type Idle map[string]time.Time

// Open leads from a person to a run of their own that is not over, so that it can be offered without reading all runs.
type Open struct {
	Run   string    `json:"run"`
	Flow  string    `json:"flow"`
	Since time.Time `json:"since"`
}

// Posted says where a message stands on its platform, so that it can be edited.
type Posted struct {
	Platform string `json:"platform"`
	Place    string `json:"place,omitempty"` // "slack:T1"; records of older versions do not say
	Channel  string `json:"channel"`
	Message  string `json:"message"` // the platform's own id of the message
}

// DeliveryKind is one of the three kinds that pass the gate.
type DeliveryKind string

// The kinds of delivery.
const (
	Reply DeliveryKind = "reply" // answers a person's own click or message, within ReplyLife
	Post  DeliveryKind = "post"  // goes to a space
	Nudge DeliveryKind = "nudge" // everything else
)

// ReplyLife is how long a reply may wait before it is no longer sent.
const ReplyLife = 15 * time.Minute

// Delivery is an effect on its way to a person or a space.
type Delivery struct {
	ID        string       `json:"id"` // "run.rev.index" or, for a nudge, "step.kind.date.person": the same effect always has the same id
	Coalition string       `json:"coalition"`
	Kind      DeliveryKind `json:"kind"`
	Person    string       `json:"person,omitempty"` // exactly one of Person and Space
	Space     string       `json:"space,omitempty"`
	Via       string       `json:"via,omitempty"` // reply: the platform to answer on
	Edit      bool         `json:"edit,omitempty"`
	Message   Message      `json:"message"`
	Reason    Reason       `json:"reason,omitzero"`
	Also      []Reason     `json:"also,omitempty"` // what else a grouped nudge reminds of; Reason is the first
	At        time.Time    `json:"at"`             // when it was owed
	Since     time.Time    `json:"since,omitzero"` // of one that comes of timers: when the first was due; it was posted no earlier
}

// Reason says which rule sends a nudge and about what, so that a receipt can say it and the gate can ask whether it
// still holds.
type Reason struct {
	Rule   string `json:"rule"`             // nudge.Kind
	Object string `json:"object,omitempty"` // step id
	Due    string `json:"due,omitempty"`    // the step's due date when the nudge was planned

	Timer string    `json:"timer,omitempty"` // the timer it came of, and the delivery's id when it is said on its own
	At    time.Time `json:"at,omitzero"`     // when that timer was due first
}

// Receipt says what became of a delivery.
type Receipt struct {
	Delivery string       `json:"delivery"`
	Kind     DeliveryKind `json:"kind"`
	Outcome  Outcome      `json:"outcome"`
	Rule     string       `json:"rule,omitempty"` // which rule sent it or held it back
	Object   string       `json:"object,omitempty"`
	Message  Message      `json:"message"`        // by key and id, so that "what did you send me" can be shown again
	Where    Posted       `json:"where,omitzero"` // the message, when one was posted
	At       time.Time    `json:"at"`
}

// Waiting is a message to a person whom no platform let through: they read it when they press for it.
type Waiting struct {
	Delivery Delivery  `json:"delivery"`
	At       time.Time `json:"at"`            // when it was given up
	Read     time.Time `json:"read,omitzero"` // when it was shown to them, or found to be no longer true
}

// Outcome is what became of a delivery.
type Outcome string

// The outcomes.
const (
	Sent    Outcome = "sent"
	Dropped Outcome = "dropped" // the gate found it no longer true, too late or not wanted
	Dead    Outcome = "dead"    // the platform refused it for good
)

// Conversation names the queue of a delivery: one at a time, first in first out. A person's nudges wait apart, so that
// a nudge held for quiet hours never holds up a reply.
func (d Delivery) Conversation() string {
	switch {
	case d.Space != "":
		return "s." + d.Space
	case d.Kind == Nudge:
		return "n." + d.Person
	default:
		return "p." + d.Person
	}
}

// Timer is something to be looked at when its time has come. Timers are never cancelled: a stale one finds nothing to
// do.
type Timer struct {
	ID        string    `json:"id"` // the same need always has the same id
	Coalition string    `json:"coalition"`
	Kind      TimerKind `json:"kind"`
	Object    string    `json:"object"` // step or run id
	Person    string    `json:"person,omitempty"`
	Space     string    `json:"space,omitempty"`
	Rule      string    `json:"rule,omitempty"` // nudge.Kind
	Due       string    `json:"due,omitempty"`  // the step's due date when it was armed
	At        time.Time `json:"at"`
	Since     time.Time `json:"since,omitzero"` // of one that was put off: when it was due first
}

// First is when a timer was due before it was ever put off.
func (t Timer) First() time.Time {
	if t.Since.IsZero() {
		return t.At
	}
	return t.Since
}

// TimerKind says what a timer is for.
type TimerKind string

// The kinds of timer.
const (
	TimerNudge TimerKind = "nudge" // a rung of a step's ladder
	TimerOffer TimerKind = "offer" // an offered step that nobody took
	TimerRound TimerKind = "round" // a round: Object is the run, Rule the kind of event it gets
	TimerCall  TimerKind = "call"  // something waits for a person whom no platform lets through: Object is their id
	TimerLate  TimerKind = "late"  // a delivery that may stand twice: Object is its id, Rule what it was marked with, Person or Space whom it was for
)

// Commit is everything one event changes. The store does all of it or nothing.
type Commit struct {
	ID         string // a fresh token: a repeat of the same commit is recognised and answered as before
	Coalition  string
	Key        string // id of the inbound event, for de-duplication; empty when a compare-and-set already protects it
	Writes     []Write
	Deliveries []Delivery // added if absent
	Timers     []Timer    // added if absent
	Moved      []Timer    // put off: each stands at its new instant, unless it has fired
	Fired      []string   // timers this commit has dealt with
	Forget     bool       // what Writes delete was promised to be gone: it must not stay in a log of the store either
	Audit      Audit
}

// Audit is one line about a change, without content.
type Audit struct {
	At     time.Time `json:"at"`
	Person string    `json:"person,omitempty"`
	Verb   string    `json:"verb"`
	Object string    `json:"object,omitempty"`
}

// Lease is a delivery handed out for sending. Only the holder of the current Fence may mark it.
type Lease struct {
	Delivery Delivery
	Fence    int64
	Until    time.Time // the lease ends
	Posts    int       // how often a post was intended before
	PostedAt time.Time // of the last intent; zero when never. Not zero means that the outcome is unclear: look first
	Attempts int       // failed attempts so far
	// Superseded says that a later delivery of the conversation edits the same message: to send this one is of no use.
	Superseded bool
}

// Mended is what a look through a page of what waits has brought.
type Mended struct {
	Count int      // how many things were hidden and can be found again
	Seen  [][]byte // the JSON of each delivery and timer on the page
	Next  string   // where the next page begins; "" at the end
}
