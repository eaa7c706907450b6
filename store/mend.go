package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
)

// heldMost is longer than anybody holds a timer back.
const heldMost = 10 * time.Minute

// Mend looks through about n of a coalition's deliveries and timers, and makes those findable again that damage from
// outside has hidden: a delivery that is in no queue, a queue that is not in the outbox, a lease or a timer's due time
// that is gone. after is "" to begin, and "" as Next ends. Where all is in order nothing is written. What was delivered
// without a trace is in doubt then: Lease.PostedAt says so.
func (s *Store) Mend(ctx context.Context, coalition, after string, now time.Time, n int) (m flows.Mended, err error) {
	k, err := keysOf(coalition, s.shards)
	if err != nil {
		return m, fmt.Errorf("mend: %w", err)
	}
	text, timers := strings.CutPrefix(after, "timers ")
	cursor, err := strconv.ParseUint("0"+text, 10, 64)
	if err != nil {
		return m, fmt.Errorf("mend: %w", err)
	}
	look, hash := s.hiddenDeliveries, k.deliveries()
	if timers {
		look, hash = s.hiddenTimers, k.timer()
	}
	fields, cursor, err := s.client.HScan(ctx, hash, cursor, "", int64(n)).Result()
	if err != nil {
		return m, fmt.Errorf("mend: %w", err)
	}
	for f := range slices.Chunk(fields, 2) {
		m.Seen = append(m.Seen, []byte(f[1]))
	}
	call := newCall(k.outbox(), k.timers(), k.deliveries(), k.leases(), k.timer())
	call.add(ms(now), ms(now.Add(heldMost)))
	found, err := look(ctx, k, coalition, fields, now, call)
	if err == nil && found {
		m.Count, err = s.mend(ctx, call)
	}
	if err != nil {
		return m, fmt.Errorf("mend: %w", err)
	}
	switch {
	case timers && cursor == 0:
	case timers:
		m.Next = "timers " + strconv.FormatUint(cursor, 10)
	case cursor == 0:
		m.Next = "timers 0"
	default:
		m.Next = strconv.FormatUint(cursor, 10)
	}
	return m, nil
}

func (s *Store) mend(ctx context.Context, c *call) (int, error) {
	answer, err := s.engine.run(ctx, s.scripts.mend, c.keys, c.args)
	if err != nil {
		return 0, err
	}
	mended, err := strconv.Atoi(fmt.Sprint(answer))
	if err != nil {
		return 0, fmt.Errorf("unexpected answer: %w", err)
	}
	return mended, nil
}

// hiddenDeliveries adds to a call those of the deliveries, given as id and JSON, that seem to be hidden.
func (s *Store) hiddenDeliveries(ctx context.Context, k keys, coalition string, fields []string, _ time.Time, c *call) (bool, error) {
	var list []flows.Delivery
	for f := range slices.Chunk(fields, 2) {
		var d flows.Delivery
		if json.Unmarshal([]byte(f[1]), &d) == nil && d.ID == f[0] {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b flows.Delivery) int { // as they were owed: that is how they are put back
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	places := make([]*redis.IntCmd, len(list))
	scores := make([]*redis.FloatCmd, len(list))
	heads := make([]*redis.StringCmd, len(list))
	leases := make([]*redis.StringCmd, len(list))
	err := s.peek(ctx, len(list), func(p redis.Pipeliner) {
		for i, d := range list {
			queue := k.queue(d.Conversation())
			places[i] = p.LPos(ctx, queue, ms(d.At)+" "+d.ID, redis.LPosArgs{})
			scores[i] = p.ZScore(ctx, k.outbox(), member(coalition, d.Conversation()))
			heads[i] = p.LIndex(ctx, queue, 0)
			leases[i] = p.HGet(ctx, k.leases(), d.ID)
		}
	})
	if err != nil {
		return false, err
	}
	var hidden []string
	for i, d := range list {
		_, leased := leases[i].Result()
		first := heads[i].Val() == ms(d.At)+" "+d.ID
		claimed := first && strconv.FormatInt(int64(scores[i].Val()), 10) != ms(d.At)
		if places[i].Err() == nil && scores[i].Err() == nil && (leased == nil || !claimed) {
			continue
		}
		conv := d.Conversation()
		hidden = append(hidden, c.key(k.queue(conv)), member(coalition, conv), d.ID, ms(d.At))
	}
	c.add(strconv.Itoa(len(hidden) / 4)) //nolint:mnd // four words each
	c.add(hidden...)
	return len(hidden) > 0, nil
}

// hiddenTimers adds to a call those of the timers, given as id and JSON, that seem not to stand where they are due.
func (s *Store) hiddenTimers(ctx context.Context, k keys, coalition string, fields []string, now time.Time, c *call) (found bool, err error) {
	var list []flows.Timer
	for f := range slices.Chunk(fields, 2) {
		var t flows.Timer
		if json.Unmarshal([]byte(f[1]), &t) == nil && t.ID == f[0] {
			list = append(list, t)
		}
	}
	scores := make([]*redis.FloatCmd, len(list))
	err = s.peek(ctx, len(list), func(p redis.Pipeliner) {
		for i, t := range list {
			scores[i] = p.ZScore(ctx, k.timers(), member(coalition, t.ID))
		}
	})
	if err != nil {
		return false, err
	}
	c.add("0")
	for i, t := range list {
		stands := time.UnixMilli(int64(scores[i].Val()))
		if scores[i].Err() == nil && (!stands.After(now.Add(heldMost)) || msUp(t.At) == ms(stands)) {
			continue
		}
		c.add(member(coalition, t.ID), t.ID, msUp(t.At))
		found = true
	}
	return found, nil
}

// peek reads in one round trip; that something is not there is an answer.
func (s *Store) peek(ctx context.Context, n int, ask func(redis.Pipeliner)) error {
	if n == 0 {
		return nil
	}
	commands, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		ask(p)
		return nil
	})
	if err == nil || err == redis.Nil { //nolint:errorlint // the first command's own error, as it is
		for _, command := range commands {
			if e := command.Err(); e != nil && e != redis.Nil { //nolint:errorlint // the same
				return e
			}
		}
		return nil
	}
	return err
}

// Unarmed returns those of a coalition's timers that are not armed at now and have not fired: their needs would never be
// looked at. A Commit that adds them arms each once.
func (s *Store) Unarmed(ctx context.Context, coalition string, now time.Time, timers []flows.Timer) ([]flows.Timer, error) {
	if len(timers) == 0 {
		return nil, nil
	}
	k, err := keysOf(coalition, s.shards)
	if err != nil {
		return nil, fmt.Errorf("look for timers: %w", err)
	}
	ids, marks := make([]string, len(timers)), make([]string, len(timers))
	for i, t := range timers {
		ids[i], marks[i] = t.ID, "t:"+t.ID
	}
	var armed *redis.SliceCmd
	var fired *redis.FloatSliceCmd
	err = s.peek(ctx, len(timers), func(p redis.Pipeliner) {
		armed, fired = p.HMGet(ctx, k.timer(), ids...), p.ZMScore(ctx, k.marks(), marks...)
	})
	if err != nil {
		return nil, fmt.Errorf("look for timers: %w", err)
	}
	var missing []flows.Timer
	for i, t := range timers {
		if armed.Val()[i] == nil && fired.Val()[i] <= float64(now.UnixMilli()) {
			missing = append(missing, t)
		}
	}
	return missing, nil
}
