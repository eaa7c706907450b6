package discord

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"convenor/flows"
)

// Shards keeps, for all processes with one token, which of them has which shard. Instants are the caller's clock.
type Shards interface {
	// TakeShard takes a shard until an instant and returns the fence and the seat that it was left with. A fence of 0
	// means that another owner has it; then it is noted that somebody waits for it until that instant.
	TakeShard(ctx context.Context, app, shard, owner string, now, until time.Time) (fence int64, seat string, err error)
	// KeepShard keeps a shard until an instant, with the seat as it is and whether its session stands. flows.ErrLost
	// when it has passed on.
	KeepShard(ctx context.Context, app, shard string, fence int64, until time.Time, seat string, stands bool) error
	// LeaveShard gives a shard back with its seat, and returns whether somebody waits for it at now. flows.ErrLost as above.
	LeaveShard(ctx context.Context, app, shard string, fence int64, now time.Time, seat string) (wanted bool, err error)
	// LookShard tells who has a shard and whether their session stands.
	LookShard(ctx context.Context, app, shard string) (fence int64, stands bool, err error)
}

// Starts counts the sessions that are begun, for all processes with one token and over restarts.
type Starts interface {
	// BeginSession returns 0 when a session may be begun now, and counts it; else how long to wait before asking again.
	// Sessions of one bucket are begun gap apart at least; of all buckets together burst at once, and one more after
	// each every.
	BeginSession(ctx context.Context, app string, bucket int, now time.Time, gap, every time.Duration, burst int) (time.Duration, error)
}

// How a shard is held.
const (
	shardLease = 9 * time.Second // a dead owner's shard is taken over after so long
	shardKeep  = 3 * time.Second // how often a lease is renewed
	shardLook  = time.Second     // how often one that another has is asked for, or one that was left is looked at
	handMax    = 8 * time.Second // how long a drain waits for the next owner
)

// shard is one part of the bot's servers.
type shard struct{ number, of int }

func (s shard) String() string { return strconv.Itoa(s.number) + "/" + strconv.Itoa(s.of) }

// holding is a shard that is held.
type holding struct {
	shard
	seat     seat
	fence    int64
	standing atomic.Bool   // its session stands
	until    atomic.Int64  // when the lease ends, in ns; 0 where nobody else could have it
	stood    chan struct{} // has room for one: a session stands, and is to be known at once
}

// valid reports whether the lease has not ended.
func (h *holding) valid(now time.Time) bool {
	until := h.until.Load()
	return until == 0 || now.UnixNano() < until
}

// stands notes that its session stands.
func (h *holding) stands() {
	h.standing.Store(true)
	select {
	case h.stood <- struct{}{}:
	default:
	}
}

// serveShard has a shard whenever nobody else has it, and keeps a session on it, until ctx ends. It returns an error only
// when another try can never succeed.
func (d *Discord) serveShard(ctx, life context.Context, s shard) error {
	h := &holding{shard: s, stood: make(chan struct{}, 1)}
	for d.wait(ctx, 0) {
		if !d.takeShard(ctx, h) {
			continue
		}
		d.held.Add(1)
		err := d.holdShard(ctx, life, h)
		d.held.Add(-1)
		if err != nil {
			return err
		}
	}
	return nil
}

// takeShard takes a shard, or waits a moment when another has it.
func (d *Discord) takeShard(ctx context.Context, h *holding) bool {
	if d.Shards == nil {
		return true
	}
	now := d.Machine()
	fence, seat, err := d.Shards.TakeShard(ctx, d.ApplicationID, h.String(), d.owner, now, now.Add(shardLease))
	switch {
	case err != nil:
		if ctx.Err() == nil {
			d.Log.LogAttrs(ctx, slog.LevelWarn, "the store does not say who has this shard of Discord's; the next try follows", slog.Any("error", err))
		}
		d.wait(ctx, shardLook)
		return false
	case fence == 0:
		d.wait(ctx, shardLook)
		return false
	}
	h.fence = fence
	h.until.Store(now.Add(shardLease).UnixNano())
	h.seat.take(seat)
	return true
}

// holdShard keeps sessions on a shard that is held. At the drain the next owner, if there is one, opens theirs first.
func (d *Discord) holdShard(ctx, life context.Context, h *holding) error {
	mine, end := context.WithCancel(life)
	defer end()
	leased, leave := context.WithCancel(ctx)
	defer leave()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer end()
		if d.renew(leased, h) {
			d.handOver(mine, life, h)
		}
	}()
	err := d.sessions(ctx, mine, life, h)
	end()
	leave()
	<-done
	return err
}

// renew renews a lease until ctx ends, and reports whether the shard is still ours then.
func (d *Discord) renew(ctx context.Context, h *holding) bool {
	if d.Shards == nil {
		<-ctx.Done()
		return false
	}
	for {
		select {
		case <-ctx.Done():
			return true
		case <-h.stood:
		case <-d.After(shardKeep):
		}
		next := d.Machine().Add(shardLease)
		err := d.Shards.KeepShard(ctx, d.ApplicationID, h.String(), h.fence, next, h.seat.text(d.Machine()), h.standing.Load())
		switch {
		case ctx.Err() != nil:
			return true
		case err == nil:
			h.until.Store(next.UnixNano())
		case errors.Is(err, flows.ErrLost):
			d.Log.LogAttrs(ctx, slog.LevelWarn, "this shard of Discord's is another process's now", slog.String("shard", h.String()))
			return false
		} // while the store is away people are still told so; only no other connection is opened
	}
}

// handOver gives a shard back and, when somebody waits for it, goes on until their session stands or ours has ended.
func (d *Discord) handOver(mine, life context.Context, h *holding) {
	ctx, cancel := context.WithTimeout(life, handMax)
	defer cancel()
	wanted, err := d.Shards.LeaveShard(ctx, d.ApplicationID, h.String(), h.fence, d.Machine(), h.seat.text(d.Machine()))
	late := d.After(handMax)
	for err == nil && wanted {
		fence, stands, err := d.Shards.LookShard(ctx, d.ApplicationID, h.String())
		if err != nil || fence != h.fence && stands {
			return
		}
		select {
		case <-late:
			return
		case <-mine.Done():
			return
		case <-d.After(shardLook):
		}
	}
}
