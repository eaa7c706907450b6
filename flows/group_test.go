package flows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"convenor/flows"
)

// round is a group's run with the answers that its shell keeps.
type round struct {
	*talk
	answers map[string]flows.Answer
}

func beginRound(t *testing.T, nodes ...flows.Node) *round {
	t.Helper()
	d := groupOf(nodes...)
	d.Activity = "9.9.9"
	return &round{talk: begin(t, d), answers: map[string]flows.Answer{}}
}

// send adds what the shell knows: what the person said before, and what others said to the waiting question.
func (r *round) send(e flows.Event) bool {
	r.t.Helper()
	if e.Person == "" {
		e.Person = "dana"
	}
	e.Lead = e.Person == "dana"
	at := e.Node
	if at == "" {
		at = r.run.Node
	}
	if a, ok := r.answers[at+"."+e.Person]; ok {
		e.Prior = &a.Value
	}
	for _, id := range []string{"dana", "eva", "lee", "sam", "tom"} {
		if a, ok := r.answers[r.run.Node+"."+id]; ok && (id != e.Person || e.Kind == flows.EventNext) {
			e.Closing = append(e.Closing, a)
		}
	}
	taken := r.talk.send(e)
	for _, kept := range every[flows.KeepAnswer](r.out) {
		r.answers[kept.Answer.Node+"."+kept.Answer.Person] = kept.Answer
	}
	return taken
}

func (r *round) answer(person, text string) bool {
	r.t.Helper()
	return r.send(flows.Event{Kind: flows.EventAnswer, Person: person, Node: r.run.Node, Input: flows.Input{Text: text}, Form: true})
}

func (r *round) next() {
	r.t.Helper()
	if !r.send(flows.Event{Kind: flows.EventNext, Node: r.run.Node}) {
		r.t.Fatal("the round does not move on")
	}
}

func two(answers int) []flows.Node {
	q1, q2 := ask("q1", flows.FieldText), ask("q2", flows.FieldText)
	q1.Until.Answers, q2.Until.Answers = answers, answers
	return []flows.Node{say("care", "Please take care."), q1, q2}
}

// TestRoundCountsPeople has people answer, change their minds, and not know.
func TestRoundCountsPeople(t *testing.T) {
	t.Parallel()
	r := beginRound(t, two(0)...)
	says := every[flows.Say](r.out)
	if len(says) != 2 || says[0].Space == "" || words(says[0].Message) != "A test | Get it done | Please take care. | round.how" {
		t.Fatalf("%+v", says)
	}
	if got := labels(says[1].Message); got != "run.answer | run.dont-know | round.next | run.pause" {
		t.Errorf("controls: %s", got)
	}
	for _, c := range says[1].Message.Controls {
		if c.Token.Rev != 0 {
			t.Errorf("a control that many press names a revision: %+v", c)
		}
	}
	for _, s := range []struct {
		act             func() bool
		answers, noIdea int
	}{
		{func() bool { return r.answer("sam", "Letters") }, 1, 0},
		{func() bool { return r.answer("sam", "Letters and calls") }, 1, 0},
		{func() bool { return r.answer("lee", "Visits") }, 2, 0},
		{func() bool { return r.send(flows.Event{Kind: flows.EventUnknown, Person: "lee", Form: true}) }, 2, 1},
		{func() bool {
			return r.send(flows.Event{Kind: flows.EventUnknown, Person: "tom", Form: true, Input: flows.Input{Text: "The clerk"}})
		}, 3, 2},
		{func() bool { return r.answer("lee", "Visits after all") }, 3, 1},
	} {
		if !s.act() {
			t.Fatalf("not taken: %+v", r.out)
		}
		if tally := r.run.Tally["q1"]; tally.Answers != s.answers || tally.Unknown != s.noIdea {
			t.Errorf("counted %+v, not %d and %d", tally, s.answers, s.noIdea)
		}
		edits := every[flows.Edit](r.out)
		if len(edits) != 1 || edits[0].Message.Key != says[1].Message.Key || words(every[flows.Whisper](r.out)[0].Message) != "round.saved" {
			t.Errorf("%+v", r.out)
		}
	}
	if len(r.run.Log) != 0 || len(r.answers) != 3 {
		t.Errorf("a group's run holds answers itself: %+v", r.run)
	}
	r.next()
	collected := every[flows.Say](r.out)[0].Message
	if got := words(collected); got != "round.answers | round.answer-words | round.answer-words | round.unknown-who" {
		t.Errorf("collected: %s", got)
	}
	if a := collected.Parts[1].Args; a["name"].Person != "sam" || a["answer"].TextID != "text3" {
		t.Errorf("an answer without its name or its last words: %+v", a)
	}
	if a := collected.Parts[3].Args; *a["count"].Number != 1 || len(a["who"].List) != 1 {
		t.Errorf("%+v", a)
	}
	r.at("q2")
}

