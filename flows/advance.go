package flows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Advance takes a run through one event. It returns the run as it is afterwards and what the world owes; neither the
// given run nor the flow is changed, and the same inputs give the same result. The words of a definition are shared
// with the effects: they may be read, not written.
//
// It is total over what people can do. An event that is taken makes the revision grow by one. One that cannot be taken
// (a control drawn before the run moved on, an answer that cannot be read, a form asked for) leaves the run as it is
// and owes at most a Whisper, an OpenForm or a Begin: they say why, what to do next, and give back what was typed. One
// that comes from nobody then owes nothing.
//
// It returns ErrMisfit (wrapped) when the event, the run and the flow do not belong together, which no person can bring
// about.
func Advance(f *Flow, run Run, e Event) (Run, []Effect, error) {
	return advance(f, run, e, nil)
}

// advance is Advance; replay, when there is any, is what the log says about the event: nothing is read then.
func advance(f *Flow, run Run, e Event, replay []Entry) (Run, []Effect, error) {
	if err := fits(f, run, e); err != nil {
		return run, nil, err
	}
	t := turn{f: f, run: run, e: e, replay: replay}
	t.run.Trail = slices.Clip(run.Trail)
	t.run.Log = slices.Clip(run.Log)
	switch {
	case e.Kind == EventStart && run.State == "":
		t.start()
	case run.Group:
		t.group()
	case groupOnly(e.Kind):
		t.stale()
	case e.Person != run.Person:
		t.whisper([]Part{note("run.not-yours")})
	default:
		t.alone()
	}
	if !t.taken {
		return run, t.out, nil
	}
	for i, effect := range t.out {
		if h, ok := effect.(HandOver); ok {
			h.Run = t.run
			t.out[i] = h
		}
	}
	return t.run, t.out, nil
}

// fits checks that an event, a run and a flow belong together.
func fits(f *Flow, run Run, e Event) error {
	switch {
	case run.Hash != f.hash:
		return fmt.Errorf("run %s is pinned to %q, the flow is %q: %w", run.ID, run.Hash, f.hash, ErrMisfit)
	case run.Group != f.def.Group:
		return fmt.Errorf("run %s and flow %s disagree about being a group's: %w", run.ID, f.def.ID, ErrMisfit)
	case run.Group && run.Space == "":
		return fmt.Errorf("run %s is a group's and has no space: %w", run.ID, ErrMisfit)
	case run.State == "" && e.Kind != EventStart:
		return fmt.Errorf("run %s has not started: %w", run.ID, ErrMisfit)
	case (e.Kind == EventAnswer || e.Kind == EventUnknown) && e.TextID == "":
		return fmt.Errorf("event %s brings no id for a text: %w", e.Kind, ErrMisfit)
	case !knownEvent(e.Kind):
		return fmt.Errorf("event %q: %w", e.Kind, ErrMisfit)
	}
	return fitsState(f, run, e)
}

func fitsState(f *Flow, run Run, e Event) error {
	going := run.State == StateOpen || run.State == StatePaused
	switch {
	case going && !f.asks(run.Node):
		return fmt.Errorf("run %s waits at %q, which asks nothing here: %w", run.ID, run.Node, ErrMisfit)
	case !going && run.State != "" && run.State != StateDone && run.State != StateCancelled:
		return fmt.Errorf("run %s is %q: %w", run.ID, run.State, ErrMisfit)
	case run.Sealed < 0 || run.Sealed > len(run.Log):
		return fmt.Errorf("run %s has %d of %d answers settled: %w", run.ID, run.Sealed, len(run.Log), ErrMisfit)
	}
	if !f.fitsConfirm(run) {
		return fmt.Errorf("run %s waits for a yes to %q: %w", run.ID, run.Confirm, ErrMisfit)
	}
	if _, ok := f.index[e.Node]; e.Node != "" && !ok {
		return fmt.Errorf("event %s names %q, which is not there: %w", e.Kind, e.Node, ErrMisfit)
	}
	for _, id := range run.Trail {
		if !f.asks(id) {
			return fmt.Errorf("run %s came by %q, which asks nothing here: %w", run.ID, id, ErrMisfit)
		}
	}
	for _, entry := range run.Log {
		if entry.Node != "" && !f.asks(entry.Node) {
			return fmt.Errorf("run %s answers %q, which asks nothing here: %w", run.ID, entry.Node, ErrMisfit)
		}
	}
	return nil
}

// fitsConfirm reports whether what waits for a yes can be done.
func (f *Flow) fitsConfirm(run Run) bool {
	if gate, ok := strings.CutPrefix(run.Confirm, confirmRemove); ok {
		i, there := f.index[gate]
		return there && f.nodes[i].gate
	}
	change := run.Confirm == confirmChange+run.Node && run.Pending != nil
	return run.Confirm == "" || run.Confirm == confirmCancel || change
}

func (f *Flow) asks(id string) bool {
	i, ok := f.index[id]
	return ok && f.nodes[i].Kind == NodeAsk
}

func knownEvent(k EventKind) bool {
	switch k {
	case EventStart, EventAnswer, EventUnknown, EventForm, EventSkip, EventBack, EventChange, EventConfirm, EventPause,
		EventResume, EventCancel, EventNext, EventMore, EventPage, EventRemove, EventRemind, EventSort, EventCapture, EventMake, EventLook, EventAlso,
		EventClose, EventAgain, EventStep:
		return true
	case EventCarry: // only a log has it
		return false
	default:
		return false
	}
}

