package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/store"
	"convenor/store/redistest"
)

// storm says what people do and what happens meanwhile. Everybody names a step and takes it (six acts) and is nudged on
// five rungs of its ladder.
type storm struct {
	members  int
	atOnce   int // how many of them act at the same time
	replicas int
	kills    int // kill -9 of a process, in each half: while people act, and while they are nudged
	pauses   int // a process frozen for longer than a lease, in each half
	outages  int // kill -9 of Redis, in each half
	weather  slackfake.Weather
}

// TestKill kills the process with kill -9 at random moments of 240 acts and 200 nudges, on its own store and on Redis:
// nothing is lost and nobody is told twice.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"embedded", "redis"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			besiege(t, engine == "redis", storm{members: 40, atOnce: 40, replicas: 1, kills: 10})
		})
	}
}

// besiege goes through a storm and looks at what was told and what was kept.
func besiege(t *testing.T, onRedis bool, w storm) {
	t.Helper()
	w.weather.Seed = rand.Uint64()
	t.Logf("seed %d", w.weather.Seed)
	var members []slackfake.User
	for i := range w.members {
		members = append(members, slackfake.User{ID: fmt.Sprintf("U%d", i+1), Name: fmt.Sprintf("Member %d", i+1), Zone: "America/Chicago", Locale: "en-US"})
	}
	s := &siege{storm: w, random: rand.New(rand.NewPCG(w.weather.Seed, 1))}
	url := ""
	if onRedis {
		s.redis = redistest.Start(t)
		url = s.redis.URL()
	}
	s.people = people{locale: flows.English, office: openOffice(t, url, append(slices.Clone(members), slackfake.User{ID: passer, Name: "Passer-by", Zone: "America/Chicago"})...)}
	for range w.replicas - 1 {
		s.beside()
	}
	s.fake.SetWeather(w.weather)
	if w.weather.Latency > 0 {
		s.breath = time.Second // a slow platform, and a delivery that is hit again and again, stay within a quarter of an hour
	}
	s.due = s.clock(s.ctx).In(chicago(t)).AddDate(0, 0, 8)
	s.acts(members)
	s.nudges(members)
	s.told()
	s.kept(store.Options{URL: url, Dir: s.data, Rehearsal: true})
	faults, repeats := s.fake.Suffered()
	t.Logf("%d acts, %d nudges, %d processes: %d kills, %d pauses, %d kills of Redis, %d of %d calls went wrong, %d events late or again, %d late copies taken back",
		6*w.members, 5*w.members, w.replicas, 2*w.kills, 2*w.pauses, 2*w.outages, faults, s.fake.Called(), repeats, len(s.fake.Calls("chat.delete")))
}

// siege is an office whose processes are killed again and again.
type siege struct {
	people
	storm
	redis  *redistest.Server
	random *rand.Rand
	due    time.Time    // the day by which each step is to be done
	whole  int          // how many troubles this half has
	amid   atomic.Int64 // how many have begun
	still  sync.Mutex   // held while nobody passes by
}

// passer looks at their home again and again, so that there is always a moment to strike.
const passer = "U0"

// strolls lets passer look at their home until ctx ends, in a storm that is long enough for that to matter.
func (s *siege) strolls(ctx context.Context) {
	if s.weather.Latency == 0 {
		return
	}
	for ctx.Err() == nil {
		s.still.Lock()
		_ = s.fake.Insist(ctx, func() *slackfake.Act { return s.fake.OpenHome(passer) })
		s.still.Unlock()
	}
}

// share waits until part of whole of this half's trouble has begun: what people do lasts as long as it does.
func (s *siege) share(ctx context.Context, part, whole int) error {
	return s.fake.Await(ctx, "a share of the trouble", func() bool { return int(s.amid.Load())*whole >= part*s.whole })
}

