package flows_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"convenor/flows"
)

// forked asks pick; after a: qa, after b: qb, else straight on; then qj for all.
func forked() flows.Definition {
	qa, qb := ask("qa", flows.FieldText), ask("qb", flows.FieldText)
	qa.Go, qb.Go = "qj", "qj"
	return definition(
		ask("pick", flows.FieldChoice),
		flows.Node{ID: "fork", Kind: flows.NodeBranch, Go: "qj", Cases: []flows.Case{
			{Node: "pick", Is: "a", Go: "qa"}, {Node: "pick", Is: "b", Go: "qb"},
		}},
		qa, qb,
		ask("qj", flows.FieldText),
		ask("last", flows.FieldText),
	)
}

func TestChangeKeepsLaterAnswers(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(ask("q1", flows.FieldText), ask("q2", flows.FieldText), ask("q3", flows.FieldText), ask("q4", flows.FieldText)))
	k.types("one")
	k.types("two")
	k.types("three")
	if !k.send(flows.Event{Kind: flows.EventChange, Node: "q1"}) {
		t.Fatal("refused")
	}
	k.at("q1")
	k.types("one, better")
	k.at("q4")
	if got := len(k.run.Values()); got != 3 {
		t.Errorf("%d answers, not 3", got)
	}
	if got := strings.Join(k.run.Trail, " "); got != "q1 q2 q3" {
		t.Errorf("the trail is %q", got)
	}
	if dropped := every[flows.DropText](k.out); len(dropped) != 1 || dropped[0].ID != "text2" {
		t.Errorf("the words that were replaced stay: %+v", dropped)
	}
}

// TestChangeOverABranch changes an answer on which others stand: they are named, and only a yes drops them.
func TestChangeOverABranch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then    func(*talk) bool
		pick    string
		answers int
		at      string
	}{
		"yes":           {func(k *talk) bool { return k.send(confirm(k)) }, "b", 2, "qb"},
		"yes, typed":    {func(k *talk) bool { return k.types("Yes") }, "b", 2, "qb"},
		"no":            {func(k *talk) bool { return k.does(flows.EventResume) }, "a", 3, "last"},
		"no, typed":     {func(k *talk) bool { return k.types("no") }, "a", 3, "last"},
		"same as it is": {func(k *talk) bool { return k.picks("a") }, "a", 3, "last"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := begin(t, forked())
			k.picks("a")
			k.types("for a")
			k.types("for all")
			k.at("last")
			k.send(flows.Event{Kind: flows.EventChange, Node: "pick"})
			if !k.picks("b") || k.run.Confirm != "change:pick" || k.run.Pending == nil {
				t.Fatalf("no yes is waited for: %+v", k.run)
			}
			asked := every[flows.Say](k.out)[0].Message
			if words(asked) != "run.loss | run.line" || asked.Parts[1].Args["question"].Text[flows.English] != "QA" {
				t.Errorf("what is lost is not named: %s", words(asked))
			}
			if got := k.run.Values()["pick"].Picks[0]; got != "a" {
				t.Error("changed before the yes")
			}
			if !c.then(k) {
				t.Fatal("not taken")
			}
			k.at(c.at)
			values := k.run.Values()
			if len(values) != c.answers || values["pick"].Picks[0] != c.pick || k.run.Confirm != "" || k.run.Pending != nil {
				t.Errorf("%+v", k.run)
			}
			if _, lives := values["qa"]; lives != (c.pick == "a") {
				t.Errorf("%+v", values)
			}
		})
	}
}

func confirm(k *talk) flows.Event {
	return flows.Event{Kind: flows.EventConfirm, Node: k.run.Node, Rev: k.run.Rev}
}

