package flows

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// rankMark begins what a press sends that picks the next place of an order: the mark, then a digit for each option so
// far. An order is built press by press without anything being kept in between, so a press out of turn does no harm.
const rankMark = "#"

// placeBase is the base of the digits of an order so far: ten options need more than nine.
const placeBase = 36

// readRank takes an order: typed as numbers ("3 1 2") or words ("jobs, housing"), picked whole, or so far. The last
// place needs no words. What is not whole yet asks for the next place.
func (n *node) readRank(in Input) (Value, *refusal) {
	order, no := n.order(in)
	if no != nil {
		return Value{}, no
	}
	for i, o := range order {
		if slices.Contains(order[:i], o) {
			return Value{}, &refusal{why: "run.refuse.rank-twice", args: map[string]Arg{"option": {Text: n.Options[o].Text}}}
		}
	}
	if len(order)+1 < len(n.Options) {
		return Value{}, n.nextPlace(order)
	}
	for i := range n.Options {
		if !slices.Contains(order, i) {
			order = append(order, i)
		}
	}
	v := Value{Kind: ValueRank}
	for _, i := range order {
		v.Picks = append(v.Picks, n.Options[i].ID)
	}
	return v, nil
}

// order reads the places of the options that were named, in the order in which they were.
func (n *node) order(in Input) ([]int, *refusal) {
	if len(in.Picks) == 1 && strings.HasPrefix(in.Picks[0], rankMark) {
		return n.orderSoFar(strings.TrimPrefix(in.Picks[0], rankMark))
	}
	words := in.Picks
	if len(words) == 0 {
		words = n.orderWords(in.Text)
	}
	if len(words) == 0 {
		return nil, refuse("run.refuse.nothing")
	}
	var order []int
	for _, word := range words {
		id, ok := n.option(word)
		if !ok {
			return nil, refuse("run.refuse.rank")
		}
		order = append(order, slices.IndexFunc(n.Options, func(o Option) bool { return o.ID == id }))
	}
	return order, nil
}

// orderSoFar reads what a press sends.
func (n *node) orderSoFar(places string) ([]int, *refusal) {
	order := []int{}
	for _, digit := range places {
		place, err := strconv.ParseInt(string(digit), placeBase, 0)
		if err != nil || place < 1 || int(place) > len(n.Options) {
			return nil, refuse("run.refuse.rank")
		}
		order = append(order, int(place)-1)
	}
	return order, nil
}

// orderWords splits text where one option ends: at marks between them, between numbers, or between the digits of
// one number when no option has a number of two digits.
func (n *node) orderWords(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;\n>/", r) })
	if line := folded(text); len(words) == 1 && digits(strings.ReplaceAll(line, " ", "")) {
		words = strings.Fields(line)
	}
	if len(words) == 1 && digits(words[0]) && len(n.Options) < 10 {
		words = strings.Split(words[0], "")
	}
	words = slices.DeleteFunc(words, func(w string) bool { return folded(w) == "" })
	return words
}

// nextPlace asks for the option after an order so far.
func (n *node) nextPlace(order []int) *refusal {
	no := &refusal{why: "run.rank-first", other: "run.rank-write", ask: true}
	sofar := rankMark
	for k, i := range order {
		no.why = "run.rank-next"
		no.so = append(no.so, numbered(k+1, n.Options[i].Text))
		no.back = sofar
		sofar += strconv.FormatInt(int64(i+1), placeBase)
	}
	for i, o := range n.Options {
		if !slices.Contains(order, i) {
			no.offers = append(no.offers, offer{pick: sofar + strconv.FormatInt(int64(i+1), placeBase), label: Arg{Text: o.Text}})
		}
	}
	return no
}

// numbered is one line of a numbered list.
func numbered(number int, text Text) Part {
	return Part{Style: StyleItem, Words: "run.numbered", Args: map[string]Arg{"number": {Number: &number}, "option": {Text: text}}}
}

// menu says how an order or shares are written, and numbers what there is.
func (n *node) menu() []Part {
	if n.Field != FieldRank && n.Field != FieldPoints {
		return nil
	}
	how := note("run.how-rank")
	if n.Field == FieldPoints {
		points := n.Points
		how = Part{Style: StyleBody, Words: "run.how-points", Args: map[string]Arg{"points": {Number: &points}}}
	}
	parts := []Part{how}
	for i, o := range n.Options {
		parts = append(parts, numbered(i+1, o.Text))
	}
	return parts
}

// places writes an order the way it can be typed.
func (n *node) places(picks []string) string {
	var places []string
	for _, pick := range picks {
		places = append(places, strconv.Itoa(slices.IndexFunc(n.Options, func(o Option) bool { return o.ID == pick })+1))
	}
	return strings.Join(places, " ")
}

// listed is an order or shares in words: each option with its place before it, or its points after it.
func (n Node) listed(v Value) Arg {
	var list []Arg
	for i, pick := range v.Picks {
		text := Text{}
		for l, words := range n.choice(pick) {
			if v.Kind == ValueRank {
				text[l] = strconv.Itoa(i+1) + ". " + words
			} else if i < len(v.Counts) {
				text[l] = words + ": " + strconv.Itoa(v.Counts[i])
			}
		}
		list = append(list, Arg{Text: text})
	}
	return Arg{List: list}
}

// meanPlaces says which place a group gave each option on average, the best first.
func (n *node) meanPlaces(values []Value) []Part {
	sums := make([]int, len(n.Options))
	order := make([]int, len(n.Options))
	for i, o := range n.Options {
		order[i] = i
		for _, v := range values {
			sums[i] += slices.Index(v.Picks, o.ID) + 1
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[a], sums[b]) })
	var parts []Part
	for _, i := range order {
		tenths := (sums[i]*20/len(values) + 1) / 2
		parts = append(parts, Part{Style: StyleItem, Words: "round.place", Args: map[string]Arg{
			"option": {Text: n.Options[i].Text}, "place": {Amount: fromHundredths(tenths * 10)},
		}})
	}
	return parts
}
