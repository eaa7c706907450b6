package slack

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// tally counts what Asked was told.
type tally struct {
	mu    sync.Mutex
	count map[string]int // by method and code
}

func (c *tally) asked(method, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int{}
	}
	c.count[method+" "+code]++
}

func (c *tally) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.count)
}

// TestEachRequestIsTold: method and outcome of each request, and never a word that Slack makes up, an id or an address.
func TestEachRequestIsTold(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault slackfake.Fault
		want  string
	}{
		"it works":             {slackfake.Fault{}, "ok"},
		"a word we know":       {slackfake.Fault{Error: "is_archived"}, "is_archived"},
		"another":              {slackfake.Fault{Error: "ratelimited"}, "ratelimited"},
		"a word we do not":     {slackfake.Fault{Error: "no_such_" + ana}, "other"},
		"429":                  {slackfake.Fault{Status: 429, RetryAfter: time.Second}, "429"},
		"503":                  {slackfake.Fault{Status: 503}, "503"},
		"a status of nobody's": {slackfake.Fault{Status: 799}, "other"},
		"not JSON":             {slackfake.Fault{Body: "<html>"}, "other"},
		"no answer":            {slackfake.Fault{Drop: true}, "no-answer"},
		"half an answer":       {slackfake.Fault{Cut: true}, "no-answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told tally
			f, s := quiet(t, func(o *Options) { o.Asked = told.asked })
			before := told.all()
			f.Fault("chat.postMessage", tt.fault)
			_, _ = s.Send(t.Context(), channel, "k", says("Hello")) // TestSendErrors looks at what comes of it
			after := told.all()
			key := "chat.postMessage " + tt.want
			if after[key] != before[key]+1 {
				t.Errorf("told %v, then %v", before, after)
			}
			if after[key]--; after[key] == 0 {
				delete(after, key)
			}
			if !maps.Equal(before, after) {
				t.Errorf("and more: %v, then %v", before, after)
			}
		})
	}
}

// TestRequestsAreNamed: each method of Needs has its own name.
func TestRequestsAreNamed(t *testing.T) {
	t.Parallel()
	var told tally
	f := workspace(t, slackfake.Config{})
	s := adapter(t, f, func(o *Options) { o.Asked = told.asked })
	must(t, s.Start(t.Context()))
	started := told.all()
	for _, n := range Needs() {
		if n.Method == methodConnect {
			continue
		}
		sum := 0
		for what, times := range started {
			if method, _, _ := strings.Cut(what, " "); method == n.Method {
				sum += times
			}
		}
		if sum != 1 {
			t.Errorf("%s was told %d times at the start: %v", n.Method, sum, started)
		}
	}
	at := got(s.Send(t.Context(), channel, "k", says("Hello", button("Fine", flows.Token{Verb: flows.VerbMenu}))))(t)
	must(t, s.Edit(t.Context(), at, says("Bye")))
	_ = got(s.Profile(t.Context(), "slack:T1", ben))(t)
	told.mu.Lock()
	defer told.mu.Unlock()
	for _, want := range []string{"chat.postMessage ok", "chat.update ok", "users.info ok"} {
		if told.count[want] != started[want]+1 {
			t.Errorf("%s was told %d times", want, told.count[want]-started[want])
		}
	}
}

// TestOtherAddressesAreNotNamed: what is not one of our methods has one name, and what is not the Web API another.
func TestOtherAddressesAreNotNamed(t *testing.T) {
	t.Parallel()
	f := workspace(t, slackfake.Config{})
	s := adapter(t, f, nil)
	way := newTransport(s.Options, s.clock)
	for address, want := range map[string]string{
		f.APIURL() + "chat.postMessage":                "chat.postMessage",
		f.APIURL() + "chat.postMessage?token=secret":   "chat.postMessage",
		f.APIURL() + "users.info/" + ana:               "other",
		f.APIURL():                                     "other",
		"https://hooks.slack.com/actions/T1/2/secret3": "response_url",
	} {
		r := got(http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil))(t)
		if name := way.method(r); name != want {
			t.Errorf("%s is told as %q, not %q", address, name, want)
		}
	}
}
