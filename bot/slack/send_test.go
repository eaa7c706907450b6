package slack

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// quiet starts an adapter that is not connected: for what goes out alone.
func quiet(t *testing.T, change func(*Options)) (*slackfake.Fake, *Slack) {
	t.Helper()
	f := workspace(t, slackfake.Config{})
	s := adapter(t, f, change)
	must(t, s.Start(t.Context()))
	return f, s
}

var channel = bot.Address{Place: "slack:T1", Channel: general}

func TestSendAndEdit(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	to := bot.Address{Place: "slack:T1", User: ana}
	at := got(s.Send(t.Context(), to, "mark1", says("Hello <Ana> & all", button("Fine", flows.Token{Verb: flows.VerbMenu}))))(t)
	if at.Platform != "slack" || at.Channel != slackfake.DMChannel(ana) || at.Message == "" {
		t.Errorf("posted at %+v", at)
	}
	m := f.DMs(ana)[0]
	if m.Text != "Hello &lt;Ana&gt; &amp; all\n[Fine]" || m.Shown() != "Hello <Ana> & all\n[Fine]" {
		t.Errorf("text %q, shown %q", m.Text, m.Shown())
	}
	if m.Metadata == nil || m.Metadata.EventType != "convenor" || m.Metadata.Payload["k"] != "mark1" || len(m.Metadata.Payload) != 1 {
		t.Errorf("metadata: %+v", m.Metadata)
	}
	args := f.Calls("chat.postMessage")[0].Args
	for k, want := range map[string]string{"unfurl_links": "false", "unfurl_media": "false", "parse": "none", "mrkdwn": "false"} {
		if args[k] != want {
			t.Errorf("%s is %q", k, args[k])
		}
	}
	must(t, s.Edit(t.Context(), at, says("Changed")))
	if m := f.DMs(ana)[0]; m.Shown() != "Changed" || m.Text != "Changed" || len(f.DMs(ana)) != 1 {
		t.Errorf("after the edit: %+v", m)
	}
	got(s.Send(t.Context(), to, "mark2", says("Again")))(t)
	if n := len(f.Calls("conversations.open")); n != 1 {
		t.Errorf("the direct message was opened %d times", n)
	}
}

func TestSendErrors(t *testing.T) {
	t.Parallel()
	const none, busy, gone, unclear, plain = "", "busy", "gone", "unclear", "plain"
	for name, c := range map[string]struct {
		fault  slackfake.Fault
		want   string
		reason string
	}{
		"429":                 {slackfake.Fault{Status: 429, RetryAfter: 7 * time.Second}, busy, ""},
		"ratelimited":         {slackfake.Fault{Error: "ratelimited"}, busy, ""},
		"500":                 {slackfake.Fault{Status: 500}, unclear, ""},
		"500 but posted":      {slackfake.Fault{Status: 500, Done: true}, unclear, ""},
		"503":                 {slackfake.Fault{Status: 503}, unclear, ""},
		"cut before":          {slackfake.Fault{Drop: true}, unclear, ""},
		"cut after":           {slackfake.Fault{Drop: true, Done: true}, unclear, ""},
		"not JSON":            {slackfake.Fault{Body: "<html>", Done: true}, unclear, ""},
		"half JSON":           {slackfake.Fault{Body: `{"ok": true, "ts": "1`, Done: true}, unclear, ""},
		"says nothing":        {slackfake.Fault{Body: `{}`, Done: true}, unclear, ""},
		"fatal_error":         {slackfake.Fault{Error: "fatal_error", Done: true}, unclear, ""},
		"internal_error":      {slackfake.Fault{Error: "internal_error"}, unclear, ""},
		"400":                 {slackfake.Fault{Status: 400}, plain, ""},
		"404":                 {slackfake.Fault{Status: 404}, plain, ""},
		"a redirect":          {slackfake.Fault{Status: 302}, plain, ""},
		"invalid_blocks":      {slackfake.Fault{Error: "invalid_blocks"}, plain, ""},
		"invalid_auth":        {slackfake.Fault{Error: "invalid_auth"}, plain, ""},
		"missing_scope":       {slackfake.Fault{Error: "missing_scope"}, plain, ""},
		"channel_not_found":   {slackfake.Fault{Error: "channel_not_found"}, gone, "not-found"},
		"is_archived":         {slackfake.Fault{Error: "is_archived"}, gone, "archived"},
		"not_in_channel":      {slackfake.Fault{Error: "not_in_channel"}, gone, "not-in-channel"},
		"user_disabled":       {slackfake.Fault{Error: "user_disabled"}, gone, "left"},
		"account_inactive":    {slackfake.Fault{Error: "account_inactive"}, gone, "inactive"},
		"nothing wrong":       {slackfake.Fault{}, none, ""},
		"slow, but it worked": {slackfake.Fault{Hold: closed()}, none, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, s := quiet(t, nil)
			f.Fault("chat.postMessage", c.fault)
			_, err := s.Send(t.Context(), channel, "k", says("Hello"))
			if kind := kindOf(err); kind != c.want {
				t.Fatalf("%v is %s, not %s", err, kind, c.want)
			}
			var g *bot.GoneError
			if errors.As(err, &g) && g.Reason != c.reason {
				t.Errorf("the reason is %q", g.Reason)
			}
			var b *bot.BusyError
			if errors.As(err, &b) && (b.After <= 0 || c.fault.RetryAfter > 0 && b.After != c.fault.RetryAfter) {
				t.Errorf("to wait %v", b.After)
			}
			if n := len(f.Calls("chat.postMessage")); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func kindOf(err error) string {
	var busy *bot.BusyError
	var gone *bot.GoneError
	var unclear *bot.UnclearError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &busy):
		return "busy"
	case errors.As(err, &gone):
		return "gone"
	case errors.As(err, &unclear):
		return "unclear"
	default:
		return "plain"
	}
}

// A time-out while Slack was asked is unclear; a server that nobody could reach is not.
func TestTimeoutIsUnclear(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	hold := make(chan struct{})
	f.Fault("chat.postMessage", slackfake.Fault{Hold: hold, Done: true})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := s.Send(ctx, channel, "k", says("Hello"))
		ended <- err
	}()
	got(f.AwaitMessage(patient(t), general, "Hello"))(t)
	cancel()
	if err := <-ended; kindOf(err) != "unclear" {
		t.Errorf("said %v", err)
	}
	close(hold)
	f.Close()
	soon := patient(t)
	for kind := ""; kind != "plain"; { // over a connection that was open before, it is unclear once more
		_, err := s.Send(soon, channel, "k", says("Hello"))
		if kind = kindOf(err); soon.Err() != nil || kind == "" {
			t.Fatalf("nobody there: %v", err)
		}
	}
}

