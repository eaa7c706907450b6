package flows

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// hundred is how many parts of a number are told apart: DecimalsMax digits after the point.
const hundred = 100

// wholeDigits are the digits before the point of NumberMax.
const wholeDigits = 12

// readNumber reads "12", "1,200", "1.200,50", "$1,200", "12 people", "twelve" and "doce". Where a question takes decimals,
// a comma or a point before three digits can be meant in two ways: the person chooses, unless they read English, which
// writes a comma between thousands alone.
func (n *node) readNumber(e Event) (Value, *refusal) {
	typed := e.Input.Text
	switch {
	case len(e.Input.Picks) > 1:
		return Value{}, refuse("run.refuse.one")
	case len(e.Input.Picks) == 1:
		typed = e.Input.Picks[0]
	case strings.TrimSpace(typed) == "":
		return Value{}, refuse("run.refuse.nothing")
	}
	all := numbers(n.bare(typed))
	if len(all) == 0 {
		return Value{}, refuse("run.refuse.number")
	}
	var readings []string
	var no *refusal
	for _, number := range all {
		if why := n.outside(number); why == nil {
			readings = append(readings, short(number))
		} else if no == nil || no.why == "run.refuse.whole" {
			no = why
		}
	}
	slices.Sort(readings)
	readings = slices.Compact(readings)
	english := e.Locale == English && strings.Contains(typed, ",")
	switch {
	case len(readings) == 0:
		return Value{}, no
	case len(readings) > 1 && english:
		return Value{Kind: ValueNumber, Number: short(all[0])}, nil
	case len(readings) > 1:
		return Value{}, n.whichNumber(readings)
	}
	return Value{Kind: ValueNumber, Number: readings[0]}, nil
}

func (n *node) whichNumber(readings []string) *refusal {
	no := &refusal{why: "run.refuse.two-numbers", other: "run.other-number", ask: true}
	for _, r := range readings {
		no.offers = append(no.offers, offer{pick: r, label: n.Shown(Value{Kind: ValueNumber, Number: r})})
	}
	return no
}

// outside says why a number does not fit the question; nil when it does.
func (n *node) outside(number string) *refusal {
	_, fraction, _ := strings.Cut(number, ".")
	least, most := n.Min, cmp.Or(n.Max, NumberMax)
	switch parts := hundredths(number); {
	case fraction != "" && n.Decimals == 0:
		return refuse("run.refuse.whole")
	case len(strings.TrimRight(fraction, "0")) > n.Decimals:
		digits := n.Decimals
		return &refusal{why: "run.refuse.decimals", args: map[string]Arg{"count": {Number: &digits}}}
	case parts < least*hundred:
		return &refusal{why: "run.refuse.small", args: map[string]Arg{"min": {Number: &least}}}
	case parts > most*hundred:
		return &refusal{why: "run.refuse.large", args: map[string]Arg{"max": {Number: &most}}}
	}
	return nil
}

// hundredths is a number as whole hundredths; what is behind them is left out.
func hundredths(number string) int {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(number, "-"), ".")
	parts, err := strconv.Atoi(whole + (fraction + "00")[:DecimalsMax])
	if err != nil {
		return 0 // numbers are made of digits, and not too many
	}
	if strings.HasPrefix(number, "-") {
		return -parts
	}
	return parts
}

// bare is what was typed without the unit of the question and the sign of its money.
func (n *node) bare(typed string) string {
	text := folded(typed)
	for _, unit := range n.units() {
		for _, cut := range []string{strings.TrimPrefix(text, unit), strings.TrimSuffix(text, unit)} {
			if rest := strings.TrimSpace(cut); cut != text && rest != "" && (cut != rest || !letter(unit)) {
				return rest
			}
		}
	}
	return text
}

// units are the words and signs of the question's unit, folded, the longest first.
func (n *node) units() []string {
	var units []string
	for _, text := range []Text{n.Unit, n.UnitOne} {
		for _, l := range locales() {
			unit := folded(text[l])
			units = append(units, unit)
			if strings.Contains(unit, "dolar") || strings.Contains(unit, "dollar") || unit == "$" {
				units = append(units, "us$", "$", "usd", "dollars", "dolares", "dollar", "dolar")
			}
			if strings.Contains(unit, "percent") || strings.Contains(unit, "por ciento") || unit == "%" {
				units = append(units, "%", "percent", "por ciento")
			}
		}
	}
	units = slices.DeleteFunc(units, func(u string) bool { return u == "" })
	slices.SortStableFunc(units, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return slices.Compact(units)
}

// letter reports whether a unit ends in a letter, so that a space must stand between it and the number.
func letter(unit string) bool {
	last := unit[len(unit)-1]
	return last >= 'a' && last <= 'z'
}

// numbers returns what folded text can mean as a number: first as English writes it, with commas between thousands.
func numbers(text string) []string {
	if i, ok := smallNumber(text); ok {
		return []string{strconv.Itoa(i)}
	}
	sign := ""
	for _, minus := range []string{"-", "−"} {
		if rest, ok := strings.CutPrefix(text, minus); ok {
			sign, text = "-", strings.TrimSpace(rest)
		}
	}
	text = strings.TrimPrefix(text, "+")
	var found []string
	for _, marks := range [][2]string{{",", "."}, {".", ","}, {" ", "."}, {" ", ","}} {
		number, ok := numeral(text, marks[0], marks[1])
		if strings.Trim(number, "0.") != "" {
			number = sign + number
		}
		if ok && !slices.Contains(found, number) {
			found = append(found, number)
		}
	}
	return found
}

// numeral reads digits with a mark between thousands and another before the fraction, and returns them bare.
func numeral(text, thousands, point string) (number string, ok bool) {
	whole, fraction, cut := strings.Cut(text, point)
	groups := strings.Split(whole, thousands)
	for i, group := range groups {
		if len(groups) > 1 && (len(group) > 3 || i > 0 && len(group) != 3 || group == "") || !digits(group) {
			return "", false
		}
	}
	whole = strings.TrimLeft(strings.Join(groups, ""), "0")
	if cut && fraction == "" || !digits(fraction) || text == "" || len(whole) > wholeDigits {
		return "", false
	}
	number = cmp.Or(whole, "0")
	if cut {
		number += "." + fraction
	}
	return number, true
}

// short is a number without zeros at the end of its fraction.
func short(number string) string {
	if strings.Contains(number, ".") {
		return strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	return number
}

// digits reports whether a text holds nothing but ASCII digits.
func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// middle says between which numbers a group's answers lie, and the one in the middle.
func (n *node) middle(values []Value) []Part {
	var all []int
	for _, v := range values {
		all = append(all, hundredths(v.Number))
	}
	slices.Sort(all)
	half := len(all) / 2
	mid := all[half]
	if len(all)%2 == 0 {
		mid = (all[half-1] + all[half]) / 2
	}
	amount := func(parts int) Arg { return n.Shown(Value{Kind: ValueNumber, Number: fromHundredths(parts)}) }
	return []Part{{Style: StyleBody, Words: "round.middle", Args: map[string]Arg{
		"low": amount(all[0]), "middle": amount(mid), "high": amount(all[len(all)-1]),
	}}}
}

func fromHundredths(parts int) string {
	sign := ""
	if parts < 0 {
		sign, parts = "-", -parts
	}
	number := sign + strconv.Itoa(parts/hundred)
	if rest := parts % hundred; rest > 0 {
		number += "." + strings.TrimRight(strconv.Itoa(hundred + rest)[1:], "0")
	}
	return number
}
