package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"convenor/bot/web"
	"convenor/flows"
	"convenor/store"
)

type playCmd struct {
	Listen string `default:"127.0.0.1:8080" help:"Address of the page." env:"LISTEN_ADDR"`
	Data   string `default:"data/play" help:"Folder that keeps the pretend coalition. Delete it to begin anew." type:"path"`
}

// Run opens the playground and serves it until it is told to stop.
func (c playCmd) Run(ctx context.Context, s shell) (err error) {
	cfg, err := readConfig(s.environ, false)
	if err != nil {
		return err
	}
	log := newLog(s.err, max(cfg.LogLevel, slog.LevelWarn))
	h, err := openHouse(ctx, store.Options{Dir: filepath.Join(c.Data, "store"), Rehearsal: true}, cfg.Content, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	world, err := web.Open(filepath.Join(c.Data, "platforms"), h.clock.now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	coalition, err := seed(ctx, h)
	if err != nil {
		return fmt.Errorf("set the stage: %w", err)
	}
	h.with(world.Platforms()...)
	p := &playground{house: h, coalition: coalition}
	return p.serve(ctx, world, c.Listen, s)
}

// playground is the house with a time machine: whatever is due happens under one lock, so that nothing is still on its
// way when the clock moves on.
type playground struct {
	*house
	coalition string
	busy      sync.Mutex
}

func (p *playground) serve(ctx context.Context, world *web.World, addr string, s shell) error {
	page, err := web.New(web.Options{
		World: world, Handler: p.bot, Now: p.clock.now, Advance: p.clock.advance, Tick: p.quiet,
		Remember: func(ctx context.Context) ([]flows.Record, error) { return p.store.Everything(ctx, p.coalition) },
		Zone:     zone, Pack: p.pack, Log: p.log,
	})
	if err != nil {
		return err
	}
	stopTicks, err := startTicks(ctx, p.log, p.quiet)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	health(mux, p.store.Healthy, p.log)
	mux.Handle("/", page)
	group, running := errgroup.WithContext(ctx)
	context.AfterFunc(running, page.Close)
	group.Go(func() error { return p.deliver(running, page) })
	group.Go(func() error {
		return listen(running, addr, mux, func(a net.Addr) {
			_, _ = fmt.Fprintf(s.out, "Convenor's playground is open at http://%s\nStop it with Ctrl+C. It keeps everything.\n", a)
		})
	})
	err = group.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, stopTicks())
}

// deliver tells people as soon as something is owed to them.
func (p *playground) deliver(ctx context.Context, page *web.Server) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.bot.Kicked():
		}
		if err := p.quiet(ctx); err != nil && ctx.Err() == nil {
			p.log.LogAttrs(ctx, slog.LevelWarn, "a message has to wait", slog.Any("error", err))
		}
		page.Changed()
	}
}

// quiet does everything that is due and returns when nothing is left.
func (p *playground) quiet(ctx context.Context) error {
	p.busy.Lock()
	defer p.busy.Unlock()
	for {
		swept, err := p.bot.Sweep(ctx)
		if err != nil {
			return err
		}
		sent, err := p.bot.Deliver(ctx)
		if err != nil {
			return err
		}
		if swept+sent == 0 {
			return nil
		}
	}
}