// during does work while everything happens that the storm has, each thing at a random call of the platform.
func (s *siege) during(work func(ctx context.Context) error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, time.Duration(200+3*s.members)*time.Second)
	defer cancel()
	trouble := s.trouble()
	s.whole = len(trouble)
	s.amid.Store(0)
	over := make(chan error, 1)
	go func() { over <- work(ctx) }()
	defer s.passing(ctx)()
	strolling, stop := context.WithCancel(ctx)
	defer stop()
	go s.strolls(strolling)
	var down []*office
	for amid, what := range trouble {
		// The moment is fixed while the process is down, so that it does not get away, however fast it works.
		calls := s.fake.Called() + 3 + s.random.IntN(15)
		for range s.random.IntN(3) { // some posts are made, and the process dies before it hears of it
			s.fake.Fault("chat.postMessage", slackfake.Fault{Done: true, Hold: s.ctx.Done()})
		}
		for _, o := range down {
			o.start()
		}
		if s.outages > 0 {
			s.restart()
		}
		if err := s.fake.Await(ctx, "a moment to strike", func() bool { return s.fake.Called() >= calls }); err != nil {
			s.t.Fatalf("only %d of %d troubles came while people were at it: %v", amid, len(trouble), err)
		}
		down = what(ctx)
		s.amid.Add(1)
	}
	for _, o := range down {
		o.start()
	}
	if err := <-over; err != nil {
		s.t.Fatal(err)
	}
}

// restart starts whatever has ended by itself, because Redis was away just as it started: so would whoever looks after
// the machine.
func (s *siege) restart() {
	for _, o := range append([]*office{s.office}, s.peers...) {
		if !o.stands() {
			o.start()
		}
	}
}

// trouble is all that happens in one half, in random order. Each returns the processes that are to be started again.
func (s *siege) trouble() []func(context.Context) []*office {
	all := append([]*office{s.office}, s.peers...)
	var list []func(context.Context) []*office
	for left := s.kills; left > 0; {
		many := 1 + s.random.IntN(min(left, len(all))) // one process, or as when the power fails
		left -= many
		list = append(list, func(context.Context) []*office {
			s.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			for _, o := range all[:many] {
				o.kill()
			}
			return slices.Clone(all[:many])
		})
	}
	for range s.pauses {
		list = append(list, func(ctx context.Context) []*office {
			s.pause(ctx, all[s.random.IntN(len(all))])
			return nil
		})
	}
	for range s.outages {
		list = append(list, func(context.Context) []*office {
			s.redis.Restart()
			return nil
		})
	}
	s.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// pause freezes a process for longer than a lease, as a machine does that has too much to do. Alone, it is frozen for a
// moment: nobody else could take over, or move the clock.
func (s *siege) pause(ctx context.Context, o *office) {
	until := s.clock(ctx).Add(2 * stride)
	o.freeze(s.office)
	defer o.thaw()
	if len(s.peers) > 0 {
		_ = s.fake.Await(ctx, "a lease to end", func() bool { return !s.clock(ctx).Before(until) })
	}
}

// acts has everybody name a step for themself and take it.
func (s *siege) acts(members []slackfake.User) {
	s.t.Helper()
	s.during(func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(s.atOnce)
		for i, m := range members {
			group.Go(func() error {
				if err := s.share(ctx, i-s.atOnce, len(members)); err != nil {
					return err
				}
				return s.act(ctx, m.ID)
			})
		}
		return group.Wait()
	})
}

// act has one person name a step for themself and take it.
func (s *siege) act(ctx context.Context, user string) error {
	say := func(text string) error {
		return s.fake.Insist(ctx, func() *slackfake.Act { return s.fake.DM(user, text) })
	}
	// waits waits for a message for as long as somebody is patient.
	waits := func(part string, patience time.Duration) error {
		patient, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_, err := s.fake.AwaitDM(patient, user, part)
		return err
	}
	// Somebody who hears nothing for a while asks to go on: a reply that is late by a quarter of an hour is not sent.
	hear := func(part string) error {
		for ctx.Err() == nil {
			if waits(part, 40*time.Second) == nil {
				return nil
			}
			if err := say("resume"); err != nil {
				return err
			}
		}
		return fmt.Errorf("%q is not heard: %w", part, ctx.Err())
	}
	// Somebody who was told to press again, or who sees nothing happen for a while, presses again: on the newest message,
	// because what was asked anew can be pressed there only. What could be pressed may have come too late, and so was not
	// sent: then they ask for it.
	press := func(on []string, act func(m slackfake.Message, on string) *slackfake.Act, then []string, ask string) error {
		_ = waits(on[0], 40*time.Second)
		for vain := 1; ctx.Err() == nil; vain++ {
			if m, label, ok := s.newest(user, on...); ok {
				// That it cannot be pressed means that the button is gone: the press was taken.
				_ = s.fake.Insist(ctx, func() *slackfake.Act { return act(m, label) })
			}
			if waits(then[0], 8*time.Second) == nil {
				return nil
			}
			if _, _, ok := s.newest(user, then...); ok {
				return nil
			}
			if vain%5 > 0 {
				continue
			}
			if err := say(ask); err != nil {
				return err
			}
		}
		return fmt.Errorf("%q does not lead to %q: %w", on, then, ctx.Err())
	}
	for _, act := range []func() error{
		func() error { return say("step") },
		func() error { return hear(s.asked("step", "what")) },
		func() error { return say("Step of " + user) },
		func() error { return hear(s.asked("step", "goal")) },
		func() error { return say("Goal of " + user) },
		func() error {
			return press([]string{s.asked("step", "lead")}, func(m slackfake.Message, _ string) *slackfake.Act {
				return s.fake.PickPerson(user, m, s.word("run.choose-person"), user)
			}, []string{s.asked("step", "due")}, "resume")
		},
		func() error { return say(s.due.Format(time.DateOnly)) },
		func() error {
			offered := []string{"[" + s.word("step.button.take") + "]", "[" + s.word("me.step-take") + " Step of " + user + "]"}
			theirs := []string{"[" + s.word("step.button.hand-on") + "]", "[" + s.word("me.step-report")}
			return press(offered, func(m slackfake.Message, on string) *slackfake.Act {
				return s.fake.Press(user, m, strings.Trim(on, "[]"))
			}, theirs, "me")
		},
	} {
		if err := act(); err != nil {
			return fmt.Errorf("%s: %w", user, err)
		}
	}
	return nil
}

