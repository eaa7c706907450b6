package bot_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
	"convenor/store"
)

const home = "coalitioncoaliti"

// world is a coalition on the embedded store, with people on two platforms and a clock that only tests move.
type world struct {
	t       *testing.T
	store   *store.Store
	dir     string
	url     string // of a Redis; empty: dir is where things are kept
	clock   *clock
	slack   *bottest.Recorder
	discord *bottest.Recorder
	ids     atomic.Int64
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *clock) advance(d time.Duration) { c.set(c.now().Add(d)) }

// monday is noon in Chicago and 10:00 in Los Angeles, a working day without a change of clocks.
func monday() time.Time { return time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC) }

// newWorld has Ana (slack, Chicago, Spanish) and Ben (discord first, slack too; Los Angeles) and one space.
func newWorld(t *testing.T, at time.Time) *world {
	t.Helper()
	return newWorldOn(t, "", at)
}

// newWorldOn is newWorld on a Redis, if url names one.
func newWorldOn(t *testing.T, url string, at time.Time) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), url: url, clock: &clock{at: at}}
	w.open()
	w.slack = bottest.NewRecorder("slack", w.clock.now)
	w.discord = bottest.NewRecorder("discord", w.clock.now)
	w.put(flows.Ref{Kind: flows.KindCoalition, ID: home}, coalition.Coalition{
		ID: home, Name: "Test", Locale: flows.English, Zone: "America/Chicago", Places: []string{"slack:T1", "discord:G1"},
	})
	w.put(flows.Ref{Kind: flows.KindPerson, ID: "ana"}, coalition.Person{
		ID: "ana", Name: "Ana Ruiz", Identities: []string{"slack:T1:UANA"}, Role: coalition.RoleCoordinator, Locale: flows.Spanish,
		Zone: "America/Chicago", Explained: true,
	})
	w.put(flows.Ref{Kind: flows.KindPerson, ID: "ben"}, coalition.Person{
		ID: "ben", Name: "Ben Ito", Identities: []string{"discord:G1:9", "slack:T1:UBEN"}, Role: coalition.RoleVolunteer, Locale: flows.English,
		Zone: "America/Los_Angeles", Explained: true,
	})
	w.put(flows.Ref{Kind: flows.KindSpace, ID: room}, coalition.Space{ID: room, Platform: "slack", Place: "slack:T1", Channel: "C1"})
	return w
}

const room = "slack:T1:C1"

func inRoom() bot.Address      { return bot.Address{Place: "slack:T1", Channel: "C1"} }
func anaOnSlack() bot.Address  { return bot.Address{Place: "slack:T1", User: "UANA"} }
func benOnSlack() bot.Address  { return bot.Address{Place: "slack:T1", User: "UBEN"} }
func benDiscord() bot.Address  { return bot.Address{Place: "discord:G1", User: "9"} }
func (w *world) fatal(e error) { w.t.Helper(); w.t.Fatal(e) }

func (w *world) open() {
	w.t.Helper()
	s, err := store.Open(context.Background(), store.Options{URL: w.url, Dir: w.dir})
	if err != nil {
		w.fatal(err)
	}
	w.store = s
	w.t.Cleanup(func() { _ = s.Close() })
}

// process is a Bot with whatever stands between it and the world.
func (w *world) process(around func(*bot.Config)) *bot.Bot {
	c := bot.Config{
		Ledger: w.store, Outbox: w.store, Attic: w.store, Pack: pack{}, Platforms: []bot.Platform{w.slack, w.discord},
		Now: w.clock.now, Zone: time.LoadLocation, ID: w.id, Log: slog.New(slog.DiscardHandler),
	}
	if around != nil {
		around(&c)
	}
	return bot.New(c)
}

func (w *world) id() string { return "id" + strconv.FormatInt(w.ids.Add(1), 10) }

// put stores a record over whatever stands there.
func (w *world) put(ref flows.Ref, v any) {
	w.t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		w.fatal(err)
	}
	rev := int64(0)
	if have := w.load(ref); len(have) == 1 {
		rev = have[0].Rev
	}
	w.commit(flows.Commit{Writes: []flows.Write{{Ref: ref, Rev: rev, Data: data}}})
}

func (w *world) commit(c flows.Commit) {
	w.t.Helper()
	c.ID, c.Coalition, c.Audit.At = w.id(), home, w.clock.now()
	if err := w.store.Commit(context.Background(), c); err != nil {
		w.fatal(err)
	}
}

func (w *world) load(refs ...flows.Ref) []flows.Record {
	w.t.Helper()
	records, err := w.store.Load(context.Background(), home, refs...)
	if err != nil {
		w.fatal(err)
	}
	return records
}

