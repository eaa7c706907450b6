package bench

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// memory is B5.
func (b *bench) memory(ctx context.Context) error {
	if err := b.timerBytes(ctx); err != nil {
		return err
	}
	return b.runBytes(ctx)
}

// timerBytes measures a pending timer.
func (b *bench) timerBytes(ctx context.Context) error {
	s, err := b.redis.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	n := b.size(50_000, 1000)
	var each series
	for range b.runs() {
		before, err := b.redis.used(ctx)
		if err != nil {
			return err
		}
		if err := b.arm(ctx, s, n, monday().AddDate(0, 1, 0), monday()); err != nil {
			return err
		}
		after, err := b.redis.used(ctx)
		if err != nil {
			return err
		}
		each = append(each, float64(after-before)/float64(n))
	}
	b.add(result{what: "Redis's memory for one pending timer", unit: "bytes", value: each, atMost: 200, why: onJSON})
	return nil
}

// mayWait is how many questions are answered of the conversation that waits then.
const mayWait = 5

// runBytes measures a run that waits, with everything that its five answers left.
func (b *bench) runBytes(ctx context.Context) (err error) {
	h, err := b.open(ctx, longer{b.Pack, questions(longID, longFlow)}, &clock{})
	if err != nil {
		return err
	}
	defer func() { err = h.close(err) }()
	n := b.size(1000, 10)
	people, err := h.people(ctx, n)
	if err != nil {
		return err
	}
	o := &office{house: h}
	if err := o.begin(ctx, people); err != nil {
		return err
	}
	for range mayWait {
		for _, person := range people {
			in := h.inbound(person)
			in.Typed = &bot.Typed{Text: "A bus that runs in the evening, and somebody to call."}
			if _, err := h.Handle(ctx, in); err != nil {
				return err
			}
		}
	}
	for range mayWait + 1 { // everything that was asked is posted, at the pace of a conversation
		if err := h.settle(ctx); err != nil {
			return err
		}
		h.clock.advance(2 * time.Second)
	}
	kinds, err := b.byKind(ctx)
	if err != nil {
		return err
	}
	own, rest := 0.0, []string{}
	for _, kind := range slices.SortedFunc(maps.Keys(kinds), func(x, y string) int { return cmp.Compare(kinds[y], kinds[x]) }) {
		each := float64(kinds[kind]) / float64(n)
		switch kind {
		case "rec:" + flows.KindRun, "rec:" + flows.KindOpen, "rec:" + flows.KindCurrent, "rec:" + flows.KindText:
			own += each
		}
		if each >= 1 {
			rest = append(rest, fmt.Sprintf("%s %s", strings.TrimPrefix(kind, "rec:"), short(float64(int(each)))))
		}
	}
	b.add(result{
		what: "Redis's memory for one waiting run with five answers", unit: "bytes", value: series{own}, atMost: 1300, why: onJSON,
		note: "its run, its pointers (open, current) and the five typed texts. Bytes for each person, all that there is: " + strings.Join(rest, ", "),
	})
	return nil
}

// byKind adds up what Redis says that its keys take, by kind of record or of structure.
func (b *bench) byKind(ctx context.Context) (map[string]int64, error) {
	bytes := map[string]int64{}
	keys := b.redis.client.Scan(ctx, 0, "*", atOnce).Iterator()
	for keys.Next(ctx) {
		used, err := b.redis.client.MemoryUsage(ctx, keys.Val(), 0).Result()
		if err != nil {
			return nil, fmt.Errorf("ask Redis what a key takes: %w", err)
		}
		_, kind, ours := strings.Cut(keys.Val(), home+":")
		if !ours {
			continue
		}
		part := strings.SplitN(kind, ":", 3)
		name := part[0]
		if name == "rec" {
			name += ":" + part[1]
		}
		bytes[name] += used
	}
	if err := keys.Err(); err != nil {
		return nil, fmt.Errorf("list the keys of Redis: %w", err)
	}
	return bytes, nil
}
