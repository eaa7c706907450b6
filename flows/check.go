package flows

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Lengths of ids, in bytes. They keep a token within TokenMax whatever it names.
const (
	flowIDMax   = 40
	nodeIDMax   = 24 // with what a part or a place in a list adds
	optionIDMax = 20
)

// titleMax is the longest title of a flow: it becomes a button of Slack's.
const titleMax = 75

// checker collects mistakes.
type checker struct {
	def   Definition
	graph *graph
	found []error
}

// check returns everything that is wrong with d, in the order of its nodes.
func check(d Definition) []error {
	c := &checker{def: d, graph: newGraph(d)}
	c.flow()
	for i, n := range d.Nodes {
		c.node(i, n)
	}
	return c.found
}

// add notes what is wrong with the shape of a definition.
func (c *checker) add(node, field, problem string, args ...any) {
	c.breaks(RuleMalformed, node, field, problem, args...)
}

// breaks notes that a rule is broken.
func (c *checker) breaks(rule Rule, node, field, problem string, args ...any) {
	c.found = append(c.found, Mistake{Rule: rule, Node: node, Field: field, Problem: fmt.Sprintf(problem, args...)})
}

// addAt adds a mistake whose place inside a text is known.
func (c *checker) addAt(node, field string, err error) {
	m := Mistake{Rule: RuleCondition, Node: node, Field: field, Problem: err.Error()}
	if e, ok := errors.AsType[*exprError](err); ok {
		m.At = e.at
	}
	c.found = append(c.found, m)
}

// name is what mistakes call node i.
func (c *checker) name(i int) string {
	if id := c.def.Nodes[i].ID; id != "" {
		return id
	}
	return "#" + strconv.Itoa(i+1)
}

func (c *checker) flow() {
	d := c.def
	if !named(d.ID, flowIDMax, ".-") {
		c.breaks(RuleID, "", "id", "%q must begin with a letter a-z and hold at most 40 of a-z, 0-9, dot and hyphen", d.ID)
	}
	c.words("", "title", d.Title, titleMax, true)
	c.carry()
	c.words("", "goal", d.Goal, GuideMax, d.Group)
	c.noHoles("", "title", d.Title)
	c.noHoles("", "goal", d.Goal)
	asks := 0
	for _, n := range d.Nodes {
		if n.Kind == NodeAsk {
			asks++
		}
	}
	if asks == 0 {
		c.breaks(RuleAsksNothing, "", "nodes", "the flow asks nothing")
	}
	if len(d.Nodes) > NodesMax {
		c.breaks(RuleLong, "", "nodes", "%d nodes are more than %d", len(d.Nodes), NodesMax)
	}
}

func (c *checker) node(i int, n Node) {
	c.id(i, n)
	switch n.Kind {
	case NodeAsk:
		c.ask(i, n)
	case NodeSay:
		c.words(c.name(i), "plain", n.Plain, GuideMax, true)
		c.holes(i, "plain", n.Plain)
	case NodeBranch:
		c.branch(i, n)
	case NodeRecord:
		c.record(i, n)
	case NodeRepeat:
		c.repeat(i, n)
	default:
		c.add(c.name(i), "kind", "%q is no kind of node: ask, say, branch, record or repeat", n.Kind)
	}
	c.strays(i, n)
	c.way(i, n)
}

func (c *checker) id(i int, n Node) {
	switch {
	case n.ID == End || n.ID == holeMe:
		c.breaks(RuleID, c.name(i), "id", "%q is taken by the engine", n.ID)
	case !named(n.ID, nodeIDMax, "-"):
		c.breaks(RuleID, c.name(i), "id", "%q must begin with a letter a-z and hold at most 24 of a-z, 0-9 and hyphen", n.ID)
	case c.graph.index[n.ID] != i:
		c.breaks(RuleDuplicate, n.ID, "id", "two nodes have this id")
	}
}

