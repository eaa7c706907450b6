package flows

import "slices"

// Lines of a round's summary: at most twelve with heading, last line and next steps.
const (
	summaryQuestions = 5
	summaryUnknown   = 3
)

// collectedMax is how much of one typed answer the collected answers show: with shownMax of them a message stays within
// what a platform takes. All of it is kept.
const collectedMax = 400

// flowAlone begins the id of the flow in which one person answers an activity's questions.
const flowAlone = "alone-"

// opening tells a group what this is about and how it works, with what the flow says before its first question.
func (t *turn) opening(passed []int) Message {
	parts := []Part{{Style: StyleHeading, Text: t.f.def.Title}, {Style: StyleBody, Text: t.f.def.Goal}}
	for _, i := range passed {
		n := &t.f.nodes[i]
		parts = append(parts, t.text(StyleBody, n.Plain, n.plain))
	}
	named := slices.ContainsFunc(t.f.nodes, func(n node) bool { return n.Kind == NodeAsk && !n.unnamed() })
	if !named {
		return Message{Parts: append(parts, note("round.how-unnamed"))}
	}
	return Message{Parts: append(parts, note("round.how"))}
}

// roundParts are the words of the waiting question of a group.
func (t *turn) roundParts() []Part {
	n := t.waiting()
	parts := []Part{t.text(StyleHeading, n.Line, n.line)}
	if len(n.Plain) > 0 {
		parts = append(parts, t.text(StyleBody, n.Plain, n.plain))
	}
	if n.unnamed() {
		parts = append(parts, Part{Style: StyleSmall, Words: "round.unnamed"})
	}
	return append(parts, t.progress(), t.countPart(n))
}

// countPart says how many have answered, and how many it takes when that is set.
func (t *turn) countPart(n *node) Part {
	count, needed := t.run.Tally[n.ID].Answers, n.Until.Answers
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
	return append(controls, t.button(next, VerbNext))
}

// roundClosed is the question's message after its close: nothing to press.
func (t *turn) roundClosed(n *node, tally Tally) Message {
	return Message{Key: t.key(), Parts: []Part{
		t.text(StyleHeading, n.Line, n.line),
		{Style: StyleSmall, Words: "round.closed", Args: map[string]Arg{"count": {Number: &tally.Answers}}},
	}}
}

// roundPaused is the question's message while the round rests.
func (t *turn) roundPaused() Message {
	n := t.waiting()
	resume := t.button("run.resume", VerbResume)
	resume.Primary = true
	return Message{
		Key:      t.key(),
		Parts:    []Part{t.text(StyleHeading, n.Line, n.line), t.pausedPart()},
		Controls: []Control{resume},
	}
}

// collected shows what a group answered: how it spreads, or everybody's answer with their name, then how many did not
// know.
func collected(n *node, answers []Answer) Message {
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
	return Message{Parts: append(parts, unknownParts(unknown, who)...)}
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

// roundSummary ends a round: how much was answered, what nobody knew and who might, and what comes next.
func (t *turn) roundSummary() Message {
	parts := []Part{{Style: StyleHeading, Words: "round.done", Args: map[string]Arg{"title": {Text: t.f.def.Title}}}}
	var unknown []Part
	shown, more := 0, 0
	for i := range t.f.nodes {
		n := &t.f.nodes[i]
		tally, asked := t.run.Tally[n.ID]
		if !asked {
			continue
		}
		if shown < summaryQuestions {
			shown++
			parts = append(parts, Part{Style: StyleItem, Words: "round.line", Args: map[string]Arg{"question": {Text: n.Label}, "count": {Number: &tally.Answers}}})
		} else {
			more++
		}
		if tally.Unknown > 0 && len(unknown) < summaryUnknown {
			unknown = append(unknown, openQuestion(n, tally))
		}
	}
	if more > 0 {
		parts = append(parts, Part{Style: StyleSmall, Words: "round.more-questions", Args: map[string]Arg{"count": {Number: &more}}})
	}
	parts = append(parts, unknown...)
	m := Message{Parts: append(parts, note("round.next-steps")), Controls: []Control{stepControl()}}
	if t.f.def.Activity != "" {
		m.Controls = append(m.Controls, Control{
			Kind: ControlButton, Words: "round.alone", Token: Token{Verb: VerbStart, Object: flowAlone + t.f.def.Activity},
		})
	}
	return m
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
