package web

import (
	"maps"
	"slices"
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
)

// answerCards shows each question that was answered, with every answer to it, and what nobody knew.
func answerCards(a *archive) []card {
	type asked struct{ run, node string }
	var order []asked
	parts := map[asked][]flows.Part{}
	for _, answer := range a.given() {
		q := asked{answer.Run, answer.Node}
		if parts[q] == nil {
			order = append(order, q)
			parts[q] = a.question(a.runs[answer.Run], answer.Node)
		}
		parts[q] = append(parts[q], part(flows.StyleBody, "web.memory.by", args{"name": {Person: answer.Person}}))
		parts[q] = append(parts[q], a.value(a.runs[answer.Run], answer.Node, answer.Value))
	}
	for _, r := range a.requests {
		q := asked{r.Run, r.Node}
		if r.Closed || parts[q] == nil || r.WhoText == "" {
			continue
		}
		parts[q] = append(parts[q], part(flows.StyleSmall, "web.memory.who", args{"name": {Person: r.By}, "who": {TextID: r.WhoText}}))
	}
	var cards []card
	for _, q := range order {
		cards = append(cards, card{parts: parts[q]})
	}
	return cards
}

// question is what was asked, of which activity, and where.
func (a *archive) question(run flows.Run, id string) []flows.Part {
	node, _ := a.node(run, id)
	d := a.definitions[run.Hash]
	where := part(flows.StyleSmall, "web.memory.alone", args{"title": {Text: d.Title}})
	if run.Group {
		where = part(flows.StyleSmall, "web.memory.round", args{"title": {Text: d.Title}, "space": {Plain: a.channel(run.Space)}})
	}
	return []flows.Part{{Style: flows.StyleHeading, Text: node.Line}, where}
}

// value shows one answer.
func (a *archive) value(run flows.Run, id string, v flows.Value) flows.Part {
	node, _ := a.node(run, id)
	switch {
	case v.Kind == flows.ValueUnknown:
		return part(flows.StyleQuote, "web.memory.unknown", nil)
	case !v.Answered():
		return part(flows.StyleQuote, "web.memory.skipped", nil)
	default:
		return bare(flows.StyleQuote, node.Shown(v))
	}
}

// picked names options in their words; an option that is no more is shown by its id.
func picked(node flows.Node, picks []string) flows.Arg {
	var list []flows.Arg
	for _, pick := range picks {
		i := slices.IndexFunc(node.Options, func(o flows.Option) bool { return o.ID == pick })
		if i < 0 {
			list = append(list, flows.Arg{Plain: pick})
			continue
		}
		list = append(list, flows.Arg{Text: node.Options[i].Text})
	}
	if len(list) == 0 {
		return flows.Arg{Words: "web.memory.nothing"}
	}
	return flows.Arg{List: list}
}

// signupCards shows the messengers and who takes a seat.
func (s *Server) signupCards(a *archive) []card {
	var cards []card
	line := func(c *card, words string, value flows.Arg, there bool) {
		if there {
			c.parts = append(c.parts, part(flows.StyleItem, words, args{"it": value}))
		}
	}
	for _, m := range a.messengers {
		c := card{at: m.Since, parts: []flows.Part{part(flows.StyleHeading, "web.memory.messenger", args{"name": {Person: m.Person}})}}
		line(&c, "web.memory.called", flows.Arg{TextID: m.Name}, m.Name != "")
		line(&c, "web.memory.reach", flows.Arg{TextID: m.Reach}, m.Reach != "")
		line(&c, "web.memory.level", s.option("messenger", "level", m.Level), m.Level != "")
		line(&c, "web.memory.methods", s.option("messenger", "methods", m.Methods...), len(m.Methods) > 0)
		line(&c, "web.memory.area", flows.Arg{TextID: m.Area}, m.Area != "")
		cards = append(cards, c)
	}
	for _, h := range a.stakeholders {
		c := card{at: h.Since, parts: []flows.Part{part(flows.StyleHeading, "web.memory.stakeholder", args{"name": {Person: h.Person}})}}
		line(&c, "web.memory.called", flows.Arg{TextID: h.Name}, h.Name != "")
		line(&c, "web.memory.organisation", flows.Arg{TextID: h.Organisation}, h.Organisation != "")
		line(&c, "web.memory.seat", s.option("stakeholder", "seat", h.Seat), h.Seat != "")
		line(&c, "web.memory.voting", s.option("stakeholder", "voting", h.Voting), h.Voting != "")
		line(&c, "web.memory.alternate", flows.Arg{TextID: h.Alternate}, h.Alternate != "")
		cards = append(cards, c)
	}
	return cards
}

