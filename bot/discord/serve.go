package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"convenor/bot"
)

// drainMax is how long a drain takes at most, whatever hangs.
const drainMax = 10 * time.Second

// Serve hands everything that people do to h until ctx ends, then finishes what is under way and closes. It returns nil
// after ctx has ended, or early with words that say what to change when Discord does not let us in.
func (d *Discord) Serve(ctx context.Context, h Handler) error {
	if d.Starts == nil {
		return errors.New("discord: nobody counts the sessions that are begun")
	}
	d.handler = h
	life, end := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx by the drain
	defer end()
	d.serving.Store(true)
	defer d.serving.Store(false)
	var running sync.WaitGroup
	if len(d.key) > 0 {
		running.Go(func() { d.requested(life) })
	}
	failed := make(chan error, 1)
	running.Go(func() { failed <- d.supervise(ctx, life) })
	err := <-failed
	if err == nil {
		d.drain()
	}
	end()
	running.Wait()
	return err
}

// drain waits until what is under way is done.
func (d *Discord) drain() {
	select {
	case <-d.desk.quiet():
	case <-d.After(drainMax):
	}
}

// take works on something in a goroutine of its own and calls done with how it ended. What does not fit on the desk is
// left, and what broke off would do so again: neither is an error.
func (d *Discord) take(ctx context.Context, what string, work func(ctx context.Context) error, done func(error)) {
	if !d.desk.enter() {
		done(nil)
		d.Log.LogAttrs(ctx, slog.LevelWarn, "too much at once: something of Discord's was left", slog.String("type", what))
		return
	}
	go func() {
		var err error
		defer d.desk.leave()
		defer func() { done(err) }()
		defer d.guard(ctx)
		if err = work(ctx); err != nil && !over(err) {
			d.Log.LogAttrs(ctx, slog.LevelWarn, "something of Discord's was not brought to its end", slog.String("type", what), slog.Any("error", classify(err, false)))
		}
	}()
}

// ask lets the Handler work in a goroutine of its own and returns where its outcome will be.
func (d *Discord) ask(ctx context.Context, in bot.Inbound) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		out := outcome{err: errBroke}
		defer func() { done <- out }()
		defer d.guard(ctx)
		limited, cancel := context.WithTimeout(ctx, handleMax)
		defer cancel()
		out.Answer, out.err = d.handler.Handle(limited, in)
		if out.err != nil {
			d.Log.LogAttrs(ctx, slog.LevelError, "an event could not be saved", slog.Any("error", out.err))
		}
	}()
	return done
}

// guard keeps a panic with the event it came from. Its value may hold what a person typed; its type and the stack do
// not.
func (d *Discord) guard(ctx context.Context) {
	if p := recover(); p != nil {
		d.Panicked()
		d.Log.LogAttrs(ctx, slog.LevelError, "handling an event of Discord's broke off",
			slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
	}
}

// outcome is how handling went.
type outcome struct {
	bot.Answer
	err error
}

// errBroke means that handling an event panicked.
var errBroke = errors.New("broke off")

// errOwed means that an event was not saved and that nobody could be told so: it is to be asked for again.
var errOwed = errors.New("neither saved nor called unsaved")

// told is the error of telling how it went. Where it was not saved and cannot be told either, the event is owed.
func (o outcome) told(err error) error {
	if o.err == nil || err == nil || errors.Is(o.err, errBroke) {
		return err
	}
	return fmt.Errorf("%w: %w", errOwed, err)
}

// heard takes in one event of the gateway and calls end once with how what it asks for has ended. It never waits, and a
// panic ends with the event. It returns an error when the event could not be read.
func (d *Discord) heard(ctx context.Context, what string, raw []byte, end func(error)) error {
	work, err := d.asked(ctx, what, raw)
	if work == nil {
		end(nil)
		return err
	}
	d.take(ctx, what, work, end)
	return nil
}

// asked is what an event asks for; nil when that is nothing, or was done at once.
func (d *Discord) asked(ctx context.Context, what string, raw []byte) (work func(context.Context) error, err error) {
	defer d.guard(ctx)
	switch what {
	case "INTERACTION_CREATE":
		in, err := decodeInteraction(raw)
		if err != nil || in.id == "" {
			return nil, err
		}
		return func(ctx context.Context) error { return d.interact(ctx, in, d.callback(in)) }, nil
	case "MESSAGE_CREATE":
		in, err := decodeMessage(raw, d.self())
		if err != nil || in.kind != written {
			return nil, err
		}
		return func(ctx context.Context) error { return d.write(ctx, in) }, nil
	case "GUILD_CREATE", "GUILD_DELETE":
		if err := d.server(what, raw); err != nil || what == "GUILD_DELETE" {
			return nil, err
		}
		return d.arrive(raw)
	}
	return nil, nil
}
