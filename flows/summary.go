package flows

import "slices"

// Lines of a round's summary. With all of them it stays on two screens of a telephone.
const (
	summaryQuestions = 5
	summaryUnknown   = 3
	summarySteps     = 3
	summaryMarked    = 3 // answers of one mark
)

// summaryKey is the handle of a round's summary.
func (r Run) summaryKey() string { return r.ID + ".summary" }

// roundSummary ends a round: how much was answered and what it was taken for, what nobody knew and who looks for it, the
// steps that came of it, and what comes next.
func (t *turn) roundSummary() Message {
	parts := []Part{{Style: StyleHeading, Words: "round.done", Args: map[string]Arg{"title": {Text: t.f.def.Title}}}}
	parts = append(parts, t.answeredLines()...)
	for _, m := range []Mark{MarkGap, MarkIdea, MarkLater} {
		parts = append(parts, t.marked(m)...)
	}
	unknown, controls := t.openLines()
	parts = append(parts, unknown...)
	parts = append(parts, t.stepLines()...)
	step := stepControl()
	step.Token = Token{Verb: VerbMake, Object: t.run.ID}
	m := Message{Key: t.run.summaryKey(), Parts: append(parts, note("round.next-steps")), Controls: []Control{step}}
	if t.f.def.Activity != "" {
		m.Controls = append(m.Controls, Control{
			Kind: ControlButton, Words: "round.alone", Token: Token{Verb: VerbStart, Object: flowAlone + t.f.def.Activity},
		})
	}
	m.Controls = append(m.Controls, controls...)
	return m
}

// answeredLines are one line for each question.
func (t *turn) answeredLines() []Part {
	var parts []Part
	more := 0
	for i := range t.f.nodes {
		n := &t.f.nodes[i]
		tally, asked := t.run.Tally[n.ID]
		switch {
		case !asked:
		case len(parts) == summaryQuestions:
			more++
		default:
			parts = append(parts, Part{Style: StyleItem, Words: "round.line", Args: map[string]Arg{"question": {Text: n.Label}, "count": {Number: &tally.Answers}}})
		}
	}
	if more > 0 {
		parts = append(parts, Part{Style: StyleSmall, Words: "round.more-questions", Args: map[string]Arg{"count": {Number: &more}}})
	}
	return parts
}

// marked are the answers that were taken for the same, under one line that says for what.
func (t *turn) marked(m Mark) []Part {
	list := slices.DeleteFunc(slices.Clone(t.e.Answers), func(a Answer) bool { return a.Mark != m || !a.Value.Answered() })
	if len(list) == 0 {
		return nil
	}
	inOrder(list)
	count := len(list)
	parts := []Part{{Style: StyleBody, Words: "round.marked." + string(m), Args: map[string]Arg{"count": {Number: &count}}}}
	if m == MarkLater {
		return parts // counted: it comes up again when its time has come
	}
	for _, a := range list[:min(count, summaryMarked)] {
		line := t.f.nodes[t.f.index[a.Node]].attributed(a)
		if answer := line.Args["answer"]; answer.TextID != "" {
			answer.Max = excerptMax
			line.Args["answer"] = answer
		}
		parts = append(parts, line)
	}
	if more := count - summaryMarked; more > 0 {
		parts = append(parts, Part{Style: StyleSmall, Words: "run.and-more", Args: map[string]Arg{"count": {Number: &more}}})
	}
	return parts
}

// openLines are the questions that somebody could not answer, with a button for each that nobody looks for yet.
func (t *turn) openLines() (parts []Part, looks []Control) {
	for i := range t.f.nodes {
		n := &t.f.nodes[i]
		tally := t.run.Tally[n.ID]
		if tally.Unknown == 0 || tally.Sealed || len(parts) == summaryUnknown {
			continue
		}
		p := openQuestion(n, tally)
		if tally.Look != "" {
			p = Part{Style: StyleItem, Words: "round.open-look", Args: map[string]Arg{"question": {Text: n.Label}, "name": {Person: tally.Look}}}
		} else {
			looks = append(looks, Control{
				Kind: ControlButton, Words: "round.look", Args: map[string]Arg{"question": {Text: n.Label}}, Token: t.tokenOf(VerbLook, n.ID),
			})
		}
		parts = append(parts, p)
	}
	return parts, looks
}

// stepLines are the action steps that came of the round.
func (t *turn) stepLines() []Part {
	if len(t.e.Made) == 0 {
		return nil
	}
	count := len(t.e.Made)
	parts := []Part{{Style: StyleBody, Words: "round.steps", Args: map[string]Arg{"count": {Number: &count}}}}
	for _, m := range t.e.Made[:min(count, summarySteps)] {
		args := map[string]Arg{"what": {TextID: m.What, Max: excerptMax}, "due": {Words: "step.no-date"}}
		words := "round.step-free"
		if m.Lead != "" {
			words = "round.step"
			args["lead"] = Arg{Person: m.Lead}
		}
		if m.Done {
			words = "round.step-done"
		}
		if m.Due != "" {
			args["due"] = Arg{Date: m.Due}
		}
		parts = append(parts, Part{Style: StyleItem, Words: words, Args: args})
	}
	if more := count - summarySteps; more > 0 {
		parts = append(parts, Part{Style: StyleSmall, Words: "run.and-more", Args: map[string]Arg{"count": {Number: &more}}})
	}
	return parts
}
