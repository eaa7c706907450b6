package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/store/redistest"
)

var (
	_ bot.Ledger = (*Store)(nil)
	_ bot.Outbox = (*Store)(nil)
)

// noon is the present of these tests: nothing in the store reads a clock.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// each runs a test on every kind of store. again opens the same store anew, after closing it.
func each(t *testing.T, test func(t *testing.T, s *Store, again func() *Store)) {
	t.Helper()
	kinds := map[string]func(t *testing.T) Options{
		"embedded": func(t *testing.T) Options { return Options{Dir: t.TempDir()} },
		"redis":    func(t *testing.T) Options { return Options{URL: redistest.Start(t).URL()} },
	}
	for name, options := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			s := open(t, o)
			test(t, s, func() *Store {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = open(t, o)
				return s
			})
		})
	}
}

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// commit is a commit of coalition "c1" at noon with a token of its own.
func commit() flows.Commit {
	return flows.Commit{ID: token(), Coalition: "c1", Audit: flows.Audit{At: noon, Verb: "test"}}
}

func write(kind, id string, rev int64, value string) flows.Write {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return flows.Write{Ref: flows.Ref{Kind: kind, ID: id}, Rev: rev, Data: data}
}

// nudge and post are deliveries that are ready at noon.
func nudge(id, person string) flows.Delivery {
	return flows.Delivery{ID: id, Coalition: "c1", Kind: flows.Nudge, Person: person, At: noon}
}

func post(id, space string) flows.Delivery {
	return flows.Delivery{ID: id, Coalition: "c1", Kind: flows.Post, Space: space, At: noon}
}

func timer(id string, at time.Time) flows.Timer {
	return flows.Timer{ID: id, Coalition: "c1", Kind: flows.TimerNudge, Object: "o", At: at}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// values reads records as "id=value@revision".
func values(t testing.TB, s *Store, refs ...flows.Ref) []string {
	t.Helper()
	records, err := s.Load(t.Context(), "c1", refs...)
	must(t, err)
	return show(t, records)
}

func show(t testing.TB, records []flows.Record) []string {
	t.Helper()
	var out []string
	for _, r := range records {
		var v string
		must(t, json.Unmarshal(r.Data, &v))
		out = append(out, r.ID+"="+v+"@"+strconv.FormatInt(r.Rev, 10))
	}
	return out
}

func same(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func claim(t testing.TB, s *Store, now time.Time) []flows.Lease {
	t.Helper()
	leases, err := s.ClaimDeliveries(t.Context(), now, now.Add(30*time.Second), 100)
	must(t, err)
	slices.SortFunc(leases, func(a, b flows.Lease) int { return slices.Compare([]string{a.Delivery.ID}, []string{b.Delivery.ID}) })
	return leases
}

func claimOne(t testing.TB, s *Store, now time.Time) flows.Lease {
	t.Helper()
	leases := claim(t, s, now)
	if len(leases) != 1 {
		t.Fatalf("claimed %d, want 1", len(leases))
	}
	return leases[0]
}

func claimed(leases []flows.Lease) []string {
	var out []string
	for _, l := range leases {
		out = append(out, l.Delivery.ID)
	}
	return out
}

func fired(t testing.TB, s *Store, now time.Time, n int) []string {
	t.Helper()
	timers, err := s.ClaimTimers(t.Context(), now, now.Add(time.Minute), n)
	must(t, err)
	var out []string
	for _, x := range timers {
		out = append(out, x.ID)
	}
	slices.Sort(out)
	return out
}

func TestRecords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, again func() *Store) {
		c := commit()
		c.Writes = []flows.Write{write("person", "b", 0, "Bo"), write("person", "a", 0, "Añ\x00\n 1"), write("text", "t", 0, "x")}
		under := write("answer", "n.p", 0, "yes")
		under.Under = "slack:T1:C1"
		c.Writes = append(c.Writes, under)
		must(t, s.Commit(t.Context(), c))

		person := flows.Ref{Kind: "person"}
		same(t, values(t, s, person), "a=Añ\x00\n 1@1", "b=Bo@1")
		same(t, values(t, s, flows.Ref{Kind: "person", ID: "b"}, flows.Ref{Kind: "person", ID: "none"}, flows.Ref{Kind: "text", ID: "t"}), "b=Bo@1", "t=x@1")
		same(t, values(t, s, flows.Ref{Kind: "person", ID: "b"}, person, flows.Ref{Kind: "person", ID: "b"}), "a=Añ\x00\n 1@1", "b=Bo@1")
		same(t, values(t, s, flows.Ref{Kind: "answer"}))
		same(t, values(t, s, flows.Ref{Kind: "answer", Under: "slack:T1:C1"}), "n.p=yes@1")
		same(t, values(t, s))

		c = commit()
		c.Writes = []flows.Write{write("person", "b", 1, "Bea")}
		must(t, s.Commit(t.Context(), c))
		s = again()
		same(t, values(t, s, person), "a=Añ\x00\n 1@1", "b=Bea@2")
		all, err := s.Everything(t.Context(), "c1")
		must(t, err)
		same(t, show(t, all), "n.p=yes@1", "a=Añ\x00\n 1@1", "b=Bea@2", "t=x@1")
		if all[0].Under != "slack:T1:C1" || all[0].Kind != "answer" {
			t.Errorf("owner lost: %+v", all[0].Ref)
		}
		coalitions, err := s.Coalitions(t.Context())
		must(t, err)
		same(t, coalitions, "c1")
	})
}

func TestCommitIsAllOrNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ func() *Store) {
		c := commit()
		c.Writes = []flows.Write{write("person", "a", 0, "one")}
		must(t, s.Commit(t.Context(), c))
		for name, w := range map[string]flows.Write{
			"stale":              write("person", "a", 7, "two"),
			"is there":           write("person", "a", 0, "two"),
			"is not there":       write("person", "b", 1, "two"),
			"deleted, stale":     {Ref: flows.Ref{Kind: "person", ID: "a"}, Rev: 2, Delete: true},
			"deleted, not there": {Ref: flows.Ref{Kind: "person", ID: "b"}, Rev: 2, Delete: true},
		} {
			c := commit()
			c.Key = "key " + name
			c.Writes = []flows.Write{write("text", "t", 0, "x"), w}
			c.Deliveries = []flows.Delivery{post("d", "s1")}
			c.Timers = []flows.Timer{timer("t", noon)}
			if err := s.Commit(t.Context(), c); !errors.Is(err, flows.ErrConflict) {
				t.Fatalf("%s: got %v, want a conflict", name, err)
			}
			c.Writes = nil // the event was not marked as seen
			c.Deliveries, c.Timers = nil, nil
			must(t, s.Commit(t.Context(), c))
		}
		same(t, values(t, s, flows.Ref{Kind: "person"}, flows.Ref{Kind: "text"}), "a=one@1")
		p, err := s.Pending(t.Context())
		must(t, err)
		if p != (Pending{}) {
			t.Errorf("left behind: %+v", p)
		}
	})
}

func TestCommitRefusesNonsense(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Dir: t.TempDir()})
	for name, spoil := range map[string]func(c *flows.Commit){
		"no id":             func(c *flows.Commit) { c.ID = "" },
		"no instant":        func(c *flows.Commit) { c.Audit.At = time.Time{} },
		"no coalition":      func(c *flows.Commit) { c.Coalition = "" },
		"coalition":         func(c *flows.Commit) { c.Coalition = "a b" },
		"tag":               func(c *flows.Commit) { c.Coalition = "a}{b" },
		"kind":              func(c *flows.Commit) { c.Writes = []flows.Write{write("a:b", "x", 0, "")} },
		"no record id":      func(c *flows.Commit) { c.Writes = []flows.Write{write("a", "", 0, "")} },
		"twice":             func(c *flows.Commit) { c.Writes = []flows.Write{write("a", "b", 0, ""), write("a", "b", 0, "")} },
		"nobody":            func(c *flows.Commit) { c.Deliveries = []flows.Delivery{{ID: "d", Coalition: "c1"}} },
		"other's delivery":  func(c *flows.Commit) { c.Deliveries = []flows.Delivery{{ID: "d", Coalition: "c2", Person: "p"}} },
		"other's timer":     func(c *flows.Commit) { c.Timers = []flows.Timer{{ID: "d", Coalition: "c2"}} },
		"negative revision": func(c *flows.Commit) { c.Writes = []flows.Write{write("a", "b", -1, "")} },
	} {
		c := commit()
		spoil(&c)
		if err := s.Commit(t.Context(), c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestRepeatOfACommit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, again func() *Store) {
		c := commit()
		c.Key = "slack:Ev1"
		c.Writes = []flows.Write{write("person", "a", 0, "one")}
		c.Deliveries = []flows.Delivery{post("d", "s1")}
		c.Timers = []flows.Timer{timer("t", noon)}
		must(t, s.Commit(t.Context(), c))
		must(t, s.Commit(t.Context(), c))

		gone := commit() // one that deletes leaves no record to recognise it by
		gone.Writes = []flows.Write{{Ref: flows.Ref{Kind: "person", ID: "a"}, Rev: 1, Delete: true}}
		must(t, s.Commit(t.Context(), gone))
		s = again()
		must(t, s.Commit(t.Context(), gone))
		must(t, s.Commit(t.Context(), c))
		same(t, values(t, s, flows.Ref{Kind: "person"}))
		same(t, claimed(claim(t, s, noon)), "d")
		if n, err := s.client.LLen(t.Context(), keysC1(t, s).audit()).Result(); err != nil || n != 2 {
			t.Errorf("%d audit lines (%v), want 2", n, err)
		}

		c.ID = token() // the same event, handled again
		is(t, s.Commit(t.Context(), c), flows.ErrSeen)
	})
}

