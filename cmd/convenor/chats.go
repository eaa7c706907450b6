package main

import (
	"context"
	"net/http"
	"time"

	"convenor/bot"
	"convenor/bot/discord"
	"convenor/bot/slack"
)

// chat is a platform together with its ways in.
type chat struct {
	bot.Platform
	gate
	serve func(ctx context.Context, b *bot.Bot) error // hands everything that people do to b until ctx ends
}

// gate is a platform's ways in, as the process looks after them.
type gate interface {
	// Start asks the platform who we are. Its error says in plain words what to change.
	Start(ctx context.Context) error
	// Register lets mux take what the platform sends over HTTP, if anything.
	Register(mux *http.ServeMux)
	// Healthy returns nil while the platform reaches us.
	Healthy() error
	// Open counts the ways by which it does.
	Open() int
	// ClockAhead returns how far our clock is ahead of the platform's; known is false until it has answered.
	ClockAhead() (ahead time.Duration, known bool)
}

// chats makes the platforms that the configuration names. They are not asked anything yet.
func (h *house) chats(cfg config, m *metrics) (list []chat, err error) {
	if cfg.slack() {
		var apps []slack.Options
		for _, a := range cfg.slackApps() {
			apps = append(apps, a.options(slack.Options{
				APIURL: cfg.SlackAPIURL, Pack: h.pack, Now: h.clock.now, Log: h.log, Panicked: m.Panicked,
				Asked: m.asked("slack"), Waited: m.waitedFor("slack"),
			}))
		}
		s, err := slack.NewWorkspaces(apps)
		if err != nil {
			return nil, err
		}
		list = append(list, chat{s, s, func(ctx context.Context, b *bot.Bot) error { return s.Serve(ctx, b) }})
	}
	if cfg.discord() {
		o := discord.Options{
			Token: cfg.DiscordToken, ApplicationID: cfg.DiscordApp, PublicKey: cfg.DiscordKey, APIURL: cfg.DiscordAPIURL,
			Pack: h.pack, Now: h.clock.now, Machine: time.Now, Log: h.log, Panicked: m.Panicked, Starts: counting{h.store, m.identifies},
			Asked: m.asked("discord"), Waited: m.waitedFor("discord"),
		}
		if cfg.RedisURL != "" { // others may share it; a folder is one process's
			o.Shards = h.store
		}
		d, err := discord.New(o)
		if err != nil {
			return nil, err
		}
		list = append(list, chat{d, d, func(ctx context.Context, b *bot.Bot) error { return d.Serve(ctx, b) }})
	}
	return list, nil
}
