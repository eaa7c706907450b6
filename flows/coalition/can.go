package coalition

import "convenor/flows"

// Actor is who wants to do something.
type Actor struct {
	Coalition string
	Person    string // id
	Role      Role
}

// Object is what a verb is about. One that names only its Coalition is the coalition itself, with its menus and the
// actor's own affairs.
type Object struct {
	Coalition string
	Owner     string   // id of whose it is: who goes through a run, who leads a step or is asked to. Empty: nobody's alone
	Group     bool     // it is a round: everybody answers, and its Owner, who started it, facilitates
	Shared    bool     // a round that nobody leads: its run decides who takes part and may do what a facilitator would
	Records   []string // for what starts a flow: the kinds of record that it ends in
}

// Verdict says whether somebody may do something and, if not, who can. It ends the key of the words for it.
type Verdict string

// The verdicts.
const (
	Yes              Verdict = ""
	NotHere          Verdict = "not-here"     // it belongs to another coalition: for this one it does not exist
	NotTheirs        Verdict = "not-theirs"   // it is another person's
	NeedsFacilitator Verdict = "facilitator"  // who leads the round, or may lead any
	NeedsVolunteer   Verdict = "volunteer"    // volunteers and everybody above
	NeedsMember      Verdict = "member"       // members and everybody above
	NeedsGuide       Verdict = "guide"        // leads, chairs and coordinators
	NeedsCoordinator Verdict = "coordinator"  // coordinators alone
	NeedsRole        Verdict = "role"         // somebody with any role of ours
	Undecided        Verdict = "not-in-table" // a verb or record that the table does not know
)

// whose narrows a rule down to some of those whose role goes that far.
type whose int

const (
	anyones      whose = iota
	theirOwn           // the Object's Owner, or anybody when it has none
	facilitators       // of a round: its Owner, or who may guide any; of what is no round: its Owner
)

// rule is one row of the table.
type rule struct {
	from  reach
	whose whose
}

// ruleFor is the table: who may use which verb. A verb that is not in it may be used by nobody.
func ruleFor(verb flows.Verb) (r rule, ok bool) {
	switch verb {
	case flows.VerbMenu, flows.VerbMe, flows.VerbSettings, flows.VerbLanguage, flows.VerbFewer, flows.VerbNudgesOff,
		flows.VerbNudgesOn, flows.VerbWithdraw, flows.VerbStart, flows.VerbKnock:
		return rule{watches, anyones}, true
	case flows.VerbAnswer, flows.VerbForm, flows.VerbPage, flows.VerbUnknown, flows.VerbSkip, flows.VerbBack, flows.VerbChange,
		flows.VerbMore, flows.VerbRemove, flows.VerbMake:
		return rule{watches, theirOwn}, true // an observer fills in a sign-up too
	case flows.VerbPause, flows.VerbResume, flows.VerbCancel, flows.VerbConfirm, flows.VerbNext,
		flows.VerbRemind, flows.VerbSort, flows.VerbCapture:
		return rule{watches, facilitators}, true
	case flows.VerbStepNotMe, flows.VerbWaiting:
		return rule{watches, theirOwn}, true // whoever is named may say no; what waits for somebody is theirs
	case flows.VerbLook, flows.VerbStepTake, flows.VerbStepLater, flows.VerbStepDone, flows.VerbStepOK, flows.VerbStepHelp,
		flows.VerbStepHandOn, flows.VerbStepDate, flows.VerbStepSnooze, flows.VerbStepReport:
		return rule{acts, theirOwn}, true
	case flows.VerbAsk, flows.VerbOwn:
		return rule{works, anyones}, true
	case flows.VerbRate:
		return rule{acts, anyones}, true
	case flows.VerbMark, flows.VerbCheck:
		return rule{guides, anyones}, true
	case flows.VerbRole, flows.VerbLog, flows.VerbCall:
		return rule{coordinates, anyones}, true
	default:
		return rule{}, false
	}
}

// recordReach is the second table: who may bring a kind of record into being.
func recordReach(record string) (from reach, ok bool) {
	switch record {
	case flows.RecordMessenger:
		return watches, true
	case flows.RecordReport:
		return acts, true
	case flows.RecordSetup:
		return coordinates, true
	case flows.RecordStakeholder, flows.RecordStep, flows.RecordQuestion:
		return works, true
	default:
		return nobody, false
	}
}

// Can decides whether an actor may use a verb on an object. What its tables do not allow is denied: unknown roles, verbs
// and kinds of record, and whatever belongs to another coalition. It is asked when something is pressed, typed or sent,
// not when the button for it is drawn: a role may have changed, and anybody can press a button in a channel.
func Can(a Actor, verb flows.Verb, o Object) Verdict {
	r, ok := ruleFor(verb)
	switch {
	case !ok:
		return Undecided
	case a.Coalition == "" || a.Coalition != o.Coalition:
		return NotHere
	case a.Role.reach() == nobody:
		return NeedsRole
	case a.Role.reach() < r.from:
		return needs(r.from)
	}
	for _, record := range o.Records {
		from, known := recordReach(record)
		switch {
		case !known:
			return Undecided
		case a.Role.reach() < from:
			return needs(from)
		}
	}
	return r.whose.verdict(a, o)
}

// verdict decides what is left once the role goes far enough.
func (w whose) verdict(a Actor, o Object) Verdict {
	owns := o.Owner != "" && o.Owner == a.Person
	switch {
	case w == anyones || owns || o.Shared:
		return Yes
	case o.Group && w == facilitators && a.Role.reach() < guides:
		return NeedsFacilitator
	case o.Group || o.Owner == "" && w == theirOwn:
		return Yes
	default:
		return NotTheirs
	}
}

func needs(from reach) Verdict {
	switch {
	case from >= coordinates:
		return NeedsCoordinator
	case from >= guides:
		return NeedsGuide
	case from >= works:
		return NeedsMember
	default:
		return NeedsVolunteer
	}
}
