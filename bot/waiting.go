package bot

import (
	"context"
	"slices"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
)

// waitingPress shows the reader what could not be brought to them: one message at a time, as it is true now, with its
// own buttons. It stays theirs to read again until it is forgotten.
func (v *visit) waitingPress(ctx context.Context, t flows.Token) error {
	if why := v.may(t.Verb, coalition.Object{Owner: t.Object}); why != coalition.Yes || t.Object != v.person.ID {
		return v.refused(coalition.NotTheirs)
	}
	return v.waits(ctx)
}

// waits shows the next message that waits for the person, or else the one they read last.
func (v *visit) waits(ctx context.Context) error {
	list, err := unread(ctx, v.work, v.person.ID)
	if err != nil {
		return err
	}
	facts, err := v.factsOf(ctx, list)
	if err != nil {
		return err
	}
	for i, m := range list {
		said, ok := nudge.Still(m.Delivery, facts)
		m.Read = v.at
		if err := v.put(waitingRef(v.person.ID, m.Delivery.ID), m); err != nil {
			return err
		}
		if ok {
			return v.hand(said, len(list)-i-1)
		}
	}
	return v.lastRead(ctx)
}

// lastRead shows again what was read last: an answer inside an interaction can get lost on its way.
func (v *visit) lastRead(ctx context.Context) error {
	list, err := all[flows.Waiting](ctx, v.work, flows.KindWaiting, v.person.ID)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b flows.Waiting) int { return b.Read.Compare(a.Read) })
	for _, m := range list[:min(1, len(list))] {
		facts, err := v.factsOf(ctx, list[:1])
		if err != nil {
			return err
		}
		if said, ok := nudge.Still(m.Delivery, facts); ok && !m.Read.IsZero() {
			return v.hand(said, 0)
		}
	}
	return v.say("call.nothing", button("menu.open", flows.Token{Verb: flows.VerbMenu}))
}

// hand whispers a message that waited. more is how many wait behind it.
func (v *visit) hand(m flows.Message, more int) error {
	m.Parts = slices.Clone(m.Parts)
	var also []flows.Control
	if more > 0 {
		m.Parts = append(m.Parts, said(flows.StyleSmall, "call.more", map[string]flows.Arg{"count": {Number: &more}}))
		also = append(also, button("call.next", flows.Token{Verb: flows.VerbWaiting, Object: v.person.ID}))
	}
	if platform, _ := v.person.Closed(); platform != "" {
		m.Parts = append(m.Parts, said(flows.StyleSmall, "call.closed", nil))
		also = append(also, button("call.knock", flows.Token{Verb: flows.VerbKnock}))
	}
	last := len(m.Controls) // a nudge says what its last button does
	if last > 0 && m.Controls[last-1].Token.Verb == flows.VerbFewer {
		last--
	}
	m.Controls = slices.Insert(slices.Clone(m.Controls), last, also...)
	v.whisper = &m
	if slices.ContainsFunc(m.Parts, func(p flows.Part) bool { return p.Words == "nudge.first" }) && explained(&v.person) {
		return v.put(personRef(v.person.ID), v.person)
	}
	return nil
}

// factsOf reads what messages that wait for the person are about.
func (v *visit) factsOf(ctx context.Context, list []flows.Waiting) (nudge.Facts, error) {
	var about []flows.Timer
	for _, m := range list {
		for _, r := range append([]flows.Reason{m.Delivery.Reason}, m.Delivery.Also...) {
			if m.Delivery.Kind == flows.Nudge && r.Object != "" {
				about = append(about, flows.Timer{Rule: r.Rule, Object: r.Object})
			}
		}
	}
	facts, err := factsAbout(ctx, v.work, about)
	facts.Person, facts.Now, facts.Zone = v.person, v.at, v.zone(v.person)
	return facts, err
}

// knock tries whether the person can be written to directly again.
func (v *visit) knock(_ context.Context, _ flows.Token) error {
	m := flows.Message{
		Parts:    []flows.Part{said(flows.StyleBody, "call.here-again", nil)},
		Controls: []flows.Control{button("call.read", flows.Token{Verb: flows.VerbWaiting, Object: v.person.ID})},
	}
	d := v.delivery(origin{ID: v.b.ID(), Person: v.person.ID, Via: v.in.Platform, At: v.at}, 0, v.person.ID, "", m)
	d.Reason = flows.Reason{Rule: ruleKnock}
	v.deliver(d)
	return v.say("call.knocked")
}

