package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/when"
)

// menuPlan is the verb that shows the goals and their steps, and the Object of its buttons.
const menuPlan = "plan"

// planShown is how many steps one look at the plan shows: with their goals they stay within twelve lines.
const planShown = 6

// plan shows the goals and their action steps, or looks closer at one step. which is a step's id, or "from.N" for the
// steps from the Nth on.
func (v *visit) plan(ctx context.Context, which string) error {
	steps, err := all[plan.Step](ctx, v.work, flows.KindStep, "")
	if err != nil {
		return err
	}
	steps = slices.DeleteFunc(steps, func(s plan.Step) bool { return s.Status == plan.StatusDropped })
	slices.SortStableFunc(steps, func(a, b plan.Step) int {
		return cmp.Or(cmp.Compare(a.Goal, b.Goal), strings.Compare(cmp.Or(a.Due, undated), cmp.Or(b.Due, undated)))
	})
	if at := slices.IndexFunc(steps, func(s plan.Step) bool { return s.ID == which }); at >= 0 {
		v.stepCard(steps[at])
		return nil
	}
	begin := 0
	if n, err := strconv.Atoi(strings.TrimPrefix(which, "from.")); err == nil && n > 0 && n < len(steps) {
		begin = n
	}
	if len(steps) == 0 {
		return v.say("plan.empty", button("menu.step", flows.Token{Verb: flows.VerbStart, Object: flowStep}))
	}
	count, done := len(steps), 0
	for _, s := range steps {
		if s.Status == plan.StatusDone {
			done++
		}
	}
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleHeading, "plan.title", nil),
		said(flows.StyleSmall, "plan.count", map[string]flows.Arg{"count": {Number: &count}, "done": {Number: &done}}),
	}}
	end := min(begin+planShown, len(steps))
	for i, s := range steps[begin:end] {
		if i == 0 || s.Goal != steps[begin+i-1].Goal {
			m.Parts = append(m.Parts, said(flows.StyleBody, "step.goal", map[string]flows.Arg{"goal": {TextID: s.GoalText}}))
		}
		m.Parts = append(m.Parts, v.stepLine(s))
		m.Controls = append(m.Controls, flows.Control{
			Kind: flows.ControlButton, Words: "plan.look", Args: map[string]flows.Arg{"what": {TextID: s.What}},
			Token: flows.Token{Verb: flows.VerbMenu, Object: menuPlan, Arg: s.ID},
		})
	}
	if end < len(steps) {
		m.Controls = append(m.Controls, button("plan.more", flows.Token{Verb: flows.VerbMenu, Object: menuPlan, Arg: "from." + strconv.Itoa(end)}))
	}
	v.whisper = &m
	return nil
}

// stepLine is one step in a line: what, who, by when. That a date is past is nobody's business but the lead's.
func (v *visit) stepLine(s plan.Step) flows.Part {
	args := map[string]flows.Arg{"what": {TextID: s.What}, "lead": {Words: "plan.nobody"}, "date": {Date: s.Due}}
	if s.Lead != "" {
		args["lead"] = flows.Arg{Person: s.Lead}
	}
	words := "plan.line"
	switch today := when.Today(v.at, v.zone(v.person)); {
	case s.Status == plan.StatusDone:
		words = "plan.line-done"
	case s.Status == plan.StatusOffered && s.Due == "":
		words = "plan.line-free"
	case s.Status == plan.StatusOffered:
		words = "plan.line-open"
	case s.Due == "":
		words = "plan.line-undated"
	case s.Due < today && s.Lead != v.person.ID:
		words = "plan.line-undated"
	}
	return said(flows.StyleItem, words, args)
}

// stepCard looks closer at one step, with what this person can do about it.
func (v *visit) stepCard(s plan.Step) {
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleHeading, "plan.step", nil), v.stepLine(s),
		said(flows.StyleSmall, "step.goal", map[string]flows.Arg{"goal": {TextID: s.GoalText}}),
		said(flows.StyleSmall, "plan.named", map[string]flows.Arg{
			"name": {Person: s.NamedBy}, "date": {Date: when.Today(s.Named, v.zone(v.person))},
		}),
	}}
	about := func(words string, verb flows.Verb) flows.Control {
		return button(words, flows.Token{Verb: verb, Object: s.ID})
	}
	switch {
	case s.Status == plan.StatusOffered && v.may(flows.VerbStepTake, ofStep(s)) == coalition.Yes:
		m.Controls = append(m.Controls, about("step.button.take", flows.VerbStepTake))
	case leadNow(s, v.person):
		m.Controls = append(m.Controls, about("step.button.done", flows.VerbStepDone), about("step.button.date", flows.VerbStepDate),
			about("step.button.help", flows.VerbStepHelp), about("step.button.hand-on", flows.VerbStepHandOn))
	}
	if s.Link != "" {
		m.Controls = append(m.Controls, flows.Control{Kind: flows.ControlLink, Words: "plan.message", URL: s.Link})
	}
	m.Controls = append(m.Controls, button("plan.back", flows.Token{Verb: flows.VerbMenu, Object: menuPlan}))
	v.whisper = &m
}

// save begins an action step of a message that was said, with its words filled in. It is offered where it was said only
// if Convenor has been used there.
func (v *visit) save(ctx context.Context, s Saved) error {
	if full, err := v.tooManyOpen(ctx, flowStep); full || err != nil {
		return err
	}
	space := v.space
	if v.found[flows.Ref{Kind: flows.KindSpace, ID: space}].Rev == 0 {
		space = ""
	}
	run, f, err := v.start(ctx, errand{flow: flowStep, space: space, object: s.Link})
	if err != nil || run.ID == "" {
		return err
	}
	n, _ := f.Node(run.Node)
	if words := cut(oneLine(clean(s.Text)), n.Max); words != "" {
		e := flows.Event{Kind: flows.EventAnswer, Node: run.Node, Input: flows.Input{Text: words}}
		if _, err = v.advance(ctx, f, run, e); err != nil {
			return err
		}
	}
	return v.sent()
}
