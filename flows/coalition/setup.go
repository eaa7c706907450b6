package coalition

import (
	"time"

	"convenor/flows"
	"convenor/flows/when"
)

// stretches are the hours that can be picked in the set-up, by option.
func stretches() map[string]when.Hours {
	return map[string]when.Hours{
		"day":     {From: 9 * 60, To: 20 * 60},
		"work":    {From: 8 * 60, To: 17 * 60},
		"evening": {From: 17 * 60, To: 21 * 60},
		"week":    {From: 9 * 60, To: 20 * 60, Sundays: true},
	}
}

// Stretch is a stretch of hours by its name: those of the set-up and "ours", which is whatever the coalition has.
func Stretch(name string) (h when.Hours, ok bool) {
	if name == "ours" {
		return when.Hours{}, true
	}
	h, ok = stretches()[name]
	return h, ok
}

// SetUp keeps what a coordinator said about their coalition. What was skipped stays as it is. with is whoever the answers
// name to coordinate too; nil for nobody. The one who acts is told, and the home channel, if there is one, as well.
func SetUp(h flows.HandOver, c Coalition, by Person, with *Person) flows.Change {
	var change flows.Change
	if name := h.Fields["name"]; name.Kind == flows.ValueText && name.TextID != "" {
		if c.NameText != "" && c.NameText != name.TextID {
			change.Effects = append(change.Effects, flows.DropText{ID: c.NameText})
		}
		c.NameText = name.TextID
	}
	zone := picked(h, "zone")
	if name, ok := zoneOf(zone); ok {
		c.Zone = name
	} else if zone == "same" && by.Zone != "" {
		c.Zone = by.Zone
	}
	switch picked(h, "language") {
	case "english":
		c.Locale = flows.English
	case "spanish":
		c.Locale = flows.Spanish
	}
	if hours, ok := stretches()[picked(h, "hours")]; ok {
		c.Hours = hours
	}
	switch picked(h, "home") {
	case "here":
		if h.Run.Space != "" {
			c.Home = h.Run.Space
		}
	case "none":
		c.Home = ""
	}
	change.Puts = append(change.Puts, flows.Put{Ref: flows.Ref{Kind: flows.KindCoalition, ID: c.ID}, Value: c})
	if with != nil && with.Role != RoleCoordinator {
		with.Role = RoleCoordinator
		change.Puts = append(change.Puts, with.kept().Puts...)
	}
	done := c.settled("setup.done", with)
	if c.Home != "" && len(c.Calls) == 0 {
		done.Parts = append(done.Parts, flows.Part{Style: flows.StyleSmall, Words: "call.offer-home"})
		done.Controls = append(done.Controls, flows.Control{
			Kind: flows.ControlButton, Words: "call.yes-home", Token: flows.Token{Verb: flows.VerbCall, Object: c.Home, Arg: "yes"},
		})
	}
	change.Effects = append(change.Effects, flows.Say{Person: by.ID, Message: done})
	if c.Home != "" {
		change.Effects = append(change.Effects, flows.Say{Space: c.Home, Message: c.settled("setup.ready", with)})
	}
	return change
}

// picked is the option that was chosen, or "".
func picked(h flows.HandOver, field string) string {
	if v := h.Fields[field]; v.Kind == flows.ValueChoice && len(v.Picks) == 1 {
		return v.Picks[0]
	}
	return ""
}

// settled says how a coalition is set up.
func (c Coalition) settled(title string, with *Person) flows.Message {
	from, to := c.Hours.Span()
	item := func(words string, args map[string]flows.Arg) flows.Part {
		return flows.Part{Style: flows.StyleItem, Words: words, Args: args}
	}
	m := flows.Message{Parts: []flows.Part{
		{Style: flows.StyleBody, Words: title},
		item("setup.name", map[string]flows.Arg{"name": c.Called()}),
		item("setup.zone", map[string]flows.Arg{"zone": {Plain: c.Zone}}),
		item("setup.language", map[string]flows.Arg{"language": {Words: "me.language." + string(c.Locale)}}),
		item("setup.hours", map[string]flows.Arg{"from": {Clock: clock(from)}, "to": {Clock: clock(to)}}),
	}}
	if with != nil {
		m.Parts = append(m.Parts, item("setup.coordinator", map[string]flows.Arg{"name": {Person: with.ID}}))
	}
	m.Parts = append(m.Parts, flows.Part{Style: flows.StyleSmall, Words: "setup.change"})
	m.Controls = []flows.Control{{
		Kind: flows.ControlButton, Words: "setup.next", Token: flows.Token{Verb: flows.VerbMenu}, Primary: true,
	}}
	return m
}

// clock writes minutes after midnight as HH:MM.
func clock(minutes int) string {
	return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}

// Called is the coalition's name to put into a message: as it was typed at the set-up, if it was.
func (c Coalition) Called() flows.Arg {
	if c.NameText != "" {
		return flows.Arg{TextID: c.NameText}
	}
	return flows.Arg{Plain: c.Name}
}

// HoursOf are the hours in which somebody may be reminded: their own or, when they chose none, the coalition's.
func (c Coalition) HoursOf(p Person) when.Hours {
	if p.Hours == (when.Hours{}) {
		return c.Hours
	}
	return p.Hours
}
