package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
)

// leaseValues is how many strings claim.lua returns for each lease.
const leaseValues = 6

// ClaimDeliveries leases the first delivery of at most n conversations that are ready at now, the longest ready first.
// Nobody else is given a delivery of these conversations before until, or before it was completed or given back. What
// goes to a channel, and nudges, are given to one process at a time for each shard (sender.go). Leases are valid also
// beside an error.
func (s *Store) ClaimDeliveries(ctx context.Context, now, until time.Time, n int) (leases []flows.Lease, err error) {
	for news := true; news && len(leases) == 0 && err == nil; {
		news = false
		due, e := s.due(ctx, shard.outbox, now, n, true)
		if e != nil {
			return nil, fmt.Errorf("look for deliveries: %w", e)
		}
		for _, part := range due {
			got, other, e := s.claimShard(ctx, part, now, until)
			leases, err = append(leases, got...), errors.Join(err, e)
			news = news || e == nil && s.senders.note(part.shard, other, now.UnixMilli())
		}
	}
	if err != nil {
		return leases, fmt.Errorf("claim deliveries: %w", err)
	}
	return leases, nil
}

// claimShard claims in one shard. other is until when another process is its sender, in ms; 0 when this one is.
func (s *Store) claimShard(ctx context.Context, part dueShard, now, until time.Time) (leases []flows.Lease, other int64, err error) {
	at := shardAt(part.shard)
	c := &call{keys: []string{at.outbox(), at.sender()}, args: []string{ms(now), msUp(until), s.senders.name, msUp(now.Add(senderFor))}}
	for _, m := range part.members {
		coalition, conv, _ := strings.Cut(m, " ")
		k, err := keysOf(coalition, s.shards)
		if err != nil {
			return nil, 0, err
		}
		c.keys = append(c.keys, k.queue(conv), k.deliveries(), k.leases(), k.edits()) // by place, so repeated where coalitions are
		c.add(m)
	}
	answer, err := s.engine.run(ctx, s.scripts.claim, c.keys, c.args)
	if err != nil {
		return nil, 0, err
	}
	values, err := list(answer)
	if err != nil || len(values) == 0 {
		return nil, 0, fmt.Errorf("unexpected answer to a claim: %w", err)
	}
	if other, err = strconv.ParseInt(values[0], 10, 64); err != nil {
		return nil, 0, fmt.Errorf("unexpected answer to a claim: %w", err)
	}
	for v := range slices.Chunk(values[1:], leaseValues) {
		l, e := readLease(v, until)
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		leases = append(leases, l)
	}
	return leases, other, err
}

// readLease reads what claim.lua returns for one lease.
func readLease(v []string, until time.Time) (flows.Lease, error) {
	l := flows.Lease{Until: until, Superseded: v[5] != ""}
	var posted int64
	err := json.Unmarshal([]byte(v[0]), &l.Delivery)
	for i, to := range []*int64{&l.Fence, &posted} {
		var e error
		*to, e = strconv.ParseInt(v[1+i], 10, 64)
		err = errors.Join(err, e)
	}
	for i, to := range []*int{&l.Posts, &l.Attempts} {
		var e error
		*to, e = strconv.Atoi(v[3+i])
		err = errors.Join(err, e)
	}
	if posted > 0 {
		l.PostedAt = time.UnixMilli(posted).UTC()
	}
	if err != nil {
		return l, fmt.Errorf("read a lease: %w", err)
	}
	return l, nil
}

// Intend records, before the platform is asked, that a post is about to happen. It returns flows.ErrLost (wrapped) when
// the lease is over at now, was given back or has passed on: then nothing may be posted.
func (s *Store) Intend(ctx context.Context, l flows.Lease, now time.Time) error {
	k, err := keysOf(l.Delivery.Coalition, s.shards)
	if err != nil {
		return fmt.Errorf("intend: %w", err)
	}
	args := []string{l.Delivery.ID, strconv.FormatInt(l.Fence, 10), ms(now)}
	if err := s.mark(ctx, s.scripts.intend, []string{k.leases()}, args); err != nil {
		return fmt.Errorf("intend: %w", err)
	}
	return nil
}