// TestRoundClosesOnce lets the last answer and the facilitator come at the same moment, in both orders.
func TestRoundClosesOnce(t *testing.T) {
	t.Parallel()
	last := func(r *round) bool {
		return r.send(flows.Event{Kind: flows.EventAnswer, Person: "lee", Node: "q1", Input: flows.Input{Text: "second"}, Form: true})
	}
	next := func(r *round) bool { return r.send(flows.Event{Kind: flows.EventNext, Node: "q1"}) }
	for name, order := range map[string][]func(*round) bool{
		"answer first": {last, next},
		"next first":   {next, last},
		"next twice":   {next, next},
	} {
		r := beginRound(t, two(2)...)
		r.answer("sam", "first")
		closes, saved := 0, 0
		for _, act := range order {
			act(r)
			for _, s := range every[flows.Say](r.out) {
				if strings.HasPrefix(words(s.Message), "round.answers") {
					closes++
				}
			}
			for _, w := range every[flows.Whisper](r.out) {
				if said := words(w.Message); said == "round.late" || said == "round.saved-last" {
					saved++
				}
			}
		}
		r.at("q2")
		if closes != 1 {
			t.Errorf("%s: closed %d times", name, closes)
		}
		if want := 2 - strings.Count(name, "twice"); len(r.answers) != want || r.run.Tally["q1"].Answers != want || saved != want-1 {
			t.Errorf("%s: %d answers kept, %d told, %+v", name, len(r.answers), saved, r.run.Tally)
		}
	}
}

// TestLateAnswers keeps what comes after the close, for a question and for the round, and changes nothing that stands.
func TestLateAnswers(t *testing.T) {
	t.Parallel()
	r := beginRound(t, two(0)...)
	r.answer("sam", "early")
	r.next()
	if !r.send(flows.Event{Kind: flows.EventAnswer, Person: "sam", Node: "q1", Input: flows.Input{Text: "changed late"}, Form: true}) {
		t.Fatal("a late change is refused")
	}
	if len(every[flows.Say](r.out))+len(every[flows.Edit](r.out))+len(every[flows.DropText](r.out)) != 0 {
		t.Errorf("what was posted is touched: %+v", r.out)
	}
	r.next()
	if r.run.State != flows.StateDone {
		t.Fatal("not done")
	}
	if !r.send(flows.Event{Kind: flows.EventAnswer, Person: "lee", Node: "q2", Input: flows.Input{Text: "very late"}, Form: true}) ||
		words(every[flows.Whisper](r.out)[0].Message) != "round.late" || r.run.State != flows.StateDone {
		t.Errorf("%+v", r.out)
	}
	if r.run.Tally["q1"].Answers != 1 || r.run.Tally["q2"].Answers != 1 {
		t.Errorf("%+v", r.run.Tally)
	}
	// A late form that cannot be read opens again with what was typed.
	long := strings.Repeat("x", flows.TextMax+1)
	if r.send(flows.Event{Kind: flows.EventAnswer, Person: "lee", Node: "q2", Input: flows.Input{Text: long}, Form: true}) ||
		every[flows.OpenForm](r.out)[0].Form.Fields[0].Value.Text != long {
		t.Errorf("%+v", r.out)
	}
}

