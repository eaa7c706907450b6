package discord

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Words that stand for a route and for how a request ended, where there is no other. There are only so many of either,
// whatever Discord or somebody before it answers.
const (
	askedOther  = "other"
	endedOther  = "other"
	endedSilent = "no-answer"
)

// routes are the ways of Discord's API that are asked. An id, and a token above all, is told to nobody.
func routes() []string {
	return []string{
		"applications/@me", "applications/{id}/commands", "channels/{id}", "channels/{id}/messages", "channels/{id}/messages/{id}",
		"channels/{id}/messages/{id}/threads", "gateway/bot", "guilds/{id}/channels", "guilds/{id}/members/{id}",
		"interactions/{id}/{token}/callback", "users/@me", "users/@me/channels", "users/@me/guilds", "webhooks/{id}/{token}",
		"webhooks/{id}/{token}/messages/{id}",
	}
}

// asking carries requests and tells how each went.
type asking struct {
	next   http.RoundTripper
	base   *url.URL // the API's address
	asked  func(method, code string)
	routes [][]string
}

func newAsking(o Options, base *url.URL) *asking {
	a := &asking{next: o.Transport, base: base, asked: o.Asked}
	for _, r := range routes() {
		a.routes = append(a.routes, strings.Split(r, "/"))
	}
	return a
}

// RoundTrip carries one request.
func (a *asking) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.next.RoundTrip(r)
	code := endedSilent
	if err == nil {
		code = endedOther
		if http.StatusText(resp.StatusCode) != "" {
			code = strconv.Itoa(resp.StatusCode)
		}
	}
	a.asked(a.method(r), code)
	return resp, err
}

// method names what a request asks for, like "POST /channels/{id}/messages".
func (a *asking) method(r *http.Request) string {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, a.base.Path+"/"), "/")
	for _, route := range a.routes {
		if goes(parts, route) {
			return r.Method + " /" + strings.Join(route, "/")
		}
	}
	return askedOther
}

// goes reports whether a path is one of a route.
func goes(path, route []string) bool {
	if len(path) != len(route) {
		return false
	}
	for i, part := range route {
		if part != path[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}
