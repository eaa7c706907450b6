package nudge

import (
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
)

// Lost is a person or a space that nothing gets through to.
type Lost struct {
	coalition.Lost
	Person  string // id; empty: a space
	Name    string // of the space; empty when it is not known
	Private bool   // the space is one whose name is told to nobody outside
}

// is reports whether it is still the case that a nudge was planned about.
func (l Lost) is(since string) bool { return l.Why != "" && stamp(l.Since) == since }

// stamp names the instant since when something is so, as a timer's Due carries it.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// gather is how long is waited before a coordinator is told, so that what fails at the same time comes in one message.
const gather = 10 * time.Minute

// LostTimer is the need to tell a coordinator that nothing gets through to a person or a space. The same case has the
// same id however many messages failed; it is a new one when they were reached meanwhile, or for another reason.
func LostTimer(tenant, object string, l coalition.Lost) flows.Timer {
	since := stamp(l.Since)
	return flows.Timer{
		ID: TimerID(object, Unreached, since, l.Why), Coalition: tenant, Kind: flows.TimerNudge, Object: object,
		Rule: string(Unreached), Due: since, At: l.Since.Add(gather),
	}
}

// Anew is the same need again, for another coordinator: tried, to whom the nudge about it went, is not reached either.
// A coordinator who is known as lost is not tried again, so it comes to an end.
func Anew(tenant string, r flows.Reason, tried string, at time.Time) flows.Timer {
	return flows.Timer{
		ID: r.Timer + "." + tried, Coalition: tenant, Kind: flows.TimerNudge, Object: r.Object, Person: tried,
		Rule: r.Rule, Due: r.Due, At: at,
	}
}

// tellable is the first coordinator who can be told that somebody is not reached: not that person, reached themselves,
// and not without such nudges. When there is none the first other one is told, once: they can be called.
func tellable(t flows.Timer, coordinators []coalition.Person) string {
	first := ""
	for _, c := range coordinators {
		switch {
		case c.ID == t.Object || c.ID == t.Person:
		case c.Lost.Why == "" && !c.Nudges.Off && !c.Nudges.Muted[string(Unreached)]:
			return c.ID
		case first == "" && t.Person == "":
			first = c.ID
		}
	}
	return first
}

// channelMax is how much of a channel's name is shown.
const channelMax = 40

// words is the sentence about a case, and what to do about it.
func (l Lost) words() (what, do string) {
	if l.Why == coalition.NoApp { // whoever was there is as they were: it is Convenor that has gone
		return "nudge.lost." + map[bool]string{true: "no-app-person", false: "no-app-space"}[l.Person != ""], "nudge.lost.do-app"
	}
	if l.Person != "" {
		return "nudge.lost." + l.why(map[string]string{
			"closed": "closed", "left": "left", "inactive": "left", "not-found": "left", "unknown": "left", coalition.GivenUp: coalition.GivenUp,
		}, "person"), "nudge.lost.do-person"
	}
	if l.Why == coalition.GivenUp { // Convenor is still there, and goes on
		return "nudge.lost.given-up-space", "nudge.lost.do-given-up"
	}
	return "nudge.lost." + l.why(map[string]string{
		"archived": "archived", "not-found": "gone", "unknown": "gone", "deleted": "gone", "not-in-channel": "outside", "left": "outside",
		"restricted": "restricted", "closed": "restricted",
	}, "space"), "nudge.lost.do-space"
}

func (l Lost) why(known map[string]string, other string) string {
	if word := known[l.Why]; word != "" {
		return word
	}
	return other
}

// part is one sentence about a case. It tells nothing of what could not be delivered.
func (l Lost) part(style flows.Style) flows.Part {
	words, _ := l.words()
	p := flows.Part{Style: style, Words: words, Args: map[string]flows.Arg{}}
	if l.Person != "" {
		p.Args["name"], p.Args["platform"] = flows.Arg{Person: l.Person}, flows.Arg{Words: "nudge.lost.on." + l.platform()}
		return p
	}
	p.Args["channel"] = flows.Arg{Words: "nudge.lost.channel." + l.platform()}
	if l.Private {
		p.Args["channel"] = flows.Arg{Words: "nudge.lost.channel.private"}
	}
	if name := strings.TrimPrefix(l.Name, "#"); name != "" {
		if runes := []rune(name); len(runes) > channelMax {
			name = string(runes[:channelMax-1]) + "…"
		}
		p.Args["channel"] = flows.Arg{Plain: "#" + name}
	}
	return p
}

// platform is the platform if it is one that has words.
func (l Lost) platform() string {
	if l.On == "slack" || l.On == "discord" {
		return l.On
	}
	return "other"
}