// TestOnlyTheLeadMovesOn has members press what is the facilitator's.
func TestOnlyTheLeadMovesOn(t *testing.T) {
	t.Parallel()
	r := beginRound(t, two(0)...)
	for _, kind := range []flows.EventKind{flows.EventNext, flows.EventPause, flows.EventResume, flows.EventCancel, flows.EventConfirm} {
		if r.send(flows.Event{Kind: kind, Person: "sam"}) || words(every[flows.Whisper](r.out)[0].Message) != "round.lead-only" {
			t.Errorf("%s: %+v", kind, r.out)
		}
	}
	for _, kind := range []flows.EventKind{flows.EventSkip, flows.EventBack} {
		if r.send(flows.Event{Kind: kind, Person: "sam"}) || words(every[flows.Whisper](r.out)[0].Message) != "round.forward-only" {
			t.Errorf("%s: %+v", kind, r.out)
		}
	}
	if r.send(flows.Event{Kind: flows.EventChange, Person: "sam", Node: "q1"}) || len(every[flows.OpenForm](r.out)) != 1 {
		t.Errorf("change: %+v", r.out)
	}
}

func TestRoundRestsAndStops(t *testing.T) {
	t.Parallel()
	r := beginRound(t, two(0)...)
	r.answer("sam", "first")
	if !r.send(flows.Event{Kind: flows.EventPause}) || r.run.State != flows.StatePaused {
		t.Fatal("no pause")
	}
	if r.answer("lee", "while it rests") || !strings.Contains(words(every[flows.Whisper](r.out)[0].Message), "run.words") {
		t.Errorf("%+v", r.out)
	}
	drawn := r.run.Drawn
	if !r.send(flows.Event{Kind: flows.EventResume}) || r.run.Drawn == drawn {
		t.Fatal("no new message")
	}
	r.answer("lee", "now")
	if edits := every[flows.Edit](r.out); len(edits) != 1 || !strings.HasSuffix(edits[0].Message.Key, "."+fmt.Sprint(r.run.Drawn)) {
		t.Errorf("the count does not move to the new message: %+v", edits)
	}
	if r.send(flows.Event{Kind: flows.EventCancel}) || labels(every[flows.Whisper](r.out)[0].Message) != "run.yes-stop | run.no-stop" {
		t.Fatalf("stopped without a question: %+v", r.out)
	}
	if r.send(flows.Event{Kind: flows.EventResume}) || r.run.State != flows.StateOpen {
		t.Fatal("a no changed something")
	}
	if !r.send(flows.Event{Kind: flows.EventConfirm}) || r.run.State != flows.StateCancelled {
		t.Fatal("not stopped")
	}
	if len(every[flows.DropText](r.out))+len(every[flows.KeepAnswer](r.out)) != 0 {
		t.Error("other people's answers are dropped")
	}
	if r.send(flows.Event{Kind: flows.EventAnswer, Person: "lee", Node: "q1", Input: flows.Input{Text: "after"}, Form: true}) {
		t.Error("taken after the stop")
	}
}

// TestSummaryIsShort ends a long round: at most twelve lines.
func TestSummaryIsShort(t *testing.T) {
	t.Parallel()
	var nodes []flows.Node
	for i := range 9 {
		nodes = append(nodes, ask(fmt.Sprintf("q%d", i+1), flows.FieldText))
	}
	r := beginRound(t, nodes...)
	for range nodes {
		for _, who := range []string{"eva", "lee", "sam", "tom"} {
			r.send(flows.Event{Kind: flows.EventUnknown, Person: who, Form: true, Input: flows.Input{Text: "Someone " + who}})
		}
		r.next()
	}
	says := every[flows.Say](r.out)
	m := says[len(says)-1].Message
	if len(m.Parts) > 12 || len(m.Parts) < 11 {
		t.Errorf("%d lines: %s", len(m.Parts), words(m))
	}
	if got := labels(m); got != "run.make-step | round.alone | round.look | round.look | round.look" {
		t.Errorf("next steps: %s", got)
	}
	if token := m.Controls[1].Token; token.Verb != flows.VerbStart || token.Object != "alone-9.9.9" {
		t.Errorf("%+v", token)
	}
	open := slices.IndexFunc(m.Parts, func(p flows.Part) bool { return p.Words == "round.open-who" })
	if open < 0 || len(m.Parts[open].Args["who"].List) != 3 {
		t.Errorf("who might know is not said: %s", words(m))
	}
}

