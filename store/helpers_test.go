package store

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
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

// kinds are the kinds of store, each with what begins one and what closes it and opens it again. Behind a Sentinel the
// primary is killed in between, and what is opened again is another server.
func kinds() map[string]func(t *testing.T) (s *Store, again func() *Store) {
	begin := func(t *testing.T, o Options) (*Store, func() *Store) {
		t.Helper()
		s := open(t, o)
		return s, func() *Store {
			must(t, s.Close())
			s = open(t, o)
			return s
		}
	}
	return map[string]func(t *testing.T) (*Store, func() *Store){
		"embedded": func(t *testing.T) (*Store, func() *Store) {
			t.Helper()
			return begin(t, Options{Dir: t.TempDir()})
		},
		"redis": func(t *testing.T) (*Store, func() *Store) {
			t.Helper()
			return begin(t, Options{URL: redistest.Start(t).URL()})
		},
		"cluster": func(t *testing.T) (*Store, func() *Store) {
			t.Helper()
			return begin(t, Options{URL: redistest.StartCluster(t).URL()})
		},
		"sentinel": func(t *testing.T) (*Store, func() *Store) {
			t.Helper()
			w := redistest.StartWatched(t, 1)
			s, again := begin(t, Options{URL: w.URL()})
			failed := false
			return s, func() *Store {
				if !failed { // once: then there is no replica left
					failed = true
					w.Failover()
				}
				return again()
			}
		},
	}
}

func open(tb testing.TB, o Options) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
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
func nudge(id string) flows.Delivery {
	return flows.Delivery{ID: id, Coalition: "c1", Kind: flows.Nudge, Person: "p", At: noon}
}

func post(id, space string) flows.Delivery {
	return flows.Delivery{ID: id, Coalition: "c1", Kind: flows.Post, Space: space, At: noon}
}

func timer(id string, at time.Time) flows.Timer {
	return flows.Timer{ID: id, Coalition: "c1", Kind: flows.TimerNudge, Object: "o", At: at}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func is(tb testing.TB, err, want error) {
	tb.Helper()
	if !errors.Is(err, want) {
		tb.Fatalf("got error %v, want %v", err, want)
	}
}

// values reads records as "id=value@revision".
func values(tb testing.TB, s *Store, refs ...flows.Ref) []string {
	tb.Helper()
	records, err := s.Load(tb.Context(), "c1", refs...)
	must(tb, err)
	return show(tb, records)
}

func show(tb testing.TB, records []flows.Record) []string {
	tb.Helper()
	var out []string
	for _, r := range records {
		var v string
		must(tb, json.Unmarshal(r.Data, &v))
		out = append(out, r.ID+"="+v+"@"+strconv.FormatInt(r.Rev, 10))
	}
	return out
}

func same(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Fatalf("got %q, want %q", got, want)
	}
}

func claim(tb testing.TB, s *Store, now time.Time) []flows.Lease {
	tb.Helper()
	leases, err := s.ClaimDeliveries(tb.Context(), now, now.Add(30*time.Second), 100)
	must(tb, err)
	slices.SortFunc(leases, func(a, b flows.Lease) int { return slices.Compare([]string{a.Delivery.ID}, []string{b.Delivery.ID}) })
	return leases
}

func claimOne(tb testing.TB, s *Store, now time.Time) flows.Lease {
	tb.Helper()
	leases := claim(tb, s, now)
	if len(leases) != 1 {
		tb.Fatalf("claimed %d, want 1", len(leases))
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

func fired(tb testing.TB, s *Store, now time.Time, n int) []string {
	tb.Helper()
	timers, err := s.ClaimTimers(tb.Context(), now, now.Add(time.Minute), n)
	must(tb, err)
	var out []string
	for _, x := range timers {
		out = append(out, x.ID)
	}
	slices.Sort(out)
	return out
}
