package flows

import (
	"slices"
	"strings"
	"time"
)

// Values of Run.Confirm.
const (
	confirmCancel = "cancel"
	confirmChange = "change:" // before a node's id
	confirmRemove = "remove:" // before the id of an item's gate
)

// alone takes an event of one person's run.
func (t *turn) alone() {
	switch t.run.State {
	case StateOpen:
		t.open()
	case StatePaused:
		t.paused()
	case StateDone, StateCancelled:
		t.over()
	}
}

// onTime reports whether the event is about what the run waits for, and says so kindly when it is not. Typed text
// carries neither node nor revision and always is.
func (t *turn) onTime() bool {
	if t.e.Node != "" && t.e.Node != t.run.Node || t.e.Rev != 0 && t.e.Rev < t.run.Drawn {
		t.stale()
		return false
	}
	return true
}

func (t *turn) answer() {
	if t.run.Confirm != "" && t.e.Node == "" && !t.e.Form { // typed while a yes is waited for
		switch said := folded(t.e.Input.Text); {
		case saysYes(said):
			t.confirm()
			return
		case saysNo(said):
			t.resume()
			return
		}
	}
	if !t.onTime() {
		return
	}
	if given := t.e.Given; given != nil {
		t.put(*given, "")
		return
	}
	v, text, no := t.readAnswer()
	if no != nil {
		t.refuse(t.waiting(), no, t.answers())
		return
	}
	if n := t.waiting(); n.gate && n.after(v) != n.after(Value{}) && t.full(n) {
		t.refuse(n, &refusal{why: "run.refuse.full", args: map[string]Arg{"count": {Number: &t.f.lists[n.list].max}}}, t.answers())
		return
	}
	t.put(v, text)
}

func (t *turn) readAnswer() (v Value, text string, no *refusal) {
	if t.replay != nil {
		return t.replay[0].Value, "", nil
	}
	return t.waiting().read(t.e)
}

func (t *turn) unknown() {
	if !t.onTime() {
		return
	}
	v, text, ok := t.readUnknown()
	if ok {
		t.put(v, text)
	}
}

// readUnknown reads who would know; ok is false when that has to be asked first, or cannot be taken.
func (t *turn) readUnknown() (v Value, who string, ok bool) {
	if t.replay != nil {
		return t.replay[0].Value, "", true
	}
	v = Value{Kind: ValueUnknown}
	if !t.e.Form && t.e.Input.Text == "" {
		t.openForm(t.whoForm(nil))
		return v, "", false
	}
	if cleaned(t.e.Input.Text) == "" {
		return v, "", true
	}
	who, no := readText(t.e.Input.Text, WhoMax)
	switch {
	case no == nil:
		v.TextID = t.e.TextID
		return v, who, true
	case t.e.Form:
		t.openForm(t.whoForm(no))
	default:
		t.refuse(t.formNode(), no, nil)
	}
	return v, "", false
}

func (t *turn) skip() {
	switch {
	case !t.onTime():
	case t.waiting().Required:
		t.show(note("run.needed"))
	default:
		t.put(Value{Kind: ValueSkipped}, "")
	}
}

// put takes v as the answer to the waiting question. If answers would be lost by it, their names come first and nothing
// else happens until the person says yes.
func (t *turn) put(v Value, text string) {
	id := t.run.Node
	w := t.walk(t.waiting().after(v), t.run.trailOn(), id, v)
	dead := t.dying(w, id)
	line := Entry{Node: id, Value: v, Lent: t.e.Given != nil, Held: len(dead) > 0}
	t.take()
	if !line.Lent {
		t.keepText(v, text)
	}
	if line.Held {
		t.run.Confirm, t.run.Pending = confirmChange+id, &v
		t.note(line)
		t.say(t.loss(dead))
		return
	}
	t.record(line, w)
	t.proceed(w)
}

