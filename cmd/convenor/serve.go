package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"convenor/bot/slack"
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
	h, err := openHouse(ctx, store.Options{URL: cfg.RedisURL, Dir: c.Data, Rehearsal: cfg.Rehearsal}, cfg.Content, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	if cfg.RedisURL == "" {
		log.LogAttrs(ctx, slog.LevelInfo, "no REDIS_URL: everything is kept in one folder, by this one process", slog.String("folder", c.Data))
	}
	m := newMetrics()
	chat, err := slack.New(slack.Options{
		BotToken: cfg.SlackBotToken, AppToken: cfg.SlackAppToken, SigningSecret: cfg.SlackSecret, APIURL: cfg.SlackAPIURL,
		Pack: h.pack, Now: h.clock.now, Log: log, Panicked: m.Panicked,
	})
	if err != nil {
		return err
	}
	if err := chat.Start(ctx); err != nil {
		return fmt.Errorf("greet Slack: %w", err)
	}
	return h.serve(ctx, cfg, chat, m)
}

// serve answers Slack, delivers, looks for due work and listens.
func (h *house) serve(ctx context.Context, cfg config, chat *slack.Slack, m *metrics) error {
	b := h.with(share, m, chat)
	mux := http.NewServeMux()
	health(mux, func(ctx context.Context) error {
		return errors.Join(h.store.Healthy(ctx), h.clock.healthy(), chat.Healthy())
	}, h.log)
	chat.Register(mux)
	m.register(mux)
	m.storeUp(ctx, h.store.Healthy)
	m.gauge("sockets_open", "Ways by which Slack reaches us.", prometheus.Labels{"platform": chat.Name()}, func() float64 { return float64(chat.Open()) })
	m.gauge("clock_skew_seconds", "How far the clock is ahead of another.", prometheus.Labels{"ref": "redis"}, func() float64 {
		return h.clock.skew().Seconds()
	})
	m.gauge("clock_skew_seconds", "How far the clock is ahead of another.", prometheus.Labels{"ref": chat.Name()}, func() float64 {
		ahead, known := chat.ClockAhead()
		if !known {
			return 0
		}
		return (ahead - h.clock.ahead()).Seconds()
	})
	if cfg.Rehearsal {
		rehearsalClock(mux, h.clock, h.quiet)
	}
	answering, answered := context.WithCancel(context.WithoutCancel(ctx)) // until the last request has its answer
	defer answered()
	return h.run(ctx, h.tick,
		func(context.Context) error { return chat.Serve(answering, b) },
		b.Run,
		func(ctx context.Context) error {
			defer answered()
			page := front(http.NewCrossOriginProtection().Handler(mux), h.log, m.Panicked)
			return listen(ctx, cfg.ListenAddr, page, h.log, func(a net.Addr) {
				h.log.LogAttrs(ctx, slog.LevelInfo, "Convenor is here", slog.String("version", version), slog.String("address", a.String()))
			})
		})
}
