package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/flows/plan"
	"convenor/store"
	"convenor/store/redistest"
)

// crowd is how many people each name a step and take it (six acts, so 240 in all) and are nudged on five rungs of its
// ladder (200 nudges). kills is how often the process is killed in each half.
const (
	crowd = 40
	kills = 10
)

// TestKill kills the process with kill -9 at random moments of 240 acts and 200 nudges, on its own store and on Redis:
// nothing is lost and nobody is told twice.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"embedded", "redis"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var url string
			if engine == "redis" {
				url = redistest.Start(t).URL()
			}
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			var members []slackfake.User
			for i := range crowd {
				members = append(members, slackfake.User{ID: fmt.Sprintf("U%d", i+1), Name: fmt.Sprintf("Member %d", i+1), Zone: "America/Chicago", Locale: "en-US"})
			}
			siege := &siege{people: people{locale: flows.English, office: openOffice(t, url, members...)}, random: rand.New(rand.NewPCG(seed, 0))}
			siege.acts(members)
			siege.nudges(members)
			siege.told()
			siege.kept(store.Options{URL: url, Dir: siege.data, Rehearsal: true})
		})
	}
}

// siege is an office whose process is killed again and again.
type siege struct {
	people
	random *rand.Rand
}

// during does what every member does, all at once, while the process is killed at random calls of the platform.
func (s *siege) during(members []slackfake.User, each func(ctx context.Context, user string) error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 100*time.Second)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	for _, m := range members {
		group.Go(func() error { return each(ctx, m.ID) })
	}
	over := make(chan error, 1)
	go func() { over <- group.Wait() }()
	defer s.passing(ctx)()
	for amid := range kills {
		// The moment is fixed while the process is down, so that it does not get away, however fast it works.
		calls := len(s.fake.Calls("")) + 5 + s.random.IntN(20)
		for range s.random.IntN(3) { // some posts are made, and the process dies before it hears of it
			s.fake.Fault("chat.postMessage", slackfake.Fault{Done: true, Hold: s.ctx.Done()})
		}
		if amid > 0 {
			s.start()
		}
		if err := s.fake.Await(ctx, "a moment to kill", func() bool { return len(s.fake.Calls("")) >= calls }); err != nil {
			s.t.Fatalf("only %d of %d kills came while people were at it: %v", amid, kills, err)
		}
		s.kill()
	}
	s.start()
	if err := <-over; err != nil {
		s.t.Fatal(err)
	}
}

// acts has everybody name a step for themself and take it.
func (s *siege) acts(members []slackfake.User) {
	s.t.Helper()
	s.during(members, func(ctx context.Context, user string) error {
		say := func(text string) error {
			return s.fake.Insist(ctx, func() *slackfake.Act { return s.fake.DM(user, text) })
		}
		hear := func(part string) error { _, err := s.fake.AwaitDM(ctx, user, part); return err }
		var lead, offer slackfake.Message
		for _, act := range []func() error{
			func() error { return say("step") },
			func() error { return hear(s.asked("step", "what")) },
			func() error { return say("Step of " + user) },
			func() error { return hear(s.asked("step", "goal")) },
			func() error { return say("Goal of " + user) },
			func() (err error) { lead, err = s.fake.AwaitDM(ctx, user, s.asked("step", "lead")); return err },
			func() error {
				return s.fake.Insist(ctx, func() *slackfake.Act { return s.fake.PickPerson(user, lead, s.word("run.choose-person"), user) })
			},
			func() error { return hear(s.asked("step", "due")) },
			func() error { return say("in 8 days") },
			func() (err error) { offer, err = s.fake.AwaitDM(ctx, user, s.word("step.button.take")); return err },
			func() error {
				return s.fake.Insist(ctx, func() *slackfake.Act { return s.fake.Press(user, offer, s.word("step.button.take")) })
			},
			func() error { return hear(s.word("step.yours")) },
		} {
			if err := act(); err != nil {
				return fmt.Errorf("%s: %w", user, err)
			}
		}
		return nil
	})
}

