package coalition

import (
	"slices"
	"strings"
	"time"

	"convenor/flows"
)

// GivenUp is why nothing reaches somebody when no platform has refused, but none has answered well for hours either.
const GivenUp = "given-up"

// NoWay is why nothing reaches somebody of whom no platform is known here.
const NoWay = "unreachable"

// NoApp is why nothing reaches anybody in a workspace that this Convenor no longer has an app for. No door is closed by
// it: each message is tried, and goes out once the workspace has an app again.
const NoApp = "no-app"

// Lost says since when and why nothing reaches a person or a space. The zero Lost means that they are reached.
type Lost struct {
	Why    string    `json:"why"`          // a stable word: "closed", "archived"
	On     string    `json:"on,omitempty"` // platform
	Since  time.Time `json:"since"`
	Called time.Time `json:"called,omitzero"` // when a person was last called because of it
}

// Again is what is known when nothing got through at an instant, for a reason: the same as before when the reason is.
func (l Lost) Again(why, on string, at time.Time) Lost {
	if l.Why == why && l.On == on {
		return l
	}
	return Lost{Why: why, On: on, Since: at}
}

// Refused is why a platform is not to be asked for a person again until they act on it; "" when it may be.
func (p Person) Refused(platform string) string {
	if why := p.Unreachable[platform]; why != NoApp {
		return why
	}
	return ""
}

// Refused is why a platform is not to be asked for a space again until somebody acts there; "" when it may be.
func (s Space) Refused() string {
	switch s.Lost.Why {
	case GivenUp, NoWay, NoApp:
		return ""
	}
	return s.Lost.Why
}

// Closed is the first of a person's platforms that refuses them, and why.
func (p Person) Closed() (platform, why string) {
	for _, id := range p.Identities {
		platform, _, _ = strings.Cut(id, ":")
		if why = p.Unreachable[platform]; why != "" {
			return platform, why
		}
	}
	return "", ""
}

// CalledIn lists the spaces where a person may be called: in each place where they have an account and a channel was
// chosen.
func (c Coalition) CalledIn(p Person) []string {
	var list []string
	for _, id := range p.Identities {
		end := strings.LastIndexByte(id, ':')
		if end < 0 {
			continue
		}
		if space := c.Calls[id[:end]]; space != "" && !slices.Contains(list, space) {
			list = append(list, space)
		}
	}
	return list
}

// AccountIn is a person's user id in a place, or "".
func (p Person) AccountIn(place string) string {
	for _, id := range p.Identities {
		if user, ok := strings.CutPrefix(id, place+":"); ok && !strings.Contains(user, ":") {
			return user
		}
	}
	return ""
}

// CallHere keeps that people may be called in a space, or no longer. Each place has one such space.
func CallHere(c Coalition, s Space, may bool) flows.Change {
	calls := map[string]string{}
	for place, space := range c.Calls {
		if place != s.Place {
			calls[place] = space
		}
	}
	if may {
		calls[s.Place] = s.ID
	}
	c.Calls = calls
	return flows.Change{Puts: []flows.Put{{Ref: flows.Ref{Kind: flows.KindCoalition, ID: c.ID}, Value: c}}}
}
