package nudge

import (
	"slices"

	"convenor/flows"
	"convenor/flows/when"
)

// How much is shown. A nudge about one step is at most 300 characters long, whatever was typed.
const (
	whatMax  = 60 // characters of a step
	goalMax  = 40 // of its goal
	noteMax  = 60 // of a note
	labelMax = 30 // of a step on a button
	linesMax = 12 // lines about steps in one message
	stepsMax = 4  // steps with a button of their own, of several: with "fewer", one row of buttons on every platform
)

const wordsWhileAway = "nudge.while-away"

// flowStep is the flow that names a step: what can be done about one that nobody takes.
const flowStep = "step"

// message says what reasons are about, as it is now. There is at least one reason, and each holds.
func (f Facts) message(reasons []flows.Reason, late bool) flows.Message {
	var m flows.Message
	if late {
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleSmall, Words: wordsWhileAway})
	}
	if len(reasons) == 1 {
		f.one(&m, reasons[0])
	} else {
		f.several(&m, reasons)
	}
	if !f.Person.Explained {
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleSmall, Words: "nudge.first"})
	}
	m.Controls = append(m.Controls, button("nudge.button.fewer", flows.VerbFewer, "", reasons[0].Rule))
	return m
}

// saysLate reports whether a message was made after nudges could not be sent for a while.
func saysLate(m flows.Message) bool {
	return slices.ContainsFunc(m.Parts, func(p flows.Part) bool { return p.Words == wordsWhileAway })
}

func (f Facts) one(m *flows.Message, r flows.Reason) {
	if l, ok := f.unreached(r); ok {
		_, do := l.words()
		m.Parts = append(m.Parts, l.part(flows.StyleBody), flows.Part{Style: flows.StyleSmall, Words: do})
		return
	}
	d := f.Deadlines[r.Object]
	m.Parts = append(m.Parts, f.line(flows.StyleBody, r))
	if Kind(r.Rule) == Help && d.Note != "" {
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleQuote, Words: "nudge.note", Args: map[string]flows.Arg{
			"note": {TextID: d.Note, Max: noteMax},
		}})
	}
	m.Parts = append(m.Parts, flows.Part{Style: flows.StyleSmall, Words: "nudge.goal", Args: map[string]flows.Arg{
		"goal": {TextID: d.Goal, Max: goalMax},
	}})
	m.Controls = append(m.Controls, controls(Kind(r.Rule), d)...)
}

func (f Facts) several(m *flows.Message, reasons []flows.Reason) {
	count, several, more := len(reasons), "nudge.several", "nudge.rest"
	var todo []string // what can be done about those who are not reached
	for _, r := range reasons {
		if l, ok := f.unreached(r); ok {
			several, more = "nudge.several-things", "nudge.rest-things"
			if _, do := l.words(); !slices.Contains(todo, do) {
				todo = append(todo, do)
			}
		}
	}
	counted := func(style flows.Style, words string, n int) flows.Part {
		return flows.Part{Style: style, Words: words, Args: map[string]flows.Arg{"count": {Number: &n}}}
	}
	m.Parts = append(m.Parts, counted(flows.StyleBody, several, count))
	for i, r := range reasons {
		if i == linesMax {
			m.Parts = append(m.Parts, counted(flows.StyleSmall, more, count-linesMax))
			break
		}
		m.Parts = append(m.Parts, f.line(flows.StyleItem, r))
	}
	for _, do := range todo {
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleSmall, Words: do})
	}
	for _, r := range reasons {
		if d := f.Deadlines[r.Object]; d.Lead == f.Person.ID && d.Stand == Taken && len(m.Controls) < stepsMax {
			c := button("nudge.button.about", flows.VerbStepReport, d.Step, "")
			c.Args = map[string]flows.Arg{"what": {TextID: d.What, Max: labelMax}}
			m.Controls = append(m.Controls, c)
		}
	}
}

// unreached is the case that a reason is about, if it is about one that nothing gets through to.
func (f Facts) unreached(r flows.Reason) (l Lost, ok bool) {
	if Kind(r.Rule) != Unreached {
		return Lost{}, false
	}
	return f.Lost[r.Object], true
}

// line is one sentence about one step, or about one whom nothing gets through to.
func (f Facts) line(style flows.Style, r flows.Reason) flows.Part {
	if l, ok := f.unreached(r); ok {
		return l.part(style)
	}
	d := f.Deadlines[r.Object]
	part := flows.Part{Style: style, Words: f.words(Kind(r.Rule), d), Args: map[string]flows.Arg{
		"what": {TextID: d.What, Max: whatMax},
	}}
	if d.Due != "" {
		days := when.DaysBetween(when.Today(f.Now, f.Zone), d.Due)
		part.Args["due"] = flows.Arg{Date: d.Due}
		part.Args["count"] = flows.Arg{Number: &days}
	}
	if d.Lead != "" {
		part.Args["lead"] = flows.Arg{Person: d.Lead}
	}
	return part
}

// words chooses the sentence: what it is about, then how far away the date is now.
func (f Facts) words(kind Kind, d Deadline) string {
	today := when.Today(f.Now, f.Zone)
	switch {
	case kind == Offer && d.Lead == "":
		return "nudge.offer-free"
	case kind == Offer && d.Lead == f.Person.ID:
		return "nudge.offer-yours"
	case kind == Offer:
		return "nudge.offer"
	case kind == Help:
		return "nudge.help"
	case kind == Coordinator:
		return "nudge.coordinator"
	case kind == Question:
		return "nudge.question"
	case d.Due == "":
		return "nudge.no-date"
	case d.Due < today:
		return "nudge.was"
	case d.Due == today:
		return "nudge.today"
	case d.Due == when.AddDays(today, 1):
		return "nudge.tomorrow"
	default:
		return "nudge.ahead"
	}
}

// controls are the answers that a nudge about one step takes.
func controls(kind Kind, d Deadline) []flows.Control {
	done := button("step.button.done", flows.VerbStepDone, d.Step, "")
	help := button("step.button.help", flows.VerbStepHelp, d.Step, "")
	switch kind {
	case Offer:
		if d.Lead == "" || d.Lead == d.NamedBy {
			take := button("step.button.take", flows.VerbStepTake, d.Step, "")
			take.Primary = true
			return []flows.Control{take}
		}
		return []flows.Control{button("nudge.button.name", flows.VerbStart, flowStep, "")}
	case Coordinator, Help, Unreached:
		return nil
	case Question:
		ok := button("step.button.ok", flows.VerbStepOK, d.Step, "")
		ok.Primary = true
		return []flows.Control{ok, done, help, button("step.button.hand-on", flows.VerbStepHandOn, d.Step, "")}
	case WeekBefore, DayBefore, DayOf, AfterOne, AfterThree, Snooze:
	}
	done.Primary = true
	return []flows.Control{
		done, button("nudge.button.tomorrow", flows.VerbStepSnooze, d.Step, "tomorrow"), help,
		button("step.button.date", flows.VerbStepDate, d.Step, ""),
	}
}

func button(words string, verb flows.Verb, step, arg string) flows.Control {
	return flows.Control{Kind: flows.ControlButton, Words: words, Token: flows.Token{Verb: verb, Object: step, Arg: arg}}
}
