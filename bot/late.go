package bot

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"convenor/flows"
	"convenor/flows/nudge"
)

// lateAtOnce is how many late copies one process looks for at the same time.
const lateAtOnce = 4

// lateTimers are armed when a delivery may stand twice. Whoever began to post it and was never heard of again may have
// been frozen between its last look at the lease and the request, and post after somebody else has looked, found
// nothing and posted in its place. It may be killed before it hears that it was late, so that whoever ends the delivery
// remembers it. fence tells one process's timers from another's.
//
// It is looked soon, because a message stands twice until then, and again for a process that was frozen for long and
// killed as it went on.
func lateTimers(d flows.Delivery, mark string, fence int64, now time.Time) []flows.Timer {
	looks := []time.Duration{settleFor, 10 * settleFor, 60 * settleFor}
	timers := make([]flows.Timer, len(looks))
	for i, after := range looks {
		timers[i] = flows.Timer{
			ID:        "late." + d.ID + "." + strconv.FormatInt(fence, 10) + "." + strconv.Itoa(i),
			Coalition: d.Coalition, Kind: flows.TimerLate, Object: d.ID, Person: d.Person, Space: d.Space, Rule: mark,
			At: now.Add(after), Since: d.At, // what was sent before the store was put back is no copy
		}
	}
	return timers
}

// cameLate remembers that this process has posted a delivery after its lease had passed on.
func (b *Bot) cameLate(ctx context.Context, l flows.Lease, o owed) {
	w := b.work(l.Delivery.Coalition)
	now := b.Now()
	w.audit = flows.Audit{At: now}
	w.timers = lateTimers(l.Delivery, o.mark, l.Fence, now)
	if err := b.commit(ctx, w); err != nil { // whoever has the delivery remembers it, too, for an hour after its end
		b.Log.LogAttrs(ctx, slog.LevelWarn, "that a post came late could not be remembered", slog.String("delivery", l.Delivery.ID), slog.Any("error", err))
	}
}

// lates are the timers of late copies that a sweep has claimed and that Deliver looks after, because a sweep waits for
// no platform. What was not looked after in time is claimed again, and here it is one. It is safe for many goroutines.
type lates struct {
	mu      sync.Mutex
	waiting map[string]flows.Timer // by id
	looking map[string]bool        // by id: taken and not done
}

func (l *lates) add(t flows.Timer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting == nil {
		l.waiting, l.looking = map[string]flows.Timer{}, map[string]bool{}
	}
	if !l.looking[t.ID] {
		l.waiting[t.ID] = t
	}
}

// take takes out all that nobody looks after yet. Call done for each.
func (l *lates) take() (due []flows.Timer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, t := range l.waiting {
		due = append(due, t)
		l.looking[id] = true
	}
	clear(l.waiting)
	return due
}

func (l *lates) done(t flows.Timer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.looking, t.ID)
}

// takeBackLate looks for late copies and takes them back. A timer whose look fails comes up again.
func (b *Bot) takeBackLate(ctx context.Context, due []flows.Timer) {
	faults := atATime(lateAtOnce, due, func(t flows.Timer) error {
		defer b.lates.done(t)
		return b.guard(ctx, func() error { return b.takeBack(ctx, t) })
	})
	for i, err := range faults {
		if err != nil && ctx.Err() == nil {
			b.Log.LogAttrs(ctx, slog.LevelWarn, "it could not be looked for a late copy", slog.String("delivery", due[i].Object), slog.Any("error", err))
		}
	}
}

// takeBack removes every copy of a delivery but the one that its receipt names. Of one that was given up, or was found to
// come too late, one stays: it has reached its reader after all. While a delivery has not ended there is nothing to
// compare with, and whoever ends it looks again.
func (b *Bot) takeBack(ctx context.Context, t flows.Timer) error {
	d := flows.Delivery{ID: t.Object, Coalition: t.Coalition, Person: t.Person, Space: t.Space}
	w := b.work(t.Coalition)
	w.audit = flows.Audit{At: b.Now()}
	receipt, ended, err := find[flows.Receipt](ctx, w, receiptRef(d))
	if err != nil {
		return err
	}
	if ended {
		d.Message.Thread = receipt.Message.Thread
		err = b.takeCopiesBack(ctx, d, t, receipt)
	}
	if err != nil && b.Now().Sub(t.At) < giveUpAge {
		return err
	}
	w.fire(t)
	return errors.Join(err, b.commit(ctx, w))
}

// takeCopiesBack looks under the mark of a late timer wherever d could have gone.
func (b *Bot) takeCopiesBack(ctx context.Context, d flows.Delivery, t flows.Timer, receipt flows.Receipt) error {
	o, err := b.owed(ctx, d)
	if err != nil {
		return err
	}
	var known []flows.Posted // what stays, is gone, or cannot be removed
	if receipt.Outcome == flows.Sent {
		known = append(known, b.placed(o, receipt.Where))
	}
	stays := receipt.Outcome == flows.Dead || receipt.Rule == nudge.RuleLate
	var faults []error
	for _, to := range b.targets(o) {
		for {
			at, found, err := lookAt(ctx, to, t.Rule, t.First(), known...)
			if found && (!stays || len(known) > 0) {
				err = b.retract(ctx, to.platform, at)
			}
			faults = append(faults, err)
			if !found || err != nil {
				break
			}
			known = append(known, at)
		}
	}
	return errors.Join(faults...)
}

// retract removes a message. That it is gone, or that the platform lets nobody remove it, is no fault.
func (b *Bot) retract(ctx context.Context, p Platform, at flows.Posted) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := p.Retract(ctx, at)
	if _, gone := errors.AsType[*GoneError](err); gone {
		return nil
	}
	if err == nil {
		b.retracted.Add(1)
	}
	return err
}

// Retracted is how many messages that stood twice were taken back since New.
func (b *Bot) Retracted() int64 { return b.retracted.Load() }
