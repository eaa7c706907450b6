package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// How a connection that ended is begun anew.
const (
	againFirst  = time.Second
	againMost   = 8 * time.Second // so that a session stands again within ten seconds once Discord is there
	againSoon   = 2 * time.Second // after a session that did not stand for long
	triesMost   = 16
	settled     = time.Minute     // a session that stood so long is begun anew without rest
	resumesMost = 2               // how often a session is tried to be resumed before another is begun
	identifyGap = 5 * time.Second // between two new sessions of one bucket (events/gateway#rate-limiting)
	// startsBurst new sessions are begun without more than that between, and then one each startsEvery: together never more
	// than 900 a day, whatever else happens. At 1,000 Discord resets the bot's token.
	startsBurst = 700
	startsEvery = 24 * time.Hour / 200
	// startsKept is how many Discord itself must have left for it: nearer to the end, what is left is spread over the time.
	startsKept = 100
)

// gatewayInfo is how Discord wants its gateway to be used.
type gatewayInfo struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Limit  struct {
		Remaining   int   `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"`
		Concurrency int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

// supervise keeps a session on each shard that nobody else has until ctx ends. It returns an error only when another try
// can never succeed.
func (d *Discord) supervise(ctx, life context.Context) error {
	shards, err := d.shards(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	for n := range shards {
		running.Go(func() {
			if err := d.serveShard(ctx, life, shard{n, shards}); err != nil {
				stop(err)
			}
		})
	}
	running.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// shards asks Discord in how many parts it wants the bot's servers.
func (d *Discord) shards(ctx context.Context) (int, error) {
	var t tries
	for d.wait(ctx, t.rest) {
		g, err := d.gateway(ctx)
		switch {
		case err == nil:
			d.sharded.Store(true)
			return max(g.Shards, 1), nil
		case refused(err):
			return 0, fmt.Errorf("open a connection to Discord: %w", refusal(err))
		}
		d.failed(ctx, &t, err)
	}
	return 0, nil
}

// gateway asks Discord where its gateway is.
func (d *Discord) gateway(ctx context.Context) (g gatewayInfo, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := d.After(greetMax)
	go func() {
		select {
		case <-late:
			cancel(errSilent)
		case <-ctx.Done():
		}
	}()
	if err := d.request(ctx, http.MethodGet, "gateway/bot", nil, &g); err != nil {
		return g, err
	}
	if g.URL == "" {
		return g, errors.New("discord named no gateway")
	}
	return g, nil
}

// sessions keeps one session on a shard until told ends; until then one that ends for whatever reason is left behind
// whole and another is begun: nothing of the old one can stand in the way of the new. The last one ends with mine.
func (d *Discord) sessions(told, mine, life context.Context, h *holding) error {
	var t tries
	for d.wait(told, t.rest) && mine.Err() == nil {
		if !h.valid(d.Machine()) {
			t.rest = shardLook // the lease is to be renewed first: perhaps it is another's
			continue
		}
		address, err := d.address(told, h, &t)
		if err != nil {
			if refused(err) {
				return fmt.Errorf("open a connection to Discord: %w", refusal(err))
			}
			d.failed(told, &t, err)
			continue
		}
		var stood time.Time
		err = d.connect(mine, life, address, h.shard, &h.seat, func() {
			stood = d.Machine()
			h.stands()
			d.up.Add(1)
			d.Log.LogAttrs(told, slog.LevelInfo, "connected to Discord", slog.String("shard", h.String()))
		})
		if h.standing.Swap(false) {
			d.up.Add(-1)
		}
		if final(err) {
			return fmt.Errorf("open a connection to Discord: %w", refusal(err))
		}
		if lost(err) {
			h.seat.leave()
		}
		switch {
		case told.Err() != nil || mine.Err() != nil:
			return nil //nolint:nilerr // it was told to end
		case stood.IsZero():
			d.failed(told, &t, err)
		default:
			t.stood(d.Machine().Sub(stood))
			d.Log.LogAttrs(told, slog.LevelInfo, "a connection to Discord ended and is begun anew", slog.Duration("in", t.rest), slog.Any("error", err))
		}
	}
	return nil
}

// address is where to connect: to resume the session, or to begin another when there is none or it cannot be resumed.
func (d *Discord) address(ctx context.Context, h *holding, t *tries) (string, error) {
	if id, address, _ := h.seat.get(d.Machine()); id != "" && address != "" && t.resumed < resumesMost {
		t.resumed++
		return address, nil
	}
	h.seat.leave()
	t.resumed = 0
	return d.mayBegin(ctx, h.shard)
}

// tries is how often something did not work, and how long to rest now.
type tries struct {
	rest    time.Duration
	failed  int // connections in a row that never stood
	brief   int // connections in a row that did not stand for long
	resumed int // tries to resume the session
}

// stood notes that a connection stood. After one that stood for long another is begun at once.
func (t *tries) stood(long time.Duration) {
	t.failed, t.resumed, t.rest = 0, 0, 0
	if long >= settled {
		t.brief = 0
	}
	if t.brief++; t.brief > 1 {
		t.rest = min(againFirst<<(t.brief-2), againSoon)
	}
	t.brief = min(t.brief, triesMost)
}

// fail notes that one never stood.
func (t *tries) fail() {
	t.rest = min(againFirst<<t.failed, againMost)
	t.failed = min(t.failed+1, triesMost)
}

func (d *Discord) failed(ctx context.Context, t *tries, err error) {
	t.fail()
	if ctx.Err() == nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "Discord could not be reached; the next try follows", slog.Duration("in", t.rest), slog.Any("error", bare(err)))
	}
}

// lost reports whether the session is gone with the connection.
func lost(err error) bool {
	var closed *closedError
	return errors.Is(err, errInvalid) || errors.As(err, &closed) &&
		(closed.code == 1000 || closed.code == 1001 || closed.code == 4007 || closed.code == 4009 || closed.code == 4003)
}

// mayBegin waits until a new session may be begun on a shard, and returns the gateway's address. It keeps to Discord's
// count and, where sessions are counted for all, to ours: so that neither restarts nor several processes use it up.
func (d *Discord) mayBegin(ctx context.Context, s shard) (string, error) {
	for {
		g, err := d.gateway(ctx)
		if err != nil {
			return "", err
		}
		left, reset := g.Limit.Remaining, time.Duration(g.Limit.ResetAfter)*time.Millisecond
		if left <= 0 {
			d.spread(ctx, left, reset)
			if !d.wait(ctx, max(reset, time.Minute)) {
				return "", ctx.Err()
			}
			continue
		}
		if left <= startsKept {
			d.spread(ctx, left, reset)
			if !d.wait(ctx, reset/time.Duration(left)) {
				return "", ctx.Err()
			}
		}
		if err := d.begin(ctx, s.number%max(g.Limit.Concurrency, 1)); err != nil {
			return "", err
		}
		return g.URL, nil
	}
}

// begin waits for a turn to begin a session.
func (d *Discord) begin(ctx context.Context, bucket int) error {
	for {
		wait, err := d.Starts.BeginSession(ctx, d.ApplicationID, bucket, d.Machine(), identifyGap, startsEvery, startsBurst)
		if err != nil {
			return fmt.Errorf("count a new session: %w", err)
		}
		if wait <= 0 {
			return nil
		}
		if wait > identifyGap {
			d.Log.LogAttrs(ctx, slog.LevelWarn, "there were very many new connections to Discord; the next one waits", slog.Duration("for", wait))
		}
		if !d.wait(ctx, wait) {
			return ctx.Err()
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
