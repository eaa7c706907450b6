package flows

import "slices"

// Shown is an answer to n as part of a sentence. What was picked and is no option of n any more shows as its id.
func (n Node) Shown(v Value) Arg {
	switch v.Kind {
	case ValueText, ValueLink:
		return Arg{TextID: v.TextID}
	case ValueChoice, ValueMany:
		var list []Arg
		for _, o := range n.Options {
			if slices.Contains(v.Picks, o.ID) {
				list = append(list, Arg{Text: o.Text})
			}
		}
		for _, pick := range v.Picks {
			if n.choice(pick) == nil {
				list = append(list, Arg{Plain: pick})
			}
		}
		if len(list) == 1 {
			return list[0]
		}
		return Arg{List: list}
	case ValueDate:
		return Arg{Date: v.Date}
	case ValuePerson:
		return Arg{Person: v.Person}
	case ValueNumber:
		unit := n.Unit
		if v.Number == "1" && len(n.UnitOne) > 0 {
			unit = n.UnitOne
		}
		return Arg{Amount: v.Number, Unit: unit}
	case ValueTime:
		return Arg{Clock: v.Clock}
	case ValueRank, ValuePoints:
		return n.listed(v)
	case ValueScale:
		return Arg{Text: n.choice(v.Number)}
	case ValueConsent:
		if slices.Contains(v.Picks, Yes) {
			return Arg{Words: "run.yes"}
		}
		return Arg{Words: "run.no"}
	case ValueUnknown:
		return Arg{Words: "run.unknown"}
	case ValueSkipped, ValueDropped:
	}
	return Arg{Words: "run.none"}
}
