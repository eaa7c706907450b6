package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/roster"
)

// linkPerson makes the one who acts the same person as the one who asked for the code. All of it is one commit. done is
// false when something would be lost by it.
func (v *visit) linkPerson(ctx context.Context, l coalition.Link) (done bool, err error) {
	into, ok, err := find[coalition.Person](ctx, v.work, personRef(l.By))
	if err != nil {
		return false, err
	}
	if !ok || into.Same != "" {
		return false, v.say("link.unknown", button("link.new", flows.Token{Verb: flows.VerbMenu, Object: "link"}))
	}
	from := v.person
	twice, err := v.moveSignUps(ctx, from.ID, into.ID)
	if err != nil {
		return false, err
	}
	if twice {
		return false, v.say("link.two-signups", button("menu.me", flows.Token{Verb: flows.VerbMe}))
	}
	whole, left := coalition.Unite(into, from)
	for _, identity := range from.Identities {
		ref := flows.Ref{Kind: flows.KindIdentity, ID: identity}
		if err := v.load(ctx, ref); err != nil {
			return false, err
		}
		if err := v.put(ref, whole.ID); err != nil {
			return false, err
		}
	}
	for _, p := range []coalition.Person{whole, left} {
		if err := v.put(personRef(p.ID), p); err != nil {
			return false, err
		}
	}
	for _, move := range []func(ctx context.Context, from, into coalition.Person) error{
		v.moveSteps, v.moveRuns, v.moveRounds, v.moveNudged, v.moveWaiting,
	} {
		if err := move(ctx, from, whole); err != nil {
			return false, err
		}
	}
	// Somebody who steps down as coordinator at the same moment counts the coordinators: one of the two comes second.
	if err := v.put(flows.Ref{Kind: flows.KindCoalition, ID: v.coalition}, v.home); err != nil {
		return false, err
	}
	v.person = whole
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleBody, "link.person-done", nil), said(flows.StyleBody, "link.prefer", nil),
	}}
	m.Controls = v.preferences()
	v.whisper = &m
	return true, nil
}

