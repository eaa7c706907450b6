package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"convenor/flows"
)

func TestRecords(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
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
}

func TestCommitIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
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
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
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
}

func keysC1(tb testing.TB, s *Store) keys {
	tb.Helper()
	k, err := keysOf("c1", s.shards)
	must(tb, err)
	return k
}

func TestRecordMadeAgainIsAnother(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
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
}

func TestSeenIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			first := commit()
			first.Key = "slack:Ev1"
			must(t, s.Commit(t.Context(), first))
			nudges := commit()
			nudges.Deliveries = []flows.Delivery{nudge("n")}
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
}

// TestPages walks through a coalition's records while others are deleted and made: what stays is seen.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			c := commit()
			stays := map[flows.Ref]bool{}
			for i := range 900 {
				w := write([]string{"person", "receipt", "text"}[i%3], fmt.Sprint(i), 0, "x")
				if w.Kind == "receipt" {
					w.Under = fmt.Sprint("p", i%7)
				}
				c.Writes = append(c.Writes, w)
				stays[w.Ref] = true
			}
			must(t, s.Commit(t.Context(), c))
			seen, pages := map[flows.Ref]bool{}, 0
			for after := ""; pages == 0 || after != ""; pages++ {
				records, next, err := s.Page(t.Context(), "c1", after, 50)
				must(t, err)
				c := commit()
				for _, r := range records {
					if seen[r.Ref] = true; len(c.Writes) < 10 && stays[r.Ref] {
						delete(stays, r.Ref)
						c.Writes = append(c.Writes, flows.Write{Ref: r.Ref, Rev: r.Rev, Delete: true})
					}
				}
				c.Writes = append(c.Writes, write("goal", fmt.Sprint(pages), 0, "new"))
				must(t, s.Commit(t.Context(), c))
				after = next
			}
			for ref := range stays {
				if !seen[ref] {
					t.Errorf("%v was never on a page", ref)
				}
			}
			if len(stays) == 900 || pages < 3 {
				t.Errorf("%d stay, %d pages", len(stays), pages)
			}
		})
	}
}