// TestDroppedAnswersDoNotComeBack changes a branch there and back: what was dropped is asked again, what was kept is not.
func TestDroppedAnswersDoNotComeBack(t *testing.T) {
	t.Parallel()
	k := begin(t, forked())
	k.picks("a")
	k.types("for a")
	k.types("for all")
	k.send(flows.Event{Kind: flows.EventChange, Node: "pick"})
	k.picks("b")
	k.send(confirm(k))
	if dropped := every[flows.DropText](k.out); len(dropped) != 1 {
		t.Errorf("the dropped words stay: %+v", dropped)
	}
	k.at("qb")
	k.types("for b")
	k.at("last") // qj kept its answer
	k.send(flows.Event{Kind: flows.EventChange, Node: "pick"})
	k.picks("a")
	k.send(confirm(k))
	k.at("qa")
	k.types("for a, again")
	k.at("last")
	k.types("end")
	if k.run.State != flows.StateDone || len(k.run.Values()) != 4 {
		t.Errorf("%+v", k.run)
	}
}

func TestBackOverABranch(t *testing.T) {
	t.Parallel()
	k := begin(t, forked())
	if k.does(flows.EventBack) || words(every[flows.Whisper](k.out)[0].Message) == "" {
		t.Fatal("there is something before the first question")
	}
	k.picks("a")
	k.types("for a")
	k.does(flows.EventBack)
	k.at("qa")
	k.does(flows.EventBack)
	k.at("pick")
	k.does(flows.EventResume) // keep it
	k.at("qj")
	k.does(flows.EventBack)
	k.does(flows.EventBack)
	k.picks("c")
	if k.run.Confirm != "change:pick" {
		t.Fatalf("qa is lost without a word: %+v", k.run)
	}
	k.send(confirm(k))
	k.at("qj")
	if got := strings.Join(k.run.Trail, " "); got != "pick" {
		t.Errorf("the trail is %q", got)
	}
}

// TestLogIsOnlyAddedTo takes a run with every kind of change and wants each log to begin with the one before, and the
// answers to be what folding it line by line gives.
func TestLogIsOnlyAddedTo(t *testing.T) {
	t.Parallel()
	k := begin(t, forked())
	var before flows.Log
	folded := map[string]flows.Value{}
	check := func() {
		t.Helper()
		if len(k.run.Log) < len(before) || encoded(t, k.run.Log[:len(before)]) != encoded(t, append(flows.Log{}, before...)) {
			t.Fatalf("the log was rewritten:\n%s\n%s", encoded(t, before), encoded(t, k.run.Log))
		}
		for _, e := range k.run.Log[len(before):] {
			if e.Value.Kind == "" || e.Held {
				continue
			}
			folded[e.Node] = e.Value
			if e.Value.Kind == flows.ValueDropped {
				delete(folded, e.Node)
			}
		}
		before = slices.Clone(k.run.Log)
		if got, want := encoded(t, k.run.Values()), encoded(t, folded); got != want {
			t.Fatalf("the log folds to %s, not %s", got, want)
		}
	}
	for _, act := range []func() bool{
		func() bool { return k.picks("a") },
		func() bool { return k.types("for a") },
		func() bool { return k.does(flows.EventSkip) },
		func() bool { return k.send(flows.Event{Kind: flows.EventChange, Node: "qa"}) },
		func() bool { return k.types("for a, better") },
		func() bool { return k.send(flows.Event{Kind: flows.EventChange, Node: "pick"}) },
		func() bool { return k.picks("b") },
		func() bool { return k.send(confirm(k)) },
		func() bool {
			return k.send(flows.Event{Kind: flows.EventUnknown, Form: true, Input: flows.Input{Text: "Rosa"}})
		},
		func() bool { return k.does(flows.EventPause) },
		func() bool { return k.does(flows.EventResume) },
		func() bool { return k.does(flows.EventBack) },
		func() bool { return k.types("for all, now") },
		func() bool { return k.types("the end") },
	} {
		if !act() {
			t.Fatalf("not taken: %+v", k.out)
		}
		check()
	}
	if k.run.State != flows.StateDone || len(k.run.Values()) != 4 {
		t.Errorf("%s", encoded(t, k.run))
	}
}

