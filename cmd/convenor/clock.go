package main

import (
	"context"
	"errors"
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

// redisClock is the clock that all replicas share.
type redisClock interface {
	// Time asks for it; ok is false when there is none, because everything is in one folder of one process.
	Time(ctx context.Context) (now time.Time, ok bool, err error)
}

// How far this machine's clock and Redis's may be apart. Nobody can tell which of them is wrong: above skewWarn the
// operator is told, above skewMost nothing is looked for and nothing new begun until they agree.
const (
	skewWarn = 5 * time.Second
	skewMost = time.Minute
)

// errSkew means that the clocks are too far apart.
var errSkew = errors.New("the clocks of this machine and of Redis are too far apart, so nothing that is due is sent. " +
	"Please set both by a time server")

// clock is the time that decides what is due: Redis's, where there is a Redis, so that all replicas agree and a machine
// whose clock is set gets nothing wrong; else the machine's. On top comes the offset that a rehearsal keeps in the
// store. It is safe for many goroutines.
//
// Redis answers some time between being asked and being heard. The clock takes the latest of these: it may be late by a
// round trip and is never early. From one look to the next it goes on by the machine's monotonic clock, which nobody
// sets.
type clock struct {
	store     offsetStore
	redis     redisClock // nil: the machine's clock
	rehearsal bool
	offset    atomic.Int64
	base      atomic.Pointer[reading]
	apart     atomic.Int64 // how far the machine's clock was ahead at the last look
}

// reading is Redis's clock as it was heard.
type reading struct {
	heard time.Time // by the machine's clock, with its monotonic part
	redis time.Time
}

func (c *clock) now() time.Time { return c.at(time.Now()) }

// at is what the clock shows at an instant of the machine's.
func (c *clock) at(machine time.Time) time.Time {
	if r := c.base.Load(); r != nil {
		machine = r.redis.Add(machine.Sub(r.heard))
	}
	return machine.Add(time.Duration(c.offset.Load()))
}

// refresh takes over what another replica may have moved, and looks at Redis's clock. It returns errSkew when the clocks
// are too far apart.
func (c *clock) refresh(ctx context.Context) error {
	if c.redis != nil {
		asked := time.Now()
		now, ok, err := c.redis.Time(ctx)
		if err != nil {
			return err
		}
		if heard := time.Now(); ok {
			c.take(asked, heard, now)
		}
		if err := c.healthy(); err != nil {
			return err
		}
	}
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

// take notes what Redis answered between two instants of the machine's clock. One that is too far from the machine's is
// not gone by once there is another: whichever of the two was set, time goes on as it did before.
func (c *clock) take(asked, heard, redis time.Time) {
	middle := asked.Round(0).Add(heard.Sub(asked) / 2) // without its monotonic part: what the machine shows
	c.apart.Store(int64(middle.Sub(redis)))
	if c.base.Load() == nil || c.skew().Abs() <= skewMost {
		c.base.Store(&reading{heard: heard, redis: redis})
	}
}

// skew is how far this machine's clock was ahead of Redis's at the last look, in the middle of the round trip; zero where
// there is no Redis.
func (c *clock) skew() time.Duration { return time.Duration(c.apart.Load()) }

// ahead is how far a rehearsal has moved the clock.
func (c *clock) ahead() time.Duration { return time.Duration(c.offset.Load()) }

// healthy returns errSkew when the clocks were too far apart at the last look.
func (c *clock) healthy() error {
	if skew := c.skew(); skew.Abs() > skewMost {
		return fmt.Errorf("%w (now they are %v apart)", errSkew, skew.Abs().Round(time.Second))
	}
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
