package bottest

import (
	"context"
	"errors"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
)

var errFault = errors.New("a fault that was planned")

// Handler handles what people do: *bot.Bot, or the suite in its place.
type Handler interface {
	Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error)
}

// Harness puts people in front of a platform: a pretend service with the adapter under test connected to it. Whatever
// it returns is what people see, not what was sent: after the service's own escaping, cutting and hiding.
type Harness interface {
	// Platform is the adapter under test.
	Platform() bot.Platform
	// Stage describes the service. It is asked once, first.
	Stage() Stage
	// Look returns what user sees in a conversation, oldest first: posts, and whispers to them.
	Look(t *testing.T, user string, in bot.Address) []Seen
	// Act lets user do something and waits until the adapter has dealt with it.
	Act(t *testing.T, user string, g Gesture) Reaction
	// Break makes the next request of Platform go wrong once. False: this service cannot go wrong that way.
	Break(t *testing.T, f Fault) bool
}

// Stage is a service with two people in it who share one channel, where Convenor is, too.
type Stage struct {
	Place    string // "slack:T1"
	Channel  string
	Ana, Ben string                // user ids
	Commands bool                  // people can type the slash command
	Now      func() time.Time      // the clock that the adapter was given
	Advance  func(d time.Duration) // moves that clock, as a rehearsal does; the service's own clock stays
}

// Seen is one message as a person sees it.
type Seen struct {
	Text     string   // what can be read, lines between paragraphs, without the controls' labels
	Pings    int      // how many people, groups or channels its text calls
	Called   []string // user ids of the people among them whom the service tells of it
	Controls []SeenControl
	Private  bool // nobody else sees it
}

// SeenControl is a control as a person sees it.
type SeenControl struct {
	Kind    flows.ControlKind
	Label   string
	Options []string
	URL     string
}

// Gesture is one thing that a person does. Exactly one of Press, Fill, Type and Command is set.
type Gesture struct {
	In      bot.Address // conversation
	Press   string      // label of a control on the newest message there that has it
	Pick    string      // with Press: text of the option, user id of the person
	Fill    map[string]flows.Input
	Type    string // in a channel the harness mentions Convenor
	Command string // what follows the command's name
}

// Reaction is what the interaction itself brought back, to the one who acted.
type Reaction struct {
	Whisper *Seen
	Form    *SeenForm // the form that is open now
	Failed  bool      // the service itself said that it did not work
}

// SeenForm is an open form as a person sees it.
type SeenForm struct {
	Title  string
	Intro  string
	Fields map[string]SeenField // by field id
}

// SeenField is an input as a person sees it.
type SeenField struct {
	Label, Hint, Error string
	Value              flows.Input // what stands in it: Text, or Picks by option id, user id or ISO date
	Options            []string
}
