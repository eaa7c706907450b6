package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"convenor/cmd/convenor/bench"
	"convenor/content"
)

type benchCmd struct {
	Redis string   `help:"An empty Redis that nobody else uses. It is filled and emptied again. Without it a redis-server is started." placeholder:"URL"`
	Only  []string `help:"Only these figures, like B3,B5."`
	JSON  bool     `help:"Write the figures as JSON instead of a table." name:"json"`
	Quick bool     `help:"As small as can be: to see that it works, not to measure."`
	Large bool     `help:"Also with five million pending timers; Redis needs 3 GB of memory for it."`
}

// Run measures and writes what it found. A figure that misses its target is no failure, one that cannot be measured is.
func (c benchCmd) Run(ctx context.Context, s shell) error {
	pack, err := content.Embedded()
	if err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	log := slog.New(slog.DiscardHandler)
	report, missing := bench.Measure(ctx, bench.Options{
		Redis: c.Redis, Only: c.Only, Quick: c.Quick, Large: c.Large, Binary: binary,
		Pack: pack, Zone: zone, ID: newID, Log: log,
		Tell: func(line string) { say(s.err, "%s", line) },
		Ticks: func(ctx context.Context, look func(context.Context) error) (func() error, error) {
			return startTicks(ctx, log, look)
		},
	})
	if len(report.Lines)+len(report.Unmeasured) == 0 {
		return missing
	}
	if err := c.write(s, report); err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	return missing
}

func (c benchCmd) write(s shell, r bench.Report) error {
	if !c.JSON {
		return r.Table(s.out)
	}
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
