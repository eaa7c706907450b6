package bot

import (
	"context"
	"slices"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
)

// askHere lets an open round take place in this channel, too.
func (v *visit) askHere(ctx context.Context, run flows.Run) error {
	f, err := v.pinned(ctx, run.Hash)
	if err != nil {
		return err
	}
	v.audit.Object = run.ID
	_, err = v.advance(ctx, f, run, flows.Event{Kind: flows.EventAlso, Input: flows.Input{Picks: []string{v.space}}})
	return err
}

// openElsewhere finds the open round of a flow that takes place on another platform or server of the coalition: asked in
// this channel too it is one round. In two channels of one place there may be two.
func (v *visit) openElsewhere(ctx context.Context, flow string) (run flows.Run, ok bool, err error) {
	spaces, err := all[coalition.Space](ctx, v.work, flows.KindSpace, "")
	if err != nil {
		return run, false, err
	}
	for _, s := range spaces {
		if s.Run == "" || s.Place == v.in.Place {
			continue
		}
		run, ok, err = find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: s.Run})
		if err != nil || ok && run.Flow == flow && run.State == flows.StateOpen {
			return run, ok, err
		}
	}
	return flows.Run{}, false, nil
}

// completeAlso counts who is known in the channel that a round comes to, and in none of its others.
func (v *visit) completeAlso(ctx context.Context, run flows.Run, e *flows.Event) error {
	counted := map[string]bool{}
	for _, space := range append(run.Spaces(), e.Input.Picks...) {
		members, err := v.membersOf(ctx, space)
		if err != nil {
			return err
		}
		for _, id := range members {
			if !counted[id] && slices.Contains(e.Input.Picks, space) {
				e.Here++
			}
			counted[id] = true
		}
	}
	return nil
}

// membersOf lists the people who count as known in a space now.
func (v *visit) membersOf(ctx context.Context, space string) (list []string, err error) {
	ref := flows.Ref{Kind: flows.KindMember, Under: space}
	if err := v.load(ctx, ref); err != nil {
		return nil, err
	}
	for at, r := range v.found {
		if at.Kind != flows.KindMember || at.Under != space {
			continue
		}
		var m coalition.Member
		if err := decode(at, r.Data, &m); err != nil {
			return nil, err
		}
		if m.Counts(when.Today(v.at, time.UTC)) {
			list = append(list, at.ID)
		}
	}
	return list, nil
}
