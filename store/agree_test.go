package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
	"convenor/store/redistest"
)

// TestBothStoresAgree does the same random things to an embedded store, which is closed and opened again in between,
// and to one on Redis: every answer must be the same, and what they hold in the end.
func TestBothStoresAgree(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			pair := []*Store{open(t, Options{Dir: dir}), open(t, Options{URL: redistest.Start(t).URL()})}
			w := walker{r: rand.New(rand.NewPCG(seed, 1)), now: noon}
			for i := range 400 {
				what, do := w.next()
				answers := []string{do(pair[0]), do(pair[1])}
				if answers[0] != answers[1] {
					t.Fatalf("step %d, %s:\nembedded %s\nredis    %s", i, what, answers[0], answers[1])
				}
				if i%80 == 79 {
					must(t, pair[0].Close())
					pair[0] = open(t, Options{Dir: dir})
					must(t, pair[1].freeAll(t.Context())) // as the embedded store does when it is opened
				}
			}
			if a, b := w.all(pair[0]), w.all(pair[1]); a != b {
				t.Errorf("embedded %s\nredis    %s", a, b)
			}
		})
	}
}

// walker draws random things to do. Each is drawn once and done to every store.
type walker struct {
	r      *rand.Rand
	now    time.Time
	last   flows.Commit
	leases [2][]flows.Lease
}

func (w *walker) id(n int) string { return string(rune('a' + w.r.IntN(n))) }

func (w *walker) next() (what string, do func(s *Store) string) {
	w.now = w.now.Add(time.Duration(w.r.IntN(40)) * time.Second)
	if w.r.IntN(60) == 0 {
		w.now = w.now.Add(20 * time.Hour)
	}
	now := w.now
	switch n := w.r.IntN(10); {
	case n < 4:
		c := w.commit()
		return "commit", func(s *Store) string { return said(s.Commit(context.Background(), c)) }
	case n == 4:
		c := w.last
		return "repeat", func(s *Store) string { return said(s.Commit(context.Background(), c)) }
	case n == 5:
		return "timers", func(s *Store) string {
			timers, err := s.ClaimTimers(context.Background(), now, now.Add(time.Minute), 100)
			slices.SortFunc(timers, func(a, b flows.Timer) int { return strings.Compare(a.Coalition+a.ID, b.Coalition+b.ID) })
			return fmt.Sprint(timers, said(err))
		}
	case n == 6:
		return "deliveries", func(s *Store) string {
			leases, err := s.ClaimDeliveries(context.Background(), now, now.Add(time.Minute), 100)
			slices.SortFunc(leases, func(a, b flows.Lease) int {
				return strings.Compare(a.Delivery.Coalition+a.Delivery.ID, b.Delivery.Coalition+b.Delivery.ID)
			})
			w.leases[of(s)] = append(w.leases[of(s)], leases...)
			return fmt.Sprint(leases, said(err))
		}
	}
	return w.mark(now)
}

// of is 0 for the embedded store and 1 for the other.
func of(s *Store) int {
	if s.shards == shardsEmbedded {
		return 0
	}
	return 1
}

// mark does something with a lease that was handed out, a young one or an old one.
func (w *walker) mark(now time.Time) (string, func(s *Store) string) {
	if len(w.leases[0]) == 0 {
		return "nothing", func(*Store) string { return "" }
	}
	i := w.r.IntN(min(6, len(w.leases[0])))
	kind, unclear, rev := w.r.IntN(3), w.r.IntN(2) == 0, int64(w.r.IntN(2))
	id, timer := w.id(3), w.id(26)
	return fmt.Sprint("mark ", kind), func(s *Store) string {
		have := w.leases[of(s)]
		l := have[len(have)-1-i]
		switch kind {
		case 0:
			return said(s.Intend(context.Background(), l, now))
		case 1:
			return said(s.Fail(context.Background(), l, now.Add(90*time.Second), unclear))
		default:
			return said(s.Complete(context.Background(), l, []flows.Write{write("receipt", id, rev, "sent")},
				flows.Timer{ID: timer, Coalition: l.Delivery.Coalition, At: now.Add(time.Hour)}))
		}
	}
}

func (w *walker) commit() flows.Commit {
	c := flows.Commit{ID: token(), Coalition: "c" + w.id(3), Audit: flows.Audit{At: w.now, Verb: "v"}}
	if w.r.IntN(2) == 0 {
		c.Key = w.id(26)
	}
	ids := map[string]bool{}
	for range w.r.IntN(3) {
		id := w.id(3)
		if ids[id] {
			continue
		}
		ids[id] = true
		x := write("text", id, int64(w.r.IntN(3)), "Año\x00\"\n")
		x.Under = strings.Repeat("u:", w.r.IntN(2))
		x.Delete = w.r.IntN(4) == 0
		c.Writes = append(c.Writes, x)
	}
	for range w.r.IntN(3) {
		d := flows.Delivery{ID: w.id(26), Coalition: c.Coalition, At: w.now.Add(time.Duration(w.r.IntN(5)) * time.Second)}
		if d.Space = w.id(3); w.r.IntN(2) == 0 {
			d.Space, d.Person, d.Kind = "", d.Space, flows.Nudge
		}
		if w.r.IntN(3) > 0 {
			d.Message.Key, d.Edit = w.id(2), w.r.IntN(3) > 0
		}
		c.Deliveries = append(c.Deliveries, d)
	}
	for range w.r.IntN(2) {
		c.Timers = append(c.Timers, flows.Timer{ID: w.id(26), Coalition: c.Coalition, At: w.now.Add(time.Duration(w.r.IntN(9)) * time.Hour)})
	}
	for range w.r.IntN(2) {
		c.Fired = append(c.Fired, w.id(26))
	}
	w.last = c
	return c
}

// said is an error without what differs between the stores.
func said(err error) string {
	for _, known := range []error{flows.ErrConflict, flows.ErrSeen, flows.ErrLost} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprint(err)
}

// all is everything a store holds, whatever it is called there.
func (w *walker) all(s *Store) string {
	ctx := context.Background()
	var b strings.Builder
	coalitions, err := s.Coalitions(ctx)
	fmt.Fprintln(&b, coalitions, err)
	for _, c := range []string{"ca", "cb", "cc"} {
		records, err := s.Everything(ctx, c)
		fmt.Fprintln(&b, c, records, err)
		k, err := keysOf(c, s.shards)
		fmt.Fprintln(&b, err)
		fmt.Fprintln(&b, s.client.ZRangeByScore(ctx, k.marks(), &redis.ZRangeBy{Min: "(" + ms(w.now), Max: "+inf"}).Val())
		fmt.Fprintln(&b, s.client.HGetAll(ctx, k.leases()).Val(), s.client.Get(ctx, k.floor()).Val(), s.client.LLen(ctx, k.audit()).Val())
		fmt.Fprintln(&b, s.client.HGetAll(ctx, k.edits()).Val())
		fmt.Fprintln(&b, len(s.client.HGetAll(ctx, k.deliveries()).Val()), len(s.client.HGetAll(ctx, k.timer()).Val()))
	}
	p, err := s.Pending(ctx)
	fmt.Fprintln(&b, p, err)
	return b.String()
}
