package bot

import (
	"context"

	"convenor/flows"
)

// pin stores a revision of a flow with the first run that goes through it.
func (v *visit) pin(ctx context.Context, f *flows.Flow) error {
	ref := flows.Ref{Kind: flows.KindFlow, ID: f.Hash()}
	if _, pinned, err := find[flows.Definition](ctx, v.work, ref); err != nil || pinned {
		return err
	}
	return v.put(ref, f.Definition())
}

// carried takes a paused run over to the flow of now, if the flow says how and no answer would be lost by it. Otherwise
// the run comes back as it is, with the revision that it pins.
func (v *visit) carried(ctx context.Context, f *flows.Flow, run flows.Run) (flows.Run, *flows.Flow, error) {
	d, ok := v.b.Pack.Flow(run.Flow)
	if !ok || run.Group || run.State != flows.StatePaused || len(d.Carry) == 0 {
		return run, f, nil
	}
	after, err := v.b.compiled.add(d)
	if err != nil {
		return run, f, err
	}
	nodes, ok := after.CarriesFrom(run.Hash)
	if !ok {
		return run, f, nil
	}
	next, lost, err := flows.Carry(f, after, nodes, run)
	if err != nil || len(lost) > 0 || next.Hash == run.Hash {
		return run, f, err
	}
	if err := v.say("run.carried"); err != nil {
		return run, f, err
	}
	return next, after, v.pin(ctx, after)
}
