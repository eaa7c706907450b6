package flows

import "slices"

// collectedMax is how much of one typed answer the collected answers show: with shownMax of them a message stays within
// what a platform takes. All of it is kept.
const collectedMax = 400

// flowAlone begins the id of the flow in which one person answers an activity's questions.
const flowAlone = "alone-"

// opening tells a group what this is about and how it works, with what the flow says before its first question.
func (t *turn) opening(passed []int) Message {
	parts := []Part{{Style: StyleHeading, Text: t.f.def.Title}, {Style: StyleBody, Text: t.f.def.Goal}}
	if t.e.Last != nil {
		parts = append(parts, t.e.Last.Part())
	}
	for _, i := range passed {
		n := &t.f.nodes[i]
		parts = append(parts, t.text(StyleBody, n.Plain, n.plain))
	}
	how := "round.how"
	if !slices.ContainsFunc(t.f.nodes, func(n node) bool { return n.Kind == NodeAsk && !n.unnamed() }) {
		how = "round.how-unnamed"
	}
	parts = append(parts, note(how))
	if t.run.Nobody {
		parts = append(parts, note("round.nobody"))
	}
	return Message{Parts: parts}
}

// roundParts are the words of the waiting question of a group.
func (t *turn) roundParts() []Part {
	n := t.waiting()
	parts := []Part{t.text(StyleHeading, n.Line, n.line)}
	if len(n.Plain) > 0 {
		parts = append(parts, t.text(StyleBody, n.Plain, n.plain))
	}
	parts = append(parts, n.menu()...)
	if n.unnamed() {
		parts = append(parts, Part{Style: StyleSmall, Words: "round.unnamed"})
	}
	parts = append(parts, t.progress(), t.countPart(n))
	if t.run.Tally[n.ID].Sealed {
		parts = append(parts, Part{Style: StyleSmall, Words: "round.sealed"})
	}
	return append(parts, t.timePart()...)
}

// timePart says when the question closes by itself: a channel has readers in several zones.
func (t *turn) timePart() []Part {
	if t.run.Closes.IsZero() {
		return nil
	}
	return []Part{{Style: StyleSmall, Words: "round.closes", Args: map[string]Arg{"at": {At: t.run.Closes}}}}
}

// countPart says how many have answered, and how many it takes when that is set.
func (t *turn) countPart(n *node) Part {
	count, needed := t.run.Tally[n.ID].Answers, n.needed(t.run.Here)
	p := Part{Style: StyleSmall, Words: "round.count", Args: map[string]Arg{"count": {Number: &count}}}
	if needed > 0 {
		p.Words = "round.count-of"
		p.Args["needed"] = Arg{Number: &needed}
	}
	return p
}

// roundControls are pressed by many people, at any time: they name the question and no revision.
func (t *turn) roundControls() []Control {
	n := t.waiting()
	answer := t.button("run.answer", VerbForm)
	answer.Primary = true
	if n.Field == FieldRank { // an order is built press by press, seen by nobody else
		answer.Token.Verb, answer.Token.Arg = VerbAnswer, rankMark
	}
	controls := []Control{answer}
	if n.Field != FieldConsent {
		controls = append(controls, t.button("run.dont-know", VerbUnknown))
	}
	if len(n.More) > 0 {
		controls = append(controls, t.button("run.more", VerbMore))
	}
	next := "round.next"
	if n.most == 0 {
		next = "round.finish"
	}
	return append(controls, t.button(next, VerbNext), t.button("run.pause", VerbPause))
}

// roundClosed is the question's message after its close: nothing to press.
func (t *turn) roundClosed(n *node, tally Tally) Message {
	return Message{Key: t.key(), Parts: []Part{
		t.text(StyleHeading, n.Line, n.line),
		{Style: StyleSmall, Words: "round.closed", Args: map[string]Arg{"count": {Number: &tally.Answers}}},
	}}
}

