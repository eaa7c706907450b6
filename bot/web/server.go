package web

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"convenor/bot"
	"convenor/flows"
)

//go:embed assets
var assets embed.FS

// Handler is Convenor, as a platform sees it.
type Handler interface {
	Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error)
}

// Options is what a Server is made of. All fields are needed.
type Options struct {
	World   *World
	Handler Handler
	// Remember returns every record of the playground's coalition.
	Remember func(ctx context.Context) ([]flows.Record, error)
	// Now is the pretend clock; Advance moves it on.
	Now     func() time.Time
	Advance func(ctx context.Context, by time.Duration) error
	// Tick does everything that is due now and returns when nothing is left.
	Tick func(ctx context.Context) error
	// Speak sets the language that Convenor speaks in the coalition's channels.
	Speak func(ctx context.Context, locale flows.Locale) error
	Zone  func(name string) (*time.Location, error)
	Pack  bot.Pack
	Log   *slog.Logger // never given names, texts or tokens
}

// Server shows a World as a page and hands what visitors do to Convenor. It is an http.Handler, safe for many
// goroutines.
type Server struct {
	Options
	page    *template.Template
	handler http.Handler
	moving  sync.Mutex    // held while the clock is moved
	stirred atomic.Int64  // grows when the clock or what Convenor remembers may have changed
	stir    chan struct{} // closed and replaced with each growth
	stirMu  sync.Mutex
	closed  chan struct{}
	close   sync.Once
}

// New makes a Server.
func New(o Options) (*Server, error) {
	page, err := template.ParseFS(assets, "assets/page.html")
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, fmt.Errorf("read the page's files: %w", err)
	}
	s := &Server{Options: o, page: page, stir: make(chan struct{}), closed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.servePage)
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(files)))
	mux.HandleFunc("GET /world", s.serveWorld)
	mux.HandleFunc("GET /events", s.serveEvents)
	mux.HandleFunc("GET /remembers", s.serveRemembers)
	mux.HandleFunc("GET /script", s.serveScript)
	mux.HandleFunc("POST /welcome", s.serveWelcome)
	mux.HandleFunc("POST /act", s.serveAct)
	mux.HandleFunc("POST /clock", s.serveClock)
	mux.HandleFunc("POST /language", s.serveLanguage)
	s.handler = secured(http.NewCrossOriginProtection().Handler(mux))
	return s, nil
}

// ServeHTTP answers the page and everything it asks for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the streams that are open, so that a server can shut down. Call it from http.Server.RegisterOnShutdown.
func (s *Server) Close() { s.close.Do(func() { close(s.closed) }) }

// Changed tells every open page to look again at what Convenor remembers. Call it when something may have changed that
// no visitor did, such as after a sweep.
func (s *Server) Changed() {
	s.stirMu.Lock()
	defer s.stirMu.Unlock()
	s.stirred.Add(1)
	close(s.stir)
	s.stir = make(chan struct{})
}

func (s *Server) stirring() (int64, <-chan struct{}) {
	s.stirMu.Lock()
	defer s.stirMu.Unlock()
	return s.stirred.Load(), s.stir
}

// secured lets a page load only what comes from here, and nobody frame it.
func secured(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// servePage answers the page in the language that the address or the browser asks for.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	locale := language(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	if err := s.page.Execute(w, pageData{Lang: locale, words: s.words(locale)}); err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "the page could not be shown", slog.Any("error", err))
	}
}

// pageData is what the template sees.
type pageData struct {
	Lang  flows.Locale
	words map[string]string
}

// W is the words for a key of the page.
func (d pageData) W(key string) string { return d.words[key] }

// serveWorld answers what the page needs to begin: who there is, where they talk, and the page's own words.
func (s *Server) serveWorld(w http.ResponseWriter, r *http.Request) {
	type conversation struct {
		ID       string `json:"id"`
		Name     string `json:"name"` // a channel's; empty for direct messages
		Platform string `json:"platform"`
	}
	type person struct {
		User          string         `json:"user"`
		Name          string         `json:"name"`
		Identity      string         `json:"identity"`
		Platform      string         `json:"platform"`
		Zone          string         `json:"zone"`
		Locale        flows.Locale   `json:"locale"`
		Role          string         `json:"role"`
		Conversations []conversation `json:"conversations"`
	}
	locale := language(r)
	words := s.words(locale)
	var people []person
	for _, p := range Cast() {
		shown := person{
			User: p.User, Name: p.Name, Identity: p.Identity(), Platform: p.Platform, Zone: p.Zone,
			Locale: s.World.locale(p), Role: words[p.Role],
		}
		for _, id := range conversations(p) {
			name, _ := strings.CutPrefix(id, channelPrefix)
			if name == id {
				name = ""
			}
			shown.Conversations = append(shown.Conversations, conversation{ID: id, Name: name, Platform: p.Platform})
		}
		people = append(people, shown)
	}
	reply(w, http.StatusOK, map[string]any{
		"lang": locale, "now": s.Now(), "people": people, "words": words,
		"menu": flows.Token{Verb: flows.VerbMenu}.String(),
	})
}

// reply answers v as JSON.
func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the reader has gone; there is nobody to tell
}

// read decodes a small JSON body; ok is false when an answer has been given already.
func read(w http.ResponseWriter, r *http.Request, v any) (ok bool) {
	const bodyMax = 64 << 10 // five texts of flows.TextMax characters, twice over
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyMax)).Decode(v); err != nil {
		refuse(w, "the body is not what this address takes")
		return false
	}
	return true
}

// refuse answers a request that the page would never make.
func refuse(w http.ResponseWriter, why string) {
	reply(w, http.StatusBadRequest, map[string]string{"error": why})
}
