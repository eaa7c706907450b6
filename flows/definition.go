package flows

// NodeKind says what a node does.
type NodeKind string

// The kinds of node.
const (
	NodeAsk    NodeKind = "ask"    // asks for a field and waits
	NodeSay    NodeKind = "say"    // says something and goes on
	NodeBranch NodeKind = "branch" // goes on to the first case that holds
	NodeRecord NodeKind = "record" // hands the answers to a domain package
	NodeRepeat NodeKind = "repeat" // ends a part that is gone through once for each item of a list, and asks for the next
)

// FieldKind is the type of an answer. One parser per kind serves button, form, chat and paper.
type FieldKind string

// The kinds of field.
const (
	FieldText    FieldKind = "text"
	FieldChoice  FieldKind = "choice"
	FieldMany    FieldKind = "many"
	FieldDate    FieldKind = "date"
	FieldPerson  FieldKind = "person"
	FieldConsent FieldKind = "consent"
	FieldScale   FieldKind = "scale"  // a step from First to Last
	FieldNumber  FieldKind = "number" // a number of Unit
	FieldTime    FieldKind = "time"   // a time of day
	FieldLink    FieldKind = "link"   // an address on the web
	FieldRank    FieldKind = "rank"   // all options in order
	FieldPoints  FieldKind = "points" // Points shared over the options
)

// Source says whose question it is.
type Source string

// The sources of a question.
const (
	SourceToolkit Source = "toolkit"
	SourceHouse   Source = "house"

	// SourceCoalition is a question that a coalition added itself. No pack has one: package own puts them into a
	// definition when a run of it begins.
	SourceCoalition Source = "coalition"
)

// End is the name of the place after the last node.
const End = "end"

// Definition is a flow as its author wrote it, with every word it needs: a run that pins it can go on for ever.
type Definition struct {
	ID       string `json:"id"`
	Title    Text   `json:"title"`
	Group    bool   `json:"group,omitempty"`    // one run for a whole space
	Activity string `json:"activity,omitempty"` // number of the toolkit's activity, like "2.3.3"
	Goal     Text   `json:"goal,omitempty"`     // what a group gets done, one line, said at the opening
	Sealed   bool   `json:"sealed,omitempty"`   // a group's answers to every node are sealed
	Nodes    []Node `json:"nodes"`

	Carry []CarryFrom `json:"carry,omitempty"` // how runs of older revisions go on in this one
}

// CarryFrom says how a run of an older revision goes on: which of its nodes is called what now. A node that is not named
// keeps its id.
type CarryFrom struct {
	From  string            `json:"from"`  // how the revision's hash begins; CarryPrevious: any other revision
	Nodes map[string]string `json:"nodes"` // old id to new id, or CarryDrop
}

// What a CarryFrom can name besides ids.
const (
	CarryPrevious = "previous"
	CarryDrop     = "drop"
)

// Node is one node of a Definition. Which fields count depends on Kind.
type Node struct {
	ID   string   `json:"id"` // [a-z][a-z0-9-]{0,23}, unique in the flow, never "end"
	Kind NodeKind `json:"kind"`

	// For ask:
	Field    FieldKind `json:"field,omitempty"`
	Question string    `json:"question,omitempty"` // the pack's question this node asks, like "2.3.3-q1"
	Source   Source    `json:"source,omitempty"`
	Cite     string    `json:"cite,omitempty"`  // title of the toolkit page
	Link     string    `json:"link,omitempty"`  // address of the toolkit page
	Label    Text      `json:"label,omitempty"` // short name of the field, at most 45 characters: forms and summaries
	Line     Text      `json:"line,omitempty"`  // first depth: one line
	Plain    Text      `json:"plain,omitempty"` // second depth: plain words; for say: what is said
	More     Text      `json:"more,omitempty"`  // third depth: full guidance
	Options  []Option  `json:"options,omitempty"`
	Max      int       `json:"max,omitempty"`      // text: characters, default TextMax; many: picks, default all; number: the largest; repeat: items
	First    int       `json:"first,omitempty"`    // scale: its first step
	Last     int       `json:"last,omitempty"`     // scale: its last step
	Low      Text      `json:"low,omitempty"`      // scale: what the first step means
	High     Text      `json:"high,omitempty"`     // scale: what the last step means
	Unit     Text      `json:"unit,omitempty"`     // number: what is counted
	UnitOne  Text      `json:"unit_one,omitempty"` // number: Unit for exactly one
	Min      int       `json:"min,omitempty"`      // number: the smallest, 0 when not given
	Decimals int       `json:"decimals,omitempty"` // number: digits after the point, at most DecimalsMax
	Points   int       `json:"points,omitempty"`   // points: how many are shared
	Required bool      `json:"required,omitempty"`
	// Typed names the texts that people typed and that {placeholders} of Line, Plain and More show, by placeholder. The
	// words stay in their own erasable records: a definition is pinned by its hash and kept as long as a run needs it, so
	// it may hold none. A text that was erased reads as withdrawn, in runs under way too. A language need not use all.
	Typed  map[string]string `json:"typed,omitempty"`
	Until  Until             `json:"until,omitzero"`   // for a group: when the node closes
	Sealed bool              `json:"sealed,omitempty"` // for a group: no answer is shown, or counted by what it says, before the close

	// For branch: the first case that holds is taken; none: the next node.
	Cases []Case `json:"cases,omitempty"`

	// For record: what it is (RecordMessenger...), and which node fills which of its fields. Nodes named like the
	// field need no entry.
	Record string            `json:"record,omitempty"`
	With   map[string]string `json:"with,omitempty"`
	Each   string            `json:"each,omitempty"` // the repeat whose items become one record each

	// For repeat: the list has the id of the node, Label is its name, Line asks whether there is another item, Max is how
	// many it takes (default 10). What is repeated begins at From and ends before this node.
	From string `json:"from,omitempty"`

	// Go names the node after this one; empty means the next in the list; End ends the run.
	Go string `json:"go,omitempty"`
}

