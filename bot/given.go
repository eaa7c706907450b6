package bot

import (
	"context"
	"slices"
	"strings"

	"convenor/flows"
)

// beginWith starts a run with what was given for its questions. They are answered in their order, and what may be left
// out before the last that was given is left out. At a question that must be answered and was not given a form with the
// rest filled in opens; what was taken until then is kept.
func (v *visit) beginWith(ctx context.Context, to errand, given map[string]flows.Input) error {
	if len(given) == 0 {
		return v.begin(ctx, to)
	}
	v.timed = true
	if full, err := v.tooManyOpen(ctx, to.flow); full || err != nil {
		return err
	}
	run, f, err := v.start(ctx, to)
	if err != nil || run.ID == "" {
		return err
	}
	left := len(given)
	for left > 0 && run.State == flows.StateOpen {
		n, _ := f.Node(run.Node)
		input, there := given[n.ID]
		e := flows.Event{Kind: flows.EventAnswer, Node: n.ID, Input: input}
		switch {
		case there:
			left--
		case n.Required:
			return v.openWith(ctx, f, run, given)
		default:
			e = flows.Event{Kind: flows.EventSkip, Node: n.ID, Rev: run.Drawn}
		}
		next, err := v.advance(ctx, f, run, e)
		if err != nil {
			return err
		}
		if next.Node == run.Node { // it has a question about what it was given
			break
		}
		run = next
	}
	return v.sent()
}

// openWith opens the form of the waiting question and those after it with what was given filled in.
func (v *visit) openWith(ctx context.Context, f *flows.Flow, run flows.Run, given map[string]flows.Input) error {
	if _, err := v.advance(ctx, f, run, flows.Event{Kind: flows.EventPage, Node: run.Node, Rev: run.Drawn}); err != nil {
		return err
	}
	if v.form == nil {
		return v.sent()
	}
	v.form.Fields = slices.Clone(v.form.Fields)
	for i := range v.form.Fields {
		input := given[v.form.Fields[i].ID]
		if user, ours := strings.CutPrefix(input.Text, v.in.Place+":"); ours { // as the place's own picker of people knows them
			input = flows.Input{Picks: []string{user}}
		}
		if input.Text != "" || len(input.Picks) > 0 {
			v.form.Fields[i].Value = input
		}
	}
	return nil
}