func keysC1(t testing.TB, s *Store) keys {
	t.Helper()
	k, err := keysOf("c1", s.shards)
	must(t, err)
	return k
}

func TestRecordMadeAgainIsAnother(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ func() *Store) {
		do := func(w flows.Write) error {
			c := commit()
			c.Writes = []flows.Write{w}
			return s.Commit(t.Context(), c)
		}
		ref := flows.Ref{Kind: "current", ID: "p"}
		must(t, do(write("current", "p", 0, "run1")))
		must(t, do(write("current", "p", 1, "run2")))
		must(t, do(flows.Write{Ref: ref, Rev: 2, Delete: true}))
		same(t, values(t, s, flows.Ref{Kind: "current"}))
		must(t, do(write("current", "p", 0, "run3")))
		same(t, values(t, s, ref), "p=run3@3")
		is(t, do(write("current", "p", 1, "late")), flows.ErrConflict)
		is(t, do(flows.Write{Ref: ref, Rev: 2, Delete: true}), flows.ErrConflict)
		must(t, do(flows.Write{Ref: ref, Rev: 3, Delete: true}))
		coalitions, err := s.Coalitions(t.Context())
		must(t, err)
		same(t, coalitions)
	})
}

func TestSeenIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ func() *Store) {
		first := commit()
		first.Key = "slack:Ev1"
		must(t, s.Commit(t.Context(), first))
		nudges := commit()
		nudges.Deliveries = []flows.Delivery{nudge("n", "p")}
		must(t, s.Commit(t.Context(), nudges))
		must(t, s.Complete(t.Context(), claimOne(t, s, noon), nil))
		marks := func(after time.Duration) int64 {
			for range sweepEvery {
				c := commit()
				c.Audit.At = noon.Add(after)
				must(t, s.Commit(t.Context(), c))
			}
			n, err := s.client.ZCount(t.Context(), keysC1(t, s).marks(), "-inf", ms(noon.Add(after))).Result()
			must(t, err)
			return n
		}
		second := first
		second.ID, second.Audit.At = token(), noon.Add(24*time.Hour-time.Second)
		is(t, s.Commit(t.Context(), second), flows.ErrSeen)
		if n := marks(25 * time.Hour); n != 0 {
			t.Errorf("%d marks whose life is over are still there", n)
		}
		second.ID, second.Audit.At = token(), noon.Add(25*time.Hour)
		must(t, s.Commit(t.Context(), second))

		_ = marks(31 * 24 * time.Hour)
		nudges.ID = token()
		must(t, s.Commit(t.Context(), nudges))
		same(t, claimed(claim(t, s, noon.Add(31*24*time.Hour)))) // a nudge is remembered for longer than its ladder
	})
}

func TestDeliveriesAreAddedIfAbsent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ func() *Store) {
		add := func(ds ...flows.Delivery) {
			t.Helper()
			c := commit()
			c.Deliveries = ds
			must(t, s.Commit(t.Context(), c))
		}
		add(nudge("n1", "p"), nudge("n1", "p"), post("d1", "s"))
		add(nudge("n1", "p"), post("d1", "s"))
		leases := claim(t, s, noon)
		same(t, claimed(leases), "d1", "n1")
		add(nudge("n1", "p"), post("d1", "s"))
		for _, l := range leases {
			must(t, s.Complete(t.Context(), l, nil))
		}
		add(nudge("n1", "p"), post("d1", "s"))
		same(t, claimed(claim(t, s, noon)))
		p, err := s.Pending(t.Context())
		must(t, err)
		if p != (Pending{}) {
			t.Errorf("left behind: %+v", p)
		}
	})
}

func TestTimersFireOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, again func() *Store) {
		do := func(firedIDs []string, timers ...flows.Timer) {
			t.Helper()
			c := commit()
			c.Timers, c.Fired = timers, firedIDs
			must(t, s.Commit(t.Context(), c))
		}
		do(nil, timer("t1", noon), timer("t1", noon.Add(-time.Hour)), timer("t2", noon.Add(time.Millisecond/2)), timer("t3", noon.Add(time.Hour)))
		do(nil, timer("t1", noon.Add(-time.Hour)))
		same(t, fired(t, s, noon.Add(-time.Nanosecond), 9)) // never early
		same(t, fired(t, s, noon, 9), "t1")
		same(t, fired(t, s, noon, 9)) // held back
		same(t, fired(t, s, noon.Add(time.Millisecond), 9), "t2")
		s = again()
		same(t, fired(t, s, noon.Add(time.Minute), 9), "t1") // it comes back until a commit names it
		do([]string{"t1"}, timer("t1", noon))
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

func TestClaimsAreBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ func() *Store) {
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

func TestConcurrentClaimersNeverShare(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ func() *Store) {
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
