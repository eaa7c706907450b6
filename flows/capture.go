package flows

import (
	"slices"
	"strings"
)

// Mark is what a group takes one of its answers for.
type Mark string

// The marks.
const (
	MarkAnswer Mark = "answer" // it answers the question
	MarkGap    Mark = "gap"    // something is missing
	MarkIdea   Mark = "idea"   // something to try
	MarkLater  Mark = "later"  // not now
)

// marks in the order in which they are offered.
func marks() []Mark { return []Mark{MarkAnswer, MarkGap, MarkIdea, MarkLater} }

// marking is the Arg of a VerbCapture, or the pick of an EventCapture: what the answer of a person is taken for.
func marking(m Mark, person string) string { return string(m) + "." + person }

// readMarking reads what marking wrote; ok is false for anything else.
func readMarking(arg string) (m Mark, person string, ok bool) {
	mark, person, _ := strings.Cut(arg, ".")
	m = Mark(mark)
	return m, person, person != "" && slices.Contains(marks(), m)
}

// sortable are the answers to a node that can be sorted, in the order in which they were given.
func (t *turn) sortable(node string) []Answer {
	list := slices.DeleteFunc(slices.Clone(t.e.Answers), func(a Answer) bool {
		return a.Node != node || !a.Value.Answered() || t.f.nodes[t.f.index[node]].unnamed()
	})
	inOrder(list)
	return list
}

// pick is the only thing that the event picked.
func (t *turn) pick() string {
	if len(t.e.Input.Picks) != 1 {
		return ""
	}
	return t.e.Input.Picks[0]
}

// maySort reports whether the person may sort the answers to the event's node now, and tells them when not.
func (t *turn) maySort() bool {
	switch {
	case !t.run.Tally[t.e.Node].Closed:
		t.stale()
		return false
	case !t.leads():
		t.whisper([]Part{t.leadOnly()})
		return false
	}
	return true
}

// sort shows the next answer that is not sorted yet, or the first one when all are.
func (t *turn) sort() {
	if !t.maySort() {
		return
	}
	list := t.sortable(t.e.Node)
	if len(list) == 0 {
		t.whisper([]Part{note("round.nothing-to-sort")})
		return
	}
	t.card(list, max(0, unsorted(list, 0)), nil)
}

// unsorted is the place of the next answer without a mark, looking from a place on and around; -1 when all are sorted.
func unsorted(list []Answer, from int) int {
	for i := range list {
		if at := (from + i) % len(list); list[at].Mark == "" {
			return at
		}
	}
	return -1
}

// mark sorts one answer, and shows the next.
func (t *turn) mark() {
	if !t.maySort() {
		return
	}
	m, person, ok := readMarking(t.pick())
	list := t.sortable(t.e.Node)
	i := slices.IndexFunc(list, func(a Answer) bool { return a.Person == person })
	if !ok || i < 0 {
		t.stale()
		return
	}
	t.take()
	list[i].Mark = m
	t.out = append(t.out, KeepAnswer{Answer: list[i]})
	for k, a := range t.e.Answers {
		if a.Node == t.e.Node && a.Person == person {
			t.e.Answers = slices.Clone(t.e.Answers)
			t.e.Answers[k].Mark = m
		}
	}
	t.refresh()
	first := []Part{{Style: StyleSmall, Words: "round.sorted." + string(m)}}
	if next := unsorted(list, i+1); next >= 0 {
		t.card(list, next, first)
		return
	}
	count := len(list)
	done := Part{Style: StyleBody, Words: "round.all-sorted", Args: map[string]Arg{"count": {Number: &count}}}
	t.whisper(append(first, done), t.sortButton(t.e.Node, "round.sort-again"))
}

// card shows one answer with what it can be taken for.
func (t *turn) card(list []Answer, at int, first []Part) {
	n, a := &t.f.nodes[t.f.index[t.e.Node]], list[at]
	number, total := at+1, len(list)
	parts := append(first, Part{Style: StyleSmall, Words: "round.card", Args: map[string]Arg{
		"number": {Number: &number}, "total": {Number: &total}, "question": {Text: n.Label},
	}}, n.attributed(a))
	parts[len(parts)-1].Style = StyleBody
	if a.Mark != "" {
		parts = append(parts, Part{Style: StyleSmall, Words: "round.is." + string(a.Mark)})
	}
	var controls []Control
	for _, m := range marks() {
		token := t.tokenOf(VerbCapture, n.ID)
		token.Arg = marking(m, a.Person)
		controls = append(controls, Control{Kind: ControlButton, Words: "round.mark." + string(m), Token: token})
	}
	step := t.tokenOf(VerbMake, n.ID)
	step.Arg = a.Person
	t.whisper(parts, append(controls, Control{Kind: ControlButton, Words: "round.make-step", Token: step})...)
}

func (t *turn) sortButton(node, words string) Control {
	return Control{Kind: ControlButton, Words: words, Token: t.tokenOf(VerbSort, node)}
}

// make begins the naming of an action step that belongs to this round. The words of an answer become the step's; whoever
// names it can still change them.
func (t *turn) make() {
	given := map[string]Value{}
	if person := t.pick(); person != "" {
		i := slices.IndexFunc(t.e.Answers, func(a Answer) bool { return a.Node == t.e.Node && a.Person == person })
		if i < 0 || !t.run.Tally[t.e.Node].Closed {
			t.stale()
			return
		}
		if v := t.e.Answers[i].Value; v.Kind == ValueText {
			given["what"] = v
		}
	}
	t.out = append(t.out, Begin{Flow: flowStep, Object: t.run.ID, Given: given})
}

// look notes who will look for what somebody did not know; the same person pressing again takes it back.
func (t *turn) look() {
	tally, asked := t.run.Tally[t.e.Node]
	switch {
	case !asked || tally.Unknown == 0 || tally.Sealed:
		t.stale()
		return
	case tally.Look != "" && tally.Look != t.e.Person:
		t.whisper([]Part{{Style: StyleBody, Words: "round.looks-already", Args: map[string]Arg{"name": {Person: tally.Look}}}})
		return
	}
	t.take()
	if tally.Look == "" {
		tally.Look = t.e.Person
	} else {
		tally.Look = ""
	}
	t.setTally(t.e.Node, tally)
	for _, a := range t.e.Answers {
		if a.Node == t.e.Node && a.Value.Kind == ValueUnknown {
			r := a.request()
			r.Look = tally.Look
			t.out = append(t.out, KeepRequest{Request: r})
		}
	}
	t.refresh()
	if tally.Look == "" {
		t.whisper([]Part{note("round.look-back")})
		return
	}
	t.whisper([]Part{note("round.look-thanks")}, Control{Kind: ControlButton, Words: "round.look-undo", Token: t.tokenOf(VerbLook, t.e.Node)})
}

// linkStep notes an action step that came of the round, or that one of them has changed.
func (t *turn) linkStep() {
	id := t.pick()
	if id == "" {
		return
	}
	t.take()
	if !slices.Contains(t.run.Steps, id) {
		t.run.Steps = append(slices.Clip(t.run.Steps), id)
	}
	t.refresh()
}

// refresh brings the summary up to date, once it was said.
func (t *turn) refresh() {
	if t.run.State == StateDone {
		t.edit(t.roundSummary())
	}
}

// inOrder sorts answers by when they were given.
func inOrder(answers []Answer) {
	slices.SortStableFunc(answers, func(a, b Answer) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Person, b.Person)
	})
}
