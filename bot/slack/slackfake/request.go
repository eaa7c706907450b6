package slackfake

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Sign is the signature of a request's body at a time, given in Unix seconds.
func Sign(secret, timestamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, "v0:"+timestamp+":"+body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// SigningSecret is what the workspace signs its requests with.
func (f *Fake) SigningSecret() string { return f.config.SigningSecret }

// SetRequestURL switches the workspace from Socket Mode to HTTP: from now on it sends what happens to
// <base>/slack/events, /slack/interactions and /slack/commands. Like Slack it first makes sure that the address is the
// app's, and leaves everything as it was when that fails.
func (f *Fake) SetRequestURL(ctx context.Context, base string) error {
	challenge, err := json.Marshal(map[string]any{"token": "old-style", "type": "url_verification", "challenge": "3eZbrw1aB"})
	if err != nil {
		return err
	}
	said, err := f.ask(ctx, base+"/slack/events", "application/json", string(challenge), nil)
	if err != nil {
		return err
	}
	if said != "3eZbrw1aB" {
		return fmt.Errorf("the challenge was answered with %q", said)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requestURL = base
	f.wake()
	waiting := f.queue
	f.queue = nil
	for _, e := range waiting {
		f.dispatch(e)
	}
	return nil
}

// Reachable reports whether the app can be sent anything.
func (f *Fake) Reachable() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reachable()
}

// reachable reports whether the app can be sent anything. The caller holds f.mu.
func (f *Fake) reachable() bool { return len(f.sockets) > 0 || f.requestURL != "" }

// request sends an envelope over HTTP. An event that is not taken waits for AckWait or SendAgain; a click that is not
// has failed. The caller holds f.mu.
func (f *Fake) request(e *envelope) {
	address, kind, body, err := f.form(e)
	if err != nil {
		delete(f.flying, e.id)
		e.timer.Stop()
		e.act.finish(f, nil, err)
		return
	}
	extra := http.Header{}
	if e.attempt > 0 {
		extra.Set("X-Slack-Retry-Num", strconv.Itoa(e.attempt))
		extra.Set("X-Slack-Retry-Reason", strings.Replace(e.reason, "timeout", "http_timeout", 1))
	}
	id := e.id
	f.asking.Go(func() {
		said, err := f.carry(address, kind, body, extra)
		f.mu.Lock()
		defer f.mu.Unlock()
		switch {
		case f.flying[id] != e: // given up
		case err == nil:
			f.taken(e, json.RawMessage(said))
		case !e.again && !f.closed:
			f.giveUp(e, "")
		default:
			e.refused = true
			f.wake()
		}
	})
}

// form is an envelope as an HTTP request.
func (f *Fake) form(e *envelope) (address, kind, body string, err error) {
	raw, err := json.Marshal(e.payload)
	if err != nil {
		return "", "", "", err
	}
	const encoded = "application/x-www-form-urlencoded"
	switch e.kind {
	case "events_api":
		return f.requestURL + "/slack/events", "application/json", string(raw), nil
	case "interactive":
		return f.requestURL + "/slack/interactions", encoded, url.Values{"payload": {string(raw)}}.Encode(), nil
	case "slash_commands":
		values := url.Values{}
		fields, _ := e.payload.(map[string]any)
		for name, v := range fields {
			values.Set(name, fmt.Sprint(v))
		}
		return f.requestURL + "/slack/commands", encoded, values.Encode(), nil
	default:
		return "", "", "", fmt.Errorf("over HTTP there is no %s", e.kind)
	}
}

// ask sends one signed request and returns the body of its answer. Only 2xx counts.
func (f *Fake) ask(ctx context.Context, address, kind, body string, extra http.Header) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	at := strconv.FormatInt(f.config.Now().Unix(), 10)
	for name := range extra {
		r.Header.Set(name, extra.Get(name))
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", at)
	r.Header.Set("X-Slack-Signature", Sign(f.config.SigningSecret, at, body))
	resp, err := f.client.Do(r)
	if err != nil {
		return "", err
	}
	said, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return "", err
	}
	if resp.StatusCode/100 != 2 {
		return "", fmt.Errorf("the app answered %s", resp.Status)
	}
	return string(said), nil
}

// client sends requests over a connection each, as from many machines.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Refused returns how many events the app has turned down over HTTP and that wait to be sent again.
func (f *Fake) Refused() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, e := range f.flying {
		if e.refused {
			n++
		}
	}
	return n
}
