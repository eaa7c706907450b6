package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// How a connection that ended is begun anew.
const (
	againFirst  = time.Second
	againMost   = 8 * time.Second // so that a session stands again within ten seconds once Discord is there
	identifyGap = 5 * time.Second // between two new sessions (events/gateway#rate-limiting)
	// startsKept is how many new sessions are kept back: Discord counts them by the day, over all restarts of ours, and
	// resets the token of a bot that uses them up. Nearer than this to the end they are spread over what is left of the day.
	startsKept = 100
)

// supervise keeps one session with the gateway until ctx ends. It returns an error only when another try can never
// succeed. A connection that ends for whatever reason is left behind whole and another is begun: nothing of the old one
// can stand in the way of the new.
func (d *Discord) supervise(ctx, life context.Context) error {
	var s seat
	wait, began := time.Duration(0), false
	for d.pause(ctx, wait) {
		address := s.url
		if s.id == "" || address == "" {
			var err error
			s = seat{}
			if address, err = d.mayBegin(ctx, began); err != nil {
				if refused(err) {
					return fmt.Errorf("open a connection to Discord: %w", refusal(err))
				}
				wait = d.later(ctx, wait, err)
				continue
			}
			began = true
		}
		stood := false
		err := d.connect(ctx, life, address, &s, func() {
			stood = true
			d.up.Store(true)
			d.Log.LogAttrs(ctx, slog.LevelInfo, "connected to Discord")
		})
		d.up.Store(false)
		if final(err) {
			return fmt.Errorf("open a connection to Discord: %w", refusal(err))
		}
		if lost(err) {
			s = seat{}
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to end
		}
		if stood {
			wait = 0 // it was up: at once, and only when that fails with more and more rest between
			d.Log.LogAttrs(ctx, slog.LevelInfo, "a connection to Discord ended and is begun anew", slog.Any("error", err))
			continue
		}
		wait = d.later(ctx, wait, err)
	}
	return nil
}

// lost reports whether the session is gone with the connection.
func lost(err error) bool {
	var closed *closedError
	return errors.Is(err, errInvalid) || errors.As(err, &closed) &&
		(closed.code == 1000 || closed.code == 1001 || closed.code == 4007 || closed.code == 4009 || closed.code == 4003)
}

// later is how long to wait before the next try.
func (d *Discord) later(ctx context.Context, before time.Duration, err error) time.Duration {
	next := min(max(2*before, againFirst), againMost)
	if ctx.Err() == nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "Discord could not be reached; the next try follows", slog.Duration("in", next), slog.Any("error", bare(err)))
	}
	return next
}

// mayBegin waits until a new session may be started and returns the gateway's address. Discord itself keeps the count,
// so that it holds over restarts of ours and over several processes with one token.
func (d *Discord) mayBegin(ctx context.Context, began bool) (string, error) {
	if began && !d.pause(ctx, identifyGap) {
		return "", ctx.Err()
	}
	for {
		var g struct {
			URL   string `json:"url"`
			Limit struct {
				Remaining  int   `json:"remaining"`
				ResetAfter int64 `json:"reset_after"`
			} `json:"session_start_limit"`
		}
		if err := d.request(ctx, http.MethodGet, "gateway/bot", nil, &g); err != nil {
			return "", err
		}
		if g.URL == "" {
			return "", errors.New("discord named no gateway")
		}
		left, reset := g.Limit.Remaining, time.Duration(g.Limit.ResetAfter)*time.Millisecond
		switch {
		case left > startsKept:
			return g.URL, nil
		case left > 0:
			d.spread(ctx, left, reset)
			if !d.pause(ctx, reset/time.Duration(left)) {
				return "", ctx.Err()
			}
			return g.URL, nil
		}
		d.spread(ctx, left, reset)
		if !d.pause(ctx, max(reset, time.Minute)) {
			return "", ctx.Err()
		}
	}
}

func (d *Discord) spread(ctx context.Context, left int, reset time.Duration) {
	d.Log.LogAttrs(ctx, slog.LevelWarn, "Discord allows few new connections today; the next one waits",
		slog.Int("left", left), slog.Duration("reset", reset))
}

// pause waits for t; false when ctx ends first.
func (d *Discord) pause(ctx context.Context, t time.Duration) bool {
	if t > 0 {
		select {
		case <-d.After(t):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}
