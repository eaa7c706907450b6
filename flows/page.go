package flows

import "slices"

// PageMax is how many questions one form asks: Discord's modal has no more fields.
const PageMax = 5

// hintMax is the longest hint under a field, in characters: Discord's label description. A longer line is left out of
// the form; the label still says what is asked.
const hintMax = 100

// Filled is what one field of a sent form of several questions held.
type Filled struct {
	Node   string `json:"node"`
	Input  Input  `json:"input,omitzero"`
	TextID string `json:"text_id"`        // a fresh id, should a text be kept
	Same   bool   `json:"same,omitempty"` // Input.Text is what the answer so far says: that answer stays
}

// filling is one field of a page as it was read.
type filling struct {
	node  int
	input Input
	value Value
	text  string
	no    *refusal
}

// page opens one form for the waiting question and those right after it, or takes what was sent with it. What was
// filled in well is kept as a draft, whatever else has to be mended: it can be changed until it is handed over.
func (t *turn) page() {
	if !t.onTime() {
		return
	}
	nodes := t.pageNodes()
	switch {
	case len(nodes) == 0:
		t.stale()
	case !t.e.Form:
		t.openForm(t.pageForm(nodes, nil))
	default:
		t.pageSent(nodes)
	}
}

// pageNodes are the questions that one form can ask, by number: the waiting one and those that follow it with nothing
// between. There are none for a group, which answers one at a time together; in an activity, whose questions are to be
// thought about singly; for one question alone; and when a question further on has an answer, which the new ones could
// make void. Some kinds have a form to themselves.
func (t *turn) pageNodes() []int {
	if t.run.Group || t.f.def.Activity != "" {
		return nil
	}
	var page []int
	for at := t.f.index[t.run.Node]; at != t.f.end() && len(page) < PageMax; at = t.f.nodes[at].next {
		n := &t.f.nodes[at]
		if n.Kind != NodeAsk || n.alone() || slices.Contains(page, at) || slices.Contains(t.run.Trail, n.ID) {
			break
		}
		page = append(page, at)
	}
	for line := range t.run.Log[t.run.Sealed:] {
		if id, ok := t.run.stands(line); ok && !slices.Contains(t.run.Trail, id) && !slices.Contains(page, t.f.index[id]) {
			return nil
		}
	}
	open := 0
	for _, i := range page {
		if !t.keepsOff(i) {
			open++
		}
	}
	if open < 2 {
		return nil
	}
	return page
}

// alone reports whether a question is never on a form with others: what a consent means must be read, and an order or
// shares need the numbered list of what there is.
func (n *node) alone() bool {
	return n.Field == FieldConsent || n.Field == FieldRank || n.Field == FieldPoints
}

// keepsOff reports whether a question stays off the form with its answer: a picker of people takes the platform's own
// id, which the core does not know, so it could not be filled in.
func (t *turn) keepsOff(i int) bool {
	e, answered := t.run.live(t.f.nodes[i].ID)
	return answered && e.Value.Kind == ValuePerson
}

// pageForm asks the questions with their answers so far, or with what was typed and why it could not be taken.
func (t *turn) pageForm(nodes []int, refused []filling) Form {
	form := Form{Title: Part{Words: "run.page-title"}, Token: t.token(VerbPage)}
	for _, i := range nodes {
		n := &t.f.nodes[i]
		before, answered := t.run.live(n.ID)
		at := slices.IndexFunc(refused, func(r filling) bool { return r.node == i })
		if at < 0 && t.keepsOff(i) {
			continue
		}
		field := n.field()
		if field.Hint == nil && shortEnough(n.Line, hintMax) {
			hint := t.text(StyleSmall, n.Line, n.line)
			field.Hint = &hint
		}
		field.Optional = !n.Required
		if at >= 0 {
			no := refused[at].no
			field.Value, field.Error = refused[at].input, &Part{Style: StyleBody, Words: no.why, Args: no.args}
		} else if answered {
			field.Value, field.TextID = n.input(before.Value), before.Value.typed()
		}
		form.Fields = append(form.Fields, field)
	}
	return form
}

// readPage reads each field of a sent page. A question that was not on it, or whose answer is the same again, is in
// neither list when it has an answer.
func (t *turn) readPage(nodes []int) (good, refused []filling) {
	for _, i := range nodes {
		n := &t.f.nodes[i]
		var sent Filled
		at := slices.IndexFunc(t.e.Page, func(s Filled) bool { return s.Node == n.ID })
		if at >= 0 {
			sent = t.e.Page[at]
		}
		before, answered := t.run.live(n.ID)
		if answered && (at < 0 || sent.Same && before.Value.typed() != "") {
			continue
		}
		blank := cleaned(sent.Input.Text) == "" && len(sent.Input.Picks) == 0
		if blank && answered && before.Value.Kind == ValueUnknown {
			continue
		}
		read := filling{node: i, input: sent.Input}
		e := t.e
		e.Input, e.TextID = sent.Input, sent.TextID
		switch {
		case blank && !n.Required:
			read.value = Value{Kind: ValueSkipped}
		case !blank && e.TextID == "":
			read.no = refuse("run.refuse.nothing")
		default:
			read.value, read.text, read.no = n.read(e)
		}
		switch {
		case read.no != nil:
			refused = append(refused, read)
		case !answered || read.value.TextID != "" || !read.value.same(before.Value):
			good = append(good, read)
		}
	}
	return good, refused
}

