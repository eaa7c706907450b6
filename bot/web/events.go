package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// pingEvery is how often a quiet stream says something, so that nothing between us and the page takes it for dead.
const pingEvery = 20 * time.Second

// serveEvents streams changes: "item" for a message that came or changed, then "stir" when these are told or when the
// clock or what Convenor remembers may have changed. Only a stir carries an id, the number of the last change told: a
// page that comes back names it and gets only what it missed. A slow page misses nothing and holds up nobody: it is told the newest state of
// things whenever it is ready.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	if err := out.SetWriteDeadline(time.Time{}); err != nil {
		http.Error(w, "streams are not possible here", http.StatusNotImplemented)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	last, _ := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64) // none or nonsense: from the beginning
	told := int64(-1)
	for {
		stirred, stir := s.stirring()
		news, upTo, changed := s.World.since(last)
		for _, it := range news {
			if err := event(w, "item", "", it); err != nil {
				return
			}
		}
		if stirred != told || len(news) > 0 {
			if err := event(w, "stir", strconv.FormatInt(upTo, 10), map[string]any{"now": s.Now(), "last": upTo}); err != nil {
				return
			}
		}
		last, told = upTo, stirred
		if out.Flush() != nil || !s.wait(r.Context(), w, changed, stir) {
			return
		}
	}
}

// wait returns when there may be something to tell; false when the stream is over.
func (s *Server) wait(ctx context.Context, w http.ResponseWriter, changed, stir <-chan struct{}) bool {
	quiet, cancel := context.WithTimeout(ctx, pingEvery)
	defer cancel()
	select {
	case <-changed:
		return true
	case <-stir:
		return true
	case <-s.closed:
		return false
	case <-quiet.Done():
		_, err := fmt.Fprint(w, ": still here\n\n")
		return err == nil && ctx.Err() == nil
	}
}

// event writes one event. JSON has no line breaks, so one data line holds it.
func event(w http.ResponseWriter, name, id string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	_, err = fmt.Fprintf(w, "%sevent: %s\ndata: %s\n\n", id, name, text)
	return err
}
