package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

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
	chat, err := slack.New(slack.Options{
		BotToken: cfg.SlackBotToken, AppToken: cfg.SlackAppToken, SigningSecret: cfg.SlackSecret, APIURL: cfg.SlackAPIURL,
		Pack: h.pack, Now: h.clock.now, Log: log,
	})
	if err != nil {
		return err
	}
	if err := chat.Start(ctx); err != nil {
		return fmt.Errorf("greet Slack: %w", err)
	}
	return h.serve(ctx, cfg, chat)
}

// serve answers Slack, delivers, looks for due work and listens.
func (h *house) serve(ctx context.Context, cfg config, chat *slack.Slack) error {
	b := h.with(share, chat)
	mux := http.NewServeMux()
	health(mux, func(ctx context.Context) error {
		return errors.Join(h.store.Healthy(ctx), h.clock.healthy(), chat.Healthy())
	}, h.log)
	chat.Register(mux)
	if cfg.Rehearsal {
		rehearsalClock(mux, h.clock, h.quiet)
	}
	return h.run(ctx, h.tick,
		func(ctx context.Context) error { return chat.Serve(ctx, b) },
		b.Run,
		func(ctx context.Context) error {
			return listen(ctx, cfg.ListenAddr, http.NewCrossOriginProtection().Handler(mux), func(a net.Addr) {
				h.log.LogAttrs(ctx, slog.LevelInfo, "Convenor is here", slog.String("version", version), slog.String("address", a.String()))
			})
		})
}
