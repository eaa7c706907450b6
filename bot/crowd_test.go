package bot_test

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
	"convenor/store"
	"convenor/store/redistest"
)

// wholeCrowd is how many people answer at once.
const wholeCrowd = 200

// waiting is the pack with one round that waits for a number of answers.
type waiting struct {
	*content.Pack
	answers int
}

func (p waiting) Flow(id string) (flows.Definition, bool) {
	d, ok := p.Pack.Flow(id)
	if id == "round-2.3.3" {
		for i := range d.Nodes {
			if d.Nodes[i].Kind == flows.NodeAsk {
				d.Nodes[i].Until = flows.Until{Answers: p.answers}
			}
		}
	}
	return d, ok
}

// TestACrowdAnswersAtOnce has 200 people answer one question at the same moment, through three replicas on one Redis:
// each is told that it was saved, each answer is kept once, and the question closes once.
func TestACrowdAnswersAtOnce(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, waiting{pack, wholeCrowd})
	url := redistest.Start(t).URL()
	var replicas []*bot.Bot
	var stores []*store.Store
	platform := bottest.NewRecorder("slack", h.clock)
	for range 3 {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		stores = append(stores, s)
		replicas = append(replicas, bot.New(bot.Config{
			Ledger: s, Outbox: s, Pack: waiting{pack, wholeCrowd}, Platforms: []bot.Platform{platform}, Now: h.clock,
			Zone: time.LoadLocation, ID: h.id, Log: slog.New(slog.DiscardHandler),
		}))
	}
	if _, err := stores[0].Claim(t.Context(), slackPlace, "home"); err != nil {
		t.Fatal(err)
	}
	inbound := func(user string) bot.Inbound {
		return bot.Inbound{Key: h.key(), Platform: "slack", Place: slackPlace, Channel: council, User: user}
	}
	begin := inbound("rosa")
	begin.Command = &bot.Command{Verb: "ask", Rest: "2.3.3"}
	if _, err := replicas[0].Handle(t.Context(), begin); err != nil {
		t.Fatal(err)
	}
	run := everyKind[flows.Run](t, stores[0], flows.KindRun)[0]
	events := make([]bot.Inbound, wholeCrowd)
	for i := range events {
		events[i] = inbound(fmt.Sprintf("person%d", i))
		events[i].Submit = &bot.Submit{
			Token:  flows.Token{Verb: flows.VerbAnswer, Object: run.ID, Node: "q1"}.String(),
			Fields: map[string]flows.Input{"q1": {Text: fmt.Sprintf("words of %d", i)}},
		}
	}
	answers, faults := make([]bot.Answer, wholeCrowd), make([]error, wholeCrowd)
	ready := make(chan struct{})
	var all sync.WaitGroup
	for i, in := range events {
		all.Go(func() {
			<-ready
			answers[i], faults[i] = replicas[i%len(replicas)].Handle(t.Context(), in)
		})
	}
	close(ready)
	all.Wait()

	last := 0
	for i, a := range answers {
		if faults[i] != nil || a.Whisper == nil {
			t.Errorf("person %d: %v, %+v", i, faults[i], a)
			continue
		}
		said := a.Whisper.Plain()
		if !strings.HasPrefix(said, "Saved.") {
			t.Errorf("person %d is told %q", i, said)
		}
		if strings.Contains(said, "the last answer") {
			last++
		}
	}
	run = everyKind[flows.Run](t, stores[1], flows.KindRun)[0]
	if tally := run.Tally["q1"]; last != 1 || !tally.Closed || tally.Answers != wholeCrowd || run.Node != "q2" || run.Joined != wholeCrowd {
		t.Errorf("%d were the last one; %+v, %d took part, at %s", last, tally, run.Joined, run.Node)
	}
	given := map[string]int{}
	for _, a := range everyKind[flows.Answer](t, stores[2], flows.KindAnswer) {
		given[a.Person]++
	}
	if len(given) != wholeCrowd {
		t.Errorf("answers of %d people are kept", len(given))
	}
	if n := len(everyKind[flows.Typed](t, stores[2], flows.KindText)); n != wholeCrowd {
		t.Errorf("%d texts are kept", n)
	}
	for _, in := range events[:20] { // the platform sends some again
		if a, err := replicas[2].Handle(t.Context(), in); err != nil || a.Whisper != nil {
			t.Errorf("again: %v %+v", err, a)
		}
	}
	if after := everyKind[flows.Run](t, stores[0], flows.KindRun)[0]; after.Rev != run.Rev {
		t.Errorf("repeats took the run from %d to %d", run.Rev, after.Rev)
	}
}

// everyKind is everything of a kind.
func everyKind[T any](t *testing.T, s *store.Store, kind string) []T {
	t.Helper()
	records, err := s.Everything(t.Context(), "home")
	if err != nil {
		t.Fatal(err)
	}
	var list []T
	for _, r := range records {
		if r.Kind == kind {
			list = append(list, decoded[T](t, r))
		}
	}
	return list
}
