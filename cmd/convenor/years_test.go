package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/when"
	"convenor/store"
)

// everywhere lists the zones in which people live for three years: both halves of the world, half and odd hours, those whose clocks never
// change, and some whose clocks change at odd times or by odd amounts.
func everywhere() []string {
	return []string{
		"America/Chicago", "America/New_York", "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Anchorage",
		"America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "America/St_Johns", "America/Santiago", "America/Havana",
		"Europe/London", "Europe/Madrid", "Africa/Cairo", "Africa/Casablanca", "Asia/Kolkata", "Australia/Lord_Howe",
		"Pacific/Chatham", "Pacific/Auckland",
	}
}

// The machines' clocks are apart by so much, and Redis answers within so much.
const (
	apartMost = 5 * time.Second
	tripMost  = 300 * time.Millisecond
)

// years is a coalition on one store, with three replicas whose machines' clocks are wrong, and people who take steps,
// move them and end them.
type years struct {
	t        *testing.T
	random   *rand.Rand
	store    *store.Store
	pack     bot.Pack
	now      time.Time // really
	heard    *ears
	replicas []*replica
	people   []*promiser
	due      int // how many nudges must have been heard by now
}

// replica is one process: a bot with the clock that serve gives it, on a machine whose own clock is ahead.
type replica struct {
	bot   *bot.Bot
	clock *clock
	ahead time.Duration
}

// ears is a platform that notes when each user hears something.
type ears struct {
	*bottest.Recorder
	now   func() time.Time
	mu    sync.Mutex
	heard map[string][]time.Time
	all   int
}

// Send notes the moment of a message.
func (e *ears) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	at, err := e.Recorder.Send(ctx, to, key, m)
	if err == nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.heard[to.User] = append(e.heard[to.User], e.now())
		e.all++
	}
	return at, err
}

func (e *ears) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.all
}

// promiser is one person: what they promised, and when they must hear of it by a reckoning of the test's own.
type promiser struct {
	coalition.Person
	zone  *time.Location
	step  plan.Step
	rungs []time.Time // still to come
	act   time.Time   // when they take, move or end the next step; zero: not before more rungs
	after int         // how many more rungs until then
	begin []time.Time // when they take the steps to come, at the earliest
	want  []time.Time // when they must have heard something
}

func newYears(t *testing.T, ladders int) *years {
	t.Helper()
	y := &years{t: t, random: rand.New(rand.NewPCG(11, uint64(ladders))), now: time.Date(2026, 1, 5, 15, 0, 0, 0, time.UTC)}
	var err error
	if y.pack, err = content.Embedded(); err != nil {
		t.Fatal(err)
	}
	if y.store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.store.Close() })
	really := func() time.Time { return y.now }
	y.heard = &ears{Recorder: bottest.NewRecorder("slack", really), now: really, heard: map[string][]time.Time{}}
	y.put(flows.Put{Ref: flows.Ref{Kind: flows.KindCoalition, ID: "home"}, Value: coalition.Coalition{
		ID: "home", Name: "Test", Locale: flows.English, Zone: "America/Chicago", Places: []string{"slack:T1"},
	}})
	people := len(everywhere()) * max(1, ladders/1200)
	for i := range people {
		y.settle(i, ladders/people)
	}
	for range 3 {
		y.replicas = append(y.replicas, &replica{})
		y.start(len(y.replicas) - 1)
	}
	return y
}

// settle adds one person, who takes so many steps over three years.
func (y *years) settle(i, steps int) {
	p := &promiser{Person: coalition.Person{
		ID: fmt.Sprintf("p%d", i), Identities: []string{fmt.Sprintf("slack:T1:U%d", i)}, Role: coalition.RoleVolunteer,
		Locale: flows.English, Zone: everywhere()[i%len(everywhere())], Explained: true, Hours: when.Hours{Sundays: i%2 == 0},
	}}
	var err error
	if p.zone, err = zone(p.Zone); err != nil {
		y.t.Fatal(err)
	}
	const day = 24 * time.Hour
	every := 3 * 365 * day / time.Duration(steps)
	for n := range steps {
		p.begin = append(p.begin, y.now.Add(time.Duration(n)*every+y.draw(max(2*day, every-20*day))))
	}
	p.act = p.begin[0]
	y.people = append(y.people, p)
	y.put(flows.Put{Ref: flows.Ref{Kind: flows.KindPerson, ID: p.ID}, Value: p.Person})
}

func (y *years) draw(most time.Duration) time.Duration {
	return time.Duration(y.random.Int64N(int64(most)))
}

