package flows_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"convenor/flows"
)

// FuzzAdvance takes random runs of random flows through random events, and checks after each what must always hold.
func FuzzAdvance(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, uint8(60))
	}
	f.Fuzz(func(t *testing.T, seed uint64, events uint8) { wander(t, seed, int(events)) })
}

// wanderer is a run that random people do random things to.
type wanderer struct {
	t        *testing.T
	rnd      *rand.Rand
	seed     uint64
	f        *flows.Flow
	def      flows.Definition
	run      flows.Run
	events   int
	at       time.Time
	begun    flows.Run               // as the first event found it
	controls []flows.Token           // everything that was ever shown
	posted   map[string]string       // message key → whom it was said to
	texts    map[string]bool         // kept and not dropped
	answers  map[string]flows.Answer // a group's, by node and person
	did      map[string]int
	text     string // the run, encoded
	named    int    // answers that the last question for a yes named
}

func wander(t *testing.T, seed uint64, events int) *wanderer {
	t.Helper()
	w := &wanderer{
		t: t, rnd: rand.New(rand.NewPCG(seed, 1)), seed: seed, at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		posted: map[string]string{}, texts: map[string]bool{}, answers: map[string]flows.Answer{}, did: map[string]int{},
	}
	w.f, w.def = w.flow()
	w.run = flows.Run{ID: "run", Flow: w.def.ID, Hash: w.f.Hash(), Person: "dana", Group: w.def.Group}
	if w.def.Group {
		w.run.Space, w.run.Nobody = "space", w.rnd.IntN(3) == 0
	}
	w.begun, w.text = w.run, encoded(t, w.run)
	w.send(flows.Event{Kind: flows.EventStart, Person: "dana"})
	for range events {
		w.send(w.event())
	}
	w.fold()
	return w
}

func (w *wanderer) fatal(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d, event %d: %s\n%s", w.seed, w.events, fmt.Sprintf(format, args...), encoded(w.t, w.run))
}

// event is most often a press of something that was once shown, else anything at all.
func (w *wanderer) event() flows.Event {
	r := w.rnd
	e := flows.Event{Person: "dana"}
	if w.def.Group || r.IntN(20) == 0 {
		e.Person = []string{"dana", "lee", "sam", "tom"}[r.IntN(4)]
	}
	e.Lead = e.Person == "dana"
	if len(w.run.Log) > 0 && r.IntN(7) == 0 { // change an answer
		e.Kind, e.Node = flows.EventChange, w.run.Log[r.IntN(len(w.run.Log))].Node
		return e
	}
	if w.run.Confirm != "" && r.IntN(2) == 0 {
		e.Kind = flows.EventConfirm
		return e
	}
	if strings.HasPrefix(w.run.Node, "items.") && r.IntN(3) == 0 { // an item of a list
		e.Kind, e.Node, e.Rev = flows.EventRemove, w.run.Node, w.run.Drawn
		e.Input.Picks = []string{base36(1 + r.Int64N(3))}
		return e
	}
	if n, ok := w.f.Node(w.run.Node); ok && !w.def.Group && (n.Field == flows.FieldText || n.Field == flows.FieldLink) && r.IntN(4) == 0 { // given elsewhere
		id := fmt.Sprintf("lent%d", r.IntN(3))
		w.texts[id] = true
		e.Kind, e.Given = flows.EventAnswer, &flows.Value{Kind: flows.ValueKind(n.Field), TextID: id}
		return e
	}
	if n, ok := w.f.Node(w.run.Node); ok && r.IntN(3) == 0 { // answer as asked
		e.Kind, e.Node = flows.EventAnswer, n.ID
		e.Input = map[flows.FieldKind]flows.Input{
			flows.FieldText: {Text: "words"}, flows.FieldDate: {Text: "tomorrow"}, flows.FieldPerson: {Picks: []string{"sam"}},
			flows.FieldChoice: {Picks: []string{[]string{"a", "b", "c"}[r.IntN(3)]}}, flows.FieldMany: {Picks: []string{"a", "b"}}, flows.FieldConsent: {Picks: []string{"yes"}},
			flows.FieldScale: {Text: "3"}, flows.FieldNumber: {Text: "1,200"}, flows.FieldTime: {Text: "noon"}, flows.FieldLink: {Text: "example.org"},
			flows.FieldRank: {Text: "3 1 2"}, flows.FieldPoints: {Text: "5 3 2"},
		}[n.Field]
		return e
	}
	kinds := []flows.EventKind{
		flows.EventStart, flows.EventAnswer, flows.EventAnswer, flows.EventAnswer, flows.EventUnknown, flows.EventForm, flows.EventSkip,
		flows.EventBack, flows.EventChange, flows.EventConfirm, flows.EventPause, flows.EventResume, flows.EventResume,
		flows.EventCancel, flows.EventNext, flows.EventMore, flows.EventPage, flows.EventRemove, flows.EventRemind, flows.EventSort, flows.EventCapture, flows.EventMake,
		flows.EventLook, flows.EventAlso, flows.EventClose, flows.EventAgain, flows.EventStep,
	}
	e.Kind = kinds[r.IntN(len(kinds))]
	switch r.IntN(5) {
	case 0:
		e.Node = w.def.Nodes[r.IntN(len(w.def.Nodes))].ID
		if _, once := w.f.Node(e.Node); !once {
			e.Node += "." + base36(1+r.Int64N(2))
		}
		e.Rev = r.Int64N(w.run.Rev + 2)
	case 1:
		e.Node, e.Rev = w.run.Node, w.run.Drawn
	case 2, 3:
		if recent := w.controls[max(0, len(w.controls)-12):]; len(recent) > 0 {
			token := recent[r.IntN(len(recent))]
			if r.IntN(6) == 0 {
				token = w.controls[r.IntN(len(w.controls))]
			}
			e.Kind, e.Node, e.Rev = flows.EventKind(token.Verb), token.Node, token.Rev
			if token.Arg != "" {
				e.Input.Picks = []string{token.Arg}
				return e
			}
		}
	}
	e.Form = r.IntN(2) == 0
	texts := []string{"", " ", "words", "yes", "no", "tomorrow", "4/5", "yesterday", "2026-12-01", "apple tree", "1,2", "sam", strings.Repeat("long ", 700), "a\x00\xff{me}", "3pm", "3", "1.200", "twelve", "example.org", "3 1 2", "2", "5 3 2", "10 0 1", "café olé 9, b 1"}
	picks := []string{"a", "b", "c", "yes", "no", "2026-05-01", "sam", "", "zebra", "#", "#3", "#12", "#zz", "15:00", "1200", "-1"}
	if r.IntN(2) == 0 {
		e.Input.Text = texts[r.IntN(len(texts))]
	} else {
		for range 1 + r.IntN(3) {
			e.Input.Picks = append(e.Input.Picks, picks[r.IntN(len(picks))])
		}
	}
	return e
}