// Complete takes the delivery off its conversation, applies writes and adds timers with it. First wins: a repeat, one
// whose lease has passed on, or one that was given back returns flows.ErrLost; a write whose record has changed meanwhile
// returns flows.ErrConflict (both wrapped), and then nothing was changed: load again and complete again. A lease that is
// merely over in time still completes. A timer that is armed already, or that has fired, is left as it is.
func (s *Store) Complete(ctx context.Context, l flows.Lease, writes []flows.Write, timers ...flows.Timer) error {
	d := l.Delivery
	k, err := keysOf(d.Coalition, s.shards)
	if err != nil {
		return fmt.Errorf("complete: %w", err)
	}
	life := lifeSent
	if d.Kind == flows.Nudge {
		life = lifeNudge
	}
	c := newCall(k.marks(), k.index(), k.coalitions(), k.floor(), k.outbox(), k.deliveries(), k.leases(), k.queue(d.Conversation()), k.edits(),
		k.timers(), k.timer())
	c.add(d.ID, strconv.FormatInt(l.Fence, 10), d.Coalition, member(d.Coalition, d.Conversation()),
		ms(l.Until.Add(life)), editsField(d), strconv.Itoa(len(writes)), strconv.Itoa(len(timers)), ms(l.Until))
	if err := addWrites(c, k, writes); err != nil {
		return fmt.Errorf("complete: %w", err)
	}
	for _, t := range timers {
		text, err := writeTimer(d.Coalition, t)
		if err != nil {
			return fmt.Errorf("complete: %w", err)
		}
		c.add(t.ID, msUp(t.At), text)
	}
	if err := s.mark(ctx, s.scripts.complete, c.keys, c.args); err != nil {
		return fmt.Errorf("complete: %w", err)
	}
	return nil
}

// Fail gives the delivery back until retry; its conversation waits with it. When unclear, the intent stands, and the
// next lease has PostedAt: look first. Otherwise this lease's intent is taken back, and PostedAt is again as it was in
// l. It returns flows.ErrLost (wrapped) when the lease has passed on.
func (s *Store) Fail(ctx context.Context, l flows.Lease, retry time.Time, unclear bool) error {
	d := l.Delivery
	k, err := keysOf(d.Coalition, s.shards)
	if err != nil {
		return fmt.Errorf("give back: %w", err)
	}
	posted := ""
	if !unclear {
		posted = ms(l.PostedAt)
	}
	args := []string{d.ID, strconv.FormatInt(l.Fence, 10), member(d.Coalition, d.Conversation()), msUp(retry), posted}
	if err := s.mark(ctx, s.scripts.fail, []string{k.outbox(), k.leases()}, args); err != nil {
		return fmt.Errorf("give back: %w", err)
	}
	return nil
}

// mark runs a script that only the holder of a lease may run.
func (s *Store) mark(ctx context.Context, sc *script, keys, args []string) error {
	answer, err := s.engine.run(ctx, sc, keys, args)
	if err != nil {
		return err
	}
	return verdict(answer, map[string]error{"LOST": flows.ErrLost, "CONFLICT": flows.ErrConflict})
}

// ClaimTimers returns at most n timers due at now, the longest due first, and holds them back from others until the
// given instant. Timers are valid also beside an error.
func (s *Store) ClaimTimers(ctx context.Context, now, until time.Time, n int) ([]flows.Timer, error) {
	due, err := s.due(ctx, shard.timers, now, n, false)
	if err != nil {
		return nil, fmt.Errorf("look for timers: %w", err)
	}
	var timers []flows.Timer
	for _, part := range due {
		got, e := s.claimTimers(ctx, part, now, until)
		timers, err = append(timers, got...), errors.Join(err, e)
	}
	if err != nil {
		return timers, fmt.Errorf("claim timers: %w", err)
	}
	return timers, nil
}

