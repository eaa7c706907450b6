package content

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// activity is one page of the toolkit with its questions, ready to be put into flows.
type activity struct {
	flows.Activity
	file     *file
	number   *yaml.Node // where its number stands
	buildsOn []*yaml.Node
	nodes    []flows.Node
	spots    []spot
}

// activity reads a file of activities/. A page that was not found has no link; then no question can be the toolkit's. It
// returns nil when there is no number to know it by.
func (f *file) activity(top *yaml.Node) *activity {
	s, ok := f.fields(top, activityShape())
	if !ok {
		return nil
	}
	a := &activity{file: f, number: s.need("activity"), buildsOn: s.list("builds-on")}
	a.ID = f.line(a.number)
	a.Page = f.line(s.need("page"))
	a.Link = f.line(s.get("link"))
	a.Goal = s.needText("goal", limit{words: goalWords})
	if a.Link != "" && !strings.HasPrefix(a.Link, "https://") {
		f.breaks(flows.RuleLink, s.get("link"), "A link begins with https://.", "")
	}
	a.BuildsOn, a.References = s.lines("builds-on"), s.lines("references")
	s.need("questions")
	if a.ID == "" {
		return nil
	}
	questions := s.list("questions")
	for _, n := range questions {
		a.question(n)
	}
	if s.has("questions") && len(questions) == 0 {
		f.breaks(flows.RuleAsksNothing, s.entries["questions"].key, "An activity has at least one question.", "")
	}
	a.Questions = len(a.nodes)
	return a
}

// question reads one question of an activity. All three depths and the source must be there: nobody should have to
// guess how to run it, or whose question it is.
func (a *activity) question(n *yaml.Node) {
	f := a.file
	s, ok := f.fields(n, questionShape())
	if !ok {
		return
	}
	node := flows.Node{
		ID:     f.line(s.need("id")),
		Kind:   flows.NodeAsk,
		Field:  flows.FieldText,
		Source: flows.Source(s.one(s.need("source"), "source", sources())),
		Cite:   a.Page,
		Link:   a.Link,
		Label:  s.needText("label", limit{characters: labelMax}),
		Line:   s.needText("line", limit{words: lineWords}),
		Plain:  s.needText("plain", limit{words: plainWords}),
		More:   s.needText("more", limit{}),
	}
	if node.Source == flows.SourceHouse {
		node.Cite, node.Link = "", ""
	}
	node.Question = a.ID + "-" + node.ID
	for _, key := range []string{"label", "line", "plain", "more"} {
		f.nameless(s, key)
	}
	a.nodes = append(a.nodes, node)
	a.spots = append(a.spots, f.spot(s, nil))
}

// nameless refuses {names} in words that nothing is ever put into.
func (f *file) nameless(s fields, key string) {
	n := s.entries[key].value
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 1; i < len(n.Content); i += 2 {
		if names, _ := placeholders(n.Content[i].Value); len(names) > 0 {
			f.breaks(flows.RuleHole, n.Content[i], "Nothing can be put in the place of {"+names[0]+"} here.", "Take it out.")
		}
	}
}

// outline is the toolkit's tree: the numbers of its activities, our short names for them and their sections.
type outline map[string]place

// place is where an activity stands in the tree, and what it is called there.
type place struct {
	title   flows.Text
	section flows.Text
}

// outline reads outline.yaml: parts, which hold sections, which hold activities.
func (f *file) outline(top *yaml.Node) outline {
	all := outline{}
	s, _ := f.fields(top, outlineShape())
	s.need("parts")
	for _, p := range s.list("parts") {
		part, ok := f.fields(p, partShape())
		if !ok {
			continue
		}
		f.line(part.need("part"))
		part.need("sections")
		for _, n := range part.list("sections") {
			section, ok := f.fields(n, sectionShape())
			if !ok {
				continue
			}
			title := section.needText("section", limit{characters: titleMax})
			if n := section.need("activities"); n != nil {
				f.numbered(n, title, all)
			}
		}
	}
	return all
}

// activityNumber is the form of an activity's number.
const activityNumber = `^[1-9]\.[1-9]\.[1-9][0-9]?$`

// numbered reads the activities of one section into all.
func (f *file) numbered(n *yaml.Node, section flows.Text, all outline) {
	number := regexp.MustCompile(activityNumber)
	list, _ := f.entries(n, "`activities:`")
	for _, e := range list {
		id := e.key.Value
		switch {
		case !number.MatchString(id):
			f.breaks(flows.RuleID, e.key, "`"+id+"` is no number of an activity.", "It is part, section and place, like 2.3.1.")
		case all.has(id):
			f.breaks(flows.RuleDuplicate, e.key, "`"+id+"` is in the outline twice.", "Keep one of the two.")
		case empty(e.value):
			f.breaks(ruleEmptyValue, e.key, "Nothing stands after `"+id+":`.", "")
		default:
			all[id] = place{title: f.text(e.value, id, limit{characters: labelMax}), section: section}
		}
	}
}

func (o outline) has(id string) bool {
	_, ok := o[id]
	return ok
}
