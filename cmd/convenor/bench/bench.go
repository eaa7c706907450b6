// Package bench measures what Convenor costs, each figure beside the bare operation that it is made of, in turns and in
// one run: absolute figures say more about a machine and its neighbours than about Convenor, ratios do not.
//
// A figure is a function that measures and adds lines to the report. One that misses its target says so and is no
// error; one that cannot be measured is.
package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"convenor/bot"
)

// Options says what is measured, and how.
type Options struct {
	Redis  string   // URL of an empty Redis that nobody else uses; empty: a redis-server of our own
	Only   []string // ids of figures, like "B3"; empty: all
	Quick  bool     // as small as can be: to see that it works, not to measure
	Large  bool     // with five million pending timers
	Binary string   // path of convenor's binary, which is started to see how long that takes

	Pack bot.Pack                                  // the content
	Zone func(name string) (*time.Location, error) // from embedded tzdata
	ID   func() string                             // a fresh id
	Tell func(line string)                         // is told what is measured now
	Log  *slog.Logger                              // of the parts that are measured

	// Ticks calls look as often as serve looks for due work, until it is stopped.
	Ticks func(ctx context.Context, look func(context.Context) error) (stop func() error, err error)
}

// unmeasuredError means that a figure could not be measured here. Why is its text.
type unmeasuredError struct{ why string }

func (e unmeasuredError) Error() string { return e.why }

// figure is one thing to measure.
type figure struct {
	id      string
	what    string
	redis   bool // it needs a Redis
	measure func(*bench, context.Context) error
}

// figures lists what can be measured, in the order of the report.
func figures() []figure {
	return []figure{
		{"B1", "one answered question, its state read and written", false, (*bench).advance},
		{"B2", "signed requests from Slack until they are saved", true, (*bench).events},
		{"B3", "due timers, claimed and done", true, (*bench).timers},
		{"B4", "nudges through the whole protocol", true, (*bench).nudges},
		{"B5", "what Redis keeps", true, (*bench).memory},
		{"B6", "how late a nudge is", true, (*bench).lateness},
		{"B7", "draining 10,000 messages at the platform's limits", true, (*bench).drain},
		{"B8", "starting and waiting", true, (*bench).start},
		{"B9", "200 people answer one question within a second", true, (*bench).crowd},
		{"B11", "two cores against one", true, (*bench).cores},
		{"B13", "clicks with a store that is slow", true, (*bench).slow},
	}
}

// bench is one run of the bench.
type bench struct {
	Options
	redis  *redisOf // nil: there is none
	now    figure
	report Report
}

// runs is how often everything is measured, at least five times for a median that can be trusted.
func (b *bench) runs() int { return b.size(5, 1) }

// size is how large something is: as it should be, or quick.
func (b *bench) size(whole, quick int) int {
	if b.Quick {
		return quick
	}
	return whole
}

// Measure measures what o asks for. The report is whole also beside an error, which says that something that was asked
// for could not be measured, or that o cannot be understood.
func Measure(ctx context.Context, o Options) (Report, error) {
	chosen, err := choose(o.Only)
	if err != nil {
		return Report{}, err
	}
	b := &bench{Options: o, report: newReport(o)}
	if slices.ContainsFunc(chosen, func(f figure) bool { return f.redis }) {
		if b.redis, err = openRedis(ctx, o.Redis); err != nil && o.Redis != "" {
			return Report{}, err
		}
		defer b.redis.close()
	}
	missing := err
	var faults []error
	for _, f := range chosen {
		b.now = f
		o.Tell(f.id + ": " + f.what)
		err := missing
		if !f.redis || b.redis != nil {
			err = b.once(ctx, f)
		}
		if ctx.Err() != nil {
			return b.report, fmt.Errorf("stopped at %s: %w", f.id, ctx.Err())
		}
		if err != nil {
			b.report.Unmeasured = append(b.report.Unmeasured, Unmeasured{Figure: f.id, What: f.what, Why: err.Error()})
			faults = append(faults, fmt.Errorf("%s was not measured: %w", f.id, err))
		}
	}
	return b.report, errors.Join(faults...)
}

// once measures one figure and leaves an empty Redis.
func (b *bench) once(ctx context.Context, f figure) (err error) {
	if f.redis {
		defer func() { err = errors.Join(err, b.redis.empty(context.WithoutCancel(ctx))) }()
	}
	return f.measure(b, ctx)
}

// choose finds the figures that are asked for.
func choose(only []string) ([]figure, error) {
	all := figures()
	if len(only) == 0 {
		return all, nil
	}
	var chosen []figure
	for _, f := range all {
		if slices.ContainsFunc(only, func(id string) bool { return strings.EqualFold(id, f.id) }) {
			chosen = append(chosen, f)
		}
	}
	for _, id := range only {
		if !slices.ContainsFunc(all, func(f figure) bool { return strings.EqualFold(id, f.id) }) {
			var known []string
			for _, f := range all {
				known = append(known, f.id)
			}
			return nil, fmt.Errorf("there is no figure %q. There are %s", id, strings.Join(known, ", "))
		}
	}
	return chosen, nil
}

// alternate lets each of what is compared have its turn, as often as runs says, every other time in the other order: so
// that what happens on the machine meanwhile happens to all of them.
func (b *bench) alternate(ctx context.Context, turns ...func() error) error {
	for range b.runs() {
		for _, turn := range turns {
			if err := errors.Join(ctx.Err(), turn()); err != nil {
				return err
			}
		}
		slices.Reverse(turns)
	}
	return nil
}