// send completes the event as a shell does, advances, and checks.
func (w *wanderer) send(e flows.Event) {
	w.t.Helper()
	w.events++
	w.at = w.at.Add(time.Minute)
	e.At, e.Today, e.Locale, e.Via, e.TextID = w.at, "2026-03-02", flows.English, "slack", fmt.Sprintf("t%d", w.events)
	if w.def.Group {
		w.group(&e)
	}
	for i, n := range w.def.Nodes {
		if e.Kind == flows.EventPage && e.Form && (w.events+i)%3 > 0 {
			e.Page = append(e.Page, flows.Filled{Node: n.ID, Input: e.Input, TextID: fmt.Sprintf("t%d-%d", w.events, i)})
		}
	}
	switch {
	case e.Kind == flows.EventPage && e.Form:
		w.did["page"]++
	case e.Given != nil:
		w.did["given elsewhere"]++
	}
	before, given := w.run, w.text
	run, out, err := flows.Advance(w.f, w.run, e)
	if err != nil {
		w.fatal("%s: %v", encoded(w.t, e), err)
	}
	w.text = encoded(w.t, run)
	if encoded(w.t, w.run) != given {
		w.fatal("%s changed the run it was given: %s", e.Kind, given)
	}
	again, outAgain, _ := flows.Advance(w.f, w.run, e)
	if w.text != encoded(w.t, again) || effects(w.t, out) != effects(w.t, outAgain) {
		w.fatal("%s: the same again gives something else", encoded(w.t, e))
	}
	if w.text == given {
		w.refused(e, out)
	} else {
		w.run = recoded(w.t, run)
		w.accepted(e, before, out)
	}
	w.messages(out)
	w.whole()
}

func (w *wanderer) group(e *flows.Event) {
	node := e.Node
	if node == "" {
		node = w.run.Node
	}
	if a, ok := w.answers[node+"."+e.Person]; ok {
		e.Prior = &a.Value
	}
	for _, who := range []string{"dana", "lee", "sam", "tom"} {
		if a, ok := w.answers[w.run.Node+"."+who]; ok && (who != e.Person || e.Kind == flows.EventNext || e.Kind == flows.EventClose) {
			e.Closing = append(e.Closing, a)
		}
	}
	e.Clocks = map[string]time.Time{"20:00": w.at.Add(time.Hour)}
	for _, node := range w.def.Nodes {
		for _, who := range []string{"dana", "lee", "sam", "tom"} {
			if a, ok := w.answers[node.ID+"."+who]; ok {
				e.Answers = append(e.Answers, a)
				e.Joined = e.Joined || who == e.Person
			}
		}
	}
	for range w.run.Steps {
		e.Made = append(e.Made, flows.Made{What: "what"})
	}
}