// strays are fields that do not belong to the node's kind: most likely the kind is wrong.
func (c *checker) strays(i int, n Node) {
	ask, repeat := n.Kind == NodeAsk, n.Kind == NodeRepeat
	scale, number := ask && n.Field == FieldScale, ask && n.Field == FieldNumber
	for _, s := range []struct {
		field string
		set   bool
		ours  bool
	}{
		{"field", n.Field != "", ask},
		{"question", n.Question != "", ask},
		{"source", n.Source != "", ask},
		{"cite", n.Cite != "", ask},
		{"link", n.Link != "", ask},
		{"label", len(n.Label) > 0, ask || repeat},
		{"line", len(n.Line) > 0, ask || repeat},
		{"plain", len(n.Plain) > 0, ask || n.Kind == NodeSay},
		{"more", len(n.More) > 0, ask},
		{"options", len(n.Options) > 0, ask},
		{"max", n.Max != 0, ask || repeat},
		{"from", n.From != "", repeat},
		{"each", n.Each != "", n.Kind == NodeRecord},
		{"first", n.First != 0, scale},
		{"last", n.Last != 0, scale},
		{"low", len(n.Low) > 0, scale},
		{"high", len(n.High) > 0, scale},
		{"unit", len(n.Unit) > 0, number},
		{"unit_one", len(n.UnitOne) > 0, number},
		{"min", n.Min != 0, number},
		{"decimals", n.Decimals != 0, number},
		{"points", n.Points != 0, ask && n.Field == FieldPoints},
		{"required", n.Required, ask},
		{"typed", len(n.Typed) > 0, ask},
		{"until", n.Until != Until{}, ask},
		{"sealed", n.Sealed, ask},
		{"cases", len(n.Cases) > 0, n.Kind == NodeBranch},
		{"record", n.Record != "", n.Kind == NodeRecord},
		{"with", len(n.With) > 0, n.Kind == NodeRecord},
	} {
		if s.set && !s.ours {
			c.breaks(RuleStray, c.name(i), s.field, "does not belong to %s", n.what())
		}
	}
}

// way checks where the node can lead, and whether it is ever reached.
func (c *checker) way(i int, n Node) {
	if n.Go != "" && c.graph.target(n.Go) < 0 {
		c.breaks(RuleReference, c.name(i), "go", "there is no node %q", n.Go)
	}
	if i > 0 && !c.graph.reach[0].has(i) {
		c.breaks(RuleUnreachable, c.name(i), "", "nothing leads here")
	}
	if !c.graph.reach[i].has(len(c.def.Nodes)) {
		c.breaks(RuleNoEnd, c.name(i), "", "from here there is no way to the end")
	}
	c.entry(i)
	if c.graph.quietLoop(i) {
		c.breaks(RuleLoop, c.name(i), "", "this goes round for ever without asking anything")
	}
	if c.def.Group && (n.Kind == NodeBranch || n.Kind == NodeRecord) {
		c.breaks(RuleGroup, c.name(i), "kind", "a group's flow only asks and says: many people answer, so there is no one answer to go by")
	}
}

func (c *checker) ask(i int, n Node) {
	name := c.name(i)
	c.words(name, "label", n.Label, LabelMax, true)
	c.words(name, "line", n.Line, LineMax, true)
	c.words(name, "plain", n.Plain, GuideMax, false)
	c.words(name, "more", n.More, GuideMax, false)
	c.noHoles(name, "label", n.Label)
	c.holes(i, "line", n.Line)
	c.holes(i, "plain", n.Plain)
	c.holes(i, "more", n.More)
	c.field(name, n)
	c.source(name, n)
	c.until(name, n)
}

func (c *checker) source(name string, n Node) {
	switch n.Source {
	case "", SourceHouse, SourceCoalition:
	case SourceToolkit:
		if n.Cite == "" {
			c.breaks(RuleSource, name, "cite", "a question of the toolkit names its page")
		}
		if n.Link == "" {
			c.breaks(RuleSource, name, "link", "a question of the toolkit links to its page")
		}
	default:
		c.breaks(RuleSource, name, "source", "%q is no source: toolkit or house", n.Source)
	}
	if n.Link != "" && !strings.HasPrefix(n.Link, "https://") {
		c.breaks(RuleLink, name, "link", "%q does not begin with https://", n.Link)
	}
}

