package flows

import (
	"maps"
	"slices"
	"time"
)

// whoMax is how many hints at who might know a round remembers for each question.
const whoMax = 3

// group takes an event of a group's run.
func (t *turn) group() {
	switch t.e.Kind {
	case EventAnswer:
		t.groupAnswer()
	case EventUnknown:
		t.groupUnknown()
	case EventForm, EventChange:
		t.groupForm()
	case EventMore:
		t.more()
	case EventNext:
		t.groupNext()
	case EventPause, EventResume, EventCancel, EventConfirm, EventRemind:
		t.groupLead()
	case EventSort:
		t.sort()
	case EventCapture:
		t.mark()
	case EventMake:
		t.make()
	case EventLook:
		t.look()
	case EventAlso:
		t.also()
	case EventClose, EventAgain, EventStep:
		t.fromNobody()
	case EventSkip, EventBack:
		t.whisper([]Part{note("round.forward-only")})
	case EventStart, EventPage, EventRemove, EventCarry:
		t.stale()
	}
}

// subject finds the question that a member's event is about: the one that waits, or one that was closed. ok is false
// when the round cannot take an answer to it, which the member has then been told.
func (t *turn) subject() (n *node, closed, ok bool) {
	id := t.e.Node
	if id == "" {
		id = t.run.Node
	}
	closed = t.run.Tally[id].Closed
	if t.run.State == StateCancelled || t.run.State == StatePaused || !t.f.asks(id) || id != t.run.Node && !closed {
		t.stale()
		return nil, false, false
	}
	return &t.f.nodes[t.f.index[id]], closed, true
}

func (t *turn) groupForm() {
	if _, closed, ok := t.subject(); ok && closed {
		t.stale()
	} else if ok {
		t.openForm(t.form(nil))
	}
}

func (t *turn) groupAnswer() {
	n, closed, ok := t.subject()
	if !ok {
		return
	}
	v, text, no := n.read(t.e)
	switch {
	case no == nil:
		t.groupPut(n, v, text, closed)
	case closed:
		t.refuse(n, no, nil)
	default:
		t.refuse(n, no, t.answers())
	}
}

func (t *turn) groupUnknown() {
	n, closed, ok := t.subject()
	if !ok {
		return
	}
	if closed && !t.e.Form && t.e.Input.Text == "" {
		t.stale()
		return
	}
	if v, who, ok := t.readUnknown(); ok {
		t.groupPut(n, v, who, closed)
	}
}

// groupPut keeps one member's answer. An answer to a question that the round has left is kept and counted too: only
// what was posted no longer shows it.
func (t *turn) groupPut(n *node, v Value, text string, closed bool) {
	t.take()
	t.keepText(v, text)
	t.keepAnswer(n, v)
	t.join()
	wasUnknown := t.e.Prior != nil && t.e.Prior.Kind == ValueUnknown
	switch {
	case t.run.Tally[n.ID].Sealed: // who did not know is told at the close
	case v.Kind == ValueUnknown:
		t.keepRequest(n, v, false)
	case wasUnknown:
		t.keepRequest(n, *t.e.Prior, true)
	}
	if t.e.Prior != nil && !closed { // what was posted at the close quotes the text
		t.dropText(*t.e.Prior)
	}
	t.count(n, v, wasUnknown)
	tally := t.run.Tally[n.ID]
	switch {
	case closed:
		t.whisper([]Part{note("round.late")})
	case t.enough(n, tally.Answers):
		t.whisper([]Part{note("round.saved-last")})
		t.close(append(t.others(), Answer{Run: t.run.ID, Node: n.ID, Question: n.Question, Person: t.e.Person, Value: v, At: t.e.At}))
	default:
		t.whisper([]Part{note("round.saved")})
		t.edit(t.question())
	}
}

// count adds an answer to the tally: each person counts once.
func (t *turn) count(n *node, v Value, wasUnknown bool) {
	tally := t.run.Tally[n.ID]
	if t.e.Prior == nil {
		tally.Answers++
	}
	if wasUnknown && !tally.Sealed {
		tally.Unknown--
	}
	if v.Kind == ValueUnknown && !tally.Sealed {
		tally.Unknown++
	}
	t.setTally(n.ID, tally)
}

func (t *turn) setTally(node string, tally Tally) {
	all := maps.Clone(t.run.Tally)
	if all == nil {
		all = map[string]Tally{}
	}
	all[node] = tally
	t.run.Tally = all
}

// others are the answers that were given before this event, by other people.
func (t *turn) others() []Answer {
	return slices.DeleteFunc(slices.Clone(t.e.Closing), func(a Answer) bool { return a.Person == t.e.Person })
}

func (t *turn) groupNext() {
	switch {
	case t.run.State != StateOpen || t.e.Node != "" && t.e.Node != t.run.Node:
		t.stale()
	case !t.mayMoveOn():
		t.whisper([]Part{t.whoMovesOn()})
	default:
		t.take()
		t.close(slices.Clone(t.e.Closing))
	}
}

// close ends the waiting question, shows what was answered, and goes on. It happens once for each question: afterwards
// the run waits for another one.
func (t *turn) close(answers []Answer) {
	inOrder(answers)
	n := t.waiting()
	tally := t.run.Tally[n.ID]
	if tally.Sealed {
		tally = t.unseal(tally, answers)
	}
	tally.Closed = true
	for _, a := range answers {
		if a.Value.Kind == ValueUnknown && a.Value.TextID != "" && len(tally.Who) < whoMax {
			tally.Who = append(slices.Clip(tally.Who), a.Value.TextID)
		}
	}
	t.setTally(n.ID, tally)
	t.edit(t.roundClosed(n, tally))
	collected := t.collected(n, answers)
	collected.Thread = t.key()
	t.say(collected)
	t.proceed(t.walk(n.next, t.run.trailOn(), "", Value{}))
}

// groupLead takes what only the one who leads may do to the round as a whole.
func (t *turn) groupLead() {
	going := t.run.State == StateOpen || t.run.State == StatePaused
	switch {
	case !t.leads():
		t.whisper([]Part{t.leadOnly()})
	case t.e.Kind == EventPause && t.run.State == StateOpen:
		t.take()
		t.rest("round.paused")
	case t.e.Kind == EventRemind && t.run.State == StatePaused:
		t.remindLater()
	case t.e.Kind == EventResume && t.run.State == StatePaused:
		t.take()
		t.leave("run.below")
		t.run.State, t.run.Remind = StateOpen, time.Time{}
		t.ask(t.f.index[t.run.Node])
	case t.e.Kind == EventCancel && going:
		t.whisper([]Part{note("round.stop")}, t.button("run.yes-stop", VerbConfirm), t.button("run.no-stop", VerbResume))
	case t.e.Kind == EventResume && t.run.State == StateOpen:
		t.whisper([]Part{note("round.goes-on")})
	case t.e.Kind == EventConfirm && going:
		t.take()
		t.leave("run.stopped-here")
		t.run.State, t.run.Node, t.run.Drawn = StateCancelled, "", 0
		t.run.Closes, t.run.Remind = time.Time{}, time.Time{}
		t.say(Message{Parts: []Part{note("round.stopped")}})
	default:
		t.stale()
	}
}