// preferences are buttons for where reminders come, one for each platform on which the person has an account.
func (v *visit) preferences() []flows.Control {
	var list []flows.Control
	seen := map[string]bool{}
	for _, identity := range v.person.Identities {
		platform, _, _ := account(identity)
		if words := preferWords(platform); words != "" && !seen[platform] {
			seen[platform] = true
			list = append(list, button(words, flows.Token{Verb: flows.VerbMenu, Object: "nudges", Arg: platform}))
		}
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

// has reports whether the person has an account on a platform.
func (v *visit) has(platform string) bool {
	return slices.ContainsFunc(v.person.Identities, func(identity string) bool { return strings.HasPrefix(identity, platform+":") })
}

func preferWords(platform string) string {
	return map[string]string{"slack": "link.prefer-slack", "discord": "link.prefer-discord"}[platform]
}

// moveSignUps gives sign-ups to the person that another has become; twice is true when both have one of the same kind.
func (v *visit) moveSignUps(ctx context.Context, from, into string) (twice bool, err error) {
	refs := []flows.Ref{messengerRef(from), messengerRef(into), stakeholderRef(from), stakeholderRef(into)}
	if err := v.load(ctx, refs...); err != nil {
		return false, err
	}
	m, mine, err := find[roster.Messenger](ctx, v.work, messengerRef(from))
	if err != nil {
		return false, err
	}
	s, seat, err := find[roster.Stakeholder](ctx, v.work, stakeholderRef(from))
	if err != nil {
		return false, err
	}
	_, hasMessenger := v.found[messengerRef(into)]
	_, hasSeat := v.found[stakeholderRef(into)]
	if mine && hasMessenger || seat && hasSeat {
		return true, nil
	}
	if mine {
		m.Person = into
		if err := v.put(messengerRef(into), m); err != nil {
			return false, err
		}
		v.drop(messengerRef(from))
	}
	if seat {
		s.Person = into
		if err := v.put(stakeholderRef(into), s); err != nil {
			return false, err
		}
		v.drop(stakeholderRef(from))
	}
	return false, nil
}

// moveSteps gives the steps that a person leads or named to the one they have become, with a ladder of reminders.
func (v *visit) moveSteps(ctx context.Context, from, into coalition.Person) error {
	steps, err := all[plan.Step](ctx, v.work, flows.KindStep, "")
	if err != nil {
		return err
	}
	act := plan.Act{Coalition: v.coalition, Person: into, Zone: v.zone(into), At: v.at}
	act.Person.Hours = v.home.HoursOf(into)
	for _, s := range steps {
		c, changed := plan.Became(s, act, from.ID)
		if !changed {
			continue
		}
		if err := v.fold(ctx, c, origin{ID: fmt.Sprintf("%s.%d", s.ID, s.Rev+1), Person: into.ID, Via: v.in.Platform, At: v.at}); err != nil {
			return err
		}
	}
	return nil
}

// moveRuns gives a person's open conversations to the one they have become.
func (v *visit) moveRuns(ctx context.Context, from, into coalition.Person) error {
	open, err := all[flows.Open](ctx, v.work, flows.KindOpen, from.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		ref := flows.Ref{Kind: flows.KindRun, ID: o.Run}
		run, ok, err := find[flows.Run](ctx, v.work, ref)
		if err != nil {
			return err
		}
		if err := v.load(ctx, openRef(into.ID, o.Run)); err != nil {
			return err
		}
		v.drop(openRef(from.ID, o.Run))
		if !ok {
			continue
		}
		run.Person = into.ID
		if err := v.put(ref, run); err != nil {
			return err
		}
		if err := v.put(openRef(into.ID, o.Run), o); err != nil {
			return err
		}
	}
	current, ok, err := find[string](ctx, v.work, currentRef(from.ID))
	if err != nil || !ok {
		return err
	}
	v.drop(currentRef(from.ID))
	if _, busy, err := find[string](ctx, v.work, currentRef(into.ID)); err != nil || busy {
		return err
	}
	return v.put(currentRef(into.ID), current)
}

// moveRounds gives a person's answers in rounds that are under way, and who leads those, to the one they have become:
// then nobody is counted twice. What both have answered stays as it was given.
func (v *visit) moveRounds(ctx context.Context, from, into coalition.Person) error {
	spaces, err := all[coalition.Space](ctx, v.work, flows.KindSpace, "")
	if err != nil {
		return err
	}
	for _, s := range spaces {
		if err := v.moveMember(ctx, s.ID, from.ID, into.ID); err != nil {
			return err
		}
		ref := flows.Ref{Kind: flows.KindRun, ID: s.Run}
		run, ok, err := find[flows.Run](ctx, v.work, ref)
		if s.Run == "" || err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		if run.Person == from.ID {
			run.Person = into.ID
			if err := v.put(ref, run); err != nil {
				return err
			}
		}
		if err := v.moveAnswers(ctx, run.ID, from.ID, into.ID); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) moveAnswers(ctx context.Context, run, from, into string) error {
	answers, err := all[flows.Answer](ctx, v.work, flows.KindAnswer, run)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.Person != from {
			continue
		}
		to := answerRef(run, a.Node, into)
		if _, both := v.found[to]; both {
			continue
		}
		v.drop(answerRef(run, a.Node, from))
		a.Person = into
		if err := v.put(to, a); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) moveMember(ctx context.Context, space, from, into string) error {
	was, ok, err := find[coalition.Member](ctx, v.work, memberRef(space, from))
	if err != nil || !ok {
		return err
	}
	v.drop(memberRef(space, from))
	is, both, err := find[coalition.Member](ctx, v.work, memberRef(space, into))
	if err != nil || both && is.Last >= was.Last {
		return err
	}
	return v.put(memberRef(space, into), was)
}

// moveNudged lets the reminder that one of the two had last count against the day's budget of both.
func (v *visit) moveNudged(ctx context.Context, from, into coalition.Person) error {
	was, ok, err := find[flows.Receipt](ctx, v.work, nudgedRef(from.ID))
	if err != nil || !ok {
		return err
	}
	is, both, err := find[flows.Receipt](ctx, v.work, nudgedRef(into.ID))
	if err != nil || both && !was.At.After(is.At) {
		return err
	}
	return v.put(nudgedRef(into.ID), was)
}

// moveWaiting gives what could not be brought to a person to the one they have become.
func (v *visit) moveWaiting(ctx context.Context, from, into coalition.Person) error {
	list, err := all[flows.Waiting](ctx, v.work, flows.KindWaiting, from.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	if err := v.load(ctx, flows.Ref{Kind: flows.KindWaiting, Under: into.ID}); err != nil {
		return err
	}
	for _, m := range list {
		v.drop(waitingRef(from.ID, m.Delivery.ID))
		m.Delivery.Person = into.ID
		if err := v.put(waitingRef(into.ID, m.Delivery.ID), m); err != nil {
			return err
		}
	}
	return nil
}
