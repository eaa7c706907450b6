package flows

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// shownMax is how many answers one message lists; the others are counted.
const shownMax = 20

// excerptMax is how much of a typed answer a list shows.
const excerptMax = 120

// navigation is how many controls most questions have besides those that answer them.
const navigation = 5

// note is one paragraph of the catalogue.
func note(words string) Part { return Part{Style: StyleBody, Words: words} }

// text is a definition's text with its placeholders filled.
func (t *turn) text(style Style, text Text, holes []hole) Part {
	p := Part{Style: style, Text: text}
	if len(holes) > 0 {
		p.Args = make(map[string]Arg, len(holes))
	}
	for _, h := range holes {
		p.Args[h.key] = t.fill(h)
	}
	return p
}

// excerpt is Shown in a list: typed text is cut.
func (n *node) excerpt(v Value) Arg {
	a := n.Shown(v)
	if a.TextID != "" {
		a.Max = excerptMax
	}
	return a
}

// said is what the person answered, as they are told it.
func (n *node) said(v Value) []Part {
	switch {
	case v.typed() != "":
		return []Part{{Style: StyleSmall, Words: "run.you-said"}, {Style: StyleQuote, Words: "run.words", Args: map[string]Arg{"text": n.Shown(v)}}}
	case v.Kind == ValueSkipped:
		return []Part{{Style: StyleBody, Words: "run.said-skipped"}}
	case v.Kind == ValueUnknown && v.TextID != "":
		return []Part{{Style: StyleBody, Words: "run.said-who", Args: map[string]Arg{"who": {TextID: v.TextID}}}}
	case v.Kind == ValueUnknown:
		return []Part{{Style: StyleBody, Words: "run.said-unknown"}}
	default:
		return []Part{{Style: StyleBody, Words: "run.said", Args: map[string]Arg{"answer": n.Shown(v)}}}
	}
}

// question is the message that stands for the waiting question.
func (t *turn) question() Message {
	return Message{Key: t.key(), Parts: t.questionParts(), Controls: t.controls()}
}

func (t *turn) questionParts() []Part {
	if t.run.Group {
		return t.roundParts()
	}
	n := t.waiting()
	parts := []Part{t.text(StyleHeading, n.Line, n.line)}
	if len(n.Plain) > 0 {
		parts = append(parts, t.text(StyleBody, n.Plain, n.plain))
	}
	parts = append(parts, n.menu()...)
	if e, ok := t.run.live(n.ID); ok {
		parts = append(parts, n.said(e.Value)...)
	}
	if n.gate {
		parts = append(parts, t.listed(n.list)...)
	}
	return append(parts, t.progress())
}

// progress says which question this is, and of how many when that is known.
func (t *turn) progress() Part {
	n := t.waiting()
	at := 1
	for i, id := range t.run.Trail {
		if id != n.ID && slices.Index(t.run.Trail, id) == i {
			at++
		}
	}
	total := at + n.most
	p := Part{Style: StyleSmall, Args: map[string]Arg{"number": {Number: &at}, "total": {Number: &total}}}
	switch n.most {
	case endless:
		p.Words = "run.progress-open"
		delete(p.Args, "total")
	case n.least:
		p.Words = "run.progress"
	default:
		p.Words = "run.progress-most"
	}
	return p
}

// button is a control about the waiting question.
func (t *turn) button(words string, verb Verb) Control {
	return Control{Kind: ControlButton, Words: words, Token: t.token(verb)}
}

func (t *turn) token(verb Verb) Token { return t.tokenOf(verb, t.run.Node) }

// tokenOf is about one question. In a group only the question counts, not the revision: many press at once.
func (t *turn) tokenOf(verb Verb, node string) Token {
	token := Token{Verb: verb, Object: t.run.ID, Node: node}
	if !t.run.Group {
		token.Rev = t.run.Drawn
	}
	return token
}

