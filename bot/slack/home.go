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

// staleMax is how many home tabs wait to be drawn at most.
const staleMax = 1000

// homes knows who has opened their home tab since this process started, and whose is about to be drawn. The zero homes
// are ready to use.
type homes struct {
	mu   sync.Mutex
	open map[string]bool // by user id: true while a drawing is on its way
}

// opened notes that somebody looks at their home tab.
func (h *homes) opened(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil || len(h.open) >= homesMax {
		h.open = map[string]bool{}
	}
	if _, known := h.open[user]; !known {
		h.open[user] = false
	}
}

// begin reports whether a home tab is to be drawn by the one who asks: somebody has it open, and nobody else is about to.
func (h *homes) begin(user string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	busy, open := h.open[user]
	if !open || busy {
		return false
	}
	h.open[user] = true
	return true
}

// end lets the next change be drawn.
func (h *homes) end(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, open := h.open[user]; open {
		h.open[user] = false
	}
}

// HomeChanged has a person's home tab drawn anew, if they have opened it, about a second from now: until then more may change.
func (s *Slack) HomeChanged(place, user string) {
	if place != s.Place() || !s.homes.begin(user) {
		return
	}
	select {
	case s.stale <- user:
	default: // so many at once that theirs is drawn when it is opened again
		s.homes.end(user)
	}
}

// drawHomes draws the home tabs that have changed, until ctx ends.
func (s *Slack) drawHomes(ctx context.Context, h Handler) {
	var drawing sync.WaitGroup
	defer drawing.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case user := <-s.stale:
			drawing.Go(func() { s.drawHome(ctx, h, user) })
		}
	}
}

func (s *Slack) drawHome(ctx context.Context, h Handler, user string) {
	defer s.guard(ctx)
	if !s.rest(ctx, homeEvery) {
		return
	}
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