// claimMost is how many timers of a coalition one run of timers.lua takes.
const claimMost = 1000

func (s *Store) claimTimers(ctx context.Context, part dueShard, now, until time.Time) ([]flows.Timer, error) {
	byCoalition, order := map[string][]string{}, []string(nil)
	for _, m := range part.members {
		coalition, id, _ := strings.Cut(m, " ")
		if byCoalition[coalition] == nil {
			order = append(order, coalition)
		}
		byCoalition[coalition] = append(byCoalition[coalition], id)
	}
	c := &call{keys: []string{shardAt(part.shard).timers()}, args: []string{ms(now), msUp(until)}}
	for _, coalition := range order {
		k, err := keysOf(coalition, s.shards)
		if err != nil {
			return nil, err
		}
		for ids := range slices.Chunk(byCoalition[coalition], claimMost) {
			c.keys = append(c.keys, k.timer()) // by place, so repeated where there are many
			c.add(coalition, strconv.Itoa(len(ids)))
			c.add(ids...)
		}
	}
	answer, err := s.engine.run(ctx, s.scripts.timers, c.keys, c.args)
	if err != nil {
		return nil, err
	}
	values, err := list(answer)
	if err != nil {
		return nil, err
	}
	var timers []flows.Timer
	for _, v := range values {
		var t flows.Timer
		if e := json.Unmarshal([]byte(v), &t); e != nil {
			err = errors.Join(err, fmt.Errorf("read a timer: %w", e))
			continue
		}
		timers = append(timers, t)
	}
	return timers, err
}

// dueShard is what is due in one shard.
type dueShard struct {
	shard   int
	members []string
}

// due looks at the given ZSET of every shard in one round trip and returns at most n members whose time has come, the
// earliest first, by shard; of deliveries only answers, where another process is the sender. Finding nothing costs the
// same however much is pending.
func (s *Store) due(ctx context.Context, key func(shard) string, now time.Time, n int, deliveries bool) ([]dueShard, error) {
	if n <= 0 {
		return nil, nil
	}
	found, stands := make([]*redis.ZSliceCmd, s.shards), make([]*redis.IntCmd, s.shards)
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range found {
			most := n
			if deliveries && s.senders.another(i, now) {
				most, stands[i] = max(n, answersAmong), p.Exists(ctx, shardAt(i).sender())
			}
			found[i] = p.ZRangeByScoreWithScores(ctx, key(shardAt(i)), &redis.ZRangeBy{Min: "-inf", Max: ms(now), Count: int64(most)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	type hit struct {
		shard  int
		member string
		score  float64
	}
	var hits []hit
	for i, f := range found {
		another := stands[i] != nil && stands[i].Val() > 0 // who goes leaves at once
		for _, z := range f.Val() {
			if m, _ := z.Member.(string); !another || isAnswer(m) {
				hits = append(hits, hit{shard: i, member: m, score: z.Score})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.score, b.score) })
	at := map[int]int{}
	var parts []dueShard
	for _, h := range hits[:min(n, len(hits))] {
		if _, ok := at[h.shard]; !ok {
			at[h.shard] = len(parts)
			parts = append(parts, dueShard{shard: h.shard})
		}
		p := &parts[at[h.shard]]
		p.members = append(p.members, h.member)
	}
	return parts, nil
}

// Overdue counts the conversations whose first delivery, and the timers, that were ready before an instant and that nobody
// has taken up; one that was claimed, or put off until later, is not. It costs the same however much is pending.
func (s *Store) Overdue(ctx context.Context, before time.Time) (n int64, err error) {
	var found []*redis.IntCmd
	_, err = s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range s.shards {
			for _, key := range []string{shardAt(i).outbox(), shardAt(i).timers()} {
				found = append(found, p.ZCount(ctx, key, "-inf", "("+ms(before)))
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count what is overdue: %w", err)
	}
	for _, f := range found {
		n += f.Val()
	}
	return n, nil
}