// controls are what can be pressed under the waiting question.
func (t *turn) controls() []Control {
	if t.run.Group {
		return t.roundControls()
	}
	n := t.waiting()
	controls := t.answers()
	if n.gate {
		controls = append(controls, t.itemControls(n)...)
	}
	if _, ok := t.run.live(n.ID); ok {
		controls = append(controls, t.button("run.keep", VerbResume))
	}
	if n.Field != FieldConsent && !n.Required { // without it nothing can be kept, and it is theirs to say
		controls = append(controls, t.button("run.dont-know", VerbUnknown))
	}
	if !n.Required {
		controls = append(controls, t.button("run.skip", VerbSkip))
	}
	if t.previous() >= 0 {
		controls = append(controls, t.button("run.back", VerbBack))
	}
	if len(t.pageNodes()) > 0 {
		controls = append(controls, t.button("run.page", VerbPage))
	}
	if len(n.More) > 0 {
		controls = append(controls, t.button("run.more", VerbMore))
	}
	return append(controls, t.button("run.pause", VerbPause))
}

// answers are the controls that answer the waiting question, without the others.
func (t *turn) answers() []Control {
	n := t.waiting()
	switch n.Field {
	case FieldChoice, FieldScale:
		if len(n.picks) > ButtonsMax {
			return []Control{{Kind: ControlSelect, Words: "run.choose", Options: n.picks, Token: t.token(VerbAnswer)}}
		}
		controls := make([]Control, 0, len(n.picks)+navigation)
		for _, o := range n.picks {
			c := Control{Kind: ControlButton, Text: o.Text, Token: t.token(VerbAnswer)}
			c.Token.Arg = o.ID
			controls = append(controls, c)
		}
		return controls
	case FieldRank:
		return t.offers(n, n.nextPlace(nil))
	case FieldPerson:
		return []Control{{Kind: ControlPerson, Words: "run.choose-person", Token: t.token(VerbAnswer)}}
	case FieldConsent:
		yes, no := t.button("run.yes", VerbAnswer), t.button("run.no", VerbAnswer)
		yes.Token.Arg, no.Token.Arg = Yes, No
		if t.full(n) {
			return []Control{no}
		}
		return []Control{yes, no}
	case FieldText, FieldMany, FieldDate, FieldNumber, FieldTime, FieldLink, FieldPoints:
	}
	c := t.button("run.answer", VerbForm)
	c.Primary = true
	return append(make([]Control, 0, 1+navigation), c)
}

// answered shows the waiting question as answered, with a way to change it.
func (t *turn) answered(id string, v Value) Message {
	n := &t.f.nodes[t.f.index[id]]
	change := Control{Kind: ControlButton, Words: "run.change", Token: Token{Verb: VerbChange, Object: t.run.ID, Node: id}}
	return Message{
		Key:      messageKey(t.run.ID, id, t.run.Drawn),
		Parts:    append([]Part{t.text(StyleBody, n.Line, n.line)}, n.said(v)...),
		Controls: []Control{change},
	}
}

// shut shows a question that can no longer be pressed, and why.
func (t *turn) shut(key, id, why string) Message {
	n := &t.f.nodes[t.f.index[id]]
	return Message{Key: key, Parts: []Part{t.text(StyleBody, n.Line, n.line), {Style: StyleSmall, Words: why}}}
}

// leave shuts the message that stands for the run right now, if there is one.
func (t *turn) leave(why string) {
	if t.run.Drawn != 0 {
		t.edit(t.shut(t.key(), t.run.Node, why))
	}
}

func (t *turn) pausedMessage() Message {
	return Message{Key: t.key(), Parts: []Part{t.pausedPart()}, Controls: t.pausedControls()}
}

func (t *turn) pausedPart() Part {
	if t.run.Group {
		return note("round.paused")
	}
	return Part{Style: StyleBody, Words: "run.paused", Args: map[string]Arg{"question": {Text: t.waiting().Label}}}
}

func (t *turn) pausedControls() []Control {
	if t.run.Group {
		if !t.leads() {
			return nil
		}
		return t.restControls()
	}
	resume, stop := t.button("run.resume", VerbResume), t.button("run.stop", VerbCancel)
	resume.Primary = true
	return []Control{resume, stop}
}

