package bot_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
)

// times is how often a fault is tried: n, or with CONVENOR_SCALE set that many times n.
func times(t *testing.T, n int) int {
	t.Helper()
	if scale, err := strconv.Atoi(os.Getenv("CONVENOR_SCALE")); err == nil && scale > 0 {
		n *= scale
	}
	t.Logf("%d times", n)
	return n
}

// newcomers adds people on Slack, each with the right to be written to.
func (w *world) newcomers(n int) (ids []string) {
	w.t.Helper()
	for i := range n {
		id := fmt.Sprintf("x%d", i)
		w.put(flows.Ref{Kind: flows.KindPerson, ID: id}, coalition.Person{
			ID: id, Identities: []string{"slack:T1:" + id}, Locale: flows.English, Explained: true,
		})
		ids = append(ids, id)
	}
	return ids
}

// TestWhatCannotBeLookedForIsNeverSentTwice has every post arrive without an answer, and every look for it fail, for
// ever: it stands once, and is given up after a while.
func TestWhatCannotBeLookedForIsNeverSentTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(func(c *bot.Config) {
		c.Platforms[0] = bottest.Faulty{Platform: c.Platforms[0], Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
			return map[string]bottest.Fault{"Send": bottest.Lost, "Find": bottest.Down}[op]
		}}
	})
	w.clock.advance(time.Hour)
	ids := w.newcomers(times(t, 40))
	for _, id := range ids {
		w.owe(reply("n."+id, id, "slack"))
	}
	w.run(20*time.Minute, time.Minute, b)
	w.run(8*time.Hour, 7*time.Minute, b)
	for _, id := range ids {
		want(t, id, seen(w.slack, bot.Address{Place: "slack:T1", User: id}), "n."+id)
	}
	if p, err := w.store.Pending(t.Context()); err != nil || p.Conversations != 0 {
		t.Errorf("still waiting: %+v %v", p, err)
	}
}

// TestAClosedDoorIsNotKnockedAtAgainAndAgain has a platform refuse people and a channel for good, for each reason there
// is, and goes on owing them something for a week: each is asked at most three times, nobody else waits, and the
// coordinator hears of it in one message.
func TestAClosedDoorIsNotKnockedAtAgainAndAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	reasons := []string{"closed", "left", "not-found", "restricted", "inactive"}
	ids := w.newcomers(times(t, 20))
	doors := map[string]bot.Address{room: inRoom()}
	w.slack.Refuse(inRoom(), "archived")
	for i, id := range ids {
		doors[id] = bot.Address{Place: "slack:T1", User: id}
		w.slack.Refuse(doors[id], reasons[i%len(reasons)])
	}
	w.put(flows.Ref{Kind: flows.KindSpace, ID: "slack:T1:C2"}, coalition.Space{ID: "slack:T1:C2", Platform: "slack", Place: "slack:T1", Channel: "C2"})
	for day := range 7 {
		for _, id := range ids {
			w.owe(nudged(fmt.Sprintf("n.%s.%d", id, day), id))
		}
		for n := range 3 {
			p := post(fmt.Sprintf("p.%d.%d", day, n))
			w.owe(p)
			p.ID, p.Space = p.ID+".b", "slack:T1:C2"
			w.owe(p)
		}
		w.run(24*time.Hour, 30*time.Minute, b)
	}
	if n := len(seen(w.slack, bot.Address{Place: "slack:T1", Channel: "C2"})); n != 21 {
		t.Errorf("the other channel saw %d posts", n)
	}
	for id, door := range doors {
		if n := w.slack.Knocks(door); n == 0 || n > 3 {
			t.Errorf("%s was asked %d times", id, n)
		}
	}
	for i, id := range ids {
		if got := w.receipts(id)["n."+id+".6"]; got != "dead "+reasons[i%len(reasons)] {
			t.Errorf("%s: %v", id, got)
		}
	}
	told := w.slack.Posts(anaOnSlack())
	if len(told) != 1 || told[0].Message.Blocks[0].Text != "nudge.several-things {what}" {
		t.Errorf("Ana was told: %q", seen(w.slack, anaOnSlack()))
	}
	if got := w.heard("ana"); len(got) != len(doors) {
		t.Errorf("Ana was told of %d, not of %d", len(got), len(doors))
	}
}

// heard are the ids of those that a person's nudges said nothing gets through to.
func (w *world) heard(person string) (ids []string) {
	w.t.Helper()
	for _, r := range w.load(flows.Ref{Kind: flows.KindReceipt, Under: person}) {
		receipt := decoded[flows.Receipt](w.t, r)
		if receipt.Outcome != flows.Sent || receipt.Rule != string(nudge.Unreached) {
			continue
		}
		for _, p := range receipt.Message.Parts {
			if n := p.Args["count"].Number; n != nil && p.Style == flows.StyleSmall {
				for range *n {
					ids = append(ids, "one more")
				}
			}
			if who := p.Args["name"].Person; who != "" {
				ids = append(ids, who)
			}
			if where := p.Args["channel"]; where.Plain+where.Words != "" {
				ids = append(ids, where.Plain+where.Words)
			}
		}
	}
	return ids
}

