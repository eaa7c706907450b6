package flows_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"convenor/flows"
)

// both is the same words in each language, told apart.
func both(words string) flows.Text {
	return flows.Text{flows.English: words, flows.Spanish: words + " (es)"}
}

func ask(id string, field flows.FieldKind) flows.Node {
	n := flows.Node{ID: id, Kind: flows.NodeAsk, Field: field, Label: both(strings.ToUpper(id)), Line: both("What is " + id + "?")}
	if field == flows.FieldScale {
		n.First, n.Last = 1, 5
	}
	if field == flows.FieldPoints {
		n.Points = 10
	}
	if field == flows.FieldChoice || field == flows.FieldMany || field == flows.FieldRank || field == flows.FieldPoints {
		n.Options = []flows.Option{
			{ID: "a", Text: both("Apple tree")}, {ID: "b", Text: both("Big bell, loud")}, {ID: "c", Text: both("Café olé")},
		}
	}
	return n
}

func say(id, words string) flows.Node {
	return flows.Node{ID: id, Kind: flows.NodeSay, Plain: both(words)}
}

func branch(id string, cases ...flows.Case) flows.Node {
	return flows.Node{ID: id, Kind: flows.NodeBranch, Cases: cases}
}

func definition(nodes ...flows.Node) flows.Definition {
	return flows.Definition{ID: "test", Title: both("A test"), Goal: both("Get it done"), Nodes: nodes}
}

func groupOf(nodes ...flows.Node) flows.Definition {
	d := definition(nodes...)
	d.Group = true
	return d
}

func compile(tb testing.TB, d flows.Definition) *flows.Flow {
	tb.Helper()
	f, err := flows.Compile(d)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// talk takes one run through events, its JSON encoded and decoded in between.
type talk struct {
	t     testing.TB
	f     *flows.Flow
	run   flows.Run
	count int
	out   []flows.Effect // of the last event
}

// begin starts a run; "dana" owns it, or facilitates.
func begin(tb testing.TB, d flows.Definition) *talk {
	tb.Helper()
	f := compile(tb, d)
	k := &talk{t: tb, f: f, run: flows.Run{ID: "run", Flow: d.ID, Hash: f.Hash(), Person: "dana", Group: d.Group}}
	if d.Group {
		k.run.Space = "slack:T1:C1"
	}
	k.send(flows.Event{Kind: flows.EventStart})
	return k
}

// send fills in what an event lacks, and advances. It reports whether the event was accepted.
func (k *talk) send(e flows.Event) bool {
	k.t.Helper()
	k.count++
	e.At = time.Date(2026, 3, 2, 9, k.count, 0, 0, time.UTC)
	e.Today, e.Via = "2026-03-02", "slack"
	if e.Locale == "" {
		e.Locale = flows.English
	}
	if e.Person == "" {
		e.Person = "dana"
	}
	e.TextID = fmt.Sprintf("text%d", k.count)
	before := k.run.Rev
	run, out, err := flows.Advance(k.f, k.run, e)
	if err != nil {
		k.t.Fatalf("%s: %v", e.Kind, err)
	}
	k.out = out
	k.run = recoded(k.t, run)
	return k.run.Rev != before
}

func (k *talk) types(words string) bool {
	k.t.Helper()
	return k.send(flows.Event{Kind: flows.EventAnswer, Input: flows.Input{Text: words}})
}

func (k *talk) picks(ids ...string) bool {
	k.t.Helper()
	return k.send(flows.Event{Kind: flows.EventAnswer, Node: k.run.Node, Rev: k.run.Drawn, Input: flows.Input{Picks: ids}})
}

func (k *talk) does(kind flows.EventKind) bool {
	k.t.Helper()
	return k.send(flows.Event{Kind: kind})
}

func (k *talk) at(node string) {
	k.t.Helper()
	if k.run.Node != node {
		k.t.Fatalf("the run waits at %q, not at %q", k.run.Node, node)
	}
}

func recoded(tb testing.TB, run flows.Run) flows.Run {
	tb.Helper()
	text, err := json.Marshal(run)
	if err != nil {
		tb.Fatal(err)
	}
	var back flows.Run
	if err := json.Unmarshal(text, &back); err != nil {
		tb.Fatal(err)
	}
	if again := encoded(tb, back); again != string(text) {
		tb.Fatalf("the run changed on the way through JSON:\n%s\n%s", text, again)
	}
	return back
}

func encoded(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// every returns the effects of one kind.
func every[E flows.Effect](effects []flows.Effect) []E {
	var found []E
	for _, e := range effects {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

// words lists the catalogue's keys of a message, and the English words of a definition, in order.
func words(m flows.Message) string {
	var said []string
	for _, p := range m.Parts {
		said = append(said, p.Words+p.Text[flows.English])
	}
	return strings.Join(said, " | ")
}

// labels lists what can be pressed under a message.
func labels(m flows.Message) string {
	var said []string
	for _, c := range m.Controls {
		said = append(said, c.Words+c.Text[flows.English])
	}
	return strings.Join(said, " | ")
}