// read reads one record into v.
func (w *world) read(ref flows.Ref, v any) {
	w.t.Helper()
	records := w.load(ref)
	if len(records) != 1 {
		w.t.Fatalf("%+v: %d records", ref, len(records))
	}
	if err := json.Unmarshal(records[0].Data, v); err != nil {
		w.fatal(err)
	}
}

// who reads a person.
func (w *world) who(id string) (p coalition.Person) {
	w.t.Helper()
	w.read(flows.Ref{Kind: flows.KindPerson, ID: id}, &p)
	return p
}

// ben changes Ben's record.
func (w *world) ben(change func(*coalition.Person)) {
	w.t.Helper()
	p := w.who("ben")
	change(&p)
	w.put(flows.Ref{Kind: flows.KindPerson, ID: p.ID}, p)
}

// receipts are those of a person or space, as "outcome rule" by delivery.
func (w *world) receipts(under string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, r := range w.load(flows.Ref{Kind: flows.KindReceipt, Under: under}) {
		var receipt flows.Receipt
		if err := json.Unmarshal(r.Data, &receipt); err != nil {
			w.fatal(err)
		}
		out[receipt.Delivery] = strings.TrimSpace(string(receipt.Outcome) + " " + receipt.Rule)
	}
	return out
}

// owe commits deliveries, owed now when they say nothing else.
func (w *world) owe(deliveries ...flows.Delivery) {
	w.t.Helper()
	for i := range deliveries {
		d := &deliveries[i]
		d.Coalition = home
		if d.At.IsZero() {
			d.At = w.clock.now()
		}
	}
	w.commit(flows.Commit{Deliveries: deliveries})
}

func text(s string) flows.Message {
	return flows.Message{Parts: []flows.Part{{Style: flows.StyleBody, Text: flows.Text{"en": s, "es": s}}}}
}

func post(id string) flows.Delivery {
	return flows.Delivery{ID: id, Kind: flows.Post, Space: room, Message: text(id)}
}

func reply(id, person, via string) flows.Delivery {
	return flows.Delivery{ID: id, Kind: flows.Reply, Person: person, Via: via, Message: text(id)}
}

func nudged(id, person string) flows.Delivery {
	return flows.Delivery{ID: id, Kind: flows.Nudge, Person: person, Message: text(id)}
}

// deliver calls Deliver until nothing is ready now.
func (w *world) deliver(b *bot.Bot) {
	w.t.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = b.Deliver(context.Background()); err != nil {
			w.t.Fatal("deliver:", err)
		}
	}
}

// run lets time pass for d, with a tick of every process each step.
func (w *world) run(d, step time.Duration, processes ...*bot.Bot) {
	w.t.Helper()
	for end := w.clock.now().Add(d); !w.clock.now().After(end); w.clock.advance(step) {
		for _, b := range processes {
			if _, err := b.Sweep(context.Background()); err != nil {
				w.t.Fatal("sweep:", err)
			}
		}
		for _, b := range processes {
			w.deliver(b)
		}
	}
}

// seen is what stands in a conversation, one line a message.
func seen(r *bottest.Recorder, to bot.Address) []string {
	var out []string
	for _, p := range r.Posts(to) {
		out = append(out, p.Message.Blocks[0].Text)
	}
	return out
}

// want compares lists.
func want(t *testing.T, what string, got []string, expected ...string) {
	t.Helper()
	if !slices.Equal(got, expected) {
		t.Errorf("%s: got %q, want %q", what, got, expected)
	}
}

// step stores a step that a person has taken, and arms its ladder.
func (w *world) step(id, lead, due string) plan.Step {
	w.t.Helper()
	p := w.who(lead)
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		w.fatal(err)
	}
	s := plan.Step{
		ID: id, What: "text-" + id, Goal: "goal", GoalText: "goal-text", Lead: lead, Due: due, Status: plan.StatusTaken, NamedBy: "ana",
		Named: w.clock.now(), Taken: w.clock.now(), Rev: 1,
	}
	w.put(flows.Ref{Kind: flows.KindStep, ID: id}, s)
	w.put(flows.Ref{Kind: flows.KindText, ID: s.What}, flows.Typed{Text: "call the clinic " + id, By: "ana"})
	w.commit(flows.Commit{Timers: nudge.Ladder(home, s.Deadline(), p, loc, w.clock.now())})
	return s
}

// pack says every key as itself, with its placeholders, in both languages.
type pack struct{}

func (pack) Flow(string) (flows.Definition, bool) { return flows.Definition{}, false }
func (pack) Activities() []flows.Activity         { return nil }

func (pack) Word(_ flows.Locale, key string, _ int) (string, bool) {
	for _, p := range []string{"nudge.", "step."} {
		if strings.HasPrefix(key, p) {
			return key + " {what}", true
		}
	}
	return key, true
}

func (pack) Advise(flows.Locale, string) flows.Advice { return flows.Advice{} }

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