// TestManyAnswersStayReadable collects two hundred.
func TestManyAnswersStayReadable(t *testing.T) {
	t.Parallel()
	k := begin(t, groupOf(two(200)...))
	var closing []flows.Answer
	for i := range 200 {
		who := fmt.Sprintf("person%03d", i)
		e := flows.Event{Kind: flows.EventAnswer, Person: who, Node: "q1", Input: flows.Input{Text: "words"}, Form: true}
		if i == 199 {
			e.Closing = closing
		}
		if !k.send(e) {
			t.Fatal("refused")
		}
		closing = append(closing, every[flows.KeepAnswer](k.out)[0].Answer)
	}
	k.at("q2")
	m := every[flows.Say](k.out)[0].Message
	if len(m.Parts) != 22 || *m.Parts[21].Args["count"].Number != 180 {
		t.Errorf("%d parts: %s", len(m.Parts), words(m))
	}
	if k.run.Tally["q1"].Answers != 200 {
		t.Errorf("%+v", k.run.Tally)
	}
}

// TestEveryFieldInAGroup answers each kind of field through a form that is filled with the answer before.
func TestEveryFieldInAGroup(t *testing.T) {
	t.Parallel()
	for field, c := range map[flows.FieldKind]struct {
		input flows.Input
		shown flows.Input
		parts int // of what was answered: heading and name, or heading and a line for each that can be picked
	}{
		flows.FieldText:    {flows.Input{Text: "words"}, flows.Input{}, 2},
		flows.FieldChoice:  {flows.Input{Picks: []string{"a"}}, flows.Input{Picks: []string{"a"}}, 4},
		flows.FieldMany:    {flows.Input{Picks: []string{"a", "c"}}, flows.Input{Picks: []string{"a", "c"}}, 4},
		flows.FieldDate:    {flows.Input{Text: "tomorrow"}, flows.Input{Picks: []string{"2026-03-03"}}, 2},
		flows.FieldPerson:  {flows.Input{Picks: []string{"lee"}}, flows.Input{}, 2},
		flows.FieldConsent: {flows.Input{Picks: []string{"yes"}}, flows.Input{Picks: []string{"yes"}}, 3},
		flows.FieldScale:   {flows.Input{Text: "four"}, flows.Input{Picks: []string{"4"}}, 6},
		flows.FieldNumber:  {flows.Input{Text: "1,200"}, flows.Input{Text: "1200"}, 2},
		flows.FieldTime:    {flows.Input{Text: "3pm"}, flows.Input{Text: "15:00"}, 2},
		flows.FieldLink:    {flows.Input{Text: "example.org"}, flows.Input{}, 2},
		flows.FieldRank:    {flows.Input{Text: "3 1 2"}, flows.Input{Text: "3 1 2"}, 4},
		flows.FieldPoints:  {flows.Input{Text: "5 3 2"}, flows.Input{Text: "5"}, 4},
	} {
		r := beginRound(t, ask("q1", field))
		if !r.send(flows.Event{Kind: flows.EventAnswer, Person: "sam", Node: "q1", Input: c.input, Form: true}) {
			t.Errorf("%s: refused: %+v", field, r.out)
			continue
		}
		r.send(flows.Event{Kind: flows.EventForm, Person: "sam", Node: "q1"})
		if got := every[flows.OpenForm](r.out)[0].Form.Fields[0].Value; encoded(t, got) != encoded(t, c.shown) {
			t.Errorf("%s: the form shows %+v", field, got)
		}
		r.next()
		if m := every[flows.Say](r.out)[0].Message; len(m.Parts) != c.parts {
			t.Errorf("%s: %s", field, words(m))
		}
	}
}

// TestARoundComesToARealSpace: a round can come to one more space once, and never to none.
func TestARoundComesToARealSpace(t *testing.T) {
	t.Parallel()
	r := beginRound(t, two(3)...)
	for _, c := range []struct {
		space string
		taken bool
	}{{"", false}, {r.run.Space, false}, {"elsewhere", true}, {"elsewhere", false}} {
		if taken := r.send(flows.Event{Kind: flows.EventAlso, Input: flows.Input{Picks: []string{c.space}}}); taken != c.taken {
			t.Errorf("in %q: %v, want %v", c.space, taken, c.taken)
		}
	}
	if got := r.run.Spaces(); !slices.Equal(got, []string{r.run.Space, "elsewhere"}) {
		t.Errorf("it takes place in %q", got)
	}
}
