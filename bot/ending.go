package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
)

// completeTries is how often the end of a delivery is written again because a record it changes was changed meanwhile.
const completeTries = 5

// complete ends a delivery: its receipt, where the message stands now (zero: nowhere new), what was learned about the
// person and, when nobody was reached, what that leaves to be done are stored with it. flows.ErrLost means that
// someone else ended it first.
func (b *Bot) complete(ctx context.Context, l flows.Lease, o owed, receipt flows.Receipt, at flows.Posted, lessons []personChange) error {
	for try := 1; ; try++ {
		e, err := o.ending(receipt, at, lessons)
		if err != nil {
			return err
		}
		if !l.PostedAt.IsZero() {
			e.timers = append(e.timers, lateTimers(l.Delivery, o.mark, l.Fence, b.Now())...)
		}
		err = b.Outbox.Complete(ctx, l, e.writes, e.timers...)
		if err == nil {
			b.Observer.Delivered(b.bound(o, at), l.Delivery.Kind, string(receipt.Outcome), receipt.At.Sub(l.Delivery.At))
		}
		if !errors.Is(err, flows.ErrConflict) || try == completeTries {
			return err
		}
		if o, err = b.anew(ctx, o); err != nil {
			return err
		}
	}
}

// ending is what the end of a delivery changes.
type ending struct {
	*owed
	writes []flows.Write
	timers []flows.Timer
}

func (e *ending) put(ref flows.Ref, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ref.Kind, err)
	}
	e.writes = append(e.writes, flows.Write{Ref: ref, Rev: e.revs[ref], Data: data})
	return nil
}

// noted is where a receipt is kept: with whoever the delivery was for and, of a nudge that was sent, as their last one.
func (o *owed) noted(receipt flows.Receipt) []flows.Ref {
	ref := receiptRef(o.Delivery)
	switch {
	case !o.here || o.revs[ref] != 0:
		return nil
	case o.Kind == flows.Nudge && receipt.Outcome == flows.Sent && !o.nudged.After(receipt.At):
		return []flows.Ref{ref, nudgedRef(o.Person)}
	default:
		return []flows.Ref{ref}
	}
}

// ending is what completing o changes. A person who is not here any more gets no receipt: nothing is kept about them.
// The receipt of a delivery that was sent before stays the first one.
func (o *owed) ending(receipt flows.Receipt, at flows.Posted, lessons []personChange) (ending, error) {
	e := ending{owed: o}
	if at != (flows.Posted{}) && o.Message.Key != "" {
		if err := e.put(flows.Ref{Kind: flows.KindPosted, ID: o.Message.Key}, at); err != nil {
			return e, err
		}
	}
	receipt.Where = at
	for _, ref := range o.noted(receipt) {
		if err := e.put(ref, receipt); err != nil {
			return e, err
		}
	}
	switch {
	case !o.here:
		return e, nil
	case o.Person != "":
		return e, e.ofPerson(receipt, lessons)
	default:
		return e, e.ofSpace(receipt)
	}
}

// ofPerson keeps what was learned about a person. What could not be brought to them waits for them, and one call a day
// tells them so; a sweep decides how.
func (e *ending) ofPerson(receipt flows.Receipt, lessons []personChange) error {
	p, changed := e.person, false
	for _, learn := range lessons {
		changed = learn(&p) || changed
	}
	if receipt.Outcome == flows.Dead && !e.Edit {
		platform, why := p.Closed()
		lost := p.Lost.Again(cmp.Or(why, receipt.Rule), platform, receipt.At)
		changed = changed || lost != p.Lost
		p.Lost = lost
		if err := e.waits(p, receipt.At); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	return e.put(personRef(p.ID), p)
}

// waits keeps a message that nobody could bring to its reader, and has them called where that may be; else a coordinator
// is told. Where the nudge was about somebody else who is not reached, another coordinator is told of that one.
func (e *ending) waits(p coalition.Person, at time.Time) error {
	if e.revs[receiptRef(e.Delivery)] != 0 || e.Reason.Rule == ruleKnock {
		return nil // it ended before; or it would only say that they are reached
	}
	if len(e.tenant.CalledIn(p)) > 0 {
		today := flows.Timer{ID: callID(p.ID, at, e.facts.Zone), Coalition: e.Coalition, Kind: flows.TimerCall, Object: p.ID, At: at}
		again := today // should they have been called today already
		again.ID, again.At = today.ID+".next", at.Add(24*time.Hour)
		e.timers = append(e.timers, today, again)
	} else {
		e.timers = append(e.timers, nudge.LostTimer(e.Coalition, p.ID, p.Lost))
	}
	for _, r := range e.reasons {
		if nudge.Kind(r.Rule) == nudge.Unreached {
			e.timers = append(e.timers, nudge.Anew(e.Coalition, r, e.Person, at))
		}
	}
	return e.put(waitingRef(e.Person, e.ID), flows.Waiting{Delivery: e.Delivery, At: at})
}

// waitingRef names what waits for a person.
func waitingRef(person, delivery string) flows.Ref {
	return flows.Ref{Kind: flows.KindWaiting, Under: person, ID: delivery}
}

// ofSpace keeps whether posts get through to a space. When they do not a coordinator is told; and of a person who was to
// be called there, that they could not be.
func (e *ending) ofSpace(receipt flows.Receipt) error {
	s, lost := e.space, coalition.Lost{}
	switch {
	case receipt.Outcome == flows.Dropped, e.Edit && (receipt.Outcome == flows.Sent || !aboutSpace(receipt.Rule)):
		return nil
	case receipt.Outcome == flows.Dead:
		lost = s.Lost.Again(receipt.Rule, s.Platform, receipt.At)
		e.timers = append(e.timers, nudge.LostTimer(e.Coalition, s.ID, lost))
		if e.called.Lost.Why != "" {
			e.timers = append(e.timers, nudge.LostTimer(e.Coalition, e.called.ID, e.called.Lost))
		}
	}
	if lost == s.Lost {
		return nil
	}
	s.Lost = lost
	return e.put(flows.Ref{Kind: flows.KindSpace, ID: s.ID}, s)
}

// aboutSpace reports whether the reason why an edit was refused is one of the space, not one of the message: that
// somebody deleted a message is no news.
func aboutSpace(why string) bool {
	return slices.Contains([]string{"archived", "not-in-channel", "restricted", "closed", "left"}, why)
}
