package slackfake

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Ids of the workspace, its app and its bot.
const (
	AppID   = "A0CONVENOR"
	BotUser = "U0CONVENOR"
	BotID   = "B0CONVENOR"
)

// Config says how a workspace differs from the usual. The zero value is a workspace as most tests want it.
type Config struct {
	Team     string // default "T1"
	BotToken string // default "xoxb-fake"
	AppToken string // default "xapp-fake"
	// SigningSecret signs requests over HTTP. Default 32 digits.
	SigningSecret string
	Scopes        []string         // of the bot token; default AllScopes
	Now           func() time.Time // the workspace's clock; default the machine's
	// AckWait is how long an envelope may stay unacknowledged: then an event is sent again and a click has failed.
	// Default three seconds, as Slack has it.
	AckWait time.Duration
	// PingEvery is the time between two pings. Default five seconds.
	PingEvery time.Duration
}

// AllScopes is what the app's manifest asks for.
func AllScopes() []string {
	return []string{
		"chat:write", "commands", "app_mentions:read", "im:write", "im:history", "users:read",
		"channels:read", "groups:read", "channels:history", "groups:history", "files:write",
	}
}

// User is a member of the workspace.
type User struct {
	ID      string
	Name    string // shown
	Zone    string // IANA name
	Locale  string // like "es-LA"
	Bot     bool
	Deleted bool // deactivated: cannot be written to
}

// Channel is a conversation. Name is empty for a direct message.
type Channel struct {
	ID       string
	Name     string
	Private  bool
	Archived bool
	With     string          // direct message: the person
	Members  map[string]bool // the bot, too, must be one to post
}

// Fake is the workspace. It is safe for many goroutines.
type Fake struct {
	config Config
	server *httptest.Server

	mu       sync.Mutex
	changed  *sync.Cond // woken by every change
	change   int        // counts them
	closed   bool
	last     int64 // the newest number handed out
	lastTS   int64 // the newest message's time, in microseconds
	users    map[string]User
	channels map[string]*Channel
	messages map[string][]*Message // by channel, oldest first; ephemeral ones too
	views    map[string]*View
	stacks   map[string][]string // open modals of a person, the top one last
	homes    map[string]string   // view id of a person's home tab
	triggers map[string]*trigger
	hooks    map[string]*hook // response URLs by their secret
	calls    []Call
	faults   map[string][]Fault
	lacks    map[string]bool // methods that are unknown
	typed    map[string]bool // what people wrote
	weather  weather
	sockets  []*socket
	tickets  map[string]bool // of WebSocket addresses handed out and not used
	linked   int             // sockets opened so far
	pongs    int
	next     int         // which socket gets the next envelope
	queue    []*envelope // waiting for a socket
	flying   map[string]*envelope

	requestURL string                                                              // of the app, over HTTP; empty in Socket Mode
	client     *http.Client                                                        // asks there
	carry      func(address, kind, body string, extra http.Header) (string, error) // until the workspace ends
	end        func()
	asking     sync.WaitGroup
}

// Start opens a workspace and closes it when the test ends.
func Start(tb testing.TB, c Config) *Fake {
	tb.Helper()
	f := New(c)
	tb.Cleanup(f.Close)
	return f
}

// New opens a workspace. Its caller closes it.
func New(c Config) *Fake {
	f := &Fake{
		config:   c.withDefaults(),
		users:    map[string]User{},
		channels: map[string]*Channel{},
		messages: map[string][]*Message{},
		views:    map[string]*View{},
		stacks:   map[string][]string{},
		homes:    map[string]string{},
		triggers: map[string]*trigger{},
		hooks:    map[string]*hook{},
		faults:   map[string][]Fault{}, lacks: map[string]bool{}, typed: map[string]bool{},
		tickets: map[string]bool{},
		flying:  map[string]*envelope{},
		client:  client(),
	}
	life, end := context.WithCancel(context.Background())
	f.end = end
	f.carry = func(address, kind, body string, extra http.Header) (string, error) {
		ctx, cancel := context.WithTimeout(life, f.config.AckWait)
		defer cancel()
		return f.ask(ctx, address, kind, body, extra)
	}
	f.changed = sync.NewCond(&f.mu)
	f.users[BotUser] = User{ID: BotUser, Name: "Convenor", Bot: true}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", f.api)
	mux.HandleFunc("/link/", f.link)
	mux.HandleFunc("/respond/", f.respond)
	f.server = httptest.NewServer(mux)
	return f
}

