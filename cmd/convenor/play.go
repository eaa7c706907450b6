package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"

	"convenor/bot"
	"convenor/bot/web"
	"convenor/flows"
	"convenor/flows/coalition"
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
	p, err := newPlayground(ctx, h, world)
	if err != nil {
		return err
	}
	return p.serve(ctx, world, c.Listen, s)
}

// playground is the house with a time machine: whatever is due happens under one lock, so that nothing is still on its
// way when the clock moves on.
type playground struct {
	*house
	coalition string
	busy      sync.Mutex
}

// newPlayground sets the stage of a world for a house.
func newPlayground(ctx context.Context, h *house, world *web.World) (*playground, error) {
	id, err := seed(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("set the stage: %w", err)
	}
	h.with(bot.Limits{}, nil, world.Platforms()...)
	return &playground{house: h, coalition: id}, nil
}

// page shows a world whose Convenor is this house.
func (p *playground) page(world *web.World) (*web.Server, error) {
	return web.New(web.Options{
		World: world, Handler: p.bot, Now: p.clock.now, Advance: p.clock.advance, Tick: p.quiet, Speak: p.speak,
		Remember: func(ctx context.Context) ([]flows.Record, error) { return p.store.Everything(ctx, p.coalition) },
		Zone:     zone, Pack: p.pack, Log: p.log,
	})
}

func (p *playground) serve(ctx context.Context, world *web.World, addr string, s shell) error {
	page, err := p.page(world)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	health(mux, p.store.Healthy, p.log)
	mux.Handle("/", page)
	return p.run(ctx, p.quiet,
		func(ctx context.Context) error { return p.deliver(ctx, page) },
		func(ctx context.Context) error {
			defer context.AfterFunc(ctx, page.Close)() // open streams would hold the listener
			return listen(ctx, addr, front(mux, p.log, func() {}), p.log, func(a net.Addr) {
				_, _ = fmt.Fprintf(s.out, "Convenor's playground is open at http://%s\nStop it with Ctrl+C. It keeps everything.\n", a)
			})
		})
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

// speak sets the language of what is said in the coalition's channels.
func (p *playground) speak(ctx context.Context, locale flows.Locale) error {
	ref := flows.Ref{Kind: flows.KindCoalition, ID: p.coalition}
	for {
		records, err := p.store.Load(ctx, p.coalition, ref)
		if err != nil || len(records) == 0 {
			return err
		}
		var home coalition.Coalition
		if err := json.Unmarshal(records[0].Data, &home); err != nil {
			return fmt.Errorf("decode the coalition: %w", err)
		}
		home.Locale = locale
		data, err := json.Marshal(home)
		if err != nil {
			return fmt.Errorf("encode the coalition: %w", err)
		}
		err = p.store.Commit(ctx, flows.Commit{
			ID: newID(), Coalition: p.coalition, Audit: flows.Audit{At: p.clock.now(), Verb: "speak"},
			Writes: []flows.Write{{Ref: ref, Rev: records[0].Rev, Data: data}},
		})
		if !errors.Is(err, flows.ErrConflict) {
			return err
		}
	}
}

// quiet does everything that is due, one caller at a time.
func (p *playground) quiet(ctx context.Context) error {
	p.busy.Lock()
	defer p.busy.Unlock()
	return p.house.quiet(ctx)
}
