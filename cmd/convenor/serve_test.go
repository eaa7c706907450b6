package main

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/store/redistest"
)

// TestServe is the whole way once on Slack: the real binary, Socket Mode over a real WebSocket or signed requests over
// real HTTP, a real Redis, in both languages. Convenor is added to a channel and set up there, with a kill in between; a
// round; sign-ups by buttons and by form; a step made of a message, taken, nudged by the rehearsal clock and done, with
// the home tab following.
func TestServe(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		locale flows.Locale
		http   bool
	}{
		"Socket Mode en": {flows.English, false}, "Socket Mode es": {flows.Spanish, false},
		"HTTP en": {flows.English, true}, "HTTP es": {flows.Spanish, true},
	} {
		l := tt.locale
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis := redistest.Start(t)
			code := map[flows.Locale]string{flows.English: "en-US", flows.Spanish: "es-LA"}[l]
			member := func(id, name, zone string) slackfake.User {
				return slackfake.User{ID: id, Name: name, Zone: zone, Locale: code}
			}
			p := people{locale: l, office: openOfficeOver(t, tt.http, redis.URL(),
				member("U1", "Rosa Delgado", "America/Chicago"), member("U2", "Marcus Bell", "America/Los_Angeles"),
				member("U3", "Ana Reyes", "America/Chicago"))}
			p.added()
			p.setUp()
			p.round()
			p.signUp()
			p.signUpByForm()
			p.step()
			p.nudges()
			p.quietLog()
			if !tt.http { // over HTTP it looks the same
				p.pictures()
			}
		})
	}
}

// metrics is what Prometheus would read.
func (p people) metrics() string {
	p.t.Helper()
	r, err := http.Get("http://" + p.addr + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		p.t.Fatal(r.Status, err)
	}
	return string(text)
}

// crash makes the process break off with all its stacks, as after a fault that nothing catches.
func (p people) crash() {
	p.t.Helper()
	p.breakOff()
	if !strings.Contains(p.said.String(), "goroutine ") {
		p.t.Error("nothing was said as it broke off")
	}
}

// quietLog looks for what must not be in the log, in the metrics and in what is said at a crash: everybody's name and id,
// every word that was typed, every token, and where all that was.
func (p people) quietLog() {
	p.t.Helper()
	never := append(p.fake.Private(), "slack:"+p.fake.Team(), "xoxb-", "xapp-")
	if len(never) < 40 || !slices.Contains(never, "The north side") || !slices.Contains(never, "Delgado") {
		p.t.Errorf("too little is looked for: %q", never)
	}
	counted := p.metrics()
	for _, line := range []string{
		`convenor_interactions_total{kind="press",outcome="saved",platform="slack"}`,
		`convenor_platform_requests_total{code="ok",method="chat.postMessage",platform="slack"}`,
		`convenor_platform_requests_total{code="ok",method="response_url",platform="slack"}`,
	} {
		if !strings.Contains(counted, line) {
			p.t.Errorf("%s was not counted:\n%s", line, counted)
		}
	}
	p.crash()
	for name, text := range map[string]string{"log, and what it says as it breaks off,": p.said.String(), "metrics": counted} {
		for _, word := range never {
			if regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(word) + `(\W|$)`).MatchString(text) {
				p.t.Errorf("the %s holds %q", name, word)
			}
		}
	}
}
