package content

import "convenor/flows"

// shape is one kind of mapping in the files of a pack. The loader reads by it, and the schema that editors complete and
// underline with is made from it, so that the two never know different keys.
type shape struct {
	name string // its name in the schema
	what string // begins a sentence about it: "A question"
	keys []key
}

// key is one key of a shape.
type key struct {
	name  string
	value value
	must  bool
	about string // one sentence for somebody who hovers over it
}

// value is what may stand after a key.
type value struct {
	kind  valueKind
	most  int      // of a text: characters; zero: any number
	words []string // of a word: those that can stand there
	of    []shape  // of a list or a mapping with fixed keys: any of them
}

type valueKind int

const (
	aLine     valueKind = iota // words in one language, or an id
	aText                      // the same words in every language
	aNumber                    // a whole number from 1
	aWhole                     // a whole number, be it 0 or below
	aYes                       // yes or no
	aWord                      // one of a few words
	aMapping                   // one shape
	aList                      // a list of shapes
	lines                      // a list of lines
	texts                      // a mapping from ids to texts
	linesByID                  // a mapping from ids to lines
	named                      // a mapping from numbers of activities to texts
)

// names are the keys of s.
func (s shape) names() []string {
	var names []string
	for _, k := range s.keys {
		names = append(names, k.name)
	}
	return names
}

// textShape are the same words in every language. what begins a sentence about them.
func textShape(what string) shape {
	s := shape{name: "text", what: what}
	for _, language := range languages() {
		s.keys = append(s.keys, key{name: language, must: true, about: "The words in " + spoken(language) + "."})
	}
	return s
}

func flowShape() shape {
	return shape{name: "flow", what: "A flow", keys: []key{
		{name: "flow", must: true, about: "The flow's id: small letters, digits and hyphens."},
		{name: "title", value: value{kind: aText, most: titleMax}, about: "What people call it. A flow over activities takes theirs."},
		{name: "over", value: value{kind: aWord, words: []string{"activities"}}, about: "Makes one flow of this for every activity."},
		{name: "group", value: value{kind: aYes}, about: "Yes: a whole channel goes through it together."},
		{name: "goal", value: value{kind: aText}, about: "What a group gets done, said at the opening."},
		{name: "until", value: value{kind: aMapping, of: []shape{untilShape()}}, about: "When each of a group's questions closes."},
		{name: "sealed", value: value{kind: aYes}, about: "A group's answers stay hidden until the question closes."},
		{name: "carry", value: value{kind: aList, of: []shape{carryShape()}}, about: "How conversations under way in an older revision go on in this one."},
		{name: "nodes", value: value{kind: aList, of: nodeShapes()}, must: true, about: "What is asked and said, from top to bottom."},
	}}
}

// nodeShapes are the kinds of entry that nodes can have. The first key of each tells it from the others.
func nodeShapes() []shape {
	return []shape{askShape(), sayShape(), branchShape(), recordShape(), repeatShape(), partOfFlowShape(), questionsShape()}
}

func askShape() shape {
	return shape{name: "ask", what: "A question", keys: []key{
		{name: "ask", must: true, about: "The question's id, at most 20 characters."},
		{name: "field", value: value{kind: aWord, words: fieldKinds()}, must: true, about: "What kind of answer it takes."},
		{name: "source", value: value{kind: aWord, words: sources()}, about: "Whose question it is: toolkit, or house for your own."},
		{name: "cite", about: "The title of the toolkit's page."},
		{name: "link", about: "The address of the toolkit's page. It begins with https://."},
		{name: "label", value: value{kind: aText, most: labelMax}, must: true, about: "A short name for forms and summaries."},
		{name: "line", value: value{kind: aText, most: flows.LineMax}, must: true, about: "The first depth: one line, at most 15 words."},
		{name: "plain", value: value{kind: aText, most: flows.GuideMax}, about: "The second depth: plain words, at most 60."},
		{name: "more", value: value{kind: aText, most: flows.GuideMax}, about: "The third depth: the whole guidance."},
		{name: "options", value: value{kind: texts, most: optionMax}, about: "What can be chosen: an id and its words, one line each."},
		{name: "max", value: value{kind: aNumber}, about: "Text: how many characters fit. Many: how many can be chosen. Number: the largest."},
		{name: "min", value: value{kind: aWhole}, about: "Number: the smallest. Without it: 0."},
		{name: "unit", value: value{kind: aText, most: flows.UnitMax}, about: "Number: what is counted, like people or $."},
		{name: "unit-one", value: value{kind: aText, most: flows.UnitMax}, about: "Number: the unit for exactly one."},
		{name: "decimals", value: value{kind: aWhole}, about: "Number: digits after the point, 0 to 2."},
		{name: "points", value: value{kind: aWhole}, about: "Points: how many are shared over the options."},
		{name: "from", value: value{kind: aWhole}, about: "Scale: its first step. Without it: 0."},
		{name: "to", value: value{kind: aWhole}, about: "Scale: its last step. A scale has at most 10."},
		{name: "low", value: value{kind: aText, most: flows.EndMax}, about: "Scale: what the first step means."},
		{name: "high", value: value{kind: aText, most: flows.EndMax}, about: "Scale: what the last step means."},
		{name: "required", value: value{kind: aYes}, about: "Yes: it cannot be skipped."},
		{name: "until", value: value{kind: aMapping, of: []shape{untilShape()}}, about: "When this question of a group closes."},
		{name: "sealed", value: value{kind: aYes}, about: "A group's answers stay hidden until the question closes."},
		goKey(),
	}}
}

