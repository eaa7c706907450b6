package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
)

// tidying is how far this process has come on its way through everybody's records. It is safe for many goroutines.
type tidying struct {
	mu    sync.Mutex
	todo  []string // coalitions of this round that are not looked through yet; the first is being looked through
	after string   // where in the first one the next page begins
	used  map[string]bool
	pins  map[string]pin       // definitions that were seen in the first one, by hash
	idle  map[string]time.Time // since when a definition has no run, by coalition and hash
}

type pin struct {
	rev  int64
	flow string
}

// Tidy looks through one page of one coalition's records and forgets what is needed no more (keep.go says what that is).
// One call after the other comes through everything and begins again. It returns how many records it has forgotten. Any
// number of processes may tidy at the same time: what was changed meanwhile is left for the next round.
func (b *Bot) Tidy(ctx context.Context) (forgotten int, err error) {
	t := &b.tidying
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.todo) == 0 {
		if t.todo, err = b.Attic.Coalitions(ctx); err != nil || len(t.todo) == 0 {
			return 0, err
		}
		t.begin()
	}
	id := t.todo[0]
	page, next, err := b.Attic.Page(ctx, id, t.after, tidyMost)
	if err != nil {
		return 0, fmt.Errorf("tidy: %w", err)
	}
	old, err := b.old(ctx, id, page)
	if err != nil {
		return 0, fmt.Errorf("tidy: %w", err)
	}
	if t.after = next; next == "" {
		old = append(old, b.unpinned(id)...)
		t.todo = t.todo[1:]
		t.begin()
	}
	if len(old) == 0 {
		return 0, nil
	}
	err = b.Ledger.Commit(ctx, flows.Commit{
		ID: b.ID(), Coalition: id, Writes: old, Audit: flows.Audit{At: b.Now(), Verb: "tidy"},
	})
	if errors.Is(err, flows.ErrConflict) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("tidy: %w", err)
	}
	return len(old), nil
}

// begin makes ready for the next coalition.
func (t *tidying) begin() {
	t.after, t.used, t.pins = "", map[string]bool{}, map[string]pin{}
	if t.idle == nil {
		t.idle = map[string]time.Time{}
	}
}

// old lists what of a page is needed no more, and notes which definitions are used.
func (b *Bot) old(ctx context.Context, id string, page []flows.Record) ([]flows.Write, error) {
	now := b.Now()
	runs, err := b.owners(ctx, id, page)
	if err != nil {
		return nil, err
	}
	var old []flows.Write
	for _, r := range page {
		forget := false
		switch r.Kind {
		case flows.KindReceipt:
			var receipt flows.Receipt
			err = decode(r.Ref, r.Data, &receipt)
			forget = now.Sub(receipt.At) > keepReceipts
		case flows.KindLink:
			var link coalition.Link
			err = decode(r.Ref, r.Data, &link)
			forget = now.Sub(link.Until) > keepLinks
		case flows.KindPosted:
			run, ok := runs[owner(r.ID)]
			forget = ok && over(run) && now.Sub(run.Touched) > keepPosted
		case flows.KindRun:
			var run flows.Run
			err = decode(r.Ref, r.Data, &run)
			if forget = !run.Group && over(run) && now.Sub(run.Touched) > keepRuns; !forget {
				b.tidying.used[run.Hash] = true
			}
		case flows.KindFlow:
			var d flows.Definition
			err = decode(r.Ref, r.Data, &d)
			b.tidying.pins[r.ID] = pin{rev: r.Rev, flow: d.ID}
		}
		if err != nil {
			return nil, err
		}
		if forget {
			old = append(old, flows.Write{Ref: r.Ref, Rev: r.Rev, Delete: true})
		}
	}
	return old, nil
}

// owner is the id of the run that a message belongs to; of another message it is no run's id.
func owner(key string) string {
	id, _, _ := strings.Cut(key, ".")
	return id
}

func over(run flows.Run) bool {
	return run.State == flows.StateDone || run.State == flows.StateCancelled
}

// owners reads the runs whose messages are on a page.
func (b *Bot) owners(ctx context.Context, id string, page []flows.Record) (map[string]flows.Run, error) {
	var refs []flows.Ref
	for _, r := range page {
		if ref := (flows.Ref{Kind: flows.KindRun, ID: owner(r.ID)}); r.Kind == flows.KindPosted && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	records, err := b.Ledger.Load(ctx, id, refs...)
	if err != nil {
		return nil, err
	}
	runs := map[string]flows.Run{}
	for _, r := range records {
		var run flows.Run
		if err := decode(r.Ref, r.Data, &run); err != nil {
			return nil, err
		}
		runs[r.ID] = run
	}
	return runs, nil
}

// unpinned lists, at the end of a coalition, the definitions that have had no run for long enough. The pack's current
// ones stay, for a run may be about to begin.
func (b *Bot) unpinned(id string) []flows.Write {
	t := &b.tidying
	var old []flows.Write
	for _, hash := range slices.Sorted(maps.Keys(t.pins)) {
		name := id + " " + hash
		if t.used[hash] || b.current(t.pins[hash].flow, hash) {
			delete(t.idle, name)
			continue
		}
		since, known := t.idle[name]
		switch {
		case !known:
			t.idle[name] = b.Now()
		case b.Now().Sub(since) > keepFlows:
			delete(t.idle, name)
			old = append(old, flows.Write{Ref: flows.Ref{Kind: flows.KindFlow, ID: hash}, Rev: t.pins[hash].rev, Delete: true})
		}
	}
	return old
}

// current reports whether a definition is the one that new runs begin with.
func (b *Bot) current(flow, hash string) bool {
	d, ok := b.Pack.Flow(flow)
	if !ok {
		return false
	}
	f, err := b.compiled.add(d)
	return err != nil || f.Hash() == hash
}
