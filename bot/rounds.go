package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/when"
)

// Args of a VerbAsk that names an activity: who leads the round that it starts.
const (
	ledByMe     = "lead"
	ledByNobody = "nobody"
)

// askPress goes the three steps from a channel to a round: which activity, who leads, start.
func (v *visit) askPress(ctx context.Context, t flows.Token) error {
	which := t.Object
	if which == "" {
		which = t.Arg
	}
	a, ok := v.activity(which)
	_, elsewhere, err := v.openElsewhere(ctx, a.Round)
	if err != nil {
		return err
	}
	if !ok || elsewhere || t.Arg == ledByMe || t.Arg == ledByNobody {
		return v.askBy(ctx, which, t.Arg == ledByNobody)
	}
	return v.offerRound(ctx, a)
}

// offerRound says what a round is for and what came of the last one, and asks who leads it.
func (v *visit) offerRound(ctx context.Context, a flows.Activity) error {
	ready, err := v.roomForRound(ctx)
	if err != nil || !ready {
		return err
	}
	d, ok := v.b.Pack.Flow(a.Round)
	if !ok {
		return v.unknownControl()
	}
	m := flows.Message{Parts: []flows.Part{
		{Style: flows.StyleHeading, Text: a.Title},
		{Style: flows.StyleBody, Text: d.Goal},
	}}
	last, err := v.lastRound(ctx, a.ID)
	switch {
	case err != nil:
		return err
	case last != nil:
		m.Parts = append(m.Parts, last.Part())
	default:
		m.Parts = append(m.Parts, said(flows.StyleBody, "round.first", nil))
	}
	m.Parts = append(m.Parts, said(flows.StyleBody, "round.who-leads", map[string]flows.Arg{"count": {Number: &a.Questions}}))
	mine := button("round.lead-me", flows.Token{Verb: flows.VerbAsk, Object: a.ID, Arg: ledByMe})
	mine.Primary = true
	m.Controls = []flows.Control{mine, button("round.lead-nobody", flows.Token{Verb: flows.VerbAsk, Object: a.ID, Arg: ledByNobody})}
	v.whisper = &m
	return nil
}

// roomForRound reports whether a round can start in this channel now, and says why when not.
func (v *visit) roomForRound(ctx context.Context) (bool, error) {
	if v.space == "" {
		return false, v.say("menu.ask-where")
	}
	space, _, err := find[coalition.Space](ctx, v.work, flows.Ref{Kind: flows.KindSpace, ID: v.space})
	if err != nil {
		return false, err
	}
	if space.Run != "" {
		return false, v.underWay(ctx, space.Run)
	}
	return true, nil
}

// askBy starts a round of an activity in the channel, or offers the activities.
func (v *visit) askBy(ctx context.Context, which string, nobody bool) error {
	ready, err := v.roomForRound(ctx)
	if err != nil || !ready {
		return err
	}
	a, ok := v.activity(which)
	if !ok {
		v.choose(flows.Token{Verb: flows.VerbAsk}, "menu.ask-which")
		return nil
	}
	run, elsewhere, err := v.openElsewhere(ctx, a.Round)
	if err != nil {
		return err
	}
	if !elsewhere {
		_, _, err = v.start(ctx, errand{flow: a.Round, space: v.space, nobody: nobody})
		return err
	}
	return v.askHere(ctx, run)
}

// completeRound adds to a group's event what the group knows: who takes part, what was answered, what came of the last
// round.
func (v *visit) completeRound(ctx context.Context, f *flows.Flow, run flows.Run, e *flows.Event) error {
	e.Clocks = v.clocks(f)
	if e.Kind == flows.EventStart {
		return v.completeStart(ctx, f, run, e)
	}
	if e.Kind == flows.EventAlso {
		return v.completeAlso(ctx, run, e)
	}
	for _, space := range run.Spaces() {
		if v.person.ID == "" {
			break
		}
		m, known, err := find[coalition.Member](ctx, v.work, memberRef(space, v.person.ID))
		if err != nil {
			return err
		}
		e.Joined = e.Joined || known && m.Run == run.ID
		e.Known = e.Known || known && m.Counts(when.Today(run.Started, time.UTC))
	}
	if !f.NeedsAnswers(run, *e) {
		return nil
	}
	given, err := all[flows.Answer](ctx, v.work, flows.KindAnswer, run.ID)
	if err != nil {
		return err
	}
	answers := e.Kind == flows.EventAnswer || e.Kind == flows.EventUnknown || e.Kind == flows.EventSkip
	e.Answers = given
	for _, a := range given {
		if replaced := answers && a.Person == v.person.ID; a.Node == run.Node && !replaced {
			e.Closing = append(e.Closing, a)
		}
	}
	return v.completeSteps(ctx, run, e)
}

// completeStart counts who is expected, and finds what came of the last round.
func (v *visit) completeStart(ctx context.Context, f *flows.Flow, run flows.Run, e *flows.Event) error {
	members, err := all[coalition.Member](ctx, v.work, flows.KindMember, run.Space)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Counts(when.Today(v.at, time.UTC)) {
			e.Here++
		}
	}
	e.Last, err = v.lastRound(ctx, f.Definition().Activity)
	return err
}

// lastRound finds what came of the last round about an activity; nil when there was none.
func (v *visit) lastRound(ctx context.Context, activity string) (*flows.Last, error) {
	if activity == "" {
		return nil, nil //nolint:nilnil // no last round is an answer
	}
	results, err := all[flows.Result](ctx, v.work, flows.KindResult, "")
	if err != nil {
		return nil, err
	}
	var last *flows.Last
	for _, r := range results {
		if r.Group && r.Activity == activity && (last == nil || r.Ended.After(last.Ended)) {
			last = &flows.Last{Result: r, Date: when.Today(r.Ended, v.b.zone(v.home.Zone))}
		}
	}
	return last, nil
}

