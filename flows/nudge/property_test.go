package nudge_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
	"convenor/flows/when"
)

// world is a coalition whose clock runs by itself: people take steps, answer, change their wishes and vanish for a
// while, and the machine is down at times. It keeps timers and deliveries as the store does: added if absent.
type world struct {
	t         *testing.T
	r         *rand.Rand
	now       time.Time
	people    map[string]coalition.Person
	zones     map[string]*time.Location
	steps     map[string]plan.Step
	timers    map[string]flows.Timer
	deadlines map[string]nudge.Deadline
	queue     []flows.Delivery
	queued    map[string]bool
	receipt   map[string][]flows.Receipt
	sent      int
	events    int
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{
		t: t, r: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 2, 20, 15, 0, 0, 0, time.UTC),
		people: map[string]coalition.Person{}, zones: map[string]*time.Location{}, steps: map[string]plan.Step{},
		timers: map[string]flows.Timer{}, deadlines: map[string]nudge.Deadline{}, queued: map[string]bool{}, receipt: map[string][]flows.Receipt{},
	}
	names := usZones()
	for i := range 6 {
		p := coalition.Person{ID: fmt.Sprintf("p%d", i), Role: coalition.RoleMember, Joined: w.now}
		if i == 0 {
			p.Role = coalition.RoleCoordinator
		}
		w.people[p.ID] = p
		w.zones[p.ID] = zone(t, names[w.r.IntN(len(names))])
	}
	return w
}

func (w *world) someone() coalition.Person {
	return w.people[fmt.Sprintf("p%d", w.r.IntN(len(w.people)))]
}

func (w *world) act(p coalition.Person) plan.Act {
	return plan.Act{Coalition: "c1", Person: p, Zone: w.zones[p.ID], At: w.now}
}

func (w *world) take(c flows.Change) {
	for _, p := range c.Puts {
		if s, ok := p.Value.(plan.Step); ok {
			w.steps[s.ID] = s
			w.deadlines[s.ID] = s.Deadline()
		}
		if person, ok := p.Value.(coalition.Person); ok {
			w.people[person.ID] = person
		}
	}
	w.arm(c.Timers)
}

func (w *world) arm(timers []flows.Timer) {
	for _, timer := range timers {
		if _, there := w.timers[timer.ID]; !there {
			w.timers[timer.ID] = timer
		}
	}
}

// event lets somebody do something.
func (w *world) event() {
	w.events++
	p := w.someone()
	var s plan.Step
	if len(w.steps) > 0 {
		s = w.steps[fmt.Sprintf("s%d", w.r.IntN(len(w.steps)))]
	}
	a := w.act(p)
	switch w.r.IntN(14) {
	case 0, 1, 2:
		w.name(p)
	case 3, 4, 5:
		if lead, ok := w.people[s.Lead]; ok {
			a = w.act(lead)
		}
		w.take(plan.Take(s, a))
	case 6:
		w.take(w.answer(s))
	case 7:
		w.take(coalition.Mute(p, []string{"week-before", "day-of", "after-1", "question", "coordinator", "offer"}[w.r.IntN(6)]))
	case 8:
		if w.r.IntN(4) == 0 {
			w.take(coalition.StopNudges(p))
		}
	case 9:
		w.take(coalition.AllowNudges(p))
	case 10:
		from := w.r.IntN(20) * 60
		c, err := coalition.SetHours(p, when.Hours{From: from, To: from + 60 + w.r.IntN(180), Sundays: w.r.IntN(2) == 0})
		if err != nil {
			w.t.Fatal(err)
		}
		w.take(c)
	case 11:
		w.take(coalition.SetAway(p, when.AddDays(when.Today(w.now, a.Zone), w.r.IntN(12)-2)))
	default:
		w.take(coalition.SetAway(p, ""))
	}
}

