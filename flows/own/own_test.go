package own_test

import (
	"strings"
	"testing"

	"convenor/flows"
	"convenor/flows/own"
)

func both(s string) flows.Text { return flows.Text{flows.English: s, flows.Spanish: s} }

func words(l flows.Locale, key string) string {
	if key == "own.label" {
		return string(l) + " ours {number}"
	}
	return string(l) + " " + key
}

// round is an activity's round with one question of the toolkit.
func round() flows.Definition {
	return flows.Definition{
		ID: "round-1.1.2", Title: both("Map"), Goal: both("A map."), Group: true, Activity: "1.1.2",
		Nodes: []flows.Node{
			{ID: "care", Kind: flows.NodeSay, Plain: both("Take care.")},
			{ID: "h1", Kind: flows.NodeAsk, Field: flows.FieldText, Source: flows.SourceHouse, Label: both("Doors"), Line: both("Which doors?"), Until: flows.Until{Answers: 5}},
		},
	}
}

func handOver(object, kind string) flows.HandOver {
	return flows.HandOver{
		Record: flows.RecordQuestion, By: "ana", Run: flows.Run{Object: object},
		Fields: map[string]flows.Value{
			"line": {Kind: flows.ValueText, TextID: "t-line"}, "plain": {Kind: flows.ValueText, TextID: "t-plain"},
			"kind": {Kind: flows.ValueChoice, Picks: []string{kind}},
		},
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	ten := func(removed int) []own.Question {
		var list []own.Question
		for i := range own.Max {
			list = append(list, own.Question{ID: "o" + string(rune('0'+i)), Activity: "1.1.2", Line: "t", Removed: i < removed})
		}
		return list
	}
	tests := []struct {
		name, object string
		list         []own.Question
		id           string // empty: no room
		puts         int
	}{
		{"first", "1.1.2", nil, "o1", 1},
		{"an id is never used again", "1.1.2", []own.Question{{ID: "o3", Removed: true}}, "o4", 1},
		{"in the place of another", "1.1.2/o3", []own.Question{{ID: "o3"}}, "o4", 2},
		{"in the place of one that is gone", "1.1.2/o3", []own.Question{{ID: "o3", Removed: true}}, "o4", 1},
		{"no room", "1.1.2", ten(0), "", 0},
		{"room after a removal", "1.1.2", ten(1), "o10", 1},
		{"full, in the place of another", "1.1.2/o4", ten(0), "o10", 2},
	}
	for _, tt := range tests {
		q, c, ok := own.Add(handOver(tt.object, own.KindYesNo), tt.list, flows.Spanish)
		if q.ID != tt.id || ok != (tt.id != "") || len(c.Puts) != tt.puts {
			t.Errorf("%s: %+v %t %+v", tt.name, q, ok, c)
		}
		if ok && (q.Activity != "1.1.2" || q.Locale != flows.Spanish || q.Line != "t-line" || q.Kind != own.KindYesNo || q.By != "ana") {
			t.Errorf("%s: %+v", tt.name, q)
		}
		if !ok && len(c.Effects) != 2 {
			t.Errorf("%s: what was typed is kept: %+v", tt.name, c.Effects)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	list := []own.Question{
		{ID: "o10", Activity: "1.1.2", Locale: flows.English, Line: "t10", Kind: own.KindText},
		{ID: "o2", Activity: "1.1.2", Locale: flows.English, Line: "t2", Other: "t2-es", Kind: own.KindYesNo},
		{ID: "o1", Activity: "1.1.2", Locale: flows.English, Line: "t1", Removed: true},
		{ID: "o3", Activity: "1.1.2", Locale: flows.Spanish, Line: "t3", Plain: "t3-plain", Kind: own.KindScale},
	}
	before, after := round(), own.Expand(round(), list, words)
	var ids []string
	for _, n := range after.Nodes {
		ids = append(ids, n.ID)
	}
	if got := strings.Join(ids, " "); got != "care h1 o2 o3 o10" {
		t.Fatalf("nodes %s", got)
	}
	first, err := flows.Compile(before)
	if err != nil {
		t.Fatal(err)
	}
	f, err := flows.Compile(after)
	if err != nil {
		t.Fatal(err)
	}
	if f.Hash() == first.Hash() {
		t.Error("the expanded flow has the hash of the other")
	}
	o2, _ := f.Node("o2")
	if o2.Line[flows.English] != "{line}" || o2.Line[flows.Spanish] != "{other}" || o2.Field != flows.FieldChoice || o2.Source != flows.SourceCoalition ||
		o2.Question != "1.1.2-o2" || o2.Until.Answers != 5 {
		t.Errorf("%+v", o2)
	}
	o3, _ := f.Node("o3")
	if o3.Line[flows.English] != "{line} (en own.written-in.es)" || o3.Plain[flows.Spanish] != "es own.ours {plain}" || o3.Field != flows.FieldScale {
		t.Errorf("%+v", o3)
	}
	if same := own.Expand(round(), list[2:3], words); len(same.Nodes) != 2 {
		t.Errorf("a removed question is asked: %+v", same.Nodes)
	}
}

// TestTypedWordsStayOut goes through a round with an own question: every message names the text by id.
func TestTypedWordsStayOut(t *testing.T) {
	t.Parallel()
	list := []own.Question{{ID: "o1", Activity: "1.1.2", Locale: flows.English, Line: "t1", Plain: "t1-plain", Kind: own.KindText}}
	f, err := flows.Compile(own.Expand(round(), list, words))
	if err != nil {
		t.Fatal(err)
	}
	run, _, err := flows.Advance(f, flows.Run{ID: "r", Flow: "round-1.1.2", Hash: f.Hash(), Person: "ana", Group: true, Space: "s"},
		flows.Event{Kind: flows.EventStart, Person: "ana", Today: "2026-03-02"})
	if err != nil {
		t.Fatal(err)
	}
	_, effects, err := flows.Advance(f, run, flows.Event{Kind: flows.EventNext, Person: "ana", Lead: true, Today: "2026-03-02"})
	if err != nil {
		t.Fatal(err)
	}
	shown := false
	for _, e := range effects {
		if say, ok := e.(flows.Say); ok {
			for _, p := range say.Message.Parts {
				shown = shown || p.Args["line"].TextID == "t1"
			}
		}
	}
	if !shown {
		t.Errorf("the question is not said: %+v", effects)
	}
}

func TestEraseAndRemove(t *testing.T) {
	t.Parallel()
	q := own.Question{ID: "o1", Activity: "1.1.2", Line: "t1", Plain: "t1-plain", Other: "t1-es"}
	if c := own.Remove(q); len(c.Effects) != 0 || !c.Puts[0].Value.(own.Question).Removed || c.Puts[0].Value.(own.Question).Line != "t1" {
		t.Errorf("%+v", c)
	}
	c := own.Erase(q)
	kept := c.Puts[0].Value.(own.Question)
	if len(c.Effects) != 3 || !kept.Removed || kept.Line+kept.Plain+kept.Other != "" {
		t.Errorf("%+v", c)
	}
}
