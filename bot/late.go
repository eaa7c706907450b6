package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"convenor/flows"
)

// lateTries is how often a post that came late is looked after: by then whoever took the delivery over has ended it.
const lateTries = 10

// late is a post that was made although its lease had passed on meanwhile: the process was frozen between its last look
// at the lease and the request. Whoever has the delivery now looks before posting. Should that look have come first,
// the message stands twice, and this one is taken back.
type late struct {
	delivery flows.Delivery
	at       flows.Posted
	look     time.Time
	tries    int
}

// lates are the posts to look after. It is safe for many goroutines.
type lates struct {
	mu   sync.Mutex
	list []late
}

func (l *lates) add(p late) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, p)
}

// due takes those out that are to be looked after now.
func (l *lates) due(now time.Time) (due []late) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var rest []late
	for _, p := range l.list {
		if p.look.After(now) {
			rest = append(rest, p)
		} else {
			due = append(due, p)
		}
	}
	l.list = rest
	return due
}

// takeBackLate looks after posts that came late, once nobody can be about to make another.
func (b *Bot) takeBackLate(ctx context.Context, due []late) {
	for _, p := range due {
		over, err := b.takeBack(ctx, p)
		if err != nil {
			b.Log.LogAttrs(ctx, slog.LevelWarn, "a late post could not be looked after", slog.String("delivery", p.delivery.ID), slog.Any("error", err))
		}
		if p.tries++; !over && p.tries < lateTries {
			p.look = b.Now().Add(settleFor)
			b.lates.add(p)
		}
	}
}

// takeBack removes a late post when its delivery ended with another message, or with none. over is false while the
// delivery has not ended.
func (b *Bot) takeBack(ctx context.Context, p late) (over bool, err error) {
	found, err := b.Ledger.Load(ctx, p.delivery.Coalition, receiptRef(p.delivery))
	if err != nil || len(found) == 0 {
		return false, err
	}
	var receipt flows.Receipt
	if err := json.Unmarshal(found[0].Data, &receipt); err != nil {
		return true, fmt.Errorf("read receipt %s: %w", p.delivery.ID, err)
	}
	if receipt.Where == p.at {
		return true, nil // whoever took over has found this very message
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err = b.platforms[p.at.Platform].Retract(ctx, p.at)
	if _, gone := errors.AsType[*GoneError](err); gone {
		return true, nil
	}
	if err == nil {
		b.retracted.Add(1)
	}
	return err == nil, err
}

// Retracted is how many messages that stood twice were taken back since New.
func (b *Bot) Retracted() int64 { return b.retracted.Load() }
