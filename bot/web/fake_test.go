package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"convenor/bot"
	"convenor/flows"
)

// words is a pack that has nothing but the catalogue's words.
type words map[string]map[flows.Locale]any

func (words) Flow(string) (flows.Definition, bool) { return flows.Definition{}, false }
func (words) Activities() []flows.Activity         { return nil }

func (w words) Word(l flows.Locale, key string, _ int) (string, bool) {
	said, ok := w[key][l].(string)
	return said, ok
}

func (words) Advise(flows.Locale, string) flows.Advice { return flows.Advice{} }

// catalogue reads the words of the embedded pack as they stand in the tree.
func catalogue(t *testing.T) words {
	t.Helper()
	all := words{}
	for _, area := range []string{"web", "gate", "menu", "step"} {
		source, err := os.ReadFile(filepath.Join("..", "..", "content", "packs", "reentry", "words", area+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(source, &all); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// clock is a pretend clock that moves only when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(_ context.Context, by time.Duration) error {
	c.move(by)
	return nil
}

func (c *clock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// handle is a Handler that is a function.
type handle func(context.Context, bot.Inbound) (bot.Answer, error)

func (h handle) Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error) { return h(ctx, in) }

// noon is a Monday in Chicago.
func noon() time.Time { return time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC) }

// playground is a Server over a World in a folder of its own, with whatever is not given replaced by something that
// does nothing.
type playground struct {
	*Server
	clock *clock
	http  *httptest.Server
}

func open(t *testing.T, dir string, o Options) playground {
	t.Helper()
	c := &clock{at: noon()}
	world, err := Open(dir, c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	o.World, o.Now, o.Advance, o.Pack, o.Zone = world, c.now, c.advance, catalogue(t), time.LoadLocation
	o.Log = slog.New(slog.DiscardHandler)
	if o.Handler == nil {
		o.Handler = handle(func(context.Context, bot.Inbound) (bot.Answer, error) { return bot.Answer{}, nil })
	}
	if o.Remember == nil {
		o.Remember = func(context.Context) ([]flows.Record, error) { return nil, nil }
	}
	if o.Tick == nil {
		o.Tick = func(context.Context) error { return nil }
	}
	if o.Speak == nil {
		o.Speak = func(context.Context, flows.Locale) error { return nil }
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); h.Close() })
	return playground{Server: s, clock: c, http: h}
}

// platform is one of the two.
func (p playground) platform(name string) *Platform { return &Platform{world: p.World, name: name} }

// post sends v as JSON and reads the answer into out.
func (p playground) post(t *testing.T, path string, v, out any) int {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(p.http.URL+path, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if out != nil {
		if err := json.NewDecoder(r.Body).Decode(out); err != nil {
			t.Fatal(err)
		}
	}
	return r.StatusCode
}

// page is an answer to a GET.
type page struct {
	code   int
	header http.Header
	body   string
}

// get reads an address.
func (p playground) get(t *testing.T, path string, header ...string) page {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.http.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	return page{code: r.StatusCode, header: r.Header, body: body.String()}
}

// stream reads the events up to and including the first stir, as a page does that has seen everything up to last. It
// returns the items and the stir's id.
func (p playground) stream(t *testing.T, last string) (items []item, id string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, p.http.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		q.Header.Set("Last-Event-ID", last)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	name := ""
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			if name == "stir" {
				return items, id
			}
			var it item
			if err := json.Unmarshal([]byte(value), &it); err != nil {
				t.Fatal(err)
			}
			items = append(items, it)
		}
	}
	t.Fatal("the stream ended:", lines.Err())
	return nil, ""
}

// says is a message of one paragraph.
func says(text string) bot.Message {
	return bot.Message{Locale: flows.English, Blocks: []bot.Block{{Style: flows.StyleBody, Text: text}}}
}
