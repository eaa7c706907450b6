package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/store"
)

// slowBy is how much longer each call of the store takes in B13.
const slowBy = 200 * time.Millisecond

// slowStore is a store whose every round trip takes longer. Where a place belongs the store itself remembers.
type slowStore struct{ *store.Store }

func (slowStore) wait(ctx context.Context) {
	select {
	case <-time.After(slowBy):
	case <-ctx.Done():
	}
}

// Load takes longer.
func (s slowStore) Load(ctx context.Context, coalition string, refs ...flows.Ref) ([]flows.Record, error) {
	s.wait(ctx)
	return s.Store.Load(ctx, coalition, refs...)
}

// Commit takes longer.
func (s slowStore) Commit(ctx context.Context, c flows.Commit) error {
	s.wait(ctx)
	return s.Store.Commit(ctx, c)
}

// slow is B13.
func (b *bench) slow(ctx context.Context) (err error) {
	o, err := b.occupyWith(ctx, longer{b.Pack, questions(longID, longFlow)}, conns, func(s *store.Store) bot.Ledger { return slowStore{s} })
	if err != nil {
		return err
	}
	defer func() { err = o.leave(err) }()
	var p99 series
	if err := b.alternate(ctx, func() error {
		l, err := o.clicks(ctx)
		p99 = append(p99, l.p99)
		return err
	}); err != nil {
		return err
	}
	b.add(result{
		what: "presses, commands and answers until acknowledged, 99 of 100", unit: "ms", value: p99, atMost: 800, why: onStore,
		note: "each call of the store takes 200 ms longer; 32 people at the same time, every one acknowledged",
	})
	return nil
}

// clicks lets as many people as there are lines open their menu, look at their things, change their language and answer
// questions, one thing after the other.
func (o *office) clicks(ctx context.Context) (load, error) {
	people, err := o.people(ctx, conns)
	if err != nil {
		return load{}, err
	}
	if _, err := crowded(conns, 1, func(w, _ int) error { return o.begin(ctx, people[w:w+1]) }); err != nil {
		return load{}, err
	}
	acts := []func(person string) []byte{
		func(person string) []byte { return o.pressed(person, flows.Token{Verb: flows.VerbMenu}) },
		o.typed,
		func(person string) []byte { return o.pressed(person, flows.Token{Verb: flows.VerbLanguage, Arg: "es"}) },
		func(person string) []byte { return o.commanded(person, "me") },
		o.typed,
		func(person string) []byte {
			return o.pressed(person, flows.Token{Verb: flows.VerbMenu, Object: "plan"})
		},
	}
	failed := o.done.failed.Load()
	l, err := crowded(conns, len(acts)*o.bench.size(2, 1), func(w, p int) error { return o.lines[w].send(acts[p%len(acts)](people[w])) })
	if n := o.done.failed.Load() - failed; err == nil && n > 0 {
		err = fmt.Errorf("%d acts were not saved", n)
	}
	if err != nil {
		return load{}, err
	}
	return l, o.forget(ctx)
}

// pressed is the signed request in which a person presses a button in a direct message.
func (o *office) pressed(person string, token flows.Token) []byte {
	payload, _ := json.Marshal(map[string]any{ // strings always can
		"type": "block_actions", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": "U" + person},
		"trigger_id": fmt.Sprintf("1.2.%d", o.keys.Add(1)), "channel": map[string]any{"id": "D" + person},
		"actions": []any{map[string]any{"type": "button", "action_id": "b0.en", "value": token.String()}},
	})
	body := url.Values{"payload": {string(payload)}}.Encode()
	return signed("/slack/interactions", "application/x-www-form-urlencoded", []byte(body))
}

// commanded is the signed request in which a person writes a command.
func (o *office) commanded(person, text string) []byte {
	body := url.Values{
		"command": {"/coalition"}, "text": {text}, "user_id": {"U" + person}, "channel_id": {"D" + person},
		"trigger_id": {fmt.Sprintf("1.2.%d", o.keys.Add(1))}, "team_id": {"T1"},
	}.Encode()
	return signed("/slack/commands", "application/x-www-form-urlencoded", []byte(body))
}
