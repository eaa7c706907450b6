package store

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"convenor/flows"
)

// claimAndHang commits and claims, says so, and waits to be killed.
func claimAndHang(dir string) error {
	ctx := context.Background()
	s, err := Open(ctx, Options{Dir: dir})
	if err != nil {
		return err
	}
	c := commit()
	c.Timers = []flows.Timer{timer("t", noon.Add(-time.Minute)), timer("later", noon.Add(time.Hour))}
	for _, space := range []string{"begun", "claimed", "refused", "untouched"} {
		c.Deliveries = append(c.Deliveries, post(space+"1", space), post(space+"2", space))
	}
	if err := s.Commit(ctx, c); err != nil {
		return err
	}
	until := noon.Add(25 * time.Second)
	leases, err := s.ClaimDeliveries(ctx, noon, until, 3) // the first three, which stand in order
	if err != nil || len(leases) != 3 {
		return fmt.Errorf("%d leases: %w", len(leases), err)
	}
	for _, l := range leases {
		switch l.Delivery.Space {
		case "begun":
			err = s.Intend(ctx, l, noon.Add(time.Second))
		case "refused":
			err = s.Fail(ctx, l, noon.Add(10*time.Second), false)
		}
		if err != nil {
			return err
		}
	}
	timers, err := s.ClaimTimers(ctx, noon, noon.Add(time.Minute), 9)
	if err != nil || len(timers) != 1 {
		return fmt.Errorf("%d timers: %w", len(timers), err)
	}
	fmt.Println("claimed")
	select {}
}

// TestWhatAKilledProcessHadClaimed: nobody waits for the lease of a process that is gone. Only what it may have posted
// stays in doubt for as long as it was.
func TestWhatAKilledProcessHadClaimed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := child(t, "claim", dir)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	var said string
	_, err = fmt.Fscanln(out, &said)
	must(t, err)
	must(t, c.Process.Kill())
	_ = c.Wait()
	same(t, []string{said}, "claimed")

	s := open(t, Options{Dir: dir})
	size := journalSize(t, dir)
	must(t, s.freeAll(t.Context()))
	if got := journalSize(t, dir); got != size {
		t.Errorf("what is free already was journalled again: %d bytes after %d", got, size)
	}
	leases := claim(t, s, noon)
	same(t, claimed(leases), "claimed1", "untouched1")
	if l := leases[0]; l.Fence != 2 || !l.PostedAt.IsZero() || l.Attempts != 0 {
		t.Errorf("the second lease: %+v", l)
	}
	same(t, fired(t, s, noon, 9), "t")
	same(t, claimed(claim(t, s, noon.Add(10*time.Second-time.Millisecond))))
	l := claimOne(t, s, noon.Add(10*time.Second)) // given back before, until then
	same(t, []string{l.Delivery.ID}, "refused1")
	same(t, claimed(claim(t, s, noon.Add(25*time.Second-time.Millisecond))))
	l = claimOne(t, s, noon.Add(25*time.Second))
	if l.Delivery.ID != "begun1" || !l.PostedAt.Equal(noon.Add(time.Second)) || l.Posts != 1 {
		t.Errorf("what was begun: %+v", l)
	}
}

func journalSize(t *testing.T, dir string) int64 {
	t.Helper()
	info, err := os.Stat(dir + "/" + journalName)
	must(t, err)
	return info.Size()
}

// TestFreedIsFreedInReplay: the step is journalled, so a store that is opened once more is the same.
func TestFreedIsFreedInReplay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	queue(t, s, "d1", "d2")
	gone := claimOne(t, s, noon)
	must(t, s.Close())
	s = open(t, Options{Dir: dir})
	l := claimOne(t, s, noon)
	is(t, s.Complete(t.Context(), gone, nil), flows.ErrLost) // its holder could not be here, and would be refused
	must(t, s.Intend(t.Context(), l, noon))
	must(t, s.Complete(t.Context(), l, nil))
	want := state(t, s)
	must(t, s.Close())
	s = open(t, Options{Dir: dir})
	same(t, state(t, s), want...)
	same(t, claimed(claim(t, s, noon)), "d2")
}
