package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
	"convenor/flows"
)

// name is the platform's word in identities, places and keys.
const name = "slack"

// requestTimeout ends a request to the Web API. It is ten seconds less than a lease of the outbox may ever be; whoever
// sends under a shorter lease gives a shorter context.
const requestTimeout = 50 * time.Second

// Handler carries out what a person did. bot.Bot is one.
type Handler interface {
	// Handle commits what in brings about and returns what goes back inside the interaction. With an error nothing was
	// committed, and the Answer says so to the one who acted.
	Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error)
	// Home is what a person's home tab shows.
	Home(ctx context.Context, place, user string) (bot.Message, error)
}

// Options is what a Slack is made of.
type Options struct {
	BotToken string
	// One of the two says how Slack reaches us: over connections that Serve opens (Socket Mode), or by signed requests
	// to what Register registers.
	AppToken      string
	SigningSecret string

	// Entry is where the app stands in the configuration, for errors about it; empty when there is only one.
	Entry string

	APIURL string           // ends in /api/; empty means Slack's own
	Pack   bot.Pack         // for the adapter's own few words
	Now    func() time.Time // the shared clock, rehearsal's offset included
	Log    *slog.Logger     // never given names, texts or tokens

	// Panicked is called for each panic that was caught; nil means that nobody counts them.
	Panicked func()
	// Asked is called for each request to Slack, with its method and how it ended: "ok", Slack's word for what is wrong or
	// the HTTP status. Both are of a fixed set and name nobody. nil means that nobody counts them.
	Asked func(method, code string)
	// Waited is called with how long a request has to wait for what Slack takes; nil means that nobody counts that.
	Waited func(wait time.Duration)
	// Transport carries every request; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// After returns a channel that is closed when d has passed; nil means the machine's timer.
	After func(d time.Duration) <-chan struct{}
}

// Slack is one workspace. It is safe for many goroutines. Start must have succeeded before anything else is called.
type Slack struct {
	Options
	voice bot.Voice
	api   *slackgo.Client // for the Web API
	http  *http.Client    // what api asks with
	link  *slackgo.Client // for opening connections: slowed down, with a timeout that allows for it
	clock *slackClock
	desk  *desk

	handler  Handler
	me       self
	requests chan request // from Register's routes to Serve
	told     atomic.Int64 // when the log last told of a refused request, in Unix seconds

	up       [connections]atomic.Bool // which connections are open
	off      sync.Map                 // optional methods that the server does not have
	dms      sync.Map                 // direct-message channel by user id
	profiles profiles
	homes    homes
	stale    chan drawing // from HomeChanged to Serve
}

var (
	_ bot.Platform   = (*Slack)(nil)
	_ bot.HomeKeeper = (*Slack)(nil)
)

// self is who we are in the workspace.
type self struct {
	team string
	user string // the bot's user id
	bot  string // the bot's bot id
}

// New makes a Slack. It asks nothing of Slack yet.
func New(o Options) (*Slack, error) {
	if o.BotToken == "" || (o.AppToken == "") == (o.SigningSecret == "") {
		return nil, errors.New("slack needs a bot token and either an app-level token or a signing secret")
	}
	if o.APIURL == "" {
		o.APIURL = slackgo.APIURL
	}
	if !strings.HasSuffix(o.APIURL, "/api/") {
		return nil, fmt.Errorf("slack: the API's address must end in /api/: %q", o.APIURL)
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Panicked == nil {
		o.Panicked = func() {}
	}
	if o.Asked == nil {
		o.Asked = func(string, string) {}
	}
	if o.Waited == nil {
		o.Waited = func(time.Duration) {}
	}
	if o.After == nil {
		o.After = after
	}
	s := &Slack{Options: o, voice: bot.Voice{Pack: o.Pack}, clock: &slackClock{now: o.Now}, desk: newDesk(), requests: make(chan request), stale: make(chan drawing, staleMax)}
	carrier := newTransport(o, s.clock)
	s.http = client(carrier, requestTimeout)
	s.api = slackgo.New(o.BotToken, slackgo.OptionAPIURL(o.APIURL), slackgo.OptionHTTPClient(s.http))
	slow := &throttle{next: carrier, now: o.Now, after: o.After, waited: o.Waited}
	s.link = slackgo.New(o.BotToken, slackgo.OptionAPIURL(o.APIURL), slackgo.OptionAppLevelToken(o.AppToken),
		slackgo.OptionHTTPClient(client(slow, requestTimeout+throttleWindow)))
	return s, nil
}

// client makes an HTTP client that never follows a redirect: a token goes where the configuration says and nowhere else.
func client(rt http.RoundTripper, timeout time.Duration) *http.Client {
	return &http.Client{
		Transport: rt, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// after is the machine's timer.
func after(d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(d, func() { close(done) })
	return done
}

// Name is "slack".
func (*Slack) Name() string { return name }

// Place is the workspace's place, like "slack:T1".
func (s *Slack) Place() string { return s.me.place() }

func (m self) place() string { return name + ":" + m.team }

// Start asks Slack who we are, and whether the server has the methods of Needs. Its error says in plain words what to change.
func (s *Slack) Start(ctx context.Context) error {
	r, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return refusal(err)
	}
	if r.TeamID == "" || r.UserID == "" {
		return errors.New("slack did not say which workspace the bot token belongs to; is SLACK_API_URL right?")
	}
	s.me = self{team: r.TeamID, user: r.UserID, bot: r.BotID}
	if granted := r.Header.Get("X-OAuth-Scopes"); granted != "" { // another server may not tell
		if err := missing(strings.Split(granted, ",")); err != nil {
			return err
		}
	}
	return s.probe(ctx)
}

// Check asks Slack everything that Serve will need: who we are, what the app may do and, in Socket Mode, whether it may
// connect. Its error says in plain words what to change.
func (s *Slack) Check(ctx context.Context) error {
	if err := s.Start(ctx); err != nil || s.AppToken == "" {
		return err
	}
	if _, _, err := s.link.StartSocketModeContext(ctx); err != nil {
		return fmt.Errorf("open a connection to Slack: %w", refusal(err))
	}
	return nil
}

// ClockAhead returns how far Now is ahead of Slack's clock, to a second or two; known is false until Slack has answered.
func (s *Slack) ClockAhead() (ahead time.Duration, known bool) {
	return time.Duration(s.clock.ahead.Load()), s.clock.heard.Load()
}

// missing names the scopes that were not granted.
func missing(granted []string) error {
	have := map[string]bool{}
	for _, g := range granted {
		have[strings.TrimSpace(g)] = true
	}
	var lack []string
	for _, want := range scopeTable() {
		if !have[want.name] {
			lack = append(lack, want.name)
		}
	}
	if len(lack) == 0 {
		return nil
	}
	return fmt.Errorf("the Slack app lacks the permission %s: add it under OAuth & Permissions, then install the app again",
		strings.Join(lack, ", "))
}

// Healthy returns nil while Slack reaches us: at least one connection is open or, over HTTP, requests are taken.
func (s *Slack) Healthy() error {
	if s.Open() == 0 {
		return errors.New("no connection to Slack is open")
	}
	return nil
}

// Open counts the connections that are open; over HTTP it is one while requests are taken.
func (s *Slack) Open() (n int) {
	for i := range s.up {
		if s.up[i].Load() {
			n++
		}
	}
	return n
}

// word is one of the adapter's own phrases.
func (s *Slack) word(locale flows.Locale, key string) string { return s.voice.Word(locale, key) }
