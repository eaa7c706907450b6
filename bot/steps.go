package bot

import (
	"context"
	"fmt"
	"slices"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/roster"
)

// stepVerb reports whether a verb is about an action step.
func stepVerb(v flows.Verb) bool {
	return slices.Contains([]flows.Verb{
		flows.VerbStepTake, flows.VerbStepNotMe, flows.VerbStepLater, flows.VerbStepDone, flows.VerbStepOK,
		flows.VerbStepHelp, flows.VerbStepHandOn, flows.VerbStepDate, flows.VerbStepSnooze, flows.VerbStepReport,
	}, v)
}

// stepPress carries out a click about an action step. Whether it comes too late package plan decides, and it has the
// words for whose the step is.
func (v *visit) stepPress(ctx context.Context, t flows.Token) error {
	step, ok, err := find[plan.Step](ctx, v.work, stepRef(t.Object))
	switch {
	case err != nil:
		return err
	case !ok:
		return v.say("error.gone")
	}
	v.timed = t.Verb == flows.VerbStepTake || t.Verb == flows.VerbStepSnooze || t.Verb == flows.VerbStepLater
	why := v.may(t.Verb, ofStep(step))
	switch {
	case why == coalition.NotTheirs:
		return v.foldStep(ctx, plan.Whose(step, v.act(), t.Verb))
	case why != coalition.Yes:
		return v.refused(why)
	case t.Verb != flows.VerbStepReport && t.Verb != flows.VerbStepDate:
		return v.foldStep(ctx, v.decideStep(t.Verb, step))
	case !leadNow(step, v.person):
		return v.foldStep(ctx, plan.OK(step, v.act())) // from anyone but the lead it changes nothing and says why
	case t.Verb == flows.VerbStepReport:
		return v.begin(ctx, errand{flow: flowReport, space: v.space, object: step.ID})
	default:
		return v.askDate(ctx, step)
	}
}

// leadNow reports whether a person has taken a step that is not over: then its report is theirs to give.
func leadNow(s plan.Step, p coalition.Person) bool {
	return s.Lead == p.ID && (s.Status == plan.StatusTaken || s.Status == plan.StatusHelp)
}

// decideStep lets package plan decide.
func (v *visit) decideStep(verb flows.Verb, s plan.Step) flows.Change {
	a := v.act()
	switch verb { //nolint:exhaustive // stepVerb has let only verbs about a step pass; the other two start the report flow
	case flows.VerbStepTake:
		return plan.Take(s, a)
	case flows.VerbStepNotMe:
		return plan.NotMe(s, a)
	case flows.VerbStepLater:
		return plan.Later(s, a)
	case flows.VerbStepDone:
		return plan.Done(s, a)
	case flows.VerbStepOK:
		return plan.OK(s, a)
	case flows.VerbStepHelp:
		return plan.AskHelp(s, a, "")
	case flows.VerbStepHandOn:
		return plan.HandOn(s, a)
	case flows.VerbStepSnooze:
		return plan.Snooze(s, a)
	default:
		return flows.Change{}
	}
}

// newDate is the report flow's option for a new date.
const newDate = "new-date"

// askDate starts the report flow and answers "a new date" in the same go, so that the date is all that is asked for.
func (v *visit) askDate(ctx context.Context, s plan.Step) error {
	run, f, err := v.start(ctx, errand{flow: flowReport, space: v.space, object: s.ID})
	if err != nil || run.ID == "" {
		return err
	}
	n, _ := f.Node(run.Node)
	if slices.ContainsFunc(n.Options, func(o flows.Option) bool { return o.ID == newDate }) {
		answer := flows.Event{Kind: flows.EventAnswer, Node: run.Node, Input: flows.Input{Picks: []string{newDate}}}
		if _, err = v.advance(ctx, f, run, answer); err != nil {
			return err
		}
	}
	return v.sent()
}