// turn is one event on its way through a run.
type turn struct {
	f      *Flow
	run    Run // as it is so far
	e      Event
	out    []Effect
	taken  bool    // the event was accepted
	via    string  // the platform, when the event changed it
	replay []Entry // the lines about the event, when a log is folded
}

// take accepts the event. Everything the event changes comes after it, so that new messages carry the new revision.
func (t *turn) take() { t.takeAs("run.went-on") }

// takeAs accepts the event; outcome is what becomes of a question that waited for a yes.
func (t *turn) takeAs(outcome string) {
	t.taken = true
	t.settle(outcome)
	t.run.Rev++
	t.run.Touched = t.e.At
	if t.e.Via != "" && t.e.Via != t.run.Via {
		t.run.Via, t.via = t.e.Via, t.e.Via
	}
}

// note adds a line about the event to the log.
func (t *turn) note(e Entry) {
	e.By, e.At, e.Via = t.e.Person, t.e.At, t.via
	if len(t.run.Log) == cap(t.run.Log) {
		t.run.Log = append(make(Log, 0, len(t.run.Log)+1), t.run.Log...) // an event has one line, mostly
	}
	t.run.Log = append(t.run.Log, e)
}

func (t *turn) start() {
	t.take()
	t.run.State, t.run.Started, t.run.Here = StateOpen, t.e.At, t.e.Here
	w := t.walk(0, nil, "", Value{})
	if t.run.Group {
		t.say(t.opening(w.passed))
		w.passed = nil
	}
	t.proceed(w)
}

// proceed carries out a way: what is said and handed over on it, then the question at its end.
func (t *turn) proceed(w way) {
	said := false
	t.run.Trail = w.trail
	for _, i := range w.passed {
		n := &t.f.nodes[i]
		said = true // a domain package that is handed something says what came of it
		if n.Kind == NodeRecord {
			t.handOver(n)
		} else {
			t.say(Message{Parts: []Part{t.text(StyleBody, n.Plain, n.plain)}})
		}
	}
	if w.at == t.f.end() {
		t.finish(said)
		return
	}
	t.ask(w.at)
}

// handOver gives the answers so far to the domain package that keeps the record, and settles them.
func (t *turn) handOver(n *node) {
	t.run.Sealed = len(t.run.Log)
	values := t.run.Values()
	if n.Each == "" {
		t.out = append(t.out, HandOver{Record: n.Record, Fields: t.fields(n, values), By: t.e.Person, At: t.e.At})
		return
	}
	number := t.f.listNamed(n.Each)
	for _, k := range t.f.items(number, t.standing) {
		item := maps.Clone(values)
		for _, i := range t.f.lists[number].places[k-1] {
			if v, ok := values[t.f.nodes[i].ID]; ok {
				item[t.f.nodes[i].base] = v
			}
		}
		t.out = append(t.out, HandOver{Record: n.Record, Fields: t.fields(n, item), By: t.e.Person, At: t.e.At})
	}
}

// fields are the answers that node n hands over: by node, and by field of the record.
func (t *turn) fields(n *node, values map[string]Value) map[string]Value {
	fields := map[string]Value{}
	for id, v := range values {
		if i, ok := t.f.index[id]; v.Answered() && (!ok || !t.f.nodes[i].gate) {
			fields[id] = v
		}
	}
	for field, id := range n.With {
		delete(fields, field)
		if v := values[id]; v.Answered() {
			fields[field] = v
		}
	}
	return fields
}

// ask says the question with a number and waits for its answer.
func (t *turn) ask(i int) {
	if len(t.run.Log) >= LogMax {
		t.long()
		return
	}
	t.run.Node, t.run.Drawn = t.f.nodes[i].ID, t.run.Rev
	if t.run.Group {
		t.arm()
	}
	t.say(t.question())
}

// long ends a run whose log is full. All that was answered is kept.
func (t *turn) long() {
	t.run.State, t.run.Node, t.run.Drawn = StateDone, "", 0
	t.run.Sealed = len(t.run.Log)
	t.say(Message{Parts: []Part{note("run.long")}, Controls: t.again()})
}

// say tells the person, or each of the group's spaces.
func (t *turn) say(m Message) {
	if t.run.Group {
		for i, space := range t.run.Spaces() {
			t.out = append(t.out, Say{Space: space, Message: m.in(i)})
		}
		return
	}
	t.out = append(t.out, Say{Person: t.run.Person, Message: m})
}

// edit replaces what was said before under the message's key.
func (t *turn) edit(m Message) {
	if t.run.Group {
		for i, space := range t.run.Spaces() {
			t.out = append(t.out, Edit{Space: space, Message: m.in(i)})
		}
		return
	}
	t.out = append(t.out, Edit{Person: t.run.Person, Message: m})
}

func (t *turn) whisper(parts []Part, controls ...Control) {
	t.out = append(t.out, Whisper{Message: Message{Parts: parts, Controls: controls}})
}

// waiting is the node of the question that waits.
func (t *turn) waiting() *node { return &t.f.nodes[t.f.index[t.run.Node]] }

// key is the handle of the message that stands for the run right now.
func (t *turn) key() string { return messageKey(t.run.ID, t.run.Node, t.run.Drawn) }
