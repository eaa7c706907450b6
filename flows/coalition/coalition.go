// Package coalition holds what a coalition is made of: people, their identities, roles and wishes, and the spaces they
// meet in. It is pure: types, and functions from records to changes.
package coalition

import (
	"cmp"
	"slices"
	"time"

	"convenor/flows"
	"convenor/flows/when"
)

// Coalition is the tenant. It is kept as a record of flows.KindCoalition under its own ID.
type Coalition struct {
	ID     string       `json:"id"`
	Name   string       `json:"name"`
	Locale flows.Locale `json:"locale"` // for what is said in spaces
	Zone   string       `json:"zone"`   // IANA name: the zone of people whose own is not known
	// NameText is the text id of the name that was typed at the set-up; it goes before Name.
	NameText string `json:"name_text,omitempty"`
	// Hours are for people who chose none of their own.
	Hours  when.Hours `json:"hours,omitzero"`
	Home   string     `json:"home,omitempty"` // SpaceID of the channel where everybody is told what is set up
	Places []string   `json:"places"`         // "slack:T1", "discord:G1"
	// Calls has, by place, the SpaceID of the channel where a person may be called whom nobody can write to directly.
	Calls map[string]string `json:"calls,omitempty"`
	// Moved is the coalition that the places belong to now; empty: this one.
	Moved   string    `json:"moved,omitempty"`
	Created time.Time `json:"created"`
}

// Person is one human, who may have several identities. It is kept as a record of flows.KindPerson.
type Person struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`       // what the platform calls them
	Identities   []string          `json:"identities"` // Identity of each account
	Role         Role              `json:"role"`
	Zone         string            `json:"zone,omitempty"` // IANA name; empty: the coalition's
	ZoneSource   Source            `json:"zone_source,omitempty"`
	ZoneAsked    bool              `json:"zone_asked,omitempty"` // for the zone, where a platform tells none
	Locale       flows.Locale      `json:"locale"`
	LocaleChosen bool              `json:"locale_chosen,omitempty"` // by the person: no platform may change it again
	Depth        Depth             `json:"depth,omitempty"`
	Prefer       string            `json:"prefer,omitempty"` // platform that nudges go to; empty: where they were last
	Nudges       Nudges            `json:"nudges,omitzero"`
	Hours        when.Hours        `json:"hours,omitzero"`
	Away         string            `json:"away,omitempty"` // last day away, YYYY-MM-DD: no nudges until the day after
	Joined       time.Time         `json:"joined"`
	Unreachable  map[string]string `json:"unreachable,omitempty"` // platform → why it cannot reach them
	Lost         Lost              `json:"lost,omitzero"`         // nothing reaches them
	Explained    bool              `json:"explained,omitempty"`   // the first nudge has explained what nudges are
	Same         string            `json:"same,omitempty"`        // id of the person that this one has become
}

// Nudges are a person's wishes about reminders.
type Nudges struct {
	Off   bool            `json:"off,omitempty"`   // none at all
	Muted map[string]bool `json:"muted,omitempty"` // by rule, a nudge.Kind
}

// Source says where something known about a person comes from.
type Source string

// The sources.
const (
	SourcePlatform  Source = "platform"
	SourcePerson    Source = "person"
	SourceCoalition Source = "coalition"
)

// Depth says how much of a question a person wants to see first.
type Depth string

// The depths. The zero Depth means DepthPlain.
const (
	DepthLine  Depth = "line"
	DepthPlain Depth = "plain"
	DepthMore  Depth = "more"
)

// Space is a channel that belongs to a coalition. It is kept as a record of flows.KindSpace.
type Space struct {
	ID       string `json:"id"` // SpaceID
	Platform string `json:"platform"`
	Place    string `json:"place"`             // "slack:T1"
	Channel  string `json:"channel"`           // the platform's id
	Name     string `json:"name,omitempty"`    // what people call it, if the platform told
	Private  bool   `json:"private,omitempty"` // only its members see it, so the platform tells no name
	Run      string `json:"run,omitempty"`     // the open round's id
	Lost     Lost   `json:"lost,omitzero"`     // nothing can be posted there
	// Locale is what the platform tells of the place: it counts until the coalition has one of its own.
	Locale flows.Locale `json:"locale,omitempty"`
}

// Identity names one account: Identity("slack:T1", "U1") is "slack:T1:U1".
func Identity(place, user string) string { return place + ":" + user }

// SpaceID names one channel: SpaceID("slack:T1", "C1") is "slack:T1:C1".
func SpaceID(place, channel string) string { return place + ":" + channel }

// Coordinators returns the people who coordinate, the one who joined first before the others.
func Coordinators(people []Person) []Person {
	var found []Person
	for _, p := range people {
		if p.Role == RoleCoordinator {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b Person) int {
		return cmp.Or(a.Joined.Compare(b.Joined), cmp.Compare(a.ID, b.ID))
	})
	return found
}
