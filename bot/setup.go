package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
)

// Verbs of the first minutes, as help names them and as the Object of their buttons.
const (
	menuSample = "sample"
	menuAbout  = "about"
)

// firstChoices are what somebody who has just met Convenor can do. sample says whether to offer it.
func firstChoices(sample bool) []flows.Control {
	list := []flows.Control{
		button("setup.sample", flows.Token{Verb: flows.VerbMenu, Object: menuSample}),
		button("setup.begin", flows.Token{Verb: flows.VerbMenu, Object: flowSetup}),
		button("setup.about", flows.Token{Verb: flows.VerbMenu, Object: menuAbout}),
	}
	if !sample {
		return list[1:]
	}
	list[0].Primary = true
	return list
}

// hello greets a channel that Convenor was added to, with three choices.
func hello() flows.Message {
	return flows.Message{
		Parts:    []flows.Part{said(flows.StyleHeading, "menu.hello", nil), said(flows.StyleBody, "menu.hello-what", nil)},
		Controls: firstChoices(true),
	}
}

// greet greets a place that Convenor was added to, once and in one channel, when nobody has used it there before. Nobody
// is recorded by it: who acts first there is the first.
func (b *Bot) greet(ctx context.Context, in Inbound) error {
	if !in.Opened.Added || in.Channel == "" || oddIDs(in) {
		return nil
	}
	return b.persist(ctx, func() error {
		id, err := b.coalitionOf(ctx, in.Place)
		if err != nil {
			return err
		}
		w, at := b.work(id), b.Now()
		w.key, w.audit = in.Key, flows.Audit{At: at, Verb: "open"}
		home, _, err := find[coalition.Coalition](ctx, w, flows.Ref{Kind: flows.KindCoalition, ID: id})
		if err != nil || home.Moved != "" || slices.Contains(home.Places, in.Place) {
			return err
		}
		spaces, err := all[coalition.Space](ctx, w, flows.KindSpace, "")
		if err != nil || slices.ContainsFunc(spaces, func(s coalition.Space) bool { return s.Place == in.Place }) {
			return err
		}
		space := coalition.Space{
			ID: coalition.SpaceID(in.Place, in.Channel), Platform: in.Platform, Place: in.Place, Channel: in.Channel, Locale: spoken(in.Locale, flows.English),
		}
		if err := w.put(flows.Ref{Kind: flows.KindSpace, ID: space.ID}, space); err != nil {
			return err
		}
		w.deliver(w.delivery(origin{ID: b.ID(), At: at}, 0, "", space.ID, hello()))
		if err := b.commit(ctx, w); !errors.Is(err, flows.ErrSeen) {
			return err
		}
		return nil
	})
}

// setUp asks a coordinator how Convenor works for this coalition, or goes on with it.
func (v *visit) setUp(ctx context.Context, _ string) error {
	return v.begin(ctx, errand{flow: flowSetup, space: v.space})
}

// settle keeps what the set-up's answers say.
func (v *visit) settle(ctx context.Context, h flows.HandOver) (flows.Change, error) {
	home, _, err := find[coalition.Coalition](ctx, v.work, flows.Ref{Kind: flows.KindCoalition, ID: v.coalition})
	if err != nil {
		return flows.Change{}, err
	}
	named := h.Fields["coordinator"]
	if named.Kind != flows.ValuePerson || named.Person == v.person.ID {
		return coalition.SetUp(h, home, v.person, nil), nil
	}
	with, ok, err := find[coalition.Person](ctx, v.work, personRef(named.Person))
	if err != nil || !ok {
		return coalition.SetUp(h, home, v.person, nil), err
	}
	return coalition.SetUp(h, home, v.person, &with), nil
}

// about says truthfully what is stored.
func (v *visit) about(context.Context, string) error {
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "about.title", nil)}}
	for _, words := range []string{"about.people", "about.answers", "about.steps", "about.signups", "about.log"} {
		m.Parts = append(m.Parts, said(flows.StyleItem, words, nil))
	}
	m.Parts = append(m.Parts, said(flows.StyleBody, "about.not", nil), said(flows.StyleBody, "about.who", nil))
	m.Controls = []flows.Control{
		button("menu.me", flows.Token{Verb: flows.VerbMe}), button("menu.open", flows.Token{Verb: flows.VerbMenu}),
	}
	v.whisper = &m
	return nil
}

// sample plays two questions for one person. What was answered so far travels in the buttons, so nothing of it is kept.
func (v *visit) sample(_ context.Context, so string) error {
	first, second := []string{"yes", "partly", "no"}, []string{"ride", "id", "place"}
	one, two, _ := strings.Cut(strings.ToLower(so), ".")
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "sample.title", nil)}}
	ask := func(question, before string, options []string) {
		m.Parts = append(m.Parts, said(flows.StyleBody, question, nil), said(flows.StyleSmall, "sample.private", nil))
		for _, o := range options {
			m.Controls = append(m.Controls, button("sample."+o, flows.Token{Verb: flows.VerbMenu, Object: menuSample, Arg: before + o}))
		}
	}
	switch {
	case !slices.Contains(first, one):
		ask("sample.q1", "", first)
	case !slices.Contains(second, two):
		ask("sample.q2", one+".", second)
	default:
		line := func(question, answer string) flows.Part {
			return said(flows.StyleItem, "sample.line", map[string]flows.Arg{
				"question": {Words: question}, "answer": {Words: "sample." + answer},
			})
		}
		m.Parts = []flows.Part{
			said(flows.StyleHeading, "sample.minutes", nil), line("sample.q1", one), line("sample.q2", two),
			said(flows.StyleBody, "sample.over", nil),
		}
		m.Controls = append(firstChoices(false), button("sample.again", flows.Token{Verb: flows.VerbMenu, Object: menuSample}))
	}
	v.whisper = &m
	return nil
}
