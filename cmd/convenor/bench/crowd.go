package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

// group is how many people answer at once.
const group = 200

// asked is the activity that the coalition is asked about.
const asked = "2.3.3"

// waiting is the pack with the round of that activity waiting for everybody.
type waiting struct {
	bot.Pack
	answers int
}

// Flow returns a flow of the pack.
func (p waiting) Flow(id string) (flows.Definition, bool) {
	d, ok := p.Pack.Flow(id)
	if id == "round-"+asked {
		d.Nodes = slices.Clone(d.Nodes)
		for i := range d.Nodes {
			if d.Nodes[i].Kind == flows.NodeAsk {
				d.Nodes[i].Until = flows.Until{Answers: p.answers}
			}
		}
	}
	return d, ok
}

// crowd is B9: with one process, and with three that share a Redis.
func (b *bench) crowd(ctx context.Context) error {
	for _, processes := range []int{1, 3} {
		if err := b.crowdOn(ctx, processes); err != nil {
			return err
		}
		if err := b.redis.empty(ctx); err != nil {
			return err
		}
	}
	return nil
}

// crowdOn measures how long everybody waits whose form comes to one of so many processes.
func (b *bench) crowdOn(ctx context.Context, processes int) (err error) {
	n := b.size(group, 10)
	o, err := b.occupy(ctx, waiting{b.Pack, n}, n)
	if err != nil {
		return err
	}
	defer func() { err = o.leave(err) }()
	for i := 1; i < processes; i++ {
		leave, e := o.beside(ctx, i, processes)
		if e != nil {
			return e
		}
		defer func() { err = errors.Join(err, leave()) }()
	}
	people, err := o.people(ctx, n)
	if err != nil {
		return err
	}
	lead := coalition.Person{
		ID: b.ID(), Name: "Lead", Role: coalition.RoleCoordinator, Zone: zone, Locale: flows.English, Joined: o.clock.now(), Explained: true,
	}
	lead.Identities = []string{coalition.Identity(place, "U"+lead.ID)}
	if err := o.put(ctx, written{flows.Ref{Kind: flows.KindPerson, ID: lead.ID}, lead},
		written{flows.Ref{Kind: flows.KindIdentity, ID: lead.Identities[0]}, lead.ID}); err != nil {
		return err
	}
	var p99, closes series
	turn := 0
	if err := b.alternate(ctx, func() error {
		turn++
		late, closed, err := o.round(ctx, lead.ID, people, fmt.Sprintf("C%d", turn))
		p99, closes = append(p99, late), append(closes, closed)
		return err
	}); err != nil {
		return err
	}
	to := map[bool]string{true: "one process", false: fmt.Sprintf("%d processes", processes)}[processes == 1]
	b.add(result{
		what: fmt.Sprintf("%d forms to %s within a second until acknowledged, 99 of 100", n, to), unit: "ms", value: p99, atMost: 500, why: onLane,
		note: "counted from the moment at which each form is due to be sent",
	})
	b.add(result{what: "times that the question closed, besides once, with " + to, unit: "times", value: closes, atMost: none, why: isAFault})
	return nil
}

// beside starts one more process of the same coalition, and lets every so-manieth line end at it.
func (o *office) beside(ctx context.Context, first, every int) (leave func() error, err error) {
	s, err := o.bench.redis.beside(ctx)
	if err != nil {
		return nil, err
	}
	d, err := o.bench.receive(ctx, o.bench.houseOn(s, o.Pack, o.post, o.clock))
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for i := first; i < len(o.lines); i += every {
		l, err := d.dial(ctx)
		if err != nil {
			return nil, errors.Join(err, d.stop(), s.Close())
		}
		_ = o.lines[i].conn.Close()
		o.lines[i] = l
	}
	return func() error { return errors.Join(d.stop(), s.Close()) }, nil
}

// round asks a channel and lets everybody answer within a second.
func (o *office) round(ctx context.Context, lead string, people []string, channel string) (p99, extra float64, err error) {
	in := o.inbound(lead)
	in.Channel, in.Command = channel, &bot.Command{Verb: "ask", Rest: asked}
	if _, err := o.Handle(ctx, in); err != nil {
		return 0, 0, err
	}
	run, err := o.roundIn(ctx, channel)
	if err != nil {
		return 0, 0, err
	}
	forms := make([][]byte, len(people))
	for i, person := range people {
		if forms[i], err = o.form(person, channel, run); err != nil {
			return 0, 0, err
		}
	}
	took := make([]float64, len(people))
	began := time.Now()
	if _, err = crowded(len(people), 1, func(w, _ int) error {
		due := began.Add(time.Second * time.Duration(w) / time.Duration(len(people)))
		<-time.After(time.Until(due))
		err := o.lines[w].send(forms[w])
		took[w] = float64(time.Since(due).Microseconds()) / 1000
		return err
	}); err != nil {
		return 0, 0, err
	}
	slices.Sort(took)
	after, err := o.roundIn(ctx, channel)
	if err != nil {
		return 0, 0, err
	}
	tally := after.Tally[run.Node]
	if tally.Answers != len(people) || !tally.Closed || after.Node == run.Node {
		return 0, 0, fmt.Errorf("%d of %d answers were saved in time; the others were given back to be sent again", tally.Answers, len(people))
	}
	extra, err = o.closed(ctx, after)
	return percentile(took, 99), extra, errors.Join(err, o.settle(ctx))
}

// closed counts how often more than once a run went on from its first question: each time it would have been said anew.
func (o *office) closed(ctx context.Context, run flows.Run) (float64, error) {
	answers, err := o.store.Load(ctx, home, flows.Ref{Kind: flows.KindAnswer, Under: run.ID})
	if err != nil {
		return 0, err
	}
	// Each answer takes one revision, the opening one, and the close none of its own.
	return float64(run.Rev) - float64(len(answers)) - 1, nil
}

// roundIn is the round of a channel.
func (o *office) roundIn(ctx context.Context, channel string) (flows.Run, error) {
	records, err := o.store.Load(ctx, home, flows.Ref{Kind: flows.KindRun})
	if err != nil {
		return flows.Run{}, err
	}
	for _, r := range records {
		var run flows.Run
		if err := json.Unmarshal(r.Data, &run); err != nil {
			return flows.Run{}, fmt.Errorf("decode a run: %w", err)
		}
		if strings.HasSuffix(run.Space, ":"+channel) {
			return run, nil
		}
	}
	return flows.Run{}, errors.New("the round did not begin")
}

// form is the signed request in which a person sends the form of a round's question.
func (o *office) form(person, channel string, run flows.Run) ([]byte, error) {
	token := flows.Token{Verb: flows.VerbAnswer, Object: run.ID, Rev: run.Drawn, Node: run.Node}.String()
	payload, err := json.Marshal(map[string]any{
		"type": "view_submission", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": "U" + person}, "trigger_id": fmt.Sprintf("1.2.%d", o.keys.Add(1)),
		"view": map[string]any{
			"id": fmt.Sprintf("V%d", o.keys.Add(1)), "type": "modal", "hash": "1.x", "private_metadata": token + "\n" + channel,
			"state": map[string]any{"values": map[string]any{
				run.Node: map[string]any{"text": map[string]any{"type": "plain_text_input", "value": "A bus that runs in the evening."}},
			}},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("encode a form: %w", err)
	}
	body := url.Values{"payload": {string(payload)}}.Encode()
	return signed("/slack/interactions", "application/x-www-form-urlencoded", []byte(body)), nil
}
