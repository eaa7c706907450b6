package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"convenor/flows"
)

// work is what one event changes, put together before it is committed once. Whatever is read through it keeps the
// revision it was read at, so that the commit is refused when someone else was faster. It belongs to one goroutine and
// one try; after flows.ErrConflict a fresh one starts over.
type work struct {
	b         *Bot
	coalition string
	key       string // id of the inbound event; empty for a timer, whose Fired protects it
	audit     flows.Audit
	found     map[flows.Ref]flows.Record
	looked    map[flows.Ref]bool // refs asked for, found or not; one without an ID stands for all of its kind and owner
	staged    map[flows.Ref]flows.Write
	order     []flows.Ref // of staged, as they were first put
	out       []flows.Delivery
	timers    []flows.Timer
	moved     []flows.Timer
	fired     []string
	whisper   *flows.Message // what goes back inside the interaction
	form      *flows.Form
	forget    bool // what is dropped was promised to be gone
}

// origin says where effects come from. A repeat of the same event makes the same ID, and so the same deliveries.
type origin struct {
	ID     string // "<run>.<rev>" or "<step>.<rev>"
	Person string // who acted: what they are told is a reply; anyone else gets a nudge
	Via    string // platform it came from: replies go back there
	At     time.Time
	Reason flows.Reason // why others than the one who acted are told
}

// work starts an empty piece of work for a coalition.
func (b *Bot) work(coalition string) *work {
	return &work{
		b: b, coalition: coalition,
		found: map[flows.Ref]flows.Record{}, looked: map[flows.Ref]bool{}, staged: map[flows.Ref]flows.Write{},
	}
}

