package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// drainMost bounds how long requests under way are waited for: as long as one of Slack's may wait for its commit.
const drainMost = 12 * time.Second

// listen serves h at addr until ctx ends. Then it takes no more, and returns when the requests under way are answered,
// or after drainMost. ready is called with the address once it is open.
func listen(ctx context.Context, addr string, h http.Handler, log *slog.Logger, ready func(net.Addr)) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("open %s (is another program using it? set LISTEN_ADDR or --listen to another port): %w", addr, err)
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }, // what was taken is finished
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	ready(l.Addr())
	select {
	case err := <-done:
		return fmt.Errorf("serve %s: %w", addr, err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainMost)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return fmt.Errorf("stop serving: %w", errors.Join(err, server.Close()))
	}
	return nil
}

// health answers /healthz (the process runs) and /readyz (it can do its work).
func health(mux *http.ServeMux, ready func(context.Context) error, log *slog.Logger) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := ready(r.Context()); err != nil {
			log.LogAttrs(r.Context(), slog.LevelWarn, "not ready", slog.Any("error", err))
			answer(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		answer(w, http.StatusOK, "ready")
	})
}

// rehearsalClock lets a coalition that tries its set-up move the clock: POST /rehearsal/clock {"advance":"26h"}; GET
// tells what it shows. Both answer only requests that come straight from this machine, and a move only when all that
// came due has been seen to.
func rehearsalClock(mux *http.ServeMux, c *clock, quiet func(context.Context) error) {
	near := func(do http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !direct(r) {
				answer(w, http.StatusForbidden, "only from this machine")
				return
			}
			do(w, r)
		}
	}
	mux.HandleFunc("GET /rehearsal/clock", near(func(w http.ResponseWriter, r *http.Request) {
		if err := c.refresh(r.Context()); err != nil { // another replica may have moved it a moment ago
			answer(w, http.StatusServiceUnavailable, "the clock could not be read; the store did not answer")
			return
		}
		answer(w, http.StatusOK, c.now().UTC().Format(time.RFC3339Nano))
	}))
	mux.HandleFunc("POST /rehearsal/clock", near(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Advance string }
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1024)).Decode(&body)
		d, errDuration := time.ParseDuration(body.Advance)
		if err != nil || errDuration != nil || d <= 0 || d > 366*24*time.Hour {
			answer(w, http.StatusBadRequest, `write {"advance":"26h"}: hours and minutes, at most a year`)
			return
		}
		if err := c.advance(r.Context(), d); err != nil {
			answer(w, http.StatusServiceUnavailable, "the clock could not be moved; the store did not answer")
			return
		}
		if err := quiet(r.Context()); err != nil {
			answer(w, http.StatusServiceUnavailable, "the clock was moved; what came due follows when the store answers again")
			return
		}
		answer(w, http.StatusOK, c.now().UTC().Format(time.RFC3339))
	}))
}

// direct tells whether a request comes from this machine with no proxy between.
func direct(r *http.Request) bool {
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback()
}

func answer(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, line)
}
