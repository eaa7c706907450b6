package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-co-op/gocron/v2"
)

// tickEvery is how often due work is looked for: nobody is told later than that without need, and a look that finds
// nothing is one round trip. A look that takes longer delays the next one.
const tickEvery = 200 * time.Millisecond

// startTicks calls tick every tickEvery until stop is called; never twice at the same time. A tick must be safe to run
// twice, also on two replicas at once.
func startTicks(ctx context.Context, log *slog.Logger, tick func(context.Context) error) (stop func() error, err error) {
	s, err := gocron.NewScheduler(gocron.WithLocation(time.UTC))
	if err != nil {
		return nil, fmt.Errorf("make the scheduler: %w", err)
	}
	_, err = s.NewJob(
		gocron.DurationJob(tickEvery),
		gocron.NewTask(func() {
			if err := tick(ctx); err != nil && ctx.Err() == nil {
				log.LogAttrs(ctx, slog.LevelWarn, "a look for due work did not finish; the next one goes on", slog.Any("error", err))
			}
		}),
		gocron.WithSingletonMode(gocron.LimitModeReschedule),
	)
	if err != nil {
		return nil, fmt.Errorf("plan the tick: %w", err)
	}
	s.Start()
	return s.Shutdown, nil
}
