package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"convenor/flows"
	"convenor/flows/nudge"
	"convenor/store"
)

// sweepMost is how many timers are claimed at once, as many as a sweep of the bot's does.
const sweepMost = 200

// bareClaim looks for what is due, holds it back and returns it; bareDone takes it away.
const (
	bareClaim = `
local due, out = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3]), {}
for _, id in ipairs(due) do
  redis.call('ZADD', KEYS[1], ARGV[2], id)
  out[#out + 1], out[#out + 2] = id, redis.call('HGET', KEYS[2], id)
end
return out`
	bareDone = `
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('HDEL', KEYS[2], unpack(ARGV))
return 'OK'`
)

// alarm makes a timer like that of a step's ladder.
func (b *bench) alarm(at time.Time) flows.Timer {
	step, person, due := b.ID(), b.ID(), at.Format(time.DateOnly)
	return flows.Timer{
		ID: nudge.TimerID(step, nudge.DayBefore, due, person), Coalition: home, Kind: flows.TimerNudge,
		Object: step, Person: person, Rule: string(nudge.DayBefore), Due: due, At: at,
	}
}

// arm adds n timers, a few commits at the same time.
func (b *bench) arm(ctx context.Context, s *store.Store, n int, at, now time.Time) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for ; n > 0; n -= atOnce {
		c := flows.Commit{ID: b.ID(), Coalition: home, Audit: flows.Audit{At: now}}
		for range min(n, atOnce) {
			c.Timers = append(c.Timers, b.alarm(at))
		}
		group.Go(func() error { return s.Commit(ctx, c) })
	}
	return group.Wait()
}

// pending is the timers that wait, ours and bare.
type pending struct {
	*bench
	store       *store.Store
	now         time.Time
	claim, done *redis.Script
}

// ours claims and completes n due timers and returns how many microseconds each took.
func (p *pending) ours(ctx context.Context, n int) (µs float64, err error) {
	if err := p.arm(ctx, p.store, n, p.now, p.now); err != nil {
		return 0, err
	}
	began, found := time.Now(), 0
	for {
		timers, err := p.store.ClaimTimers(ctx, p.now, p.now.Add(time.Minute), sweepMost)
		if err != nil {
			return 0, err
		}
		if len(timers) == 0 {
			break
		}
		c := flows.Commit{ID: p.ID(), Coalition: home, Audit: flows.Audit{At: p.now}}
		for _, t := range timers {
			c.Fired = append(c.Fired, t.ID)
		}
		if err := p.store.Commit(ctx, c); err != nil {
			return 0, err
		}
		found += len(timers)
	}
	took := time.Since(began)
	if found != n {
		return 0, fmt.Errorf("%d of %d timers came", found, n)
	}
	return float64(took.Microseconds()) / float64(n), nil
}

// The keys of the bare operation.
const (
	bareDue   = "bench:{b}:timers"
	bareAlarm = "bench:{b}:timer"
)

// fillBare adds n timers beside the store.
func (p *pending) fillBare(ctx context.Context, n int, at time.Time) error {
	for ; n > 0; n -= atOnce {
		var z []redis.Z
		var h []any
		for range min(n, atOnce) {
			t := p.alarm(at)
			text, err := json.Marshal(t)
			if err != nil {
				return fmt.Errorf("encode a timer: %w", err)
			}
			z, h = append(z, redis.Z{Score: float64(at.UnixMilli()), Member: t.ID}), append(h, t.ID, text)
		}
		if _, err := p.redis.client.Pipelined(ctx, func(q redis.Pipeliner) error {
			q.ZAdd(ctx, bareDue, z...)
			q.HSet(ctx, bareAlarm, h...)
			return nil
		}); err != nil {
			return fmt.Errorf("add bare timers: %w", err)
		}
	}
	return nil
}

