package flows_test

import (
	"strings"
	"testing"

	"convenor/flows"
)

// people asks for a list of people with a phone each, says how many there are, and asks one thing more.
func people(limit int) flows.Definition {
	return definition(
		ask("first", flows.FieldText),
		ask("name", flows.FieldText), ask("phone", flows.FieldText),
		flows.Node{ID: "people", Kind: flows.NodeRepeat, From: "name", Max: limit, Label: both("People"), Line: both("Another?")},
		say("so", `{count(people)}: {people}`),
		ask("goal", flows.FieldText),
	)
}

// add answers for one person and waits at the next gate.
func (k *talk) add(name, phone string) {
	k.t.Helper()
	if strings.HasPrefix(k.run.Node, "people.") {
		k.picks(flows.Yes)
	}
	k.types(name)
	k.types(phone)
}

func (k *talk) trail() string { return strings.Join(k.run.Trail, " ") }

func TestRepeatCollectsAList(t *testing.T) {
	t.Parallel()
	k := begin(t, people(3))
	k.types("x")
	k.at("name.1")
	k.add("Rosa", "1")
	k.at("people.2")
	k.add("Lee", "2")
	k.at("people.3")
	said := every[flows.Say](k.out)[0].Message
	if words(said) != "Another? | run.item | run.item | run.progress-open" {
		t.Errorf("%s", words(said))
	}
	if got := labels(said); got != "run.yes | run.no | run.item-change | run.item-remove | run.back | run.pause" {
		t.Errorf("%s", got)
	}
	k.picks(flows.No)
	k.at("goal")
	told := every[flows.Say](k.out)[0].Message.Parts[0].Args
	if *told["count.people"].Number != 2 || told["people"].List[1].TextID != k.run.Values()["name.2"].TextID {
		t.Errorf("%+v", told)
	}
	if k.trail() != "first name.1 phone.1 people.2 name.2 phone.2 people.3" {
		t.Errorf("the trail is %q", k.trail())
	}
}

// TestRepeatTakesItemsOff removes each item in turn, the first and the last included, and adds others.
func TestRepeatTakesItemsOff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pick, node, trail string }{
		{"1", "people.4", "first people.1 people.2 name.2 phone.2 people.3 name.3 phone.3"},
		{"2", "people.4", "first name.1 phone.1 people.2 people.3 name.3 phone.3"},
		{"3", "people.4", "first name.1 phone.1 people.2 name.2 phone.2 people.3"},
	} {
		k := begin(t, people(5))
		k.types("x")
		for _, name := range []string{"Rosa", "Lee", "Sam"} {
			k.add(name, "1")
		}
		kept := len(k.run.Values())
		remove := flows.Event{Kind: flows.EventRemove, Node: k.run.Node, Rev: k.run.Drawn, Input: flows.Input{Picks: []string{c.pick}}}
		if !k.send(remove) || k.run.Confirm != "remove:people."+c.pick || words(every[flows.Say](k.out)[0].Message) != "run.remove | run.line | run.line" {
			t.Fatalf("%+v", k.out)
		}
		if !k.does(flows.EventResume) || len(k.run.Values()) != kept {
			t.Fatal("a no takes something off")
		}
		remove.Rev = k.run.Drawn
		k.send(remove)
		if !k.send(confirm(k)) || len(every[flows.DropText](k.out)) != 2 {
			t.Fatalf("what was typed stays: %+v", k.out)
		}
		k.at(c.node)
		if k.trail() != c.trail {
			t.Errorf("without %s the trail is %q", c.pick, k.trail())
		}
		if _, there := k.run.Values()["name."+c.pick]; there || len(every[flows.Say](k.out)[0].Message.Parts) != 4 {
			t.Errorf("%s is still there: %s", c.pick, words(every[flows.Say](k.out)[0].Message))
		}
		if k.send(remove) {
			t.Error("taken off twice")
		}
		k.add("Tom", "2")
		k.at("people.5")
	}
}

// TestRepeatIsBounded fills a list, and fills it again after an item was taken off.
func TestRepeatIsBounded(t *testing.T) {
	t.Parallel()
	k := begin(t, people(2))
	k.types("x")
	k.add("Rosa", "1")
	k.add("Lee", "2")
	if got := labels(every[flows.Say](k.out)[0].Message); !strings.HasPrefix(got, "run.no | ") {
		t.Errorf("%s", got)
	}
	if k.picks(flows.Yes) || words(every[flows.Whisper](k.out)[0].Message) != "run.refuse.full" {
		t.Fatal("the list takes one too many")
	}
	k.send(flows.Event{Kind: flows.EventRemove, Input: flows.Input{Picks: []string{"1"}}})
	k.send(confirm(k))
	k.add("Sam", "3")
	k.at("people.4")
	k.types("no")
	k.at("goal")
}

