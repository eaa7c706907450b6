package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"convenor/flows"
	"convenor/store/redistest"
)

// workplace is what goes on while primaries are killed: some commit, some send what was committed.
type workplace struct {
	t       *testing.T
	s       *Store
	doubts  atomic.Int64
	mu      sync.Mutex
	saved   map[string]int // records by id, once acknowledged
	posted  map[string]int // what a platform would show
	unsure  int            // commits that were tried again
	looked  int            // posts that were looked for
	found   int            // and stood there
	stopped atomic.Bool
}

// commits writes one record and one delivery after the other, each until it is acknowledged.
func (w *workplace) commits(name string) {
	for i := 0; !w.stopped.Load(); i++ {
		id := fmt.Sprintf("%s%05d", name, i)
		c := commit()
		c.Audit.At = time.Now()
		c.Writes = []flows.Write{write("person", id, 0, "x")}
		c.Deliveries = []flows.Delivery{{ID: id, Coalition: "c1", Space: fmt.Sprint(name, i%8), At: c.Audit.At}}
		for {
			err := w.s.Commit(context.Background(), c)
			w.mu.Lock()
			if err == nil {
				w.saved[id]++
				w.mu.Unlock()
				break
			}
			w.unsure++
			w.mu.Unlock()
		}
	}
}

// sends hands out deliveries until nothing is left after the commits have ended.
func (w *workplace) sends() {
	for {
		last := w.stopped.Load()
		now := time.Now()
		leases, err := w.s.ClaimDeliveries(context.Background(), now, now.Add(time.Second), 8)
		for _, l := range leases {
			w.send(l)
		}
		if err != nil || !last || len(leases) > 0 {
			continue
		}
		if p, err := w.s.Pending(context.Background()); err == nil && p.Conversations == 0 {
			return
		}
	}
}

// send is the way of one delivery: look when it is in doubt, intend, post, complete. What fails comes back when the
// lease ends.
func (w *workplace) send(l flows.Lease) {
	id, ctx := l.Delivery.ID, context.Background()
	w.mu.Lock()
	stands := w.posted[id] > 0
	if doubt := !l.PostedAt.IsZero() || w.doubts.Load() > 0; doubt {
		w.looked++
	} else {
		stands = false
	}
	if stands {
		w.found++
	}
	w.mu.Unlock()
	if !stands {
		if w.s.Intend(ctx, l, time.Now()) != nil {
			return
		}
		w.mu.Lock()
		w.posted[id]++
		w.mu.Unlock()
	}
	_ = w.s.Complete(ctx, l, []flows.Write{write("receipt", id, 0, "sent")})
}

// TestFailover kills the primary three times while three commit and three send.
func TestFailover(t *testing.T) {
	t.Parallel()
	r := redistest.StartWatched(t, 2, "--min-replicas-to-write", "1", "--min-replicas-max-lag", "10")
	w := &workplace{t: t, saved: map[string]int{}, posted: map[string]int{}}
	w.s = open(t, Options{URL: r.URL(), Doubt: func() { w.doubts.Add(1) }})
	same(t, w.s.Warnings())
	var commits, sends sync.WaitGroup
	for n := range 3 {
		commits.Go(func() { w.commits(string(rune('a' + n))) })
		sends.Go(w.sends)
	}
	const failovers = 3
	for range failovers {
		before := w.count()
		waitFor(t, func() bool { return w.count() > before+100 })
		r.Failover()
		before = w.count()
		waitFor(t, func() bool { return w.count() > before }) // the client is back
		r.Return()
	}
	w.stopped.Store(true)
	commits.Wait()
	sends.Wait()
	have, err := w.s.Load(t.Context(), "c1", flows.Ref{Kind: "person"}, flows.Ref{Kind: "receipt"})
	must(t, err)
	found := map[string]int{}
	for _, rec := range have {
		found[rec.Kind+rec.ID]++
		if rec.Rev != 1 {
			t.Errorf("%s %s was written %d times", rec.Kind, rec.ID, rec.Rev)
		}
	}
	for id := range w.saved {
		if found["person"+id] != 1 || found["receipt"+id] != 1 || w.posted[id] != 1 {
			t.Errorf("%s: %d records, %d receipts, posted %d times", id, found["person"+id], found["receipt"+id], w.posted[id])
		}
	}
	if len(have) != 2*len(w.saved) || len(w.posted) != len(w.saved) {
		t.Errorf("%d records and %d posts of %d commits", len(have), len(w.posted), len(w.saved))
	}
	if w.doubts.Load() < failovers {
		t.Errorf("%d failovers raised %d doubts", failovers, w.doubts.Load())
	}
	t.Logf("%d commits acknowledged, %d tried again, %d sent, %d looked for and %d of them found, %d doubts",
		len(w.saved), w.unsure, len(w.posted), w.looked, w.found, w.doubts.Load())
}

func (w *workplace) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.saved)
}

// TestNoReplicaHasItYet: while the only replica hangs nothing is acknowledged; a repeat after it is back is, and has
// changed nothing twice. A replica that is gone is not waited for where Redis is allowed to go on without.
func TestNoReplicaHasItYet(t *testing.T) {
	t.Parallel()
	r := redistest.StartWatched(t, 1)
	s := open(t, Options{URL: r.URL()})
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], "min-replicas-to-write") {
		t.Errorf("warnings: %q", w)
	}
	replica := r.Replicas()[0]
	replica.Pause()
	c := commit()
	c.Writes = []flows.Write{write("person", "a", 0, "x")}
	for range 2 {
		is(t, s.Commit(t.Context(), c), ErrUnsure)
	}
	_, err := Open(t.Context(), Options{URL: r.URL()})
	is(t, err, ErrUnsure)
	replica.Resume()
	waitFor(t, func() bool { return s.Commit(t.Context(), c) == nil })
	same(t, values(t, s, flows.Ref{Kind: "person"}), "a=x@1")
	replica.Kill()
	c = commit()
	c.Writes = []flows.Write{write("person", "b", 0, "y")}
	waitFor(t, func() bool { return s.Commit(t.Context(), c) == nil })
	same(t, values(t, s, flows.Ref{Kind: "person"}), "a=x@1", "b=y@1")
}

// TestDoubt: a server that was started again, and one whose data was put back, raise a doubt; beats alone never do.
func TestDoubt(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	var doubts atomic.Int64
	s := open(t, Options{URL: r.URL(), Doubt: func() { doubts.Add(1) }})
	expect := func(want int64, when string) {
		t.Helper()
		for range 20 {
			must(t, s.Beat(t.Context()))
		}
		if got := doubts.Load(); got != want {
			t.Fatalf("%s: %d doubts, want %d", when, got, want)
		}
	}
	expect(0, "all is well")
	r.Restart()
	expect(1, "started again")
	r.Do("SET cv1:beat 7")
	expect(2, "put back")
	other := open(t, Options{URL: r.URL(), Doubt: func() { doubts.Add(100) }})
	must(t, other.Beat(t.Context()))
	expect(2, "another replica of Convenor")
}

func TestRedisHasTheClock(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			for range 2 {
				before := time.Now()
				now, ok, err := s.Time(t.Context())
				must(t, err)
				if ok != (name != "embedded") {
					t.Fatalf("a clock: %v", ok)
				}
				if ok && (now.Before(before.Add(-time.Millisecond)) || now.After(time.Now())) { // this machine's, read to the microsecond
					t.Errorf("%v is not now", now)
				}
				must(t, s.Beat(t.Context()))
				s = again()
			}
		})
	}
}