// comesOut notes that somebody who could not be written to directly has written to Convenor directly, and tells them what
// waits.
func (v *visit) comesOut(ctx context.Context) error {
	if v.in.Channel != "" || v.in.Typed == nil || v.person.Unreachable[v.in.Platform] == "" {
		return nil
	}
	reached(v.in.Platform, "")(&v.person)
	var m flows.Message
	if err := v.myWaiting(ctx, &m); err != nil {
		return err
	}
	if len(m.Parts) > 0 {
		v.deliver(v.delivery(origin{ID: v.b.ID(), Person: v.person.ID, Via: v.in.Platform, At: v.at}, 0, v.person.ID, "", m))
	}
	return v.put(personRef(v.person.ID), v.person)
}

// inside answers somebody whom no platform lets be written to directly where they act: what they would be sent goes back
// inside the interaction, so that a conversation goes on.
func (v *visit) inside() {
	if v.in.Channel == "" || v.form != nil || !v.b.shutOut(v.person) {
		return
	}
	var m flows.Message
	v.out = slices.DeleteFunc(v.out, func(d flows.Delivery) bool {
		mine := d.Kind == flows.Reply && d.Person == v.person.ID && !d.Edit && d.Reason.Rule != ruleKnock
		if mine {
			m.Parts, m.Controls = append(m.Parts, d.Message.Parts...), append(m.Controls, d.Message.Controls...)
		}
		return mine
	})
	switch {
	case len(m.Parts) == 0:
		return
	case v.whisper != nil && !isWords(*v.whisper, "menu.sent"):
		m.Parts = append(slices.Clone(v.whisper.Parts), m.Parts...)
		m.Controls = append(m.Controls, v.whisper.Controls...)
	}
	v.whisper = &m
}

func isWords(m flows.Message, words string) bool {
	return len(m.Parts) == 1 && m.Parts[0].Words == words
}

// shutOut reports whether each platform on which a person could be written to refuses that.
func (b *Bot) shutOut(p coalition.Person) bool {
	some := false
	for _, id := range p.Identities {
		platform, _, _ := account(id)
		if _, ok := b.platforms[platform]; !ok {
			continue
		}
		if some = true; p.Unreachable[platform] == "" { // where Convenor is not connected, too: a reply there goes astray
			return false
		}
	}
	return some
}

// callHere offers a coordinator to have people called in this channel, or no longer.
func (v *visit) callHere(ctx context.Context, _ string) error {
	if v.space == "" {
		return v.say("call.where", button("menu.open", flows.Token{Verb: flows.VerbMenu}))
	}
	return v.offerCalls(ctx, v.space)
}

func (v *visit) offerCalls(_ context.Context, space string) error {
	choice := func(words, arg string) flows.Control {
		return button(words, flows.Token{Verb: flows.VerbCall, Object: space, Arg: arg})
	}
	if v.home.Calls[v.in.Place] == space {
		return v.say("call.is-here", choice("call.no-more", "no"))
	}
	yes := choice("call.yes", "yes")
	yes.Primary = true
	v.whisper = &flows.Message{
		Parts:    []flows.Part{said(flows.StyleBody, "call.offer", nil), said(flows.StyleSmall, "call.offer-how", nil)},
		Controls: []flows.Control{yes},
	}
	return nil
}

// callPress keeps where people may be called.
func (v *visit) callPress(ctx context.Context, t flows.Token) error {
	s, ok, err := find[coalition.Space](ctx, v.work, flows.Ref{Kind: flows.KindSpace, ID: t.Object})
	switch {
	case err != nil:
		return err
	case !ok:
		return v.say("error.gone")
	case t.Arg != "yes" && t.Arg != "no":
		return v.callHere(ctx, "")
	}
	if err := v.wish(ctx, coalition.CallHere(v.home, s, t.Arg == "yes")); err != nil {
		return err
	}
	if t.Arg == "no" {
		return v.say("call.stopped")
	}
	return v.say("call.chosen", button("call.no-more", flows.Token{Verb: flows.VerbCall, Object: s.ID, Arg: "no"}))
}