func (w *world) name(p coalition.Person) {
	a := w.act(p)
	w.take(plan.Name(plan.Naming{
		Act: a, StepID: fmt.Sprintf("s%d", len(w.steps)), GoalID: fmt.Sprintf("g%d", len(w.steps)), Goal: "a goal",
		HandOver: flows.HandOver{Record: flows.RecordStep, By: p.ID, At: w.now, Run: flows.Run{Space: "slack:T1:C1"}, Fields: map[string]flows.Value{
			"what": {Kind: flows.ValueText, TextID: "t1"}, "goal": {Kind: flows.ValueText, TextID: "t2"},
			"lead": {Kind: flows.ValuePerson, Person: w.someone().ID},
			"due":  {Kind: flows.ValueDate, Date: when.AddDays(when.Today(w.now, a.Zone), w.r.IntN(20))},
		}},
	}))
}

func (w *world) answer(s plan.Step) flows.Change {
	a := w.act(w.people[s.Lead])
	if s.Lead == "" {
		a = w.act(w.someone())
	}
	switch w.r.IntN(8) {
	case 0:
		return plan.Done(s, a)
	case 1:
		return plan.OK(s, a)
	case 2:
		return plan.AskHelp(s, a, "t-note")
	case 3:
		return plan.NewDate(s, a, when.AddDays(when.Today(w.now, a.Zone), w.r.IntN(15)))
	case 4:
		return plan.HandOn(s, a)
	case 5:
		return plan.NotMe(s, a)
	case 6:
		return plan.Later(s, a)
	default:
		return plan.Snooze(s, a)
	}
}

func (w *world) facts(person string) nudge.Facts {
	return nudge.Facts{
		Person: w.people[person], Now: w.now, Zone: w.zones[person], Deadlines: w.deadlines, Receipts: w.receipt[person],
	}
}

// sweep looks at what is due, as bot.Sweep does.
func (w *world) sweep() {
	var people []coalition.Person
	for _, p := range w.people {
		people = append(people, p)
	}
	due := map[string][]flows.Timer{}
	for _, id := range slices.Sorted(maps.Keys(w.timers)) {
		timer := w.timers[id]
		if timer.At.After(w.now) {
			continue
		}
		person := nudge.Whom(timer, w.deadlines[timer.Object], coalition.Coordinators(people))
		if person == "" {
			delete(w.timers, id)
			continue
		}
		due[person] = append(due[person], timer)
	}
	for _, person := range slices.Sorted(maps.Keys(due)) {
		timers := due[person]
		turn := nudge.Due(timers, w.facts(person))
		if len(turn.Fired)+len(turn.Moved) != len(timers) || len(turn.Deliveries) > 1 {
			w.t.Fatalf("%d timers, %d fired, %d deliveries", len(timers), len(turn.Fired), len(turn.Deliveries))
		}
		for _, id := range turn.Fired {
			delete(w.timers, id)
		}
		for _, moved := range turn.Moved {
			w.timers[moved.ID] = moved
		}
		for _, d := range turn.Deliveries {
			if !w.queued[d.ID] {
				w.queued[d.ID] = true
				w.queue = append(w.queue, d)
			}
		}
	}
}

// deliver asks the gate about everything that waits. Sometimes nobody learns that it was sent, and it comes again.
func (w *world) deliver() {
	var waiting []flows.Delivery
	for _, d := range w.queue {
		f := w.facts(d.Person)
		v := nudge.Gate(d, f)
		switch v.Do {
		case nudge.Wait:
			if !v.Until.After(w.now) {
				w.t.Fatalf("%s waits until %s at %s", d.ID, v.Until, w.now)
			}
			waiting = append(waiting, d)
			continue
		case nudge.Drop:
			continue
		case nudge.Send:
		}
		w.check(d, v, f)
		w.sent++
		w.receipt[d.Person] = append(w.receipt[d.Person], flows.Receipt{Delivery: d.ID, Kind: d.Kind, Outcome: flows.Sent, Rule: v.Rule, At: w.now})
		if v.Explains {
			f.Person.Explained = true
			w.take(flows.Change{Puts: []flows.Put{{Ref: flows.Ref{Kind: flows.KindPerson, ID: f.Person.ID}, Value: f.Person}}})
		}
		if w.r.IntN(5) == 0 {
			waiting = append(waiting, d)
		}
	}
	w.queue = waiting
}

