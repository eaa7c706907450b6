// Package own holds the questions that a coalition adds to an activity itself. They are asked after the toolkit's and
// ours, in rounds and alone, and are marked as the coalition's.
//
// The words of such a question were typed by a person, so they must stay erasable, while a run pins its definition for as
// long as it lives. Both hold because the definition carries no words, only the ids of the texts (flows.Node.Typed): they
// are read each time a message is sent. So a pinned run keeps its questions, their order and their kinds for ever, and
// shows their words until these are erased; from then on it shows that they were withdrawn.
//
// An id (o1, o2, ...) is never used again, and a question never changes: other words are another question, which takes
// the first one's place. So every answer stays with the words it was given to.
package own

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"convenor/flows"
)

// Max is how many questions of its own a coalition asks in one activity: more than a meeting can take up.
const Max = 10

// The kinds of answer that can be asked for, as the flow's options name them.
const (
	KindText  = "text"
	KindYesNo = "yes-no"
	KindScale = "scale"
)

// Question is one question of a coalition. It is kept as a record of flows.KindOwn under its activity.
type Question struct {
	ID       string       `json:"id"` // "o1"
	Activity string       `json:"activity"`
	Locale   flows.Locale `json:"locale"`          // language of Line and Plain
	Line     string       `json:"line,omitempty"`  // text id; empty once the words are erased
	Plain    string       `json:"plain,omitempty"` // text id
	Other    string       `json:"other,omitempty"` // text id: Line in the other language
	Kind     string       `json:"kind"`
	By       string       `json:"by"`
	At       time.Time    `json:"at"`
	Removed  bool         `json:"removed,omitempty"` // not asked any more; what was answered stays
}

// Asked are the questions that are still asked, the oldest first.
func Asked(list []Question) []Question {
	asked := slices.DeleteFunc(slices.Clone(list), func(q Question) bool { return q.Removed })
	slices.SortFunc(asked, func(a, b Question) int { return a.number() - b.number() })
	return asked
}

// number is the place in which a question was added, from 1.
func (q Question) number() int {
	n, err := strconv.Atoi(strings.TrimPrefix(q.ID, "o"))
	if err != nil {
		return 0
	}
	return n
}

// Add makes a question of what a flow has asked somebody who writes in locale. list are all of the activity's own
// questions, the removed ones too. When the run's Object names one of them after a slash, the new one takes its place. ok
// is false when there is no room; then the Change drops what was typed.
func Add(h flows.HandOver, list []Question, locale flows.Locale) (q Question, c flows.Change, ok bool) {
	activity, replaced, _ := strings.Cut(h.Run.Object, "/")
	count := 0
	for _, known := range list {
		count = max(count, known.number())
		if known.ID == replaced && !known.Removed {
			c.Puts = append(c.Puts, Remove(known).Puts...)
		}
	}
	if len(Asked(list))-len(c.Puts) >= Max {
		for _, v := range h.Fields {
			if v.TextID != "" {
				c.Effects = append(c.Effects, flows.DropText{ID: v.TextID})
			}
		}
		return Question{}, flows.Change{Effects: c.Effects}, false
	}
	q = Question{
		ID: "o" + strconv.Itoa(count+1), Activity: activity, Locale: locale, By: h.By, At: h.At,
		Line: h.Fields["line"].TextID, Plain: h.Fields["plain"].TextID, Other: h.Fields["other"].TextID,
	}
	if picks := h.Fields["kind"].Picks; len(picks) == 1 {
		q.Kind = picks[0]
	}
	c.Puts = append(c.Puts, q.put())
	return q, c, true
}

// Remove asks a question no more. Runs under way go on with it.
func Remove(q Question) flows.Change {
	q.Removed = true
	return flows.Change{Puts: []flows.Put{q.put()}}
}

// Erase removes a question and drops its words, wherever they are shown.
func Erase(q Question) flows.Change {
	texts := []string{q.Line, q.Plain, q.Other}
	q.Line, q.Plain, q.Other = "", "", ""
	c := Remove(q)
	for _, id := range texts {
		if id != "" {
			c.Effects = append(c.Effects, flows.DropText{ID: id})
		}
	}
	return c
}

func (q Question) put() flows.Put {
	return flows.Put{Ref: flows.Ref{Kind: flows.KindOwn, Under: q.Activity, ID: q.ID}, Value: q}
}

// Words returns a phrase of the catalogue in a language.
type Words func(locale flows.Locale, key string) string

// Expand puts a coalition's own questions after the others of a flow about an activity. d itself is not changed. words
// are for what we say around them.
func Expand(d flows.Definition, list []Question, words Words) flows.Definition {
	last := -1
	for i, n := range d.Nodes {
		if n.Kind == flows.NodeAsk {
			last = i
		}
	}
	asked := Asked(list)
	if last < 0 || len(asked) == 0 {
		return d
	}
	var nodes []flows.Node
	for _, q := range asked {
		n := q.node(words)
		n.Question, n.Until, n.Sealed = d.Activity+"-"+q.ID, d.Nodes[last].Until, d.Nodes[last].Sealed
		nodes = append(nodes, n)
	}
	d.Nodes = slices.Clone(d.Nodes)
	nodes[len(nodes)-1].Go, d.Nodes[last].Go = d.Nodes[last].Go, ""
	d.Nodes = slices.Insert(d.Nodes, last+1, nodes...)
	return d
}

// Label is what forms and lists call the question.
func (q Question) Label(words Words) flows.Text {
	label := flows.Text{}
	for _, l := range []flows.Locale{flows.English, flows.Spanish} {
		label[l] = strings.ReplaceAll(words(l, "own.label"), "{number}", strconv.Itoa(q.number()))
	}
	return label
}

// node is the question as a definition has it. In the language that it was not written in it shows the words there are,
// and says which language they are in.
func (q Question) node(words Words) flows.Node {
	n := flows.Node{
		ID: q.ID, Kind: flows.NodeAsk, Field: flows.FieldText, Source: flows.SourceCoalition,
		Label: q.Label(words), Line: flows.Text{}, Plain: flows.Text{}, More: flows.Text{},
		Typed: map[string]string{"line": q.Line},
	}
	if q.Plain != "" {
		n.Typed["plain"] = q.Plain
	}
	if q.Other != "" {
		n.Typed["other"] = q.Other
	}
	for _, l := range []flows.Locale{flows.English, flows.Spanish} {
		n.Line[l], n.Plain[l], n.More[l] = "{line}", words(l, "own.ours"), words(l, "own.more")
		switch {
		case l == q.Locale:
		case q.Other != "":
			n.Line[l] = "{other}"
		default:
			n.Line[l] += " (" + words(l, "own.written-in."+string(q.Locale)) + ")"
		}
		if q.Plain != "" {
			n.Plain[l] += " {plain}"
		}
	}
	switch q.Kind {
	case KindYesNo:
		n.Field = flows.FieldChoice
		for _, id := range []string{"yes", "partly", "no"} {
			o := flows.Option{ID: id, Text: flows.Text{}}
			for l := range n.Line {
				o.Text[l] = words(l, "own.option."+id)
			}
			n.Options = append(n.Options, o)
		}
	case KindScale:
		n.Field, n.First, n.Last, n.Low, n.High = flows.FieldScale, 1, 5, flows.Text{}, flows.Text{}
		for l := range n.Line {
			n.Low[l], n.High[l] = words(l, "own.low"), words(l, "own.high")
		}
	}
	return n
}
