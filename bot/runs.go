package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
)

// runVerb reports whether a verb is about a run: then it is the event of the same name.
func runVerb(v flows.Verb) bool {
	return slices.Contains([]flows.Verb{
		flows.VerbAnswer, flows.VerbForm, flows.VerbUnknown, flows.VerbSkip, flows.VerbBack, flows.VerbChange,
		flows.VerbPause, flows.VerbResume, flows.VerbCancel, flows.VerbNext, flows.VerbMore, flows.VerbConfirm,
		flows.VerbPage, flows.VerbRemove, flows.VerbRemind, flows.VerbSort, flows.VerbCapture, flows.VerbMake, flows.VerbLook,
	}, v)
}

func (c *compiled) get(hash string) (*flows.Flow, bool) {
	f, ok := c.flows.Load(hash)
	if !ok {
		return nil, false
	}
	return f.(*flows.Flow), true
}

// add compiles a definition and keeps it.
func (c *compiled) add(d flows.Definition) (*flows.Flow, error) {
	f, err := flows.Compile(d)
	if err != nil {
		return nil, fmt.Errorf("compile flow %s: %w", d.ID, err)
	}
	c.flows.Store(f.Hash(), f)
	return f, nil
}

// pinned returns the revision of a flow that a run goes through.
func (w *work) pinned(ctx context.Context, hash string) (*flows.Flow, error) {
	if f, ok := w.b.compiled.get(hash); ok {
		return f, nil
	}
	d, ok, err := find[flows.Definition](ctx, w, flows.Ref{Kind: flows.KindFlow, ID: hash})
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("flow %s is not stored", hash)
	}
	return w.b.compiled.add(d)
}

// runPress carries out a click on a control of a run.
func (v *visit) runPress(ctx context.Context, t flows.Token) error {
	input := flows.Input{}
	if t.Arg != "" {
		input.Picks = []string{t.Arg}
	}
	return v.runEvent(ctx, t, flows.Event{Input: input})
}

// submit carries out a sent form: about one question of a run, or about several.
func (v *visit) submit(ctx context.Context, fields map[string]flows.Input) error {
	t, ok := token(v.in)
	if !ok || !runVerb(t.Verb) {
		return v.unknownControl()
	}
	v.audit.Verb, v.audit.Object = string(t.Verb), t.Object
	e := flows.Event{Form: true}
	if t.Verb == flows.VerbPage {
		for _, node := range slices.Sorted(maps.Keys(fields)) {
			e.Page = append(e.Page, flows.Filled{Node: node, Input: fields[node], TextID: v.b.ID()})
		}
		return v.runEvent(ctx, t, e)
	}
	input, ok := fields[t.Node]
	if !ok && len(fields) == 1 {
		for _, only := range fields {
			input = only
		}
	} else if !ok {
		input.Each = eachOption(t.Node, fields)
	}
	e.Input = input
	return v.runEvent(ctx, t, e)
}

// eachOption is what was typed for each option of a question, by option, when its form has a field for each.
func eachOption(node string, fields map[string]flows.Input) map[string]string {
	each := map[string]string{}
	for id, input := range fields {
		if option, ours := strings.CutPrefix(id, node+flows.FieldMark); ours {
			each[option] = input.Text
		}
	}
	return each
}

// runEvent sends what a control or a form said to its run, if the run is theirs: one's own, or a group's.
func (v *visit) runEvent(ctx context.Context, t flows.Token, e flows.Event) error {
	run, ok, err := find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: t.Object})
	switch {
	case err != nil:
		return err
	case !ok:
		return v.say("error.gone")
	}
	if why := v.may(t.Verb, ofRun(run)); why != coalition.Yes {
		return v.refused(why)
	}
	f, err := v.pinned(ctx, run.Hash)
	if err != nil {
		return err
	}
	e.Kind, e.Node, e.Rev = flows.EventKind(t.Verb), t.Node, t.Rev
	if t.Verb == flows.VerbResume {
		pinned := run.Hash
		if run, f, err = v.carried(ctx, f, run); err != nil {
			return err
		}
		if run.Hash != pinned {
			e.Node, e.Rev = "", 0 // what was pressed belongs to the old revision
		}
	}
	_, err = v.advance(ctx, f, run, e)
	return err
}

