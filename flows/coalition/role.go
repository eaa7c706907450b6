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

// Can reports whether a role may use a verb at all. What is not allowed here is denied, for unknown roles and verbs
// too. A yes still leaves the question whether it is theirs: one's own run, one's own step.
func Can(role Role, verb flows.Verb) bool { panic("being written") }

// CanRecord reports whether a role may bring a record (flows.RecordStep and the others) into being, and so start a flow
// that ends in one. What is not allowed here is denied.
func CanRecord(role Role, record string) bool { panic("being written") }