func sayShape() shape {
	return shape{name: "say", what: "A say", keys: []key{
		{name: "say", must: true, about: "Its id, at most 20 characters."},
		{name: "text", value: value{kind: aText, most: flows.GuideMax}, must: true, about: "What is said, at most 60 words."},
		goKey(),
	}}
}

func branchShape() shape {
	return shape{name: "branch", what: "A branch", keys: []key{
		{name: "branch", must: true, about: "Its id, at most 20 characters."},
		{name: "cases", value: value{kind: aList, of: []shape{caseShape(), conditionShape()}}, must: true, about: "The first case that holds is taken."},
		goKey(),
	}}
}

func caseShape() shape {
	return shape{name: "case", what: "A case", keys: []key{
		{name: "if", must: true, about: "The id of a question."},
		{name: "is", must: true, about: "The id of an option; * for any answer; yes or no for a consent; the step of a scale, like 3."},
		{name: "go", must: true, about: "The id of the node to go to, or end."},
	}}
}

func conditionShape() shape {
	return shape{name: "condition", what: "A case", keys: []key{
		{name: "when", must: true, about: "A condition in words, like: voting is yes and count(methods) more than 2."},
		{name: "go", must: true, about: "The id of the node to go to, or end."},
	}}
}

// repeatShape is a part that is gone through once for each item. Its nodes are those of a flow, lists aside: a list in a
// list is refused by the engine.
func repeatShape() shape {
	return shape{name: "repeat", what: "A repeat", keys: []key{
		{name: "repeat", must: true, about: "The list's id, at most 20 characters."},
		{name: "label", value: value{kind: aText, most: labelMax}, must: true, about: "A short name for the list."},
		{name: "ask", value: value{kind: aText, most: flows.LineMax}, must: true, about: "Asks for the next item, like: Another person?"},
		{name: "max", value: value{kind: aNumber}, about: "How many items it takes: 10 when nothing is said, at most 20."},
		{name: "nodes", value: value{kind: aList, of: itemShapes()}, must: true, about: "What is asked for each item."},
		goKey(),
	}}
}

func partOfFlowShape() shape {
	return shape{name: "flow-here", what: "A flow in a flow", keys: []key{
		{name: "flow", must: true, about: "The id of another flow: all that it asks and says goes here."},
		{name: "as", about: "A short name that goes before the ids of its nodes, like c: its name becomes c-name."},
		goKey(),
	}}
}

func carryShape() shape {
	return shape{name: "carry", what: "An entry of `carry:`", keys: []key{
		{name: "from", must: true, about: "The revision that it is about: previous, or how its name begins."},
		{name: "nodes", value: value{kind: linesByID}, must: true, about: "The old id of a question and its new one, or drop. Others keep theirs."},
	}}
}

func recordShape() shape {
	return shape{name: "record", what: "A record", keys: []key{
		{name: "record", value: value{kind: aWord, words: recordKinds()}, must: true, about: "What the answers are handed over as."},
		{name: "each", about: "The id of a list: each of its items becomes a record."},
		{name: "with", value: value{kind: linesByID}, about: "Which question fills which field, where their names differ."},
		goKey(),
	}}
}

func questionsShape() shape {
	return shape{name: "questions", what: "An entry for the activity's questions", keys: []key{
		{name: "questions", value: value{kind: aWord, words: []string{"all"}}, must: true, about: "The activity's own questions go here."},
	}}
}

