package flows

import (
	"errors"
	"strconv"
	"strings"
)

// TokenMax is the longest encoded token in bytes: Discord's custom_id takes 100 characters, less 12 for the adapter's
// own mark.
const TokenMax = 88

// ErrToken means that a string is no token of ours.
var ErrToken = errors.New("not a token")

// Verb is what a press or a command asks for. A verb with a dot belongs to the domain named before the dot.
type Verb string

// Verbs about a run; the token's Object is the run's id.
const (
	VerbAnswer  Verb = "answer"  // Arg holds the picked option, if any
	VerbForm    Verb = "form"    // open the form of the node
	VerbPage    Verb = "page"    // open one form for the node and the questions after it
	VerbUnknown Verb = "unknown" // "Don't know: who would?"
	VerbSkip    Verb = "skip"
	VerbBack    Verb = "back"
	VerbChange  Verb = "change" // Node names the question to change
	VerbPause   Verb = "pause"
	VerbResume  Verb = "resume"
	VerbCancel  Verb = "cancel"
	VerbNext    Verb = "next"    // the facilitator moves the group on
	VerbMore    Verb = "more"    // full guidance
	VerbConfirm Verb = "confirm" // yes to what a Change, a Remove or a Cancel would drop
	VerbRemove  Verb = "remove"  // take an item off a list; Arg holds its place
	VerbRemind  Verb = "remind"  // a paused round: ask again in a week
	VerbSort    Verb = "sort"    // sort a round's answers, one after the other
	VerbCapture Verb = "capture" // Arg: what one answer is taken for
	VerbMake    Verb = "make"    // name an action step out of a round; Node and Arg (a person) name the answer it comes from
	VerbLook    Verb = "look"    // "I'll look": Node names the question that somebody could not answer
)

// Verbs about a step; the token's Object is the step's id.
const (
	VerbStepTake   Verb = "step.take"
	VerbStepNotMe  Verb = "step.notme"
	VerbStepLater  Verb = "step.later"
	VerbStepDone   Verb = "step.done"
	VerbStepOK     Verb = "step.ok"     // still on track
	VerbStepHelp   Verb = "step.help"   // need help
	VerbStepHandOn Verb = "step.handon" // someone else should lead
	VerbStepDate   Verb = "step.date"   // form: a new date
	VerbStepSnooze Verb = "step.snooze" // Arg: tomorrow
	VerbStepReport Verb = "step.report" // start the report flow
)

// Verbs about oneself and the menus; the token's Object says of what.
const (
	VerbMenu      Verb = "menu"       // what can be done here
	VerbStart     Verb = "start"      // Object: flow id; start a run of it
	VerbAsk       Verb = "ask"        // Object: activity id, or empty to choose one
	VerbMe        Verb = "me"         // what is stored about me
	VerbSettings  Verb = "settings"   // hours, language, nudges
	VerbLanguage  Verb = "language"   // Arg: locale
	VerbFewer     Verb = "fewer"      // Fewer like this: Arg names the nudge kind
	VerbNudgesOff Verb = "nudges.off" // no nudges at all
	VerbNudgesOn  Verb = "nudges.on"
	VerbWaiting   Verb = "waiting"  // Object: person id; read what could not be brought to them
	VerbKnock     Verb = "knock"    // try again to write to me directly
	VerbMark      Verb = "mark"     // Object: activity id; Arg: done, skipped or undo
	VerbRate      Verb = "rate"     // Object: self-check; Node: practice; Arg: 0 to 4, or what else can be done there
	VerbCheck     Verb = "check"    // leads a self-check. Object: its id; Node: practice; Arg: what is to be done
	VerbOwn       Verb = "own"      // a coalition's own question. Object: activity; Node: change, remove or erase; Arg: question
	VerbWithdraw  Verb = "withdraw" // Object: record to take my sign-up off; Arg "yes" once confirmed
)

// Verbs about the coalition.
const (
	VerbRole Verb = "role" // Object: person id; Node: their role when the control was drawn; Arg: their new one
	VerbLog  Verb = "log"  // who changed what, and when
	VerbCall Verb = "call" // Object: space; Arg: whether people may be called there, yes or no
)

// Token is what a control sends back when it is pressed. It names things by id and carries no words and no right: who
// may press is decided when it is pressed.
type Token struct {
	Verb   Verb   `json:"verb"`
	Object string `json:"object,omitempty"`
	Rev    int64  `json:"rev,omitempty"` // revision of the run or step when the control was drawn; 0 when it does not matter
	Node   string `json:"node,omitempty"`
	Arg    string `json:"arg,omitempty"`
}

// String encodes the token in at most TokenMax bytes, given ids as this package makes and checks them.
func (t Token) String() string {
	parts := []string{string(t.Verb), t.Object, strconv.FormatInt(t.Rev, 36), t.Node, t.Arg}
	return strings.TrimRight(strings.Join(parts, "|"), "|")
}

// ParseToken decodes what String encoded. It returns ErrToken for anything else.
func ParseToken(s string) (Token, error) {
	parts := strings.Split(s, "|")
	if len(s) > TokenMax || s == "" || len(parts) > 5 || parts[0] == "" {
		return Token{}, ErrToken
	}
	parts = append(parts, "", "", "", "")
	t := Token{Verb: Verb(parts[0]), Object: parts[1], Node: parts[3], Arg: parts[4]}
	if parts[2] != "" {
		rev, err := strconv.ParseInt(parts[2], 36, 64)
		if err != nil {
			return Token{}, ErrToken
		}
		t.Rev = rev
	}
	return t, nil
}
