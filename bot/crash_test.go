package bot_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/coalition"
)

var errDead = errors.New("the process was killed")

// life ends a process at its nth call of the store or a platform: just before the call takes effect, or just after.
// From then on nothing that the process does has any effect.
type life struct {
	mu    sync.Mutex
	left  int // calls until the end; negative: for ever
	after bool
	dead  bool
	names []string
}

// call lets one call happen, or not; what the caller hears of a call at which it died it can use no more.
func (l *life) call(name string, do func() error) error {
	l.mu.Lock()
	l.names = append(l.names, name)
	dies := l.left == 0
	l.left--
	if l.dead || dies && !l.after {
		l.dead = true
		l.mu.Unlock()
		return errDead
	}
	l.mu.Unlock()
	err := do()
	if dies {
		l.mu.Lock()
		l.dead = true
		l.mu.Unlock()
		return errDead
	}
	return err
}

// kill ends the process now.
func (l *life) kill(really bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = l.dead || really
}

// mortal puts a life between a Bot and everything outside.
func mortal(l *life) func(*bot.Config) {
	return func(c *bot.Config) {
		c.Ledger = mortalLedger{c.Ledger, l}
		c.Outbox = mortalOutbox{c.Outbox, l}
		for i := range c.Platforms {
			c.Platforms[i] = mortalPlatform{c.Platforms[i], l}
		}
	}
}

type mortalLedger struct {
	bot.Ledger
	life *life
}

func (m mortalLedger) Load(ctx context.Context, tenant string, refs ...flows.Ref) (out []flows.Record, err error) {
	err = m.life.call("load", func() error { out, err = m.Ledger.Load(ctx, tenant, refs...); return err })
	return out, err
}

func (m mortalLedger) Commit(ctx context.Context, c flows.Commit) error {
	return m.life.call("commit", func() error { return m.Ledger.Commit(ctx, c) })
}

type mortalOutbox struct {
	bot.Outbox
	life *life
}

