package discord

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	discordgo "github.com/bwmarrin/discordgo"

	"convenor/bot"
)

// name is the platform's word in identities, places and keys.
const name = "discord"

// apiURL is Discord's own.
const apiURL = "https://discord.com/api/v10"

// requestTimeout ends a request to the REST API, what it waits for its turn included. It is less than a lease of the
// outbox may ever be; whoever sends under a shorter lease gives a shorter context.
const requestTimeout = 50 * time.Second

// Handler carries out what a person did. bot.Bot is one.
type Handler interface {
	// Handle commits what in brings about and returns what goes back inside the interaction. With an error nothing was
	// committed, and the Answer says so to the one who acted.
	Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error)
}

// Options is what a Discord is made of.
type Options struct {
	Token         string
	ApplicationID string // empty: Start asks
	// PublicKey, in hexadecimal digits, lets interactions come over HTTP, to what Register registers; empty, they come over
	// the gateway. Messages always come over the gateway.
	PublicKey string

	APIURL string           // ends in /api/v10; empty means Discord's own
	Pack   bot.Pack         // for the adapter's own few words, and the activities that are suggested
	Now    func() time.Time // the shared clock, rehearsal's offset included
	Log    *slog.Logger     // never given names, texts or tokens

	// Starts counts the sessions that are begun. Serve needs it.
	Starts Starts
	// Shards says which process has which part of the bot's servers; nil means that no other process has the token.
	Shards Shards

	// Panicked is called for each panic that was caught; nil means that nobody counts them.
	Panicked func()
	// Asked is called for each request to Discord, with its route, like "POST /channels/{id}/messages", and the HTTP status.
	// Both are of a fixed set and name nobody. nil means that nobody counts them.
	Asked func(method, code string)
	// Waited is called with how long a request has to wait for what Discord takes; nil means that nobody counts that.
	Waited func(wait time.Duration)
	// Transport carries every request; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// After returns a channel that is closed when d has passed; nil means the machine's timer.
	After func(d time.Duration) <-chan struct{}
	// Machine is the machine's clock, by which Discord's limits run; nil means Now.
	Machine func() time.Time
}

// Discord is one application on any number of servers. It is safe for many goroutines. Start must have succeeded before
// anything else is called.
type Discord struct {
	Options
	voice bot.Voice
	rest  *discordgo.Session
	key   ed25519.PublicKey
	clock *discordClock
	wait  func(context.Context, time.Duration) bool // pause; a test that has no time puts its own here
	desk  *desk

	handler  Handler
	me       atomic.Value // string: the bot's user id
	requests chan request
	told     atomic.Int64 // when the log last told of a refused request, in Unix seconds
	owner    string       // of shards: a name that no other process has
	sharded  atomic.Bool  // Discord has said how many shards there are
	held     atomic.Int32 // shards that are ours
	up       atomic.Int32 // those with a session
	guarded  atomic.Bool  // nothing is sent, so that Discord does not shut this machine out
	serving  atomic.Bool

	dms      sync.Map // direct-message channel by user id
	profiles profiles
	guilds   guilds
	threads  threads
	drawer   drawer
	marks    marks
	plain    atomic.Int64 // until when messages are made the old way, in ns
}

var _ bot.Platform = (*Discord)(nil)

