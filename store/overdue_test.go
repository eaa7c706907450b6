package store

import (
	"fmt"
	"testing"
	"time"

	"convenor/flows"
)

// TestOverdue: what was ready a while ago and stands untouched is counted over all coalitions and shards; what is not
// ready, is being sent, was put off or is done is not.
func TestOverdue(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			overdue := func(at time.Time, want int64) {
				t.Helper()
				n, err := s.Overdue(t.Context(), at)
				must(t, err)
				if n != want {
					t.Errorf("%d overdue at %v, want %d", n, at, want)
				}
			}
			const coalitions = 40 // in many shards
			for n := range coalitions {
				c := commit()
				c.Coalition = fmt.Sprint("c", n)
				d, tm := nudge("n1"), timer("t1", noon.Add(time.Hour))
				d.Coalition, tm.Coalition = c.Coalition, c.Coalition
				c.Deliveries, c.Timers = []flows.Delivery{d}, []flows.Timer{tm}
				must(t, s.Commit(t.Context(), c))
			}
			s = again()
			overdue(noon, 0)
			overdue(noon.Add(time.Millisecond), coalitions)
			overdue(noon.Add(time.Hour), coalitions)
			overdue(noon.Add(2*time.Hour), 2*coalitions)
			leases, err := s.ClaimDeliveries(t.Context(), noon, noon.Add(time.Minute), coalitions)
			must(t, err)
			overdue(noon.Add(time.Minute), 0)                                       // they are being sent
			overdue(noon.Add(time.Minute+time.Millisecond), int64(len(leases)))     // nobody has come back to them
			must(t, s.Fail(t.Context(), leases[0], noon.Add(30*time.Minute), true)) // put off
			must(t, s.Complete(t.Context(), leases[1], nil))                        // done
			overdue(noon.Add(2*time.Minute), int64(len(leases))-2)
			_, err = s.ClaimTimers(t.Context(), noon.Add(time.Hour), noon.Add(3*time.Hour), coalitions)
			must(t, err)
			overdue(noon.Add(2*time.Hour), int64(len(leases))-1)
		})
	}
}
