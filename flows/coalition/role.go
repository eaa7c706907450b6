package coalition

import "convenor/flows"

// Role is a person's role in the coalition. Facilitating is a duty in a meeting, not a role.
type Role string

// The roles.
const (
	RoleCoordinator Role = "coordinator"
	RoleChair       Role = "chair"
	RoleLead        Role = "lead"
	RoleScribe      Role = "scribe"
	RoleMember      Role = "member"
	RoleVolunteer   Role = "volunteer"
	RoleObserver    Role = "observer"
)

// reach orders what roles may do. Everything that one reach allows, the next allows too.
type reach int

const (
	nobody  reach = iota // no role of ours
	watches              // looks on, settles their own affairs, may sign up to carry the message
	acts                 // answers, signs up, takes steps
	works                // starts rounds, names steps, takes a seat
	guides               // moves a round on
)

func (r Role) reach() reach {
	switch r {
	case RoleCoordinator, RoleChair, RoleLead:
		return guides
	case RoleScribe, RoleMember:
		return works
	case RoleVolunteer:
		return acts
	case RoleObserver:
		return watches
	default:
		return nobody
	}
}

// Can reports whether a role may use a verb at all. What is not allowed here is denied, for unknown roles and verbs
// too. A yes still leaves the question whether it is theirs: one's own run, one's own step. VerbStart is allowed to all
// who may start any flow; CanRecord says which.
func Can(role Role, verb flows.Verb) bool {
	switch verb {
	case flows.VerbMenu, flows.VerbMe, flows.VerbSettings, flows.VerbLanguage, flows.VerbFewer, flows.VerbNudgesOff,
		flows.VerbNudgesOn, flows.VerbWithdraw, flows.VerbStart, flows.VerbMore:
		return role.reach() >= watches
	case flows.VerbAnswer, flows.VerbForm, flows.VerbUnknown, flows.VerbSkip, flows.VerbBack, flows.VerbChange,
		flows.VerbPause, flows.VerbResume, flows.VerbCancel, flows.VerbConfirm:
		return role.reach() >= watches // of one's own run: an observer fills in a sign-up too
	case flows.VerbStepNotMe:
		return role.reach() >= watches // whoever is named may say no
	case flows.VerbStepTake, flows.VerbStepLater, flows.VerbStepDone, flows.VerbStepOK, flows.VerbStepHelp,
		flows.VerbStepHandOn, flows.VerbStepDate, flows.VerbStepSnooze, flows.VerbStepReport:
		return role.reach() >= acts
	case flows.VerbAsk:
		return role.reach() >= works
	case flows.VerbNext:
		return role.reach() >= guides
	default:
		return false
	}
}

// CanRecord reports whether a role may bring a record (flows.RecordStep and the others) into being, and so start a flow
// that ends in one. What is not allowed here is denied.
func CanRecord(role Role, record string) bool {
	switch record {
	case flows.RecordMessenger:
		return role.reach() >= watches
	case flows.RecordReport:
		return role.reach() >= acts
	case flows.RecordStakeholder, flows.RecordStep:
		return role.reach() >= works
	default:
		return false
	}
}