// check holds what must be true of every nudge that goes out.
func (w *world) check(d flows.Delivery, v nudge.Verdict, f nudge.Facts) {
	w.t.Helper()
	local := w.now.In(f.Zone)
	today := when.Today(w.now, f.Zone)
	switch from, to := f.Person.Hours.Span(); {
	case f.Person.Nudges.Off:
		w.t.Fatalf("%s to one who wants none", d.ID)
	case f.Person.Nudges.Muted[d.Reason.Rule] && len(d.Also) == 0:
		w.t.Fatalf("%s to one who wants none of these", d.ID)
	case local.Weekday() == time.Sunday && !f.Person.Hours.Sundays:
		w.t.Fatalf("%s on a Sunday", d.ID)
	case local.Hour()*60+local.Minute() < from || local.Hour()*60+local.Minute() >= to:
		w.t.Fatalf("%s at %s", d.ID, local)
	case f.Person.Away >= today:
		w.t.Fatalf("%s to one who is away until %s", d.ID, f.Person.Away)
	case slices.ContainsFunc(f.Receipts, func(r flows.Receipt) bool { return r.Delivery == d.ID }):
		w.t.Fatalf("%s twice", d.ID)
	case slices.ContainsFunc(f.Receipts, func(r flows.Receipt) bool { return when.Today(r.At, f.Zone) == today }):
		w.t.Fatalf("%s is the day's second", d.ID)
	case len(v.Message.Parts) == 0 || len(v.Message.Controls) == 0 || v.Message.Controls[len(v.Message.Controls)-1].Token.Verb != flows.VerbFewer:
		w.t.Fatalf("%s says %+v", d.ID, v.Message)
	}
}

// run lets half a year pass.
func (w *world) run() {
	for end := w.now.AddDate(0, 7, 0); w.now.Before(end); {
		pause := time.Duration(1+w.r.IntN(180)) * time.Minute
		if w.r.IntN(200) == 0 {
			pause = time.Duration(w.r.IntN(10*24)) * time.Hour // the machine was down
		}
		w.now = w.now.Add(pause)
		if w.r.IntN(2) == 0 {
			w.event()
		}
		w.sweep()
		if w.r.IntN(3) > 0 {
			w.deliver()
		}
	}
}

// TestNudgesProperty lets coalitions live through both changes of clocks and holds, for every nudge sent: inside the
// person's hours, not while they are away, never twice, one a day at most, and none to those who want none.
func TestNudgesProperty(t *testing.T) {
	t.Parallel()
	sent, events := 0, 0
	for seed := range uint64(10) {
		w := newWorld(t, seed)
		w.run()
		sent += w.sent
		events += w.events
	}
	t.Logf("%d events, %d nudges", events, sent)
	if sent < 500 || events < 10_000 {
		t.Errorf("only %d nudges and %d events: the test shows too little", sent, events)
	}
}

// TestOptOutMeansZero lets everybody stop nudges in the middle of everything: from then on nothing is sent, by any path.
func TestOptOutMeansZero(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 99)
	for range 2000 {
		w.now = w.now.Add(40 * time.Minute)
		w.event()
		w.sweep()
		w.deliver()
	}
	before := w.sent
	for range 10_000 {
		w.now = w.now.Add(40 * time.Minute)
		w.event()
		for id, p := range w.people {
			p.Nudges.Off = true
			w.people[id] = p
		}
		w.sweep()
		w.deliver()
	}
	if before == 0 || w.sent != before {
		t.Errorf("%d nudges before, %d after", before, w.sent-before)
	}
}
