package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"convenor/bot"
	"convenor/content"
	"convenor/store"
)

// house is the object graph that play and serve share.
type house struct {
	store *store.Store
	pack  *content.Pack
	clock *clock
	bot   *bot.Bot
	log   *slog.Logger
	told  atomic.Pointer[bot.Bot] // bot, for whoever may ask before it is there
	ticks int                     // belongs to tick
	amiss bool                    // nothing is looked for until the next beat; belongs to tick

	doubts atomic.Int64 // how often the store may have lost its last writes
}

// openPack loads the embedded pack, or the one in dir.
func openPack(dir string) (*content.Pack, error) {
	if dir == "" {
		return content.Embedded()
	}
	return content.Open(dir)
}

// openHouse opens the store and puts the parts together. Everything that can fail does so here, before anything runs.
func openHouse(ctx context.Context, o store.Options, packDir string, log *slog.Logger) (*house, error) {
	pack, err := openPack(packDir)
	if err != nil {
		return nil, fmt.Errorf("the pack needs mending:\n%w", err)
	}
	h := &house{pack: pack, log: log}
	o.Doubt = h.doubt
	s, err := store.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	h.store, h.clock = s, &clock{store: s, redis: s, rehearsal: o.Rehearsal}
	if err := h.clock.refresh(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if skew := h.clock.skew(); skew.Abs() > skewWarn {
		log.LogAttrs(ctx, slog.LevelWarn, "the clocks of this machine and of Redis are apart; Redis's decides", slog.Duration("skew", skew))
	}
	for _, w := range s.Warnings() {
		log.LogAttrs(ctx, slog.LevelWarn, "the store could be safer", slog.String("why", w))
	}
	return h, nil
}

// share is what one person and one workspace may send to a process that strangers can reach, and what it posts to one
// workspace: Slack names no number for that, so it is a few a second. A round in which two hundred people answer at once
// stays well below.
var share = bot.Limits{Person: 20, PersonEvery: time.Second, Place: 600, PlaceEvery: 20 * time.Millisecond, Posts: 30, PostsEvery: 200 * time.Millisecond}

// with gives the house its bot, which takes no more than limits from anybody and tells m, if there is one, what happens.
func (h *house) with(limits bot.Limits, m *metrics, platforms ...bot.Platform) *bot.Bot {
	c := bot.Config{
		Ledger: h.store, Outbox: h.store, Attic: h.store, Pack: h.pack, Platforms: platforms,
		Now: h.clock.now, Zone: zone, ID: newID, Log: h.log, Limits: limits,
	}
	if m != nil {
		c.Observer, c.Waited = m, m.waited
	}
	h.bot = bot.New(c)
	h.told.Store(h.bot)
	return h.bot
}

// doubt hands on to the bot that the store may have lost its last writes.
func (h *house) doubt() {
	h.doubts.Add(1)
	h.log.LogAttrs(context.Background(), slog.LevelWarn, "another Redis answers, or it was started again: "+
		"for some minutes every message is looked for before it is sent")
	if b := h.told.Load(); b != nil {
		b.Suspect()
	}
}

// At every so many ticks the clock and the store themselves are looked at, which costs the store a write, and one page of
// records is looked through, when there is no hurry.
const (
	beatEvery = 5
	tidyEvery = 50
)

// tick is one look for due work. Never two at the same time. What is amiss with the clock or the store is told when it is
// found out, and until the next beat nothing is begun.
func (h *house) tick(ctx context.Context) error {
	h.ticks++
	beat := h.ticks%beatEvery == 1
	if beat {
		err := errors.Join(h.clock.refresh(ctx), h.store.Beat(ctx))
		if h.amiss = err != nil; h.amiss {
			return err
		}
	}
	if h.amiss {
		return nil
	}
	errLook := h.bot.Look(ctx)
	var errTidy error
	if h.ticks%tidyEvery == 0 || beat && h.bot.Hurried() {
		_, errTidy = h.bot.Tidy(ctx)
	}
	return errors.Join(errLook, errTidy)
}

// quiet does everything that is due and returns when nothing is left.
func (h *house) quiet(ctx context.Context) error {
	for {
		swept, err := h.bot.Sweep(ctx)
		if err != nil {
			return err
		}
		sent, err := h.bot.Deliver(ctx)
		if err != nil {
			return err
		}
		if swept+sent == 0 {
			return nil
		}
	}
}

// run ticks and runs the parts side by side until ctx ends or one of them fails; the first that ends for good ends them
// all.
func (h *house) run(ctx context.Context, tick func(context.Context) error, parts ...func(context.Context) error) error {
	stopTicks, err := startTicks(ctx, h.log, tick)
	if err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	for _, part := range parts {
		group.Go(func() error { return part(running) })
	}
	err = group.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, stopTicks())
}

// newID draws 80 random bits: 16 characters of [a-z2-7], which nobody can guess.
func newID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