func (m mortalOutbox) ClaimDeliveries(ctx context.Context, now, until time.Time, n int) (out []flows.Lease, err error) {
	err = m.life.call("claim", func() error { out, err = m.Outbox.ClaimDeliveries(ctx, now, until, n); return err })
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (m mortalOutbox) ClaimTimers(ctx context.Context, now, until time.Time, n int) (out []flows.Timer, err error) {
	err = m.life.call("timers", func() error { out, err = m.Outbox.ClaimTimers(ctx, now, until, n); return err })
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (m mortalOutbox) Intend(ctx context.Context, l flows.Lease, now time.Time) error {
	return m.life.call("intend", func() error { return m.Outbox.Intend(ctx, l, now) })
}

func (m mortalOutbox) Complete(ctx context.Context, l flows.Lease, writes []flows.Write, timers ...flows.Timer) error {
	return m.life.call("complete", func() error { return m.Outbox.Complete(ctx, l, writes, timers...) })
}

func (m mortalOutbox) Fail(ctx context.Context, l flows.Lease, retry time.Time, unclear bool) error {
	return m.life.call("fail", func() error { return m.Outbox.Fail(ctx, l, retry, unclear) })
}

type mortalPlatform struct {
	bot.Platform
	life *life
}

func (m mortalPlatform) Send(ctx context.Context, to bot.Address, key string, msg bot.Message) (at flows.Posted, err error) {
	err = m.life.call("send", func() error { at, err = m.Platform.Send(ctx, to, key, msg); return err })
	return at, err
}

func (m mortalPlatform) Edit(ctx context.Context, at flows.Posted, msg bot.Message) error {
	return m.life.call("edit", func() error { return m.Platform.Edit(ctx, at, msg) })
}

func (m mortalPlatform) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (at flows.Posted, ok bool, err error) {
	err = m.life.call("find", func() error { at, ok, err = m.Platform.Find(ctx, to, key, since, but...); return err })
	return at, ok, err
}

// TestKilledAnywhere kills the process at every single call it makes while it sweeps and delivers, before and after the
// call takes effect, and lets another one go on. Whatever was owed is seen exactly once.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	killAnywhere(t, killedAt)
}

// killAnywhere runs a process that is killed at its nth call, for every n until it lives to the end.
func killAnywhere(t *testing.T, killedAt func(*testing.T, *life) bool) {
	t.Helper()
	for _, after := range []bool{false, true} {
		alive := false
		for n := 0; !alive; n++ {
			if n > 200 {
				t.Fatal("the process never comes to an end of its calls")
			}
			l := &life{left: n, after: after}
			alive = killedAt(t, l)
			if t.Failed() {
				t.Fatalf("killed at call %d (after it took effect: %v): %v", n, after, l.names)
			}
		}
	}
}

// killedAt runs what is owed in a process with the given life, then in one that lives; it reports whether the first
// one lived to the end.
func killedAt(t *testing.T, l *life) bool {
	t.Helper()
	w := newWorld(t, monday())
	doomed, survivor := w.process(mortal(l)), w.process(nil) // both long at work: no more suspicion than is needed
	w.ben(func(p *coalition.Person) { p.Explained = false })
	first, second := post("run.1.0"), post("run.2.0")
	first.Message.Key, second.Message.Key, second.Edit = "card", "card", true
	w.owe(first, second, reply("r.1.0", "ana", "slack"))
	w.step("step1", "ben", "2026-11-03")
	w.clock.advance(23*time.Hour + time.Minute) // the day itself, past 9:00 for both
	w.owe(reply("r.2.0", "ana", "slack"))

	ctx := context.Background()
	_, _ = doomed.Sweep(ctx)
	for range 6 {
		_, _ = doomed.Deliver(ctx)
		w.clock.advance(time.Second)
	}
	w.run(5*time.Minute, 5*time.Second, survivor)

	posts := w.slack.Posts(inRoom())
	if len(posts) != 1 || posts[0].Edits == 0 || bottest.Text(posts[0].Message) != "run.2.0" {
		t.Errorf("the room: %+v", posts)
	}
	want(t, "Ana", seen(w.slack, anaOnSlack()), "r.2.0")
	want(t, "Ben", seen(w.discord, benDiscord()), "nudge.today call the clinic step1")
	want(t, "Ben on Slack", seen(w.slack, benOnSlack()))
	if p := w.who("ben"); !p.Explained {
		t.Error("the first nudge's explanation was not noted")
	}
	if p, err := w.store.Pending(ctx); err != nil || p.Conversations != 0 {
		t.Errorf("pending: %+v, %v", p, err)
	}
	return !l.dead
}

// TestKilledWhileTelling kills the process at every call while nobody can be reached: the coordinator hears of each
// exactly once, who is called is called once a day, and what waits is there.
func TestKilledWhileTelling(t *testing.T) {
	t.Parallel()
	killAnywhere(t, func(t *testing.T, l *life) bool {
		t.Helper()
		w := newWorld(t, monday())
		doomed, survivor := w.process(mortal(l)), w.process(nil)
		w.put(flows.Ref{Kind: flows.KindCoalition, ID: home}, coalition.Coalition{
			ID: home, Locale: flows.English, Zone: "America/Chicago", Places: []string{"slack:T1", "discord:G1"},
			Calls: map[string]string{"discord:G1": "discord:G1:D1"},
		})
		w.put(flows.Ref{Kind: flows.KindSpace, ID: "discord:G1:D1"}, coalition.Space{
			ID: "discord:G1:D1", Platform: "discord", Place: "discord:G1", Channel: "D1",
		})
		cara := bot.Address{Place: "slack:T1", User: "UCARA"}
		w.put(flows.Ref{Kind: flows.KindPerson, ID: "cara"}, coalition.Person{
			ID: "cara", Identities: []string{"slack:T1:UCARA"}, Locale: flows.English, Explained: true,
		})
		for _, to := range []bot.Address{benOnSlack(), cara, inRoom()} {
			w.slack.Refuse(to, "closed")
		}
		w.discord.Refuse(benDiscord(), "closed")
		w.owe(nudged("n.1", "ben"), nudged("n.2", "cara"), post("p.1"), nudged("n.3", "ben"))
		ctx := context.Background()
		for range 12 {
			_, _ = doomed.Deliver(ctx)
			_, _ = doomed.Sweep(ctx)
			w.clock.advance(time.Minute)
		}
		w.run(10*time.Minute, time.Minute, survivor)
		w.run(26*time.Hour, time.Hour, survivor) // one nudge a day
		calls := w.discord.Posts(bot.Address{Place: "discord:G1", Channel: "D1"})
		days := map[string]bool{} // a second message that fails after the call is called for on the next day
		for _, c := range calls {
			if day := c.At.Format(time.DateOnly); c.Message.Calls != "9" || days[day] {
				t.Errorf("Ben is called by %+v", calls)
			} else {
				days[day] = true
			}
		}
		if len(calls) < 1 || len(calls) > 2 {
			t.Errorf("Ben is called %d times", len(calls))
		}
		heard := w.heard("ana")
		if slices.Sort(heard); !slices.Equal(heard, []string{"cara", "nudge.lost.channel.slack"}) {
			t.Errorf("Ana was told %q, of %v", seen(w.slack, anaOnSlack()), heard)
		}
		for person, n := range map[string]int{"ben": 2, "cara": 1} {
			if got := w.load(flows.Ref{Kind: flows.KindWaiting, Under: person}); len(got) != n {
				t.Errorf("%d messages wait for %s", len(got), person)
			}
		}
		if p, err := w.store.Pending(ctx); err != nil || p.Conversations != 0 || p.Timers != 0 {
			t.Errorf("pending: %+v, %v", p, err)
		}
		return !l.dead
	})
}

// TestFaultyPlatform: a third of all requests go wrong, in every way there is; each message is seen exactly once and the
// room reads them in order.
func TestFaultyPlatform(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	faults := []bottest.Fault{bottest.Busy, bottest.Down, bottest.Lost, bottest.Unheard, bottest.Panic}
	var mu sync.Mutex
	asked := map[string]int{}
	plan := func(op string, to bot.Address, key string) bottest.Fault {
		mu.Lock()
		defer mu.Unlock()
		name := fmt.Sprint(op, to, key)
		asked[name]++
		h := fnv.New32a()
		fmt.Fprint(h, name, asked[name])
		if n := h.Sum32() % 100; n < 35 {
			return faults[int(n)%len(faults)]
		}
		return bottest.None
	}
	b := w.process(func(c *bot.Config) {
		for i, p := range c.Platforms {
			c.Platforms[i] = bottest.Faulty{Platform: p, Plan: plan}
		}
	})
	w.clock.advance(time.Hour) // long at work: no more suspicion than is needed
	var inOrder []string
	for i := range 25 {
		p := post(fmt.Sprintf("p.%d", i))
		inOrder = append(inOrder, p.ID)
		w.owe(p)
		id := fmt.Sprintf("x%d", i)
		w.put(flows.Ref{Kind: flows.KindPerson, ID: id}, coalition.Person{ID: id, Identities: []string{"slack:T1:" + id}, Locale: flows.English})
		w.owe(nudged("n."+id, id))
	}
	w.run(3*time.Hour, 2*time.Second, b)
	want(t, "the room", seen(w.slack, inRoom()), inOrder...)
	for i := range 25 {
		to := bot.Address{Place: "slack:T1", User: fmt.Sprintf("x%d", i)}
		want(t, to.User, seen(w.slack, to), "n."+to.User)
	}
}

// TestUnwritten: the platform has posted, and the store does not take it down for a while. It is not posted again.
func TestUnwritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	var away atomic.Int32
	b := w.process(func(c *bot.Config) { c.Outbox = forgetful{c.Outbox, &away} })
	w.clock.advance(time.Hour)
	away.Store(3)
	w.owe(post("p.1"), nudged("n.1", "ben"))
	w.run(10*time.Minute, 5*time.Second, b)
	want(t, "the room", seen(w.slack, inRoom()), "p.1")
	want(t, "Ben", seen(w.discord, benDiscord()), "n.1")
	if got := w.receipts(room); got["p.1"] != "sent post" || away.Load() > 0 {
		t.Errorf("receipts: %v", got)
	}
}

