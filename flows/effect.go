package flows

import "time"

// Effect is something the world owes after an event, as data. Each may be carried out twice without harm, because the
// shell gives it a key made of run, revision and place in the list.
//
//sumtype:decl
type Effect interface{ effect() }

// Say tells a person (a reply) or a space (a post). Exactly one of Person and Space is set.
type Say struct {
	Person  string
	Space   string
	Message Message
}

// Whisper answers the one who acted, inside the interaction, seen by nobody else and never stored.
type Whisper struct{ Message Message }

// OpenForm opens a private form for the one who acted, inside the interaction.
type OpenForm struct{ Form Form }

// Edit replaces a message said before under Message.Key. Exactly one of Person and Space is set, as it was then.
type Edit struct {
	Person  string
	Space   string
	Message Message
}

// KeepText stores what a person typed, as one erasable record.
type KeepText struct {
	ID   string
	Text string
	By   string
	At   time.Time
}

// DropText erases what KeepText stored: the run has no use for it any more. Erasing what is not there does nothing.
type DropText struct{ ID string }

// KeepAnswer stores one person's answer to a question of an activity as soon as it is given, in a group or alone. It
// replaces the one this person gave to this node of this run before; a ValueDropped takes it back.
type KeepAnswer struct{ Answer Answer }

// KeepRequest stores a data request: a question that somebody else may be able to answer. It replaces the one with the
// same ID.
type KeepRequest struct{ Request Request }

// HandOver gives a flow's answers to the domain package that owns the kind of record.
type HandOver struct {
	Record string           // RecordMessenger...
	Fields map[string]Value // by field of the record and by node; what was skipped or is not known is left out
	Run    Run              // as it is after the event
	By     string
	At     time.Time
}

// Arm asks for an event of this kind at an instant, never before it. The run decides then whether there is still
// something to do.
type Arm struct {
	Kind EventKind // EventClose or EventAgain
	At   time.Time
}

// Begin starts another flow for the one who acted, with answers filled in that can still be changed.
type Begin struct {
	Flow   string
	Object string           // Run.Object of the new run: this one's id
	Given  map[string]Value // by node of the other flow
}

func (Arm) effect()         {}
func (Begin) effect()       {}
func (Say) effect()         {}
func (Whisper) effect()     {}
func (OpenForm) effect()    {}
func (Edit) effect()        {}
func (KeepText) effect()    {}
func (DropText) effect()    {}
func (KeepAnswer) effect()  {}
func (KeepRequest) effect() {}
func (HandOver) effect()    {}

// Request is a question nobody in the run could answer, and who might.
type Request struct {
	ID       string    `json:"id"` // "<run>.<node>.<person>": one for each question and person
	Run      string    `json:"run"`
	Node     string    `json:"node"`
	Question string    `json:"question,omitempty"`
	By       string    `json:"by"`
	WhoText  string    `json:"who_text,omitempty"` // text id: who would know, as typed
	At       time.Time `json:"at"`
	Closed   bool      `json:"closed,omitempty"` // the one who did not know has answered since
	Look     string    `json:"look,omitempty"`   // who said that they will look for it
}
