package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
)

func TestTheSameEventTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	events := []bot.Inbound{}
	again := func(in bot.Inbound) {
		rosa.does(t, in)
		events = append(events, in)
	}
	in := rosa.inbound()
	in.Command = &bot.Command{Verb: "step"}
	again(in)
	in = rosa.inbound()
	in.Typed = &bot.Typed{Text: "Write to the clerk"}
	again(in)
	rosa.presses(t, flows.VerbForm)
	again(rosa.submit(t, "Know more"))
	again(rosa.press(t, flows.VerbSkip, ""))
	again(rosa.press(t, flows.VerbSkip, ""))
	before, posts := h.everything(t), len(h.slack.Posts(bot.Address{}))
	for range 3 {
		for _, in := range events {
			answer, err := h.Handle(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Form != nil {
				t.Error("a repeat opened a form")
			}
		}
	}
	h.settle(t)
	if after := h.everything(t); after != before {
		t.Errorf("repeats changed something:\n%s\n---\n%s", before, after)
	}
	if n := len(h.slack.Posts(bot.Address{})); n != posts {
		t.Errorf("repeats sent %d messages", n-posts)
	}
	if n := len(h.records(t, flows.KindStep)); n != 1 {
		t.Errorf("%d steps, want 1", n)
	}
}

func TestAConflictStartsOver(t *testing.T) {
	t.Parallel()
	for _, conflicts := range []int64{1, bot.Tries - 1, bot.Tries, 1000} {
		h := newHouse(t)
		rosa := h.on("rosa")
		rosa.commands(t, "step", "")
		before := h.everything(t)
		var tried atomic.Int64
		h.ledger.breaks(func(op string) error {
			if op == "Commit" && tried.Add(1) <= conflicts {
				return fmt.Errorf("commit: %w", flows.ErrConflict)
			}
			return nil
		})
		in := rosa.inbound()
		in.Typed = &bot.Typed{Text: "Write to the clerk"}
		answer, err := h.Handle(t.Context(), in)
		h.ledger.breaks(nil)
		if conflicts < bot.Tries {
			if run := only[flows.Run](t, h, flows.KindRun); err != nil || run.Node != "goal" {
				t.Errorf("after %d conflicts: %v, the run is at %s", conflicts, err, run.Node)
			}
			continue
		}
		if !errors.Is(err, flows.ErrConflict) || tried.Load() != bot.Tries {
			t.Errorf("gave up after %d tries with %v", tried.Load(), err)
		}
		mustSay(t, whispered(t, answer), "I could not save that")
		if h.everything(t) != before {
			t.Error("something was changed")
		}
	}
}

func TestTheStoreIsAway(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"Place", "Load", "Commit"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			rosa := h.on("rosa")
			rosa.commands(t, "step", "")
			rosa.presses(t, flows.VerbForm)
			events := map[string]bot.Inbound{"Submit": rosa.submit(t, "Write to the clerk")}
			events["Press"] = rosa.press(t, flows.VerbPause, "")
			in := rosa.inbound()
			in.Typed = &bot.Typed{Text: "Write to the clerk"}
			events["Typed"] = in
			in = rosa.inbound()
			in.Command = &bot.Command{Verb: "signup", Rest: "messenger"}
			events["Command"] = in
			h.settle(t)
			before := h.everything(t)
			h.ledger.breaks(func(o string) error {
				if o == op {
					return errAway
				}
				return nil
			})
			for name, in := range events {
				answer, err := h.Handle(t.Context(), in)
				if !errors.Is(err, errAway) {
					t.Errorf("%s: the error is %v", name, err)
				}
				if name != "Submit" {
					mustSay(t, whispered(t, answer), "I could not save that")
					continue
				}
				if answer.Form == nil {
					t.Fatal("the form did not come back")
				}
				f := answer.Form.Fields[0]
				if f.Value.Text != "Write to the clerk" || f.Label != "The step" || answer.Form.Token != in.Submit.Token {
					t.Errorf("the form came back as %+v", answer.Form)
				}
				mustSay(t, f.Error, "I could not save that", "Your words are still here")
			}
			h.ledger.breaks(nil)
			h.settle(t)
			if after := h.everything(t); after != before {
				t.Errorf("something is half done:\n%s\n---\n%s", before, after)
			}
			if text := h.log.String(); strings.Contains(text, "Write to the clerk") || strings.Contains(text, "Rosa") {
				t.Errorf("the log tells what was said, and by whom:\n%s", text)
			}
			for _, name := range []string{"Submit"} { // sent again it is taken
				if _, err := h.Handle(t.Context(), events[name]); err != nil {
					t.Error(err)
				}
			}
			if run := only[flows.Run](t, h, flows.KindRun); run.Node != "goal" {
				t.Errorf("the run is at %s", run.Node)
			}
		})
	}
}

