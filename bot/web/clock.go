package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// morning is the hour that the time machine's "tomorrow" leads to, where the persona lives.
const morning = 9

// serveClock is the time machine. The page hears by its stream that time moves.
func (s *Server) serveClock(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Advance string `json:"advance"` // 1h, tomorrow, week
		As      string `json:"as"`
	}
	if !read(w, r, &body) {
		return
	}
	who, ok := persona(body.As)
	if !ok {
		refuse(w, "no such person")
		return
	}
	if !s.moving.TryLock() {
		reply(w, http.StatusConflict, map[string]string{"error": "the clock is moving already"})
		return
	}
	defer s.moving.Unlock()
	target, err := s.target(body.Advance, who)
	if err != nil {
		refuse(w, "1h, tomorrow or week")
		return
	}
	if err := s.advance(r.Context(), target); err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "the time machine stopped on its way", slog.Any("error", err))
		reply(w, http.StatusServiceUnavailable, map[string]any{"now": s.Now()})
		return
	}
	reply(w, http.StatusOK, map[string]any{"now": s.Now()})
}

// target is the instant that a move leads to.
func (s *Server) target(move string, who Persona) (time.Time, error) {
	zone, err := s.Zone(who.Zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("zone of %s: %w", who.User, err)
	}
	now := s.Now().In(zone)
	switch move {
	case "1h":
		return now.Add(time.Hour), nil
	case "tomorrow":
		return time.Date(now.Year(), now.Month(), now.Day()+1, morning, 0, 0, 0, zone), nil
	case "week":
		return now.AddDate(0, 0, 7), nil
	default:
		return time.Time{}, fmt.Errorf("no such move: %q", move)
	}
}

// advance moves the clock to target, from full hour to full hour, and lets what is due at each happen there: so each
// nudge arrives at its own time and in its turn, as it would have if nobody had touched the clock.
func (s *Server) advance(ctx context.Context, target time.Time) error {
	for now := s.Now(); now.Before(target); now = s.Now() {
		next := now.Truncate(time.Hour).Add(time.Hour)
		if next.After(target) {
			next = target
		}
		if err := s.step(ctx, next.Sub(now)); err != nil {
			return err
		}
		if err := s.linger(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lingerMost bounds how many seconds the clock stays at a stop for what follows from what was due.
const lingerMost = 120

// linger goes on second by second while messages still come: they are paced like on a real platform, and the last must
// not have to wait for the next stop. Even when none has come, one may have become ready just after the stop.
func (s *Server) linger(ctx context.Context) error {
	for range lingerMost {
		_, before, _ := s.World.since(0)
		if err := s.step(ctx, time.Second); err != nil {
			return err
		}
		if _, after, _ := s.World.since(0); after == before {
			return nil
		}
	}
	return nil
}

func (s *Server) step(ctx context.Context, by time.Duration) error {
	if err := s.Advance(ctx, by); err != nil {
		return fmt.Errorf("move the clock: %w", err)
	}
	if err := s.Tick(ctx); err != nil {
		return fmt.Errorf("do what is due: %w", err)
	}
	s.Changed()
	return nil
}
