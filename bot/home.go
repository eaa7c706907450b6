package bot

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
)

// HomeKeeper is a Platform on which a person has a page of their own that stays open.
type HomeKeeper interface {
	// HomeChanged tells that what Bot.Home returns for a person may be another now. It does not block.
	HomeChanged(place, user string)
}

// Home is what a person sees where Convenor lives: what is next for them, what they have, what they can do and choose.
// Nothing is kept by looking.
func (b *Bot) Home(ctx context.Context, place, user string) (m Message, err error) {
	platform, _, _ := account(coalition.Identity(place, user))
	v := &visit{
		in: Inbound{Platform: platform, Place: place, User: user, Opened: &Opened{}},
		at: b.Now(), profiles: map[string]told{},
	}
	err = b.guard(ctx, func() error {
		if err := v.meet(ctx, b); err != nil {
			return err
		}
		if err := v.homeTab(ctx); err != nil {
			return err
		}
		m, err = b.render(ctx, v.coalition, v.person.Locale, v.zoneName(v.person), *v.whisper)
		return err
	})
	if err != nil {
		return Message{}, fmt.Errorf("draw the home of a person: %w", err)
	}
	return m, nil
}

// homeTab puts together what is next for the person, their steps, conversations and sign-ups, what they can do, and their
// choices.
func (v *visit) homeTab(ctx context.Context) error {
	p := v.person.ID
	err := v.load(ctx, messengerRef(p), stakeholderRef(p), flows.Ref{Kind: flows.KindStep}, flows.Ref{Kind: flows.KindOpen, Under: p})
	if err != nil {
		return err
	}
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "home.title", nil)}}
	if err := v.nextUp(ctx, &m); err != nil {
		return err
	}
	for _, add := range []func(context.Context, *flows.Message) error{v.rosterAtHome, v.mySteps, v.myRuns, v.mySignUps} {
		if err := add(ctx, &m); err != nil {
			return err
		}
	}
	m.Parts = append(append(m.Parts, said(flows.StyleHeading, "me.settings", nil)), v.myself()...)
	m.Parts = append(m.Parts, said(flows.StyleSmall, "me.answers", nil))
	todo := slices.DeleteFunc(v.menu().Controls, func(c flows.Control) bool { // what this page itself shows
		return c.Token.Verb == flows.VerbMe || c.Token.Verb == flows.VerbLanguage
	})
	m.Controls = append(append(m.Controls, todo...), v.choices()...)
	v.whisper = &m
	return nil
}

// nextUp says the one thing that is next: a step that waits for a yes or no, the nearest step, or what was begun.
func (v *visit) nextUp(ctx context.Context, m *flows.Message) error {
	steps, err := v.steps(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(steps, func(a, b plan.Step) int { return offeredFirst(a) - offeredFirst(b) })
	open, err := all[flows.Open](ctx, v.work, flows.KindOpen, v.person.ID)
	if err != nil {
		return err
	}
	switch {
	case len(steps) > 0:
		words := "home.next-step"
		if steps[0].Status == plan.StatusOffered {
			words = "home.next-offer"
		}
		m.Parts = append(m.Parts, said(flows.StyleBody, words, map[string]flows.Arg{"what": {TextID: steps[0].What}}))
	case len(open) > 0:
		m.Parts = append(m.Parts, said(flows.StyleBody, "home.next-open", map[string]flows.Arg{"title": {Text: v.title(newest(open, 1)[0].Flow)}}))
	default:
		m.Parts = append(m.Parts, said(flows.StyleBody, "home.next-none", nil))
	}
	return nil
}

func offeredFirst(s plan.Step) int {
	if s.Status == plan.StatusOffered {
		return 0
	}
	return 1
}

// freshen tells the platforms that keep homes whose of them may have changed by what was just committed: those of the one
// who acted and of everybody who leads a step that was changed, or did.
func (b *Bot) freshen(ctx context.Context, v *visit) {
	keepers := map[string]HomeKeeper{}
	for name, p := range b.platforms {
		if k, ok := p.(HomeKeeper); ok {
			keepers[name] = k
		}
	}
	if len(keepers) == 0 || v.empty() {
		return
	}
	list, err := v.concernedAll(ctx)
	if err != nil {
		b.Log.LogAttrs(ctx, slog.LevelWarn, "the homes of those who coordinate could not be refreshed; they are when they are opened again", slog.Any("error", err))
	}
	for _, id := range list {
		p, ok, err := find[coalition.Person](ctx, v.work, personRef(id))
		if err != nil {
			b.Log.LogAttrs(ctx, slog.LevelWarn, "a home could not be refreshed; it is when it is opened again", slog.Any("error", err))
			return
		}
		if !ok {
			continue
		}
		for _, identity := range p.Identities {
			platform, place, user := account(identity)
			if k, keeps := keepers[platform]; keeps {
				k.HomeChanged(place, user)
			}
		}
	}
}

// concerned lists whom a piece of work is about, each once.
func (v *visit) concerned() []string {
	list := []string{v.person.ID}
	add := func(id string) {
		if id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	for _, ref := range v.order {
		switch ref.Kind {
		case flows.KindPerson:
			add(ref.ID)
		case flows.KindStep:
			for _, data := range [][]byte{v.found[ref].Data, v.staged[ref].Data} {
				var s plan.Step
				if len(data) > 0 && decode(ref, data, &s) == nil {
					add(s.Lead)
				}
			}
		}
	}
	return list
}