// advance completes an event with all that the core may not find out by itself, sends it to the run, and takes in what
// it brings about.
func (v *visit) advance(ctx context.Context, f *flows.Flow, run flows.Run, e flows.Event) (flows.Run, error) {
	if err := v.complete(ctx, f, run, &e); err != nil {
		return run, err
	}
	next, effects, err := flows.Advance(f, run, e)
	if err != nil {
		return run, fmt.Errorf("advance run %s: %w", run.ID, err)
	}
	o := origin{ID: fmt.Sprintf("%s.%d", next.ID, next.Rev), Person: v.person.ID, Via: v.in.Platform, At: v.at}
	if next.Rev != run.Rev { // an event that is not taken owes at most a whisper and a form
		if err := v.put(flows.Ref{Kind: flows.KindRun, ID: next.ID}, next); err != nil {
			return run, err
		}
		if err := v.joined(next, e); err != nil {
			return run, err
		}
	}
	for i, effect := range effects {
		switch effect := effect.(type) {
		case flows.HandOver:
			err = v.handOver(ctx, effect, fmt.Sprintf("%s.%d", o.ID, i))
		case flows.Begin:
			err = v.beginFrom(ctx, effect)
		default:
			err = v.effect(ctx, effect, o, i)
		}
		if err != nil {
			return next, err
		}
	}
	if r, ended := f.Result(next); ended && run.State != flows.StateDone {
		if err = v.put(flows.Ref{Kind: flows.KindResult, ID: next.ID}, r); err != nil {
			return next, err
		}
	}
	return next, v.follow(ctx, run, next)
}

// complete adds to an event who acted, when and where, and for a group what it has answered so far.
func (v *visit) complete(ctx context.Context, f *flows.Flow, run flows.Run, e *flows.Event) error {
	e.At, e.Today = v.at, when.Today(v.at, v.zone(v.person))
	e.Zone = v.zoneName(v.person)
	if run.Group {
		e.Zone = v.home.Zone
	}
	e.Locale, e.Person, e.Via = v.person.Locale, v.person.ID, v.in.Platform
	e.TextID = v.b.ID()
	e.Lead = v.leads(run)
	at := e.Node
	if at == "" {
		at = run.Node
	}
	if n, ok := f.Node(at); ok && n.Field == flows.FieldPerson && e.Kind == flows.EventAnswer {
		if err := v.resolve(ctx, &e.Input); err != nil {
			return err
		}
	}
	if err := v.completePage(ctx, f, run, e.Page); err != nil {
		return err
	}
	if !run.Group {
		return nil
	}
	prior, answered, err := find[flows.Answer](ctx, v.work, answerRef(run.ID, at, v.person.ID))
	if err != nil {
		return err
	}
	if answered {
		e.Prior = &prior.Value
	}
	return v.completeRound(ctx, f, run, e)
}

// completePage finds the people whom a sent page names, and the texts that came back as they were.
func (v *visit) completePage(ctx context.Context, f *flows.Flow, run flows.Run, page []flows.Filled) error {
	var refs []flows.Ref
	values := run.Values()
	for _, filled := range page {
		if id := values[filled.Node].TextID; id != "" {
			refs = append(refs, flows.Ref{Kind: flows.KindText, ID: id})
		}
	}
	if err := v.load(ctx, refs...); err != nil {
		return err
	}
	for i := range page {
		filled := &page[i]
		if n, ok := f.Node(filled.Node); ok && n.Field == flows.FieldPerson {
			if err := v.resolve(ctx, &filled.Input); err != nil {
				return err
			}
		}
		id := values[filled.Node].TextID
		if id == "" {
			continue
		}
		before, ok, err := find[flows.Typed](ctx, v.work, flows.Ref{Kind: flows.KindText, ID: id})
		if err != nil {
			return err
		}
		filled.Same = ok && strings.TrimSpace(filled.Input.Text) == before.Text
	}
	return nil
}

// leads reports whether the person may move a run on: their own, or as its facilitator a group's. A round that nobody
// leads is not its starter's either.
func (v *visit) leads(run flows.Run) bool {
	o := ofRun(run)
	if run.Nobody {
		o.Owner, o.Shared = "", false
	}
	return v.may(flows.VerbNext, o) == coalition.Yes
}

