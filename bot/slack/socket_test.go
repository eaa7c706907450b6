package slack

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// Slack tells every connection to go now and then. Nothing is lost over it.
func TestDisconnect(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{})
	for range 2 {
		linked := h.Linked()
		h.Disconnect("refresh_requested")
		must(t, h.Await(patient(t), "a new connection", func() bool { return h.Linked() > linked && h.Sockets() == 1 }))
		h.done(t, h.DM(ana, "still there?"))
	}
	h.CutSockets()
	h.done(t, h.DM(ana, "and now?"))
	if n := len(h.clerk.all()); n != 3 {
		t.Errorf("heard %d", n)
	}
}

// Slack's pings are answered, also while everybody who works here is held up: else Slack takes the connection for dead.
func TestPings(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{PingEvery: 10 * time.Millisecond})
	free := make(chan struct{})
	h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
		<-free
		return bot.Answer{}, nil
	})
	act := h.DM(ana, "hello")
	before := h.Pongs()
	must(t, h.Await(patient(t), "ten answers to pings", func() bool { return h.Pongs() >= before+10 }))
	close(free)
	h.done(t, act)
	if n := h.Linked(); n != 1 {
		t.Errorf("%d connections for one", n)
	}
}

// Two connections, the second begun later, so that one is there while the other changes.
func TestTwoConnections(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{})
	if n := h.Sockets(); n != 1 {
		t.Errorf("%d at once", n)
	}
	h.timers.fire(apart)
	must(t, h.AwaitSockets(patient(t), 2))
	for range 6 { // Slack chooses a socket for each
		h.done(t, h.DM(ana, "hello"))
	}
	if n := len(h.clerk.all()); n != 6 {
		t.Errorf("heard %d", n)
	}
}

// A server that sends every connection away, as Slack does when Socket Mode is switched off, is not besieged.
func TestReconnectingIsSlow(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{})
	for range throttleBurst - 1 {
		linked := h.Linked()
		h.Disconnect("link_disabled")
		must(t, h.Await(patient(t), "a new connection", func() bool { return h.Linked() > linked && h.Sockets() == 1 }))
	}
	h.Disconnect("link_disabled")
	must(t, h.AwaitSockets(patient(t), 0))
	if n := len(h.Calls("apps.connections.open")); n > throttleBurst {
		t.Errorf("asked %d times", n)
	}
	soon := patient(t)
	for h.slack.Healthy() == nil { // the other end of the connection hears of it a moment later
		if soon.Err() != nil {
			t.Fatal("healthy without a connection")
		}
		runtime.Gosched()
	}
}

// In no minute is a connection asked for more than ten times, whatever happens.
func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var asked []time.Time
	var waited time.Duration
	slow := &throttle{
		waited: func(d time.Duration) { waited += d },
		now:    func() time.Time { return now },
		after: func(d time.Duration) <-chan struct{} {
			now = now.Add(d)
			done := make(chan struct{})
			close(done)
			return done
		},
		next: carrier(func(*http.Request) (*http.Response, error) {
			asked = append(asked, now)
			return &http.Response{Body: http.NoBody}, nil
		}),
	}
	for range 100 {
		r := got(http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", nil))(t)
		resp, err := slow.RoundTrip(r)
		must(t, err)
		_ = resp.Body.Close()
	}
	for i := range asked {
		if i+10 < len(asked) && asked[i+10].Sub(asked[i]) < time.Minute {
			t.Fatalf("asked more than ten times within %v", asked[i+10].Sub(asked[i]))
		}
	}
	if took := asked[len(asked)-1].Sub(asked[0]); waited != took {
		t.Errorf("told of %v of %v that were waited", waited, took)
	}
}

type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// A drain finishes what is under way, and gives the last acknowledgement a second to leave.
func TestDrain(t *testing.T) {
	t.Parallel()
	h := &house{Fake: workspace(t, slackfake.Config{}), clerk: newClerk(), timers: newTimers(again)}
	h.slack = adapter(t, h.Fake, func(o *Options) { o.After = h.timers.after })
	must(t, h.slack.Start(t.Context()))
	h.serve(t, h.clerk)
	must(t, h.AwaitSockets(patient(t), 1))
	release := make(chan struct{})
	h.clerk.does(func(ctx context.Context, _ bot.Inbound) (bot.Answer, error) {
		<-release
		return bot.Answer{}, ctx.Err()
	})
	act := h.Command(ana, general, "/coalition")
	h.clerk.await(t, 1)
	ended := make(chan error, 1)
	go func() { ended <- h.stop() }()
	h.timers.armedFor(drainMax)
	if act.Done() || h.Sockets() != 1 {
		t.Error("the drain did not wait for what is under way")
	}
	close(release)
	must(t, act.Wait(patient(t)))
	h.timers.armedFor(settle)
	if h.Sockets() != 1 {
		t.Error("closed before the last acknowledgement had time to leave")
	}
	h.timers.fire(settle)
	must(t, <-ended)
	must(t, h.AwaitSockets(patient(t), 0))
}