func (w *wanderer) refused(e flows.Event, out []flows.Effect) {
	if fromNobody := e.Kind == flows.EventClose || e.Kind == flows.EventAgain || e.Kind == flows.EventStep; fromNobody && len(out) == 0 {
		return
	}
	if len(out) != 1 {
		w.fatal("%s: refused with %d effects", encoded(w.t, e), len(out))
	}
	switch out[0].(type) {
	case flows.Whisper, flows.OpenForm, flows.Begin:
	default:
		w.fatal("%s: refused with %T", encoded(w.t, e), out[0])
	}
}

func (w *wanderer) accepted(e flows.Event, before flows.Run, out []flows.Effect) {
	if w.run.Rev != before.Rev+1 {
		w.fatal("%s: from revision %d to %d", encoded(w.t, e), before.Rev, w.run.Rev)
	}
	if len(w.run.Log) < len(before.Log) || len(before.Log) > 0 && encoded(w.t, w.run.Log[:len(before.Log)]) != encoded(w.t, before.Log) {
		w.fatal("%s rewrote the log %s", e.Kind, encoded(w.t, before.Log))
	}
	w.keeps(before)
	if w.run.Sealed < before.Sealed {
		w.fatal("%s unsettled answers", e.Kind)
	}
	for _, effect := range out {
		switch effect := effect.(type) {
		case flows.KeepText:
			if w.texts[effect.ID] {
				w.fatal("a text is kept twice")
			}
			w.texts[effect.ID] = true
		case flows.DropText:
			if !w.texts[effect.ID] || strings.HasPrefix(effect.ID, "lent") {
				w.fatal("erased %s, which is not the run's to erase", effect.ID)
			}
			delete(w.texts, effect.ID)
		case flows.KeepAnswer:
			w.answers[effect.Answer.Node+"."+effect.Answer.Person] = effect.Answer
		case flows.HandOver:
			if encoded(w.t, effect.Run) != encoded(w.t, w.run) || w.run.Sealed == 0 {
				w.fatal("handed over with another run")
			}
			for field, v := range effect.Fields {
				if !v.Answered() || v.TextID != "" && !w.texts[v.TextID] {
					w.fatal("handed over %s as %+v", field, v)
				}
			}
		case flows.Arm:
			if effect.At.Before(e.At) {
				w.fatal("%s is armed in the past", effect.Kind)
			}
		case flows.Say, flows.Edit, flows.Whisper, flows.OpenForm, flows.KeepRequest, flows.Begin:
		}
	}
	if !before.Group && strings.Contains(effects(w.t, out), `"Person":"lee"`) {
		w.fatal("someone else is told")
	}
}

// keeps checks that no answer is lost but by a yes to a question that named it.
func (w *wanderer) keeps(before flows.Run) {
	now, lost := w.run.Values(), 0
	for id := range before.Values() {
		if n, _ := w.f.Node(id); now[id].Kind == "" && (n.Field != flows.FieldConsent || !strings.Contains(id, ".")) {
			lost++
		}
	}
	kind, _, _ := strings.Cut(before.Confirm, ":")
	yes := w.run.Log != nil && w.run.Log[max(0, len(before.Log))].Did == flows.EventConfirm
	switch {
	case before.Group || lost == 0 && !yes:
	case !yes:
		w.fatal("%d answers are lost without a word", lost)
	case kind == "cancel":
		w.did["yes to cancel"]++
	case lost != w.named:
		w.fatal("%d answers are lost, and %d were named", lost, w.named)
	default:
		w.did["yes to "+kind+":"]++
	}
}

// names counts the answers that a message names as about to be lost.
func (w *wanderer) names(m flows.Message) {
	if words := m.Parts[0].Words; words != "run.loss" && words != "run.remove" {
		return
	}
	w.named = 0
	for _, p := range m.Parts {
		switch p.Words {
		case "run.line":
			w.named++
		case "run.and-more":
			w.named += *p.Args["count"].Number
		}
	}
}

// fold works the run out again from its log alone.
func (w *wanderer) fold() {
	if w.def.Group {
		return
	}
	folded, err := flows.Fold(w.f, w.begun, flows.Event{At: w.run.Started, Person: "dana", Via: "slack"}, w.run.Log)
	if err != nil {
		w.fatal("fold: %v", err)
	}
	if got := encoded(w.t, folded); got != encoded(w.t, w.run) {
		w.fatal("the log folds to %s", got)
	}
}

// effects is a list of effects as comparable text.
func effects(t *testing.T, out []flows.Effect) string {
	t.Helper()
	var text strings.Builder
	for _, e := range out {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%T%s\n", e, b)
	}
	return text.String()
}
