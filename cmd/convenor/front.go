package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// requestsMost is how many requests are worked on at one time; one more is asked to come again. It bounds memory and
// goroutines, whoever sends them.
const requestsMost = 512

// front stands before every request: it keeps a panic with the request it came from, and lets only so many in.
func front(h http.Handler, log *slog.Logger, panicked func()) http.Handler {
	places := make(chan struct{}, requestsMost)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			w.Header().Set("Retry-After", "1")
			answer(w, http.StatusServiceUnavailable, "too much at once; please try again")
			return
		}
		defer func(ctx context.Context) {
			broken := recover()
			if broken == nil {
				return
			}
			// The panic's value may hold what a person typed; its type and the stack do not.
			panicked()
			log.LogAttrs(ctx, slog.LevelError, "answering a request broke off",
				slog.String("type", fmt.Sprintf("%T", broken)), slog.String("stack", string(debug.Stack())))
			answer(w, http.StatusInternalServerError, "something went wrong; please try again")
		}(r.Context())
		h.ServeHTTP(w, r)
	})
}