// TestStaleControls presses what was drawn before the run moved on: a kind word, the question as it is, nothing changed.
func TestStaleControls(t *testing.T) {
	t.Parallel()
	for _, kind := range []flows.EventKind{flows.EventAnswer, flows.EventUnknown, flows.EventForm, flows.EventSkip, flows.EventBack, flows.EventPause} {
		k := begin(t, definition(ask("q1", flows.FieldText), ask("q2", flows.FieldText)))
		drawn := k.run.Drawn
		k.types("one")
		before := encoded(t, k.run)
		for _, e := range []flows.Event{
			{Kind: kind, Node: "q1", Rev: drawn, Input: flows.Input{Text: "typed too late"}, Form: true},
			{Kind: kind, Node: "q2", Rev: drawn, Input: flows.Input{Text: "typed too late"}, Form: true},
		} {
			if k.send(e) || encoded(t, k.run) != before {
				t.Fatalf("%s: a stale control changed the run", kind)
			}
			whispers := every[flows.Whisper](k.out)
			if len(whispers) != 1 || !strings.HasPrefix(words(whispers[0].Message), "run.moved-on | run.you-wrote | run.words | What is q2?") {
				t.Fatalf("%s: %+v", kind, k.out)
			}
			if labels(whispers[0].Message) == "" {
				t.Errorf("%s: the question cannot be answered from here", kind)
			}
		}
	}
}

// TestDoubleClicks presses everything twice: the second press changes nothing.
func TestDoubleClicks(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(ask("q1", flows.FieldChoice), ask("q2", flows.FieldChoice), ask("q3", flows.FieldText)))
	twice := func(kind flows.EventKind, picks ...string) {
		t.Helper()
		e := flows.Event{Kind: kind, Node: k.run.Node, Rev: k.run.Drawn, Input: flows.Input{Picks: picks}}
		if !k.send(e) {
			t.Fatalf("%s was refused", kind)
		}
		if k.send(e) {
			t.Fatalf("%s was taken twice", kind)
		}
	}
	twice(flows.EventAnswer, "a")
	twice(flows.EventBack)
	twice(flows.EventResume)
	twice(flows.EventSkip)
	twice(flows.EventPause)
	twice(flows.EventResume)
	k.does(flows.EventCancel)
	if k.does(flows.EventCancel) {
		t.Fatal("cancel was taken twice")
	}
	yes := confirm(k)
	if !k.send(yes) || k.send(yes) {
		t.Fatal("the yes was not taken once")
	}
}

// TestLoop goes round twice: each time the question comes anew, its last answer beside it.
func TestLoop(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(
		ask("name", flows.FieldText), ask("more", flows.FieldConsent),
		branch("again", flows.Case{Node: "more", Is: flows.Yes, Go: "name"}),
		ask("last", flows.FieldText),
	))
	k.types("one")
	k.picks("yes")
	k.at("name")
	k.types("two")
	k.at("more")
	k.picks("yes")
	k.does(flows.EventResume) // keep the name
	k.at("more")
	k.picks("no")
	k.at("last")
	k.does(flows.EventBack)
	k.at("more")
	if progress := every[flows.Say](k.out)[0].Message.Parts; progress[len(progress)-1].Words != "run.progress-open" {
		t.Errorf("a loop promises an end: %+v", progress)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	k := begin(t, forked())
	says := func() flows.Part {
		said := every[flows.Say](k.out)
		parts := said[len(said)-1].Message.Parts
		return parts[len(parts)-1]
	}
	for _, want := range []struct {
		words     string
		at, total int
		then      func()
	}{
		{"run.progress-most", 1, 4, func() { k.picks("a") }},
		{"run.progress", 2, 4, func() { k.types("x") }},
		{"run.progress", 3, 4, func() { k.types("x") }},
		{"run.progress", 4, 4, func() { k.types("x") }},
	} {
		p := says()
		if p.Words != want.words || *p.Args["number"].Number != want.at || *p.Args["total"].Number != want.total {
			t.Errorf("%s %d of %d, not %s %d of %d", p.Words, *p.Args["number"].Number, *p.Args["total"].Number, want.words, want.at, want.total)
		}
		want.then()
	}
}