// forgetful fails to complete for a while.
type forgetful struct {
	bot.Outbox
	away *atomic.Int32
}

func (f forgetful) Complete(ctx context.Context, l flows.Lease, writes []flows.Write, timers ...flows.Timer) error {
	if f.away.Add(-1) >= 0 {
		return errors.New("the store is away")
	}
	return f.Outbox.Complete(ctx, l, writes, timers...)
}

// TestFoundOutLater: a nudge was posted on Monday, and the process died before it wrote that down. When that is found
// out on Tuesday, the nudge still counts for Monday, and Tuesday's comes.
func TestFoundOutLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	l := &life{left: 3, after: true} // claim, load, intend, send
	doomed, survivor := w.process(mortal(l)), w.process(nil)
	w.owe(nudged("monday", "ben"))
	_, _ = doomed.Deliver(t.Context())
	want(t, "on Monday", seen(w.discord, benDiscord()), "monday")
	w.clock.advance(24 * time.Hour)
	w.owe(nudged("tuesday", "ben"))
	w.deliver(survivor)
	want(t, "on Tuesday", seen(w.discord, benDiscord()), "monday", "tuesday")
}

// TestAPersonChangesMeanwhile: what sending teaches about a person is added to what the person changed at that moment.
func TestAPersonChangesMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	var once sync.Once
	b := w.process(func(c *bot.Config) {
		c.Platforms[1] = bottest.Faulty{Platform: c.Platforms[1], Plan: func(string, bot.Address, string) bottest.Fault { return bottest.Gone }}
		c.Platforms[0] = gated{c.Platforms[0], func() {
			once.Do(func() { w.ben(func(p *coalition.Person) { p.Locale, p.LocaleChosen = flows.Spanish, true }) })
		}}
	})
	w.owe(nudged("n.1", "ben"))
	w.deliver(b)
	want(t, "Ben", seen(w.slack, benOnSlack()), "n.1")
	if p := w.who("ben"); p.Locale != flows.Spanish || p.Unreachable["discord"] != "closed" {
		t.Errorf("Ben is %+v", p)
	}
}