// Before a message is posted nothing can be unclear.
func TestOpeningADirectMessageIsNeverUnclear(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	to := bot.Address{Place: "slack:T1", User: ana}
	f.Fault("conversations.open", slackfake.Fault{Status: 500}, slackfake.Fault{Drop: true}, slackfake.Fault{Body: "{}"}, slackfake.Fault{Status: 429, RetryAfter: time.Second})
	for _, want := range []string{"plain", "plain", "plain", "busy"} {
		if _, err := s.Send(t.Context(), to, "k", says("Hello")); kindOf(err) != want {
			t.Errorf("%v is not %s", err, want)
		}
	}
	if _, err := s.Send(t.Context(), bot.Address{Place: "slack:T1", User: "U0NOBODY"}, "k", says("Hello")); kindOf(err) != "gone" {
		t.Errorf("to nobody: %v", err)
	}
	got(s.Send(t.Context(), to, "k", says("Hello")))(t)
	f.AddUser(slackfake.User{ID: ana, Name: "Ana", Deleted: true})
	for range 2 { // also when the channel's id is no longer remembered
		if _, err := s.Send(t.Context(), to, "k", says("Hello")); kindOf(err) != "gone" {
			t.Errorf("to somebody who left: %v", err)
		}
	}
}

func TestEditErrors(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	if err := s.Edit(t.Context(), flows.Posted{Platform: "slack", Channel: general, Message: "1.2"}, says("x")); kindOf(err) != "gone" {
		t.Errorf("nothing there: %v", err)
	}
	at := got(s.Send(t.Context(), channel, "k", says("Hello")))(t)
	f.Fault("chat.update", slackfake.Fault{Status: 429, RetryAfter: time.Second}, slackfake.Fault{Status: 502})
	for _, want := range []string{"busy", "unclear", ""} {
		if err := s.Edit(t.Context(), at, says("Changed")); kindOf(err) != want {
			t.Errorf("%v is not %q", err, want)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	since := time.Now().Add(-time.Minute)
	to := bot.Address{Place: "slack:T1", User: ana}
	if _, found, err := s.Find(t.Context(), to, "k", since); found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	f.Fault("chat.postMessage", slackfake.Fault{Drop: true, Done: true})
	if _, err := s.Send(t.Context(), to, "k", says("Hello")); kindOf(err) != "unclear" {
		t.Errorf("said %v", err)
	}
	at, found, err := s.Find(t.Context(), to, "k", since)
	if !found || err != nil || at.Channel != slackfake.DMChannel(ana) || at.Message != f.DMs(ana)[0].TS {
		t.Errorf("found %+v, %v, %v", at, found, err)
	}
	must(t, s.Edit(t.Context(), at, says("Changed")))
	if again, still, err := s.Find(t.Context(), to, "k", since); !still || err != nil || again != at {
		t.Errorf("after an edit: %+v, %v, %v", again, still, err)
	}
	if _, found, err = s.Find(t.Context(), to, "k", time.Now().Add(time.Hour)); found || err != nil {
		t.Errorf("found %v, %v, though it is older", found, err)
	}
	f.Fault("conversations.history", slackfake.Fault{Status: 500}, slackfake.Fault{Body: "{}"}, slackfake.Fault{Status: 429, RetryAfter: time.Second}, slackfake.Fault{Error: "channel_not_found"})
	for _, want := range []string{"plain", "plain", "busy", "gone"} {
		if _, found, err := s.Find(t.Context(), to, "k", since); found || kindOf(err) != want {
			t.Errorf("%v, %v is not %q", found, err, want)
		}
	}
}

// A message is found behind pages of others, and in the company of messages that no decoder of Slack's could read.
func TestFindInABusyChannel(t *testing.T) {
	t.Parallel()
	_, s := quiet(t, nil)
	since := time.Now().Add(-time.Minute)
	want := got(s.Send(t.Context(), channel, "k", says("Hello")))(t)
	for i := range lookPage + 10 {
		got(s.Send(t.Context(), channel, "other"+strconv.Itoa(i), says("Something else")))(t)
	}
	at, found, err := s.Find(t.Context(), channel, "k", since)
	if !found || err != nil || at != want {
		t.Errorf("found %+v, %v, %v", at, found, err)
	}
}

func TestFindReadsPastOddMessages(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	f.Fault("conversations.history", slackfake.Fault{Body: `{"ok": true, "messages": [
		{"ts": "9.1", "blocks": [{"type": "section", "text": 7}], "metadata": {"event_type": "other", "event_payload": {"k": 7}}},
		{"ts": "9.0", "blocks": [{"type": "section", "block_id": "k"}]}]}`})
	at, found, err := s.Find(t.Context(), channel, "k", time.Now())
	if !found || err != nil || at.Message != "9.0" {
		t.Errorf("found %+v, %v, %v", at, found, err)
	}
}

func TestFindGivesUpRatherThanGuess(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	for range lookPages {
		f.Fault("conversations.history", slackfake.Fault{Body: `{"ok": true, "messages": [], "has_more": true, "response_metadata": {"next_cursor": "1"}}`})
	}
	if _, found, err := s.Find(t.Context(), channel, "k", time.Now()); found || err == nil {
		t.Errorf("found %v, %v", found, err)
	}
}

// A rehearsal moves our clock, not Slack's: a message is looked for by Slack's, even when the clock was moved between
// the post and the first answer that tells the time.
func TestFindWhenTheClockWasMoved(t *testing.T) {
	t.Parallel()
	ahead := time.Duration(0)
	f, s := quiet(t, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(ahead) } })
	ahead = 26 * time.Hour
	since := time.Now().Add(ahead)
	f.Fault("chat.postMessage", slackfake.Fault{Drop: true, Done: true})
	if _, err := s.Send(t.Context(), channel, "k", says("Hello")); kindOf(err) != "unclear" {
		t.Errorf("said %v", err)
	}
	if _, found, err := s.Find(t.Context(), channel, "k", since); !found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	moved := time.Duration(0)
	f, s := quiet(t, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(moved) } })
	for range 3 {
		p := got(s.Profile(t.Context(), "slack:T1", ana))(t)
		if p != (bot.Profile{Name: "Ana", Zone: "America/Chicago", Locale: "es"}) {
			t.Errorf("Ana is %+v", p)
		}
	}
	if n := len(f.Calls("users.info")); n != 1 {
		t.Errorf("asked %d times", n)
	}
	f.AddUser(slackfake.User{ID: ana, Name: "Ana María", Zone: "America/Denver", Locale: "en-US"})
	moved = 2 * profileLife
	if p := got(s.Profile(t.Context(), "slack:T1", ana))(t); p.Name != "Ana María" || p.Locale != "en" {
		t.Errorf("an hour later Ana is %+v", p)
	}
	if _, err := s.Profile(t.Context(), "slack:T1", "U0NOBODY"); kindOf(err) != "gone" {
		t.Errorf("nobody: %v", err)
	}
}

// No error tells a token or a response URL.
func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	f, s := quiet(t, nil)
	f.Close()
	_, err := s.Send(t.Context(), channel, "k", says("x"))
	_, _, errFind := s.Find(t.Context(), channel, "k", time.Now())
	errWhisper := s.whisper(t.Context(), decoded{respond: f.APIURL() + "respond/secret"}, says("x"))
	for _, err := range []error{err, errFind, errWhisper, s.Start(t.Context())} {
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "xoxb") {
			t.Errorf("said %v", err)
		}
	}
}

// A token goes where the configuration says, also when a server would send it elsewhere.
func TestNoRedirects(t *testing.T) {
	t.Parallel()
	asked := 0
	_, s := quiet(t, nil)
	s.http.Transport = carrier(func(r *http.Request) (*http.Response, error) {
		asked++
		return &http.Response{
			StatusCode: http.StatusTemporaryRedirect, Status: "307 Temporary Redirect", Request: r,
			Header: http.Header{"Location": {"http://elsewhere.example/"}}, Body: http.NoBody,
		}, nil
	})
	if _, err := s.Send(t.Context(), channel, "k", says("x")); err == nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}
