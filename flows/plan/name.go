package plan

import (
	"strings"

	"convenor/flows"
	"convenor/flows/nudge"
	"convenor/flows/when"
)

// Naming is all that Name needs.
type Naming struct {
	Act                     // of whoever names the step
	HandOver flows.HandOver // what (text), goal (text), lead (person), due (date)
	StepID   string         // fresh
	GoalID   string         // fresh, should the goal be new
	Goal     string         // the words of HandOver's goal, read
	Goals    []Known        // the coalition's goals
}

// Fields of a step's HandOver.
const (
	fieldWhat = "what"
	fieldGoal = "goal"
	fieldLead = "lead"
	fieldDue  = "due"
)

// Name keeps a step, and the goal unless one with the same words is there, and posts one line that offers the step to
// its lead: in the space where it was named, and then whoever named it is told so; or to whoever named it, in a direct
// message. Without words or without a goal there is no step: nothing is kept and the person is told why. After two
// working days whoever named the step gets one private line if nobody took it.
//
// "I don't know" is an answer to every question: without a lead the step is free to take, without a date the date is to
// be agreed.
func Name(n Naming) flows.Change {
	what := n.text(fieldWhat)
	if what == "" {
		return n.refused("step.no-what")
	}
	goal, isNew, ok := n.goal()
	if !ok {
		return n.refused("step.no-goal")
	}
	s := Step{
		ID: n.StepID, What: what, Goal: goal.ID, GoalText: goal.Text, Status: StatusOffered, NamedBy: n.Person.ID,
		Space: n.HandOver.Run.Space, Via: n.HandOver.Run.Via, From: n.HandOver.Run.Object, Named: n.At, Rev: 1,
		Lead: n.field(fieldLead, flows.ValuePerson).Person, Due: n.field(fieldDue, flows.ValueDate).Date,
		Ask: nudge.WaitUntil(n.Zone, n.At),
	}
	if !when.Valid(s.Due) {
		s.Due = ""
	}
	if strings.HasPrefix(s.From, "https://") { // what a step came of is a round, or a message
		s.From, s.Link = "", s.From
	}
	c := flows.Change{
		Puts:   s.puts(Step{}),
		Timers: []flows.Timer{nudge.Waiting(n.Coalition, s.Deadline())},
	}
	if isNew {
		c.Puts = append(c.Puts, flows.Put{Ref: flows.Ref{Kind: flows.KindGoal, ID: goal.ID}, Value: goal})
	}
	if s.Space != "" {
		named := flows.Message{Parts: []flows.Part{s.part("step.named")}}
		c.Effects = []flows.Effect{
			flows.Say{Space: s.Space, Message: s.offer(n.today())},
			flows.Say{Person: s.NamedBy, Message: named},
		}
	} else {
		c.Effects = []flows.Effect{flows.Say{Person: s.NamedBy, Message: s.offer(n.today())}}
	}
	return c
}

// field returns an answer of the kind that the field takes, and the zero Value for an unknown or a skipped one.
func (n Naming) field(name string, kind flows.ValueKind) flows.Value {
	if v := n.HandOver.Fields[name]; v.Kind == kind {
		return v
	}
	return flows.Value{}
}

func (n Naming) text(name string) string { return n.field(name, flows.ValueText).TextID }

// goal returns the goal that the step serves: one with the same words, or a new one; ok is false when none was named.
func (n Naming) goal() (g Goal, isNew, ok bool) {
	words, text := folded(n.Goal), n.text(fieldGoal)
	if words == "" || text == "" {
		return Goal{}, false, false
	}
	for _, k := range n.Goals {
		if folded(k.Words) == words {
			return k.Goal, false, true
		}
	}
	return Goal{ID: n.GoalID, Text: text, By: n.Person.ID, Since: n.At}, true, true
}

// folded makes words comparable: case and spacing do not count.
func folded(words string) string {
	return strings.ToLower(strings.Join(strings.Fields(words), " "))
}

// refused says why there is no step, and offers to try again. What was typed for it is erased: it belongs to nothing.
func (n Naming) refused(words string) flows.Change {
	c := flows.Change{Effects: []flows.Effect{flows.Say{Person: n.Person.ID, Message: flows.Message{
		Parts: []flows.Part{{Style: flows.StyleBody, Words: words}},
		Controls: []flows.Control{{
			Kind: flows.ControlButton, Words: "step.button.again", Primary: true,
			Token: flows.Token{Verb: flows.VerbStart, Object: "step"},
		}},
	}}}}
	for _, name := range []string{fieldWhat, fieldGoal} {
		if id := n.text(name); id != "" {
			c.Puts = append(c.Puts, flows.Put{Ref: flows.Ref{Kind: flows.KindText, ID: id}, Delete: true})
		}
	}
	return c
}
