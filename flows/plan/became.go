package plan

import (
	"convenor/flows"
	"convenor/flows/nudge"
)

// Became gives a step that from leads or named to a, who is the same person, and arms the ladder anew for them. changed
// is false when the step is about neither.
func Became(s Step, a Act, from string) (c flows.Change, changed bool) {
	if s.Lead != from && s.NamedBy != from {
		return flows.Change{}, false
	}
	leads := s.Lead == from
	if leads {
		s.Lead = a.Person.ID
	}
	if s.NamedBy == from {
		s.NamedBy = a.Person.ID
	}
	s.Rev++
	if leads && s.taken() {
		s.Became = a.At
		c.Timers = nudge.Ladder(a.Coalition, s.Deadline(), a.Person, a.Zone, a.At)
	}
	c.Puts = s.puts(s)
	return c, true
}