// option names options of a flow of the pack as it is now.
func (s *Server) option(flow, node string, picks ...string) flows.Arg {
	d, _ := s.Pack.Flow(flow)
	i := slices.IndexFunc(d.Nodes, func(n flows.Node) bool { return n.ID == node })
	if i < 0 {
		return picked(flows.Node{}, picks)
	}
	return picked(d.Nodes[i], picks)
}

// stepCards shows the action steps, each with the goal it serves.
func stepCards(a *archive) []card {
	var cards []card
	for _, s := range a.steps {
		c := card{parts: []flows.Part{
			bare(flows.StyleHeading, flows.Arg{TextID: s.What}),
			part(flows.StyleBody, "web.memory.status."+string(s.Status), nil),
			part(flows.StyleItem, "web.memory.goal", args{"goal": {TextID: s.GoalText}}),
		}}
		if s.Lead != "" {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.lead", args{"name": {Person: s.Lead}}))
		}
		if s.Due != "" {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.due", args{"due": {Date: s.Due}}))
		}
		if s.Note != "" {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.note", args{"note": {TextID: s.Note}}))
		}
		c.parts = append(c.parts, part(flows.StyleItem, "web.memory.named", args{"name": {Person: s.NamedBy}}))
		cards = append(cards, c)
	}
	return cards
}

// rung reports whether a rule is a rung of a step's ladder that its lead hears.
func rung(rule string) bool {
	return slices.Contains([]nudge.Kind{
		nudge.WeekBefore, nudge.DayBefore, nudge.DayOf, nudge.AfterOne, nudge.AfterThree, nudge.Question,
	}, nudge.Kind(rule))
}

// nudgeCards shows the reminders still to come, as the ladder has them now, for those who want them.
func (s *Server) nudgeCards(a *archive) []card {
	var cards []card
	now := s.Now()
	for _, step := range a.steps {
		lead, known := a.people[step.Lead]
		if !known || lead.Nudges.Off || (step.Status != plan.StatusTaken && step.Status != plan.StatusHelp) {
			continue
		}
		zone, err := s.Zone(a.zone(lead.ID))
		if err != nil {
			continue
		}
		for _, t := range nudge.Ladder(a.home.ID, step.Deadline(), lead, zone, now) {
			if !rung(t.Rule) || lead.Nudges.Muted[t.Rule] {
				continue
			}
			cards = append(cards, card{at: t.At, zone: zone.String(), parts: []flows.Part{
				part(flows.StyleBody, "web.memory.planned", args{"name": {Person: lead.ID}, "rung": {Words: "web.memory.rung." + t.Rule}}),
				part(flows.StyleSmall, "web.memory.about-step", args{"what": {TextID: step.What}}),
			}})
		}
	}
	slices.SortStableFunc(cards, func(x, y card) int { return x.at.Compare(y.at) })
	return cards
}

// talkCards shows the conversations that can be gone on with, and what was answered in them.
func talkCards(a *archive) []card {
	var cards []card
	for _, r := range a.latest(func(r flows.Run) bool { return r.State == flows.StateOpen || r.State == flows.StatePaused }) {
		c := card{at: r.Touched, parts: []flows.Part{{Style: flows.StyleHeading, Text: a.definitions[r.Hash].Title}}}
		if r.Group {
			c.parts = append(c.parts, part(flows.StyleBody, "web.memory.talk.group", args{"space": {Plain: a.channel(r.Space)}, "name": {Person: r.Person}}))
		} else {
			c.parts = append(c.parts, part(flows.StyleBody, "web.memory.talk.alone", args{"name": {Person: r.Person}}))
		}
		if node, ok := a.node(r, r.Node); ok {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.waits", args{"question": {Text: node.Line}}))
		}
		values := r.Values()
		for _, id := range r.Answered() {
			if node, ok := a.node(r, id); ok && node.Kind == flows.NodeAsk {
				c.parts = append(c.parts, flows.Part{Style: flows.StyleSmall, Text: node.Label}, a.value(r, id, values[id]))
			}
		}
		cards = append(cards, c)
	}
	return cards
}

