package discord

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
	"convenor/store"
)

// scaled is n, or with CONVENOR_SCALE set that many times n.
func scaled(t *testing.T, n int) int {
	t.Helper()
	if scale, err := strconv.Atoi(os.Getenv("CONVENOR_SCALE")); err == nil && scale > 0 {
		n *= scale
	}
	t.Logf("%d times", n)
	return n
}

// pretend is a clock that stands until somebody waits by it: rests end at once and take their time, and what is armed for
// a time goes off when the test says so.
type pretend struct {
	mu      sync.Mutex
	at      time.Time
	armed   map[time.Duration][]chan struct{}
	beating bool          // heartbeats are due
	steps   time.Duration // shorter waits that are no deadline go off at once, and take their time
	news    chan struct{}
}

func newPretend() *pretend {
	return &pretend{at: time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC), armed: map[time.Duration][]chan struct{}{}}
}

func (c *pretend) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// rest stands in for Discord.pause.
func (c *pretend) rest(ctx context.Context, d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return ctx.Err() == nil
}

// named reports whether a length is that of a deadline; else it is a heartbeat's.
func named(d time.Duration) bool {
	return slices.Contains([]time.Duration{greetMax, heardMax, patience, sayMax, drainMax, openMax, shardKeep, shardLook, handMax}, d)
}

func (c *pretend) after(d time.Duration) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	done := make(chan struct{})
	if d < beatMin && !named(d) || c.beating && !named(d) { // the limiter's steps are short
		close(done)
		return done
	}
	if d <= c.steps && !named(d) {
		c.at = c.at.Add(d)
		close(done)
		return done
	}
	c.armed[d] = append(c.armed[d], done)
	if c.news != nil {
		close(c.news)
		c.news = nil
	}
	return done
}

// changed returns a channel that is closed when something is armed.
func (c *pretend) changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.news == nil {
		c.news = make(chan struct{})
	}
	return c.news
}

// both waits until two wait for d: one for each of two shards.
func (c *pretend) both(t *testing.T, d time.Duration) {
	t.Helper()
	c.waiting(t, 2, d)
}

// waiting waits until n wait for d.
func (c *pretend) waiting(t *testing.T, n int, d time.Duration) {
	t.Helper()
	for {
		changed := c.changed()
		c.mu.Lock()
		have := len(c.armed[d])
		c.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-changed:
		case <-patient(t).Done():
			t.Fatalf("%d wait for %v", have, d)
		}
	}
}

// fire lets what was armed for a time go off, if anything was.
func (c *pretend) fire(d time.Duration) {
	if c.early(d) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.at = c.at.Add(d)
	}
}

// early lets what was armed for a time go off before it has passed, and reports whether anything was.
func (c *pretend) early(d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.armed[d]
	for _, done := range list {
		close(done)
	}
	delete(c.armed, d)
	return len(list) > 0
}

// beat makes every heartbeat due, now and until it is told otherwise.
func (c *pretend) beat(due bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.beating = due
	for d, list := range c.armed {
		if due && !named(d) {
			for _, done := range list {
				close(done)
			}
			delete(c.armed, d)
		}
	}
}

// tally carries out what people do in a real store, and counts it.
type tally struct {
	store *store.Store
	now   func() time.Time
	mu    sync.Mutex
	done  map[string]int
	more  chan struct{}
}

func newTally(t *testing.T, now func() time.Time) *tally {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return newTallyOf(s, now)
}

func newTallyOf(s *store.Store, now func() time.Time) *tally {
	return &tally{store: s, now: now, done: map[string]int{}, more: make(chan struct{})}
}

