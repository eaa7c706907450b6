package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// offsetStore keeps how far the shared clock was moved.
type offsetStore interface {
	// Offset returns how far the clock was moved.
	Offset(ctx context.Context) (time.Duration, error)
	// Shift moves the clock on by d and returns the new offset.
	Shift(ctx context.Context, d time.Duration) (time.Duration, error)
}

// clock is the machine's clock plus the offset that a rehearsal keeps in the store. Without rehearsal the offset is
// zero and the store is never asked. It is safe for many goroutines.
type clock struct {
	store     offsetStore
	rehearsal bool
	offset    atomic.Int64
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// refresh takes over what another replica may have moved.
func (c *clock) refresh(ctx context.Context) error {
	if !c.rehearsal {
		return nil
	}
	d, err := c.store.Offset(ctx)
	if err != nil {
		return fmt.Errorf("read the rehearsal clock: %w", err)
	}
	c.offset.Store(int64(d))
	return nil
}

// advance moves the clock of every replica on by d, which must be positive: time never goes back.
func (c *clock) advance(ctx context.Context, d time.Duration) error {
	d, err := c.store.Shift(ctx, d)
	if err != nil {
		return fmt.Errorf("move the rehearsal clock: %w", err)
	}
	c.offset.Store(int64(d))
	return nil
}
