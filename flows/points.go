package flows

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// apart reports whether a form asks for every option's share in a field of its own: so many fit on every platform.
func (n *node) apart() bool { return n.Field == FieldPoints && len(n.Options) <= PageMax }

// readPoints takes shares: a number for each option in turn ("5 3 2"), options with their numbers ("housing 5, jobs
// 3"), or what a form's fields held. Options that are not named get none; all of it makes exactly Points.
func (n *node) readPoints(in Input) (Value, *refusal) {
	shares, no := n.sharesOf(in)
	if no != nil {
		return Value{}, no
	}
	sum := 0
	v := Value{Kind: ValuePoints}
	for i, o := range n.Options {
		if shares[i] > PointsMax {
			shares[i] = PointsMax + 1 // too many in any case, and the sum stays small
		}
		sum += shares[i]
		if shares[i] > 0 {
			v.Picks, v.Counts = append(v.Picks, o.ID), append(v.Counts, shares[i])
		}
	}
	points, count := n.Points, max(n.Points-sum, sum-n.Points)
	args := map[string]Arg{"sum": {Number: &sum}, "points": {Number: &points}, "count": {Number: &count}}
	switch {
	case sum < n.Points:
		return Value{}, &refusal{why: "run.refuse.points-left", args: args}
	case sum > n.Points:
		return Value{}, &refusal{why: "run.refuse.points-over", args: args}
	}
	return v, nil
}

// sharesOf reads the share of each option.
func (n *node) sharesOf(in Input) ([]int, *refusal) {
	if len(in.Each) > 0 {
		return n.sharesApart(in.Each)
	}
	text := folded(in.Text)
	if text == "" {
		return nil, refuse("run.refuse.nothing")
	}
	if bare := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;/", r) }); len(bare) == len(n.Options) {
		if shares, ok := allShares(bare); ok {
			return shares, nil
		}
	}
	return n.sharesNamed(in.Text)
}

func allShares(words []string) ([]int, bool) {
	var shares []int
	for _, word := range words {
		share, ok := readShare(word)
		if !ok {
			return nil, false
		}
		shares = append(shares, share)
	}
	return shares, true
}

// readShare reads one number of points.
func readShare(word string) (int, bool) {
	if i, ok := smallNumber(word); ok {
		return i, true
	}
	if word == "" || !digits(word) {
		return 0, false
	}
	if word = strings.TrimLeft(word, "0"); len(word) > len(strconv.Itoa(PointsMax)) {
		return PointsMax + 1, true
	}
	i, err := strconv.Atoi(cmp.Or(word, "0"))
	return i, err == nil
}

// sharesApart reads what a form's fields held. A blank one is none.
func (n *node) sharesApart(each map[string]string) ([]int, *refusal) {
	shares := make([]int, len(n.Options))
	blank := true
	for i, o := range n.Options {
		word := folded(each[o.ID])
		if word == "" {
			continue
		}
		share, ok := readShare(word)
		if !ok {
			return nil, &refusal{why: "run.refuse.points", at: o.ID}
		}
		blank, shares[i] = false, share
	}
	if blank {
		return nil, refuse("run.refuse.nothing")
	}
	return shares, nil
}

// sharesNamed reads options with their numbers, the number before or after the option's words.
func (n *node) sharesNamed(text string) ([]int, *refusal) {
	shares := make([]int, len(n.Options))
	var named []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		words := strings.Fields(folded(strings.NewReplacer(":", " ", "=", " ").Replace(part)))
		if len(words) == 0 {
			continue
		}
		last := len(words) - 1
		option, number := words[:last], words[last]
		if _, ok := readShare(number); !ok {
			option, number = words[1:], words[0]
		}
		id, known := n.option(strings.Join(option, " "))
		share, ok := readShare(number)
		if len(option) == 0 || !known || !ok || slices.Contains(named, id) {
			return nil, refuse("run.refuse.points")
		}
		named = append(named, id)
		shares[slices.IndexFunc(n.Options, func(o Option) bool { return o.ID == id })] = share
	}
	return shares, nil
}

// shares fills a form with an answer.
func (n *node) shares(v Value) Input {
	in := Input{}
	var counts []string
	for _, o := range n.Options {
		count := "0"
		if i := slices.Index(v.Picks, o.ID); i >= 0 && i < len(v.Counts) {
			count = strconv.Itoa(v.Counts[i])
		}
		counts = append(counts, count)
		if n.apart() {
			if in.Each == nil {
				in.Each = map[string]string{}
			}
			in.Each[o.ID] = count
		}
	}
	if !n.apart() {
		in.Text = strings.Join(counts, " ")
	}
	return in
}

// fillApart puts what was typed, or the answer so far, into the field of each option. Words typed as one text stand in
// no field.
func (n *node) fillApart(fields []FormField, in Input) {
	for i, o := range n.Options {
		fields[i].Value = Input{Text: in.Each[o.ID]}
	}
}

// totals says how many points a group gave each option, the most first.
func (n *node) totals(values []Value) []Part {
	totals := make([]int, len(n.Options))
	order := make([]int, len(n.Options))
	for i, o := range n.Options {
		order[i] = i
		for _, v := range values {
			if k := slices.Index(v.Picks, o.ID); k >= 0 && k < len(v.Counts) {
				totals[i] += v.Counts[k]
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(totals[b], totals[a]) })
	var parts []Part
	for _, i := range order {
		parts = append(parts, Part{Style: StyleItem, Words: "round.times", Args: map[string]Arg{
			"answer": {Text: n.Options[i].Text}, "times": {Number: &totals[i]},
		}})
	}
	return parts
}
