package discord

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"convenor/bot/discord/discordfake"
	"convenor/store"
	"convenor/store/redistest"
)

// TestFatalCloses: where another try can never succeed there is none, and the reason is said.
func TestFatalCloses(t *testing.T) {
	t.Parallel()
	for code, words := range map[int]string{4004: "DISCORD_TOKEN", 4010: "shard", 4011: "sharded", 4012: "version", 4013: "asks to hear", 4014: "restricted"} {
		for _, when := range []string{"greeted with", "later"} {
			f := server(t, discordfake.Config{})
			d := adapter(t, f, nil)
			must(t, d.Start(t.Context()))
			if when == "greeted with" {
				f.Greet(discordfake.Greeting{Close: code})
			}
			done := make(chan error, 1)
			go func() { done <- d.Serve(t.Context(), &counted{notify: make(chan struct{})}) }()
			if when == "later" {
				must(t, f.AwaitSockets(patient(t), 1))
				f.CutSockets(code)
			}
			select {
			case err := <-done:
				if err == nil || !strings.Contains(err.Error(), words) || len(f.Begun()) != 1 {
					t.Errorf("%s %d: %v after %d sessions", when, code, err, len(f.Begun()))
				}
			case <-patient(t).Done():
				t.Fatalf("%s %d: it goes on", when, code)
			}
		}
	}
}

// TestCrashLoop: a process that dies again and again as soon as it is up never uses up what Discord allows, also where
// Discord itself would count on without end.
func TestCrashLoop(t *testing.T) {
	t.Parallel()
	clock := newPretend()
	people := newTally(t, clock.now)
	f := server(t, discordfake.Config{Now: clock.now, Starts: 1 << 30})
	for range scaled(t, 40) {
		d := adapter(t, f, func(o *Options) { o.Now, o.After, o.Starts = clock.now, clock.after, people.store })
		d.wait = clock.rest
		must(t, d.Start(t.Context()))
		ctx, die := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- d.Serve(ctx, people) }()
		must(t, f.AwaitSockets(patient(t), 1))
		die()
		must(t, <-done)
		must(t, f.AwaitSockets(patient(t), 0))
	}
	begun := f.Begun()
	for i, at := range begun {
		if i > 0 && at.Sub(begun[i-1]) < identifyGap {
			t.Errorf("two sessions were begun within %v", at.Sub(begun[i-1]))
		}
		day := 0
		for _, other := range begun[:i+1] {
			if at.Sub(other) < 24*time.Hour {
				day++
			}
		}
		if most := startsBurst + int(24*time.Hour/startsEvery); day > most {
			t.Fatalf("%d sessions were begun within a day", day)
		}
	}
	t.Logf("%d processes in %v", len(begun), clock.now().Sub(begun[0]))
}

// process is one of several with one token. It can be killed.
type process struct {
	*Discord
	*store.Store
	dead atomic.Bool
	stop context.CancelFunc
	done chan struct{} // closed when Serve has returned
	err  error
}

func (p *process) KeepShard(ctx context.Context, app, shard string, fence int64, until time.Time, seat string, stands bool) error {
	if p.dead.Load() {
		return errors.New("killed")
	}
	return p.Store.KeepShard(ctx, app, shard, fence, until, seat, stands)
}

func (p *process) LeaveShard(ctx context.Context, app, shard string, fence int64, now time.Time, seat string) (bool, error) {
	if p.dead.Load() {
		return false, errors.New("killed")
	}
	return p.Store.LeaveShard(ctx, app, shard, fence, now, seat)
}

// begin starts a process, which asks for each shard at once.
func begin(t *testing.T, f *discordfake.Fake, clock *pretend, people *tally) *process {
	t.Helper()
	return beginWith(t, f, clock, people.store, people)
}

