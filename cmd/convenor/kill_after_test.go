package main

import (
	"encoding/json"
	"fmt"
	"time"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/flows/plan"
	"convenor/store"
)

// lateMost is longer than a late copy can stand.
const lateMost = 61 * time.Minute

// alone waits until no message stands twice: a late copy is taken back beside everything else.
func (s *siege) alone() {
	s.t.Helper()
	if err := s.fake.Await(s.soon(), "late copies to be taken back", func() bool { return len(s.twice()) == 0 }); err != nil {
		s.t.Error(err) // and told says which
	}
}

// twice lists the messages that stand under a mark of another, each with that one.
func (s *siege) twice() (pairs [][2]slackfake.Message) {
	seen := map[string]slackfake.Message{}
	for _, m := range s.fake.AllMessages() {
		mark, told := markOf(m)
		if !told {
			continue
		}
		if before, again := seen[mark]; again {
			pairs = append(pairs, [2]slackfake.Message{before, m})
		}
		seen[mark] = m
	}
	return pairs
}

// markOf is the mark of a message that Convenor told somebody.
func markOf(m slackfake.Message) (mark string, told bool) {
	if m.User != slackfake.BotUser || m.For != "" || m.Metadata == nil {
		return "", false
	}
	return fmt.Sprint(m.Metadata.Payload["k"]), true
}

// told looks at everything that people saw: each message has a mark of its own, and none is there twice.
func (s *siege) told() {
	s.t.Helper()
	for _, m := range s.fake.AllMessages() {
		if m.User == slackfake.BotUser && m.For == "" && m.Metadata == nil {
			s.t.Errorf("a message without a mark: %s", m.Shown())
		}
	}
	for _, pair := range s.twice() {
		s.t.Errorf("told twice in %s:\n%s\nand\n%s", pair[1].Channel, pair[0].Shown(), pair[1].Shown())
	}
}

// kept looks into the store after a last kill: one step of each person, taken, with its words.
func (s *siege) kept(o store.Options) {
	s.t.Helper()
	for _, o := range append([]*office{s.office}, s.peers...) {
		o.kill()
	}
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
	if len(steps) != s.members {
		s.t.Errorf("%d people have a step, wanted %d", len(steps), s.members)
	}
	for person, n := range steps {
		if n != 1 {
			s.t.Errorf("%s has %d steps", person, n)
		}
	}
	for i := range s.members {
		for _, typed := range []string{"Step of ", "Goal of "} {
			if words := fmt.Sprintf("%sU%d", typed, i+1); texts[words] != 1 {
				s.t.Errorf("%q is kept %d times", words, texts[words])
			}
		}
	}
}
