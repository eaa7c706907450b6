package coalition

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"convenor/flows"
	"convenor/flows/when"
)

// LinkLasts is how long a linking code can be used.
const LinkLasts = 10 * time.Minute

// Links is the id under which the links of all coalitions are kept: whoever uses one is in another place, which cannot
// know the coalition yet.
const Links = "links"

// Link is a code that was given to a person. It is kept as a record of flows.KindLink, whose ID is a hash of the code:
// the code itself is kept nowhere.
type Link struct {
	ID    string    `json:"id"`
	Home  string    `json:"home"` // the coalition's id
	By    string    `json:"by"`   // person id
	Until time.Time `json:"until"`
	Used  string    `json:"used,omitempty"` // the identity that used it
}

// Open reports whether an identity can use the code now. It serves one identity, and to that one it may be answered
// again, should the first answer have been lost.
func (l Link) Open(identity string, at time.Time) bool {
	return (l.Used == "" || l.Used == identity) && at.Before(l.Until)
}

// Unite makes one person of two: whole is a with all that b is, and left is b without a role, which only remembers who it
// has become. Wishes for less hold for both; where both have said something, what a has said holds.
func Unite(a, b Person) (whole, left Person) {
	whole, left = a, b
	whole.Identities = append(slices.Clone(a.Identities), b.Identities...)
	roles := Roles()
	if slices.Index(roles, b.Role) >= 0 && (slices.Index(roles, b.Role) < slices.Index(roles, a.Role) || !slices.Contains(roles, a.Role)) {
		whole.Role = b.Role
	}
	whole.Name = cmp.Or(a.Name, b.Name)
	if a.Zone == "" {
		whole.Zone, whole.ZoneSource = b.Zone, b.ZoneSource
	}
	if !a.LocaleChosen && b.LocaleChosen {
		whole.Locale, whole.LocaleChosen = b.Locale, true
	}
	whole.Depth, whole.Prefer = cmp.Or(a.Depth, b.Depth), cmp.Or(a.Prefer, b.Prefer)
	if a.Hours == (when.Hours{}) {
		whole.Hours = b.Hours
	}
	whole.Away = max(a.Away, b.Away)
	whole.Nudges = Nudges{Off: a.Nudges.Off || b.Nudges.Off, Muted: maps.Clone(a.Nudges.Muted)}
	for rule := range b.Nudges.Muted {
		if whole.Nudges.Muted == nil {
			whole.Nudges.Muted = map[string]bool{}
		}
		whole.Nudges.Muted[rule] = true
	}
	whole.Unreachable = maps.Clone(b.Unreachable)
	for platform, why := range a.Unreachable {
		if whole.Unreachable == nil {
			whole.Unreachable = map[string]string{}
		}
		whole.Unreachable[platform] = why
	}
	whole.Lost, left.Lost = Lost{}, Lost{} // together they may be reached
	if b.Joined.Before(a.Joined) {
		whole.Joined = b.Joined
	}
	whole.Explained = a.Explained || b.Explained
	left.Role, left.Same = "", a.ID
	return whole, left
}

// Prefer keeps the platform on which a person wants to be reminded.
func Prefer(p Person, platform string) flows.Change {
	p.Prefer = platform
	return p.kept()
}
