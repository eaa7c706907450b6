package slack

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Words that stand for a method and for how a request ended, where Slack has none. There are only so many of either,
// whatever Slack or somebody before it answers.
const (
	askedResponse = "response_url"
	askedOther    = "other"
	endedWell     = "ok"
	endedSilent   = "no-answer"
)

// answerMax bounds what is read of an answer: a page of history is the largest.
const answerMax = 16 << 20

// transport carries a request, notes what time Slack says it is, bounds the answer and tells how it went.
type transport struct {
	next    http.RoundTripper
	clock   *slackClock
	api     string // the Web API's address
	asked   func(method, code string)
	methods map[string]bool
	words   map[string]bool // of Slack's own for what is wrong
}

func newTransport(o Options, clock *slackClock) *transport {
	t := &transport{next: o.Transport, clock: clock, api: o.APIURL, asked: o.Asked, methods: map[string]bool{}, words: map[string]bool{}}
	for _, n := range Needs() {
		t.methods[n.Method] = true
	}
	for word := range goneWords() {
		t.words[word] = true
	}
	for _, word := range otherWords() {
		t.words[word] = true
	}
	return t
}

// RoundTrip carries one request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	method := t.method(r)
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		t.asked(method, endedSilent)
		return nil, err
	}
	t.clock.hear(resp.Header.Get("Date"))
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMax))
	_ = resp.Body.Close()
	if err != nil {
		t.asked(method, endedSilent)
		return nil, err
	}
	t.asked(method, t.code(method, resp.StatusCode, body))
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// method names what a request asks for. What is no method of the Web API is an address that Slack gave for one answer,
// which is as good as a token and is told to nobody.
func (t *transport) method(r *http.Request) string {
	method, ours := strings.CutPrefix(r.URL.Scheme+"://"+r.URL.Host+r.URL.Path, t.api)
	switch {
	case !ours:
		return askedResponse
	case !t.methods[method]:
		return askedOther
	default:
		return method
	}
}

// code says how a request ended: "ok", Slack's own word for what is wrong or, where there is none, the HTTP status.
func (t *transport) code(method string, status int, body []byte) string {
	var a struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	switch {
	case status != http.StatusOK && http.StatusText(status) != "":
		return strconv.Itoa(status)
	case status == http.StatusOK && method == askedResponse: // may be answered with a bare word
		return endedWell
	case status != http.StatusOK || json.Unmarshal(body, &a) != nil:
		return askedOther
	case a.OK:
		return endedWell
	case t.words[a.Error]:
		return a.Error
	default:
		return askedOther
	}
}

// otherWords are Slack's words for what is wrong that are counted as they are, beside those of goneWords.
func otherWords() []string {
	return []string{
		"ratelimited", "rate_limited", "message_limit_exceeded", "fatal_error", "internal_error", "service_unavailable", "request_timeout",
		"missing_scope", "invalid_blocks", "invalid_arguments", "invalid_auth", "not_authed", "token_revoked", "token_expired",
		"not_allowed_token_type", "org_login_required", "no_permission", unknownMethod, "msg_too_long", "no_text", "not_found", "hash_conflict",
		"expired_trigger_id", "exchanged_trigger_id", "view_too_large", "invalid_cursor", "thread_not_found",
	}
}
