package flows

import (
	"strconv"
	"strings"
)

// choices are what can be picked as the answer to a question: its options, or the steps of its scale.
func (n Node) choices() []Option {
	if n.Field != FieldScale {
		return n.Options
	}
	var steps []Option
	for i := n.First; i <= n.Last && len(steps) < ScaleMax; i++ {
		step := Option{ID: strconv.Itoa(i), Text: Text{}}
		end := map[int]Text{n.First: n.Low, n.Last: n.High}[i]
		for _, l := range locales() {
			step.Text[l] = step.ID
			if words := end[l]; words != "" {
				step.Text[l] += " – " + words
			}
		}
		steps = append(steps, step)
	}
	return steps
}

// choice is the text of what can be picked under an id.
func (n Node) choice(id string) Text {
	for _, o := range n.choices() {
		if o.ID == id {
			return o.Text
		}
	}
	return nil
}

// readScale takes a picked step, or a typed one: "4", "four", "4/5", "4 out of 5", "4 de 5", or the words of an end.
func (n *node) readScale(in Input) (Value, *refusal) {
	typed := folded(in.Text)
	switch {
	case len(in.Picks) > 1:
		return Value{}, refuse("run.refuse.one")
	case len(in.Picks) == 1:
		typed = in.Picks[0]
	case typed == "":
		return Value{}, refuse("run.refuse.nothing")
	}
	if step, ok := n.step(typed); ok {
		return Value{Kind: ValueScale, Number: step}, nil
	}
	from, to := n.First, n.Last
	return Value{}, &refusal{why: "run.refuse.scale", args: map[string]Arg{"from": {Number: &from}, "to": {Number: &to}}}
}

// step finds the step that folded words mean.
func (n *node) step(typed string) (id string, ok bool) {
	for _, between := range []string{"/", " out of ", " of ", " de "} {
		if before, after, cut := strings.Cut(typed, between); cut && strings.TrimSpace(after) == strconv.Itoa(n.Last) {
			typed = strings.TrimSpace(before)
		}
	}
	if i, counts := smallNumber(typed); counts {
		typed = strconv.Itoa(i)
	}
	typed = strings.TrimPrefix(typed, "+")
	for i, o := range n.picks {
		if o.ID == typed {
			return o.ID, true
		}
		for _, l := range locales() {
			if typed == folded(o.Text[l]) || i == 0 && typed == folded(n.Low[l]) || i == len(n.picks)-1 && typed == folded(n.High[l]) {
				return o.ID, true
			}
		}
	}
	return "", false
}

// smallNumber reads a number from 0 to 20 in folded English or Spanish words.
func smallNumber(word string) (i int, ok bool) {
	for i, names := range [...]string{
		"zero cero", "one un una uno", "two dos", "three tres", "four cuatro", "five cinco", "six seis", "seven siete",
		"eight ocho", "nine nueve", "ten diez", "eleven once", "twelve doce", "thirteen trece", "fourteen catorce",
		"fifteen quince", "sixteen dieciseis", "seventeen diecisiete", "eighteen dieciocho", "nineteen diecinueve",
		"twenty veinte",
	} {
		for name := range strings.SplitSeq(names, " ") {
			if name == word {
				return i, true
			}
		}
	}
	return 0, false
}
