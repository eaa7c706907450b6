package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/when"
)

// Wanted says what somebody is typing into an option of a command.
type Wanted string

// What can be suggested.
const (
	WantActivity Wanted = "activity"
	WantPerson   Wanted = "person"
	WantStep     Wanted = "step"
	WantDate     Wanted = "date"
)

// suggestMost is how many suggestions there are at most: Discord shows no more.
const suggestMost = 25

// suggestTyped is how much of what was typed is looked at, in bytes.
const suggestTyped = 100

// Suggest lists what somebody may mean by what they have typed so far, in their language: the likelier first, at most 25.
// An option's ID is what the command is to get. It reads and never writes: typing is no event, and nobody is recorded by
// it. in says who types and where.
func (b *Bot) Suggest(ctx context.Context, in Inbound, want Wanted, typed string) (list []Option, err error) {
	if len(typed) > suggestTyped || oddIDs(in) {
		return nil, nil
	}
	if t := b.limits.typing; t != nil && t.take(coalition.Identity(in.Place, in.User), b.Now()) > 0 {
		return nil, nil // the next letter asks again
	}
	err = b.guard(ctx, func() error {
		v, known, err := b.glance(ctx, in)
		if err != nil {
			return err
		}
		like := alike(typed)
		var found []suggestion
		switch {
		case want == WantActivity:
			found = v.likeActivities()
		case want == WantDate:
			list, err = v.suggested(ctx, v.likelyDates(like))
			return err
		case !known: // who is here and what they do is for those who belong here
			return nil
		case want == WantPerson:
			found, err = v.likePeople(ctx)
		case want == WantStep:
			found, err = v.likeSteps(ctx)
		}
		if err != nil {
			return err
		}
		all, err := v.suggested(ctx, found)
		list = matching(all, like)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("suggest: %w", err)
	}
	return list, nil
}

// glance is a visit that only looks: nothing in it may be committed. known is false for somebody who is not recorded.
func (b *Bot) glance(ctx context.Context, in Inbound) (v *visit, known bool, err error) {
	v = &visit{in: in, at: b.Now(), profiles: map[string]told{}}
	v.person.Locale = spoken(in.Locale, flows.English)
	v.home.Zone = zoneAtFirst
	id, err := b.Ledger.Place(ctx, in.Place)
	if err != nil {
		return v, false, fmt.Errorf("find the coalition of a place: %w", err)
	}
	v.work = b.work(id)
	for id != "" {
		home, ok, err := find[coalition.Coalition](ctx, v.work, flows.Ref{Kind: flows.KindCoalition, ID: id})
		if err != nil || !ok {
			return v, false, err
		}
		if home.Moved == "" {
			v.home = home
			break
		}
		id = home.Moved
		v.work = b.work(id)
	}
	if id == "" {
		return v, false, nil
	}
	person, ok, err := find[string](ctx, v.work, flows.Ref{Kind: flows.KindIdentity, ID: coalition.Identity(in.Place, in.User)})
	if err != nil || !ok {
		return v, false, err
	}
	p, ok, err := find[coalition.Person](ctx, v.work, personRef(person))
	if ok {
		v.person = p
	}
	return v, ok, err
}

// suggestion is an option before it is put into words.
type suggestion struct {
	id   string
	part flows.Part
}

// suggested puts suggestions into the reader's words.
func (v *visit) suggested(ctx context.Context, found []suggestion) ([]Option, error) {
	var list []Option
	for begin := 0; begin < len(found); begin += BlocksMax {
		some := found[begin:min(begin+BlocksMax, len(found))]
		m := flows.Message{}
		for _, s := range some {
			m.Parts = append(m.Parts, s.part)
		}
		out, err := v.b.render(ctx, v.coalition, v.person.Locale, v.zoneName(v.person), m)
		if err != nil {
			return nil, err
		}
		for i, block := range out.Blocks[:min(len(out.Blocks), len(some))] {
			list = append(list, Option{ID: some[i].id, Text: cut(oneLine(block.Text), LabelMax)})
		}
	}
	return list, nil
}

// matching keeps the options in which what was typed occurs, those that begin with it before the others.
func matching(list []Option, typed string) []Option {
	var first, later []Option
	for _, o := range list {
		switch shown := alike(o.Text); {
		case strings.HasPrefix(shown, typed):
			first = append(first, o)
		case strings.Contains(shown, typed):
			later = append(later, o)
		}
	}
	first = append(first, later...)
	return first[:min(len(first), suggestMost)]
}

func (v *visit) likeActivities() []suggestion {
	var list []suggestion
	for _, a := range v.b.Pack.Activities() {
		text := flows.Text{}
		for l, title := range a.Title {
			text[l] = a.ID + " " + title
		}
		list = append(list, suggestion{a.ID, flows.Part{Style: flows.StyleBody, Text: text}})
	}
	return list
}

// likePeople lists the people of the coalition. Whoever only volunteers is told of those on their own platform: the
// others they need not know.
func (v *visit) likePeople(ctx context.Context) ([]suggestion, error) {
	people, err := all[coalition.Person](ctx, v.work, flows.KindPerson, "")
	if err != nil {
		return nil, err
	}
	all := v.roleMay(v.person.Role, flows.VerbAsk)
	var list []suggestion
	for _, p := range people {
		here := slices.IndexFunc(p.Identities, func(identity string) bool { return strings.HasPrefix(identity, v.in.Platform+":") })
		if p.Same != "" || p.Name == "" || len(p.Identities) == 0 || here < 0 && !all {
			continue
		}
		list = append(list, suggestion{p.Identities[max(here, 0)], said(flows.StyleBody, "suggest.person", map[string]flows.Arg{"name": {Person: p.ID}})})
	}
	return list, nil
}

// likeSteps lists the action steps that are not over: the person's own first, then the nearest due date.
func (v *visit) likeSteps(ctx context.Context) ([]suggestion, error) {
	steps, err := all[plan.Step](ctx, v.work, flows.KindStep, "")
	if err != nil {
		return nil, err
	}
	steps = slices.DeleteFunc(steps, func(s plan.Step) bool { return s.Status == plan.StatusDone || s.Status == plan.StatusDropped })
	order := func(s plan.Step) string {
		if s.Lead == v.person.ID {
			return "a" + s.Due
		}
		if s.Due == "" {
			return "b" + undated
		}
		return "b" + s.Due
	}
	slices.SortStableFunc(steps, func(a, b plan.Step) int { return strings.Compare(order(a), order(b)) })
	var list []suggestion
	for _, s := range steps {
		list = append(list, suggestion{s.ID, said(flows.StyleBody, "suggest.step", map[string]flows.Arg{"what": {TextID: s.What}})})
	}
	return list, nil
}

// likelyDates lists what a date in people's words may mean; some near days while nothing is typed. What is not read yet
// has no suggestion: the flow asks about it in words.
func (v *visit) likelyDates(typed string) []suggestion {
	today := when.Today(v.at, v.zone(v.person))
	read, err := when.Date(typed, today, string(v.person.Locale))
	dates := read.Dates
	var close *when.CloseError
	var impossible *when.ImpossibleError
	switch {
	case typed == "":
		for _, days := range []int{1, 2, 3, 7, 14, 30} {
			dates = append(dates, when.AddDays(today, days))
		}
	case errors.As(err, &close):
		dates = close.Dates
	case errors.As(err, &impossible):
		dates = impossible.Offers
	}
	var list []suggestion
	for _, d := range dates {
		list = append(list, suggestion{d, said(flows.StyleBody, "suggest.date", map[string]flows.Arg{"date": {Date: d}})})
	}
	return list
}
