package plan

import (
	"convenor/flows"
	"convenor/flows/nudge"
)

// Take binds a to the step: the one it is offered to, or anyone when it is free. It edits the line, tells the lead
// privately what comes next, and arms the ladder. Anyone else, and a stale press, gets a whisper and changes nothing.
func Take(s Step, a Act) flows.Change {
	if c, no := s.notOffered(a); no {
		return c
	}
	before := s
	s = s.changed(flows.VerbStepTake, a)
	s.Lead, s.Status, s.Taken = a.Person.ID, StatusTaken, a.At
	ladder := nudge.Ladder(a.Coalition, s.Deadline(), a.Person, a.Zone, a.At)
	return flows.Change{
		Puts: s.puts(before),
		Effects: []flows.Effect{
			s.edit(s.line("step.taken")),
			flows.Say{Person: a.Person.ID, Message: s.confirmation("step.yours", ladder, a)},
		},
		Timers: ladder,
	}
}

// NotMe sets the step free to be taken by anyone. Nobody is blamed and nobody asks why.
func NotMe(s Step, a Act) flows.Change {
	if c, no := s.notOffered(a); no {
		return c
	}
	if s.Lead == "" {
		return whisper("step.free-anyway")
	}
	before := s
	s = s.changed(flows.VerbStepNotMe, a)
	s.Lead = ""
	return flows.Change{
		Puts:    s.puts(before),
		Effects: []flows.Effect{s.edit(s.offer(a.today())), flows.Whisper{Message: said("step.not-you")}},
	}
}

// Later leaves the offer standing and gives it another two working days before whoever named the step is told. The
// press is no consent: the lead gets no direct message.
func Later(s Step, a Act) flows.Change {
	if c, no := s.notOffered(a); no {
		return c
	}
	before := s
	s = s.changed(flows.VerbStepLater, a)
	if ask := nudge.WaitUntil(a.Zone, a.At); ask.After(s.Ask) {
		s.Ask = ask
	}
	return flows.Change{
		Puts:    s.puts(before),
		Effects: []flows.Effect{flows.Whisper{Message: said("step.asked-later")}},
		Timers:  []flows.Timer{nudge.Waiting(a.Coalition, s.Deadline())},
	}
}

// Whose tells somebody who pressed a verb about a step that is another's whose it is, or that it is over. It changes
// nothing.
func Whose(s Step, a Act, verb flows.Verb) flows.Change {
	answer := s.notLed
	if verb == flows.VerbStepTake || verb == flows.VerbStepNotMe || verb == flows.VerbStepLater {
		answer = s.notOffered
	}
	c, _ := answer(a)
	return c
}

// notOffered answers a press on an offer that does not stand, or not for this person.
func (s Step) notOffered(a Act) (c flows.Change, no bool) {
	switch {
	case s.Status == StatusDone || s.Status == StatusDropped:
		return whisper("step.over"), true
	case s.taken() && s.Lead == a.Person.ID:
		return whisper("step.yours-already"), true
	case s.taken():
		return s.whisperLead("step.has-lead"), true
	case s.Lead != "" && s.Lead != a.Person.ID:
		return s.whisperLead("step.for-other"), true
	default:
		return flows.Change{}, false
	}
}

// notLed answers a press that only the lead may make, by someone else or too late.
func (s Step) notLed(a Act) (c flows.Change, no bool) {
	switch {
	case s.Status == StatusDone || s.Status == StatusDropped:
		return whisper("step.over"), true
	case s.Status == StatusOffered:
		return whisper("step.take-first"), true
	case s.Lead != a.Person.ID:
		return s.whisperLead("step.has-lead"), true
	default:
		return flows.Change{}, false
	}
}
