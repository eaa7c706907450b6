package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"convenor/bot"
	"convenor/flows"
)

// language is what the address says, else the first language of the browser that the page speaks, else English.
func language(r *http.Request) flows.Locale {
	asked := r.URL.Query().Get("lang") + "," + r.Header.Get("Accept-Language")
	for part := range strings.SplitSeq(asked, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if l := flows.Locale(base); l == flows.English || l == flows.Spanish {
			return l
		}
	}
	return flows.English
}

// serveLanguage changes the language of one persona, or of the coalition when none is named: then of its channels and
// of everybody but those who read Spanish by nature.
func (s *Server) serveLanguage(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ID     string       `json:"id"`
		As     string       `json:"as"`
		Locale flows.Locale `json:"locale"`
	}
	if !read(w, r, &body) {
		return
	}
	who, known := persona(body.As)
	if !known && body.As != "" || !actID(body.ID) || (body.Locale != flows.English && body.Locale != flows.Spanish) {
		refuse(w, "no such person, language or id")
		return
	}
	defer s.Changed()
	var err error
	if known {
		err = s.speak(r.Context(), who, body.Locale, body.ID)
	} else {
		err = s.speakAll(r.Context(), body.Locale, body.ID)
	}
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "a language was not saved", slog.Any("error", err))
		reply(w, http.StatusServiceUnavailable, outcome{})
		return
	}
	reply(w, http.StatusOK, outcome{Saved: true})
}

func (s *Server) speakAll(ctx context.Context, l flows.Locale, id string) error {
	for _, p := range Cast() {
		own := l
		if p.Locale == flows.Spanish {
			own = flows.Spanish
		}
		if err := s.speak(ctx, p, own, id+"-"+p.User); err != nil {
			return err
		}
	}
	if err := s.Speak(ctx, l); err != nil {
		return fmt.Errorf("speak in channels: %w", err)
	}
	return nil
}

// speak changes a persona's language: on the pretend platform, and with Convenor as the person's own choice. id names
// the change.
func (s *Server) speak(ctx context.Context, p Persona, l flows.Locale, id string) error {
	if err := s.World.setLocale(p, l); err != nil {
		return fmt.Errorf("change the language of the platform: %w", err)
	}
	choice := flows.Token{Verb: flows.VerbLanguage, Arg: string(l)}
	_, err := s.Handler.Handle(ctx, bot.Inbound{
		Key: p.Platform + ":" + id, Platform: p.Platform, Place: p.Place(), User: p.User, Locale: l,
		Press: &bot.Press{Token: choice.String()},
	})
	if err != nil {
		return fmt.Errorf("choose a language: %w", err)
	}
	return nil
}