// roundPaused is the question's message while the round rests.
func (t *turn) roundPaused(words string) Message {
	n := t.waiting()
	return Message{
		Key:      t.key(),
		Parts:    []Part{t.text(StyleHeading, n.Line, n.line), note(words)},
		Controls: t.restControls(),
	}
}

// roundAgain asks the space whether to go on, and says where the round stopped.
func (t *turn) roundAgain() Message {
	n := t.waiting()
	return Message{
		Key: t.key(),
		Parts: []Part{
			{Style: StyleHeading, Words: "round.again", Args: map[string]Arg{"title": {Text: t.f.def.Title}}},
			{Style: StyleBody, Words: "round.again-at", Args: map[string]Arg{"question": {Text: n.Line}}},
			t.progress(), t.countPart(n),
		},
		Controls: t.restControls(),
	}
}

// restControls are what a round that rests offers. After the promise to ask again, only what else there is.
func (t *turn) restControls() []Control {
	resume := t.button("run.resume", VerbResume)
	resume.Primary = true
	controls := []Control{resume}
	if t.run.Remind.IsZero() {
		controls = append(controls, t.button("round.remind", VerbRemind))
	}
	return append(controls, t.button("run.stop", VerbCancel))
}

// collected shows what a group answered: how it spreads, or everybody's answer with their name, then how many did not
// know.
func (t *turn) collected(n *node, answers []Answer) Message {
	parts := []Part{{Style: StyleHeading, Words: "round.answers", Args: map[string]Arg{"question": {Text: n.Label}}}}
	unknown, shown, more := 0, 0, 0
	var who []Arg
	var counted []Value
	for _, a := range answers {
		switch {
		case a.Value.Kind == ValueUnknown:
			unknown++
			if a.Value.TextID != "" {
				who = append(who, Arg{TextID: a.Value.TextID, Max: excerptMax})
			}
		case n.unnamed():
			counted = append(counted, a.Value)
		case shown == shownMax:
			more++
		default:
			shown++
			parts = append(parts, n.attributed(a))
		}
	}
	parts = append(parts, n.tallied(counted)...)
	if len(parts) == 1 && unknown == 0 {
		parts = append(parts, note("round.no-answers"))
	}
	if more > 0 {
		parts = append(parts, Part{Style: StyleSmall, Words: "run.and-more", Args: map[string]Arg{"count": {Number: &more}}})
	}
	m := Message{Parts: append(parts, unknownParts(unknown, who)...)}
	if shown > 0 && n.Field == FieldText {
		m.Controls = []Control{t.sortButton(n.ID, "round.sort")}
	}
	return m
}

// attributed is one member's answer with their name.
func (n *node) attributed(a Answer) Part {
	p := Part{Style: StyleItem, Words: "round.answer", Args: map[string]Arg{"name": {Person: a.Person}}}
	answer := n.Shown(a.Value)
	if answer.TextID != "" {
		p.Words, answer.Max = "round.answer-words", collectedMax
	}
	p.Args["answer"] = answer
	return p
}

// unknownParts says how many did not know, and who might.
func unknownParts(unknown int, who []Arg) []Part {
	args := map[string]Arg{"count": {Number: &unknown}}
	switch {
	case unknown == 0:
		return nil
	case len(who) == 0:
		return []Part{{Style: StyleBody, Words: "round.unknown", Args: args}}
	}
	args["who"] = Arg{List: who[:min(len(who), whoMax)]}
	return []Part{{Style: StyleBody, Words: "round.unknown-who", Args: args}}
}

// openQuestion is one line about a question that somebody could not answer.
func openQuestion(n *node, tally Tally) Part {
	p := Part{Style: StyleItem, Words: "round.open", Args: map[string]Arg{"question": {Text: n.Label}, "count": {Number: &tally.Unknown}}}
	if len(tally.Who) > 0 {
		var who []Arg
		for _, id := range tally.Who {
			who = append(who, Arg{TextID: id, Max: excerptMax})
		}
		p.Words = "round.open-who"
		p.Args["who"] = Arg{List: who}
	}
	return p
}