// start starts a replica, also anew: then it is in doubt about everything that was planned before.
func (y *years) start(i int) {
	r := y.replicas[i]
	r.clock = &clock{}
	y.look(r)
	r.bot = bot.New(bot.Config{
		Ledger: y.store, Outbox: y.store, Attic: y.store, Pack: y.pack, Platforms: []bot.Platform{y.heard},
		Now: func() time.Time { return r.clock.at(y.now.Add(r.ahead)) }, Zone: zone, ID: newID, Log: slog.New(slog.DiscardHandler),
	})
}

// look has a replica look at the shared clock, on a machine whose own is wrong by something else each time.
func (y *years) look(r *replica) {
	r.ahead = y.draw(2*apartMost) - apartMost
	machine, back := y.now.Add(r.ahead), y.draw(tripMost/2)
	r.clock.take(machine.Add(-back-y.draw(tripMost/2)), machine, y.now.Add(-back))
}

// tick has every replica look for due work, all at the same time.
func (y *years) tick() {
	for _, r := range y.replicas {
		y.look(r)
	}
	var all sync.WaitGroup
	for _, r := range y.replicas {
		all.Go(func() {
			if err := r.bot.Look(y.t.Context()); err != nil {
				y.t.Error(err)
			}
			for n := 1; n > 0; {
				var err error
				if n, err = r.bot.Deliver(y.t.Context()); err != nil {
					y.t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// put stores what a domain function decided, as the bot does.
func (y *years) put(puts ...flows.Put) { y.commit(flows.Change{Puts: puts}) }

func (y *years) commit(change flows.Change) {
	y.t.Helper()
	c := flows.Commit{ID: newID(), Coalition: "home", Timers: change.Timers, Audit: flows.Audit{At: y.now, Verb: "test"}}
	for _, p := range change.Puts {
		w := flows.Write{Ref: p.Ref, Delete: p.Delete}
		have, err := y.store.Load(y.t.Context(), "home", p.Ref)
		if err != nil {
			y.t.Fatal(err)
		}
		if len(have) == 1 {
			w.Rev = have[0].Rev
		}
		if w.Data, err = json.Marshal(p.Value); err != nil {
			y.t.Fatal(err)
		}
		c.Writes = append(c.Writes, w)
	}
	if err := y.store.Commit(y.t.Context(), c); err != nil {
		y.t.Fatal(err)
	}
}

// does has a person do what is next: take a step, move its date, or say that it is done.
func (y *years) does(p *promiser) {
	by := plan.Act{Coalition: "home", Person: p.Person, Zone: p.zone, At: y.now}
	today := y.now.In(p.zone)
	p.act = time.Time{}
	switch {
	case p.step.Status != plan.StatusTaken:
		id := newID()
		p.begin = p.begin[1:]
		y.put(flows.Put{Ref: flows.Ref{Kind: flows.KindText, ID: "t" + id}, Value: flows.Typed{Text: "Call the clinic", By: p.ID, At: y.now}})
		y.take(plan.Take(plan.Step{
			ID: id, What: "t" + id, Goal: "g", GoalText: "gt", Lead: p.ID, Due: p.open(today.AddDate(0, 0, 3+y.random.IntN(7))),
			Status: plan.StatusOffered, NamedBy: p.ID, Named: y.now, Rev: 1,
		}, by), p)
	case y.random.IntN(8) == 0 && len(p.rungs) > 0:
		y.take(plan.NewDate(p.step, by, p.open(today.AddDate(0, 0, 2+y.random.IntN(4)))), p)
	default:
		y.commit(plan.Done(p.step, by))
		p.step, p.rungs = plan.Step{}, nil
		if len(p.begin) > 0 {
			if p.act = y.now.Add(24 * time.Hour); p.act.Before(p.begin[0]) {
				p.act = p.begin[0]
			}
		}
	}
}

// take stores a step that begins anew, and reckons when its lead must hear of it.
func (y *years) take(c flows.Change, p *promiser) {
	y.t.Helper()
	y.commit(c)
	p.step, _ = c.Puts[0].Value.(plan.Step)
	if p.rungs = p.reckon(y.now); len(p.rungs) < 4 {
		y.t.Fatalf("%s hears of a step at %v only", p.ID, p.rungs)
	}
	if p.after = len(p.rungs); y.random.IntN(4) == 0 {
		p.after = 1 + y.random.IntN(len(p.rungs))
	}
}

// open is the first date from a day on whose reminders before it, and itself, fall on days on which the person can be
// written to.
func (p *promiser) open(day time.Time) string {
	for !p.Hours.Sundays && (day.Weekday() == time.Sunday || day.Weekday() == time.Monday) {
		day = day.AddDate(0, 0, 1)
	}
	return day.Format(time.DateOnly)
}

// reckon says when the lead of a step must hear of it after an instant, at nine each time: a week, a day before and on
// its date, and one, three and five working days after it.
func (p *promiser) reckon(after time.Time) (rungs []time.Time) {
	due, err := time.Parse(time.DateOnly, p.step.Due)
	if err != nil {
		return nil
	}
	days := []int{-7, -1, 0}
	for day, working := 1, 0; working < 5; day++ {
		if at := due.AddDate(0, 0, day).Weekday(); at == time.Saturday || at == time.Sunday {
			continue
		}
		if working++; working%2 == 1 {
			days = append(days, day)
		}
	}
	for _, day := range days {
		if at := time.Date(due.Year(), due.Month(), due.Day()+day, 9, 0, 0, 0, p.zone); at.After(after) {
			rungs = append(rungs, at)
		}
	}
	return rungs
}

// next is what comes next: somebody acts, or people must hear something.
func (y *years) next() (act *promiser, rung time.Time) {
	for _, p := range y.people {
		if len(p.rungs) > 0 && (rung.IsZero() || p.rungs[0].Before(rung)) {
			rung = p.rungs[0]
		}
	}
	for _, p := range y.people {
		if !p.act.IsZero() && (rung.IsZero() || p.act.Before(rung)) && (act == nil || p.act.Before(act.act)) {
			act = p
		}
	}
	return act, rung
}

// nudge lets the moment of a rung pass: nobody hears anything right before it, and soon after it those have who must.
func (y *years) nudge(at time.Time) {
	y.t.Helper()
	if before := at.Add(-time.Millisecond - y.draw(time.Second<<y.random.IntN(4))); before.After(y.now) {
		y.now = before
		y.tick()
		y.check("before " + at.String())
	}
	if at.After(y.now) {
		y.now = at
	}
	for _, p := range y.people {
		if len(p.rungs) == 0 || !p.rungs[0].Equal(at) {
			continue
		}
		p.want, p.rungs = append(p.want, at), p.rungs[1:]
		y.due++
		if p.after--; p.after == 0 {
			p.act = at.Add(time.Hour + y.draw(20*time.Hour))
		}
	}
	for end := at.Add(time.Minute); y.heard.count() < y.due && y.now.Before(end); y.now = y.now.Add(time.Second) {
		y.tick()
	}
	y.check("a minute after " + at.String())
}

func (y *years) check(when string) {
	y.t.Helper()
	if n := y.heard.count(); n != y.due {
		y.t.Fatalf("%s: %d nudges were heard, wanted %d", when, n, y.due)
	}
}

// TestYears lets three years pass for people in twenty time zones, through every change of their clocks, with three
// replicas whose machines' clocks are wrong by up to five seconds and that are started anew now and then: everybody
// hears of what they promised at nine in the morning, never before, once, and of nothing else.
func TestYears(t *testing.T) {
	t.Parallel()
	ladders := 40
	if scale, err := strconv.Atoi(os.Getenv("CONVENOR_SCALE")); err == nil && scale > 0 {
		ladders *= scale
	}
	y := newYears(t, ladders)
	began, started := y.now, 0
	for act, rung := y.next(); act != nil || !rung.IsZero(); act, rung = y.next() {
		if act == nil {
			y.nudge(rung)
			continue
		}
		if act.act.After(y.now) {
			y.now = act.act
		}
		y.does(act)
		one := y.random.IntN(len(y.replicas))
		if y.random.IntN(20) == 0 {
			y.start(one)
			started++
		}
		if _, err := y.replicas[one].bot.Tidy(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for range 30 {
		y.now = y.now.Add(24 * time.Hour)
		y.tick()
	}
	y.check("a month after everything")
	latest := time.Duration(0)
	for i, p := range y.people {
		heard := y.heard.heard[fmt.Sprintf("U%d", i)]
		if len(heard) != len(p.want) {
			t.Fatalf("%s heard %d nudges, wanted %d", p.ID, len(heard), len(p.want))
		}
		for n, at := range heard {
			late := at.Sub(p.want[n])
			if latest = max(latest, late); late < 0 || late > time.Minute {
				t.Errorf("%s in %s heard at %v what was for %v", p.ID, p.Zone, at, p.want[n])
			}
		}
	}
	t.Logf("%d nudges to %d people in %d zones over %d days, at most %v late; replicas started anew %d times",
		y.due, len(y.people), len(everywhere()), int(y.now.Sub(began).Hours()/24), latest, started)
}