// TestEventsThatComeAgain hands every event to several replicas, one to four times, in any order and at the same
// moment, while replicas come and go: each has its effect once.
func TestEventsThatComeAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.on("rosa").commands(t, "signup", "messenger")
	once := len(h.slack.Posts(bot.Address{Place: slackPlace, User: "rosa"})) // what one event sends
	n := times(t, 250)
	random := rand.New(rand.NewPCG(1, 2))
	var events []bot.Inbound
	for i := range n {
		user := "u" + strconv.Itoa(i)
		h.slack.SetProfile(user, bot.Profile{Name: "Person " + user})
		in := h.on(user).inbound()
		in.Command = &bot.Command{Verb: "signup", Rest: "messenger"}
		for range 1 + random.IntN(4) {
			events = append(events, in)
		}
	}
	random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	work := make(chan bot.Inbound)
	var replicas sync.WaitGroup
	for range 3 {
		replicas.Go(func() {
			for done := 0; ; done++ {
				b := h.replica(h.Pack, h.slack, h.discord) // one that has just been started
				for range 40 {
					in, more := <-work
					if !more {
						return
					}
					if _, err := b.Handle(t.Context(), in); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for _, in := range events {
		work <- in
	}
	close(work)
	replicas.Wait()
	h.settle(t)
	if runs := len(h.records(t, flows.KindRun)); runs != n+1 {
		t.Errorf("%d conversations came of %d events that were delivered %d times", runs, n, len(events))
	}
	heard := map[string]int{}
	for _, p := range h.slack.Posts(bot.Address{}) {
		heard[p.To.User]++
	}
	for i := range n {
		if got := heard["u"+strconv.Itoa(i)]; got != once {
			t.Errorf("u%d was sent %d messages, want %d", i, got, once)
		}
	}
}

// TestOldButtonsInAnyOrder presses, as new events, every button that a finished conversation ever showed, and sends all
// its forms again, in random order: nothing changes, nothing breaks, and every press is answered.
func TestOldButtonsInAnyOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.commands(t, "step", "")
	tokens := map[string]bool{}
	note := func() {
		for _, c := range rosa.controls() {
			if token, err := flows.ParseToken(c.Token); err == nil && token.Verb != flows.VerbStart && token.Verb != flows.VerbStepTake && token.Verb != flows.VerbStepNotMe && token.Verb != flows.VerbStepLater {
				tokens[c.Token] = true
			}
		}
	}
	for _, words := range []string{"Call the clinic", "More beds", "rosa", "in 8 days"} {
		note()
		rosa.types(t, words)
	}
	note()
	runs, steps := h.records(t, flows.KindRun), h.records(t, flows.KindStep)
	if len(tokens) < 10 || len(steps) != 1 {
		t.Fatalf("%d buttons were seen, %d steps named", len(tokens), len(steps))
	}
	var list []string
	for token := range tokens {
		list = append(list, token)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range times(t, 1000) {
		in, token := rosa.inbound(), list[random.IntN(len(list))]
		if in.Press = (&bot.Press{Token: token}); random.IntN(3) == 0 {
			in.Press, in.Submit = nil, &bot.Submit{Token: token, Fields: map[string]flows.Input{"what": {Text: "Something else"}}}
		}
		answer, err := h.Handle(t.Context(), in)
		if err != nil {
			t.Fatalf("%s: %v", token, err)
		}
		if answer.Whisper == nil && answer.Form == nil {
			h.settle(t)
		}
	}
	h.settle(t)
	after := h.records(t, flows.KindStep)
	if len(after) != 1 || string(after[0].Data) != string(steps[0].Data) {
		t.Errorf("the step was %s and is %s", steps[0].Data, after[0].Data)
	}
	if now := h.records(t, flows.KindRun); len(now) != len(runs) {
		t.Errorf("%d conversations, there were %d", len(now), len(runs))
	}
}

// TestClicksWhileTheStoreIsAway gives people something to go by for each thing they do while nothing can be saved, and
// takes each once the store is back.
func TestClicksWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.commands(t, "", "")
	before := h.everything(t)
	ops := []string{"Place", "Load", "Commit"}
	n := times(t, 1000)
	var last []bot.Inbound
	silent := 0
	for i := range n {
		h.ledger.breaks(func(op string) error {
			if op == ops[i%len(ops)] {
				return errAway
			}
			return nil
		})
		in := rosa.inbound()
		if in.Command = (&bot.Command{Verb: "nudges", Rest: []string{"off", "on"}[i%2]}); i%3 == 0 {
			in.Command, in.Press = nil, &bot.Press{Token: flows.Token{Verb: flows.VerbNudgesOff}.String()}
		}
		answer, err := h.Handle(t.Context(), in)
		if err == nil || answer.Whisper == nil || !strings.HasPrefix(answer.Whisper.Plain(), "I could not save that") {
			silent++
		}
		if last = append(last, in); len(last) > 20 {
			last = last[1:]
		}
	}
	h.ledger.breaks(nil)
	if silent != 0 {
		t.Errorf("%d of %d were lost without a word", silent, n)
	}
	if h.everything(t) != before {
		t.Error("something was half done")
	}
	for _, in := range last {
		if answer, err := h.Handle(t.Context(), in); err != nil || answer.Whisper == nil {
			t.Errorf("sent again: %+v %v", answer, err)
		}
	}
}

// TestAsleepForAWhile suspends the machine for a minute to three days, at any time of day: afterwards nobody hears of
// one thing more than once, and of several in one message.
func TestAsleepForAWhile(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for i := range times(t, 25) {
		w := newWorld(t, monday().Add(time.Duration(random.IntN(24*60))*time.Minute))
		b := w.process(nil)
		for j := range 3 {
			w.step(fmt.Sprintf("step%d", j), "ben", w.clock.now().AddDate(0, 0, 1+random.IntN(9)).Format(time.DateOnly))
		}
		w.run(2*time.Hour, 20*time.Minute, b)
		before := len(seen(w.discord, benDiscord()))
		asleep := time.Minute + time.Duration(random.Int64N(int64(3*24*time.Hour)))
		w.clock.advance(asleep)
		w.run(3*time.Minute, time.Minute, b)
		if n := len(seen(w.discord, benDiscord())) - before; n > 1 {
			t.Errorf("case %d: %d messages at once after %v", i, n, asleep)
		}
		w.run(4*24*time.Hour, 3*time.Hour, b)
		heard := map[string]int{}
		for _, record := range w.load(flows.Ref{Kind: flows.KindReceipt, Under: "ben"}) {
			if r := decoded[flows.Receipt](t, record); r.Outcome == flows.Sent {
				heard[r.Rule+" "+r.Object]++
			}
		}
		for why, n := range heard {
			if n > 1 {
				t.Errorf("case %d: %s came %d times", i, why, n)
			}
		}
	}
}

// TestAStepThatChangesAsItsReminderLeaves ends a step or moves its date within a second of its reminder, before the
// sweep, between sweep and sending, or after: a reminder of what is no longer so never leaves.
func TestAStepThatChangesAsItsReminderLeaves(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	counts := map[string]int{}
	for i := range times(t, 50) {
		w := newWorld(t, monday())
		b := w.process(nil)
		step := w.step("step1", "ben", "2026-11-03")
		nine := time.Date(2026, 11, 3, 17, 0, 0, 0, time.UTC)
		w.clock.set(nine.Add(time.Duration(random.Int64N(int64(2*time.Second))) - time.Second))
		change := func() {
			if step.Rev++; i%2 == 0 {
				step.Status, step.Done = plan.StatusDone, w.clock.now()
			} else {
				step.Due = "2026-11-20"
			}
			w.put(flows.Ref{Kind: flows.KindStep, ID: "step1"}, step)
		}
		when := []string{"before", "between", "after"}[random.IntN(3)]
		if when == "before" {
			change()
		}
		if _, err := b.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if when == "between" {
			change()
		}
		w.deliver(b)
		if when == "after" {
			change()
		}
		sent := len(seen(w.discord, benDiscord()))
		if sent > 0 && when != "after" {
			t.Errorf("case %d: a reminder left after the step had changed (%s the sweep and the sending)", i, when)
		}
		w.clock.advance(2 * time.Second)
		w.run(10*time.Second, 5*time.Second, b)
		if later := len(seen(w.discord, benDiscord())); later != sent {
			t.Errorf("case %d: a reminder left two seconds after the step had changed", i)
		}
		counts[when]++
	}
	t.Logf("%v", counts)
}

// slowLook lets something happen while a platform is asked what stands there.
type slowLook struct {
	bot.Platform
	meanwhile func()
}

func (s slowLook) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (flows.Posted, bool, error) {
	s.meanwhile()
	return s.Platform.Find(ctx, to, key, since, but...)
}

// TestWordsTakenBackWhileItIsLooked: a post is in doubt, and while it is looked whether it stands, somebody takes back what
// it says.
func TestWordsTakenBackWhileItIsLooked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	typed := flows.Ref{Kind: flows.KindText, ID: textID(1)}
	w.types(typed.ID)
	p := post("p.1")
	p.Message.Parts = []flows.Part{{Style: flows.StyleQuote, Text: flows.Text{"en": "{t}"}, Args: map[string]flows.Arg{"t": {TextID: typed.ID}}}}
	w.owe(p)
	lost := w.process(func(c *bot.Config) {
		c.Platforms[0] = bottest.Faulty{Platform: w.slack, Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
			if op == "Send" {
				return bottest.Unheard
			}
			return bottest.None
		}}
	})
	w.deliver(lost)
	looked := 0
	w.run(5*time.Minute, 5*time.Second, w.process(func(c *bot.Config) {
		c.Platforms[0] = slowLook{w.slack, func() { looked++; w.erase(typed) }}
	}))
	posts := w.slack.Posts(inRoom())
	if looked == 0 || len(posts) != 1 || strings.Contains(bottest.Text(posts[0].Message), "the words of") {
		t.Errorf("after %d looks: %+v", looked, posts)
	}
}