// TestAFormIsGivenBackByAnyone: a replica that never opened the form gives back what was typed, too.
func TestAFormIsGivenBackByAnyone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.ledger.breaks(func(string) error { return errAway })
	in := h.on("ana").inbound()
	in.Locale = flows.Spanish
	in.Submit = &bot.Submit{Token: "answer|run|3|methods", Fields: map[string]flows.Input{
		"methods": {Picks: []string{"social", "media"}}, "reach": {Text: "aquí mismo"},
	}}
	answer, err := h.Handle(t.Context(), in)
	if !errors.Is(err, errAway) || answer.Form == nil || len(answer.Form.Fields) != 2 {
		t.Fatalf("%+v %v", answer, err)
	}
	f := answer.Form
	if f.Fields[1].Value.Text != "aquí mismo" || len(f.Fields[0].Value.Picks) != 2 || len(f.Fields[0].Options) != 2 {
		t.Errorf("%+v", f.Fields)
	}
	if f.Token != in.Submit.Token || f.Locale != flows.Spanish {
		t.Errorf("%+v", f)
	}
	mustSay(t, f.Fields[0].Error, "No pude guardarlo")
}

// TestSavedButTheAnswerWasLost: the commit went through and nobody heard of it. The same event again changes nothing
// more.
func TestSavedButTheAnswerWasLost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.commands(t, "step", "")
	h.ledger.after(func() error { return errAway })
	in := rosa.inbound()
	in.Typed = &bot.Typed{Text: "Write to the clerk"}
	if _, err := h.Handle(t.Context(), in); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	h.ledger.after(nil)
	rosa.does(t, in) // the platform sends it again, because it was not acknowledged
	if run := only[flows.Run](t, h, flows.KindRun); run.Node != "goal" || len(run.Log) != 1 {
		t.Errorf("the run is at %s with %d answers", run.Node, len(run.Log))
	}
}

// brittle is a pack that breaks off when a flow is asked for.
type brittle struct{ bot.Pack }

func (brittle) Flow(string) (flows.Definition, bool) { panic("words that someone typed") }

func TestPanic(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, brittle{pack})
	rosa := h.on("rosa")
	in := rosa.inbound()
	in.Command = &bot.Command{Verb: "step"}
	answer, err := h.Handle(t.Context(), in)
	if err == nil {
		t.Fatal("no error")
	}
	mustSay(t, whispered(t, answer), "I could not save that")
	mustSay(t, h.log.String(), "broke off", "stack")
	if strings.Contains(h.log.String()+err.Error(), "words that someone typed") {
		t.Error("the log tells what was said")
	}
	rosa.commands(t, "help", "") // nobody waits for ever
}

// crowd is a pack whose rounds close a question after so many answers.
type crowd struct {
	bot.Pack
	until int
}

func (c crowd) Flow(id string) (flows.Definition, bool) {
	d, ok := c.Pack.Flow(id)
	d.Nodes = slices.Clone(d.Nodes)
	for i := range d.Nodes {
		if d.Group && d.Nodes[i].Kind == flows.NodeAsk {
			d.Nodes[i].Until.Answers = c.until
		}
	}
	return d, ok
}