// TestTwoReplicas: two processes on one store look for work at the same moments; nothing is doubled.
func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	one, two := w.process(nil), w.process(nil)
	var inOrder []string
	for i := range 30 {
		p := post(fmt.Sprintf("p.%d", i))
		inOrder = append(inOrder, p.ID)
		w.owe(p, reply(fmt.Sprintf("r.%d", i), "ana", "slack"))
		w.step(fmt.Sprintf("step%d", i), "ben", "2026-11-03")
	}
	tick := func() {
		var both sync.WaitGroup
		for _, b := range []*bot.Bot{one, two} {
			both.Go(func() {
				_, err := b.Sweep(t.Context())
				for n := 1; n > 0 && err == nil; {
					n, err = b.Deliver(t.Context())
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	for range 100 {
		tick()
		w.clock.advance(time.Second)
	}
	w.clock.set(time.Date(2026, 11, 3, 17, 0, 0, 0, time.UTC))
	for range 10 {
		tick()
		w.clock.advance(time.Second)
	}
	want(t, "the room", seen(w.slack, inRoom()), inOrder...)
	if n := len(seen(w.slack, anaOnSlack())); n != 30 {
		t.Errorf("Ana got %d replies", n)
	}
	want(t, "Ben gets one nudge about all thirty", seen(w.discord, benDiscord()), "nudge.several {what}")
}

// TestFrozenProcess: a process is frozen right before it would write down its intent, longer than its lease; another
// sends. When the first one wakes up it posts nothing. And a clock that a rehearsal moves in the middle of a send makes
// nobody send it again.
func TestFrozenProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	other := w.process(nil)
	frozen := w.process(func(c *bot.Config) {
		c.Outbox = slowIntent{c.Outbox, func() {
			w.clock.advance(time.Minute)
			w.deliver(other)
		}}
	})
	w.owe(post("p.1"))
	w.deliver(frozen)
	want(t, "after the frost", seen(w.slack, inRoom()), "p.1")

	var self *bot.Bot
	self = w.process(func(c *bot.Config) {
		c.Platforms[0] = gated{c.Platforms[0], func() {
			w.clock.advance(7 * 24 * time.Hour)
			w.deliver(self)
		}}
	})
	w.owe(post("p.2"))
	w.deliver(self)
	w.run(5*time.Minute, 10*time.Second, other)
	want(t, "after the jump", seen(w.slack, inRoom()), "p.1", "p.2")
}

type slowIntent struct {
	bot.Outbox
	before func()
}

func (s slowIntent) Intend(ctx context.Context, l flows.Lease, now time.Time) error {
	s.before()
	return s.Outbox.Intend(ctx, l, now)
}