// foldStep takes in what was decided about a step. Its revision names the deliveries.
func (v *visit) foldStep(ctx context.Context, c flows.Change) error {
	o := origin{ID: v.b.ID(), Person: v.person.ID, Via: v.in.Platform, At: v.at}
	for _, p := range c.Puts {
		if s, ok := p.Value.(plan.Step); ok {
			o.ID = fmt.Sprintf("%s.%d", s.ID, s.Rev)
		}
	}
	if err := v.fold(ctx, c, o); err != nil {
		return err
	}
	for _, p := range c.Puts {
		if s, ok := p.Value.(plan.Step); ok {
			if err := v.tellRound(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// handOver gives a flow's answers to the package that owns the kind of record, in the same commit. id begins the ids of
// what it tells.
func (v *visit) handOver(ctx context.Context, h flows.HandOver, id string) error {
	if why := v.may(flows.VerbStart, coalition.Object{Records: []string{h.Record}}); why != coalition.Yes {
		return &refusedError{why} // their role was changed since the conversation began
	}
	var c flows.Change
	switch h.Record {
	case flows.RecordMessenger, flows.RecordStakeholder:
		prior, err := v.prior(ctx)
		if err != nil {
			return err
		}
		c = roster.SignUp(h, prior)
	case flows.RecordStep:
		n, err := v.naming(ctx, h)
		if err != nil {
			return err
		}
		return v.foldStep(ctx, plan.Name(n))
	case flows.RecordReport:
		step, ok, err := find[plan.Step](ctx, v.work, stepRef(h.Run.Object))
		if err != nil {
			return err
		}
		if !ok {
			return v.say("error.gone")
		}
		return v.foldStep(ctx, plan.Report(step, v.act(), h))
	case flows.RecordSetup:
		var err error
		if c, err = v.settle(ctx, h); err != nil {
			return err
		}
	case flows.RecordQuestion:
		return v.addQuestion(ctx, h, id)
	default:
		return fmt.Errorf("hand over %q: nobody keeps such records", h.Record)
	}
	return v.fold(ctx, c, origin{ID: id, Person: v.person.ID, Via: v.in.Platform, At: v.at})
}

// prior is what the person signed up for before.
func (v *visit) prior(ctx context.Context) (roster.Prior, error) {
	var p roster.Prior
	m, s := messengerRef(v.person.ID), stakeholderRef(v.person.ID)
	if err := v.load(ctx, m, s); err != nil {
		return p, err
	}
	messenger, ok, err := find[roster.Messenger](ctx, v.work, m)
	if err != nil {
		return p, err
	}
	if ok {
		p.Messenger = &messenger
	}
	stakeholder, ok, err := find[roster.Stakeholder](ctx, v.work, s)
	if ok {
		p.Stakeholder = &stakeholder
	}
	return p, err
}

// naming gathers what plan.Name needs: the words of the goal, and the goals there are with theirs.
func (v *visit) naming(ctx context.Context, h flows.HandOver) (plan.Naming, error) {
	n := plan.Naming{Act: v.act(), HandOver: h, StepID: v.b.ID(), GoalID: v.b.ID()}
	goals, err := all[plan.Goal](ctx, v.work, flows.KindGoal, "")
	if err != nil {
		return n, err
	}
	goal := flows.Ref{Kind: flows.KindText, ID: h.Fields["goal"].TextID}
	texts := []flows.Ref{goal}
	for _, g := range goals {
		texts = append(texts, flows.Ref{Kind: flows.KindText, ID: g.Text})
	}
	if err := v.load(ctx, texts...); err != nil {
		return n, err
	}
	said, _, err := find[flows.Typed](ctx, v.work, goal)
	if err != nil {
		return n, err
	}
	n.Goal = said.Text
	for i, g := range goals {
		words, ok, err := find[flows.Typed](ctx, v.work, texts[i+1])
		if err != nil {
			return n, err
		}
		if ok {
			n.Goals = append(n.Goals, plan.Known{Goal: g, Words: words.Text})
		}
	}
	return n, nil
}

func stepRef(id string) flows.Ref { return flows.Ref{Kind: flows.KindStep, ID: id} }
func messengerRef(person string) flows.Ref {
	return flows.Ref{Kind: flows.KindMessenger, ID: person}
}

func stakeholderRef(person string) flows.Ref {
	return flows.Ref{Kind: flows.KindStakeholder, ID: person}
}