// TestTwoHundredAnswerAtOnce: each of 200 people, seen for the first time, counts once, and the question closes once.
// With two bots on one store the events of a run also meet between processes.
func TestTwoHundredAnswerAtOnce(t *testing.T) {
	t.Parallel()
	const people = 200
	for _, replicas := range []int{1, 2} {
		t.Run(strconv.Itoa(replicas), func(t *testing.T) {
			t.Parallel()
			pack, err := content.Embedded()
			if err != nil {
				t.Fatal(err)
			}
			h := newHouseWith(t, crowd{pack, people})
			rosa := h.on("rosa").in(council)
			rosa.commands(t, "ask", "2.3.3")
			run := only[flows.Run](t, h, flows.KindRun)
			bots := []*bot.Bot{h.Bot}
			for len(bots) < replicas {
				bots = append(bots, h.replica(crowd{pack, people}, h.slack, h.discord))
			}
			token := flows.Token{Verb: flows.VerbAnswer, Object: run.ID, Node: run.Node}.String()
			var refused atomic.Int64
			var all sync.WaitGroup
			for i := range people {
				all.Go(func() {
					in := bot.Inbound{
						Key: "crowd:" + strconv.Itoa(i), Platform: "slack", Place: slackPlace, Channel: council, User: "u" + strconv.Itoa(i),
						Submit: &bot.Submit{Token: token, Fields: map[string]flows.Input{run.Node: {Text: "answer " + strconv.Itoa(i)}}},
					}
					for { // who is told that it was not saved sends again
						_, err := bots[i%len(bots)].Handle(t.Context(), in)
						if err == nil {
							return
						}
						refused.Add(1)
						if !errors.Is(err, flows.ErrConflict) {
							t.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			if replicas == 1 && refused.Load() > 0 {
				t.Errorf("%d were told to press again, with nobody to compete with", refused.Load())
			}
			t.Logf("%d replicas: %d told to press again", replicas, refused.Load())
			end := only[flows.Run](t, h, flows.KindRun)
			tally := end.Tally[run.Node]
			if tally.Answers != people || !tally.Closed || end.Node == run.Node || end.Rev != run.Rev+people {
				t.Errorf("%+v, at %s, revision %d after %d", tally, end.Node, end.Rev, run.Rev)
			}
			if n := len(h.records(t, flows.KindAnswer)); n != people {
				t.Errorf("%d answers are kept, want %d", n, people)
			}
			if n := len(h.records(t, flows.KindPerson)); n != people+1 {
				t.Errorf("%d people are known, want %d", n, people+1)
			}
		})
	}
}

// TestALateCallerIsNotKept: an interaction whose time is up is told so, and its lane is free again.
func TestALateCallerIsNotKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	in := rosa.inbound()
	in.Command = &bot.Command{Verb: "step"}
	answer, err := h.Handle(ended, in)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	mustSay(t, whispered(t, answer), "I could not save that")
	rosa.commands(t, "step", "")
}

// replica is another bot on the same store.
func (h *house) replica(pack bot.Pack, platforms ...bot.Platform) *bot.Bot {
	return bot.New(bot.Config{
		Ledger: h.ledger, Outbox: h.store, Pack: pack, Platforms: platforms,
		Now: h.clock, Zone: time.LoadLocation, ID: h.id, Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
}

// gathering is a platform that tells about nobody before so many are asked about at the same time.
type gathering struct {
	bot.Platform
	missing atomic.Int64
	all     chan struct{}
}

func (g *gathering) Profile(ctx context.Context, _, user string) (bot.Profile, error) {
	if g.missing.Add(-1) == 0 {
		close(g.all)
	}
	select {
	case <-g.all:
		return bot.Profile{Name: "Name of " + user}, nil
	case <-ctx.Done():
		return bot.Profile{}, ctx.Err()
	}
}

// TestNewcomersDoNotWaitForEachOther: the profiles of people who press the same button at once are asked for at once.
func TestNewcomersDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	const people = 20
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	rosa.commands(t, "ask", "2.3.3")
	press := rosa.press(t, flows.VerbForm, "")
	slow := &gathering{Platform: h.slack, all: make(chan struct{})}
	slow.missing.Store(people)
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	replica := h.replica(pack, slow)
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			in := press
			in.Key, in.User = "newcomer:"+strconv.Itoa(i), "u"+strconv.Itoa(i)
			if answer, err := replica.Handle(t.Context(), in); err != nil || answer.Form == nil {
				t.Error(err, answer)
			}
		})
	}
	all.Wait()
	for i := range people {
		if name := h.on("u" + strconv.Itoa(i)).person(t).Name; name == "" {
			t.Errorf("the profile of u%d came too late", i)
		}
	}
}

// shy is a platform that does not tell about anybody until it may.
type shy struct {
	*bottest.Recorder
	speaks atomic.Bool
	asked  atomic.Int64
}

func (s *shy) Profile(ctx context.Context, place, user string) (bot.Profile, error) {
	s.asked.Add(1)
	if !s.speaks.Load() {
		return bot.Profile{}, errors.New("no answer")
	}
	return s.Recorder.Profile(ctx, place, user)
}

// TestWhoWasNotToldAtFirstSight: a platform that does not answer when somebody is first seen is asked again, until it
// does.
func TestWhoWasNotToldAtFirstSight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := &shy{Recorder: h.slack}
	h.Bot = bot.New(bot.Config{
		Ledger: h.ledger, Outbox: h.store, Pack: h.Pack, Platforms: []bot.Platform{p, h.discord},
		Now: h.clock, Zone: time.LoadLocation, ID: h.id, Log: h.Log,
	})
	h.on("rosa").types(t, "hello")
	ana := h.on("ana")
	ana.types(t, "hello")
	if got := ana.person(t); got.Name != "" || got.Zone != "" {
		t.Fatalf("told by nobody: %+v", got)
	}
	p.speaks.Store(true)
	ana.types(t, "hello")
	if got := ana.person(t); got.Name != "Ana Reyes" || got.Zone != "America/Chicago" || got.Locale != flows.Spanish {
		t.Errorf("asked again: %+v", got)
	}
	before := p.asked.Load()
	ana.types(t, "hello")
	if p.asked.Load() != before {
		t.Error("asked once more about somebody known")
	}
}
