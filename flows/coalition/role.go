package coalition

import (
	"errors"

	"convenor/flows"
)

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

// Roles lists every role, the one with the longest reach first.
func Roles() []Role {
	return []Role{RoleCoordinator, RoleChair, RoleLead, RoleScribe, RoleMember, RoleVolunteer, RoleObserver}
}

// reach orders what roles may do. Everything that one reach allows, the next allows too.
type reach int

const (
	nobody      reach = iota // no role of ours
	watches                  // looks on, settles their own affairs, may sign up to carry the message
	acts                     // answers, signs up, takes steps
	works                    // starts rounds, names steps, takes a seat
	guides                   // moves a round on, says what is done or not for us
	coordinates              // says who has which role
)

func (r Role) reach() reach {
	switch r {
	case RoleCoordinator:
		return coordinates
	case RoleChair, RoleLead:
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

// ErrLastCoordinator means that nobody would be left who can say who has which role.
var ErrLastCoordinator = errors.New("the last coordinator")

// SetRole gives a person a role. coordinators are those of the coalition as it is now. It returns ErrLastCoordinator
// when the person is the only one of them and would no longer be. Two such changes at the same time must not pass by
// each other: commit the coalition's record with the change.
func SetRole(p Person, role Role, coordinators []Person) (flows.Change, error) {
	if p.Role == RoleCoordinator && role != RoleCoordinator && len(coordinators) < 2 {
		return flows.Change{}, ErrLastCoordinator
	}
	p.Role = role
	return p.kept(), nil
}
