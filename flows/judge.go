package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"convenor/flows/when"
)

// cond is an expression whose names have become nodes of a compiled flow.
type cond struct {
	kind  exprKind
	parts []cond
	node  int // the question looked at
	list  int // with count: the list whose items are counted; none for picks
	count bool
	field FieldKind
	value string
}

// none stands for no list.
const none = -1

// cond compiles a checked expression for a node.
func (f *Flow) cond(x *expr, from *node) cond {
	c := cond{kind: x.kind, count: x.count, value: x.value, list: none}
	for _, p := range x.parts {
		c.parts = append(c.parts, f.cond(p, from))
	}
	if x.name == "" {
		return c
	}
	if c.list = f.listNamed(x.name); c.list == none {
		c.node = f.refer(x.name, from)
		c.field = f.nodes[c.node].Field
	}
	return c
}

// holds works an expression out. It has a value for whatever was answered: what holds no answer is nothing, has nothing
// and compares with nothing. given is the answer to a question, items how many a list has.
func (c *cond) holds(given func(node int) Value, items func(list int) int) bool {
	switch c.kind {
	case exprOr:
		return slices.ContainsFunc(c.parts, func(p cond) bool { return p.holds(given, items) })
	case exprAnd:
		return !slices.ContainsFunc(c.parts, func(p cond) bool { return !p.holds(given, items) })
	case exprNot:
		return !c.parts[0].holds(given, items)
	case exprAnswered, exprUnknown, exprSkipped, exprIs, exprHas, exprLess, exprLessSame, exprMore, exprMoreSame:
	}
	if c.list != none {
		n := items(c.list)
		if c.kind == exprAnswered {
			return n > 0
		}
		return c.count && c.compares(float64(n), c.value)
	}
	return c.test(given(c.node))
}

// test works out what is asked of one answer.
func (c *cond) test(v Value) bool {
	switch {
	case c.kind == exprAnswered:
		return v.Answered()
	case c.kind == exprUnknown:
		return v.Kind == ValueUnknown
	case c.kind == exprSkipped:
		return v.Kind == ValueSkipped
	case c.count:
		return c.compares(float64(v.size()), c.value)
	case !v.Answered():
		return false
	case c.kind == exprHas && c.field == FieldScale: // the short form of a case
		return v.Number == c.value
	case c.kind == exprHas || c.field == FieldChoice || c.field == FieldConsent:
		return slices.Contains(v.Picks, c.value)
	}
	got, ok := v.amount()
	if ok {
		return c.compares(got, c.value)
	}
	return c.ordered(strings.Compare(v.Date+v.Clock, c.value)) // dates and times compare as they are written
}

// compares compares a number with what the expression names.
func (c *cond) compares(got float64, value string) bool {
	want, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil || got != want && !(got < want) && !(got > want):
		return false
	case got < want:
		return c.ordered(-1)
	case got > want:
		return c.ordered(1)
	}
	return c.ordered(0)
}

// ordered reports whether an order, as from a comparison, is what the expression wants.
func (c *cond) ordered(order int) bool {
	switch c.kind {
	case exprIs:
		return order == 0
	case exprLess:
		return order < 0
	case exprLessSame:
		return order <= 0
	case exprMore:
		return order > 0
	case exprMoreSame:
		return order >= 0
	case exprOr, exprAnd, exprNot, exprHas, exprAnswered, exprUnknown, exprSkipped:
	}
	return false
}

// size is how much an answer holds: its picks, or one.
func (v Value) size() int {
	switch {
	case !v.Answered():
		return 0
	case v.Kind == ValueMany:
		return len(v.Picks)
	default:
		return 1
	}
}

// amount is an answer as a number; ok is false when it is none.
func (v Value) amount() (amount float64, ok bool) {
	amount, err := strconv.ParseFloat(v.Number, 64)
	return amount, err == nil
}

// expression checks what a branch's case goes by: text as it stands, and field where it stands.
func (c *checker) expression(i int, field, text string) (*expr, bool) {
	if n := utf8.RuneCountInString(text); n > exprMax {
		c.breaks(RuleLong, c.name(i), field, "has %d characters; %d fit", n, exprMax)
		return nil, false
	}
	x, err := parseExpr(text)
	if err != nil {
		c.addAt(c.name(i), field, err)
		return nil, false
	}
	before := len(c.found)
	x.each(func(test *expr) { c.asks(i, field, test) })
	return x, len(c.found) == before
}

