package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"convenor/flows"
)

func TestDeliveriesAreAddedIfAbsent(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			add := func(ds ...flows.Delivery) {
				t.Helper()
				c := commit()
				c.Deliveries = ds
				must(t, s.Commit(t.Context(), c))
			}
			add(nudge("n1"), nudge("n1"), post("d1", "s"))
			add(nudge("n1"), post("d1", "s"))
			leases := claim(t, s, noon)
			same(t, claimed(leases), "d1", "n1")
			add(nudge("n1"), post("d1", "s"))
			for _, l := range leases {
				must(t, s.Complete(t.Context(), l, nil))
			}
			add(nudge("n1"), post("d1", "s"))
			same(t, claimed(claim(t, s, noon)))
			p, err := s.Pending(t.Context())
			must(t, err)
			if p != (Pending{}) {
				t.Errorf("left behind: %+v", p)
			}
		})
	}
}

func TestTimersFireOnce(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			do := func(firedIDs []string, timers ...flows.Timer) {
				t.Helper()
				c := commit()
				c.Timers, c.Fired = timers, firedIDs
				must(t, s.Commit(t.Context(), c))
			}
			do(nil, timer("t1", noon), timer("t1", noon.Add(-time.Hour)), timer("t2", noon.Add(time.Millisecond/2)), timer("t3", noon.Add(time.Hour)))
			do(nil, timer("t1", noon.Add(-time.Hour)))
			s = again()
			same(t, fired(t, s, noon.Add(-time.Nanosecond), 9)) // never early
			same(t, fired(t, s, noon, 9), "t1")
			same(t, fired(t, s, noon, 9)) // held back
			same(t, fired(t, s, noon.Add(time.Millisecond), 9), "t2")
			same(t, fired(t, s, noon.Add(time.Minute), 9), "t1") // it comes back until a commit names it
			do([]string{"t1"}, timer("t1", noon))
			s = again()
			do(nil, timer("t1", noon))
			same(t, fired(t, s, noon.Add(2*time.Hour), 9), "t2", "t3")
			do([]string{"t2", "t3"})
			do([]string{"t2", "never armed"})
			do(nil, timer("t2", noon), timer("t3", noon))
			same(t, fired(t, s, noon.Add(24*time.Hour), 9))
			p, err := s.Pending(t.Context())
			must(t, err)
			if p != (Pending{}) {
				t.Errorf("left behind: %+v", p)
			}
		})
	}
}

// TestTimersComeWithTheEnd: what the end of a delivery arms is armed with it or not at all, once, and does not come back
// after it has fired.
func TestTimersComeWithTheEnd(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			queue(t, s, "d1", "d2", "d3")
			l := claimOne(t, s, noon)
			receipt := write("receipt", "d1", 0, "dead")
			is(t, s.Complete(t.Context(), l, []flows.Write{write("receipt", "d1", 7, "dead")}, timer("t1", noon)), flows.ErrConflict)
			same(t, fired(t, s, noon.Add(time.Hour), 9))
			must(t, s.Complete(t.Context(), l, []flows.Write{receipt}, timer("t1", noon), timer("t2", noon.Add(time.Hour))))
			is(t, s.Complete(t.Context(), l, nil, timer("t3", noon)), flows.ErrLost)
			s = again()
			same(t, fired(t, s, noon.Add(-time.Nanosecond), 9)) // never early
			same(t, fired(t, s, noon, 9), "t1")
			must(t, s.Complete(t.Context(), claimOne(t, s, noon), nil, timer("t2", noon))) // armed before: it stays as it is
			same(t, fired(t, s, noon, 9))
			c := commit()
			c.Fired = []string{"t1"}
			must(t, s.Commit(t.Context(), c))
			must(t, s.Complete(t.Context(), claimOne(t, s, noon), nil, timer("t1", noon)))
			same(t, fired(t, s, noon.Add(2*time.Hour), 9), "t2")
			foreign := timer("t9", noon)
			foreign.Coalition = "c2"
			queue(t, s, "d4")
			if err := s.Complete(t.Context(), claimOne(t, s, noon), nil, foreign); err == nil {
				t.Error("another coalition's timer was armed")
			}
		})
	}
}

func TestClaimsAreBounded(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			for i := range 20 {
				id := fmt.Sprintf("%02d", i)
				c := commit()
				c.Coalition = "c" + id
				late := noon.Add(-time.Duration(i) * time.Minute)
				c.Timers = []flows.Timer{{ID: id, Coalition: c.Coalition, At: late}}
				c.Deliveries = []flows.Delivery{{ID: id, Coalition: c.Coalition, Space: "s", At: late}}
				must(t, s.Commit(t.Context(), c))
			}
			same(t, fired(t, s, noon, 0))
			same(t, fired(t, s, noon, 3), "17", "18", "19") // the longest due first
			leases, err := s.ClaimDeliveries(t.Context(), noon, noon.Add(time.Minute), 4)
			must(t, err)
			got := claimed(leases)
			slices.Sort(got)
			same(t, got, "16", "17", "18", "19")
			if got := len(fired(t, s, noon, 100)); got != 17 {
				t.Errorf("%d timers left, want 17", got)
			}
			p, err := s.Pending(t.Context())
			must(t, err)
			if p.Conversations != 20 || p.Timers != 20 {
				t.Errorf("pending: %+v", p)
			}
		})
	}
}

func TestConcurrentClaimersNeverShare(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			const conversations, each = 30, 4
			for i := range conversations {
				c := commit()
				c.Coalition = "c" + strconv.Itoa(i%5)
				for n := range each {
					id := fmt.Sprintf("%d.%d", i, n)
					c.Deliveries = append(c.Deliveries, flows.Delivery{ID: id, Coalition: c.Coalition, Space: strconv.Itoa(i), At: noon})
					c.Timers = append(c.Timers, flows.Timer{ID: id, Coalition: c.Coalition, At: noon})
				}
				must(t, s.Commit(t.Context(), c))
			}
			var mu sync.Mutex
			sent, timers := map[string]int{}, map[string]int{}
			next := map[string]int{} // per conversation: first in, first out
			var group sync.WaitGroup
			for range 6 {
				group.Go(func() {
					for range 40 {
						leases, err := s.ClaimDeliveries(context.Background(), noon, noon.Add(time.Minute), 7)
						if err != nil {
							t.Error(err)
							return
						}
						for _, l := range leases {
							mu.Lock()
							sent[l.Delivery.ID]++
							if want := fmt.Sprintf("%s.%d", l.Delivery.Space, next[l.Delivery.Space]); l.Delivery.ID != want {
								t.Errorf("got %s before %s", l.Delivery.ID, want)
							}
							next[l.Delivery.Space]++
							mu.Unlock()
							if err := s.Complete(context.Background(), l, nil); err != nil {
								t.Error(err)
							}
						}
						due, err := s.ClaimTimers(context.Background(), noon, noon.Add(time.Minute), 9)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						for _, d := range due {
							timers[d.ID]++
						}
						mu.Unlock()
					}
				})
			}
			group.Wait()
			if len(sent) != conversations*each || len(timers) != conversations*each {
				t.Errorf("%d deliveries and %d timers, want %d of each", len(sent), len(timers), conversations*each)
			}
			for id := range sent {
				if sent[id] != 1 || timers[id] != 1 {
					t.Errorf("%s: sent %d times, fired %d times", id, sent[id], timers[id])
				}
			}
		})
	}
}
