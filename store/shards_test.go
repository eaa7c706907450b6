package store

import (
	"testing"
	"time"

	"convenor/flows"
)

// TestShardHasOneOwner: one owner at a time, whose fence is refused once another has it; the seat goes with the shard.
func TestShardHasOneOwner(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			take := func(owner string, at time.Time) (int64, string) {
				t.Helper()
				fence, seat, err := s.TakeShard(t.Context(), "app", "0/1", owner, at, at.Add(9*time.Second))
				must(t, err)
				return fence, seat
			}
			looks := func(fence int64, stands bool) {
				t.Helper()
				f, st, err := s.LookShard(t.Context(), "app", "0/1")
				must(t, err)
				if f != fence || st != stands {
					t.Errorf("fence %d, stands %v", f, st)
				}
			}
			looks(0, false)
			first, seat := take("a", noon)
			if first != 1 || seat != "" {
				t.Fatalf("fence %d, seat %q", first, seat)
			}
			if fence, _ := take("b", noon.Add(8*time.Second)); fence != 0 {
				t.Fatal("two owners")
			}
			must(t, s.KeepShard(t.Context(), "app", "0/1", first, noon.Add(12*time.Second), `{"id": "s 1"}`, true))
			looks(first, true)
			if other, _, err := s.TakeShard(t.Context(), "app", "1/2", "b", noon, noon.Add(time.Second)); err != nil || other != 1 {
				t.Errorf("another shard: %d, %v", other, err)
			}
			s = again()
			if fence, _ := take("b", noon.Add(11*time.Second)); fence != 0 {
				t.Fatal("a renewed lease did not hold")
			}
			second, seat := take("b", noon.Add(12*time.Second)) // the first owner is dead
			if second != 2 || seat != `{"id": "s 1"}` {
				t.Fatalf("fence %d, seat %q", second, seat)
			}
			looks(second, false)
			is(t, s.KeepShard(t.Context(), "app", "0/1", first, noon.Add(time.Hour), "", true), flows.ErrLost)
			_, err := s.LeaveShard(t.Context(), "app", "0/1", first, noon, "")
			is(t, err, flows.ErrLost)
			at := noon.Add(13 * time.Second)
			wanted, err := s.LeaveShard(t.Context(), "app", "0/1", second, at, "left")
			must(t, err)
			if wanted {
				t.Error("wanted by nobody")
			}
			third, seat := take("a", at)
			if third != 3 || seat != "left" {
				t.Errorf("fence %d, seat %q", third, seat)
			}
			take("b", at)
			if wanted, err = s.LeaveShard(t.Context(), "app", "0/1", third, at, ""); err != nil || !wanted {
				t.Errorf("somebody waits: %v, %v", wanted, err)
			}
		})
	}
}

// TestSessionsBegun: never two of a bucket within the gap, and never more than burst and one each while, over any restart.
func TestSessionsBegun(t *testing.T) {
	t.Parallel()
	const gap, every, burst = 5 * time.Second, time.Minute, 10
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			begun, at := map[int][]time.Time{}, noon
			all := 0
			for i := range 60 {
				if i == 30 {
					s = again()
				}
				bucket := i % 2
				wait, err := s.BeginSession(t.Context(), "app", bucket, at, gap, every, burst)
				must(t, err)
				if wait > 0 {
					at = at.Add(wait)
					if wait, err = s.BeginSession(t.Context(), "app", bucket, at, gap, every, burst); err != nil || wait > 0 {
						t.Fatalf("waited as told, and %v, %v", wait, err)
					}
				}
				if n := len(begun[bucket]); n > 0 && at.Sub(begun[bucket][n-1]) < gap {
					t.Errorf("two within %v", at.Sub(begun[bucket][n-1]))
				}
				begun[bucket] = append(begun[bucket], at)
				if all++; all > burst+int(at.Sub(noon)/every) {
					t.Errorf("%d begun after %v", all, at.Sub(noon))
				}
			}
			wait, err := s.BeginSession(t.Context(), "app", 0, noon.Add(-time.Hour), gap, every, burst) // a clock was set back
			must(t, err)
			if wait <= 0 || wait > every*burst {
				t.Errorf("after a clock was set back: wait %v", wait)
			}
			if wait, err = s.BeginSession(t.Context(), "other", 0, at, gap, every, burst); err != nil || wait != 0 {
				t.Errorf("another application: %v, %v", wait, err)
			}
		})
	}
}
