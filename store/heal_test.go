package store

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
)

// clinic is a coalition with a step for each of its people, and the bot that reminds them.
type clinic struct {
	t      *testing.T
	s      *Store
	b      *bot.Bot
	chat   *bottest.Recorder
	now    time.Time
	ids    atomic.Int64
	random *rand.Rand
	done   map[string]int // damages by kind
}

const clinicPeople = 70

func newClinic(t *testing.T, s *Store) *clinic {
	t.Helper()
	c := &clinic{t: t, s: s, now: noon.Add(-3 * time.Hour), random: rand.New(rand.NewPCG(7, 8)), done: map[string]int{}}
	c.chat = bottest.NewRecorder("slack", c.clock)
	var sends atomic.Int64
	lossy := bottest.Faulty{Platform: c.chat, Plan: func(op string, _ bot.Address, _ string) bottest.Fault {
		if op != "Send" {
			return bottest.None
		}
		if sends.Add(1)%7 == 0 {
			return bottest.Lost
		}
		return bottest.None
	}}
	c.b = bot.New(bot.Config{
		Ledger: s, Outbox: s, Attic: s, Pack: mute{}, Platforms: []bot.Platform{lossy}, Now: c.clock, Zone: time.LoadLocation,
		ID: c.id, Log: slog.New(slog.DiscardHandler),
	})
	c.put(flows.Ref{Kind: flows.KindCoalition, ID: "c1"}, coalition.Coalition{ID: "c1", Zone: "America/Chicago", Locale: flows.English})
	c.put(flows.Ref{Kind: flows.KindSpace, ID: "slack:T1:C1"}, coalition.Space{ID: "slack:T1:C1", Platform: "slack", Place: "slack:T1", Channel: "C1"})
	for i := range clinicPeople {
		c.step(i)
	}
	return c
}

func (c *clinic) clock() time.Time { return c.now }

func (c *clinic) id() string { return "id" + strconv.FormatInt(c.ids.Add(1), 10) }

func (c *clinic) put(ref flows.Ref, v any, timers ...flows.Timer) {
	c.t.Helper()
	data, err := json.Marshal(v)
	must(c.t, err)
	must(c.t, c.s.Commit(c.t.Context(), flows.Commit{
		ID: c.id(), Coalition: "c1", Writes: []flows.Write{{Ref: ref, Data: data}}, Timers: timers, Audit: flows.Audit{At: c.now},
	}))
}

// step gives somebody new a step: most have taken it, some have only offered it, were reminded later or asked for help.
func (c *clinic) step(i int) {
	c.t.Helper()
	p := coalition.Person{ID: "p" + strconv.Itoa(i), Identities: []string{"slack:T1:U" + strconv.Itoa(i)}, Explained: true, Locale: flows.English}
	if i == 0 {
		p.Role = coalition.RoleCoordinator
	}
	c.put(flows.Ref{Kind: flows.KindPerson, ID: p.ID}, p)
	zone, err := time.LoadLocation("America/Chicago")
	must(c.t, err)
	s := plan.Step{
		ID: "s" + strconv.Itoa(i), What: "w", GoalText: "g", Lead: p.ID, NamedBy: p.ID, Status: plan.StatusTaken, Taken: c.now, Named: c.now,
		Due: c.now.AddDate(0, 0, 3+i%14).Format(time.DateOnly), Rev: 1,
	}
	switch i % 10 {
	case 7:
		s.Status, s.Ask = plan.StatusOffered, c.now.AddDate(0, 0, 2+i%5)
	case 8:
		s.Snoozed = c.now.Add(time.Second)
	case 9:
		s.Status, s.NamedBy = plan.StatusHelp, "p0"
		s.History = []plan.Past{{Did: flows.VerbStepHelp, By: p.ID, At: c.now.Add(time.Second)}}
	}
	c.put(flows.Ref{Kind: flows.KindStep, ID: s.ID}, s, s.Timers("c1", p, zone, c.now)...)
}

// live lets n hours pass. Each is a tick: something to post, damage, a look at everything, what is due, what is owed.
func (c *clinic) live(n, damages int) {
	c.t.Helper()
	ctx := context.Background()
	for hour := range n {
		must(c.t, c.s.Commit(ctx, flows.Commit{ID: c.id(), Coalition: "c1", Audit: flows.Audit{At: c.now}, Deliveries: []flows.Delivery{
			{ID: fmt.Sprint("post.", hour, ".0"), Coalition: "c1", Kind: flows.Post, Space: "slack:T1:C1", At: c.now, Message: words("a")},
			{ID: fmt.Sprint("post.", hour, ".1"), Coalition: "c1", Kind: flows.Post, Space: "slack:T1:C1", At: c.now, Message: words("b")},
		}}))
		for did := 0; did < damages; {
			if what := c.damage(); what != "" {
				c.done[what]++
				did++
			}
		}
		if damages > 0 {
			c.tidy()
		}
		for _, at := range []time.Duration{0, 2 * time.Second, 61 * time.Second, 125 * time.Second, 190 * time.Second} { // time to find out about what is in doubt
			start := c.now
			c.now = c.now.Add(at)
			_, err := c.b.Sweep(ctx)
			must(c.t, err)
			for k := 1; k > 0; {
				k, err = c.b.Deliver(ctx)
				must(c.t, err)
			}
			if c.now = start; at == 2*time.Second && damages > 0 && c.random.IntN(3) == 0 {
				c.hurt("lease", c.s.client.HKeys(ctx, c.k().leases()).Val(), func(id string) *redis.IntCmd { return c.s.client.HDel(ctx, c.k().leases(), id) })
				c.now = c.now.Add(2 * time.Second)
				c.tidy()
				c.now = start
			}
		}
		c.now = c.now.Add(time.Hour)
	}
}

