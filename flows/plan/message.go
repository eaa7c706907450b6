package plan

import (
	"time"

	"convenor/flows"
	"convenor/flows/nudge"
	"convenor/flows/when"
)

// offer is the line that offers the step, in the place where it was named. A date that is past is not shown: lateness
// is nobody's business but the lead's.
func (s Step) offer(today string) flows.Message {
	m := flows.Message{Key: s.Key()}
	alone := s.Space == "" && s.Lead != s.NamedBy // only whoever named it reads this
	switch {
	case alone:
		m.Parts = append(m.Parts, s.part("step.kept"))
	case s.Lead == "":
		m.Parts = append(m.Parts, s.part("step.offer-free"))
	case s.Lead == s.NamedBy:
		m.Parts = append(m.Parts, s.part("step.offer-own"))
	default:
		m.Parts = append(m.Parts, s.part("step.offer"))
	}
	if s.Due < today {
		s.Due = ""
	}
	m.Parts = append(m.Parts, s.goalPart(), s.duePart())
	if alone {
		m.Parts = append(m.Parts, s.part(s.tellThem()))
	}
	if alone && s.Lead != "" {
		return m
	}
	m.Controls = append(m.Controls, s.button("step.button.take", flows.VerbStepTake))
	m.Controls[0].Primary = true
	if s.Lead != "" {
		m.Controls = append(m.Controls, s.button("step.button.not-me", flows.VerbStepNotMe), s.button("step.button.later", flows.VerbStepLater))
	}
	return m
}

// tellThem says what to do with an offer that was named in a direct message, where nobody else sees it.
func (s Step) tellThem() string {
	if s.Lead == "" {
		return "step.tell-anyone"
	}
	return "step.tell-lead"
}

// line is the posted line once the step is no offer any more: no buttons, no dates.
func (s Step) line(words string) flows.Message {
	return flows.Message{Key: s.Key(), Parts: []flows.Part{s.part(words), s.goalPart()}}
}

// edit replaces the line where it was said.
func (s Step) edit(m flows.Message) flows.Edit {
	m.Key = s.Key()
	if s.Space != "" {
		return flows.Edit{Space: s.Space, Message: m}
	}
	return flows.Edit{Person: s.NamedBy, Message: m}
}

// confirmation tells a lead privately what they lead, by when, when they will be reminded and in which zone that is.
func (s Step) confirmation(words string, ladder []flows.Timer, a Act) flows.Message {
	m := flows.Message{
		Parts:    []flows.Part{s.part(words), s.goalPart(), s.duePart()},
		Controls: s.choices(),
	}
	reminders := nudge.Reminds(ladder)
	zone := map[string]flows.Arg{"zone": {Plain: a.Zone.String()}}
	switch {
	case s.Due == "":
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleBody, Words: "step.needs-date"})
	case a.Person.Nudges.Off:
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleBody, Words: "step.nudges-off"})
	case len(reminders) == 0:
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleBody, Words: "step.no-reminder", Args: zone})
	default:
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleBody, Words: "step.reminders", Args: zone})
	}
	for _, at := range reminders {
		if s.Due == "" || a.Person.Nudges.Off {
			break
		}
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleItem, Words: "step.reminder", Args: map[string]flows.Arg{
			"date": {Date: when.Today(at, a.Zone)}, "time": clock(at, a),
		}})
	}
	return m
}

// replyTo tells the one who acts how the step stands now.
func (s Step) replyTo(a Act, words string, controls []flows.Control) flows.Say {
	return flows.Say{Person: a.Person.ID, Message: flows.Message{
		Parts: []flows.Part{s.part(words)}, Controls: controls,
	}}
}

// choices are what a lead can always do.
func (s Step) choices() []flows.Control {
	return []flows.Control{
		s.button("step.button.done", flows.VerbStepDone), s.button("step.button.date", flows.VerbStepDate),
		s.button("step.button.help", flows.VerbStepHelp), s.button("step.button.hand-on", flows.VerbStepHandOn),
	}
}

// part is a sentence about the step. Every placeholder that such sentences use is filled.
func (s Step) part(words string) flows.Part {
	p := flows.Part{Style: flows.StyleBody, Words: words, Args: map[string]flows.Arg{
		"what": {TextID: s.What}, "by": {Person: s.NamedBy},
	}}
	if s.Lead != "" {
		p.Args["lead"] = flows.Arg{Person: s.Lead}
	}
	return p
}

func (s Step) goalPart() flows.Part {
	return flows.Part{Style: flows.StyleSmall, Words: "step.goal", Args: map[string]flows.Arg{"goal": {TextID: s.GoalText}}}
}

func (s Step) duePart() flows.Part {
	due := flows.Arg{Date: s.Due}
	if s.Due == "" {
		due = flows.Arg{Words: "step.no-date"}
	}
	return flows.Part{Style: flows.StyleSmall, Words: "step.due", Args: map[string]flows.Arg{"due": due}}
}

func (s Step) button(words string, verb flows.Verb) flows.Control {
	return flows.Control{Kind: flows.ControlButton, Words: words, Token: flows.Token{Verb: verb, Object: s.ID}}
}

// clock is the time of day where the person is.
func clock(at time.Time, a Act) flows.Arg {
	return flows.Arg{Clock: at.In(a.Zone).Format("15:04")}
}

func said(words string) flows.Message {
	return flows.Message{Parts: []flows.Part{{Style: flows.StyleBody, Words: words}}}
}

func whisper(words string) flows.Change {
	return flows.Change{Effects: []flows.Effect{flows.Whisper{Message: said(words)}}}
}

// whisperLead is a whisper that names who leads the step, or is asked to.
func (s Step) whisperLead(words string) flows.Change {
	m := said(words)
	m.Parts[0].Args = map[string]flows.Arg{"lead": {Person: s.Lead}}
	return flows.Change{Effects: []flows.Effect{flows.Whisper{Message: m}}}
}
