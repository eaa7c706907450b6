package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
)

// A platform gives one connection's worth of events to one process: a shard. Which process has which is kept here for
// all of them, under a lease with a fence, as deliveries are. Nothing of it is part of an export: it has no meaning in
// another store.

// BeginSession counts a session that is begun with a platform's application, when it may be begun at now, and returns 0;
// else it returns how long to wait before asking again. Sessions of one bucket are begun gap apart at least. Of all
// buckets burst may be begun at once, and one more after each every.
func (s *Store) BeginSession(ctx context.Context, app string, bucket int, now time.Time, gap, every time.Duration, burst int) (time.Duration, error) {
	answer, err := s.engine.run(ctx, s.scripts.begin, []string{keyStarts + app},
		[]string{ms(now), strconv.Itoa(bucket), inMS(gap), inMS(every), strconv.Itoa(burst)})
	if err != nil {
		return 0, fmt.Errorf("begin a session: %w", plain(err))
	}
	wait, err := strconv.ParseInt(fmt.Sprint(answer), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("begin a session: unexpected answer %v", answer)
	}
	return time.Duration(wait) * time.Millisecond, nil
}

// TakeShard takes a shard for an owner until an instant and returns its fence and the seat that it was left with. Fence
// 0 means that another has it; it is noted then that somebody waits for it until that instant.
func (s *Store) TakeShard(ctx context.Context, app, shard, owner string, now, until time.Time) (fence int64, seat string, err error) {
	answer, err := s.engine.run(ctx, s.scripts.take, []string{keyShards + app}, []string{shard, owner, ms(now), ms(until)})
	if err != nil {
		return 0, "", fmt.Errorf("take a shard: %w", plain(err))
	}
	has, err := list(answer)
	if err != nil || len(has) != 2 {
		return 0, "", fmt.Errorf("take a shard: unexpected answer %v", answer)
	}
	if fence, err = strconv.ParseInt(has[0], 10, 64); err != nil {
		return 0, "", fmt.Errorf("take a shard: %w", err)
	}
	return fence, has[1], nil
}

// KeepShard keeps a shard until an instant, and the seat on it. flows.ErrLost (wrapped) when it has passed on.
func (s *Store) KeepShard(ctx context.Context, app, shard string, fence int64, until time.Time, seat string, stands bool) error {
	_, err := s.keepShard(ctx, app, shard, fence, ms(until), "0", seat, stands)
	return err
}

// LeaveShard gives a shard back with the seat on it, and returns whether somebody waits for it at now. flows.ErrLost
// (wrapped) when it has passed on.
func (s *Store) LeaveShard(ctx context.Context, app, shard string, fence int64, now time.Time, seat string) (wanted bool, err error) {
	return s.keepShard(ctx, app, shard, fence, "0", ms(now), seat, false)
}

func (s *Store) keepShard(ctx context.Context, app, shard string, fence int64, until, now, seat string, stands bool) (bool, error) {
	answer, err := s.engine.run(ctx, s.scripts.keep, []string{keyShards + app},
		[]string{shard, strconv.FormatInt(fence, 10), until, flag(stands), seat, now})
	if err != nil {
		return false, fmt.Errorf("keep a shard: %w", plain(err))
	}
	if answer == "LOST" {
		return false, fmt.Errorf("keep a shard: %w", flows.ErrLost)
	}
	return answer == "1", nil
}

// LookShard tells by its fence who has a shard, and whether their session stands.
func (s *Store) LookShard(ctx context.Context, app, shard string) (fence int64, stands bool, err error) {
	has, err := s.client.HGet(ctx, keyShards+app, shard).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("look at a shard: %w", plain(err))
	}
	words := strings.SplitN(has, " ", 5)
	if len(words) != 5 {
		return 0, false, errors.New("look at a shard: it is not readable")
	}
	if fence, err = strconv.ParseInt(words[0], 10, 64); err != nil {
		return 0, false, fmt.Errorf("look at a shard: %w", err)
	}
	return fence, words[3] == "1", nil
}

func inMS(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
