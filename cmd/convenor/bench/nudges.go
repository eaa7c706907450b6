package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"convenor/flows"
	"convenor/flows/nudge"
	"convenor/flows/plan"
)

// due is the date about which people are nudged the day before.
const due = "2026-11-03"

// owe gives n people a step each, and arms the timer of its nudge. at says when each is due.
func (h *house) owe(ctx context.Context, n int, at func(i int) time.Time) (people []string, err error) {
	if people, err = h.people(ctx, n); err != nil {
		return nil, err
	}
	for first := 0; first < n; first += atOnce {
		var all []written
		c := flows.Commit{ID: h.bench.ID(), Coalition: home, Audit: flows.Audit{At: h.clock.now()}}
		for i := first; i < min(n, first+atOnce); i++ {
			s := plan.Step{
				ID: h.bench.ID(), What: h.bench.ID(), Goal: "goal", GoalText: "goaltext", Lead: people[i], Due: due,
				Status: plan.StatusTaken, NamedBy: people[i], Named: h.clock.now(), Taken: h.clock.now(), Rev: 1,
			}
			all = append(all, written{flows.Ref{Kind: flows.KindStep, ID: s.ID}, s},
				written{flows.Ref{Kind: flows.KindText, ID: s.What}, flows.Typed{Text: "call the clinic", By: people[i], At: h.clock.now()}})
			c.Timers = append(c.Timers, flows.Timer{
				ID: nudge.TimerID(s.ID, nudge.DayBefore, due, people[i]), Coalition: home, Kind: flows.TimerNudge,
				Object: s.ID, Person: people[i], Rule: string(nudge.DayBefore), Due: due, At: at(i),
			})
		}
		if err := errors.Join(h.put(ctx, all...), h.store.Commit(ctx, c)); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// working runs what delivers, as serve does, until the returned function is called.
func (h *house) working(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { _ = h.Run(ctx) })
	return func() { cancel(); parts.Wait() }
}

// sweeping sweeps until nothing is due.
func (h *house) sweeping(ctx context.Context) error {
	for n := 1; n > 0; {
		var err error
		if n, err = h.Sweep(ctx); err != nil {
			return err
		}
	}
	return nil
}

// patience is how long the bench waits for what must come. Longer would be a fault.
const patience = 2 * time.Minute

// wait waits until everything was sent.
func wait(ctx context.Context, all <-chan struct{}) error {
	select {
	case <-all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return fmt.Errorf("not everything was sent within %s", patience)
	}
}

// nudges is B4.
func (b *bench) nudges(ctx context.Context) (err error) {
	h, err := b.open(ctx, b.Pack, newClock())
	if err != nil {
		return err
	}
	defer func() { err = h.close(err) }()
	defer h.working(ctx)()
	n := b.size(5000, 40)
	var rate, bare, lost, doubled series
	if err := b.alternate(ctx, func() error {
		h.post.reset()
		if _, err := h.owe(ctx, n, func(int) time.Time { return h.clock.now() }); err != nil {
			return err
		}
		all, began := h.done.expect(n), time.Now()
		if err := errors.Join(h.sweeping(ctx), wait(ctx, all)); err != nil {
			return err
		}
		rate = append(rate, float64(n)/time.Since(began).Seconds())
		once, twice := h.post.count()
		lost, doubled = append(lost, float64(n-once)), append(doubled, float64(twice))
		return nil
	}, func() error {
		l, err := b.bareLoad(ctx, b.size(150, 5))
		bare = append(bare, l.perSecond)
		return err
	}); err != nil {
		return err
	}
	b.add(result{
		what: "nudges a second, one process; bare: one-script commits", unit: "per s", value: rate, bare: bare, atBest: 5000, own: true, why: onTrips,
		note: "each is a timer claimed, decided and committed, a delivery claimed, asked of the gate, its intent written down, posted, and completed. " +
			"The platform's own limits, not this, bound real sending",
	})
	b.add(result{what: "nudges lost", unit: "of " + short(float64(n)), value: lost, atMost: none, why: isAFault})
	b.add(result{what: "nudges doubled", unit: "of " + short(float64(n)), value: doubled, atMost: none, why: isAFault})
	return nil
}

// lateness is B6.
func (b *bench) lateness(ctx context.Context) (err error) {
	h, err := b.open(ctx, b.Pack, newClock())
	if err != nil {
		return err
	}
	defer func() { err = h.close(err) }()
	const window = 2000 // timers of one window
	n := b.size(10_000, 40)
	var from time.Time
	people, err := h.owe(ctx, n, func(i int) time.Time {
		if i == 0 {
			from = h.clock.now().Add(time.Duration(b.size(15, 1)) * time.Second) // longer than this takes to prepare
		}
		return from.Add(time.Minute * time.Duration(i) / 10_000)
	})
	if err != nil {
		return err
	}
	if !h.clock.now().Before(from) {
		return unmeasuredError{"this machine is too busy to prepare it in time"}
	}
	defer h.working(ctx)()
	all := h.done.expect(n)
	stop, err := b.Ticks(ctx, h.Look)
	if err != nil {
		return err
	}
	if err := errors.Join(wait(ctx, all), stop()); err != nil {
		return err
	}
	at := h.post.times()
	var p99 series
	for part := range slices.Chunk(people, window) {
		var late []float64
		for _, person := range part {
			late = append(late, at["U"+person].Sub(from).Seconds()*1000-60_000*float64(slices.Index(people, person))/10_000)
		}
		slices.Sort(late)
		p99 = append(p99, percentile(late, 99))
	}
	b.add(result{
		what: "lateness of 99 of 100 nudges, 10,000 due evenly in one minute", unit: "ms", value: p99, atMost: 250, why: onTicks,
		note: "one minute, in windows of 12 seconds",
	})
	return nil
}
