package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"convenor/flows"
	"convenor/flows/nudge"
)

// The times of sending. A lease is longer than all that is done under it, so that a slow platform never hands the same
// delivery to two; settleFor is longer than a request can stay under way: its own timeout, how late the platform may
// still post, and how late its history may show it.
const (
	leaseFor    = 25 * time.Second
	sendTimeout = 8 * time.Second
	settleFor   = time.Minute
	suspectFor  = 5 * time.Minute // how long a look that fails holds back what may have been sent before a failover or a restore
)

// atOnce is how many conversations are written to at the same time.
const atOnce = 16

// When a delivery that fails is tried again, and when it is given up: both must have passed.
const (
	backoffFirst = time.Second
	backoffMost  = 5 * time.Minute
	giveUpTries  = 60 // as many as backoffMost makes in five hours, so that none of it is time in which a machine slept
	giveUpAge    = 6 * time.Hour
)

// Run delivers whenever a commit left something to deliver, or Look was called, until ctx ends; then it waits for what is
// under way. It is no more than speed: what it misses, the next call of Deliver finds.
//
// It waits for no delivery: whoever is done wakes it, and whatever hands became free while it was asking are filled by the
// next claim together. So one claim serves many deliveries in a busy hour, and one in a quiet one.
func (b *Bot) Run(ctx context.Context) error {
	var underway sync.WaitGroup
	defer underway.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-b.kick:
		}
		if _, err := b.handOut(ctx, &underway, b.wake); err != nil && ctx.Err() == nil {
			b.Log.LogAttrs(ctx, slog.LevelWarn, "a look for deliveries did not finish; the next one goes on", slog.Any("error", err))
		}
	}
}

// Deliver is one pass over the outbox: it claims what is ready, as much as this process has hands for, and brings each
// to its end for now: sent, dropped by the gate, or given back until later. It returns how many it handled; zero means
// that nothing is ready, or that no hand is free. Any number of passes may run at the same time, in any number of
// processes. Once a delivery is claimed it is seen through even when ctx ends.
func (b *Bot) Deliver(ctx context.Context) (handled int, err error) {
	var pass sync.WaitGroup
	handled, err = b.handOut(ctx, &pass, func() {})
	pass.Wait()
	return handled, err
}

// handOut claims what is ready, as much as there are free hands, and gives each a goroutine of the pass, which calls done
// when its hand is free again.
func (b *Bot) handOut(ctx context.Context, pass *sync.WaitGroup, done func()) (handled int, err error) {
	seenThrough := context.WithoutCancel(ctx)
	if late := b.lates.take(); len(late) > 0 {
		pass.Go(func() { b.takeBackLate(ctx, late) }) // whoever is told to end does not wait for it
	}
	free := b.take(atOnce)
	if free == 0 {
		return 0, nil // every hand is busy
	}
	now := b.Now()
	leases, err := b.Outbox.ClaimDeliveries(ctx, now, now.Add(leaseFor), free)
	for range free - len(leases) {
		<-b.hands
	}
	if err != nil {
		err = fmt.Errorf("claim deliveries: %w", err) // what was claimed beside it is ours to send
	}
	for _, l := range leases {
		pass.Go(func() {
			defer done()
			defer func() { <-b.hands }()
			b.deliver(seenThrough, l)
		})
	}
	return len(leases), err
}

// take takes as many free hands as there are, at most n.
func (b *Bot) take(n int) (free int) {
	for free < n {
		select {
		case b.hands <- struct{}{}:
			free++
		default:
			return free
		}
	}
	return free
}

// deliver brings one delivery to its end for now. Whatever goes wrong, even a panic, stays with this delivery.
func (b *Bot) deliver(ctx context.Context, l flows.Lease) {
	ctx, cancel := context.WithTimeout(ctx, leaseFor)
	defer cancel()
	id := l.Delivery.Coalition + " " + l.Delivery.ID
	if _, under := b.underway.LoadOrStore(id, true); under {
		// The lease ended while this process was still at it: it was frozen, or the clock was moved. Who looks now
		// could look before the post arrives.
		b.putBack(ctx, l, b.Now().Add(settleFor), true)
		return
	}
	defer b.underway.Delete(id)
	defer func() {
		if p := recover(); p != nil {
			b.Observer.Panicked()
			b.Log.LogAttrs(ctx, slog.LevelError, "delivering panicked", slog.String("delivery", l.Delivery.ID), slog.String("stack", string(debug.Stack())))
			b.putBack(ctx, l, b.backoff(l), true)
		}
	}()
	o, err := b.owed(ctx, l.Delivery)
	if err == nil {
		err = b.send(ctx, l, o)
	}
	switch {
	case err == nil:
	case errors.Is(err, flows.ErrLost):
		b.Log.LogAttrs(ctx, slog.LevelInfo, "a delivery passed on to someone else", slog.String("delivery", l.Delivery.ID))
	default:
		retry, unclear := b.backoff(l), false
		outcome := "later"
		if inDoubt(err) {
			unclear, outcome = true, "unclear"
			if settled := b.Now().Add(settleFor); settled.After(retry) {
				retry = settled
			}
		}
		b.Observer.Delivered(b.bound(o, flows.Posted{}), l.Delivery.Kind, outcome, b.Now().Sub(l.Delivery.At))
		if busy, ok := errors.AsType[*BusyError](err); ok {
			retry = b.Now().Add(max(busy.After, settleFor))
		}
		b.Log.LogAttrs(ctx, slog.LevelWarn, "a delivery is tried again later", slog.String("delivery", l.Delivery.ID),
			slog.Int("attempts", l.Attempts+1), slog.Bool("unclear", unclear), slog.Any("error", err))
		b.putBack(ctx, l, retry, unclear)
	}
}