// TestMisfit gives Advance what no person can bring about.
func TestMisfit(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(ask("q1", flows.FieldText), say("s", "Bye.")))
	answer := flows.Event{Kind: flows.EventAnswer, Person: "dana", TextID: "t"}
	for name, c := range map[string]struct {
		change func(*flows.Run)
		event  flows.Event
	}{
		"another revision":      {func(r *flows.Run) { r.Hash = "other" }, answer},
		"a group's":             {func(r *flows.Run) { r.Group = true }, answer},
		"not started":           {func(r *flows.Run) { r.State = "" }, answer},
		"waits nowhere":         {func(r *flows.Run) { r.Node = "" }, answer},
		"waits at a say":        {func(r *flows.Run) { r.Node = "s" }, answer},
		"came from nowhere":     {func(r *flows.Run) { r.Trail = []string{"q9"} }, answer},
		"answered nowhere":      {func(r *flows.Run) { r.Log = []flows.Entry{{Node: "q9"}} }, answer},
		"more settled than is":  {func(r *flows.Run) { r.Sealed = 1 }, answer},
		"event about nothing":   {func(*flows.Run) {}, flows.Event{Kind: flows.EventMore, Person: "dana", Node: "q9"}},
		"event of no kind":      {func(*flows.Run) {}, flows.Event{Kind: "dance", Person: "dana"}},
		"no id for a text":      {func(*flows.Run) {}, flows.Event{Kind: flows.EventAnswer, Person: "dana"}},
		"waits for a lost yes":  {func(r *flows.Run) { r.Confirm = "change:q1" }, flows.Event{Kind: flows.EventConfirm, Person: "dana"}},
		"waits for what yes":    {func(r *flows.Run) { r.Confirm = "dance" }, flows.Event{Kind: flows.EventConfirm, Person: "dana"}},
		"in a state of its own": {func(r *flows.Run) { r.State = "asleep" }, answer},
	} {
		run := k.run
		c.change(&run)
		got, out, err := flows.Advance(k.f, run, c.event)
		if !errors.Is(err, flows.ErrMisfit) || out != nil || encoded(t, got) != encoded(t, run) {
			t.Errorf("%s: %v, %v", name, out, err)
		}
	}
	other := k.run
	if got, out, err := flows.Advance(k.f, other, flows.Event{Kind: flows.EventSkip, Person: "sam"}); err != nil || got.Rev != other.Rev || words(every[flows.Whisper](out)[0].Message) != "run.not-yours" {
		t.Errorf("someone else's press: %v, %v", out, err)
	}
}

// TestNothingGivenIsChanged keeps the run that is given to Advance as it was, whatever room its slices have.
func TestNothingGivenIsChanged(t *testing.T) {
	t.Parallel()
	k := begin(t, forked())
	k.picks("a")
	k.types("for a")
	k.types("for all")
	run := k.run
	run.Log = append(make([]flows.Entry, 0, 100), run.Log...)
	run.Trail = append(make([]string, 0, 100), run.Trail...)
	before := encoded(t, run)
	for _, e := range []flows.Event{
		{Kind: flows.EventAnswer, TextID: "t", Input: flows.Input{Text: "x"}},
		{Kind: flows.EventBack},
		{Kind: flows.EventChange, Node: "pick"},
		{Kind: flows.EventCancel},
	} {
		e.Person = "dana"
		if _, _, err := flows.Advance(k.f, run, e); err != nil {
			t.Fatal(err)
		}
		if encoded(t, run) != before || run.Log[:cap(run.Log)][len(run.Log)].Node != "" || run.Trail[:cap(run.Trail)][len(run.Trail)] != "" {
			t.Errorf("%s changed the run it was given", e.Kind)
		}
	}
}