// tidy is a round through everything.
func (c *clinic) tidy() {
	c.t.Helper()
	c.b.Suspect()
	for first := true; first || c.b.Hurried(); first = false {
		_, err := c.b.Tidy(c.t.Context())
		must(c.t, err)
	}
}

func (c *clinic) k() keys {
	k, err := keysOf("c1", c.s.shards)
	must(c.t, err)
	return k
}

// hurt does something to one of the items and counts it.
func (c *clinic) hurt(what string, items []string, do func(string) *redis.IntCmd) string {
	c.t.Helper()
	if len(items) == 0 {
		return ""
	}
	slices.Sort(items)
	n, err := do(items[c.random.IntN(len(items))]).Result()
	must(c.t, err)
	if n == 0 {
		return ""
	}
	if what == "lease" {
		c.done[what]++
	}
	return what
}

// damage spoils one thing, and says what, or "" when there was nothing of its kind.
func (c *clinic) damage() string {
	c.t.Helper()
	ctx, k, db := context.Background(), c.k(), c.s.client
	all := func(z string) []string { return db.ZRange(ctx, z, 0, -1).Val() }
	switch c.random.IntN(7) {
	case 0:
		return c.hurt("timer's due time", all(k.timers()), func(m string) *redis.IntCmd { return db.ZRem(ctx, k.timers(), m) })
	case 1:
		return c.hurt("timer", db.HKeys(ctx, k.timer()).Val(), func(id string) *redis.IntCmd { return db.HDel(ctx, k.timer(), id) })
	case 2:
		return c.hurt("timer and due time", db.HKeys(ctx, k.timer()).Val(), func(id string) *redis.IntCmd {
			db.HDel(ctx, k.timer(), id)
			return db.ZRem(ctx, k.timers(), member("c1", id))
		})
	case 3:
		return c.hurt("timer gone astray", all(k.timers()), func(m string) *redis.IntCmd {
			db.ZAdd(ctx, k.timers(), redis.Z{Score: float64(c.now.AddDate(1, 0, 0).UnixMilli()), Member: m})
			return redis.NewIntResult(1, nil)
		})
	case 4:
		return c.hurt("place in the outbox", all(k.outbox()), func(m string) *redis.IntCmd { return db.ZRem(ctx, k.outbox(), m) })
	case 5:
		return c.hurt("queue", all(k.outbox()), func(m string) *redis.IntCmd {
			_, conv, _ := strings.Cut(m, " ")
			return db.Del(ctx, k.queue(conv))
		})
	default:
		return c.hurt("item of a queue", all(k.outbox()), func(m string) *redis.IntCmd {
			_, conv, _ := strings.Cut(m, " ")
			if db.LPop(ctx, k.queue(conv)).Err() != nil {
				return redis.NewIntResult(0, nil) // it was taken whole
			}
			return redis.NewIntResult(1, nil)
		})
	}
}

// told is what everybody was told: by reader and key, when.
func (c *clinic) told() map[string][]time.Time {
	got := map[string][]time.Time{}
	for _, p := range c.chat.Posts(bot.Address{}) {
		name := p.To.User + p.To.Channel + " " + p.Key
		got[name] = append(got[name], p.At)
	}
	return got
}

// TestAThousandDamages takes what makes things findable out of the store, a thousand times while two weeks go by: due
// times, timers, queues, leases, places in the outbox. What people are told is what they are told without any damage:
// everything once, nothing before its hour, nothing lost.
func TestAThousandDamages(t *testing.T) {
	t.Parallel()
	const hours, each = 14 * 24, 3
	for _, name := range []string{"embedded", "redis"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := kinds()["embedded"](t)
			sound := newClinic(t, s)
			sound.live(hours, 0)
			want := sound.told()
			s, _ = kinds()[name](t)
			hurt := newClinic(t, s)
			hurt.live(hours, each)
			got := hurt.told()
			lost, doubled, early, late := 0, 0, 0, 0
			for key, at := range want {
				if len(at) != 1 {
					t.Fatalf("without damage %s came %d times", key, len(at))
				}
				switch have := got[key]; {
				case len(have) == 0:
					lost++
					t.Logf("lost: %s, due %v", key, at[0])
				case len(have) > 1:
					doubled++
					t.Logf("doubled: %s at %v, due %v", key, have, at[0])
				case have[0].Truncate(time.Hour).Before(at[0].Truncate(time.Hour)):
					early++
				case have[0].Sub(at[0]) > 2*time.Hour:
					late++
				}
			}
			sum := 0
			for _, n := range hurt.done {
				sum += n
			}
			t.Logf("%d damages %v; %d messages: %d lost, %d doubled, %d early, %d late, %d that nobody owed",
				sum, hurt.done, len(want), lost, doubled, early, late, len(got)-len(want)+lost)
			if sum < 1000 || lost+doubled+early+late > 0 || len(got) != len(want) {
				t.Errorf("told %d of %d", len(got), len(want))
				for _, key := range slices.Sorted(maps.Keys(got)) {
					if want[key] == nil {
						t.Logf("not owed: %s at %v", key, got[key])
					}
				}
			}
		})
	}
}

func words(s string) flows.Message {
	return flows.Message{Parts: []flows.Part{{Style: flows.StyleBody, Text: flows.Text{"en": s, "es": s}}}}
}

// mute is a pack whose words are their keys.
type mute struct{}

func (mute) Flow(string) (flows.Definition, bool)                  { return flows.Definition{}, false }
func (mute) Activities() []flows.Activity                          { return nil }
func (mute) Word(_ flows.Locale, key string, _ int) (string, bool) { return key, true }
func (mute) Advise(flows.Locale, string) flows.Advice              { return flows.Advice{} }
