package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

// What the pretend platform takes: about a message a second in one channel, a few at once. So does Slack.
const (
	limitEvery = time.Second
	limitBurst = 3
)

// workspaces is over how many of them messages are spread.
const workspaces = 200

// stride is how far the pretend time goes on between two looks, like the bot's own.
const stride = 100 * time.Millisecond

// limiter refuses what comes faster than a channel may be written to. The recorder calls it one at a time.
type limiter struct {
	now  func() time.Time
	full map[bot.Address]time.Time // when a channel's bucket is full again
}

func (l *limiter) take(to bot.Address) error {
	now, full := l.now(), l.full[to]
	if full.Before(now) {
		full = now
	}
	if early := full.Sub(now) - (limitBurst-1)*limitEvery; early > 0 {
		return &bot.BusyError{After: max(early, time.Second)}
	}
	l.full[to] = full.Add(limitEvery)
	return nil
}

// shares says how many of n messages go to each workspace: the same to all, or by Zipf's law with exponent 1.1.
func shares(n int, skewed bool) []int {
	weights, sum := make([]float64, workspaces), 0.0
	for i := range weights {
		weights[i] = 1
		if skewed {
			weights[i] = math.Pow(float64(i+1), -1.1)
		}
		sum += weights[i]
	}
	list, left := make([]int, workspaces), n
	for i := range list {
		list[i] = int(weights[i] / sum * float64(n))
		left -= list[i]
	}
	list[0] += left
	return list
}

// drain is B7.
func (b *bench) drain(ctx context.Context) error {
	n := b.size(10_000, 400)
	for _, skewed := range []bool{false, true} {
		for _, senders := range []int{1, 4} {
			if err := b.drainOnce(ctx, shares(n, skewed), skewed, senders); err != nil {
				return err
			}
		}
	}
	return nil
}

// drainOnce sends everything under the pretend limits, by the pretend clock.
func (b *bench) drainOnce(ctx context.Context, list []int, skewed bool, senders int) (err error) {
	h, err := b.open(ctx, b.Pack, &clock{})
	if err != nil {
		return err
	}
	h.post.limit = (&limiter{now: h.clock.now, full: map[bot.Address]time.Time{}}).take
	defer func() { err = h.close(err) }()
	bots := []*house{h}
	for range senders - 1 {
		s, err := b.redis.beside(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }()
		bots = append(bots, b.houseOn(s, b.Pack, h.post, h.clock))
	}
	total, longest, err := h.fill(ctx, list)
	if err != nil {
		return err
	}
	began := h.clock.now()
	for {
		if err := deliverAll(ctx, bots); err != nil {
			return err
		}
		if sent, _ := h.post.count(); sent >= total {
			break
		}
		if h.clock.now().Sub(began) > 2*time.Hour {
			return errors.New("it does not come to an end")
		}
		h.clock.advance(stride)
	}
	best := max(stride, time.Duration(longest-limitBurst)*limitEvery)
	b.drained(h.post, began, best, skewed, senders)
	return nil
}

// drained adds what came of it to the report.
func (b *bench) drained(post *recorder, began time.Time, best time.Duration, skewed bool, senders int) {
	var last, sum time.Duration
	for _, at := range post.at {
		last, sum = max(last, at.Sub(began)), sum+at.Sub(began)
	}
	_, doubled := post.count()
	name, atBest := "spread evenly", 89.0
	if skewed {
		name, atBest = "spread by Zipf 1.1", 94
	}
	name += fmt.Sprintf(", %s", plural(senders, "sender"))
	b.add(result{
		what: name + ": of what the limits allow", unit: "%", value: series{100 * float64(best) / float64(max(last, stride))}, atBest: atBest, why: onPace,
		note: fmt.Sprintf("%s seconds where %s would be best, a mean delay of %s; %d doubled. By a pretend clock, once: it goes the same way each time. "+
			"Posts to one channel in each workspace", short(last.Seconds()), short(best.Seconds()), short(sum.Seconds()/float64(len(post.at))), doubled),
	})
	b.add(result{what: name + ": refused by the platform (429)", unit: "times", value: series{float64(post.busy)}, atMost: none, why: isAFault})
}

// fill owes each workspace its messages, in one channel of it.
func (h *house) fill(ctx context.Context, list []int) (total, longest int, err error) {
	for i, n := range list {
		team := fmt.Sprintf("slack:T%d", i+1)
		space := coalition.Space{ID: team + ":C1", Platform: platform, Place: team, Channel: "C1"}
		if err := h.put(ctx, written{flows.Ref{Kind: flows.KindSpace, ID: space.ID}, space}); err != nil {
			return 0, 0, err
		}
		c := flows.Commit{ID: h.bench.ID(), Coalition: home, Audit: flows.Audit{At: h.clock.now()}}
		for range n {
			c.Deliveries = append(c.Deliveries, flows.Delivery{
				ID: h.bench.ID(), Coalition: home, Kind: flows.Post, Space: space.ID, At: h.clock.now(),
				Message: flows.Message{Parts: []flows.Part{{Style: flows.StyleBody, Text: both("A bus in the evening.")}}},
			})
		}
		if err := h.store.Commit(ctx, c); err != nil {
			return 0, 0, err
		}
		total, longest = total+n, max(longest, n)
	}
	return total, longest, nil
}

// deliverAll lets all senders work at the same time until none finds anything.
func deliverAll(ctx context.Context, bots []*house) error {
	faults := make([]error, len(bots))
	var all sync.WaitGroup
	for i, h := range bots {
		all.Go(func() { faults[i] = h.settle(ctx) })
	}
	all.Wait()
	return errors.Join(faults...)
}
