package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
)

// tidying is how far this process has come on its way through everybody's records. It is safe for many goroutines.
type tidying struct {
	anew  atomic.Bool // begin from the first coalition
	hurry atomic.Bool // the round that is under way is the first since anew
	mu    sync.Mutex
	todo  []string // coalitions of this round that are not looked through yet; the first is being looked through
	look  bool     // the first one's queues and timers are being looked through, and its records come next
	after string   // where in the first one the next page begins
	used  map[string]bool
	pins  map[string]pin // definitions that were seen in the first one, by hash
	typed typed
	seen  map[string]map[flows.Ref]int // how many rounds on end have found that nothing needs a thing, by coalition

	census  census
	counted atomic.Pointer[Census] // of the last whole round
}

type pin struct {
	rev  int64
	flow string
}

// idle is a thing that nothing needs, and how long it is kept nevertheless.
type idle struct {
	ref  flows.Ref
	rev  int64
	keep time.Duration
}

// Hurried reports whether the store was found to be perhaps without its last writes and not everything has been looked
// through since: then Tidy is better called more often.
func (b *Bot) Hurried() bool { return b.tidying.anew.Load() || b.tidying.hurry.Load() }

// Tidy looks through one page of one coalition: first of what waits to be delivered or looked at, so that nothing is
// hidden (see Attic.Mend), then of its records. The records are the truth: a timer that one of them needs and that is
// missing is armed again; and what is needed no more is forgotten (keep.go says what that is). One call after the other
// comes through everything and begins again. It returns how many records it has forgotten. Any number of processes may
// tidy at the same time: what was changed meanwhile is left for the next round.
func (b *Bot) Tidy(ctx context.Context) (forgotten int, err error) {
	t := &b.tidying
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.todo) == 0 || t.anew.Load() {
		t.hurry.Store(t.anew.Swap(false))
		if t.todo, err = b.Attic.Coalitions(ctx); err != nil {
			return 0, err
		}
		if t.census = newCensus(); len(t.todo) == 0 {
			t.counted.Store(t.census.total())
			return 0, nil
		}
		t.begin()
	}
	id := t.todo[0]
	if t.look {
		return 0, b.mend(ctx, id)
	}
	page, next, err := b.Attic.Page(ctx, id, t.after, tidyMost)
	if err != nil {
		return 0, fmt.Errorf("tidy: %w", err)
	}
	c := flows.Commit{ID: b.ID(), Coalition: id}
	if c.Writes, err = b.old(ctx, id, page); err == nil {
		c.Timers, err = b.unarmed(ctx, id, page)
	}
	if err != nil {
		return 0, fmt.Errorf("tidy: %w", err)
	}
	if t.after = next; next == "" {
		unneeded, err := b.unneeded(ctx, id)
		if err != nil {
			return 0, fmt.Errorf("tidy: %w", err)
		}
		c.Writes = append(c.Writes, unneeded...)
		t.through()
	}
	if len(c.Writes)+len(c.Timers) == 0 {
		return 0, nil
	}
	return b.commitTidy(ctx, c)
}

// commitTidy stores what came of looking through a page. That only KindIdle changed is nothing that anybody is to read of.
func (b *Bot) commitTidy(ctx context.Context, c flows.Commit) (forgotten int, err error) {
	for _, w := range c.Writes {
		if w.Delete && w.Kind != flows.KindIdle {
			forgotten++
		}
	}
	c.Audit.At = b.Now()
	if forgotten+len(c.Timers) > 0 {
		c.Audit.Verb = "tidy"
	}
	err = b.Ledger.Commit(ctx, c)
	if errors.Is(err, flows.ErrConflict) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("tidy: %w", err)
	}
	b.found(ctx, "timers", len(c.Timers))
	return forgotten, nil
}

// mend makes findable again what waits in a coalition, a page at a time.
func (b *Bot) mend(ctx context.Context, id string) error {
	t := &b.tidying
	page, err := b.Attic.Mend(ctx, id, t.after, b.Now(), tidyMost)
	if err != nil {
		return fmt.Errorf("tidy: %w", err)
	}
	for _, json := range page.Seen {
		t.typed.read(json)
	}
	t.after, t.look = page.Next, page.Next != ""
	b.found(ctx, "queues", page.Count)
	return nil
}

func (b *Bot) found(ctx context.Context, what string, n int) {
	if n > 0 {
		b.Log.LogAttrs(ctx, slog.LevelWarn, "something other than Convenor has changed the store; what was missing is there again",
			slog.String("what", what), slog.Int("count", n))
	}
}