func (h *tally) Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error) {
	err := h.store.Commit(ctx, flows.Commit{
		ID: rand.Text(), Coalition: "home", Key: in.Key, Writes: []flows.Write{{Ref: flows.Ref{Kind: flows.KindMark, ID: rand.Text()}, Data: []byte(`{}`)}},
		Audit: flows.Audit{At: h.now(), Verb: "press"},
	})
	if errors.Is(err, flows.ErrSeen) {
		return bot.Answer{}, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done[in.Key]++
	close(h.more)
	h.more = make(chan struct{})
	return bot.Answer{}, err
}

// saved waits until exactly n things are.
func (h *tally) saved(t *testing.T, n int) {
	t.Helper()
	for {
		h.mu.Lock()
		have, more := len(h.done), h.more
		h.mu.Unlock()
		if have == n {
			return
		}
		if have > n {
			t.Fatalf("%d things are saved, not %d", have, n)
		}
		select {
		case <-more:
		case <-patient(t).Done():
			t.Fatalf("%d things are saved, not %d", have, n)
		}
	}
}

// took waits until everything that a live session was given was carried out, and wants each once.
func (h *tally) took(t *testing.T, f *discordfake.Fake) int {
	t.Helper()
	for _, id := range f.Reached() {
		for {
			h.mu.Lock()
			n, more := h.done[name+":"+id], h.more
			h.mu.Unlock()
			if n == 1 {
				break
			}
			if n > 1 {
				t.Fatalf("%s was carried out %d times", id, n)
			}
			select {
			case <-more:
			case <-patient(t).Done():
				t.Fatalf("%s was given to a live session and never carried out", id)
			}
		}
	}
	return len(f.Reached())
}

// weather is one fault, and what has to happen so that it comes to its end.
type weather struct {
	name  string
	greet discordfake.Greeting
	cut   func(f *discordfake.Fake)
	wait  time.Duration // what is armed for it goes off
	beat  bool          // it is found out by a heartbeat
}

func weathers() []weather {
	code := func(n int) func(*discordfake.Fake) { return func(f *discordfake.Fake) { f.CutSockets(n) } }
	ask := func(op int, data any) func(*discordfake.Fake) { return func(f *discordfake.Fake) { f.Ask(op, data) } }
	list := []weather{
		{name: "asked to connect anew", cut: ask(7, nil)},
		{name: "session invalid, to be resumed", cut: ask(9, true)},
		{name: "session invalid", cut: ask(9, false)},
		{name: "cut off", cut: code(0)},
		{name: "half-open", cut: func(f *discordfake.Fake) { f.Freeze() }, beat: true, wait: heardMax},
		{name: "heartbeats unanswered", greet: discordfake.Greeting{Mute: true}, cut: func(*discordfake.Fake) {}, beat: true, wait: heardMax},
		{name: "garbage", cut: func(f *discordfake.Fake) { f.Garble(true) }},
		{name: "broken compression", cut: func(f *discordfake.Fake) { f.Garble(false) }},
		{name: "no hello", greet: discordfake.Greeting{Hush: 1}, cut: code(0), wait: greetMax},
		{name: "no hello for a new session", greet: discordfake.Greeting{Hush: 1}, cut: code(1000), wait: greetMax},
		{name: "READY never comes", greet: discordfake.Greeting{Blank: 1}, cut: code(4009), wait: greetMax},
		{name: "RESUME is never answered", greet: discordfake.Greeting{Blank: 1}, cut: code(0), wait: greetMax},
		{name: "RESUME is refused", greet: discordfake.Greeting{Invalid: 1}, cut: code(0)},
		{name: "RESUME is answered with another address", greet: discordfake.Greeting{Recalled: 1}, cut: code(0)},
		{name: "RESUME is answered by a close", greet: discordfake.Greeting{Close: 4000}, cut: code(0)},
		{name: "RESUME replays twice", greet: discordfake.Greeting{Twice: true}, cut: code(0)},
		{name: "session forgotten meanwhile", cut: func(f *discordfake.Fake) {
			f.Forget()
			f.CutSockets(0)
		}},
		{name: "the gateway's address is not told", cut: func(f *discordfake.Fake) {
			f.Fault("GET /gateway/bot", discordfake.Fault{Status: 500}, discordfake.Fault{Status: 502, HTML: true})
			f.CutSockets(1001)
		}},
		{name: "the gateway takes nobody", greet: discordfake.Greeting{Deaf: 1}, cut: code(0)},
		{name: "everything comes in pieces", greet: discordfake.Greeting{Crumbs: true}, cut: code(0)},
	}
	for _, n := range []int{1000, 1001, 4000, 4003, 4007, 4008, 4009} {
		list = append(list, weather{name: "closed with " + strconv.Itoa(n), cut: code(n)})
	}
	return list
}

// TestGatewayFaults: whatever happens to the gateway while people are at it, a session stands again within ten seconds,
// never more are begun than Discord allows, and what a live session was given is carried out once.
func TestGatewayFaults(t *testing.T) {
	t.Parallel()
	clock := newPretend()
	people := newTally(t, clock.now)
	f := server(t, discordfake.Config{Now: clock.now, AnswerWait: time.Hour})
	d := adapter(t, f, func(o *Options) { o.Now, o.After, o.Starts = clock.now, clock.after, people.store })
	d.wait = clock.rest
	must(t, d.Start(t.Context()))
	serve(t, f, d, people)
	rounds := make(chan context.Context)
	var crowd sync.WaitGroup
	for range 4 {
		crowd.Go(func() { crowded(f, rounds) })
	}
	faults, longest := 0, time.Duration(0)
	for range scaled(t, 1) {
		for _, w := range weathers() {
			faults++
			took := w.happen(t, f, clock, rounds)
			if longest = max(longest, took); took > 10*time.Second {
				t.Errorf("%s: a session stood again after %v", w.name, took)
			}
		}
	}
	close(rounds)
	crowd.Wait()
	acts := people.took(t, f)
	begun := f.Begun()
	for i := range begun[1:] {
		if gap := begun[i+1].Sub(begun[i]); gap < identifyGap {
			t.Errorf("two sessions were begun within %v", gap)
		}
	}
	if len(begun) > 1000 {
		t.Errorf("%d sessions were begun", len(begun))
	}
	started, resumed := f.Links()
	t.Logf("%d faults, %d acts carried out once; %d sessions begun, %d resumed; the longest was %v", faults, acts, started, resumed, longest)
}

// happen lets a fault happen while four people are at it, waits until a session stands again, and returns how long that took.
func (w weather) happen(t *testing.T, f *discordfake.Fake, clock *pretend, rounds chan<- context.Context) time.Duration {
	t.Helper()
	round, over := context.WithCancel(t.Context())
	defer over()
	for range 4 {
		rounds <- round
	}
	links := func() int {
		started, resumed := f.Links()
		return started + resumed
	}
	before, signs, at := links(), f.Ignored()+f.Beats(), clock.now()
	f.Greet(w.greet)
	w.cut(f)
	clock.beat(w.beat)
	if w.wait > 0 {
		must(t, f.Await(patient(t), w.name, func() bool { return f.Ignored()+f.Beats() > signs }))
		clock.beat(false)
		clock.fire(w.wait)
	}
	must(t, f.Await(patient(t), w.name+": a session", func() bool { return links() > before }))
	f.Greet(discordfake.Greeting{})
	must(t, f.AwaitSockets(patient(t), 1))
	return clock.now().Sub(at)
}

// crowded is somebody who does a few things each round: commands, and words that mention Convenor.
func crowded(f *discordfake.Fake, rounds <-chan context.Context) {
	for round := range rounds {
		for i := range 3 {
			act := f.Command(ana, general, "help", nil)
			if i == 1 {
				act = f.Write(ben, general, "<@"+discordfake.BotUser+"> help")
			}
			_ = act.Wait(round) // one that a session lost is never answered
		}
	}
}