func (c Config) withDefaults() Config {
	if c.Team == "" {
		c.Team = "T1"
	}
	if c.BotToken == "" {
		c.BotToken = "xoxb-fake"
	}
	if c.AppToken == "" {
		c.AppToken = "xapp-fake"
	}
	if c.SigningSecret == "" {
		c.SigningSecret = "8f742231b10e8888abcd99bacabb85a5"
	}
	if c.Scopes == nil {
		c.Scopes = AllScopes()
	}
	if c.Now == nil {
		c.Now = time.Now //nolint:forbidigo // this package plays the outside world: its clock is the real one
	}
	if c.AckWait == 0 {
		c.AckWait = 3 * time.Second
	}
	if c.PingEvery == 0 {
		c.PingEvery = 5 * time.Second
	}
	return c
}

// Close ends the workspace: sockets and requests are cut, waiting ends.
func (f *Fake) Close() {
	f.mu.Lock()
	f.closed = true
	for _, s := range f.sockets {
		_ = s.conn.Close()
	}
	f.wake()
	f.mu.Unlock()
	f.end()
	f.asking.Wait()
	f.server.CloseClientConnections()
	f.server.Close()
}

// APIURL is the address of the Web API; it ends in /api/.
func (f *Fake) APIURL() string { return f.server.URL + "/api/" }

// Tokens returns the bot token and the app-level token.
func (f *Fake) Tokens() (bot, app string) { return f.config.BotToken, f.config.AppToken }

// Team is the workspace's id.
func (f *Fake) Team() string { return f.config.Team }

// AddUser adds or replaces a person.
func (f *Fake) AddUser(u User) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users[u.ID] = u
	f.wake()
}

// AddChannel adds a channel with its members. Name BotUser among them, or Invite it later.
func (f *Fake) AddChannel(id, name string, members ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &Channel{ID: id, Name: name, Members: map[string]bool{}}
	for _, m := range members {
		c.Members[m] = true
	}
	f.channels[id] = c
	f.wake()
}

// called is what an interaction calls the channel: a name only where everybody may read it.
func (c *Channel) called() string {
	switch {
	case c.With != "":
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

// Hide makes a channel private.
func (f *Fake) Hide(channel string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.channels[channel]; c != nil {
		c.Private = true
	}
}

// Archive archives a channel.
func (f *Fake) Archive(channel string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.channels[channel]; c != nil {
		c.Archived = true
	}
	f.wake()
}

// Remove takes a member, the bot too, out of a channel.
func (f *Fake) Remove(channel, member string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.channels[channel]; c != nil {
		delete(c.Members, member)
	}
	f.wake()
}

// DMChannel is the id of the direct message between the bot and a person.
func DMChannel(user string) string { return "D" + user }

// direct returns the direct message with a person, opening it if need be. The caller holds f.mu.
func (f *Fake) direct(user string) *Channel {
	id := DMChannel(user)
	if f.channels[id] == nil {
		f.channels[id] = &Channel{ID: id, With: user, Members: map[string]bool{user: true, BotUser: true}}
	}
	return f.channels[id]
}

// wake tells everybody who waits that something changed. The caller holds f.mu.
func (f *Fake) wake() {
	f.change++
	f.changed.Broadcast()
}

// id makes a fresh id like "Ev7". The caller holds f.mu.
func (f *Fake) id(prefix string) string {
	f.last++
	return prefix + strconv.FormatInt(f.last, 10)
}

// stamp makes a message's ts: the clock's time, and never the same twice. The caller holds f.mu.
func (f *Fake) stamp() string {
	f.lastTS = max(f.config.Now().UnixMicro(), f.lastTS+1)
	return fmt.Sprintf("%d.%06d", f.lastTS/1e6, f.lastTS%1e6)
}