// armedFor waits until a timer of a length is waited for.
func (w *timers) armedFor(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting[d]) == 0 {
		w.armed.Wait()
	}
}

// Whatever hangs, a drain ends.
func TestDrainEnds(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{})
	h.clerk.does(func(ctx context.Context, _ bot.Inbound) (bot.Answer, error) {
		<-ctx.Done()
		return bot.Answer{}, ctx.Err()
	})
	h.Command(ana, general, "/coalition")
	h.clerk.await(t, 1)
	ended := make(chan error, 1)
	go func() { ended <- h.stop() }()
	h.timers.fire(drainMax)
	must(t, <-ended)
	h.rest(t)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Options)
		config slackfake.Config
		want   string
	}{
		"unknown bot token": {func(o *Options) { o.BotToken = "xoxb-other" }, slackfake.Config{}, "SLACK_BOT_TOKEN"},
		"tokens mixed up":   {func(o *Options) { o.BotToken = o.AppToken }, slackfake.Config{}, "mixed up"},
		"scopes missing":    {nil, slackfake.Config{Scopes: []string{"chat:write", "commands", "im:write", "im:history", "users:read", "channels:read", "groups:read", "channels:history", "groups:history"}}, "app_mentions:read"},
		"not a Slack":       {func(o *Options) { o.APIURL = strings.TrimSuffix(o.APIURL, "api/") + "elsewhere/api/" }, slackfake.Config{}, "SLACK_API_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := adapter(t, workspace(t, c.config), c.change).Start(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("said %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "xoxb-other") || strings.Contains(err.Error(), "xapp-fake")) {
				t.Errorf("a token is told: %v", err)
			}
		})
	}
}

func TestWrongAppTokenEndsServe(t *testing.T) {
	t.Parallel()
	s := adapter(t, workspace(t, slackfake.Config{}), func(o *Options) {
		o.AppToken = "xapp-other"
		o.After = newTimers(settle, again).after
	})
	must(t, s.Start(t.Context()))
	err := s.Serve(t.Context(), newClerk())
	if err == nil || !strings.Contains(err.Error(), "SLACK_APP_TOKEN") || strings.Contains(err.Error(), "xapp-other") {
		t.Errorf("said %v", err)
	}
}

// Slack's client would try for ever with a token of the wrong kind.
func TestTokensMixedUpEndServe(t *testing.T) {
	t.Parallel()
	s := adapter(t, workspace(t, slackfake.Config{}), func(o *Options) {
		o.AppToken = o.BotToken
		o.After = newTimers(settle, again).after
	})
	must(t, s.Start(t.Context()))
	err := s.Serve(t.Context(), newClerk())
	if err == nil || !strings.Contains(err.Error(), "mixed up") {
		t.Errorf("said %v", err)
	}
}

func TestNewWantsWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {BotToken: "xoxb-1"}, {BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: "https://slack.com/api"}, {AppToken: "xapp-1"}, {BotToken: "xoxb-1", AppToken: "xapp-1", SigningSecret: "s"}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// More at once than there are hands: what is left over is sent again, nothing is lost.
func TestTooMuchAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{AckWait: time.Hour})
	release := make(chan struct{})
	h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
		<-release
		return bot.Answer{}, nil
	})
	const more = 5
	for range inFlightMax + more {
		h.DM(ana, "hello")
	}
	h.clerk.await(t, inFlightMax)
	close(release)
	must(t, h.Await(patient(t), "all but the last", func() bool { return h.Unacknowledged() <= more }))
	h.rest(t)
	h.SendAgain()
	must(t, h.Await(patient(t), "all is acknowledged", func() bool { return h.Unacknowledged() == 0 }))
	said := map[string]bool{}
	for _, in := range h.clerk.all() {
		said[in.Key] = true
	}
	if len(said) != inFlightMax+more {
		t.Errorf("heard %d different events", len(said))
	}
}

// A press inside a form that shows a message changes that form.
func TestPressInsideANotice(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{})
	m := h.posts(t, button("Answer", flows.Token{Verb: flows.VerbForm, Object: "r1"}))
	gone := says("This question is closed.", button("What else?", flows.Token{Verb: flows.VerbMenu}))
	h.clerk.answers(bot.Answer{Whisper: &gone}, nil)
	h.done(t, h.Press(ana, m, "Answer"))
	h.clerk.answers(whispers("Here is what else."), nil)
	h.done(t, h.PressView(ana, "What else?"))
	got(h.AwaitView(patient(t), ana, "Here is what else."))(t)
	if in := h.clerk.last(t); in.Press.Token != (flows.Token{Verb: flows.VerbMenu}).String() || in.Channel != general {
		t.Errorf("heard %+v", in)
	}
}