// unarmed lists the timers that the steps and rounds of a page need and that are missing.
func (b *Bot) unarmed(ctx context.Context, id string, page []flows.Record) ([]flows.Timer, error) {
	w := b.work(id)
	var steps []plan.Step
	var timers []flows.Timer
	needed := []flows.Ref{{Kind: flows.KindCoalition, ID: id}}
	for _, r := range page {
		switch r.Kind {
		case flows.KindStep:
			var s plan.Step
			if err := decode(r.Ref, r.Data, &s); err != nil {
				return nil, err
			}
			if steps = append(steps, s); s.Lead != "" {
				needed = append(needed, flows.Ref{Kind: flows.KindPerson, ID: s.Lead})
			}
		case flows.KindRun:
			var run flows.Run
			if err := decode(r.Ref, r.Data, &run); err != nil {
				return nil, err
			}
			timers = append(timers, run.Timers(id)...)
		}
	}
	if len(steps) > 0 {
		if err := w.load(ctx, needed...); err != nil {
			return nil, err
		}
	}
	for _, s := range steps {
		home, _, err := find[coalition.Coalition](ctx, w, needed[0])
		if err != nil {
			return nil, err
		}
		lead, _, err := find[coalition.Person](ctx, w, flows.Ref{Kind: flows.KindPerson, ID: s.Lead})
		if err != nil {
			return nil, err
		}
		lead.Hours = home.HoursOf(lead)
		timers = append(timers, s.Timers(id, lead, b.zone(lead.Zone, home.Zone), b.Now())...)
	}
	return b.Attic.Unarmed(ctx, id, b.Now(), timers)
}

// through goes on to the next coalition.
func (t *tidying) through() {
	t.census.settle(t.pins)
	if t.todo = t.todo[1:]; len(t.todo) == 0 {
		t.hurry.Store(false)
		t.counted.Store(t.census.total())
	}
	t.begin()
}

// begin makes ready for the next coalition.
func (t *tidying) begin() {
	t.after, t.look, t.used, t.pins = "", true, map[string]bool{}, map[string]pin{}
	t.census.here, t.typed = map[string]string{}, newTyped()
	if t.seen == nil {
		t.seen = map[string]map[flows.Ref]int{}
	}
}

// old lists what of a page is needed no more, and notes which definitions and typed texts are used.
func (b *Bot) old(ctx context.Context, id string, page []flows.Record) ([]flows.Write, error) {
	now := b.Now()
	runs, err := b.owners(ctx, id, page)
	if err != nil {
		return nil, err
	}
	var old []flows.Write
	for _, r := range page {
		b.tidying.typed.take(r)
		forget := false
		switch r.Kind {
		case flows.KindReceipt:
			var receipt flows.Receipt
			err = decode(r.Ref, r.Data, &receipt)
			forget = now.Sub(receipt.At) > keepReceipts
		case flows.KindWaiting:
			var m flows.Waiting
			err = decode(r.Ref, r.Data, &m)
			forget = now.Sub(m.At) > keepWaiting
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
			_, known := b.Pack.Flow(run.Flow)
			b.tidying.census.count(run, known)
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

// unneeded deletes, at the end of a coalition, what nothing has needed for long enough: definitions without a run and texts
// that nothing names. Since when that is so is kept in the store, because a process may not live for as long.
func (b *Bot) unneeded(ctx context.Context, id string) ([]flows.Write, error) {
	t := &b.tidying
	w, ref := b.work(id), flows.Ref{Kind: flows.KindIdle, ID: id}
	before, _, err := find[flows.Idle](ctx, w, ref)
	if err != nil {
		return nil, err
	}
	since, seen, now := flows.Idle{}, map[flows.Ref]int{}, b.Now()
	var old []flows.Write
	for _, one := range append(b.unpinned(), t.typed.loose()...) {
		name := one.ref.Kind + " " + one.ref.ID
		at, known := before[name]
		if !known {
			at = now
		}
		since[name] = at
		seen[one.ref] = t.seen[id][one.ref] + 1
		if now.Sub(at) > one.keep && seen[one.ref] >= idleRounds && len(old) < tidyMost {
			old = append(old, flows.Write{Ref: one.ref, Rev: one.rev, Delete: true})
		}
	}
	t.seen[id] = seen
	old, err = b.sure(ctx, id, old)
	if err != nil || maps.EqualFunc(before, since, time.Time.Equal) {
		return old, err
	}
	data, err := json.Marshal(since)
	return append(old, flows.Write{Ref: ref, Rev: w.found[ref].Rev, Data: data, Delete: len(since) == 0}), err
}

// unpinned lists the definitions of a coalition that no run has. The pack's current ones stay, for a run may be about to
// begin.
func (b *Bot) unpinned() []idle {
	t := &b.tidying
	var list []idle
	for _, hash := range slices.Sorted(maps.Keys(t.pins)) {
		if !t.used[hash] && !b.current(t.pins[hash].flow, hash) {
			list = append(list, idle{ref: flows.Ref{Kind: flows.KindFlow, ID: hash}, rev: t.pins[hash].rev, keep: keepFlows})
		}
	}
	return list
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
