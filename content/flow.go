package content

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// draft is a flow as its file has it, before it is spread over the activities.
type draft struct {
	def    flows.Definition
	file   *file
	id     *yaml.Node // where the flow's id stands
	over   bool       // one flow for each activity
	until  flows.Until
	spots  []spot // of def.Nodes
	asked  int    // where the activity's questions go in def.Nodes; -1: nowhere
	fields map[string]*yaml.Node

	inlined inlining
}

// inlining says how far a draft's parts were put into it.
type inlining int

const (
	inlineWaits inlining = iota
	inlineDone
	inlineFailed
)

// spot remembers where a node of a definition was written, so that a mistake found later can say so.
type spot struct {
	file   *file
	node   *yaml.Node            // the node as a whole
	fields map[string]*yaml.Node // by the definition's field, as in JSON
}

// flow reads a file of flows/. It returns nil when there is too little to go on with.
func (f *file) flow(top *yaml.Node) *draft {
	s, ok := f.fields(top, flowShape())
	if !ok {
		return nil
	}
	d := &draft{file: f, id: s.need("flow"), asked: -1, fields: map[string]*yaml.Node{}}
	d.over = s.has("over") && s.one(s.get("over"), "over", []string{"activities"}) != ""
	d.def = flows.Definition{
		ID:     f.line(d.id),
		Title:  s.text("title", limit{}),
		Group:  s.yes("group"),
		Sealed: s.yes("sealed"),
		Goal:   s.text("goal", limit{}),
	}
	d.until = s.until()
	if !d.over {
		s.need("title")
	}
	for json, key := range map[string]string{"id": "flow", "title": "title", "goal": "goal", "group": "group", "nodes": "nodes", "until": "until"} {
		d.fields[json] = s.entries[key].value
	}
	d.carry(s)
	s.need("nodes")
	for _, n := range s.list("nodes") {
		d.add(n, nodeShapes())
	}
	if d.over && d.asked < 0 {
		f.breaks(ruleMissingKey, top, "A flow over activities needs a place for their questions.", "Add to `nodes:` a line with `- questions: all`.")
	}
	if d.def.ID == "" {
		return nil
	}
	return d
}

// add reads one entry of nodes, which must be of one of the shapes.
func (d *draft) add(n *yaml.Node, shapes []shape) {
	known := starters(shapes)
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		d.file.wrong(n, beginning(known), "Like: - ask: name")
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		kind := n.Content[i].Value
		if !slices.Contains(known, kind) {
			continue
		}
		switch kind {
		case "ask":
			d.ask(n)
		case "say":
			d.say(n)
		case "branch":
			d.branch(n)
		case "record":
			d.record(n)
		case "repeat":
			d.repeat(n)
		case "flow":
			d.part(n)
		case "questions":
			d.questions(n)
		}
		return
	}
	first := n.Content[0]
	d.file.breaks(ruleUnknownKey, first, beginning(known), meant(first.Value, known))
}

func (d *draft) ask(n *yaml.Node) {
	s, _ := d.file.fields(n, askShape())
	node := flows.Node{
		ID:       s.line("ask"),
		Kind:     flows.NodeAsk,
		Field:    flows.FieldKind(s.one(s.need("field"), "field", fieldKinds())),
		Source:   flows.SourceHouse,
		Cite:     s.line("cite"),
		Link:     s.line("link"),
		Label:    s.needText("label", limit{characters: labelMax}),
		Line:     s.needText("line", limit{words: lineWords}),
		Plain:    s.text("plain", limit{words: plainWords}),
		More:     s.text("more", limit{}),
		Options:  d.options(s),
		Max:      s.number("max"),
		First:    s.whole("from"),
		Last:     s.whole("to"),
		Low:      s.text("low", limit{characters: flows.EndMax}),
		High:     s.text("high", limit{characters: flows.EndMax}),
		Unit:     s.text("unit", limit{characters: flows.UnitMax}),
		UnitOne:  s.text("unit-one", limit{characters: flows.UnitMax}),
		Min:      s.whole("min"),
		Decimals: s.whole("decimals"),
		Points:   s.whole("points"),
		Required: s.yes("required"),
		Until:    s.until(),
		Sealed:   s.yes("sealed"),
		Go:       s.line("go"),
	}
	if s.has("source") {
		node.Source = flows.Source(s.one(s.get("source"), "source", sources()))
	}
	p := d.keep(node, s, map[string]string{"id": "ask", "first": "from", "last": "to", "unit_one": "unit-one"})
	if n := s.entries["options"].value; n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			p.fields[fmt.Sprintf("options[%d]", i/2)] = n.Content[i]
		}
	}
}

func (d *draft) say(n *yaml.Node) {
	s, _ := d.file.fields(n, sayShape())
	d.keep(flows.Node{
		ID:    s.line("say"),
		Kind:  flows.NodeSay,
		Plain: s.needText("text", limit{words: plainWords}),
		Go:    s.line("go"),
	}, s, map[string]string{"id": "say", "plain": "text"})
}

func (d *draft) branch(n *yaml.Node) {
	s, _ := d.file.fields(n, branchShape())
	node := flows.Node{ID: s.line("branch"), Kind: flows.NodeBranch, Go: s.line("go")}
	s.need("cases")
	for _, c := range s.list("cases") {
		node.Cases = append(node.Cases, d.oneCase(c))
	}
	p := d.keep(node, s, map[string]string{"id": "branch"})
	for i, c := range s.cases() {
		p.fields[fmt.Sprintf("cases[%d]", i)] = c
		for k := 0; c.Kind == yaml.MappingNode && k+1 < len(c.Content); k += 2 {
			if c.Content[k].Value == "when" {
				p.fields[fmt.Sprintf("cases[%d].when", i)] = c.Content[k+1]
			}
		}
	}
}