// bare does the same with two bare scripts.
func (p *pending) bare(ctx context.Context, n int) (µs float64, err error) {
	if err := p.fillBare(ctx, n, p.now); err != nil {
		return 0, err
	}
	keys, now, until := []string{bareDue, bareAlarm}, p.now.UnixMilli(), p.now.Add(time.Minute).UnixMilli()
	began, found := time.Now(), 0
	for {
		got, err := p.claim.EvalSha(ctx, p.redis.client, keys, now, until, strconv.Itoa(sweepMost)).StringSlice()
		if err != nil {
			return 0, fmt.Errorf("claim bare timers: %w", err)
		}
		if len(got) == 0 {
			break
		}
		var ids []any
		for i := 0; i < len(got); i += 2 {
			ids = append(ids, got[i])
		}
		if err := p.done.EvalSha(ctx, p.redis.client, keys, ids...).Err(); err != nil {
			return 0, fmt.Errorf("complete bare timers: %w", err)
		}
		found += len(ids)
	}
	took := time.Since(began)
	if found != n {
		return 0, fmt.Errorf("%d of %d bare timers came", found, n)
	}
	return float64(took.Microseconds()) / float64(n), nil
}

// look looks for due timers when there are none, and returns how many microseconds a look takes.
func (p *pending) look(ctx context.Context, n int) (µs float64, err error) {
	c, err := repeat(n, func() error {
		timers, err := p.store.ClaimTimers(ctx, p.now.Add(-time.Hour), p.now, sweepMost)
		if err == nil && len(timers) > 0 {
			err = errors.New("a timer came early")
		}
		return err
	})
	return c.µs, err
}

// timers is B3.
func (b *bench) timers(ctx context.Context) error {
	s, err := b.redis.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	p := &pending{bench: b, store: s, now: monday(), claim: redis.NewScript(bareClaim), done: redis.NewScript(bareDone)}
	if err := errors.Join(p.claim.Load(ctx, b.redis.client).Err(), p.done.Load(ctx, b.redis.client).Err()); err != nil {
		return fmt.Errorf("load the bare scripts: %w", err)
	}
	sizes := []int{b.size(100_000, 1000), b.size(1_000_000, 2000)}
	if b.Large {
		sizes = append(sizes, b.size(5_000_000, 3000))
	}
	if err := p.fillBare(ctx, sizes[0], p.now.AddDate(0, 1, 0)); err != nil {
		return err
	}
	var first, firstLook series
	filled := 0
	for i, size := range sizes {
		b.Tell(fmt.Sprintf("    with %s timers pending", short(float64(size))))
		if err := b.arm(ctx, s, size-filled, p.now.AddDate(0, 1, 0), p.now); err != nil {
			return err
		}
		filled = size
		each, look, err := p.at(ctx, i == 0)
		if err != nil {
			return err
		}
		if i == 0 {
			first, firstLook = each, look
			continue
		}
		used, err := b.redis.used(ctx)
		if err != nil {
			return err
		}
		many := short(float64(size))
		b.add(result{
			what: "a due timer with " + many + " pending; bare: with " + short(float64(sizes[0])), unit: "µs", value: each, bare: first, atMost: 1.5, why: onCaches,
			note: fmt.Sprintf("Redis uses %s MB then", short(float64(used)/1e6)),
		})
		b.add(result{what: "a look that finds nothing with " + many + " pending; bare: with " + short(float64(sizes[0])), unit: "µs", value: look, bare: firstLook, atMost: 1.25, why: onOthers})
	}
	return nil
}

// at measures with what is pending now; beside bare scripts, when asked to.
func (p *pending) at(ctx context.Context, compared bool) (each, look series, err error) {
	n := p.size(10_000, 300)
	var bare series
	turns := []func() error{func() error {
		µs, err := p.ours(ctx, n)
		each = append(each, µs)
		return err
	}, func() error {
		µs, err := p.look(ctx, p.size(500, 5))
		look = append(look, µs)
		return err
	}}
	if compared {
		turns = append(turns, func() error {
			µs, err := p.bare(ctx, n)
			bare = append(bare, µs)
			return err
		})
	}
	if err := p.alternate(ctx, turns...); err != nil {
		return nil, nil, err
	}
	if compared {
		p.add(result{
			what: "due timers claimed and done, 200 at once; bare: two scripts", unit: "per s", value: perSecond(each), bare: perSecond(bare), atBest: 0.4, why: onMarks,
			note: "its handler does nothing and completes a whole batch at once: not to be compared with what marks each task (B4)",
		})
	}
	return each, look, nil
}

// perSecond turns microseconds each into how many fit into a second.
func perSecond(µs series) series {
	rate := make(series, len(µs))
	for i := range µs {
		rate[i] = 1e6 / µs[i]
	}
	return rate
}
