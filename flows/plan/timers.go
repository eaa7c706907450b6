package plan

import (
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
)

// Timers are those that the step must have as it is, and that are still of use at now: the ones that were planned when it
// was offered, taken, moved, snoozed, or when help was asked for, under the same ids. zone is the lead's. A timer of them
// that has fired is no need any more: whoever arms them has to know which have.
func (s Step) Timers(coalitionID string, lead coalition.Person, zone *time.Location, now time.Time) []flows.Timer {
	var all []flows.Timer
	d, begun := s.Deadline(), s.Taken
	if s.Became.After(begun) {
		begun = s.Became
	}
	switch {
	case s.Status == StatusOffered:
		all = []flows.Timer{nudge.Waiting(coalitionID, d)}
	case s.taken() && lead.ID == s.Lead:
		all = nudge.Ladder(coalitionID, d, lead, zone, s.last(flows.VerbStepDate, begun))
		if s.Snoozed.After(begun) {
			all = append(all, nudge.Later(coalitionID, d, lead, zone, s.Snoozed))
		}
		if asked := s.last(flows.VerbStepHelp, begun); s.Status == StatusHelp && asked.After(begun) {
			all = append(all, nudge.Asked(coalitionID, d, asked))
		}
	}
	var useful []flows.Timer
	for _, t := range all {
		if nudge.Useful(t, now) {
			useful = append(useful, t)
		}
	}
	return useful
}

// last is when somebody did something to the step last, not before an instant.
func (s Step) last(did flows.Verb, from time.Time) time.Time {
	for _, p := range s.History {
		if p.Did == did && p.At.After(from) {
			from = p.At
		}
	}
	return from
}