func (c *checker) branch(i int, n Node) {
	name := c.name(i)
	if len(n.Cases) == 0 {
		c.add(name, "cases", "a branch without cases decides nothing")
	}
	seen := map[string]bool{}
	for k, cs := range n.Cases {
		field := fmt.Sprintf("cases[%d]", k)
		if c.graph.target(cs.Go) < 0 {
			c.breaks(RuleReference, name, field, "there is no node %q to go to", cs.Go)
		}
		x, ok := c.caseOf(i, field, cs)
		if ok && seen[x.String()] {
			c.breaks(RuleNeverTaken, name, field, "an earlier case says the same, so this one is never taken")
		}
		if ok {
			seen[x.String()] = true
		}
	}
}

// caseOf checks what a case goes by; ok is false when that is wrong.
func (c *checker) caseOf(i int, field string, cs Case) (x *expr, ok bool) {
	name := c.name(i)
	if cs.When != "" {
		if cs.Node != "" || cs.Is != "" {
			c.breaks(RuleCondition, name, field, "says it in two ways: take \"when\", or \"if\" with \"is\"")
		}
		return c.expression(i, field+".when", cs.When)
	}
	before := len(c.found)
	asked, known := c.askedBefore(i, name, field, cs.Node)
	if known && cs.Is != IsAny && cs.Is != IsNone {
		c.pickOf(name, field, asked, cs)
	}
	return cs.short(), len(c.found) == before
}

// pickOf checks that an answer can be what a case looks for.
func (c *checker) pickOf(name, field string, asked Node, cs Case) {
	switch asked.Field {
	case FieldChoice, FieldMany:
		if !slices.ContainsFunc(asked.Options, func(o Option) bool { return o.ID == cs.Is }) {
			c.breaks(RuleReference, name, field, "%q is no option of %s", cs.Is, cs.Node)
		}
	case FieldConsent:
		if cs.Is != Yes && cs.Is != No {
			c.breaks(RuleReference, name, field, "%q is not %q or %q, which is all that %s can be", cs.Is, Yes, No, cs.Node)
		}
	case FieldScale:
		if !slices.ContainsFunc(asked.choices(), func(o Option) bool { return o.ID == cs.Is }) {
			c.breaks(RuleReference, name, field, "%q is no step of %s", cs.Is, cs.Node)
		}
	case FieldText, FieldDate, FieldPerson, FieldNumber, FieldTime, FieldLink, FieldRank, FieldPoints:
		c.breaks(RuleReference, name, field, "%s has no options: only %q (any answer) and %q (none) can be asked of it", cs.Node, IsAny, IsNone)
	}
}

// askedBefore finds the question that node i refers to. It must be able to come before i.
func (c *checker) askedBefore(i int, name, field, id string) (Node, bool) {
	n, problem := c.canKnow(i, id)
	if problem != "" {
		c.breaks(RuleReference, name, field, "%s", problem)
	}
	return n, problem == ""
}

// canKnow finds the question whose one answer node i can know; otherwise problem says why it cannot.
func (c *checker) canKnow(i int, id string) (n Node, problem string) {
	k, ok := c.graph.index[id]
	switch {
	case !ok:
		return n, fmt.Sprintf("there is no node %q", id)
	case c.def.Nodes[k].Kind != NodeAsk:
		return n, id + " asks nothing"
	case c.within(k) != none && c.within(k) != c.within(i):
		return n, id + " is asked once for each item of a list, so there is no one answer"
	case !c.graph.reach[k].has(i):
		return n, id + " is never asked before"
	}
	return c.def.Nodes[k], ""
}

// words checks a text: both languages, not blank, not too long.
func (c *checker) words(node, field string, t Text, limit int, needed bool) {
	if len(t) == 0 && !needed {
		return
	}
	for _, l := range locales() {
		switch n := utf8.RuneCountInString(t[l]); {
		case strings.TrimSpace(t[l]) == "":
			c.breaks(RuleLocale, node, field, "has no words in %s", l)
		case n > limit:
			c.breaks(RuleLong, node, field, "has %d characters in %s; %d fit", n, l, limit)
		}
	}
}

// locales are the languages that every text must have.
func locales() [2]Locale { return [...]Locale{English, Spanish} }

// named reports whether s begins with a letter a-z and holds at most limit of a-z, 0-9 and also.
func named(s string, limit int, also string) bool {
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && madeOf(s, limit, also)
}

// madeOf reports whether s is not empty and holds at most limit of a-z, 0-9 and also.
func madeOf(s string, limit int, also string) bool {
	if s == "" || len(s) > limit {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(also, r)
	}) < 0
}
