package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"convenor/bot"
	"convenor/store"
)

type serveCmd struct {
	Data string `default:"data" help:"Folder of the embedded store, when REDIS_URL is not set." type:"path"`
}

// Run serves until it is told to stop. Parts start in order and stop in reverse.
func (c serveCmd) Run(ctx context.Context, s shell) (err error) {
	cfg, err := readConfig(s.environ, true)
	if err != nil {
		return err
	}
	log := newLog(s.err, cfg.LogLevel)
	times := newStoreTimes()
	h, err := openHouse(ctx, store.Options{URL: cfg.RedisURL, Dir: c.Data, Rehearsal: cfg.Rehearsal, Watch: times.watch}, cfg.Content, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	if cfg.RedisURL == "" {
		log.LogAttrs(ctx, slog.LevelInfo, "no REDIS_URL: everything is kept in one folder, by this one process", slog.String("folder", c.Data))
	}
	m := newMetrics()
	m.storeWork(times, h.store)
	chats, err := h.chats(cfg, m)
	if err != nil {
		return err
	}
	for _, c := range chats {
		if err := c.Start(ctx); err != nil {
			return fmt.Errorf("greet %s: %w", c.Name(), err)
		}
	}
	return h.serve(ctx, cfg, chats, m)
}

// serve answers the platforms, delivers, looks for due work and listens.
func (h *house) serve(ctx context.Context, cfg config, chats []chat, m *metrics) error {
	platforms := make([]bot.Platform, len(chats))
	for i, c := range chats {
		platforms[i] = c.Platform // itself: what else it can do must show
	}
	b := h.with(share, m, platforms...)
	mux := http.NewServeMux()
	health(mux, func(ctx context.Context) error {
		ready := errors.Join(h.store.Healthy(ctx), h.clock.healthy())
		for _, c := range chats {
			ready = errors.Join(ready, c.Healthy())
		}
		return ready
	}, h.log)
	m.register(mux)
	m.storeUp(ctx, h.store.Healthy)
	m.doubts(b, h.doubts.Load)
	m.census(b.Census)
	m.overdue(ctx, h.clock.now, h.store.Overdue)
	m.skew("redis", func() (time.Duration, bool) { return h.clock.skew(), true })
	answering, answered := context.WithCancel(context.WithoutCancel(ctx)) // until the last request has its answer
	defer answered()
	parts := []func(context.Context) error{b.Run}
	for _, c := range chats {
		c.Register(mux)
		m.sockets(c.Name(), c.Open)
		m.skew(c.Name(), func() (time.Duration, bool) {
			ahead, known := c.ClockAhead()
			return ahead - h.clock.ahead(), known
		})
		parts = append(parts, func(context.Context) error { return c.serve(answering, b) })
	}
	if cfg.Rehearsal {
		rehearsalClock(mux, h.clock, h.quiet)
	}
	parts = append(parts, func(ctx context.Context) error {
		defer answered()
		page := front(http.NewCrossOriginProtection().Handler(mux), h.log, m.Panicked)
		return listen(ctx, cfg.ListenAddr, page, h.log, func(a net.Addr) {
			h.log.LogAttrs(ctx, slog.LevelInfo, "Convenor is here", slog.String("version", version), slog.String("address", a.String()))
		})
	})
	return h.run(ctx, h.tick, parts...)
}