func untilShape() shape {
	return shape{name: "until", what: "`until:`", keys: []key{
		{name: "answers", value: value{kind: aNumber}, about: "It closes when so many people have answered."},
		{name: "quorum", about: "It closes when such a share of the people expected have answered, like 60%."},
		{name: "at", about: "It closes so long after it was asked, like 20m, 2h or 1d, or at a time of day in quotation marks, like \"20:00\"."},
		{name: "facilitator", value: value{kind: aYes}, about: "Nothing closes it but whoever leads."},
	}}
}

func goKey() key {
	return key{name: "go", about: "The id of the node to go to next, or end. Without it: the next one down."}
}

func activityShape() shape {
	return shape{name: "activity", what: "An activity", keys: []key{
		{name: "activity", must: true, about: "Its number in the outline, like 2.3.1."},
		{name: "page", must: true, about: "The title of the toolkit's page."},
		{name: "link", about: "The page's address. It begins with https://."},
		{name: "goal", value: value{kind: aText}, must: true, about: "What it gets done, in at most 30 words."},
		{name: "builds-on", value: value{kind: lines}, about: "Numbers of the activities that it builds on."},
		{name: "references", value: value{kind: lines}, about: "What helps with it, by title."},
		{name: "questions", value: value{kind: aList, of: []shape{questionShape()}}, must: true, about: "Its questions, in their order."},
	}}
}

func questionShape() shape {
	return shape{name: "question", what: "A question", keys: []key{
		{name: "id", must: true, about: "Its id, at most 20 characters, like q1; h1 for your own."},
		{name: "source", value: value{kind: aWord, words: sources()}, must: true, about: "Whose question it is: toolkit, or house for your own."},
		{name: "label", value: value{kind: aText, most: labelMax}, must: true, about: "A short name for forms and summaries."},
		{name: "line", value: value{kind: aText, most: flows.LineMax}, must: true, about: "The first depth: one line, at most 15 words."},
		{name: "plain", value: value{kind: aText, most: flows.GuideMax}, must: true, about: "The second depth: plain words, at most 60."},
		{name: "more", value: value{kind: aText, most: flows.GuideMax}, must: true, about: "The third depth: the whole guidance."},
	}}
}

func outlineShape() shape {
	return shape{name: "outline", what: "An outline", keys: []key{
		{name: "parts", value: value{kind: aList, of: []shape{partShape()}}, must: true, about: "The toolkit's parts."},
	}}
}

func partShape() shape {
	return shape{name: "part", what: "A part", keys: []key{
		{name: "part", must: true, about: "The part's title."},
		{name: "sections", value: value{kind: aList, of: []shape{sectionShape()}}, must: true, about: "Its sections."},
	}}
}

func sectionShape() shape {
	return shape{name: "section", what: "A section", keys: []key{
		{name: "section", value: value{kind: aText, most: titleMax}, must: true, about: "The section's title."},
		{name: "activities", value: value{kind: named, most: labelMax}, must: true, about: "A number like 2.3.1, and our short name for it."},
	}}
}

// countShape are the two forms of words that count something.
func countShape() shape {
	return shape{name: "count", what: "A form for counting", keys: []key{
		{name: "one", must: true, about: "The words for exactly one."},
		{name: "other", must: true, about: "The words for every other number, with {count}."},
	}}
}

// How long words may be. What is read before the first control stays short.
const (
	titleMax   = 75 // characters: a flow's title becomes a button
	labelMax   = flows.LabelMax
	optionMax  = flows.OptionMax
	lineWords  = 15
	plainWords = 60
	goalWords  = 30
)

func fieldKinds() []string {
	var kinds []string
	for _, k := range flows.FieldKinds() {
		kinds = append(kinds, string(k))
	}
	return kinds
}

func sources() []string { return []string{string(flows.SourceToolkit), string(flows.SourceHouse)} }

func recordKinds() []string {
	return []string{flows.RecordMessenger, flows.RecordStakeholder, flows.RecordStep, flows.RecordReport, flows.RecordQuestion, flows.RecordSetup}
}

// itemShapes are the kinds of entry that the nodes of a repeat can have.
func itemShapes() []shape { return []shape{askShape(), sayShape(), branchShape(), partOfFlowShape()} }

// starters are the first keys of shapes of node.
func starters(shapes []shape) []string {
	var all []string
	for _, s := range shapes {
		all = append(all, s.keys[0].name)
	}
	return all
}
