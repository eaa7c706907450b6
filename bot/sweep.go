package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
)

// sweepMost bounds one sweep; sweepHold is how long its timers are held back from others. A sweep that takes longer
// commits nothing, for someone else may have begun.
const (
	sweepMost = 200
	sweepHold = time.Minute
)

// A sweep deals with so many coalitions at the same time, and in each with so many people.
const (
	tenantsAtOnce = 4
	peopleAtOnce  = 16
)

// Sweep is one look for timers that are due. It claims at most sweepMost, puts all that speak to one person of one
// coalition into one message, and commits what came of them: deliveries for the gate, the same again later, or nothing,
// because a timer whose step is done or moved finds nothing to do. It returns how many timers it dealt with. Any number
// of sweeps may run at the same time, in any number of processes; what one of them leaves, because it failed, comes up
// again.
func (b *Bot) Sweep(ctx context.Context) (int, error) {
	now := b.Now()
	until := now.Add(sweepHold)
	timers, err := b.Outbox.ClaimTimers(ctx, now, until, sweepMost)
	var faults []error
	if err != nil {
		faults = append(faults, fmt.Errorf("claim timers: %w", err)) // what was claimed beside it is ours to deal with
	}
	byTenant := map[string][]flows.Timer{}
	for _, t := range timers {
		byTenant[t.Coalition] = append(byTenant[t.Coalition], t)
	}
	var done atomic.Int64
	faults = append(faults, atATime(tenantsAtOnce, sortedKeys(byTenant), func(id string) error {
		return b.guard(ctx, func() error {
			n, err := b.sweepTenant(ctx, id, byTenant[id], until)
			done.Add(int64(n))
			return err
		})
	})...)
	return int(done.Load()), errors.Join(faults...)
}

// Look is one look for due work: it sweeps until nothing is due, and wakes Run for whatever else has become ready. It waits
// for no platform. What fails comes up again.
func (b *Bot) Look(ctx context.Context) error {
	defer b.wake()
	var faults []error
	for n := 1; n > 0; {
		var err error
		n, err = b.Sweep(ctx)
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// sweepTenant deals with the due timers of one coalition, round by round and person by person: a fault with one, even a
// panic, keeps nobody else waiting and does not end the process.
func (b *Bot) sweepTenant(ctx context.Context, id string, timers []flows.Timer, until time.Time) (n int, err error) {
	w := b.work(id)
	tenant, _, err := find[coalition.Coalition](ctx, w, flows.Ref{Kind: flows.KindCoalition, ID: id})
	if err != nil {
		return 0, err
	}
	var faults []error
	alone, timers := b.apart(timers)
	for _, t := range alone {
		if err := b.one(t.Kind)(ctx, tenant, t); err != nil {
			faults = append(faults, err)
			continue
		}
		n++
	}
	done, err := b.sweepNudges(ctx, w, tenant, timers, until)
	return n + done, errors.Join(append(faults, err)...)
}

// one is what deals with a timer of a kind that is dealt with one by one; nil for another kind.
func (b *Bot) one(kind flows.TimerKind) func(context.Context, coalition.Coalition, flows.Timer) error {
	switch kind {
	case flows.TimerRound:
		return b.ring
	case flows.TimerCall:
		return b.call
	case flows.TimerLate:
		return b.later
	case flows.TimerNudge, flows.TimerOffer:
	}
	return nil
}

// later leaves a look for late copies to Deliver.
func (b *Bot) later(_ context.Context, _ coalition.Coalition, t flows.Timer) error {
	b.lates.add(t)
	b.wake()
	return nil
}

// apart takes out the timers that are dealt with one by one: those of rounds, calls and late copies. The others become
// nudges.
func (b *Bot) apart(timers []flows.Timer) (alone, nudges []flows.Timer) {
	for _, t := range timers {
		if b.one(t.Kind) != nil {
			alone = append(alone, t)
		} else {
			nudges = append(nudges, t)
		}
	}
	return alone, nudges
}

// sweepNudges deals with the due timers that come to nudges, person by person.
func (b *Bot) sweepNudges(ctx context.Context, w *work, tenant coalition.Coalition, timers []flows.Timer, until time.Time) (n int, err error) {
	if len(timers) == 0 {
		return 0, nil
	}
	about, err := factsAbout(ctx, w, timers)
	if err != nil {
		return 0, err
	}
	coordinators, err := coordinatorsFor(ctx, w, timers)
	if err != nil {
		return 0, err
	}
	byPerson := map[string][]flows.Timer{}
	for _, t := range timers {
		person := nudge.Whom(t, about.Deadlines[t.Object], coordinators)
		byPerson[person] = append(byPerson[person], t)
	}
	people := sortedKeys(byPerson)
	var refs []flows.Ref
	for _, person := range people {
		if person != "" {
			refs = append(refs, personRef(person), nudgedRef(person))
		}
	}
	if err := w.load(ctx, refs...); err != nil { // all of them now: below, many read at the same time
		return 0, err
	}
	faults := atATime(peopleAtOnce, people, func(person string) error {
		due := byPerson[person]
		slices.SortFunc(due, func(x, y flows.Timer) int { return cmp.Or(x.At.Compare(y.At), strings.Compare(x.ID, y.ID)) })
		return b.guard(ctx, func() error { return b.sweepPerson(ctx, w, tenant, person, due, about, until) })
	})
	for i, person := range people {
		if faults[i] == nil {
			n += len(byPerson[person])
		}
	}
	return n, errors.Join(faults...)
}

// atATime calls do for each of list, for at most n at the same time, and returns what each call returned.
func atATime[T any](n int, list []T, do func(T) error) []error {
	faults := make([]error, len(list))
	var next atomic.Int64
	var hands sync.WaitGroup
	for range min(n, len(list)) {
		hands.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(list)); i = next.Add(1) - 1 {
				faults[i] = do(list[i])
			}
		})
	}
	hands.Wait()
	return faults
}