// stale says that a control was drawn, or words were typed, for what no longer waits, gives back what was typed, and
// shows where the run stands.
func (t *turn) stale() {
	quote := t.typed()
	switch t.run.State {
	case StateOpen:
		t.show(append([]Part{note("run.moved-on")}, quote...)...)
	case StatePaused:
		t.whisper(append([]Part{t.pausedPart()}, quote...), t.pausedControls()...)
	case StateDone, StateCancelled:
		t.whisper(append([]Part{note(t.overWords())}, quote...), t.again()...)
	}
}

// show whispers something and then the question that waits, with its controls.
func (t *turn) show(first ...Part) {
	question := t.questionParts()
	question[0].Style = StyleBody // a heading only comes first
	t.whisper(append(first, question...), t.controls()...)
}

func (t *turn) overWords() string {
	switch {
	case t.run.Group:
		return "round.over"
	case t.run.State == StateCancelled:
		return "run.over-stopped"
	default:
		return "run.over"
	}
}

// typed gives back what was typed, when it is not kept.
func (t *turn) typed() []Part {
	text := cleaned(t.e.Input.Text)
	if each := t.e.Input.Each; len(each) > 0 {
		var typed []string
		for _, id := range slices.Sorted(maps.Keys(each)) {
			typed = append(typed, cleaned(each[id]))
		}
		text = strings.Join(typed, " ")
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return []Part{
		{Style: StyleSmall, Words: "run.you-wrote"},
		{Style: StyleQuote, Words: "run.words", Args: map[string]Arg{"text": {Plain: text}}},
	}
}

// refuse says why the input cannot be taken as an answer to n: in the form it came from, or in a whisper with controls to
// answer by. A date that can be meant in two ways, or that
// may be meant instead, is offered as a button.
func (t *turn) refuse(n *node, no *refusal, controls []Control) {
	if t.e.Form && !no.ask {
		t.openForm(t.form(no))
		return
	}
	if len(no.offers) > 0 {
		controls = t.offers(n, no)
	}
	parts := append([]Part{{Style: StyleBody, Words: no.why, Args: no.args}}, no.so...)
	t.whisper(append(parts, t.typed()...), controls...)
}

// offers are the controls for what may be meant: few as buttons, more as a menu.
func (t *turn) offers(n *node, no *refusal) []Control {
	token := t.tokenOf(VerbAnswer, n.ID)
	var controls []Control
	var menu []Option
	for _, o := range no.offers {
		menu = append(menu, Option{ID: o.pick, Text: o.label.Text})
		c := Control{Kind: ControlButton, Words: "run.reading", Args: map[string]Arg{"reading": o.label}, Token: token}
		c.Token.Arg = o.pick
		controls = append(controls, c)
	}
	if len(controls) > ButtonsMax {
		controls = []Control{{Kind: ControlSelect, Words: "run.choose", Options: menu, Token: token}}
	}
	if no.back != "" {
		c := Control{Kind: ControlButton, Words: "run.rank-back", Token: token}
		c.Token.Arg = no.back
		controls = append(controls, c)
	}
	return append(controls, Control{Kind: ControlButton, Words: no.other, Token: t.tokenOf(VerbForm, n.ID)})
}

// more shows the full guidance of a question, waiting or not, with its source.
func (t *turn) more() {
	id := t.e.Node
	if id == "" {
		id = t.run.Node
	}
	if !t.f.asks(id) {
		t.stale()
		return
	}
	n := &t.f.nodes[t.f.index[id]]
	if len(n.More) == 0 {
		t.whisper([]Part{note("run.no-more")})
		return
	}
	parts := []Part{t.text(StyleHeading, n.Line, n.line), t.text(StyleBody, n.More, n.more)}
	var controls []Control
	switch n.Source {
	case SourceToolkit:
		parts = append(parts, Part{Style: StyleSmall, Words: "run.source-toolkit", Args: map[string]Arg{"page": {Plain: n.Cite}}})
	case SourceCoalition:
		parts = append(parts, Part{Style: StyleSmall, Words: "run.source-coalition"})
	case SourceHouse:
		parts = append(parts, Part{Style: StyleSmall, Words: "run.source-house"})
	}
	if n.Link != "" {
		controls = append(controls, Control{Kind: ControlLink, Words: "run.open-page", URL: n.Link})
	}
	t.whisper(parts, controls...)
}

// again is the way to start the same flow anew. What began at something else, as a report at its step, begins there.
func (t *turn) again() []Control {
	if t.run.Group || t.run.Object != "" {
		return nil
	}
	return []Control{{Kind: ControlButton, Words: "run.again", Token: Token{Verb: VerbStart, Object: t.f.def.ID}}}
}

// loss names the answers that would no longer count, and asks for a yes.
func (t *turn) loss(dead []string) Message {
	parts := append([]Part{note("run.loss")}, t.lines(dead)...)
	yes, no := t.button("run.yes-change", VerbConfirm), t.button("run.no-change", VerbResume)
	yes.Token.Rev, no.Token.Rev = t.run.Rev, t.run.Rev
	return Message{Key: t.confirmKey(), Parts: parts, Controls: []Control{yes, no}}
}

// loseAll asks for a yes before the answers so far are dropped.
func (t *turn) loseAll(count int) Message {
	yes, no := t.button("run.yes-stop", VerbConfirm), t.button("run.no-stop", VerbResume)
	yes.Token.Rev, no.Token.Rev = t.run.Rev, t.run.Rev
	return Message{
		Key:      t.confirmKey(),
		Parts:    []Part{{Style: StyleBody, Words: "run.lose-all", Args: map[string]Arg{"count": {Number: &count}}}},
		Controls: []Control{yes, no},
	}
}

// confirmKey is the handle of the message that waits for a yes. Any event that is taken ends that wait, so it was said
// at the revision that still stands.
func (t *turn) confirmKey() string {
	return strings.Join([]string{t.run.ID, "confirm", strconv.FormatInt(t.run.Rev, 36)}, ".")
}

// removal names what is lost when an item is taken off its list, and asks for a yes.
func (t *turn) removal(answers []string) Message {
	yes, no := t.button("run.yes-remove", VerbConfirm), t.button("run.no-remove", VerbResume)
	yes.Token.Rev, no.Token.Rev = t.run.Rev, t.run.Rev
	parts := append([]Part{note("run.remove")}, t.lines(answers)...)
	return Message{Key: t.confirmKey(), Parts: parts, Controls: []Control{yes, no}}
}

// lines are the answers to some questions, each in a line: as many as one message takes, the others counted. Whether
// there was another item is no answer to tell of.
func (t *turn) lines(ids []string) []Part {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return t.f.nodes[t.f.index[id]].gate })
	var parts []Part
	for _, id := range ids[:min(len(ids), shownMax)] {
		e, _ := t.run.live(id)
		parts = append(parts, t.line(id, e.Value))
	}
	if more := len(ids) - shownMax; more > 0 {
		parts = append(parts, Part{Style: StyleSmall, Words: "run.and-more", Args: map[string]Arg{"count": {Number: &more}}})
	}
	return parts
}

// line is one answer in a list.
func (t *turn) line(id string, v Value) Part {
	n := &t.f.nodes[t.f.index[id]]
	return Part{Style: StyleItem, Words: "run.line", Args: map[string]Arg{"question": {Text: n.Label}, "answer": n.excerpt(v)}}
}

// summary ends one person's run with what they said.
func (t *turn) summary() Message {
	parts := append([]Part{{Style: StyleHeading, Words: "run.done"}}, t.lines(t.run.liveNodes())...)
	m := Message{Parts: append(parts, Part{Style: StyleSmall, Words: "run.done-change"})}
	if t.f.def.Activity != "" {
		m.Parts = append(m.Parts, note("run.done-next"))
		m.Controls = []Control{stepControl()}
	}
	return m
}

// flowStep is the flow that names an action step.
const flowStep = "step"

func stepControl() Control {
	return Control{Kind: ControlButton, Words: "run.make-step", Token: Token{Verb: VerbStart, Object: flowStep}, Primary: true}
}