// Option is one choice. ID is at most 20 bytes of [a-z0-9-]; the text at most 75 characters (Slack's option text).
type Option struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
}

// Until says when a group's node closes: as soon as one of its conditions holds. Whoever leads may always move on.
type Until struct {
	Answers int    `json:"answers,omitempty"` // that many different people answered
	Quorum  int    `json:"quorum,omitempty"`  // that many percent of the people who are expected (Run.Here) answered
	After   int    `json:"after,omitempty"`   // minutes since it was asked, at most UntilMax
	Clock   string `json:"clock,omitempty"`   // HH:MM where the space is, the next time it comes
	Lead    bool   `json:"lead,omitempty"`    // nothing closes it but whoever leads; goes with no other condition
}

// Case goes to a node when a condition holds. The condition is an expression (When), or in short a question (Node) and
// what its answer must be or have in it (Is). What was skipped or is not known holds nothing.
type Case struct {
	When string `json:"when,omitempty"`
	Node string `json:"if"`
	Is   string `json:"is"` // an option id; for scale a step like "3"; for consent Yes or No; IsAny; IsNone
	Go   string `json:"go"`
}

// What a Case can look for besides an option id, and the picks of a consent.
const (
	IsAny  = "*" // any answer
	IsNone = ""  // no answer: not asked, skipped, or not known
	Yes    = "yes"
	No     = "no"
)

// Records that a flow can hand its answers to. Each belongs to one domain package.
const (
	RecordMessenger   = "messenger"   // roster: name, reach, level, methods, area
	RecordStakeholder = "stakeholder" // roster: name, organisation, seat, voting, alternate
	RecordStep        = "step"        // plan: what, goal, lead, due
	RecordReport      = "report"      // plan: status, note; the run's Object is the step
	RecordSetup       = "setup"       // coalition: name, zone, language, coordinator, hours, home
	RecordQuestion    = "question"    // own: line, plain, kind, other; the run's Object is the activity, or "<activity>/<question>"
)

// Limits on what one flow may be and one answer may hold.
const (
	TextMax     = 3000            // characters of one text answer: Slack's plain_text_input
	WhoMax      = 300             // characters of "who would know"
	NodesMax    = 200             // nodes of one flow, expanded
	ChoiceMax   = 25              // options of a choice: Discord's select
	ManyMax     = 10              // options of a many: both platforms' checkboxes
	ButtonsMax  = 5               // options shown as buttons; more become a menu
	LabelMax    = 45              // characters of a field's name: Discord's modal
	LineMax     = 150             // characters of one line: Slack's header
	EndMax      = 60              // characters of the words for a scale's end: the step stands before them on a button
	ScaleMax    = 10              // steps of a scale: Slack's radio buttons
	OptionMax   = 75              // characters of an option: Slack's option text and button
	LogMax      = 500             // lines of one run's log: then it ends, everything kept
	GuideMax    = 3000            // characters of plain words and of full guidance: Slack's section
	UntilMax    = 7 * 24 * 60     // minutes that a question waits at most before it closes by itself
	UnitMax     = 40              // characters of a number's unit
	DecimalsMax = 2               // digits after the point of a number
	NumberMax   = 999_999_999_999 // the largest number
	LinkMax     = 400             // characters of an address on the web: so many of a typed answer a group is shown
	PointsMax   = 1000            // points that a question can share
)
