package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/when"
)

// ruleKnock is the reason of a reply that only tries whether somebody can be written to directly.
const ruleKnock = "knock"

// callID names the call of a person on a day: there is one at most.
func callID(person string, at time.Time, zone *time.Location) string {
	return "call." + person + "." + when.Today(at, zone)
}

// call deals with a person for whom something waits that no platform let through: they are called, by a post that tells
// nothing of it, in a channel that was chosen for that. Where there is none a coordinator is told.
func (b *Bot) call(ctx context.Context, tenant coalition.Coalition, t flows.Timer) error {
	w := b.work(t.Coalition)
	w.audit = flows.Audit{At: b.Now(), Person: t.Object, Verb: "sweep", Object: t.Object}
	p, here, err := find[coalition.Person](ctx, w, personRef(t.Object))
	if err != nil {
		return err
	}
	waiting, err := unread(ctx, w, t.Object)
	if err != nil {
		return err
	}
	fresh := slices.ContainsFunc(waiting, func(m flows.Waiting) bool { return m.At.After(p.Lost.Called) })
	facts := nudge.Facts{Person: p, Now: b.Now(), Zone: b.zone(p.Zone, tenant.Zone)}
	facts.Person.Hours = tenant.HoursOf(p)
	called := when.Today(p.Lost.Called, facts.Zone) == when.Today(facts.Now, facts.Zone) // then the next day's call is about it
	if !here || p.Lost.Why == "" || !fresh || called {
		w.fire(t)
		return b.commit(ctx, w) // it was read, or they were called, or they are reached again
	}
	if v := nudge.Call(flows.Delivery{Kind: flows.Post, At: facts.Now}, facts); v.Do == nudge.Wait {
		t.Since, t.At = t.First(), v.Until
		w.moved = append(w.moved, t)
		return b.commit(ctx, w)
	}
	w.fire(t)
	for _, id := range tenant.CalledIn(p) {
		s, ok, err := find[coalition.Space](ctx, w, flows.Ref{Kind: flows.KindSpace, ID: id})
		if err != nil {
			return err
		}
		if ok && s.Refused() == "" {
			p.Lost.Called = facts.Now
			if err := w.put(personRef(p.ID), p); err != nil {
				return err
			}
			w.deliver(flows.Delivery{
				ID: callID(p.ID, facts.Now, facts.Zone), Coalition: t.Coalition, Kind: flows.Post, Space: id, Message: callMessage(p.ID),
				At: facts.Now, Since: t.First(),
			})
			return b.commit(ctx, w)
		}
	}
	w.timers = append(w.timers, nudge.LostTimer(t.Coalition, p.ID, p.Lost))
	return b.commit(ctx, w)
}

// callMessage calls a person. Everybody sees it, so it does not say what waits.
func callMessage(person string) flows.Message {
	read := button("call.read", flows.Token{Verb: flows.VerbWaiting, Object: person})
	read.Primary = true
	return flows.Message{
		Calls: person, Parts: []flows.Part{said(flows.StyleBody, "call.waits", nil)}, Controls: []flows.Control{read},
	}
}

// unread lists what waits for a person and was not shown to them yet, the oldest first.
func unread(ctx context.Context, w *work, person string) ([]flows.Waiting, error) {
	list, err := all[flows.Waiting](ctx, w, flows.KindWaiting, person)
	list = slices.DeleteFunc(list, func(m flows.Waiting) bool { return !m.Read.IsZero() })
	slices.SortFunc(list, func(a, b flows.Waiting) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Delivery.ID, b.Delivery.ID))
	})
	return list, err
}
