package bot

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
)

// Rules by which a delivery ends before the gate is asked. The gate's own are in package nudge.
const (
	ruleNobody      = "nobody"          // whoever it was for is not here any more
	ruleNothing     = "not-posted"      // an edit of a message that stands nowhere
	ruleSuperseded  = "superseded"      // an edit of a message that a later one edits again
	ruleUnreachable = coalition.NoWay   // no platform can reach the person
	ruleGivenUp     = coalition.GivenUp // it failed too often for too long
)

// owed is a delivery with everything that decides about it, as read at one moment.
type owed struct {
	flows.Delivery
	mark    string // what it is posted under: its id or, when that part of a grouped nudge was said before, another part's
	tenant  coalition.Coalition
	person  coalition.Person // when it goes to a person
	space   coalition.Space  // when it goes to a space
	here    bool             // the person or the space is there
	called  coalition.Person // whom the message calls
	posted  flows.Posted     // where the message stands that it edits, or that it posts again
	stands  bool             // posted is known
	parent  flows.Posted     // the message in whose thread it goes; zero when there is none
	revs    map[flows.Ref]int64
	facts   nudge.Facts
	reasons []flows.Reason
	nudged  time.Time // when the last nudge was sent to the person
	asked   []flows.Ref
	records []flows.Record // what there is of asked
}

// receiptRef names the receipt of a delivery.
func receiptRef(d flows.Delivery) flows.Ref {
	under := d.Space
	if d.Person != "" {
		under = d.Person
	}
	return flows.Ref{Kind: flows.KindReceipt, Under: under, ID: d.ID}
}

// nudgedRef names the receipt of the last nudge that was sent to a person.
func nudgedRef(person string) flows.Ref { return flows.Ref{Kind: flows.KindNudged, ID: person} }

// owed reads, in one round trip, what decides about d: who it is for, what it reminds of, and what was sent before.
func (b *Bot) owed(ctx context.Context, d flows.Delivery) (owed, error) {
	o := owed{Delivery: d, mark: d.ID, revs: map[flows.Ref]int64{}}
	needed := []flows.Ref{{Kind: flows.KindCoalition, ID: d.Coalition}, o.whom()}
	receipts := receiptRef(d)
	if d.Kind == flows.Nudge {
		needed = append(needed, nudgedRef(d.Person)) // it counts against the day's budget
		if d.Reason.Rule != "" {
			o.reasons = append([]flows.Reason{d.Reason}, d.Also...)
		}
	}
	needed = append(needed, receipts)
	if d.Message.Key != "" {
		needed = append(needed, flows.Ref{Kind: flows.KindPosted, ID: d.Message.Key})
	}
	if d.Message.Thread != "" {
		needed = append(needed, flows.Ref{Kind: flows.KindPosted, ID: d.Message.Thread})
	}
	if d.Message.Calls != "" {
		needed = append(needed, personRef(d.Message.Calls))
	}
	for _, r := range o.reasons {
		if r.Object != "" {
			needed = append(needed, objectRef(r.Rule, r.Object))
		}
	}
	needed = append(needed, References(d.Message)...) // its words
	records, err := b.Ledger.Load(ctx, d.Coalition, needed...)
	if err != nil {
		return o, fmt.Errorf("load what decides about a delivery: %w", err)
	}
	o.asked, o.records = needed, records
	o.facts.Deadlines, o.facts.Lost = map[string]nudge.Deadline{}, map[string]nudge.Lost{}
	for _, r := range records {
		if err := o.take(r); err != nil {
			return o, err
		}
	}
	o.facts.Person = o.person
	if d.Message.Calls != "" {
		o.facts.Person = o.called
	}
	o.facts.Person.Hours = o.tenant.HoursOf(o.facts.Person)
	o.facts.Zone = b.zone(o.facts.Person.Zone, o.tenant.Zone)
	return o, nil
}

// anew reads again what decides about o, which may have changed since: what somebody took back meanwhile must not be
// said. What a look left over of it, and under which mark, stays.
func (b *Bot) anew(ctx context.Context, o owed) (owed, error) {
	fresh, err := b.owed(ctx, o.Delivery)
	fresh.mark = o.mark
	return fresh, err
}

// whom names the record of whoever the delivery is for.
func (o *owed) whom() flows.Ref {
	if o.Space != "" {
		return flows.Ref{Kind: flows.KindSpace, ID: o.Space}
	}
	return flows.Ref{Kind: flows.KindPerson, ID: o.Person}
}

