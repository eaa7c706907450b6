package flows

import (
	"fmt"
	"strings"
)

// Limits of fields that only Compile needs.
const (
	optionsMin = 2
	stepMost   = 100 // the highest step of a scale, and below zero the lowest
)

// FieldKinds lists the kinds of field, in the order in which authors are told them.
func FieldKinds() []FieldKind {
	return []FieldKind{
		FieldText, FieldChoice, FieldMany, FieldDate, FieldPerson, FieldConsent, FieldScale, FieldNumber, FieldTime,
		FieldLink, FieldRank, FieldPoints,
	}
}

func spokenKinds() string {
	kinds := FieldKinds()
	words := make([]string, 0, len(kinds))
	for _, k := range kinds {
		words = append(words, string(k))
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// what names the kind of a node, and of a question the kind of its field.
func (n Node) what() string {
	if n.Kind == NodeAsk {
		return fmt.Sprintf("a field of kind %q", n.Field)
	}
	return fmt.Sprintf("a node of kind %q", n.Kind)
}

// field checks what an answer to a question may be.
func (c *checker) field(name string, n Node) {
	limit, most := 0, 0
	switch n.Field {
	case FieldText:
		most = TextMax
	case FieldChoice:
		limit = ChoiceMax
	case FieldMany:
		limit, most = ManyMax, len(n.Options)
	case FieldDate, FieldPerson, FieldConsent, FieldTime, FieldLink:
	case FieldNumber:
		most = NumberMax
		c.number(name, n)
	case FieldRank:
		limit = ManyMax
	case FieldPoints:
		limit = ManyMax
		if n.Points < 1 || n.Points > PointsMax {
			c.breaks(RuleRange, name, "points", "%d points cannot be shared: 1 to %d can", n.Points, PointsMax)
		}
	case FieldScale:
		c.scale(name, n)
	default:
		c.add(name, "field", "%q is no kind of field: %s", n.Field, spokenKinds())
		return
	}
	switch {
	case limit == 0 && len(n.Options) > 0:
		c.breaks(RuleStray, name, "options", "a field of kind %s has none", n.Field)
	case limit > 0 && len(n.Options) < optionsMin:
		c.breaks(RuleOptions, name, "options", "%d are too few to choose from", len(n.Options))
	case len(n.Options) > limit:
		c.breaks(RuleOptions, name, "options", "%d are more than the %d that every platform can show for a field of kind %s", len(n.Options), limit, n.Field)
	}
	if n.Max < 0 || n.Max > most {
		c.breaks(RuleRange, name, "max", "%d is not between 0 and %d", n.Max, most)
	}
	c.eachOption(name, n)
}

func (c *checker) eachOption(name string, n Node) {
	ids := map[string]bool{}
	seen := map[Locale]map[string]bool{English: {}, Spanish: {}}
	for k, o := range n.Options {
		field := fmt.Sprintf("options[%d]", k)
		if !madeOf(o.ID, optionIDMax, "-") {
			c.breaks(RuleID, name, field, "id %q must hold 1 to 20 of a-z, 0-9 and hyphen", o.ID)
		}
		if ids[o.ID] {
			c.breaks(RuleDuplicate, name, field, "two options have the id %q", o.ID)
		}
		ids[o.ID] = true
		c.words(name, field, o.Text, OptionMax, true)
		c.noHoles(name, field, o.Text)
		for _, l := range locales() {
			text := folded(o.Text[l])
			if text != "" && seen[l][text] {
				c.breaks(RuleSameWords, name, field, "two options read the same in %s", l)
			}
			seen[l][text] = true
		}
	}
}

func (c *checker) scale(name string, n Node) {
	steps := n.Last - n.First + 1
	switch {
	case min(n.First, n.Last) < -stepMost || max(n.First, n.Last) > stepMost:
		c.breaks(RuleRange, name, "last", "a scale lies between %d and %d", -stepMost, stepMost)
	case steps < optionsMin || steps > ScaleMax:
		c.breaks(RuleRange, name, "last", "from %d to %d are %d steps; a scale has %d to %d", n.First, n.Last, max(steps, 0), optionsMin, ScaleMax)
	}
	c.words(name, "low", n.Low, EndMax, false)
	c.words(name, "high", n.High, EndMax, false)
	c.noHoles(name, "low", n.Low)
	c.noHoles(name, "high", n.High)
}

func (c *checker) number(name string, n Node) {
	c.words(name, "unit", n.Unit, UnitMax, false)
	c.words(name, "unit_one", n.UnitOne, UnitMax, false)
	c.noHoles(name, "unit", n.Unit)
	c.noHoles(name, "unit_one", n.UnitOne)
	switch {
	case n.Decimals < 0 || n.Decimals > DecimalsMax:
		c.breaks(RuleRange, name, "decimals", "%d is not between 0 and %d", n.Decimals, DecimalsMax)
	case n.Min < -NumberMax || n.Min > NumberMax:
		c.breaks(RuleRange, name, "min", "%d is not between %d and %d", n.Min, -NumberMax, NumberMax)
	case n.Max != 0 && n.Min >= n.Max:
		c.breaks(RuleRange, name, "min", "nothing fits between %d and %d", n.Min, n.Max)
	case len(n.UnitOne) > 0 && len(n.Unit) == 0:
		c.breaks(RuleStray, name, "unit_one", "goes with a unit")
	}
}
