package slack

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/bot/slack/slackfake"
)

const signingSecret = "8f742231b10e8888abcd99bacabb85a5"

// entrance is the routes of an adapter that does not serve, and what it logs.
func entrance(t *testing.T) (*http.ServeMux, *strings.Builder) {
	t.Helper()
	var said strings.Builder
	s := got(New(Options{
		BotToken: "xoxb-1", SigningSecret: signingSecret, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(&said, nil)), After: newTimers(openMax).after,
	}))(t)
	mux := http.NewServeMux()
	s.Register(mux)
	return mux, &said
}

// knock sends one request and returns its answer.
func knock(mux http.Handler, path, timestamp, signature, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", signature)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

const challenge = `{"token":"old-style","type":"url_verification","challenge":"3eZbrw1aB"}`

// scaled is n, or with CONVENOR_SCALE set that many times n.
func scaled(t *testing.T, n int) int {
	t.Helper()
	if scale, err := strconv.Atoi(os.Getenv("CONVENOR_SCALE")); err == nil && scale > 0 {
		n *= scale
	}
	t.Logf("%d times", n)
	return n
}

// However a signed request is changed, it is refused, and without a word.
func TestMutatedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	mux, said := entrance(t)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range scaled(t, 100_000) {
		at := strconv.FormatInt(time.Now().Unix(), 10)
		signature := slackfake.Sign(signingSecret, at, challenge)
		stamp, sign, body := at, signature, challenge
		switch i % 4 {
		case 0:
			sign = bottest.Mutate(random, signature)
		case 1:
			body = bottest.Mutate(random, challenge)
		case 2:
			stamp = bottest.Mutate(random, at)
		default:
			stamp, sign, body = bottest.Mutate(random, at), bottest.Mutate(random, signature), bottest.Mutate(random, challenge)
		}
		if stamp == at && strings.EqualFold(sign, signature) && body == challenge {
			continue // the same request: the letters of a number may be large or small
		}
		if w := knock(mux, "/slack/events", stamp, sign, body); w.Code != http.StatusUnauthorized || w.Body.Len() != 0 {
			t.Fatalf("%q, %q, %q: %d %q", stamp, sign, body, w.Code, w.Body)
		}
	}
	if lines := strings.Count(said.String(), "\n"); lines == 0 || lines > 10 || strings.Contains(said.String(), "3eZ") {
		t.Errorf("the log holds %d lines:\n%s", lines, said)
	}
}

// A signature is good for five minutes, before and after; Slack's question about the address is answered.
func TestWindowAndChallenge(t *testing.T) {
	t.Parallel()
	mux, _ := entrance(t)
	for ago, want := range map[time.Duration]int{
		0: 200, 290 * time.Second: 200, -290 * time.Second: 200, 310 * time.Second: 401, -310 * time.Second: 401, 24 * time.Hour: 401,
	} {
		at := strconv.FormatInt(time.Now().Add(-ago).Unix(), 10)
		w := knock(mux, "/slack/events", at, slackfake.Sign(signingSecret, at, challenge), challenge)
		if w.Code != want || want == 200 && w.Body.String() != "3eZbrw1aB" {
			t.Errorf("%v ago: %d %q", ago, w.Code, w.Body)
		}
	}
}

func TestRequestsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	mux, _ := entrance(t)
	at := strconv.FormatInt(time.Now().Unix(), 10)
	large := strings.Repeat("x", bodyMax+1)
	for name, tt := range map[string]struct {
		path, secret, body string
		want               int
	}{
		"too large":                {"/slack/events", signingSecret, large, http.StatusRequestEntityTooLarge},
		"too large and not signed": {"/slack/commands", "other", large, http.StatusRequestEntityTooLarge},
		"another secret":           {"/slack/interactions", "other", "payload=%7B%7D", http.StatusUnauthorized},
		"nobody serves yet":        {"/slack/events", signingSecret, `{"type":"event_callback"}`, http.StatusServiceUnavailable},
		"no such address":          {"/slack/other", signingSecret, "{}", http.StatusNotFound},
	} {
		if w := knock(mux, tt.path, at, slackfake.Sign(tt.secret, at, tt.body), tt.body); w.Code != tt.want {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := knock(mux, "/slack/events", "", "", challenge); w.Code != http.StatusUnauthorized {
		t.Errorf("not signed at all: %d", w.Code)
	}
}

// In Socket Mode there is no way in over HTTP.
func TestNoRoutesInSocketMode(t *testing.T) {
	t.Parallel()
	s := got(New(Options{BotToken: "xoxb-1", AppToken: "xapp-1", Now: time.Now}))(t)
	mux := http.NewServeMux()
	s.Register(mux)
	if w := knock(mux, "/slack/events", "", "", challenge); w.Code != http.StatusNotFound {
		t.Errorf("answered %d", w.Code)
	}
}

// An event that was not saved gets 503, one that was gets 200 and no body; the same request twice has the same key, and
// what is signed but cannot be read is not asked for again.
func TestStatusOfAnEvent(t *testing.T) {
	t.Parallel()
	h := openBy(t, overHTTP, slackfake.Config{})
	mux := http.NewServeMux()
	h.slack.Register(mux)
	body := `{"type":"event_callback","event_id":"Ev9","event":{"type":"message","channel_type":"im","channel":"D1","user":"` + ana + `","text":"hi"}}`
	send := func(path, body string) *httptest.ResponseRecorder {
		at := strconv.FormatInt(time.Now().Unix(), 10)
		return knock(mux, path, at, slackfake.Sign(h.SigningSecret(), at, body), body)
	}
	h.clerk.answers(bot.Answer{}, errAway)
	if w := send("/slack/events", body); w.Code != http.StatusServiceUnavailable || w.Body.Len() != 0 {
		t.Errorf("not saved: %d %q", w.Code, w.Body)
	}
	h.clerk.answers(bot.Answer{}, nil)
	for range 2 {
		if w := send("/slack/events", body); w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("saved: %d %q", w.Code, w.Body)
		}
	}
	for _, in := range h.clerk.all() {
		if in.Key != "slack:T1:Ev9" {
			t.Errorf("key %q", in.Key)
		}
	}
	for path, body := range map[string]string{
		"/slack/events": "not even JSON", "/slack/interactions": "payload=%zz", "/slack/commands": "ssl_check=1",
	} {
		if w := send(path, body); w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
	if n := len(h.clerk.all()); n != 3 {
		t.Errorf("heard %d", n)
	}
}

// More at once than there are hands: what is left over is turned down, and sent again.
func TestTooMuchAtOnceOverHTTP(t *testing.T) {
	t.Parallel()
	h := openBy(t, overHTTP, slackfake.Config{AckWait: time.Hour})
	release := make(chan struct{})
	h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
		<-release
		return bot.Answer{}, nil
	})
	const more = 5
	for i := range inFlightMax + more {
		h.DM(ana, fmt.Sprintf("hello %d", i))
	}
	must(t, h.Await(patient(t), "some are turned down", func() bool { return h.Refused() == more }))
	close(release)
	must(t, h.Await(patient(t), "all but the last", func() bool { return h.Unacknowledged() == more }))
	h.rest(t)
	h.SendAgain()
	must(t, h.Await(patient(t), "all is acknowledged", func() bool { return h.Unacknowledged() == 0 }))
}