// oneCase reads a case: a condition in words, or the short form with a question and its answer.
func (d *draft) oneCase(n *yaml.Node) flows.Case {
	of := caseShape()
	if n.Kind == yaml.MappingNode && slices.ContainsFunc(n.Content, func(key *yaml.Node) bool { return key.Value == "when" }) {
		of = conditionShape()
	}
	c, ok := d.file.fields(n, of)
	if !ok {
		return flows.Case{}
	}
	if of.name == conditionShape().name {
		return flows.Case{When: d.file.line(c.need("when")), Go: d.file.line(c.need("go"))}
	}
	return flows.Case{Node: d.file.line(c.need("if")), Is: d.file.line(c.need("is")), Go: d.file.line(c.need("go"))}
}

// cases are the entries of a branch's list, without a word about what is wrong with it.
func (s fields) cases() []*yaml.Node {
	if n := s.entries["cases"].value; n != nil && n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return nil
}

// record reads a record node. Its id is what it records.
func (d *draft) record(n *yaml.Node) {
	s, _ := d.file.fields(n, recordShape())
	kind := s.one(s.get("record"), "record", recordKinds())
	node := flows.Node{ID: kind, Kind: flows.NodeRecord, Record: kind, Each: s.line("each"), Go: s.line("go")}
	if with := s.get("with"); with != nil {
		node.With = map[string]string{}
		list, _ := d.file.entries(with, "`with:`")
		for _, e := range list {
			node.With[e.key.Value] = d.file.line(e.value)
		}
	}
	d.keep(node, s, map[string]string{"id": "record"})
}

func (d *draft) questions(n *yaml.Node) {
	s, _ := d.file.fields(n, questionsShape())
	s.one(s.get("questions"), "questions", []string{"all"})
	switch {
	case !d.over:
		d.file.breaks(flows.RuleStray, n, "This flow is over no activities, so there are no questions to put here.", "Add `over: activities` at the top, or take this line out.")
	case d.asked >= 0:
		d.file.breaks(ruleDuplicateKey, n, "The activity's questions are here a second time.", "Take this line out.")
	default:
		d.asked = len(d.def.Nodes)
	}
}

// keep adds a node and remembers where each of its fields stands. names maps a field of the definition to its key in
// the file where the two differ.
func (d *draft) keep(node flows.Node, s fields, names map[string]string) spot {
	p := d.file.spot(s, names)
	d.def.Nodes = append(d.def.Nodes, node)
	d.spots = append(d.spots, p)
	return p
}

func (f *file) spot(s fields, names map[string]string) spot {
	p := spot{file: f, node: s.node, fields: map[string]*yaml.Node{}}
	for key, e := range s.entries {
		p.fields[key] = e.value
	}
	for field, key := range names {
		p.fields[field] = s.entries[key].value
	}
	return p
}

// options reads what can be chosen, in its order.
func (d *draft) options(s fields) []flows.Option {
	n := s.get("options")
	if n == nil {
		return nil
	}
	var options []flows.Option
	list, _ := d.file.entries(n, "`options:`")
	for _, e := range list {
		if empty(e.value) {
			d.file.breaks(ruleEmptyValue, e.key, "Nothing stands after `"+e.key.Value+":`.", "")
			continue
		}
		options = append(options, flows.Option{ID: e.key.Value, Text: d.file.text(e.value, e.key.Value, limit{characters: optionMax})})
	}
	return options
}

// expand makes the flows of a draft: one, or one for each activity.
func (d *draft) expand(activities []*activity) []expanded {
	if !d.over {
		return []expanded{d.fill(d.def, nil)}
	}
	var all []expanded
	for _, a := range activities {
		if len(a.nodes) == 0 || len(a.Title) == 0 {
			continue // that was said where it is missing
		}
		def := d.def
		def.ID += "-" + a.ID
		def.Activity = a.ID
		if len(def.Title) == 0 {
			def.Title = a.Title
		}
		if len(def.Goal) == 0 {
			def.Goal = a.Goal
		}
		all = append(all, d.fill(def, a))
	}
	return all
}

// expanded is a whole definition and where each of its nodes stands.
type expanded struct {
	flows.Definition
	draft *draft
	spots []spot
}

// fill puts the activity's questions into their place, and the flow's until into every question that has none.
func (d *draft) fill(def flows.Definition, a *activity) expanded {
	x := expanded{Definition: def, draft: d, spots: slices.Clone(d.spots)}
	x.Nodes = slices.Clone(d.def.Nodes)
	if a != nil && d.asked >= 0 {
		x.Nodes = slices.Insert(x.Nodes, d.asked, a.nodes...)
		x.spots = slices.Insert(x.spots, d.asked, a.spots...)
	}
	for i, n := range x.Nodes {
		if n.Kind == flows.NodeAsk && n.Until == (flows.Until{}) {
			x.Nodes[i].Until = d.until
		}
	}
	return x
}

// beginning says how an entry of nodes begins.
func beginning(known []string) string {
	return "Each of the nodes begins with one of: " + strings.Join(known, ", ") + "."
}
