package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"convenor/bot"
)

// The times of a connection. Slack tells each to go every few hours; started apart, they are never without one at the
// same moment.
const (
	connections = 2
	apart       = 2 * time.Minute
	again       = 15 * time.Second // before a connection that ended is begun anew
	pingLimit   = 30 * time.Second // Slack pings more often than this, or the connection is dead
	settle      = time.Second      // after the last acknowledgement before a connection is closed: it is only queued
	drainMax    = 10 * time.Second // a drain takes no longer, whatever hangs
	messageMax  = 2 << 20          // bytes of one message of Slack's; a large form is 250 KB
)

// Serve hands everything that people do to h until ctx ends, then finishes what is under way and closes. It returns nil
// after ctx has ended, or early with words that say what to change when Slack does not let us in.
func (s *Slack) Serve(ctx context.Context, h Handler) error {
	s.handler = h
	life, end := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx by the drain
	defer end()
	failed := make(chan error, connections)
	var running sync.WaitGroup
	running.Go(func() { s.drawHomes(life, h) })
	if s.SigningSecret != "" {
		running.Go(func() { s.requested(life) })
	} else {
		for i := range connections {
			running.Go(func() {
				if err := s.connection(life, i); err != nil {
					failed <- err
				}
			})
		}
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.drain()
	end()
	running.Wait()
	return err
}

// drain waits until what is under way is done and its acknowledgements have had time to leave. New envelopes are taken
// all the while: Slack goes on sending them here until the connection is closed.
func (s *Slack) drain() {
	limit := s.After(drainMax)
	for {
		idle, _ := s.desk.quiet()
		select {
		case <-idle:
		case <-limit:
			return
		}
		_, before := s.desk.quiet()
		select {
		case <-s.After(settle):
		case <-limit:
			return
		}
		idle, acks := s.desk.quiet()
		select {
		case <-idle:
			if acks == before {
				return
			}
		default:
		}
	}
}

// connection keeps one connection open until ctx ends. It returns an error only when another try can never succeed.
func (s *Slack) connection(ctx context.Context, place int) error {
	for wait := time.Duration(place) * apart; s.rest(ctx, wait); wait = again {
		broken := s.connect(ctx, place)
		s.up[place].Store(false)
		if final(broken) {
			return fmt.Errorf("open a connection to Slack: %w", refusal(broken))
		}
		if !over(broken) {
			s.Log.LogAttrs(ctx, slog.LevelWarn, "a connection to Slack ended and is begun anew", slog.Any("error", bare(broken)))
		}
	}
	return nil
}

// rest waits for d; false when ctx ends first.
func (s *Slack) rest(ctx context.Context, d time.Duration) bool {
	if d > 0 {
		select {
		case <-s.After(d):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// connect runs the vendor's client, which reconnects by itself, until it gives up. Its events are read all the while,
// and never worked on where they are read: that would stop its answers to pings.
func (s *Slack) connect(ctx context.Context, place int) error {
	c := socketmode.New(s.link,
		socketmode.OptionPingInterval(pingLimit),
		socketmode.OptionReadLimit(messageMax),
		socketmode.OptionLog(log.New(io.Discard, "", 0)), // its log would hold what people typed
	)
	ctx, stop := context.WithCancelCause(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-c.Events:
				if err := s.hear(ctx, c, place, e); err != nil {
					stop(err)
				}
			}
		}
	})
	err := c.RunContext(ctx)
	stop(err) // the first cause stays
	reading.Wait()
	return context.Cause(ctx)
}

// hear takes one event of the vendor's client. It returns an error when going on can never succeed: the client itself
// knows only some of them and would try for ever.
func (s *Slack) hear(ctx context.Context, c *socketmode.Client, place int, e socketmode.Event) error {
	switch e.Type { //nolint:exhaustive // it is an open set of words; the others are progress nobody needs to hear of
	case socketmode.EventTypeHello:
		s.up[place].Store(true)
		s.Log.LogAttrs(ctx, slog.LevelInfo, "connected to Slack", slog.Int("connection", place))
	case socketmode.EventTypeConnecting:
		s.up[place].Store(false)
	case socketmode.EventTypeConnectionError:
		if failed, ok := e.Data.(*slackgo.ConnectionErrorEvent); ok {
			if final(failed.ErrorObj) {
				return failed.ErrorObj
			}
			s.Log.LogAttrs(ctx, slog.LevelWarn, "Slack could not be reached; the next try follows", slog.Int("connection", place),
				slog.Duration("in", failed.Backoff), slog.Any("error", bare(failed.ErrorObj)))
		}
	case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
		s.takeFrom(ctx, c, envelope{ID: e.Request.EnvelopeID, Type: e.Request.Type, Payload: e.Request.Payload})
	case socketmode.EventTypeErrorBadMessage:
		// The vendor's decoder is strict: one odd block in a message somebody else wrote and the whole event is handed
		// over as it is. What we need of it can nearly always be read.
		var raw envelope
		if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok && json.Unmarshal(bad.Message, &raw) == nil && raw.ID != "" {
			s.takeFrom(ctx, c, raw)
		}
	}
	return nil
}

// takeFrom works on an envelope that came over a connection.
func (s *Slack) takeFrom(ctx context.Context, c *socketmode.Client, e envelope) {
	s.take(ctx, e, func(payload any) error { return c.AckCtx(ctx, e.ID, payload) }, func() {})
}

// take works on an envelope in a goroutine of its own and calls done at the end. One that does not fit on the desk
// stays unacknowledged.
func (s *Slack) take(ctx context.Context, e envelope, ack acker, done func()) {
	if !s.desk.enter() {
		done()
		s.Log.LogAttrs(ctx, slog.LevelWarn, "too much at once: an event of Slack's was left for later", slog.String("type", e.Type))
		return
	}
	go func() {
		defer s.desk.leave()
		defer done()
		defer s.guard(ctx)
		s.handle(ctx, e, func(payload any) error {
			if err := ack(payload); err != nil {
				return fmt.Errorf("acknowledge: %w", err)
			}
			s.desk.acknowledged()
			return nil
		})
	}()
}

// acker acknowledges the envelope it was made for, with a payload or nil. It refuses a payload that Slack would drop.
type acker func(payload any) error

// handle brings one envelope to its end: decoded, committed by the Handler, acknowledged.
func (s *Slack) handle(ctx context.Context, e envelope, ack acker) {
	d, err := decode(s.me, e)
	if err != nil {
		// Sent again it would be no clearer.
		s.Log.LogAttrs(ctx, slog.LevelWarn, "something Slack sent could not be read and is passed over", slog.String("type", e.Type), slog.Any("error", err))
	}
	switch d.kind {
	case happened, homeOpened:
		err = s.event(ctx, d, ack)
	case clicked:
		err = s.click(ctx, d, ack)
	case submitted:
		err = s.submit(ctx, d, ack)
	case ignored:
		err = ack(nil)
	}
	if err != nil && !over(err) {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "an event of Slack's was not brought to its end", slog.String("type", e.Type), slog.Any("error", bare(err)))
	}
}

// ask lets the Handler work in a goroutine of its own and returns where its outcome will be.
func (s *Slack) ask(ctx context.Context, in bot.Inbound) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		out := outcome{err: errBroke}
		defer func() { done <- out }()
		defer s.guard(ctx)
		limited, cancel := context.WithTimeout(ctx, handleMax)
		defer cancel()
		out.Answer, out.err = s.handler.Handle(limited, in)
		if out.err != nil {
			s.Log.LogAttrs(ctx, slog.LevelError, "an event could not be saved", slog.Any("error", out.err))
		}
	}()
	return done
}

// guard keeps a panic with the event it came from. Its value may hold what a person typed; its type and the stack do
// not.
func (s *Slack) guard(ctx context.Context) {
	if p := recover(); p != nil {
		s.Panicked()
		s.Log.LogAttrs(ctx, slog.LevelError, "handling an event of Slack's broke off",
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

// errNotSaved means that an event stays unacknowledged because it was not saved; why is in the log.
var errNotSaved = errors.New("not saved; Slack sends it again")
