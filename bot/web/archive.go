package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/roster"
)

// archive is everything that Convenor remembers, decoded: what a visitor is shown, and told apart by nothing but the
// records themselves.
type archive struct {
	home         coalition.Coalition
	people       map[string]coalition.Person
	spaces       map[string]coalition.Space
	definitions  map[string]flows.Definition // by hash
	runs         map[string]flows.Run
	answers      []flows.Answer
	requests     []flows.Request
	messengers   []roster.Messenger
	stakeholders []roster.Stakeholder
	goals        map[string]plan.Goal
	steps        []plan.Step
	receipts     []receipt
	rest         map[string]int // by kind: records that are counted, because they only serve others
	reader       bot.Reader
}

// receipt is a flows.Receipt and whom it went to.
type receipt struct {
	flows.Receipt
	To string // person or space
}

// readArchive decodes records. A kind it does not know is counted.
func readArchive(records []flows.Record) (*archive, error) {
	a := &archive{
		people: map[string]coalition.Person{}, spaces: map[string]coalition.Space{},
		definitions: map[string]flows.Definition{}, runs: map[string]flows.Run{}, goals: map[string]plan.Goal{},
		rest: map[string]int{},
	}
	for _, r := range records {
		if err := a.take(r); err != nil {
			return nil, fmt.Errorf("read %s %s: %w", r.Kind, r.ID, err)
		}
	}
	slices.SortStableFunc(a.answers, func(x, y flows.Answer) int { return x.At.Compare(y.At) })
	slices.SortStableFunc(a.requests, func(x, y flows.Request) int { return x.At.Compare(y.At) })
	slices.SortStableFunc(a.steps, func(x, y plan.Step) int { return x.Named.Compare(y.Named) })
	slices.SortStableFunc(a.receipts, func(x, y receipt) int { return y.At.Compare(x.At) })
	return a, a.reader.Fill(records)
}

func (a *archive) take(r flows.Record) error {
	switch r.Kind {
	case flows.KindCoalition:
		return json.Unmarshal(r.Data, &a.home)
	case flows.KindPerson:
		return into(a.people, r)
	case flows.KindSpace:
		return into(a.spaces, r)
	case flows.KindFlow:
		return into(a.definitions, r)
	case flows.KindRun:
		return into(a.runs, r)
	case flows.KindGoal:
		return into(a.goals, r)
	case flows.KindAnswer:
		return onto(&a.answers, r)
	case flows.KindRequest:
		return onto(&a.requests, r)
	case flows.KindMessenger:
		return onto(&a.messengers, r)
	case flows.KindStakeholder:
		return onto(&a.stakeholders, r)
	case flows.KindStep:
		return onto(&a.steps, r)
	case flows.KindReceipt:
		got := receipt{To: r.Under}
		a.receipts = append(a.receipts, got)
		return json.Unmarshal(r.Data, &a.receipts[len(a.receipts)-1].Receipt)
	default:
		a.rest[r.Kind]++
		return nil
	}
}

func into[T any](m map[string]T, r flows.Record) error {
	var v T
	err := json.Unmarshal(r.Data, &v)
	m[r.ID] = v
	return err
}

func onto[T any](list *[]T, r flows.Record) error {
	var v T
	err := json.Unmarshal(r.Data, &v)
	*list = append(*list, v)
	return err
}

// node finds a node in the definition that a run pins.
func (a *archive) node(run flows.Run, id string) (flows.Node, bool) {
	nodes := a.definitions[run.Hash].Nodes
	id, _, _ = strings.Cut(id, ".") // after the dot comes the place in a list
	i := slices.IndexFunc(nodes, func(n flows.Node) bool { return n.ID == id })
	if i < 0 {
		return flows.Node{}, false
	}
	return nodes[i], true
}

// given are the answers that were not taken back, and are not sealed.
func (a *archive) given() []flows.Answer {
	return slices.DeleteFunc(slices.Clone(a.answers), func(x flows.Answer) bool {
		return x.Value.Kind == flows.ValueDropped || !a.runs[x.Run].Shows(x.Node)
	})
}

// channel is a space's name as people know it.
func (a *archive) channel(space string) string { return "#" + a.spaces[space].Channel }

// zone is where a person lives, or the coalition for one who is not known.
func (a *archive) zone(person string) string {
	if z := a.people[person].Zone; z != "" {
		return z
	}
	return a.home.Zone
}

// everybody lists the people in the order they joined.
func (a *archive) everybody() []coalition.Person {
	var list []coalition.Person
	for _, p := range a.people {
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y coalition.Person) int {
		if c := x.Joined.Compare(y.Joined); c != 0 {
			return c
		}
		return strings.Compare(x.ID, y.ID)
	})
	return list
}

// latest lists runs by when they began.
func (a *archive) latest(which func(flows.Run) bool) []flows.Run {
	var list []flows.Run
	for _, r := range a.runs {
		if which(r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y flows.Run) int {
		if c := x.Started.Compare(y.Started); c != 0 {
			return c
		}
		return strings.Compare(x.ID, y.ID)
	})
	return list
}

// done names the things of the guide that have happened.
func (a *archive) done() []string {
	who := map[string]bool{}
	asked := false
	for _, answer := range a.given() {
		if a.runs[answer.Run].Group {
			who[answer.Person] = true
		}
	}
	for _, r := range a.runs {
		asked = asked || r.Group
	}
	happened := map[string]bool{
		"ask": asked, "answer": len(who) >= 2, "signup": len(a.messengers) > 0, "step": len(a.steps) > 0,
		"take": slices.ContainsFunc(a.steps, func(s plan.Step) bool { return !s.Taken.IsZero() }),
		"done": slices.ContainsFunc(a.steps, func(s plan.Step) bool { return s.Status == plan.StatusDone }),
		"nudge": slices.ContainsFunc(a.receipts, func(r receipt) bool {
			return r.Kind == flows.Nudge && r.Outcome == flows.Sent && rung(r.Rule)
		}),
	}
	list := []string{}
	for name, is := range happened {
		if is {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// today is the civil date where most of the coalition is.
func (a *archive) today(now time.Time, zone func(string) (*time.Location, error)) string {
	loc, err := zone(a.home.Zone)
	if err != nil {
		loc = time.UTC
	}
	return now.In(loc).Format(time.DateOnly)
}

// locales are the languages that Convenor speaks with the cast, by user id.
func (a *archive) locales() map[string]flows.Locale {
	all := map[string]flows.Locale{}
	for _, p := range a.people {
		for _, c := range Cast() {
			if slices.Contains(p.Identities, c.Identity()) {
				all[c.User] = p.Locale
			}
		}
	}
	return all
}
