package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// shelf keeps an offset, as the store does.
type shelf struct {
	offset time.Duration
	err    error
}

func (s *shelf) Offset(context.Context) (time.Duration, error) { return s.offset, s.err }

func (s *shelf) Shift(_ context.Context, d time.Duration) (time.Duration, error) {
	if s.err == nil {
		s.offset += d
	}
	return s.offset, s.err
}

func TestRehearsalClock(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from, header, body string
		store              error
		status             int
		moved              time.Duration
	}{
		"moved":           {"127.0.0.1:5", "", `{"advance":"26h"}`, nil, 200, 26 * time.Hour},
		"from elsewhere":  {"10.0.0.1:5", "", `{"advance":"26h"}`, nil, 403, 0},
		"through a proxy": {"127.0.0.1:5", "X-Forwarded-For", `{"advance":"26h"}`, nil, 403, 0},
		"backwards":       {"[::1]:5", "", `{"advance":"-1h"}`, nil, 400, 0},
		"too far":         {"[::1]:5", "", `{"advance":"9000h"}`, nil, 400, 0},
		"nonsense":        {"[::1]:5", "", `tomorrow`, nil, 400, 0},
		"no store":        {"[::1]:5", "", `{"advance":"1h"}`, errors.New("away"), 503, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, quiet := &shelf{err: tt.store}, 0
			mux := http.NewServeMux()
			rehearsalClock(mux, &clock{store: store, rehearsal: true}, func(context.Context) error { quiet++; return nil })
			r := httptest.NewRequest(http.MethodPost, "/rehearsal/clock", strings.NewReader(tt.body))
			if r.RemoteAddr = tt.from; tt.header != "" {
				r.Header.Set(tt.header, "1.2.3.4")
			}
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if w.Code != tt.status || store.offset != tt.moved || (quiet == 1) != (tt.moved > 0) {
				t.Errorf("status %d, moved %s, %d looks for due work: %s", w.Code, store.offset, quiet, w.Body)
			}
		})
	}
}

func TestReadingTheRehearsalClock(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	rehearsalClock(mux, &clock{store: &shelf{}, rehearsal: true}, func(context.Context) error { return nil })
	for from, status := range map[string]int{"127.0.0.1:5": http.StatusOK, "10.0.0.1:5": http.StatusForbidden} {
		r := httptest.NewRequest(http.MethodGet, "/rehearsal/clock", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if _, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(w.Body.String())); w.Code != status || (err == nil) != (status == http.StatusOK) {
			t.Errorf("from %s: status %d, %s", from, w.Code, w.Body)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	var fault error
	health(mux, func(context.Context) error { return fault }, slog.New(slog.DiscardHandler))
	get := func(path string) int {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code
	}
	if get("/healthz") != 200 || get("/readyz") != 200 {
		t.Error("a sound process is not healthy")
	}
	fault = errors.New("the store is away")
	if get("/healthz") != 200 || get("/readyz") != 503 {
		t.Error("without its store a process is alive and not ready")
	}
}

// TestLogBlotsSecrets holds that nothing that looks like a token or a password reaches the log.
func TestLogBlotsSecrets(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	log := newLog(&out, slog.LevelInfo)
	log.Info("a", slog.String("token", "xoxb-1-secret"), slog.Any("error", errors.New("dial redis://user:hunter2@host: xapp-1-secret")))
	if s := out.String(); strings.Contains(s, "secret\"") || strings.Contains(s, "1-secret") || strings.Contains(s, "hunter2") {
		t.Errorf("the log holds a secret: %s", s)
	}
}