// beginWith starts a process in which h hears what people do.
func beginWith(t *testing.T, f *discordfake.Fake, clock *pretend, shared *store.Store, h Handler) *process {
	t.Helper()
	p := &process{Store: shared, done: make(chan struct{})}
	p.Discord = adapter(t, f, func(o *Options) { o.Now, o.After, o.Starts, o.Shards = clock.now, clock.after, shared, p })
	must(t, p.Start(t.Context()))
	ctx, stop := context.WithCancel(t.Context())
	p.stop = stop
	go func() {
		defer close(p.done)
		p.err = p.Serve(ctx, h)
	}()
	return p
}

// ended reports whether Serve has returned.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// until lets pass what processes wait for that look at shards, second by second, until ok. p may end meanwhile.
func until(t *testing.T, f *discordfake.Fake, clock *pretend, p *process, ok func() bool) {
	t.Helper()
	for {
		armed, changed, done := clock.changed(), f.Changed(), p.done
		if p.ended() {
			done = nil
		}
		if ok() {
			return
		}
		clock.fire(shardLook)
		clock.early(shardKeep) // leases hold, however fast the clock runs here
		select {
		case <-armed:
		case <-changed:
		case <-done:
		case <-patient(t).Done():
			t.Fatal("it does not come to that")
		}
	}
}

// TestOneOwnerEachShard: of several processes one has each shard. When it is killed another has it within the lease;
// when it is told to go the next owner is there first. Nobody's click is lost or carried out twice, and nobody needs a new
// session for it.
func TestOneOwnerEachShard(t *testing.T) {
	t.Parallel()
	clock := newPretend()
	clock.steps = 10 * time.Second
	shared, err := store.Open(t.Context(), store.Options{URL: redistest.Start(t).URL()})
	must(t, err)
	t.Cleanup(func() { must(t, shared.Close()) })
	people := newTallyOf(shared, clock.now)
	f := server(t, discordfake.Config{Now: clock.now, AnswerWait: time.Hour, Heartbeat: 24 * time.Hour, Shards: 2})
	act := func() {
		for range 5 {
			f.Command(ana, general, "help", nil)
			f.Write(ben, "", "help") // in direct messages: the first shard's
		}
	}
	first := begin(t, f, clock, people)
	must(t, f.AwaitSockets(patient(t), 2))
	if owners := f.Owners(); len(owners) != 2 {
		t.Fatalf("shards with a session: %v", owners)
	}
	act()
	people.took(t, f)
	first.dead.Store(true) // the store is away for longer than a lease
	for range 4 {
		clock.both(t, shardKeep)
		clock.fire(shardKeep)
	}
	act()
	people.took(t, f)
	first.dead.Store(false)
	clock.both(t, shardKeep)
	clock.fire(shardKeep)
	clock.both(t, shardKeep)
	if started, resumed := f.Links(); f.Sockets() != 2 || started != 2 || resumed != 0 {
		t.Errorf("the store was away: %d connections, %d sessions, %d resumed", f.Sockets(), started, resumed)
	}
	second := begin(t, f, clock, people)
	clock.both(t, shardLook)
	must(t, second.Discord.Healthy())
	clock.fire(shardKeep) // the leases are renewed, and the seats kept
	clock.both(t, shardKeep)

	at := clock.now()
	first.dead.Store(true)
	first.stop()
	<-first.done
	must(t, first.err)
	must(t, f.AwaitSockets(patient(t), 0))
	act()
	until(t, f, clock, first, func() bool { return f.Sockets() == 2 })
	if took := clock.now().Sub(at); took > shardLease+shardLook {
		t.Errorf("taken over after %v", took)
	}
	people.took(t, f)

	third := begin(t, f, clock, people)
	clock.both(t, shardLook)
	act()
	second.stop()
	until(t, f, clock, second, func() bool { return second.ended() && f.Sockets() == 2 })
	must(t, second.err)
	act()
	n := people.took(t, f)
	started, resumed := f.Links()
	if started != 2 || resumed != 4 {
		t.Errorf("%d sessions begun, %d resumed", started, resumed)
	}
	third.stop()
	<-third.done
	must(t, third.err)
	t.Logf("%d acts, each carried out once", n)
}