// TestRepeatChange changes an item from the list, goes back into it, and ends the list earlier.
func TestRepeatChange(t *testing.T) {
	t.Parallel()
	k := begin(t, people(5))
	k.types("x")
	k.add("Rosa", "1")
	k.add("Lee", "2")
	if !k.send(flows.Event{Kind: flows.EventChange, Node: k.run.Node, Rev: k.run.Drawn, Input: flows.Input{Picks: []string{"1"}}}) {
		t.Fatal("cannot change an item")
	}
	k.at("name.1")
	k.types("Rosa B")
	k.at("people.3")
	k.picks(flows.No)
	k.at("goal")
	k.does(flows.EventBack)
	k.at("people.3")
	k.does(flows.EventBack)
	k.at("phone.2")
	k.send(flows.Event{Kind: flows.EventChange, Node: "people.2"})
	k.picks(flows.No)
	if k.run.Confirm != "change:people.2" || words(every[flows.Say](k.out)[0].Message) != "run.loss | run.line | run.line" {
		t.Fatalf("an item is lost without a word: %+v", k.out)
	}
	k.send(confirm(k))
	k.at("goal")
	if _, there := k.run.Values()["name.2"]; there || len(k.run.Values()) != 4 {
		t.Errorf("%+v", k.run.Values())
	}
}

// TestEachItemBecomesARecord hands a list over item by item, each with the answers that all share.
func TestEachItemBecomesARecord(t *testing.T) {
	t.Parallel()
	d := definition(
		ask("goal", flows.FieldText),
		ask("step", flows.FieldText), ask("due", flows.FieldDate),
		flows.Node{ID: "steps", Kind: flows.NodeRepeat, From: "step", Label: both("Steps"), Line: both("Another?")},
		flows.Node{ID: "keep", Kind: flows.NodeRecord, Record: flows.RecordStep, Each: "steps", With: map[string]string{"what": "step"}},
	)
	k := begin(t, d)
	k.types("g")
	k.types("one")
	k.types("2026-05-01")
	k.picks(flows.Yes)
	k.types("two")
	k.does(flows.EventSkip)
	k.picks(flows.No)
	handed := every[flows.HandOver](k.out)
	if len(handed) != 2 || k.run.State != flows.StateDone {
		t.Fatalf("%+v", k.out)
	}
	for i, what := range []string{"step.1", "step.2"} {
		f := handed[i].Fields
		if f["what"].TextID != k.run.Values()[what].TextID || f["goal"].Kind != flows.ValueText {
			t.Errorf("%+v", f)
		}
		if _, dated := f["due"]; dated != (i == 0) {
			t.Errorf("item %d: %+v", i+1, f)
		}
	}
}

// TestRepeatRefused compiles lists that cannot be.
func TestRepeatRefused(t *testing.T) {
	t.Parallel()
	list := func(change func(d *flows.Definition)) flows.Definition {
		d := people(3)
		change(&d)
		return d
	}
	for want, d := range map[string]flows.Definition{
		"a group's flow cannot repeat":                       list(func(d *flows.Definition) { d.Group = true }),
		"21 is not between 1 and 20":                         list(func(d *flows.Definition) { d.Nodes[3].Max = 21 }),
		`"phones" does not begin a part`:                     list(func(d *flows.Definition) { d.Nodes[3].From = "phones" }),
		`"goal" does not begin a part`:                       list(func(d *flows.Definition) { d.Nodes[3].From = "goal" }),
		"nothing is asked in this list":                      list(func(d *flows.Definition) { d.Nodes[1], d.Nodes[2] = say("name", "Hi."), say("phone", "Hi.") }),
		"phone lies inside a list: go to name":               list(func(d *flows.Definition) { d.Nodes[0].Go = "phone" }),
		"inside a list it can only go further down":          list(func(d *flows.Definition) { d.Nodes[2].Go = "goal" }),
		"name is asked once for each item of a list":         list(func(d *flows.Definition) { d.Nodes[4] = say("so", "{name}") }),
		"the list people is not whole yet inside itself":     list(func(d *flows.Definition) { d.Nodes[2].Line = both("{count(people)}?") }),
		"people is a list: only answered(people)":            list(func(d *flows.Definition) { d.Nodes[4] = branch("so", flows.Case{When: "people is 3", Go: "goal"}) }),
		`with all its items the flow has 602 nodes; 600 fit`: list(func(d *flows.Definition) { d.Nodes = long(d.Nodes) }),
		"nothing fills the field \"what\" of a step": list(func(d *flows.Definition) {
			d.Nodes = append(d.Nodes, flows.Node{ID: "keep", Kind: flows.NodeRecord, Record: flows.RecordStep})
		}),
		`there is no list "goal" before this`: list(func(d *flows.Definition) {
			d.Nodes = append(d.Nodes, flows.Node{ID: "keep", Kind: flows.NodeRecord, Record: flows.RecordStep, Each: "goal"})
		}),
		"a record cannot stand in a list: put it after the list": list(func(d *flows.Definition) {
			d.Nodes[2] = flows.Node{ID: "phone", Kind: flows.NodeRecord, Record: flows.RecordStep}
		}),
		"the field \"from\": does not belong to a node of kind \"say\"": {},
	} {
		if len(d.Nodes) == 0 {
			d, want = list(func(d *flows.Definition) { d.Nodes[4].From = "name" }), `node so, from: does not belong to a node of kind "say"`
		}
		if _, err := flows.Compile(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// long puts more into a list of 20 than fits.
func long(nodes []flows.Node) []flows.Node {
	out := append([]flows.Node{}, nodes[:2]...)
	for i := range 12 {
		out = append(out, say("s"+string(rune('a'+i)), "Hi."))
	}
	out = append(out, nodes[2:]...)
	for i := range out {
		if out[i].Kind == flows.NodeRepeat {
			out[i].Max = 20
		}
	}
	return append(out, say("end-of-it", "Bye."))[:len(out)-1]
}
