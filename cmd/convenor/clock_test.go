package main

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestSharedClockIsNeverEarly draws clocks that are apart and answers that are slow: what the clock shows is never ahead
// of Redis's, and behind it by no more than the round trip.
func TestSharedClockIsNeverEarly(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(most time.Duration) time.Duration { return time.Duration(random.Int64N(int64(most))) }
	asked := time.Now()
	const rounds = 100_000
	for range rounds {
		apart := draw(20*time.Minute) - 10*time.Minute
		there, back, later := draw(2*time.Second), draw(2*time.Second), draw(time.Minute)
		heard := asked.Add(there + back)
		c := &clock{}
		c.take(asked, heard, asked.Add(there+apart))
		really := heard.Add(later + apart)
		if late := really.Sub(c.at(heard.Add(later))); late < 0 || late > there+back {
			t.Fatalf("apart %v, there %v, back %v: late by %v", apart, there, back, late)
		}
		if wrong := c.skew() + apart; wrong.Abs() > (there+back)/2 {
			t.Fatalf("apart %v, taken for %v", apart, c.skew())
		}
	}
}

// tower is a Redis whose clock is ahead.
type tower struct {
	ahead time.Duration
	none  bool
	err   error
}

func (r *tower) Time(context.Context) (time.Time, bool, error) {
	return time.Now().Add(r.ahead), !r.none, r.err
}

func TestClocksTooFarApart(t *testing.T) {
	t.Parallel()
	r := &tower{ahead: time.Hour}
	c := &clock{store: &shelf{}, redis: r}
	for range 2 { // and it stays so
		if err := c.refresh(t.Context()); !errors.Is(err, errSkew) || !errors.Is(c.healthy(), errSkew) {
			t.Fatalf("an hour apart: %v", err)
		}
	}
	r.ahead = -30 * time.Second
	if err := errors.Join(c.refresh(t.Context()), c.healthy()); err != nil {
		t.Errorf("half a minute apart: %v", err)
	}
	if late := time.Since(c.now()); late < 29*time.Second {
		t.Errorf("the clock follows this machine and not Redis: late by %v", late)
	}
	r.err = errors.New("away")
	if err := c.refresh(t.Context()); !errors.Is(err, r.err) {
		t.Errorf("got %v", err)
	}
}

// TestClocksThatAreSet sets one of the clocks by up to a year, either way, again and again: by more than a minute nothing
// is begun, and meanwhile time goes on as before; by less, Redis's clock decides. Never is it ahead of both.
func TestClocksThatAreSet(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	const rounds = 500
	stopped := 0
	for range rounds {
		really := time.Now()
		c := &clock{}
		c.take(really, really, really)
		step := time.Duration(float64(time.Second) * math.Pow(365*24*3600, random.Float64()))
		if random.IntN(2) == 0 {
			step = -step
		}
		for look := range 5 {
			really = really.Add(time.Second)
			machine, redis := really, really
			if look > 1 && step%2 == 0 {
				redis = redis.Add(step)
			} else if look > 1 {
				machine = machine.Add(step).Round(0) // what it shows; its monotonic part goes on
			}
			c.take(machine, machine, redis)
			shown := c.at(really)
			switch far := step.Abs() > skewMost && look > 1; {
			case far != (c.healthy() != nil):
				t.Fatalf("set by %v: %v", step, c.healthy())
			case far && shown.Sub(really).Abs() > time.Millisecond:
				t.Fatalf("set by %v: the time shown is off by %v", step, shown.Sub(really))
			case far:
				stopped++
			}
		}
	}
	t.Logf("%d clocks set, %d looks at which nothing was begun", rounds, stopped)
}

func TestNoSharedClockIsTheMachines(t *testing.T) {
	t.Parallel()
	c := &clock{store: &shelf{offset: time.Hour}, redis: &tower{ahead: 9 * time.Hour, none: true}, rehearsal: true}
	if err := c.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(time.Hour)
	if now := c.now(); now.Before(before) || now.After(time.Now().Add(time.Hour)) {
		t.Errorf("got %v, want the machine's clock and an hour", now)
	}
}