// filledBefore is what a page held whose event is folded.
func (t *turn) filledBefore() (good, refused []filling) {
	for _, line := range t.replay[1:] {
		good = append(good, filling{node: t.f.index[line.Node], value: line.Value})
	}
	if id := t.replay[0].Node; id != "" {
		refused = []filling{{node: t.f.index[id], no: &refusal{}}}
	}
	return good, refused
}

// pageSent keeps what was filled in well. With something to mend the run waits at the first such question, and the form
// comes back; otherwise it goes on, with the next page if there is one.
func (t *turn) pageSent(nodes []int) {
	good, refused := t.readPage(nodes)
	if t.replay != nil {
		good, refused = t.filledBefore()
	}
	if t.replay == nil && len(refused) > 0 && !slices.ContainsFunc(good, func(g filling) bool { return g.value.Kind != ValueSkipped }) {
		switch first := refused[0]; {
		case !first.no.ask:
			t.openForm(t.pageForm(nodes, refused))
			return
		case first.node == t.f.index[t.run.Node]:
			t.mend(refused)
			return
		}
	}
	t.take()
	stop := Entry{Did: EventPage}
	if len(refused) > 0 {
		stop.Node = t.f.nodes[refused[0].node].ID
	}
	t.note(stop)
	first, shown := t.run.Node, t.run.Drawn
	for _, g := range good {
		t.keepFilled(g, first, shown)
	}
	if len(refused) == 0 {
		w := t.walk(nodes[0], t.run.Trail, "", Value{})
		settled := slices.ContainsFunc(w.passed, func(i int) bool { return t.f.nodes[i].Kind == NodeRecord })
		t.edit(t.pageSaid(t.key(), t.onPage(nodes), !settled))
		t.proceed(w)
		if next := t.pageNodes(); t.run.State == StateOpen && len(next) > 0 {
			t.openForm(t.pageForm(next, nil))
		}
		return
	}
	t.edit(t.pageSaid(t.key(), t.onPage(nodes), true))
	to := refused[0].node
	for _, i := range nodes[:slices.Index(nodes, to)] {
		t.run.Trail = append(slices.Clip(t.run.Trail), t.f.nodes[i].ID)
	}
	t.ask(to)
	t.mend(refused)
}

// mend gives back what could not be taken: one reading to choose, one question, or a page.
func (t *turn) mend(refused []filling) {
	left := t.pageNodes()
	if no := refused[0].no; len(left) == 0 || len(no.offers) > 0 {
		t.e.Node, t.e.Input = t.run.Node, refused[0].input
		t.refuse(t.waiting(), no, t.answers())
		return
	}
	t.openForm(t.pageForm(left, refused))
}

// keepFilled appends one answer of a page to the log. All of a page are shown in the message of its first question.
func (t *turn) keepFilled(g filling, first string, shown int64) {
	id := t.f.nodes[g.node].ID
	before, had := t.run.live(id)
	t.keepText(g.value, g.text)
	entry := Entry{Did: EventPage, Node: id, Value: g.value, Asked: shown}
	if id != first {
		entry.On = first
	}
	t.note(entry)
	t.keep(id, g.value, before.Value, had)
	if !had {
		return
	}
	t.dropText(before.Value)
	if before.message(t.run.ID) != entry.message(t.run.ID) {
		t.takeDown(before, "run.changed")
	}
}

// onPage names the questions of a page that have an answer now.
func (t *turn) onPage(nodes []int) []string {
	var ids []string
	for _, i := range nodes {
		id := t.f.nodes[i].ID
		if _, ok := t.run.live(id); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// pageSaid shows in one message what was filled in, with a way to change it.
func (t *turn) pageSaid(key string, ids []string, open bool) Message {
	m := Message{Key: key, Parts: []Part{note("run.page-said")}}
	for _, id := range ids {
		e, _ := t.run.live(id)
		m.Parts = append(m.Parts, t.line(id, e.Value))
	}
	if open {
		m.Controls = []Control{{
			Kind: ControlButton, Words: "run.change", Token: Token{Verb: VerbChange, Object: t.run.ID, Node: ids[0]},
		}}
	}
	return m
}

// takeDown edits the message that showed an answer which no longer stands, and why. What else it shows stays.
func (t *turn) takeDown(e Entry, why string) {
	if e.Asked == 0 {
		return // no message shows it: an item was taken off its list
	}
	key := e.message(t.run.ID)
	var others []string
	for _, id := range t.run.liveNodes() {
		if o, _ := t.run.live(id); id != e.Node && o.message(t.run.ID) == key {
			others = append(others, id)
		}
	}
	if len(others) == 0 {
		t.edit(t.shut(key, e.Node, why))
		return
	}
	t.edit(t.pageSaid(key, others, true))
}

// same reports whether two answers say the same. Texts never do: they are known by id alone.
func (v Value) same(w Value) bool {
	return v.Kind == w.Kind && v.TextID == "" && w.TextID == "" && slices.Equal(v.Picks, w.Picks) && v.Date == w.Date &&
		v.Person == w.Person && v.Number == w.Number && v.Clock == w.Clock && slices.Equal(v.Counts, w.Counts)
}

func shortEnough(text Text, limit int) bool {
	for _, words := range text {
		if len([]rune(words)) > limit {
			return false
		}
	}
	return true
}
