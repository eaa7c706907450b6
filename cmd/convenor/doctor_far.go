package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"convenor/bot/discord"
	"convenor/bot/slack"
	"convenor/store"
)

// What is still good enough.
const (
	slowRedis    = 50 * time.Millisecond // for one write; a click has three seconds and needs about ten round trips
	skewCareful  = 5 * time.Second
	skewMend     = time.Minute // Slack refuses to be asked, and we refuse its requests, at five
	spaceCareful = 1 << 30     // bytes
	spaceMend    = 100 << 20
)

// redis opens the store in Redis as serve does, and looks at what it says about itself.
func (d *doctor) redis(ctx context.Context, cfg config) {
	s, err := store.Open(ctx, store.Options{URL: cfg.RedisURL, Rehearsal: cfg.Rehearsal})
	if err != nil {
		d.find(mend, "redis", "%v.", err)
		return
	}
	defer func() { _ = s.Close() }()
	for _, w := range s.Warnings() {
		d.find(careful, "redis", "%s.", w)
	}
	const times = 5
	var slowest time.Duration
	for range times {
		begun := time.Now()
		if err := s.Healthy(ctx); err != nil {
			d.find(mend, "redis", "it was opened, and then a write failed: %v.", err)
			return
		}
		slowest = max(slowest, time.Since(begun))
	}
	if slowest > d.slow {
		d.find(careful, "redis", "a write took up to %v. Put Convenor nearer to its Redis, or look what else keeps Redis busy.", slowest.Round(time.Millisecond))
	} else {
		d.find(fine, "redis", "it can be reached and written; a write takes at most %v.", slowest.Round(10*time.Microsecond))
	}
	asked := d.now()
	if now, ok, err := s.Time(ctx); err != nil {
		d.find(mend, "redis", "%v.", err)
	} else if ok {
		d.skew("Redis", asked.Sub(now))
	}
}

// folder looks at the folder of the embedded store.
func (d *doctor) folder(ctx context.Context, cfg config) {
	if info, err := os.Stat(d.data); errors.Is(err, os.ErrNotExist) {
		d.find(fine, "folder", "%s is not there yet; serve makes it.", d.data)
		d.space(filepath.Dir(d.data))
		return
	} else if err == nil && !info.IsDir() {
		d.find(mend, "folder", "%s is a file, not a folder. Name another one with --data.", d.data)
		return
	}
	d.space(d.data)
	s, err := store.Open(ctx, store.Options{Dir: d.data, Rehearsal: cfg.Rehearsal})
	switch {
	case errors.Is(err, store.ErrInUse):
		d.find(careful, "folder", "%s: %v. If it is the Convenor that you mean, all is well.", d.data, store.ErrInUse)
		return
	case errors.Is(err, os.ErrPermission):
		d.find(mend, "folder", "this user may not write in %s. Give the folder to the user that runs Convenor (chown), or name another one with --data.", d.data)
		return
	case err != nil:
		d.find(mend, "folder", "%v.", err)
		return
	}
	defer func() { _ = s.Close() }()
	for _, w := range s.Warnings() {
		d.find(careful, "folder", "%s.", w)
	}
	if err := s.Healthy(ctx); err != nil {
		d.find(mend, "folder", "%v.", err)
		return
	}
	d.find(fine, "folder", "%s can be written, by one process at a time.", d.data)
}

// space looks how much of the disk is free.
func (d *doctor) space(dir string) {
	free, ok := d.free(dir)
	switch {
	case !ok:
		d.find(careful, "disk", "how much space is left could not be found out. Please look yourself; Convenor wants at least a gigabyte.")
	case free < spaceMend:
		d.find(mend, "disk", "only %d MB are free at %s. When the disk is full nothing more is saved. Please make room.", free>>20, dir)
	case free < spaceCareful:
		d.find(careful, "disk", "%d MB are free at %s. Please make room before it is full.", free>>20, dir)
	default:
		d.find(fine, "disk", "%d GB are free.", free>>30)
	}
}

// slack asks each workspace who we are, what the app may do, where it is, and what time it is.
func (d *doctor) slack(ctx context.Context, cfg config) {
	for _, a := range cfg.slackApps() {
		if len(a.missing()) == 0 { // otherwise it was said with the configuration
			d.slackApp(ctx, cfg, a)
		}
	}
}

func (d *doctor) slackApp(ctx context.Context, cfg config, a slackApp) {
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	from := "" // which app is meant, when there are several
	if a.entry() != "" {
		from = a.entry() + ": "
	}
	chat, err := slack.New(a.options(slack.Options{APIURL: cfg.SlackAPIURL, Now: d.now, Log: slog.New(slog.DiscardHandler)}))
	if err != nil {
		d.find(mend, "slack", "%s%v.", from, err)
		return
	}
	var found []slack.Finding
	if err = chat.Check(ctx); err == nil {
		d.find(fine, "slack", "%sit knows the app and lets it do what it needs.", from)
		found, err = chat.Examine(ctx)
	}
	if err != nil {
		d.find(mend, "slack", "%s%v.", from, err)
	}
	for _, f := range found {
		d.find(map[bool]grade{true: fine, false: careful}[f.Well], "slack", "%s%s", from, f.Words)
	}
	if a.secret != "" && err == nil {
		d.find(fine, "slack", "%swhether SLACK_SIGNING_SECRET is right shows when Slack calls: press Retry at a request URL of the app.", from)
	}
	if ahead, known := chat.ClockAhead(); known {
		d.skew("Slack", ahead)
	}
}

// discord asks Discord who we are, what we may do where, and what time it is.
func (d *doctor) discord(ctx context.Context, cfg config) {
	if cfg.DiscordToken == "" {
		return // said with the configuration, if Discord is wanted
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	chat, err := discord.New(discord.Options{
		Token: cfg.DiscordToken, ApplicationID: cfg.DiscordApp, PublicKey: cfg.DiscordKey, APIURL: cfg.DiscordAPIURL,
		Pack: d.pack, Now: d.now, Log: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		err = chat.Check(ctx)
	}
	if err != nil {
		d.find(mend, "discord", "%v.", err)
		return
	}
	d.find(fine, "discord", "it knows the application and its token.")
	found, err := chat.Examine(ctx)
	if err != nil {
		d.find(mend, "discord", "%v.", err)
	}
	for _, f := range found {
		g := careful
		switch {
		case f.Well:
			g = fine
		case f.Stops:
			g = mend
		}
		d.find(g, "discord", "%s", f.Words)
	}
	if ahead, known := chat.ClockAhead(); known {
		d.skew("Discord", ahead)
	}
}

// skew judges how far this machine's clock is ahead of another.
func (d *doctor) skew(whose string, ahead time.Duration) {
	off := ahead.Abs().Round(time.Second)
	switch {
	case off > skewMend:
		d.find(mend, "clock", "this machine's clock and that of %s are %v apart. Reminders would come at the wrong time. Switch on time synchronisation (timedatectl set-ntp true).", whose, off)
	case off > skewCareful:
		d.find(careful, "clock", "this machine's clock and that of %s are %v apart. Switch on time synchronisation (timedatectl set-ntp true).", whose, off)
	default:
		d.find(fine, "clock", "it agrees with that of %s.", whose)
	}
}
