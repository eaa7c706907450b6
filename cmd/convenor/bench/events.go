package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"convenor/bot"
	"convenor/flows"
	"convenor/store"
)

// conns is how many connections bring events at the same time.
const conns = 32

// longFlow is how many questions a person answers in one conversation.
const longFlow = 12

// bareCommit is as little as a commit can be: seen-check, compare-and-set of one state, one timer, one delivery.
const bareCommit = `
if redis.call('SET', KEYS[1], 1, 'NX') == false then return 'SEEN' end
local old = redis.call('HGET', KEYS[2], ARGV[1])
if (old and string.match(old, '^%d+') or '0') ~= ARGV[2] then return 'CONFLICT' end
redis.call('HSET', KEYS[2], ARGV[1], (ARGV[2] + 1) .. '\n' .. ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
redis.call('RPUSH', KEYS[4], ARGV[5])
return 'OK'`

// bareStates is how many bytes of state and of delivery the bare commit writes.
const bareStates = 1024

// bareLoad commits with as many goroutines as there are connections.
func (b *bench) bareLoad(ctx context.Context, pieces int) (load, error) {
	script, client := redis.NewScript(bareCommit), b.redis.client
	if err := script.Load(ctx, client).Err(); err != nil {
		return load{}, fmt.Errorf("load the bare script: %w", err)
	}
	turn, state := b.ID(), strings.Repeat("x", bareStates)
	return crowded(conns, pieces, func(w, p int) error {
		id := fmt.Sprintf("%s.%d", turn, w)
		answer, err := script.EvalSha(ctx, client, []string{"bench:{b}:e:" + id + "." + strconv.Itoa(p), "bench:{b}:state", "bench:{b}:due", "bench:{b}:out"},
			id, strconv.Itoa(p), state, "1", state).Text()
		if err == nil && answer != "OK" {
			err = errors.New("the bare commit was refused: " + answer)
		}
		return err
	})
}

// longer is the pack with one conversation of many questions.
type longer struct {
	bot.Pack
	flow flows.Definition
}

// Flow returns the long one under its name.
func (l longer) Flow(id string) (flows.Definition, bool) {
	if id == l.flow.ID {
		return l.flow, true
	}
	return l.Pack.Flow(id)
}

// longID is the id of a flow that everybody may begin.
const longID = "messenger"

// office is a house that takes Slack's requests over as many lines as there are connections.
type office struct {
	*house
	*desk
	lines []*line
}

// occupy opens an office on an empty Redis.
func (b *bench) occupy(ctx context.Context, pack bot.Pack, lines int) (*office, error) {
	return b.occupyWith(ctx, pack, lines, func(s *store.Store) bot.Ledger { return s })
}

// occupyWith is occupy with something between the bot and the store.
func (b *bench) occupyWith(ctx context.Context, pack bot.Pack, lines int, ledger func(*store.Store) bot.Ledger) (*office, error) {
	h, err := b.open(ctx, pack, newClock())
	if err != nil {
		return nil, err
	}
	h.Bot = b.bot(h, ledger(h.store), pack)
	d, err := b.receive(ctx, h)
	if err != nil {
		return nil, h.close(err)
	}
	o := &office{house: h, desk: d}
	for range lines {
		l, err := d.dial(ctx)
		if err != nil {
			return nil, o.leave(err)
		}
		o.lines = append(o.lines, l)
	}
	return o, nil
}

// leave closes the office after whatever went wrong in it.
func (o *office) leave(err error) error {
	for _, l := range o.lines {
		_ = l.conn.Close()
	}
	return errors.Join(err, o.stop(), o.close(nil))
}

// begin lets everybody begin the long conversation.
func (o *office) begin(ctx context.Context, people []string) error {
	for _, person := range people {
		in := o.inbound(person)
		in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbStart, Object: longID}.String()}
		if _, err := o.Handle(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// typed is the signed request in which a person writes a direct message.
func (o *office) typed(person string) []byte {
	id := o.keys.Add(1)
	body := fmt.Sprintf(`{"token":"t","team_id":"T1","api_app_id":"A1","type":"event_callback","event_id":"Ev%d","event_time":1764000000,`+
		`"event":{"type":"message","channel":"D%s","channel_type":"im","user":"U%s","text":"A bus that runs in the evening, and somebody to call.",`+
		`"ts":"1764.%d","event_ts":"1764.%d","team":"T1","client_msg_id":"c1","blocks":[{"type":"rich_text","elements":[]}]}}`, id, person, person, id, id)
	return signed("/slack/events", "application/json", []byte(body))
}

// answer lets each line bring the answers of its people, one question after the other, and wants every one saved.
func (o *office) answer(ctx context.Context, each int) (load, error) {
	people, err := o.people(ctx, conns*each)
	if err != nil {
		return load{}, err
	}
	if err := o.begin(ctx, people); err != nil {
		return load{}, err
	}
	pieces := each * longFlow
	requests := make([][]byte, conns*pieces)
	for w := range conns {
		for p := range pieces {
			requests[w*pieces+p] = o.typed(people[w*each+p/longFlow])
		}
	}
	runtime.GC()
	failed := o.done.failed.Load()
	l, err := crowded(conns, pieces, func(w, p int) error { return o.lines[w].send(requests[w*pieces+p]) })
	if n := o.done.failed.Load() - failed; err == nil && n > 0 {
		err = fmt.Errorf("%d events were not saved", n)
	}
	if err != nil {
		return load{}, err
	}
	return l, errors.Join(o.finished(ctx, people), o.forget(ctx))
}

// finished wants the conversations of these people to be over: every answer was taken.
func (o *office) finished(ctx context.Context, people []string) error {
	open := make([]flows.Ref, len(people))
	for i, p := range people {
		open[i] = flows.Ref{Kind: flows.KindOpen, Under: p}
	}
	left, err := o.store.Load(ctx, home, open...)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%d conversations are not over: an answer was not taken", len(left))
	}
	return err
}

// long opens an office with the long conversation.
func (b *bench) long(ctx context.Context) (*office, error) {
	return b.occupy(ctx, longer{b.Pack, questions(longID, longFlow)}, conns)
}

// events is B2.
func (b *bench) events(ctx context.Context) (err error) {
	o, err := b.long(ctx)
	if err != nil {
		return err
	}
	defer func() { err = o.leave(err) }()
	each := b.size(10, 1)
	var rate, p99, bareRate, bareP99 series
	if err := b.alternate(ctx, func() error {
		l, err := o.answer(ctx, each)
		rate, p99 = append(rate, l.perSecond), append(p99, l.p99)
		return err
	}, func() error {
		l, err := b.bareLoad(ctx, each*longFlow)
		bareRate, bareP99 = append(bareRate, l.perSecond), append(bareP99, l.p99)
		return err
	}); err != nil {
		return err
	}
	b.add(result{
		what: "answers a second over 32 connections; bare: one-script commits", unit: "per s", value: rate, bare: bareRate, atBest: 0.35, why: onCores,
		note: "a signed request, read, answered by the engine, committed, acknowledged. Who asks shares the cores with who answers: " +
			"on two cores both are bound by them",
	})
	b.add(result{what: "until acknowledged, 99 of 100", unit: "ms", value: p99, bare: bareP99, atMost: 4, why: onCores})
	return nil
}
