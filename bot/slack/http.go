package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	slackgo "github.com/slack-go/slack"
)

// The limits of a request of Slack's.
const (
	bodyMax      = 1 << 20                 // bytes that are read of one
	readMax      = 5 * time.Second         // for reading them
	openMax      = 1500 * time.Millisecond // how long one waits for Serve to begin
	replyMax     = 250_000                 // bytes of an answer: the largest form there may be
	refusedEvery = time.Minute             // how often the log tells of a refused one
)

// Where Slack's requests are taken.
const (
	pathEvents       = "/slack/events"
	pathInteractions = "/slack/interactions"
	pathCommands     = "/slack/commands"
)

// Register lets mux take what Slack sends to the app's request URLs: POST /slack/events, /slack/interactions and
// /slack/commands. In Socket Mode it does nothing.
//
// A request that Slack did not sign, or not within the last five minutes, gets 401 and an empty body. An event gets 200
// once it is committed and 503 when it could not be, so that Slack sends it again; a click, a command and a form are
// answered within three seconds, a form with what it shows next. Until Serve runs, and when too much is under way, the
// answer is 503, too. The same request sent twice has the same key.
func (s *Slack) Register(mux *http.ServeMux) { register(mux, []*Slack{s}) }

// register takes the requests for all the apps that are reached over HTTP: each has its own signing secret, so that the
// signature tells which one is meant.
func register(mux *http.ServeMux, apps []*Slack) {
	apps = slices.DeleteFunc(slices.Clone(apps), func(s *Slack) bool { return s.SigningSecret == "" })
	if len(apps) == 0 {
		return
	}
	for path, kind := range map[string]string{
		pathEvents: kindEvent, pathInteractions: kindInteraction, pathCommands: kindCommand,
	} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			s, body, status := signed(w, r, apps)
			if status != http.StatusOK {
				w.WriteHeader(status)
				return
			}
			s.receive(w, r, kind, body)
		})
	}
}

// receive brings one signed request to its end.
func (s *Slack) receive(w http.ResponseWriter, r *http.Request, kind string, body []byte) {
	if challenge, asked := verification(kind, body); asked {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, challenge)
		return
	}
	in := request{
		envelope: envelope{ID: r.Header.Get("X-Slack-Signature"), Type: kind, Payload: payload(kind, body)},
		reply:    make(chan []byte, 1),
	}
	select {
	case s.requests <- in:
	case <-s.After(openMax):
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	// What follows is bounded by patience and handleMax. It does not end with the request: Slack may hang up before an
	// event is committed, and it is committed all the same.
	answer, acknowledged := <-in.reply
	switch {
	case !acknowledged:
		w.WriteHeader(http.StatusServiceUnavailable)
	case len(answer) > 0:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(answer)
	default:
		w.WriteHeader(http.StatusOK) // with no body: Slack would show it to the person as an answer
	}
}

// signed reads a request's body and returns it, with status 200 and the app that is meant, when Slack signed exactly
// these bytes for it. Nothing in it is looked at before.
func signed(w http.ResponseWriter, r *http.Request, apps []*Slack) (meant *Slack, body []byte, status int) {
	if _, err := slackgo.NewSecretsVerifier(r.Header, apps[0].SigningSecret); err != nil { // form and age; both ways five minutes
		apps[0].refused(r.Context(), errors.Is(err, slackgo.ErrExpiredTimestamp))
		return nil, nil, http.StatusUnauthorized
	}
	slow := time.AfterFunc(readMax, func() { _ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) })
	defer slow.Stop()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, nil, http.StatusBadRequest
	}
	for _, s := range apps {
		check, err := slackgo.NewSecretsVerifier(r.Header, s.SigningSecret)
		if err != nil {
			continue
		}
		if _, err := check.Write(body); err == nil && check.Ensure() == nil {
			return s, body, http.StatusOK
		}
	}
	apps[0].refused(r.Context(), false)
	return nil, nil, http.StatusUnauthorized
}

// refused tells the operator, now and then, that requests are refused: whoever sends them is not told why.
func (s *Slack) refused(ctx context.Context, age bool) {
	now, last := s.Now().Unix(), s.told.Load()
	if last != 0 && now-last < int64(refusedEvery/time.Second) || !s.told.CompareAndSwap(last, now) {
		return
	}
	why := "its signature is not Slack's; is SLACK_SIGNING_SECRET right?"
	if age {
		why = "it is not of this minute; is this machine's clock right?"
	}
	s.Log.LogAttrs(ctx, slog.LevelWarn, "a request to Slack's address was refused", slog.String("why", why))
}

// verification reads the question with which Slack makes sure that a request URL is ours.
func verification(kind string, body []byte) (challenge string, asked bool) {
	var p struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if kind != kindEvent || json.Unmarshal(body, &p) != nil {
		return "", false
	}
	return p.Challenge, p.Type == "url_verification"
}

// payload is a request's body as Socket Mode hands it over; nothing when it cannot be read.
func payload(kind string, body []byte) json.RawMessage {
	if kind == kindEvent {
		return body
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil
	}
	if kind == kindInteraction {
		return json.RawMessage(form.Get("payload"))
	}
	flat := map[string]string{}
	for field := range form {
		flat[field] = form.Get(field)
	}
	raw, err := json.Marshal(flat)
	if err != nil {
		return nil
	}
	return raw
}

// request is a request of Slack's on its way to Serve. reply gets the body of its answer, or is closed without one when
// the request must count as not taken.
type request struct {
	envelope envelope
	reply    chan []byte
}

// ack answers the request.
func (r request) ack(payload any) error {
	var body []byte
	if payload != nil {
		var err error
		if body, err = json.Marshal(payload); err != nil {
			return fmt.Errorf("encode an answer: %w", err)
		}
		if string(body) == "null" {
			body = nil
		}
	}
	if len(body) > replyMax {
		return fmt.Errorf("an answer of %d bytes is too large", len(body))
	}
	select {
	case r.reply <- body:
		return nil
	default:
		return errors.New("it was answered before")
	}
}

// requested works on requests until ctx ends.
func (s *Slack) requested(ctx context.Context) {
	s.up[0].Store(true)
	defer s.up[0].Store(false)
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-s.requests:
			s.take(ctx, r.envelope, r.ack, func() { close(r.reply) })
		}
	}
}