// asks checks one test: whether what it looks at can be known, and can be what the test wants.
func (c *checker) asks(i int, field string, x *expr) {
	no := func(at int, problem string, args ...any) {
		c.addAt(c.name(i), field, &exprError{at, fmt.Sprintf(problem, args...)})
	}
	if k, ok := c.graph.index[x.name]; ok && c.def.Nodes[k].Kind == NodeRepeat {
		c.asksList(i, k, x, no)
		return
	}
	asked, problem := c.canKnow(i, x.name)
	if problem != "" {
		no(x.at, "%s", problem)
		return
	}
	switch x.kind {
	case exprAnswered, exprUnknown, exprSkipped, exprOr, exprAnd, exprNot:
		return
	case exprIs, exprHas, exprLess, exprLessSame, exprMore, exprMoreSame:
	}
	if x.count {
		if asked.Field != FieldMany {
			no(x.at, "%s is of kind %s, so there is nothing to count", x.name, asked.Field)
		}
		c.whole(x, no)
		return
	}
	c.comparable(asked, x, no)
}

// asksList checks a test about a list: it can only be counted, once it is whole.
func (c *checker) asksList(i, k int, x *expr, no func(int, string, ...any)) {
	switch {
	case c.within(i) == k:
		no(x.at, "the list %s is not whole yet inside itself", x.name)
	case !c.graph.reach[k].has(i):
		no(x.at, "%s is never asked before", x.name)
	case x.count:
		c.whole(x, no)
	case x.kind != exprAnswered:
		no(x.at, "%s is a list: only answered(%s) and count(%s) can be asked of it", x.name, x.name, x.name)
	}
}

// whole wants a whole number to count against.
func (*checker) whole(x *expr, no func(int, string, ...any)) {
	if n, err := strconv.Atoi(x.value); err != nil || n < 0 {
		no(x.seat, "%q is no whole number", x.value)
	}
}

// comparable checks that an answer of a kind can be what a test wants.
func (*checker) comparable(asked Node, x *expr, no func(int, string, ...any)) {
	options := slices.ContainsFunc(asked.Options, func(o Option) bool { return o.ID == x.value })
	is, has := x.kind == exprIs, x.kind == exprHas
	switch asked.Field {
	case FieldChoice, FieldConsent:
		if asked.Field == FieldConsent {
			options = x.value == Yes || x.value == No
		}
		switch {
		case !is:
			no(x.at, "write it as: %s is %s", x.name, x.value)
		case !options && asked.Field == FieldConsent:
			no(x.seat, "%q is not %q or %q, which is all that %s can be", x.value, Yes, No, x.name)
		case !options:
			no(x.seat, "%q is no option of %s", x.value, x.name)
		}
	case FieldMany:
		switch {
		case !has:
			no(x.at, "more than one can be picked, so write it as: %s has %s", x.name, x.value)
		case !options:
			no(x.seat, "%q is no option of %s", x.value, x.name)
		}
	case FieldDate:
		if _, err := time.Parse(time.DateOnly, x.value); has || err != nil {
			no(x.seat, "%q is no date like 2026-12-31", x.value)
		}
	case FieldScale:
		if !slices.ContainsFunc(asked.choices(), func(o Option) bool { return o.ID == x.value }) {
			no(x.seat, "%q is no step of %s", x.value, x.name)
		}
	case FieldNumber:
		if _, err := strconv.ParseFloat(x.value, 64); has || err != nil {
			no(x.seat, "%q is no number", x.value)
		}
	case FieldTime:
		if _, _, ok := when.Clock(x.value); has || !ok {
			no(x.seat, "%q is no time like 15:30", x.value)
		}
	case FieldText, FieldPerson, FieldLink, FieldRank, FieldPoints:
		no(x.at, "%s has no options: only answered(%s), unknown(%s) and skipped(%s) can be asked of it", x.name, x.name, x.name, x.name)
	}
}
