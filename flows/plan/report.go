package plan

import (
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/when"
)

// Done ends the step and thanks the lead. Whether it was late is said nowhere.
func Done(s Step, a Act) flows.Change {
	if c, no := s.notLed(a); no {
		return c
	}
	before := s
	s = s.changed(flows.VerbStepDone, a)
	s.Status, s.Done, s.Note = StatusDone, a.At, ""
	return flows.Change{
		Puts: s.puts(before),
		Effects: []flows.Effect{
			s.edit(s.line("step.finished")),
			s.replyTo(a, "step.thanks", nil),
		},
	}
}

// OK keeps that the step is on track. After the due date it also answers the ladder's question: no more is asked about
// this date.
func OK(s Step, a Act) flows.Change {
	if c, no := s.notLed(a); no {
		return c
	}
	before := s
	s = s.changed(flows.VerbStepOK, a)
	s.Status, s.Note = StatusTaken, ""
	words := "step.on-track"
	if s.past(a) {
		s.Answered, words = s.Due, "step.still-ok"
	}
	return flows.Change{Puts: s.puts(before), Effects: []flows.Effect{s.replyTo(a, words, s.choices())}}
}

// AskHelp keeps that the lead needs help, with a note (text id) if there is one, and plans one private line to a
// coordinator. The lead is told who will know.
func AskHelp(s Step, a Act, note string) flows.Change {
	if c, no := s.notLed(a); no {
		return c
	}
	before := s
	s = s.changed(flows.VerbStepHelp, a)
	s.Status = StatusHelp
	if note != "" {
		s.Note = note
	}
	if s.past(a) {
		s.Answered = s.Due
	}
	words := "step.help-asked"
	if a.Person.Role == coalition.RoleCoordinator {
		words = "step.help-noted" // there may be no other coordinator: nothing is promised
	}
	return flows.Change{
		Puts: s.puts(before), Effects: []flows.Effect{s.replyTo(a, words, s.choices())},
		Timers: []flows.Timer{nudge.Asked(a.Coalition, s.Deadline(), a.At)},
	}
}

// NewDate moves the due date and arms the ladder anew. A date that is past at a.At changes nothing.
func NewDate(s Step, a Act, due string) flows.Change {
	if c, no := s.notLed(a); no {
		return c
	}
	if !when.Valid(due) || due < a.today() {
		return whisper("step.date-past")
	}
	before := s
	s = s.changed(flows.VerbStepDate, a)
	s.Due, s.Status, s.Note, s.Answered = due, StatusTaken, "", ""
	ladder := nudge.Ladder(a.Coalition, s.Deadline(), a.Person, a.Zone, a.At)
	return flows.Change{
		Puts:    s.puts(before),
		Effects: []flows.Effect{flows.Say{Person: a.Person.ID, Message: s.confirmation("step.moved", ladder, a)}},
		Timers:  ladder,
	}
}

// HandOn sets the step free and offers it anew where it was named. A due date that is past is dropped, so that nobody
// sees lateness; its history stays.
func HandOn(s Step, a Act) flows.Change {
	if c, no := s.notLed(a); no {
		return c
	}
	before := s
	s = s.changed(flows.VerbStepHandOn, a)
	if s.past(a) {
		s.Due = ""
	}
	s.Lead, s.Status, s.Note, s.Answered = "", StatusOffered, "", ""
	s.Offers++
	s.Ask = nudge.WaitUntil(a.Zone, a.At)
	c := flows.Change{
		Puts:   s.puts(before),
		Timers: []flows.Timer{nudge.Waiting(a.Coalition, s.Deadline())},
		Effects: []flows.Effect{
			before.edit(flows.Message{Parts: []flows.Part{s.part("step.handed-on")}}),
			s.replyTo(a, "step.let-go", nil),
		},
	}
	if s.Space != "" {
		c.Effects = append(c.Effects, flows.Say{Space: s.Space, Message: s.offer(a.today())})
	}
	return c
}

// Snooze asks the lead again tomorrow at nudge.Hour, or when they may be written to after that. It is the lead's alone
// and never moves the due date, so it is no part of the step's history.
func Snooze(s Step, a Act) flows.Change {
	if c, no := s.notLed(a); no {
		return c
	}
	t := nudge.Later(a.Coalition, s.Deadline(), a.Person, a.Zone, a.At)
	before := s
	s.Snoozed = a.At
	m := said("step.snoozed")
	m.Parts[0].Args = map[string]flows.Arg{
		"date": {Date: when.Today(t.At, a.Zone)}, "time": clock(t.At, a), "zone": {Plain: a.Zone.String()},
	}
	return flows.Change{Puts: s.puts(before), Effects: []flows.Effect{flows.Whisper{Message: m}}, Timers: []flows.Timer{t}}
}

// The options of the report flow's status.
const (
	reportDone   = "done"
	reportOK     = "on-track"
	reportHelp   = "need-help"
	reportDate   = "new-date"
	reportHandOn = "hand-on"
)

// Report carries out what the report flow collected: status, and note (text) or due (date). A status it does not know,
// or none, changes nothing, and so does a report that comes too late. A note that no step holds then is erased.
func Report(s Step, a Act, h flows.HandOver) flows.Change {
	c := report(s, a, h)
	if note := h.Fields["note"].TextID; note != "" && len(c.Puts) == 0 {
		c.Puts = []flows.Put{{Ref: flows.Ref{Kind: flows.KindText, ID: note}, Delete: true}}
	}
	return c
}

func report(s Step, a Act, h flows.HandOver) flows.Change {
	picks := h.Fields["status"].Picks
	if len(picks) != 1 {
		return flows.Change{}
	}
	switch picks[0] {
	case reportDone:
		return Done(s, a)
	case reportOK:
		return OK(s, a)
	case reportHelp:
		return AskHelp(s, a, h.Fields["note"].TextID)
	case reportDate:
		return NewDate(s, a, h.Fields[fieldDue].Date)
	case reportHandOn:
		return HandOn(s, a)
	default:
		return flows.Change{}
	}
}

// past reports whether the due date is over where the person is.
func (s Step) past(a Act) bool { return s.Due != "" && s.Due < a.today() }