// peopleCards shows the coalition, its channels and its people.
func peopleCards(a *archive) []card {
	home := card{parts: []flows.Part{
		bare(flows.StyleHeading, a.home.Called()),
		part(flows.StyleItem, "web.memory.speaks", args{"language": {Words: "web.memory.locale." + string(a.home.Locale)}}),
	}}
	for _, id := range slices.Sorted(maps.Keys(a.spaces)) {
		home.parts = append(home.parts, part(flows.StyleItem, "web.memory.space", args{
			"space": {Plain: a.channel(id)}, "platform": {Words: "web.platform." + a.spaces[id].Platform},
		}))
	}
	cards := []card{home}
	for _, p := range a.everybody() {
		cards = append(cards, personCard(p))
	}
	return cards
}

func personCard(p coalition.Person) card {
	c := card{parts: []flows.Part{
		bare(flows.StyleHeading, flows.Arg{Person: p.ID}),
		part(flows.StyleItem, "web.memory.role."+string(p.Role), nil),
		part(flows.StyleItem, "web.memory.since", args{"day": {Date: p.Joined.Format(time.DateOnly)}}),
	}}
	for _, identity := range p.Identities {
		platform, _, _ := strings.Cut(identity, ":")
		c.parts = append(c.parts, part(flows.StyleItem, "web.memory.account", args{
			"platform": {Words: "web.platform." + platform}, "account": {Plain: identity[strings.LastIndex(identity, ":")+1:]},
		}))
	}
	c.parts = append(c.parts, part(flows.StyleItem, "web.memory.reads", args{"language": {Words: "web.memory.locale." + string(p.Locale)}}))
	if p.Zone != "" {
		c.parts = append(c.parts, part(flows.StyleItem, "web.memory.zone", args{"zone": {Plain: p.Zone}}))
	}
	if p.Nudges.Off {
		c.parts = append(c.parts, part(flows.StyleItem, "web.memory.nudges-off", nil))
	}
	for _, rule := range slices.Sorted(maps.Keys(p.Nudges.Muted)) {
		if p.Nudges.Muted[rule] && rung(rule) {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.muted", args{"rung": {Words: "web.memory.rung." + rule}}))
		}
	}
	return c
}

// receiptCards shows what was sent or held back, to whom, and by which rule, the latest first.
func (s *Server) receiptCards(a *archive) []card {
	var cards []card
	for _, r := range a.receipts {
		to := flows.Arg{Person: r.To}
		if r.Kind == flows.Post {
			to = flows.Arg{Plain: a.channel(r.To)}
		}
		c := card{at: r.At, zone: a.zone(r.To), parts: []flows.Part{
			part(flows.StyleBody, "web.memory.receipt."+string(r.Kind), args{"to": to}),
		}}
		if r.Outcome != flows.Sent {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.outcome."+string(r.Outcome), nil))
		}
		if r.Rule != "" {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.rule", args{"rule": s.rule(r.Rule)}))
		}
		cards = append(cards, c)
	}
	return cards
}

// rule says why something was sent or held back. A rule that has no words yet is shown by its name.
func (s *Server) rule(name string) flows.Arg {
	for _, key := range []string{"web.memory.rung." + name, "web.memory.rule." + name} {
		if _, ok := s.Pack.Word(flows.English, key, -1); ok {
			return flows.Arg{Words: key}
		}
	}
	return flows.Arg{Plain: name}
}

// restCards counts the records that only serve others.
func restCards(a *archive) []card {
	over := len(a.latest(func(r flows.Run) bool { return r.State == flows.StateDone || r.State == flows.StateCancelled }))
	counts := maps.Clone(a.rest)
	counts[flows.KindRun] = over
	counts[flows.KindFlow] = len(a.definitions)
	counts[flows.KindGoal] = len(a.goals)
	c := card{}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		if counts[kind] > 0 {
			c.parts = append(c.parts, part(flows.StyleItem, "web.memory.kind."+kind, args{"count": number(counts[kind])}))
		}
	}
	if len(c.parts) == 0 {
		return nil
	}
	return []card{c}
}