// completeSteps reads the action steps that came of a round.
func (v *visit) completeSteps(ctx context.Context, run flows.Run, e *flows.Event) error {
	ids := run.Steps
	if e.Kind == flows.EventStep {
		for _, id := range e.Input.Picks {
			if !slices.Contains(ids, id) {
				ids = append(slices.Clip(ids), id)
			}
		}
	}
	for _, id := range ids {
		s, ok, err := find[plan.Step](ctx, v.work, stepRef(id))
		if err != nil {
			return err
		}
		if ok && s.Status != plan.StatusDropped {
			e.Made = append(e.Made, flows.Made{What: s.What, Lead: s.Lead, Due: s.Due, Done: s.Status == plan.StatusDone})
		}
	}
	return nil
}

// clocks are the times of day that a flow's questions close at, as the next instants where the coalition is.
func (v *visit) clocks(f *flows.Flow) map[string]time.Time {
	var next map[string]time.Time
	loc := v.b.zone(v.home.Zone)
	for _, clock := range f.Clocks() {
		of, err := time.Parse("15:04", clock)
		if err != nil {
			continue // no flow compiles with such a one
		}
		day := when.Today(v.at, loc)
		at := when.Instant(day, of.Hour(), of.Minute(), loc)
		if !at.After(v.at) {
			at = when.Instant(when.AddDays(day, 1), of.Hour(), of.Minute(), loc)
		}
		if next == nil {
			next = map[string]time.Time{}
		}
		next[clock] = at
	}
	return next
}

// joined remembers that the person has taken part in a round here, once for each round.
func (v *visit) joined(run flows.Run, e flows.Event) error {
	answers := e.Kind == flows.EventAnswer || e.Kind == flows.EventUnknown
	if !run.Group || !answers || e.Joined || v.person.ID == "" {
		return nil
	}
	space := run.Space
	if slices.Contains(run.Also, v.space) {
		space = v.space
	}
	return v.put(memberRef(space, v.person.ID), coalition.Member{Run: run.ID, Last: when.Today(v.at, time.UTC)})
}

// beginFrom starts the flow that a run leads to, with what it was given filled in.
func (v *visit) beginFrom(ctx context.Context, b flows.Begin) error {
	run, f, err := v.start(ctx, errand{flow: b.Flow, space: v.space, object: b.Object})
	if err != nil || run.ID == "" {
		return err
	}
	given, ok := b.Given[run.Node]
	if !ok {
		return v.sent()
	}
	e := flows.Event{Kind: flows.EventAnswer, Given: &given}
	if given.TextID != "" {
		words, there, err := find[flows.Typed](ctx, v.work, flows.Ref{Kind: flows.KindText, ID: given.TextID})
		if err != nil {
			return err
		}
		n, _ := f.Node(run.Node)
		switch most := n.Max; {
		case !there: // taken back meanwhile: then it is asked for
			return v.sent()
		case most > 0 && len([]rune(words.Text)) > most: // the beginning, as words of their own
			e.Given, e.Input = nil, flows.Input{Text: cut(words.Text, most)}
		}
	}
	if _, err = v.advance(ctx, f, run, e); err != nil {
		return err
	}
	return v.sent()
}

// tellRound lets a round know that an action step that came of it is there, or has changed.
func (v *visit) tellRound(ctx context.Context, s plan.Step) error {
	if s.From == "" {
		return nil
	}
	var before plan.Step
	if r, known := v.found[stepRef(s.ID)]; known {
		if err := decode(r.Ref, r.Data, &before); err != nil || before.Rev == s.Rev {
			return err // nothing that others see has changed
		}
	}
	run, ok, err := find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: s.From})
	if err != nil || !ok || !run.Group {
		return err
	}
	f, err := v.pinned(ctx, run.Hash)
	if err != nil {
		return err
	}
	_, err = v.advance(ctx, f, run, flows.Event{Kind: flows.EventStep, Input: flows.Input{Picks: []string{s.ID}}})
	return err
}

// ring sends a due timer to its round as an event that comes from nobody. One that finds nothing to do has just fired.
func (b *Bot) ring(ctx context.Context, home coalition.Coalition, t flows.Timer) error {
	leave, err := b.lanes.enter(ctx, "run."+t.Object)
	if err != nil {
		return fmt.Errorf("ring: wait for a turn: %w", err)
	}
	defer leave()
	return b.persist(ctx, func() error {
		v := &visit{work: b.work(t.Coalition), at: b.Now(), home: home, profiles: map[string]told{}}
		v.audit = flows.Audit{At: v.at, Verb: t.Rule, Object: t.Object}
		run, ok, err := find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: t.Object})
		if err != nil {
			return err
		}
		if ok {
			f, err := v.pinned(ctx, run.Hash)
			if err != nil {
				return err
			}
			if _, err := v.advance(ctx, f, run, flows.Event{Kind: flows.EventKind(t.Rule)}); err != nil {
				return err
			}
		}
		v.fire(t)
		return b.commit(ctx, v.work)
	})
}

func memberRef(space, person string) flows.Ref {
	return flows.Ref{Kind: flows.KindMember, Under: space, ID: person}
}

// persist does something again while others are faster.
func (b *Bot) persist(ctx context.Context, do func() error) error {
	var err error
	for range tries {
		if err = b.guard(ctx, do); !errors.Is(err, flows.ErrConflict) {
			return err
		}
	}
	return err
}
