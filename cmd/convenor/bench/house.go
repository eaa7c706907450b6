package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/store"
)

// The pretend coalition.
const (
	home     = "benchbenchbenchb"
	platform = "slack"
	place    = "slack:T1"
	zone     = "America/Chicago"
)

// monday is ten in the morning where the coalition is: everybody may be written to.
func monday() time.Time { return time.Date(2026, 11, 2, 16, 0, 0, 0, time.UTC) }

// clock begins at monday. It can be moved on, and goes on by itself like the machine's unless it stands.
type clock struct {
	began time.Time // zero: it stands
	ahead atomic.Int64
}

func newClock() *clock { return &clock{began: time.Now()} }

func (c *clock) now() time.Time {
	now := monday().Add(time.Duration(c.ahead.Load()))
	if !c.began.IsZero() {
		now = now.Add(time.Since(c.began))
	}
	return now
}

func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// house is a Convenor on the Redis, with a platform that counts what it is asked to post.
type house struct {
	*bot.Bot
	bench *bench
	store *store.Store
	post  *recorder
	done  *counter
	clock *clock
	keys  atomic.Int64
}

// open opens a house on an empty Redis.
func (b *bench) open(ctx context.Context, pack bot.Pack, c *clock) (*house, error) {
	s, err := b.redis.open(ctx)
	if err != nil {
		return nil, err
	}
	h := b.houseOn(s, pack, newRecorder(c.now), c)
	if _, err := s.Claim(ctx, place, home); err != nil {
		return nil, h.close(err)
	}
	tenant := coalition.Coalition{ID: home, Name: "Bench", Locale: flows.English, Zone: zone, Places: []string{place}, Created: c.now()}
	if err := h.put(ctx, written{flows.Ref{Kind: flows.KindCoalition, ID: home}, tenant}); err != nil {
		return nil, h.close(err)
	}
	return h, nil
}

// houseOn puts a bot on a store.
func (b *bench) houseOn(s *store.Store, pack bot.Pack, post *recorder, c *clock) *house {
	h := &house{bench: b, store: s, post: post, clock: c, done: &counter{}}
	h.Bot = b.bot(h, s, pack)
	return h
}

// bot is a house's bot with a ledger.
func (b *bench) bot(h *house, ledger bot.Ledger, pack bot.Pack) *bot.Bot {
	return bot.New(bot.Config{
		Ledger: ledger, Outbox: h.store, Pack: pack, Platforms: []bot.Platform{h.post}, Now: h.clock.now, Zone: b.Zone, ID: b.ID, Log: b.Log,
		Observer: h.done,
	})
}

// close closes the house after whatever went wrong in it.
func (h *house) close(err error) error {
	if e := h.store.Close(); err == nil {
		return e
	}
	return err
}

// written is one record to be made.
type written struct {
	ref   flows.Ref
	value any
}

// put makes records.
func (h *house) put(ctx context.Context, all ...written) error {
	c := flows.Commit{ID: h.bench.ID(), Coalition: home, Audit: flows.Audit{At: h.clock.now(), Verb: "bench"}}
	for _, w := range all {
		data, err := json.Marshal(w.value)
		if err != nil {
			return fmt.Errorf("encode %s: %w", w.ref.Kind, err)
		}
		c.Writes = append(c.Writes, flows.Write{Ref: w.ref, Data: data})
	}
	return h.store.Commit(ctx, c)
}

// atOnce is how many records or timers go into one commit that prepares something.
const atOnce = 500

// people makes n members and returns their ids. Each is the user of the same name.
func (h *house) people(ctx context.Context, n int) ([]string, error) {
	ids := make([]string, n)
	var all []written
	for i := range ids {
		id := h.bench.ID()
		ids[i] = id
		p := coalition.Person{
			ID: id, Name: "Somebody", Identities: []string{coalition.Identity(place, "U"+id)}, Role: coalition.RoleMember,
			Zone: zone, ZoneSource: coalition.SourcePlatform, Locale: flows.English, Joined: h.clock.now(), Explained: true,
		}
		all = append(all, written{flows.Ref{Kind: flows.KindPerson, ID: id}, p},
			written{flows.Ref{Kind: flows.KindIdentity, ID: p.Identities[0]}, id})
		if len(all) >= atOnce || i == n-1 {
			if err := h.put(ctx, all...); err != nil {
				return nil, err
			}
			all = nil
		}
	}
	return ids, nil
}

// inbound is an event of a person's.
func (h *house) inbound(person string) bot.Inbound {
	return bot.Inbound{Key: fmt.Sprintf("slack:bench%d", h.keys.Add(1)), Platform: platform, Place: place, User: "U" + person}
}

// forget lets so much time pass that what is still owed in answer to somebody is not sent any more, and clears it away.
func (h *house) forget(ctx context.Context) error {
	h.clock.advance(flows.ReplyLife + time.Minute)
	return h.settle(ctx)
}

// settle delivers whatever may be sent now.
func (h *house) settle(ctx context.Context) error {
	for n := 1; n > 0; {
		var err error
		if n, err = h.Deliver(ctx); err != nil {
			return err
		}
	}
	return nil
}

// counter counts deliveries as package bot tells of them.
type counter struct {
	sent, other, failed atomic.Int64

	mu   sync.Mutex
	want int64
	all  chan struct{}
}

// expect returns a channel that is closed when n more were sent.
func (c *counter) expect(n int) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.want, c.all = c.sent.Load()+int64(n), make(chan struct{})
	return c.all
}

// Handled counts events that failed.
func (c *counter) Handled(_, _, outcome string, _ time.Duration) {
	if outcome != "saved" {
		c.failed.Add(1)
	}
}

// Delivered counts deliveries.
func (c *counter) Delivered(_ string, _ flows.DeliveryKind, outcome string, _ time.Duration) {
	if outcome != string(flows.Sent) {
		c.other.Add(1)
		return
	}
	n := c.sent.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all != nil && n >= c.want {
		close(c.all)
		c.all = nil
	}
}

// Looked, Refused and Panicked count nothing.
func (*counter) Looked(string) {}

// Refused counts nothing.
func (*counter) Refused() {}

// Panicked counts nothing.
func (*counter) Panicked() {}
