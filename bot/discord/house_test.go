package discord

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The people and the channel of the pretend server.
const (
	ana     = "100000000000000011"
	ben     = "100000000000000012"
	general = "100000000000000021"
)

// keys is a pack whose words are their keys, as far as Discord takes them.
type keys struct{}

func (keys) Flow(string) (flows.Definition, bool) { return flows.Definition{}, false }
func (keys) Activities() []flows.Activity {
	return []flows.Activity{{ID: "2.1", Title: map[flows.Locale]string{"en": "Goals", "es": "Metas"}}, {ID: "2.2", Title: map[flows.Locale]string{"en": "Messengers"}}}
}

func (keys) Word(locale flows.Locale, key string, _ int) (string, bool) {
	for _, area := range []string{"discord.name.", "discord.option."} {
		if name, ok := strings.CutPrefix(key, area); ok {
			return name + "-" + string(locale), true // Discord wants no dots and spaces in these
		}
	}
	return key + " " + string(locale), true
}
func (keys) Advise(flows.Locale, string) flows.Advice { return flows.Advice{} }

// server opens a pretend Discord whose every request is held against the API's own description.
func server(t *testing.T, c discordfake.Config) *discordfake.Fake {
	t.Helper()
	c.Check = discordfake.Contract(t)
	f := discordfake.Start(t, c)
	f.AddUser(discordfake.User{ID: ana, Name: "Ana Ruiz", Locale: "es-419"})
	f.AddUser(discordfake.User{ID: ben, Name: "Ben Ito", Locale: "en-US"})
	f.AddChannel(general, "general")
	return f
}

func adapter(t *testing.T, f *discordfake.Fake, change func(*Options)) *Discord {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	o := Options{
		Token: discordfake.Token, APIURL: f.APIURL(), Pack: keys{}, Now: time.Now, Log: slog.New(slog.DiscardHandler), Transport: transport,
		Starts: &starts{},
	}
	if change != nil {
		change(&o)
	}
	d, err := New(o)
	must(t, err)
	return d
}

// starts lets sessions begin whenever they like.
type starts struct{}

func (*starts) BeginSession(context.Context, string, int, time.Time, time.Duration, time.Duration, int) (time.Duration, error) {
	return 0, nil
}

// serve runs d until the test ends.
func serve(t *testing.T, f *discordfake.Fake, d *Discord, h Handler) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx, h) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error("serve:", err)
		}
	})
	must(t, f.AwaitSockets(patient(t), 1))
}

// overHTTP makes f send its interactions to d.
func overHTTP(t *testing.T, f *discordfake.Fake, d *Discord) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	d.Register(mux)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	must(t, f.SetRequestURL(t.Context(), s.URL+"/discord/interactions"))
	return s
}

func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// counted counts what a Handler has heard.
type counted struct {
	Handler
	mu     sync.Mutex
	n      int
	notify chan struct{}
}

func (c *counted) Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error) {
	a, err := c.Handler.Handle(ctx, in)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	close(c.notify)
	c.notify = make(chan struct{})
	return a, err
}

// await waits until n events were heard.
func (c *counted) await(t *testing.T, n int) {
	t.Helper()
	for {
		c.mu.Lock()
		have, notify := c.n, c.notify
		c.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-notify:
		case <-patient(t).Done():
			t.Fatalf("heard %d of %d", have, n)
		}
	}
}
