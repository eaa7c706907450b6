package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"convenor/flows"
)

// TestMarksAreSweptWhateverCommitsHold lives a month with commits that fire none or hundreds of timers and that end
// deliveries: once the time of a mark is over, it is gone, and what is left is no more than what was added meanwhile.
func TestMarksAreSweptWhateverCommitsHold(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Dir: t.TempDir()})
	random := rand.New(rand.NewPCG(9, 10))
	k, err := keysOf("c1", s.shards)
	must(t, err)
	now, most, added := noon, int64(0), 0
	for i := range 600 {
		c := commit()
		c.Audit.At, c.Key = now, fmt.Sprint("event", i)
		if random.IntN(3) == 0 {
			for j := range random.IntN(150) {
				c.Fired = append(c.Fired, fmt.Sprint("timer", i, ".", j))
			}
		}
		for j := range random.IntN(4) {
			c.Deliveries = append(c.Deliveries, flows.Delivery{ID: fmt.Sprint(i, ".", j), Coalition: "c1", Space: "s", At: now})
		}
		must(t, s.Commit(t.Context(), c))
		for n := 1; n > 0; {
			leases := claim(t, s, now)
			for _, l := range leases {
				must(t, s.Complete(t.Context(), l, nil))
			}
			n = len(leases)
		}
		added += 2 + len(c.Fired) + len(c.Deliveries)
		now = now.Add(8 * time.Hour)
		old, err := s.client.ZCount(t.Context(), k.marks(), "-inf", ms(now.Add(-8*time.Hour))).Result()
		must(t, err)
		most = max(most, old)
	}
	t.Logf("%d marks in 200 days, at most %d of them kept after their time", added, most)
	if each := int64(added / 600); most > 40*each { // about what comes between two commits that sweep anyway
		t.Errorf("%d marks are kept after their time", most)
	}
}