// New makes a Discord. It asks nothing of Discord yet.
func New(o Options) (*Discord, error) {
	if o.Token == "" {
		return nil, errors.New("discord needs a bot's token")
	}
	if o.APIURL == "" {
		o.APIURL = apiURL
	}
	base, err := url.Parse(strings.TrimSuffix(o.APIURL, "/"))
	if err != nil || base.Host == "" || !strings.HasSuffix(base.Path, "/api/v10") {
		return nil, errors.New("discord: the API's address must end in /api/v10")
	}
	key, err := hex.DecodeString(o.PublicKey)
	if err != nil || o.PublicKey != "" && len(key) != ed25519.PublicKeySize {
		return nil, errors.New("discord: the public key must be 64 hexadecimal digits")
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
	if o.Machine == nil {
		o.Machine = o.Now
	}
	d := &Discord{
		Options: o, voice: bot.Voice{Pack: o.Pack}, key: key, clock: &discordClock{now: o.Now}, desk: newDesk(), requests: make(chan request),
		owner: rand.Text(),
	}
	d.wait = d.pause
	if d.rest, err = discordgo.New("Bot " + o.Token); err != nil {
		return nil, fmt.Errorf("make a client of Discord's: %w", err)
	}
	d.rest.UserAgent = "DiscordBot (https://github.com/bwmarrin/discordgo, v" + discordgo.VERSION + ")"
	d.rest.MaxRestRetries, d.rest.ShouldRetryOnRateLimit = 0, false
	d.rest.Client = &http.Client{
		Timeout: requestTimeout,
		Transport: &limiter{
			next: newAsking(o, base), base: base, now: o.Machine, after: o.After, waited: o.Waited, clock: d.clock, alarm: d.alarm,
			buckets: map[string]*bucket{}, routes: map[string]string{}, probing: map[string]bool{},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return d, nil
}

// after is the machine's timer.
func after(d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(d, func() { close(done) })
	return done
}

// Name is the platform's word in identities and places.
func (*Discord) Name() string { return name }

// Start asks Discord who we are, and writes the application's commands when they are not as they should be. Its error
// says in plain words what to change.
func (d *Discord) Start(ctx context.Context) error {
	if err := d.Check(ctx); err != nil {
		return err
	}
	return d.writeCommands(ctx)
}

// Check asks Discord who we are and changes nothing. Its error says in plain words what to change.
func (d *Discord) Check(ctx context.Context) error {
	var me person
	if err := d.request(ctx, http.MethodGet, "users/@me", nil, &me); err != nil {
		return refusal(err)
	}
	if me.ID == "" {
		return errors.New("discord did not say who the bot is; is DISCORD_API_URL right?")
	}
	d.me.Store(me.ID)
	app, err := d.application(ctx)
	if err != nil {
		return refusal(err)
	}
	switch {
	case d.ApplicationID != "" && d.ApplicationID != app.ID:
		return fmt.Errorf("DISCORD_APPLICATION_ID is %s, but the token belongs to application %s: copy both from one application's page", d.ApplicationID, app.ID)
	case len(d.key) > 0 && app.Key != "" && !strings.EqualFold(app.Key, d.PublicKey):
		return errors.New("DISCORD_PUBLIC_KEY is not that of the token's application: copy it from the application's page, General Information")
	case app.URL != "" && len(d.key) == 0:
		return errors.New("the application sends its interactions to an address, and DISCORD_PUBLIC_KEY is not set: set it, or empty Interactions Endpoint URL on the application's page")
	}
	d.ApplicationID = app.ID
	return nil
}

// application is what Discord knows of ours.
type application struct {
	ID    string `json:"id"`
	URL   string `json:"interactions_endpoint_url"`
	Key   string `json:"verify_key"`
	Flags int    `json:"flags"`
}

func (d *Discord) application(ctx context.Context) (app application, err error) {
	return app, d.request(ctx, http.MethodGet, "applications/@me", nil, &app)
}

// self is the bot's user id.
func (d *Discord) self() string {
	id, _ := d.me.Load().(string)
	return id
}

// ClockAhead returns how far Now is ahead of Discord's clock, to a second or two; known is false until Discord has
// answered.
func (d *Discord) ClockAhead() (ahead time.Duration, known bool) {
	return time.Duration(d.clock.ahead.Load()), d.clock.heard.Load()
}

// Healthy returns nil while Discord reaches us: every shard that is ours has a session. Shards that another process has
// are its own to worry about.
func (d *Discord) Healthy() error {
	up := d.up.Load()
	if d.guarded.Load() {
		return errors.New("discord refused very many requests, so none are sent for a while; see the log")
	}
	if !d.sharded.Load() || up < d.held.Load() || up == 0 && d.Shards == nil {
		return errors.New("no connection to Discord is open")
	}
	return nil
}

// alarm tells that nothing is sent any more, or that it is again.
func (d *Discord) alarm(on bool) {
	d.guarded.Store(on)
	if on {
		d.Log.LogAttrs(context.Background(), slog.LevelError, "Discord refused very many requests within ten minutes. At twice as many it would shut this machine "+
			"out, so nothing is sent for a while. Look for what is refused: a role that was taken away, a channel that is closed, a token that was reset",
			slog.Int("refused", invalidMax), slog.Duration("within", invalidIn))
		return
	}
	d.Log.LogAttrs(context.Background(), slog.LevelInfo, "requests to Discord are sent again")
}

// Open counts the ways by which Discord reaches us that are open: sessions with the gateway and, over HTTP, requests.
func (d *Discord) Open() (n int) {
	n = int(d.up.Load())
	if len(d.key) > 0 && d.serving.Load() {
		n++
	}
	return n
}
