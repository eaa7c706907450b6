package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"convenor/flows"
)

// freeAll gives back what a former process had claimed, in one step for each shard. It is for a store that only one
// process can have open, before it is used: whoever held a lease is gone, so nobody needs to wait until it ends, and
// what was committed and not begun to be sent is sent at once. Where nothing is claimed, nothing is written.
func (s *Store) freeAll(ctx context.Context) error {
	for n := range s.shards {
		if err := s.free(ctx, shardAt(n)); err != nil {
			return fmt.Errorf("give back what was claimed before: %w", err)
		}
	}
	return nil
}

func (s *Store) free(ctx context.Context, at shard) error {
	c := newCall(at.outbox(), at.timers())
	members, err := s.held(ctx, at, c)
	if err != nil {
		return err
	}
	timers, err := s.claimedTimers(ctx, at)
	if err != nil || len(members) == 0 && len(timers) == 0 {
		return err
	}
	c.add(strconv.Itoa(len(members)))
	c.add(members...)
	c.add(timers...)
	answer, err := s.engine.run(ctx, s.scripts.free, c.keys, c.args)
	if err != nil {
		return err
	}
	return verdict(answer, nil)
}

// held lists the conversations whose first delivery is leased and was not begun, and adds their keys to c. It looks at
// the leases, which are few, and not at all that waits; the script asks again.
func (s *Store) held(ctx context.Context, at shard, c *call) (members []string, err error) {
	waits, err := s.client.ZRange(ctx, at.outbox(), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("look for deliveries: %w", err)
	}
	coalitions := map[string]bool{}
	for _, m := range waits {
		coalition, _, _ := strings.Cut(m, " ")
		coalitions[coalition] = true
	}
	for _, coalition := range slices.Sorted(maps.Keys(coalitions)) {
		k, err := keysOf(coalition, s.shards)
		if err != nil {
			return nil, err
		}
		leases, err := s.client.HGetAll(ctx, k.leases()).Result()
		if err != nil {
			return nil, fmt.Errorf("look for leases: %w", err)
		}
		for id, l := range leases {
			if part := strings.Fields(l); len(part) != leaseParts || part[1] == "0" || part[2] != "0" {
				continue // given back, or in doubt
			}
			var d flows.Delivery
			if text, err := s.client.HGet(ctx, k.deliveries(), id).Result(); err != nil || json.Unmarshal([]byte(text), &d) != nil {
				continue // damage from outside: whoever claims it next finds it
			}
			c.keys = append(c.keys, k.queue(d.Conversation()), k.leases()) // by place, so repeated where coalitions are
			members = append(members, member(coalition, d.Conversation()))
		}
	}
	return members, nil
}

// leaseParts is how many numbers a lease has; leases.lua says which.
const leaseParts = 5

// claimedTimers lists the timers that stand elsewhere than when they are due, each with when it is: only a claim moves
// a timer.
func (s *Store) claimedTimers(ctx context.Context, at shard) ([]string, error) {
	waits, err := s.client.ZRangeWithScores(ctx, at.timers(), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("look for timers: %w", err)
	}
	armed := map[string]map[string]string{} // by coalition, the JSON by id
	var claimed []string
	for _, z := range waits {
		m := fmt.Sprint(z.Member)
		coalition, id, _ := strings.Cut(m, " ")
		if armed[coalition] == nil {
			k, err := keysOf(coalition, s.shards)
			if err != nil {
				return nil, err
			}
			if armed[coalition], err = s.client.HGetAll(ctx, k.timer()).Result(); err != nil {
				return nil, fmt.Errorf("read timers: %w", err)
			}
		}
		var t flows.Timer
		if json.Unmarshal([]byte(armed[coalition][id]), &t) != nil {
			continue // damage from outside: whoever claims it next finds it
		}
		if due := msUp(t.At); due != strconv.FormatInt(int64(z.Score), 10) {
			claimed = append(claimed, m, due)
		}
	}
	return claimed, nil
}
