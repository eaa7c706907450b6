package bot

import (
	"cmp"
	"context"
	"slices"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/roster"
	"convenor/flows/when"
)

// newestShown is how many of the newest sign-ups those who coordinate see in their home.
const newestShown = 3

// rosterAtHome shows those who coordinate how many have signed up, on whatever platform, and who did so last.
func (v *visit) rosterAtHome(ctx context.Context, m *flows.Message) error {
	if v.person.Role != coalition.RoleCoordinator {
		return nil
	}
	messengers, err := all[roster.Messenger](ctx, v.work, flows.KindMessenger, "")
	if err != nil {
		return err
	}
	seats, err := all[roster.Stakeholder](ctx, v.work, flows.KindStakeholder, "")
	if err != nil {
		return err
	}
	count, seated := len(messengers), len(seats)
	if count+seated == 0 {
		return nil
	}
	type signUp struct {
		person string
		since  time.Time
	}
	var list []signUp
	for _, s := range messengers {
		list = append(list, signUp{s.Person, s.Since})
	}
	for _, s := range seats {
		list = append(list, signUp{s.Person, s.Since})
	}
	slices.SortFunc(list, func(a, b signUp) int { return cmp.Or(b.since.Compare(a.since), cmp.Compare(a.person, b.person)) })
	m.Parts = append(m.Parts, said(flows.StyleBody, "home.roster", map[string]flows.Arg{"count": {Number: &count}, "seats": {Number: &seated}}))
	for _, s := range list[:min(len(list), newestShown)] {
		m.Parts = append(m.Parts, said(flows.StyleItem, "home.signed-up", map[string]flows.Arg{
			"name": {Person: s.person}, "date": {Date: when.Today(s.since, v.zone(v.person))},
		}))
	}
	return nil
}

// concernedAll is concerned, with those who coordinate when somebody has signed up or taken that back.
func (v *visit) concernedAll(ctx context.Context) ([]string, error) {
	list := v.concerned()
	if !slices.ContainsFunc(v.order, func(ref flows.Ref) bool { return ref.Kind == flows.KindMessenger || ref.Kind == flows.KindStakeholder }) {
		return list, nil
	}
	people, err := all[coalition.Person](ctx, v.work, flows.KindPerson, "")
	for _, p := range coalition.Coordinators(people) {
		if !slices.Contains(list, p.ID) {
			list = append(list, p.ID)
		}
	}
	return list, err
}