// record appends an answer to the log, keeps what of it is kept at once, and shows it where it was asked for: with a way
// to change it, unless the way from here settles it.
func (t *turn) record(e Entry, w way) {
	id, v := e.Node, e.Value
	before, had := t.run.live(id)
	e.Asked = t.run.Drawn
	t.note(e)
	t.keep(id, v, before.Value, had)
	if had {
		t.dropText(before.Value)
		t.takeDown(before, "run.changed")
	}
	shown := t.answered(id, v)
	if slices.ContainsFunc(w.passed, func(i int) bool { return t.f.nodes[i].Kind == NodeRecord }) {
		shown.Controls = nil
	}
	t.edit(shown)
}

// keep stores an answer to an activity's question at once, and a data request or the end of one.
func (t *turn) keep(id string, v, before Value, had bool) {
	n := &t.f.nodes[t.f.index[id]]
	if n.gate {
		return
	}
	if t.f.def.Activity != "" && (had || v.Kind != ValueSkipped) {
		t.keepAnswer(n, v)
	}
	switch {
	case v.Kind == ValueUnknown:
		t.keepRequest(n, v, false)
	case had && before.Kind == ValueUnknown:
		t.keepRequest(n, before, true)
	}
}

func (t *turn) keepText(v Value, text string) {
	if v.TextID != "" {
		t.out = append(t.out, KeepText{ID: v.TextID, Text: text, By: t.e.Person, At: t.e.At})
	}
}

func (t *turn) dropText(v Value) {
	if v.TextID != "" && !t.run.lent(v) {
		t.out = append(t.out, DropText{ID: v.TextID})
	}
}

func (t *turn) keepAnswer(n *node, v Value) {
	t.out = append(t.out, KeepAnswer{Answer: Answer{Run: t.run.ID, Node: n.ID, Question: n.Question, Person: t.e.Person, Value: v, At: t.e.At}})
}

func (t *turn) keepRequest(n *node, v Value, closed bool) {
	t.out = append(t.out, KeepRequest{Request: Request{
		ID: requestID(t.run.ID, n.ID, t.e.Person), Run: t.run.ID, Node: n.ID, Question: n.Question, By: t.e.Person,
		WhoText: v.TextID, At: t.e.At, Closed: closed,
	}})
}

// drop ends answers: in the log, where they are kept, and on screen.
func (t *turn) drop(ids []string, why string) {
	for _, id := range ids {
		e, ok := t.run.live(id)
		if !ok {
			continue
		}
		t.run.Log = append(t.run.Log, Entry{Node: id, Value: Value{Kind: ValueDropped}, By: t.e.Person, At: t.e.At})
		t.dropText(e.Value)
		n := &t.f.nodes[t.f.index[id]]
		if t.f.def.Activity != "" && !n.gate {
			t.keepAnswer(n, Value{Kind: ValueDropped})
		}
		if e.Value.Kind == ValueUnknown {
			t.keepRequest(n, e.Value, true)
		}
		t.takeDown(e, why)
	}
}

func (t *turn) back() {
	switch {
	case !t.onTime():
	case t.previous() < 0:
		t.show(note("run.first"))
	default:
		last := t.previous()
		to := t.run.Trail[last]
		t.take()
		t.note(Entry{Did: EventBack})
		t.leave("run.later")
		t.run.Trail = slices.Clip(t.run.Trail[:last])
		t.ask(t.f.index[to])
	}
}

// previous is the place on the trail of the question to go back to, or -1. What was taken off a list is passed.
func (t *turn) previous() int {
	for i, id := range slices.Backward(t.run.Trail) {
		n := &t.f.nodes[t.f.index[id]]
		if !n.silent() && (!n.gate || !takenOff(t.standing(t.f.index[id]))) {
			return i
		}
	}
	return -1
}

// change opens a question anew that has been answered.
func (t *turn) change() {
	id := t.e.Node
	if n, k, ok := t.pickedItem(); ok && id == t.run.Node && t.onTime() {
		id = t.itemFirst(n.list, k)
	}
	_, live := t.run.live(id)
	_, said := t.run.entry(id)
	switch {
	case id != "" && id == t.run.Node && t.run.State == StateOpen:
		t.stale()
	case live && slices.Contains(t.run.Trail, id):
		t.take()
		t.note(Entry{Did: EventChange, Node: id})
		t.leave("run.later")
		t.run.State = StateOpen
		t.run.Trail = slices.Clip(t.run.trailBefore(id))
		t.ask(t.f.index[id])
	case said && !live:
		t.whisper([]Part{note("run.settled")}, t.again()...)
	default:
		t.stale()
	}
}

