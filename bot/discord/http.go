package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	discordgo "github.com/bwmarrin/discordgo"
)

// The limits of a request of Discord's.
const (
	bodyMax      = 1 << 20                 // bytes that are read of one
	readMax      = 2 * time.Second         // for reading them
	openMax      = 1500 * time.Millisecond // how long one waits for Serve to begin
	ageMax       = 5 * time.Minute         // either way: Discord names none
	refusedEvery = time.Minute             // how often the log tells of a refused one
)

// request is an interaction that came over HTTP, on its way to Serve. reply gets the body of its answer, or is closed
// without one.
type request struct {
	in    decoded
	plain bool // messages are made the old way
	reply chan []byte
}

// Register lets mux take POST /discord/interactions when there is a public key. A request that Discord did not sign, or
// not within the last five minutes, gets 401 and an empty body; one that is too large or cannot be read 413 or 400. Until
// Serve runs, and when too much is under way, the answer is 503.
func (d *Discord) Register(mux *http.ServeMux) {
	if len(d.key) > 0 {
		mux.HandleFunc("POST /discord/interactions", d.receive)
	}
}

func (d *Discord) receive(w http.ResponseWriter, r *http.Request) {
	body, status := d.signed(w, r)
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	in, err := decodeInteraction(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if in.kind == pinged {
		respond(w, []byte(`{"type":1}`))
		return
	}
	req := request{in: in, plain: d.plainly(), reply: make(chan []byte, 1)}
	select {
	case d.requests <- req:
	case <-d.After(openMax):
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case <-r.Context().Done():
		return
	}
	// What follows is bounded by patience. It does not end with the request: what was done is done.
	if answer, ok := <-req.reply; ok {
		respond(w, answer)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

func respond(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
}

// signed reads a request's body and returns it with status 200 when Discord signed exactly these bytes. Nothing in it is
// looked at before.
func (d *Discord) signed(w http.ResponseWriter, r *http.Request) (body []byte, status int) {
	stamp, err := strconv.ParseInt(r.Header.Get("X-Signature-Timestamp"), 10, 64)
	if age := d.Machine().Sub(time.Unix(stamp, 0)); err != nil || age > ageMax || age < -ageMax {
		d.refused(r.Context(), "it is not of this minute; is this machine's clock right?")
		return nil, http.StatusUnauthorized
	}
	slow := time.AfterFunc(readMax, func() { _ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) })
	defer slow.Stop()
	limited := http.MaxBytesReader(w, r.Body, bodyMax)
	r.Body = limited
	genuine := discordgo.VerifyInteraction(r, d.key) // puts what it read back into r.Body
	slow.Stop()
	if !genuine {
		var tooLarge *http.MaxBytesError
		if _, err := limited.Read(make([]byte, 1)); errors.As(err, &tooLarge) {
			return nil, http.StatusRequestEntityTooLarge
		}
		d.refused(r.Context(), "its signature is not Discord's; is DISCORD_PUBLIC_KEY right?")
		return nil, http.StatusUnauthorized
	}
	if body, err = io.ReadAll(r.Body); err != nil {
		return nil, http.StatusBadRequest
	}
	return body, http.StatusOK
}

// refused tells the operator, now and then, that requests are refused: whoever sends them is not told why. Discord itself
// sends a false one from time to time, to see whether it is refused.
func (d *Discord) refused(ctx context.Context, why string) {
	now, last := d.Now().Unix(), d.told.Load()
	if last != 0 && now-last < int64(refusedEvery/time.Second) || !d.told.CompareAndSwap(last, now) {
		return
	}
	d.Log.LogAttrs(ctx, slog.LevelWarn, "a request to Discord's address was refused", slog.String("why", why))
}

// requested works on requests until ctx ends.
func (d *Discord) requested(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-d.requests:
			d.take(ctx, "request", func(ctx context.Context) error { return d.interact(ctx, r.in, r.answer) }, func(error) { close(r.reply) })
		}
	}
}

// answer is the reply to an interaction that came over HTTP.
func (r request) answer(_ context.Context, a answered) error {
	if m, is := a.Data.(message); is && r.plain {
		a.Data = m.plain()
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	select {
	case r.reply <- raw:
		return nil
	default:
		return errors.New("it was answered before")
	}
}
