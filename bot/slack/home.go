package slack

import (
	"context"
	"log/slog"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
)

// homeEvery is how often a person's home tab is drawn at most: what changes in between is drawn together.
const homeEvery = 1100 * time.Millisecond

// homesMax is how many people's home tabs are kept fresh. Everybody else's is drawn when they open it, as Slack asks for
// on every visit.
const homesMax = 5000

// That of somebody who has not opened it since this process started is drawn, too: another process may have seen them
// do it. These take turns, so that a busy round is no flood, and who would have to wait for too long is left out.
const (
	othersEvery = 2 * time.Second
	othersBurst = 10
	othersMost  = 5 * time.Minute
)

// staleMax is how many home tabs wait to be drawn at most.
const staleMax = 1000

// homes knows who has opened their home tab since this process started, and whose is about to be drawn. The zero homes
// are ready to use.
type homes struct {
	mu     sync.Mutex
	open   map[string]bool // by user id
	busy   map[string]bool // by user id: a drawing is on its way
	others time.Time       // when nobody who has not opened theirs would have to wait
}

// opened notes that somebody looks at their home tab.
func (h *homes) opened(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil || len(h.open) >= homesMax {
		h.open = map[string]bool{}
	}
	h.open[user] = true
}

// begin reports whether a home tab is to be drawn by the one who asks, and after which wait: somebody has it open, or may
// have, and nobody else is about to.
func (h *homes) begin(user string, now time.Time) (wait time.Duration, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy[user] {
		return 0, false
	}
	wait = homeEvery
	if !h.open[user] {
		if h.others.Before(now) {
			h.others = now
		}
		turn := h.others.Sub(now) - (othersBurst-1)*othersEvery
		if turn > othersMost {
			return 0, false
		}
		wait = max(wait, turn)
		h.others = h.others.Add(othersEvery)
	}
	if h.busy == nil {
		h.busy = map[string]bool{}
	}
	h.busy[user] = true
	return wait, true
}

// end lets the next change be drawn.
func (h *homes) end(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.busy, user)
}

// drawing is a home tab that is to be drawn.
type drawing struct {
	user string
	wait time.Duration
}

// HomeChanged has a person's home tab drawn anew about a second from now: until then more may change. When they have not
// opened it here it may take longer.
func (s *Slack) HomeChanged(place, user string) {
	if place != s.Place() {
		return
	}
	wait, ok := s.homes.begin(user, s.Now())
	if !ok {
		return
	}
	select {
	case s.stale <- drawing{user, wait}:
	default: // so many at once that theirs is drawn when it is opened again
		s.homes.end(user)
	}
}

// drawHomes draws the home tabs that have changed, until ctx ends.
func (s *Slack) drawHomes(ctx context.Context, h Handler) {
	var drawings sync.WaitGroup
	defer drawings.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-s.stale:
			drawings.Go(func() { s.drawHome(ctx, h, d) })
		}
	}
}

func (s *Slack) drawHome(ctx context.Context, h Handler, d drawing) {
	defer s.guard(ctx)
	if !s.rest(ctx, d.wait) {
		return
	}
	user := d.user
	s.homes.end(user) // what changes from here on is drawn again
	ctx, cancel := context.WithTimeout(ctx, handleMax)
	defer cancel()
	m, err := h.Home(ctx, s.Place(), user)
	if err == nil {
		err = s.publish(ctx, user, m)
	}
	if err != nil && !over(err) {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "a home tab could not be refreshed; it is when it is opened again", slog.Any("error", bare(err)))
	}
}

// publish shows somebody their home tab, on a server that has such a thing.
func (s *Slack) publish(ctx context.Context, user string, m bot.Message) error {
	if s.lacks(methodHome) {
		return nil
	}
	_, err := s.api.PublishViewContext(ctx, slackgo.PublishViewContextRequest{UserID: user, View: home(m)})
	return wrap("publish the home tab", err)
}
