package slack

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clerk is a Handler that does as a test says and remembers what it heard.
type clerk struct {
	mu     sync.Mutex
	heard  []bot.Inbound
	notify chan struct{} // closed when the next event is heard
	do     func(ctx context.Context, in bot.Inbound) (bot.Answer, error)
}

func newClerk() *clerk { return &clerk{notify: make(chan struct{})} }

func (c *clerk) Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error) {
	c.mu.Lock()
	c.heard = append(c.heard, in)
	close(c.notify)
	c.notify = make(chan struct{})
	do := c.do
	c.mu.Unlock()
	if do == nil {
		return bot.Answer{}, nil
	}
	return do(ctx, in)
}

// Home is what the clerk would answer to somebody who opens their home tab.
func (c *clerk) Home(ctx context.Context, place, user string) (bot.Message, error) {
	a, err := c.Handle(ctx, bot.Inbound{Key: "home", Platform: name, Place: place, User: user, Opened: &bot.Opened{}})
	if err != nil || a.Whisper == nil {
		return bot.Message{}, errors.Join(err, errors.New("nothing to show"))
	}
	return *a.Whisper, nil
}

func (c *clerk) does(do func(ctx context.Context, in bot.Inbound) (bot.Answer, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.do = do
}

func (c *clerk) answers(a bot.Answer, err error) {
	c.does(func(context.Context, bot.Inbound) (bot.Answer, error) { return a, err })
}

func (c *clerk) all() []bot.Inbound {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]bot.Inbound(nil), c.heard...)
}

// await waits until n events have been heard.
func (c *clerk) await(t *testing.T, n int) {
	t.Helper()
	for {
		c.mu.Lock()
		more, so := c.notify, len(c.heard)
		c.mu.Unlock()
		if so >= n {
			return
		}
		select {
		case <-more:
		case <-patient(t).Done():
			t.Fatalf("heard %d of %d", so, n)
		}
	}
}

// last returns what was heard last.
func (c *clerk) last(t *testing.T) bot.Inbound {
	t.Helper()
	all := c.all()
	if len(all) == 0 {
		t.Fatal("nothing was heard")
	}
	return all[len(all)-1]
}

// timers stands in for the machine's timers: each goes off when the test says so.
type timers struct {
	mu      sync.Mutex
	waiting map[time.Duration][]chan struct{}
	atOnce  map[time.Duration]bool
	armed   *sync.Cond
}

func newTimers(atOnce ...time.Duration) *timers {
	w := &timers{waiting: map[time.Duration][]chan struct{}{}, atOnce: map[time.Duration]bool{}}
	w.armed = sync.NewCond(&w.mu)
	for _, d := range atOnce {
		w.atOnce[d] = true
	}
	return w
}

func (w *timers) after(d time.Duration) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan struct{})
	if w.atOnce[d] {
		close(c)
		return c
	}
	w.waiting[d] = append(w.waiting[d], c)
	w.armed.Broadcast()
	return c
}

// fire lets the timers of a length go off, after waiting until there is one.
func (w *timers) fire(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting[d]) == 0 {
		w.armed.Wait()
	}
	for _, c := range w.waiting[d] {
		close(c)
	}
	delete(w.waiting, d)
}

// pass lets the timers of a length go off at once from now on.
func (w *timers) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.atOnce[d] = true
}

// forget drops the timers of a length that nobody waits for any more.
func (w *timers) forget(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waiting, d)
}

// keys is a Pack whose words are their keys, so that a test sees which were chosen, and in which language.
type keys struct{ bot.Pack }

func (keys) Word(locale flows.Locale, key string, _ int) (string, bool) {
	return string(locale) + " " + key, true
}

// house is an adapter at work in a pretend workspace: Ana and Ben share the channel C1 with the bot.
type house struct {
	*slackfake.Fake
	slack  *Slack
	clerk  *clerk
	timers *timers
	stop   func() error // ends Serve and returns its error
}

const (
	ana     = "U0ANA"
	ben     = "U0BEN"
	general = "C0GENERAL"
)

func workspace(t *testing.T, c slackfake.Config) *slackfake.Fake {
	t.Helper()
	f := slackfake.Start(t, c)
	f.AddUser(slackfake.User{ID: ana, Name: "Ana", Zone: "America/Chicago", Locale: "es-LA"})
	f.AddUser(slackfake.User{ID: ben, Name: "Ben", Zone: "America/New_York", Locale: "en-US"})
	f.AddChannel(general, "general", ana, ben, slackfake.BotUser)
	return f
}