func (t *turn) confirm() {
	if t.run.Confirm == "" || t.e.Rev != 0 && t.e.Rev != t.run.Rev {
		t.stale()
		return
	}
	if t.run.Confirm == confirmCancel {
		t.takeAs("run.said-yes")
		t.note(Entry{Did: EventConfirm})
		t.stop()
		return
	}
	if gate, ok := strings.CutPrefix(t.run.Confirm, confirmRemove); ok {
		t.removeNow(gate)
		return
	}
	id, v := t.run.Node, *t.run.Pending
	w := t.walk(t.waiting().after(v), t.run.trailOn(), id, v)
	dead := t.dying(w, id)
	t.run.Pending = nil
	t.takeAs("run.said-yes")
	t.record(Entry{Did: EventConfirm, Node: id, Value: v, Lent: t.run.lent(v)}, w)
	t.drop(dead, "run.dropped")
	t.proceed(w)
}

func (t *turn) pause() {
	if !t.onTime() {
		return
	}
	t.take()
	t.note(Entry{Did: EventPause})
	t.leave("run.below")
	t.run.State, t.run.Drawn = StatePaused, t.run.Rev
	t.say(t.pausedMessage())
}

// resume goes on where the run stood: a question that has an answer keeps it.
func (t *turn) resume() {
	if t.e.Rev != 0 && t.e.Rev < t.run.Drawn {
		t.stale()
		return
	}
	id := t.run.Node
	e, answered := t.run.live(id)
	if !answered {
		t.take()
		t.note(Entry{Did: EventResume})
		t.leave("run.below")
		t.ask(t.f.index[id])
		return
	}
	w := t.walk(t.waiting().after(e.Value), t.run.trailOn(), id, e.Value)
	t.take()
	t.note(Entry{Did: EventResume})
	t.leave("run.kept")
	t.proceed(w)
}

func (t *turn) cancel() {
	if t.run.Confirm == confirmCancel {
		t.stale()
		return
	}
	count := len(t.run.liveNodes())
	t.take()
	t.note(Entry{Did: EventCancel})
	if count == 0 {
		t.stop()
		return
	}
	t.run.Confirm = confirmCancel
	t.say(t.loseAll(count))
}

// stop ends the run. What was typed in it and is not settled is erased.
func (t *turn) stop() {
	t.leave("run.stopped-here")
	t.drop(t.run.liveNodes(), "run.dropped")
	t.run.State, t.run.Node, t.run.Trail, t.run.Drawn = StateCancelled, "", nil, 0
	t.run.Sealed = len(t.run.Log)
	t.say(Message{Parts: []Part{{Style: StyleBody, Words: "run.stopped"}}, Controls: t.again()})
}

// settle ends a wait for a yes. Unless the yes was given, a new answer that waited is forgotten.
func (t *turn) settle(outcome string) {
	if t.run.Confirm == "" {
		return
	}
	t.edit(Message{Key: t.confirmKey(), Parts: []Part{{Style: StyleSmall, Words: outcome}}})
	if t.run.Pending != nil {
		t.dropText(*t.run.Pending)
	}
	t.run.Confirm, t.run.Pending = "", nil
}

// finish ends the run at its last node. A flow that is made to hand its answers over, and ends without doing so, keeps
// nothing of them.
func (t *turn) finish(said bool) {
	t.run.State, t.run.Node, t.run.Drawn = StateDone, "", 0
	wasted := t.f.record && len(t.run.liveNodes()) > 0
	switch {
	case t.run.Group:
		t.run.Closes, t.run.Remind = time.Time{}, time.Time{}
		t.say(t.roundSummary())
	case said:
	case wasted:
		t.say(Message{Parts: []Part{note("run.done-nothing")}, Controls: t.again()})
	default:
		t.say(t.summary())
	}
	if wasted {
		for _, id := range t.run.liveNodes() {
			e, _ := t.run.live(id)
			t.dropText(e.Value)
		}
		t.run.Sealed = len(t.run.Log)
	}
}