// load reads records that were not read yet, in one round trip. Reading more than is needed is harmless: only what is
// put is compared.
func (w *work) load(ctx context.Context, refs ...flows.Ref) error {
	var ask []flows.Ref
	for _, ref := range refs {
		if !w.known(ref) {
			ask = append(ask, ref)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	records, err := w.b.Ledger.Load(ctx, w.coalition, ask...)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	for _, r := range records {
		if !w.known(r.Ref) { // what was read first is what was decided on
			w.found[r.Ref] = r
		}
	}
	for _, ref := range ask {
		w.looked[ref] = true
	}
	return nil
}

// known reports whether ref was read, by itself or with all of its kind and owner.
func (w *work) known(ref flows.Ref) bool {
	return w.looked[ref] || w.looked[flows.Ref{Kind: ref.Kind, Under: ref.Under}]
}

// find returns one record as it will be after this work, reading it if need be; ok is false when there is none.
func find[T any](ctx context.Context, w *work, ref flows.Ref) (v T, ok bool, err error) {
	if s, put := w.staged[ref]; put {
		if s.Delete {
			return v, false, nil
		}
		return v, true, decode(ref, s.Data, &v)
	}
	if err := w.load(ctx, ref); err != nil {
		return v, false, err
	}
	r, ok := w.found[ref]
	if !ok {
		return v, false, nil
	}
	return v, true, decode(ref, r.Data, &v)
}

// all returns every record of a kind and owner as it was read, sorted by ID: what this work put is not in it.
func all[T any](ctx context.Context, w *work, kind, under string) ([]T, error) {
	list := flows.Ref{Kind: kind, Under: under}
	if err := w.load(ctx, list); err != nil {
		return nil, err
	}
	var refs []flows.Ref
	for ref := range w.found {
		if ref.Kind == kind && ref.Under == under {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, func(a, b flows.Ref) int { return strings.Compare(a.ID, b.ID) })
	vs := make([]T, len(refs))
	for i, ref := range refs {
		if err := decode(ref, w.found[ref].Data, &vs[i]); err != nil {
			return nil, err
		}
	}
	return vs, nil
}

// decode reads a record's JSON. The error names the record, never what is in it.
func decode(ref flows.Ref, data []byte, v any) error {
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("decode %s %s: %w", ref.Kind, ref.ID, err)
	}
	return nil
}

// put stages a record. A ref that was never read must not exist yet: the commit is refused if it does.
func (w *work) put(ref flows.Ref, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", ref.Kind, ref.ID, err)
	}
	w.stage(flows.Write{Ref: ref, Rev: w.found[ref].Rev, Data: data})
	return nil
}

// drop stages the removal of a record.
func (w *work) drop(ref flows.Ref) {
	w.stage(flows.Write{Ref: ref, Rev: w.found[ref].Rev, Delete: true})
}

func (w *work) stage(write flows.Write) {
	if _, again := w.staged[write.Ref]; !again {
		w.order = append(w.order, write.Ref)
	}
	w.staged[write.Ref] = write
}

// fold takes in what a domain function decided.
func (w *work) fold(ctx context.Context, c flows.Change, o origin) error {
	var gone []flows.Ref
	for _, p := range c.Puts {
		if p.Delete {
			gone = append(gone, p.Ref)
		}
	}
	if err := w.load(ctx, gone...); err != nil { // what is removed need not have been read before
		return err
	}
	for _, p := range c.Puts {
		if p.Delete {
			w.drop(p.Ref)
			continue
		}
		if err := w.put(p.Ref, p.Value); err != nil {
			return err
		}
	}
	for _, t := range c.Timers {
		t.Coalition = w.coalition
		w.timers = append(w.timers, t)
	}
	for i, e := range c.Effects {
		if err := w.effect(ctx, e, o, i); err != nil {
			return err
		}
	}
	return nil
}

// effect takes in one effect; index is its place in the event's list. HandOver is not taken here: whoever advances a
// run hands its answers over (see visit.handOver).
func (w *work) effect(ctx context.Context, e flows.Effect, o origin, index int) error {
	switch e := e.(type) {
	case flows.Say:
		w.deliver(w.delivery(o, index, e.Person, e.Space, e.Message))
	case flows.Edit:
		d := w.delivery(o, index, e.Person, e.Space, e.Message)
		if d.Edit = true; e.Person != "" {
			d.Kind, d.Reason = flows.Reply, flows.Reason{} // a message that changes calls nobody
		}
		w.deliver(d)
	case flows.Whisper:
		w.whisper = &e.Message
	case flows.OpenForm:
		w.form = &e.Form
	case flows.KeepText:
		return w.put(flows.Ref{Kind: flows.KindText, ID: e.ID}, flows.Typed{Text: e.Text, By: e.By, At: e.At})
	case flows.DropText:
		ref := flows.Ref{Kind: flows.KindText, ID: e.ID}
		if err := w.load(ctx, ref); err != nil {
			return err
		}
		w.drop(ref)
	case flows.KeepAnswer:
		ref := answerRef(e.Answer.Run, e.Answer.Node, e.Answer.Person)
		if err := w.load(ctx, ref); err != nil {
			return err
		}
		return w.put(ref, e.Answer)
	case flows.KeepRequest:
		ref := flows.Ref{Kind: flows.KindRequest, ID: e.Request.ID}
		if err := w.load(ctx, ref); err != nil {
			return err
		}
		return w.put(ref, e.Request)
	case flows.Arm:
		run, _, _ := strings.Cut(o.ID, ".")
		w.timers = append(w.timers, flows.RoundTimer(w.coalition, run, e))
	case flows.HandOver:
		return fmt.Errorf("%s: handed over outside a run", e.Record)
	case flows.Begin:
		return fmt.Errorf("%s: begun outside a run", e.Flow)
	}
	return nil
}

// delivery makes an effect's delivery: a post to a space, a reply to the one who acted, a nudge to anyone else.
func (w *work) delivery(o origin, index int, person, space string, m flows.Message) flows.Delivery {
	d := flows.Delivery{
		ID:        o.ID + "." + strconv.Itoa(index),
		Coalition: w.coalition,
		Kind:      flows.Nudge,
		Person:    person,
		Space:     space,
		Message:   m,
		Reason:    o.Reason,
		At:        o.At,
	}
	switch {
	case space != "":
		d.Kind, d.Reason = flows.Post, flows.Reason{}
	case person == o.Person:
		d.Kind, d.Via, d.Reason = flows.Reply, o.Via, flows.Reason{}
	}
	return d
}

// deliver adds a delivery as it is.
func (w *work) deliver(d flows.Delivery) { w.out = append(w.out, d) }

// fire marks timers as dealt with by this work.
func (w *work) fire(timers ...flows.Timer) {
	for _, t := range timers {
		w.fired = append(w.fired, t.ID)
	}
}

// empty reports whether there is nothing to commit: then nothing is, and a repeat of the event does no harm.
func (w *work) empty() bool {
	return len(w.order) == 0 && len(w.out) == 0 && len(w.timers) == 0 && len(w.moved) == 0 && len(w.fired) == 0
}

// commit stores the work in one step and lets Deliver know when there is something to send. It returns
// flows.ErrConflict or flows.ErrSeen (wrapped) as the ledger does; then nothing was changed.
func (b *Bot) commit(ctx context.Context, w *work) error {
	if w.empty() {
		return nil
	}
	c := flows.Commit{
		ID: b.ID(), Coalition: w.coalition, Key: w.key,
		Deliveries: w.out, Timers: w.timers, Moved: w.moved, Fired: w.fired, Forget: w.forget, Audit: w.audit,
	}
	for _, ref := range w.order {
		s := w.staged[ref]
		if s.Delete && s.Rev == 0 {
			continue // it was never there
		}
		c.Writes = append(c.Writes, s)
	}
	if err := b.Ledger.Commit(ctx, c); err != nil {
		return fmt.Errorf("commit %s: %w", w.audit.Verb, err)
	}
	if len(w.out) > 0 {
		b.wake()
	}
	return nil
}

// wake tells whoever waits on Kicked that there is something to deliver, without waiting for them.
func (b *Bot) wake() {
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

// answerRef names a person's answer to a node of a run.
func answerRef(run, node, person string) flows.Ref {
	return flows.Ref{Kind: flows.KindAnswer, Under: run, ID: node + "." + person}
}