// take adds one record to what is known.
func (o *owed) take(r flows.Record) error {
	o.revs[r.Ref] = r.Rev
	switch r.Kind {
	case flows.KindCoalition:
		return decode(r.Ref, r.Data, &o.tenant)
	case flows.KindPerson, flows.KindSpace:
		return o.takeWhom(r)
	case flows.KindPosted:
		if r.ID != o.Message.Key {
			return decode(r.Ref, r.Data, &o.parent)
		}
		o.stands = true
		return decode(r.Ref, r.Data, &o.posted)
	case flows.KindReceipt, flows.KindNudged:
		var receipt flows.Receipt
		if err := decode(r.Ref, r.Data, &receipt); err != nil {
			return err
		}
		o.facts.Receipts = append(o.facts.Receipts, receipt)
		if r.Kind == flows.KindNudged {
			o.nudged = receipt.At
		}
	case flows.KindStep:
		var step plan.Step
		if err := decode(r.Ref, r.Data, &step); err != nil {
			return err
		}
		o.facts.Deadlines[step.ID] = step.Deadline()
	}
	return nil
}

// takeWhom adds a person or a space: whoever the delivery is for, or somebody it is about.
func (o *owed) takeWhom(r flows.Record) error {
	var p coalition.Person
	var s coalition.Space
	var err error
	if r.Kind == flows.KindPerson {
		err = decode(r.Ref, r.Data, &p)
		o.facts.Lost[r.ID] = nudge.Lost{Lost: p.Lost, Person: p.ID}
	} else {
		err = decode(r.Ref, r.Data, &s)
		o.facts.Lost[r.ID] = nudge.Lost{Lost: s.Lost, Name: s.Name, Private: s.Private}
	}
	if r.Ref == o.whom() {
		o.here, o.person, o.space = true, p, s
	}
	if r.ID == o.Message.Calls {
		o.called = p
	}
	return err
}

// objectRef names what a reason or a timer is about: a step, or whom or what nothing gets through to. A space's id has
// colons in it, a person's has none.
func objectRef(rule, object string) flows.Ref {
	switch {
	case nudge.Kind(rule) != nudge.Unreached:
		return flows.Ref{Kind: flows.KindStep, ID: object}
	case strings.Contains(object, ":"):
		return flows.Ref{Kind: flows.KindSpace, ID: object}
	default:
		return personRef(object)
	}
}

// gate is the one gate: nothing is sent that it has not let through. A delivery that nobody is there for, or that edits
// what stands nowhere, ends here too.
func (b *Bot) gate(o owed) nudge.Verdict {
	switch {
	case !o.here:
		return nudge.Verdict{Do: nudge.Drop, Rule: ruleNobody}
	case o.Edit && !o.stands:
		return nudge.Verdict{Do: nudge.Drop, Rule: ruleNothing}
	case o.Message.Calls != "" && o.called.Lost.Why == "": // they were reached meanwhile
		return nudge.Verdict{Do: nudge.Drop, Rule: nudge.RuleStale}
	}
	o.facts.Now = b.Now()
	if o.Message.Calls != "" {
		return nudge.Call(o.Delivery, o.facts)
	}
	return nudge.Gate(o.Delivery, o.facts)
}

// locale is the language of whoever the delivery is for, or whom it calls.
func (o *owed) locale() flows.Locale {
	return cmp.Or(o.person.Locale, o.called.Locale, o.tenant.Locale, o.space.Locale)
}

// zone returns the first of the named zones that is known, else UTC: a message at a wrong hour is mended by its reader,
// one that never comes is not.
func (b *Bot) zone(names ...string) *time.Location {
	for _, name := range names {
		if name == "" {
			continue
		}
		if loc, err := b.Zone(name); err == nil {
			return loc
		}
	}
	return time.UTC
}

// personChange is what sending teaches about a person. It reports whether anything changed.
type personChange func(*coalition.Person) bool

// reached notes whether a platform reaches the person: an empty reason means that it does.
func reached(platform, reason string) personChange {
	return func(p *coalition.Person) bool {
		if p.Unreachable[platform] == reason && (reason != "" || p.Lost.Why == "") {
			return false
		}
		if reason == "" {
			delete(p.Unreachable, platform)
			p.Lost = coalition.Lost{}
			return true
		}
		if p.Unreachable == nil {
			p.Unreachable = map[string]string{}
		}
		p.Unreachable[platform] = reason
		return true
	}
}

// explained notes that the person has been told what nudges are.
func explained(p *coalition.Person) bool {
	if p.Explained {
		return false
	}
	p.Explained = true
	return true
}

// learned is what a sent delivery teaches by the gate's verdict.
func learned(v nudge.Verdict) []personChange {
	if v.Explains {
		return []personChange{explained}
	}
	return nil
}
