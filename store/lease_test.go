package store

import (
	"testing"
	"time"

	"convenor/flows"
)

// queue puts deliveries of one conversation into a store.
func queue(t *testing.T, s *Store, ids ...string) {
	t.Helper()
	c := commit()
	for _, id := range ids {
		c.Deliveries = append(c.Deliveries, post(id, "s"))
	}
	must(t, s.Commit(t.Context(), c))
}

func TestOneInFlightInOrder(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			queue(t, s, "d1", "d2")
			queue(t, s, "d3")
			l := claimOne(t, s, noon)
			same(t, []string{l.Delivery.ID, l.Delivery.Space, l.Delivery.Coalition}, "d1", "s", "c1")
			if !l.Delivery.At.Equal(noon) || l.Fence != 1 || l.Posts != 0 || l.Attempts != 0 || !l.PostedAt.IsZero() {
				t.Errorf("first lease: %+v", l)
			}
			same(t, claimed(claim(t, s, noon)))
			must(t, s.Complete(t.Context(), l, nil))
			l = claimOne(t, s, noon)
			same(t, []string{l.Delivery.ID}, "d2")
			must(t, s.Fail(t.Context(), l, noon.Add(time.Minute), false))
			queue(t, s, "d4")
			same(t, claimed(claim(t, s, noon.Add(time.Minute-time.Nanosecond)))) // the conversation waits with it, and nobody is early
			s = again()
			for _, want := range []string{"d2", "d3", "d4"} {
				l = claimOne(t, s, noon.Add(time.Minute))
				same(t, []string{l.Delivery.ID}, want)
				must(t, s.Complete(t.Context(), l, nil))
			}
			same(t, claimed(claim(t, s, noon.Add(time.Hour))))
		})
	}
}

func TestPersonsNudgesWaitApart(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			c := commit()
			c.Deliveries = []flows.Delivery{nudge("n"), {ID: "r", Coalition: "c1", Kind: flows.Reply, Person: "p", At: noon}}
			must(t, s.Commit(t.Context(), c))
			same(t, claimed(claim(t, s, noon)), "n", "r")
		})
	}
}

func TestStaleFenceIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			queue(t, s, "d")
			old := claimOne(t, s, noon)
			must(t, s.Intend(t.Context(), old, noon))
			later := noon.Add(30 * time.Second) // the lease is over
			is(t, s.Intend(t.Context(), old, later), flows.ErrLost)
			young := claimOne(t, s, later)
			if young.Fence != 2 || young.Posts != 1 || !young.PostedAt.Equal(noon) || young.Attempts != 0 {
				t.Errorf("second lease: %+v", young)
			}
			is(t, s.Intend(t.Context(), old, noon), flows.ErrLost)
			is(t, s.Fail(t.Context(), old, later, false), flows.ErrLost)
			is(t, s.Complete(t.Context(), old, []flows.Write{write("receipt", "d", 0, "old")}), flows.ErrLost)
			must(t, s.Intend(t.Context(), young, later))
			must(t, s.Complete(t.Context(), young, []flows.Write{write("receipt", "d", 0, "young")}))
			for _, l := range []flows.Lease{old, young} {
				is(t, s.Complete(t.Context(), l, []flows.Write{write("receipt", "d", 1, "again")}), flows.ErrLost)
				is(t, s.Fail(t.Context(), l, later, true), flows.ErrLost)
				is(t, s.Intend(t.Context(), l, noon), flows.ErrLost)
			}
			same(t, values(t, s, flows.Ref{Kind: "receipt"}), "d=young@1")
		})
	}
}

func TestLeaseOverInTimeStillCompletes(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			queue(t, s, "d")
			l := claimOne(t, s, noon)
			must(t, s.Intend(t.Context(), l, noon))
			must(t, s.Complete(t.Context(), l, nil)) // Complete has no clock: nobody else has claimed it
			same(t, claimed(claim(t, s, noon.Add(time.Hour))))
		})
	}
}

func TestFailKeepsWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			queue(t, s, "d")
			now := noon
			step := func(intend, unclear bool, wantPosted time.Time, wantPosts, wantAttempts int) {
				t.Helper()
				l := claimOne(t, s, now)
				if !l.PostedAt.Equal(wantPosted) || l.Posts != wantPosts || l.Attempts != wantAttempts {
					t.Fatalf("at %v: %+v", now, l)
				}
				if intend {
					must(t, s.Intend(t.Context(), l, now))
					must(t, s.Intend(t.Context(), l, now)) // a repeat counts once
				}
				must(t, s.Fail(t.Context(), l, now.Add(time.Minute), unclear))
				must(t, s.Fail(t.Context(), l, now.Add(time.Minute), unclear))
				is(t, s.Intend(t.Context(), l, now), flows.ErrLost) // it was given back
				is(t, s.Complete(t.Context(), l, nil), flows.ErrLost)
				now = now.Add(time.Minute)
			}
			step(false, false, time.Time{}, 0, 0)             // refused before anything was asked
			step(true, false, time.Time{}, 0, 1)              // a definite no takes the intent back
			step(true, true, time.Time{}, 1, 2)               // unclear: the intent stands
			step(false, false, noon.Add(2*time.Minute), 2, 3) // could not look: it stays in doubt
			step(true, false, noon.Add(2*time.Minute), 2, 4)  // looked, posted, a definite no: only the last intent is taken back
			step(false, true, noon.Add(2*time.Minute), 3, 5)  // could not look, unclear
			step(true, true, noon.Add(2*time.Minute), 3, 6)   // posted again, unclear
			step(false, false, noon.Add(6*time.Minute), 4, 7) // the last intent stands
		})
	}
}

func TestCompleteChecksItsWrites(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			c := commit()
			c.Writes = []flows.Write{write("posted", "k", 0, "one")}
			must(t, s.Commit(t.Context(), c))
			queue(t, s, "d")
			l := claimOne(t, s, noon)
			is(t, s.Complete(t.Context(), l, []flows.Write{write("receipt", "d", 0, "x"), write("posted", "k", 0, "two")}), flows.ErrConflict)
			same(t, values(t, s, flows.Ref{Kind: "receipt"}, flows.Ref{Kind: "posted"}), "k=one@1")
			must(t, s.Complete(t.Context(), l, []flows.Write{write("receipt", "d", 0, "x"), write("posted", "k", 1, "two")}))
			same(t, values(t, s, flows.Ref{Kind: "receipt"}, flows.Ref{Kind: "posted"}), "k=two@2", "d=x@1")
		})
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			place := func(want string) {
				t.Helper()
				got, err := s.Place(t.Context(), "slack:T1")
				must(t, err)
				same(t, []string{got}, want)
			}
			place("")
			for _, c := range []string{"c1", "c2"} {
				got, err := s.Claim(t.Context(), "slack:T1", c)
				must(t, err)
				same(t, []string{got}, "c1")
				place("c1")
			}
			s = again()
			place("c1")
			got, err := s.Claim(t.Context(), "discord:G1", "c1")
			must(t, err)
			same(t, []string{got}, "c1")
		})
	}
}

func TestRehearsalClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, Options{Dir: dir, Rehearsal: true})
	for i, d := range []time.Duration{0, time.Hour, 26 * time.Hour} {
		got, err := s.Shift(t.Context(), d)
		must(t, err)
		if want := []time.Duration{0, time.Hour, 27 * time.Hour}[i]; got != want {
			t.Errorf("moved %v, want %v", got, want)
		}
	}
	if _, err := s.Shift(t.Context(), -time.Second); err == nil {
		t.Error("time went back")
	}
	must(t, s.Close())
	_, err := Open(t.Context(), Options{Dir: dir})
	is(t, err, ErrRehearsal)
	s = open(t, Options{Dir: dir, Rehearsal: true})
	got, err := s.Offset(t.Context())
	must(t, err)
	if got != 27*time.Hour {
		t.Errorf("offset %v after opening again", got)
	}
}

func TestRealStoreRefusesRehearsal(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			_, err := s.Shift(t.Context(), time.Hour)
			is(t, err, ErrNotRehearsal)
			d, err := s.Offset(t.Context())
			must(t, err)
			if d != 0 {
				t.Errorf("offset %v", d)
			}
			s.rehearsal = true
			is(t, s.begin(t.Context()), ErrNotRehearsal)
			s.rehearsal = false
			must(t, s.Healthy(t.Context()))
		})
	}
}

func TestNewerStoreIsRefused(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			must(t, s.client.HSet(t.Context(), keyMeta, "schema", schema+1).Err())
			is(t, s.begin(t.Context()), ErrNewer)
		})
	}
}