// putBack gives a delivery back until retry. When that fails, too, the lease runs out by itself.
func (b *Bot) putBack(ctx context.Context, l flows.Lease, retry time.Time, unclear bool) {
	if err := b.Outbox.Fail(ctx, l, retry, unclear); err != nil && !errors.Is(err, flows.ErrLost) {
		b.Log.LogAttrs(ctx, slog.LevelWarn, "a delivery could not be given back; its lease will end", slog.String("delivery", l.Delivery.ID), slog.Any("error", err))
	}
}

// send is the way of one delivery: look whether it was sent when that is in doubt, ask the gate, then send or edit. An
// error means that it is to be tried again; an UnclearError, that it may have been posted.
func (b *Bot) send(ctx context.Context, l flows.Lease, o owed) (err error) {
	var done bool
	if !o.Edit && !l.PostedAt.IsZero() { // a post was begun and its outcome never written down
		if settled := l.PostedAt.Add(settleFor); b.Now().Before(settled) {
			b.putBack(ctx, l, settled, true)
			return nil
		}
		if o, done, err = b.foundSent(ctx, l, o, b.hopeless(l)); done || err != nil {
			return err
		}
	}
	v := b.gate(o)
	switch {
	case l.Superseded: // at once, without a place in the channel's pace: what stands behind it must not wait for it
		return b.end(ctx, l, o, flows.Dropped, ruleSuperseded)
	case v.Do == nudge.Drop:
		return b.end(ctx, l, o, flows.Dropped, v.Rule)
	case v.Do == nudge.Wait:
		b.putBack(ctx, l, v.Until, false)
		return nil
	case b.hopeless(l):
		return b.end(ctx, l, o, flows.Dead, ruleGivenUp)
	case o.Edit:
		return b.edit(ctx, l, o, v)
	}
	if l.PostedAt.IsZero() && b.suspect(l) {
		if o, done, err = b.foundSent(ctx, l, o, !b.Suspicious()); done || err != nil {
			return err
		}
		switch v = b.gate(o); v.Do { // what remains of it
		case nudge.Drop:
			return b.end(ctx, l, o, flows.Dropped, v.Rule)
		case nudge.Wait:
			b.putBack(ctx, l, v.Until, false)
			return nil
		case nudge.Send:
		}
	}
	return b.post(ctx, l, o, v)
}

// inDoubt reports whether an error says that nobody knows what was posted: of a send, or of a look for one.
func inDoubt(err error) bool {
	_, doubt := errors.AsType[*UnclearError](err)
	return doubt
}

// foundSent looks whether a delivery stands on its platform and completes it when it does. Otherwise it returns what is
// left of it, read anew, because the look may have taken long; of a nudge about several things, only what was not said.
// With blind it goes on like that where the look ends in doubt, too.
func (b *Bot) foundSent(ctx context.Context, l flows.Lease, o owed, blind bool) (left owed, done bool, err error) {
	at, found, err := b.look(ctx, &o)
	if err != nil && (!blind || !inDoubt(err)) {
		return o, false, err
	}
	if !found {
		left, err = b.anew(ctx, o)
		return left, false, err
	}
	receipt := b.receipt(o, flows.Sent, cmp.Or(o.Reason.Rule, string(o.Kind)), o.Message)
	if receipt.At = planned(o.Delivery); !l.PostedAt.IsZero() {
		receipt.At = l.PostedAt // when it reached its reader, not when that was found out: a nudge counts for its own day
	}
	return o, true, b.complete(ctx, l, o, receipt, at, learned(nudge.Verdict{Explains: o.Reason.Object != ""}))
}

// end completes a delivery that is not sent.
func (b *Bot) end(ctx context.Context, l flows.Lease, o owed, outcome flows.Outcome, rule string) error {
	return b.complete(ctx, l, o, b.receipt(o, outcome, rule, o.Message), flows.Posted{}, nil)
}

func (b *Bot) receipt(o owed, outcome flows.Outcome, rule string, m flows.Message) flows.Receipt {
	return flows.Receipt{
		Delivery: o.ID, Kind: o.Kind, Outcome: outcome, Rule: rule, Object: o.Reason.Object, Message: m, At: b.Now(),
	}
}

// suspect says whether a delivery could have been posted without a trace of it: when it was planned before Suspect was
// called, because a store that was put back or failed over may have forgotten what was sent last.
func (b *Bot) suspect(l flows.Lease) bool { return planned(l.Delivery).Before(*b.doubted.Load()) }

// planned is the first instant at which a delivery can have been posted. A nudge that was planned by a timer comes again
// under the same id when a store is put back to before the timer fired.
func planned(d flows.Delivery) time.Time {
	if d.Since.IsZero() {
		return d.At
	}
	return d.Since
}

// hopeless says whether a delivery has failed so often for so long that it is given up: it keeps what stands behind it
// waiting.
func (b *Bot) hopeless(l flows.Lease) bool {
	return l.Attempts >= giveUpTries && b.Now().Sub(l.Delivery.At) >= giveUpAge
}

// backoff is when a failed delivery is tried again: twice as late each time, up to backoffMost, and spread by a share
// that its id decides, so that what failed together does not come back together.
func (b *Bot) backoff(l flows.Lease) time.Time {
	wait := backoffMost
	if l.Attempts < 9 {
		wait = min(wait, backoffFirst<<l.Attempts)
	}
	return b.Now().Add(wait*3/4 + time.Duration(int64(wait)*int64(spread(l.Delivery.ID, 512))/1024))
}