// newest is the newest message to a person, whispered or not, that shows one of the given parts, and which.
func (s *siege) newest(user string, parts ...string) (m slackfake.Message, part string, ok bool) {
	seen := append(s.fake.DMs(user), s.fake.Whispers(user)...)
	slices.SortStableFunc(seen, func(a, b slackfake.Message) int { return strings.Compare(a.TS, b.TS) })
	for _, m := range slices.Backward(seen) {
		for _, part := range parts {
			if strings.Contains(m.Shown(), part) {
				return m, part, true
			}
		}
	}
	return m, "", false
}

// nudges lets time pass, from rung to rung of the ladder.
func (s *siege) nudges(members []slackfake.User) {
	s.t.Helper()
	at := func(days int) time.Time {
		return time.Date(s.due.Year(), s.due.Month(), s.due.Day()+days, 9, 0, 1, 0, s.due.Location())
	}
	rungs := []time.Time{at(-7), at(-1), at(0)}
	for days, working := 1, 0; len(rungs) < 5; days++ {
		if day := at(days).Weekday(); day == time.Saturday || day == time.Sunday {
			continue
		}
		if working++; working == 1 || working == 3 {
			rungs = append(rungs, at(days))
		}
	}
	s.during(func(ctx context.Context) error {
		for i, rung := range rungs {
			if err := s.share(ctx, i, len(rungs)); err != nil {
				return err
			}
			s.still.Lock()
			s.fake.Arrive()
			if err := s.fake.Await(ctx, "every event to be taken", func() bool { return s.fake.Unacknowledged() == 0 }); err != nil {
				return err // an event that comes a day late would be news
			}
			if early := s.nudged(members, i+1); early > 0 {
				return fmt.Errorf("%d people have nudge %d before its time", early, i+1)
			}
			s.reach(ctx, rung)
			s.still.Unlock()
			// Time passes beside the kills: it goes on to the next rung when everybody has had this one.
			had := 0
			if err := s.fake.Await(ctx, "a rung", func() bool {
				for had < len(members) && s.nudgesOf(members[had].ID) > i {
					had++
				}
				return had == len(members)
			}); err != nil {
				return err
			}
		}
		return nil
	})
	s.reach(s.ctx, s.clock(s.ctx).Add(settle))
	s.reach(s.ctx, s.clock(s.ctx).Add(lateMost))
	s.alone()
	for _, m := range members {
		if n := s.nudgesOf(m.ID); n != len(rungs) {
			s.t.Errorf("%s had %d nudges, wanted %d", m.ID, n, len(rungs))
		}
	}
}

// nudged counts the people who have had at least n reminders.
func (s *siege) nudged(members []slackfake.User, n int) (people int) {
	for _, m := range members {
		if s.nudgesOf(m.ID) >= n {
			people++
		}
	}
	return people
}

// nudgesOf counts the reminders that a person can see.
func (s *siege) nudgesOf(user string) int {
	n, mark := 0, s.word("nudge.button.tomorrow")
	for _, m := range s.fake.DMs(user) {
		if strings.Contains(m.Shown(), mark) {
			n++
		}
	}
	return n
}