// nudges lets time pass, from rung to rung of the ladder.
func (s *siege) nudges(members []slackfake.User) {
	s.t.Helper()
	zone := chicago(s.t)
	due := s.clock(s.ctx).In(zone).AddDate(0, 0, 8)
	at := func(days int) time.Time { return time.Date(due.Year(), due.Month(), due.Day()+days, 9, 0, 1, 0, zone) }
	rungs := []time.Time{at(-7), at(-1), at(0)}
	for days, working := 1, 0; len(rungs) < 5; days++ {
		if day := at(days).Weekday(); day == time.Saturday || day == time.Sunday {
			continue
		}
		if working++; working == 1 || working == 3 {
			rungs = append(rungs, at(days))
		}
	}
	// Time passes beside the kills: it goes on to the next rung when everybody has had the one before.
	reached := func(rung int) func() bool {
		return func() bool {
			for _, m := range members {
				if s.nudgesOf(m.ID) < rung {
					return false
				}
			}
			return true
		}
	}
	passes := make(chan struct{})
	go func() {
		defer close(passes)
		for i, rung := range rungs {
			s.reach(s.ctx, rung)
			if err := s.fake.Await(s.ctx, "a rung", reached(i+1)); err != nil {
				return
			}
		}
	}()
	s.during(members, func(ctx context.Context, user string) error {
		return s.fake.Await(ctx, "five nudges for "+user, func() bool { return s.nudgesOf(user) >= len(rungs) })
	})
	<-passes
	s.reach(s.ctx, s.clock(s.ctx).Add(settle))
	for _, m := range members {
		if n := s.nudgesOf(m.ID); n != len(rungs) {
			s.t.Errorf("%s had %d nudges, wanted %d", m.ID, n, len(rungs))
		}
	}
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

// told looks at everything that people saw: each message has a mark of its own, and none is there twice.
func (s *siege) told() {
	s.t.Helper()
	seen := map[string]string{}
	for _, m := range s.fake.AllMessages() {
		if m.User != slackfake.BotUser || m.For != "" {
			continue
		}
		if m.Metadata == nil {
			s.t.Errorf("a message without a mark: %s", m.Shown())
			continue
		}
		mark := fmt.Sprint(m.Metadata.Payload["k"])
		if before, twice := seen[mark]; twice {
			s.t.Errorf("told twice in %s:\n%s\nand\n%s", m.Channel, before, m.Shown())
		}
		seen[mark] = m.Shown()
	}
}

// kept looks into the store after a last kill: one step of each person, taken, with its words.
func (s *siege) kept(o store.Options) {
	s.t.Helper()
	s.kill()
	kept, err := store.Open(s.ctx, o)
	if err != nil {
		s.t.Fatal(err)
	}
	defer kept.Close()
	tenants, err := kept.Coalitions(s.ctx)
	if err != nil || len(tenants) != 1 {
		s.t.Fatal("coalitions", tenants, err)
	}
	records, err := kept.Everything(s.ctx, tenants[0])
	if err != nil {
		s.t.Fatal(err)
	}
	steps, texts := map[string]int{}, map[string]int{}
	for _, r := range records {
		switch r.Kind {
		case flows.KindStep:
			var step plan.Step
			if err := json.Unmarshal(r.Data, &step); err != nil {
				s.t.Fatal(err)
			}
			if step.Status == plan.StatusTaken {
				steps[step.Lead]++
			}
		case flows.KindText:
			var typed flows.Typed
			if err := json.Unmarshal(r.Data, &typed); err != nil {
				s.t.Fatal(err)
			}
			texts[typed.Text]++
		}
	}
	if len(steps) != crowd {
		s.t.Errorf("%d people have a step, wanted %d", len(steps), crowd)
	}
	for person, n := range steps {
		if n != 1 {
			s.t.Errorf("%s has %d steps", person, n)
		}
	}
	for i := range crowd {
		for _, typed := range []string{"Step of ", "Goal of "} {
			if words := fmt.Sprintf("%sU%d", typed, i+1); texts[words] != 1 {
				s.t.Errorf("%q is kept %d times", words, texts[words])
			}
		}
	}
}