// adapter makes a Slack for a workspace. Its connections are cut loose from other tests'.
func adapter(t *testing.T, f *slackfake.Fake, change func(*Options)) *Slack {
	t.Helper()
	botToken, appToken := f.Tokens()
	carrier := &http.Transport{}
	t.Cleanup(carrier.CloseIdleConnections)
	o := Options{
		BotToken: botToken, AppToken: appToken, APIURL: f.APIURL(), Pack: keys{}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Transport: carrier,
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open starts an adapter in Socket Mode and waits until it is connected.
func open(t *testing.T, c slackfake.Config) *house {
	t.Helper()
	return openBy(t, socketMode, c)
}

// way is how the workspace reaches the adapter.
type way string

const (
	socketMode way = "Socket Mode"
	overHTTP   way = "HTTP"
)

// openBy starts an adapter and waits until the workspace reaches it.
func openBy(t *testing.T, by way, c slackfake.Config) *house {
	t.Helper()
	h := &house{Fake: workspace(t, c), clerk: newClerk(), timers: newTimers(settle, again)}
	h.slack = adapter(t, h.Fake, func(o *Options) {
		o.After = h.timers.after
		by.configure(h.Fake, o)
	})
	if err := h.slack.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.serve(t, h.clerk)
	h.reached(t, by)
	return h
}

// bothWays is every way there is.
var bothWays = []way{socketMode, overHTTP}

func (w way) configure(f *slackfake.Fake, o *Options) {
	if w == overHTTP {
		o.AppToken, o.SigningSecret = "", f.SigningSecret()
	}
}

// reached waits until the workspace reaches the adapter.
func (h *house) reached(t *testing.T, by way) {
	t.Helper()
	if by == socketMode {
		must(t, h.AwaitSockets(patient(t), 1))
		return
	}
	mux := http.NewServeMux()
	h.slack.Register(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	must(t, h.SetRequestURL(t.Context(), server.URL))
}

// serve runs Serve until the test ends or stop is called.
func (h *house) serve(t *testing.T, handler Handler) {
	t.Helper()
	h.serveAll(t, h.slack, handler)
}

// server is one workspace, or several.
type server interface {
	Serve(ctx context.Context, h Handler) error
}

// serveAll is serve, of one workspace or several.
func (h *house) serveAll(t *testing.T, s server, handler Handler) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, handler) }()
	h.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := h.stop(); err != nil {
			t.Error("serve:", err)
		}
	})
}

// rest waits until the adapter has nothing under way.
func (h *house) rest(t *testing.T) {
	t.Helper()
	idle, _ := h.slack.desk.quiet()
	select {
	case <-idle:
	case <-patient(t).Done():
		t.Fatal("the adapter does not come to rest\n" + h.Picture())
	}
}

// done waits until an act was acknowledged and all that follows from it is done.
func (h *house) done(t *testing.T, a *slackfake.Act) {
	t.Helper()
	must(t, a.Wait(patient(t)))
	h.rest(t)
}

// patient is a context for waiting: what takes longer has failed.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got fails the test unless err is nil, and hands v on.
func got[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// says is a message of one paragraph.
func says(text string, controls ...bot.Control) bot.Message {
	return bot.Message{Locale: flows.English, Blocks: []bot.Block{{Style: flows.StyleBody, Text: text}}, Controls: controls}
}

func whispers(text string) bot.Answer {
	m := says(text)
	return bot.Answer{Whisper: &m}
}

func button(label string, token flows.Token) bot.Control {
	return bot.Control{Kind: flows.ControlButton, Label: label, Token: token.String()}
}

// posts sends a message with controls to the channel and returns it as it stands there.
func (h *house) posts(t *testing.T, controls ...bot.Control) slackfake.Message {
	t.Helper()
	m := says("Press one", controls...)
	m.Locale = flows.Spanish
	at := got(h.slack.Send(t.Context(), channel, "k1", m))(t)
	for _, seen := range h.Messages(general) {
		if seen.TS == at.Message {
			return seen
		}
	}
	t.Fatal("it does not stand there")
	return slackfake.Message{}
}

// testForm has one question.
func testForm() *bot.Form {
	return &bot.Form{
		Locale: flows.English, Title: "Your answer", Token: "answer|r1|2|q1", Submit: "Send", Close: "Close",
		Fields: []bot.Field{{ID: "q1", Field: flows.FieldText, Label: "What matters most?", Max: 3000}},
	}
}