// resolve turns what was picked, or typed, for a person into a person id. What leads to nobody stays as it is: the core
// then asks again.
func (v *visit) resolve(ctx context.Context, input *flows.Input) error {
	if typed := strings.TrimSpace(input.Text); len(input.Picks) == 0 && v.isAccount(typed) {
		input.Text, input.Picks = "", []string{typed}
	}
	if len(input.Picks) == 1 {
		id, ok, err := v.someone(ctx, input.Picks[0])
		if input.Picks = nil; ok {
			input.Picks = []string{id}
		}
		return err
	}
	if strings.TrimSpace(input.Text) == "" {
		return nil
	}
	id, err := v.named(ctx, input.Text)
	if id != "" {
		input.Text, input.Picks = "", []string{id}
	}
	return err
}

// errand says what a new run is for.
type errand struct {
	flow   string // id
	space  string // where it was started; for a group where it takes place
	object string
	nobody bool // a group's: nobody leads it
}

// start begins a run of the current revision of a flow.
func (v *visit) start(ctx context.Context, to errand) (flows.Run, *flows.Flow, error) {
	d, ok := v.b.Pack.Flow(to.flow)
	if !ok {
		return flows.Run{}, nil, v.unknownControl()
	}
	verb := flows.VerbStart
	if d.Group {
		verb = flows.VerbAsk
	}
	if why := v.may(verb, ofFlow(d)); why != coalition.Yes {
		return flows.Run{}, nil, v.refused(why)
	}
	d, err := v.expanded(ctx, d)
	if err != nil {
		return flows.Run{}, nil, err
	}
	f, err := v.b.compiled.add(d)
	if err != nil {
		return flows.Run{}, nil, err
	}
	if err := v.pin(ctx, f); err != nil {
		return flows.Run{}, nil, err
	}
	run := flows.Run{
		ID: v.b.ID(), Flow: d.ID, Hash: f.Hash(), Person: v.person.ID, Group: d.Group, Space: to.space, Object: to.object,
		Via: v.in.Platform, Nobody: to.nobody,
	}
	run, err = v.advance(ctx, f, run, flows.Event{Kind: flows.EventStart})
	return run, f, err
}

// follow keeps what leads to a run in step with it: which run typed text goes to (the one touched last), which runs a
// person can go on with, and which round a space has open.
func (v *visit) follow(ctx context.Context, before, after flows.Run) error {
	going := after.State == flows.StateOpen || after.State == flows.StatePaused
	if after.Group {
		return v.followRound(ctx, after, going)
	}
	current, begun := currentRef(after.Person), openRef(after.Person, after.ID)
	if err := v.load(ctx, current, begun); err != nil {
		return err
	}
	id, _, err := find[string](ctx, v.work, current)
	switch {
	case err != nil:
		return err
	case after.State == flows.StateOpen && id != after.ID:
		err = v.put(current, after.ID)
	case after.State != flows.StateOpen && id == after.ID:
		v.drop(current)
	}
	if err != nil || before.State == after.State {
		return err
	}
	if !going {
		v.drop(begun)
		return nil
	}
	if _, known, err := find[flows.Open](ctx, v.work, begun); err != nil || known {
		return err
	}
	return v.put(begun, flows.Open{Run: after.ID, Flow: after.Flow, Since: after.Started})
}

// followRound keeps the open round of each of its spaces.
func (v *visit) followRound(ctx context.Context, run flows.Run, going bool) error {
	for _, id := range run.Spaces() {
		ref := flows.Ref{Kind: flows.KindSpace, ID: id}
		space, ok, err := find[coalition.Space](ctx, v.work, ref)
		switch {
		case err != nil:
			return err
		case !ok:
			continue
		case going && space.Run != run.ID:
			space.Run = run.ID
		case !going && space.Run == run.ID:
			space.Run = ""
		default:
			continue
		}
		if err := v.put(ref, space); err != nil {
			return err
		}
	}
	return nil
}

func currentRef(person string) flows.Ref { return flows.Ref{Kind: flows.KindCurrent, ID: person} }

func openRef(person, run string) flows.Ref {
	return flows.Ref{Kind: flows.KindOpen, Under: person, ID: run}
}