// sweepPerson commits what came of the timers that speak to one person, who was read before. With nobody to tell, they
// have just fired.
func (b *Bot) sweepPerson(ctx context.Context, read *work, tenant coalition.Coalition, person string, due []flows.Timer, facts nudge.Facts, until time.Time) error {
	id := read.coalition
	w := b.work(id)
	w.audit = flows.Audit{At: b.Now(), Person: person, Verb: "sweep", Object: due[0].Object}
	var p coalition.Person
	here := false
	if person != "" {
		var err error
		if p, here, err = find[coalition.Person](ctx, read, personRef(person)); err != nil {
			return err
		}
	}
	if !here {
		w.fire(due...)
		return b.commit(ctx, w)
	}
	if last, ok, err := find[flows.Receipt](ctx, read, nudgedRef(person)); err != nil {
		return err
	} else if ok {
		facts.Receipts = []flows.Receipt{last}
	}
	p.Hours = tenant.HoursOf(p)
	facts.Person, facts.Now, facts.Zone = p, b.Now(), b.zone(p.Zone, tenant.Zone)
	turn := nudge.Due(due, facts)
	w.fired = turn.Fired
	for _, t := range turn.Moved {
		t.Coalition = id
		w.moved = append(w.moved, t)
	}
	for _, d := range turn.Deliveries {
		d.Coalition = id
		w.deliver(d)
	}
	if !b.Now().Before(until) {
		return fmt.Errorf("sweep of %s took too long: left to the next one", id)
	}
	return b.commit(ctx, w)
}

// factsAbout reads what timers are about.
func factsAbout(ctx context.Context, w *work, timers []flows.Timer) (nudge.Facts, error) {
	var refs []flows.Ref
	for _, t := range timers {
		refs = append(refs, objectRef(t.Rule, t.Object))
	}
	facts := nudge.Facts{Deadlines: map[string]nudge.Deadline{}, Lost: map[string]nudge.Lost{}}
	if err := w.load(ctx, refs...); err != nil {
		return facts, err
	}
	for _, ref := range refs {
		switch ref.Kind {
		case flows.KindStep:
			step, ok, err := find[plan.Step](ctx, w, ref)
			if err != nil {
				return facts, err
			}
			if ok {
				facts.Deadlines[step.ID] = step.Deadline()
			}
		case flows.KindPerson:
			p, _, err := find[coalition.Person](ctx, w, ref)
			if err != nil {
				return facts, err
			}
			facts.Lost[ref.ID] = nudge.Lost{Lost: p.Lost, Person: ref.ID}
		case flows.KindSpace:
			s, _, err := find[coalition.Space](ctx, w, ref)
			if err != nil {
				return facts, err
			}
			facts.Lost[ref.ID] = nudge.Lost{Lost: s.Lost, Name: s.Name, Private: s.Private}
		}
	}
	return facts, nil
}

// coordinatorsFor reads who coordinates, when one of the timers is for a coordinator: it costs a look at everybody.
func coordinatorsFor(ctx context.Context, w *work, timers []flows.Timer) ([]coalition.Person, error) {
	forThem := slices.ContainsFunc(timers, func(t flows.Timer) bool {
		kind := nudge.Kind(t.Rule)
		return kind == nudge.Coordinator || kind == nudge.Help || kind == nudge.Unreached
	})
	if !forThem {
		return nil, nil
	}
	people, err := all[coalition.Person](ctx, w, flows.KindPerson, "")
	if err != nil {
		return nil, err
	}
	return coalition.Coordinators(people), nil
}
