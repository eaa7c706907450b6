package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"convenor/bot"
	"convenor/flows"
)

// serveWelcome begins a new playground in the language of the first page that opens it: everybody reads that language
// and Convenor greets in each channel. Where something was said already it does nothing.
func (s *Server) serveWelcome(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Locale flows.Locale `json:"locale"`
	}
	if !read(w, r, &body) {
		return
	}
	if body.Locale != flows.English && body.Locale != flows.Spanish {
		refuse(w, "no such language")
		return
	}
	defer s.Changed()
	if err := s.welcome(r.Context(), body.Locale); err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "a new playground could not be begun", slog.Any("error", err))
		reply(w, http.StatusServiceUnavailable, outcome{})
		return
	}
	reply(w, http.StatusOK, outcome{Saved: true})
}

func (s *Server) welcome(ctx context.Context, l flows.Locale) error {
	if _, changes, _ := s.World.since(0); changes == 0 && l != flows.English { // the cast speaks English by itself
		if err := s.speakAll(ctx, l, "welcome-"+string(l)); err != nil {
			return err
		}
	}
	for _, c := range Channels() {
		if err := s.greet(ctx, c); err != nil {
			return fmt.Errorf("greet %s: %w", c.ID, err)
		}
	}
	return nil
}

// greet adds Convenor to a channel where nothing was ever said, so that it greets there. A greeting that is on its way
// is not given twice.
func (s *Server) greet(ctx context.Context, c Channel) error {
	cast := Cast()
	i := slices.IndexFunc(cast, func(p Persona) bool { return p.Platform == c.Platform })
	if i < 0 || !s.World.empty(channelPrefix+c.ID) {
		return nil
	}
	_, err := s.Handler.Handle(ctx, bot.Inbound{
		Key: c.Platform + ":welcome-" + c.ID, Platform: c.Platform, Place: c.Place(), Channel: c.ID, User: cast[i].User,
		Locale: s.World.locale(cast[i]), Opened: &bot.Opened{Added: true},
	})
	return err
}
