package discordfake

import (
	"crypto/ed25519"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Ids of the application and its bot.
const (
	ApplicationID = "110000000000000001"
	BotUser       = ApplicationID
	Token         = "fake.token.of.a.bot" //nolint:gosec // of nobody
	Guild         = "120000000000000001"
	BotRole       = "120000000000000002"
)

// epoch is where Discord's ids begin to count.
const epoch = 1420070400000

// Config says how a server differs from the usual. The zero value is a server as most tests want it.
type Config struct {
	Now func() time.Time // Discord's clock; default the machine's
	// AnswerWait is how long an interaction may go without an answer. Default three seconds, as Discord has it.
	AnswerWait time.Duration
	// Heartbeat is the interval that the gateway asks for. Default 41.25 s, as Discord has it.
	Heartbeat time.Duration
	// Global is how many requests a second are taken from the bot; 0 means no limit.
	Global int
	// Shards is in how many parts the bot's servers are to be heard, and Concurrency how many of them may begin at once;
	// default one.
	Shards, Concurrency int
	// Route and Per are how many messages in a channel are taken within how long; 0 means no limit.
	Route int
	Per   time.Duration
	// Old means that messages made of components alone are refused.
	Old bool
	// Unheard means that no address is opened: only Handler serves.
	Unheard bool
	// Starts is how many sessions the bot may start; 0 means 1000, below zero none.
	Starts int
	// Permissions is what the bot's roles let it do on the server. Default: what its invite link asks for.
	Permissions uint64
	// Nowhere means that the bot is on no server.
	Nowhere bool
	// Flags of the application, as Discord counts them.
	Flags int
	// Check looks at every request besides: an error refuses it, and Faults lists it.
	Check func(method, path string, body []byte) error
}

// User is somebody on the server.
type User struct {
	ID     string
	Name   string // shown
	Locale string // of their client, like "es-419"
	Closed bool   // takes no direct messages
}

// Channel is a conversation. With is set for a direct message: the person.
type Channel struct {
	ID   string
	Name string
	With string
	Gone bool // deleted
	// Parent is the channel on which it hangs, as a thread below the message that has its id.
	Parent string
	// Overwrites change what a role or a member may do in it, by id; the server's own id stands for everybody.
	Overwrites map[string]Overwrite
}

// Overwrite is two sets of permissions.
type Overwrite struct{ Allow, Deny uint64 }

// Fake is Discord with one server. It is safe for many goroutines.
type Fake struct {
	config Config
	server *httptest.Server
	key    ed25519.PrivateKey

	mu           sync.Mutex
	changed      chan struct{} // closed by the next change
	last         int64         // the newest number handed out
	users        map[string]User
	channels     map[string]*Channel
	messages     map[string][]*Message // by channel, oldest first
	interactions map[string]*interaction
	modals       map[string]*Modal // open, by user
	typed        map[string]bool   // every text that a person wrote
	commands     []byte
	calls        []Call
	faults       map[string][]Fault
	wrong        []string // what Check refused
	second       int64    // for the global limit
	taken        int
	windows      map[string]window
	invalid      int // requests answered 401, 403 or 429
	held         int // requests that were held back

	gate       gateway
	requestURL string
	client     *http.Client
	working    sync.WaitGroup
}

// Start opens a server and closes it when the test ends. A request that Check refused fails the test.
func Start(tb testing.TB, c Config) *Fake {
	tb.Helper()
	if c.Now == nil {
		c.Now = time.Now //nolint:forbidigo // this package plays the outside world: its clock is the real one
	}
	if c.AnswerWait == 0 {
		c.AnswerWait = 3 * time.Second
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 41250 * time.Millisecond
	}
	c.Shards, c.Concurrency = max(c.Shards, 1), max(c.Concurrency, 1)
	if c.Starts == 0 {
		c.Starts = 1000
	}
	if c.Permissions == 0 {
		c.Permissions = 1<<10 | 1<<11 | 1<<16 | 1<<35 | 1<<38
	}
	f := &Fake{
		config: c, key: ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize))),
		changed: make(chan struct{}), users: map[string]User{}, channels: map[string]*Channel{}, messages: map[string][]*Message{},
		interactions: map[string]*interaction{}, modals: map[string]*Modal{}, typed: map[string]bool{}, faults: map[string][]Fault{},
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
	f.gate.sent = map[string][]place{}
	f.gate.sessions = map[string]*session{}
	f.windows = map[string]window{}
	f.server = httptest.NewUnstartedServer(f.routes())
	if c.Unheard {
		f.server.URL = "http://discord.invalid"
		_ = f.server.Listener.Close()
	} else {
		f.server.Start()
	}
	tb.Cleanup(func() {
		f.close()
		for _, w := range f.Faults() {
			tb.Error(w)
		}
	})
	return f
}

func (f *Fake) close() {
	f.CutSockets(0)
	if !f.config.Unheard {
		f.server.Close()
	}
	f.working.Wait()
}

// Handler serves every address of Discord's.
func (f *Fake) Handler() http.Handler { return f.server.Config.Handler }

// APIURL is the address of the REST API.
func (f *Fake) APIURL() string { return f.server.URL + "/api/v10" }

// AddUser lets somebody join.
func (f *Fake) AddUser(u User) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users[u.ID] = u
	f.wake()
}

// AddChannel opens a channel that everybody reads.
func (f *Fake) AddChannel(id, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.channels[id] = &Channel{ID: id, Name: name}
}

// Overwrite changes what a role or a member may do in a channel.
func (f *Fake) Overwrite(channel, id string, o Overwrite) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.channels[channel]
	if c.Overwrites == nil {
		c.Overwrites = map[string]Overwrite{}
	}
	c.Overwrites[id] = o
}

// RemoveChannel deletes a channel.
func (f *Fake) RemoveChannel(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.channels[id].Gone = true
}

// Faults lists the requests that Check refused.
func (f *Fake) Faults() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.wrong...)
}

// Invalid counts the requests that Discord would hold against the bot's address.
func (f *Fake) Invalid() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.invalid
}

// DMChannel is the id of the direct messages between the bot and a user.
func DMChannel(user string) string {
	n, err := strconv.ParseUint(user, 10, 64)
	if err != nil {
		return "0"
	}
	return strconv.FormatUint(n/2+1, 10)
}

// wake tells those who wait that something changed.
func (f *Fake) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// snowflake makes an id that tells when it was made, as all of Discord's do.
func (f *Fake) snowflake() string {
	f.last++
	return strconv.FormatInt((f.config.Now().UnixMilli()-epoch)<<22|f.last&0x3fffff, 10)
}
