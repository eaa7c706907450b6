package bottest

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"convenor/bot"
	"convenor/flows"
)

func button(label string, verb flows.Verb) bot.Control {
	return bot.Control{Kind: flows.ControlButton, Label: label, Token: flows.Token{Verb: verb}.String()}
}

// full is a token as long as they get.
func full() string {
	return flows.Token{Verb: flows.VerbStepSnooze, Object: strings.Repeat("o", 16), Rev: 1 << 40, Node: strings.Repeat("n", 20), Arg: "tomorrow"}.String()
}

// from checks who did it, and where.
func (t *rig) from(in bot.Inbound, user string, where bot.Address) {
	t.Helper()
	if in.Platform != t.Platform().Name() || in.Place != t.stage.Place || in.User != user || in.Channel != where.Channel ||
		!strings.HasPrefix(in.Key, in.Platform+":") {
		t.Errorf("heard %+v", in)
	}
}

func pressArrives(t *rig) {
	keys := map[string]bool{}
	for _, to := range []bot.Address{t.channel(), t.ana()} {
		m := says("press")
		m.Controls = []bot.Control{
			{Kind: flows.ControlButton, Label: "Yes", Token: full(), Primary: true},
			button("No", flows.VerbStepNotMe),
			{Kind: flows.ControlSelect, Label: "Choose", Token: "answer|abc", Options: []bot.Option{{ID: "one", Text: "First"}, {ID: "two", Text: "Second"}}},
			{Kind: flows.ControlPerson, Label: "Who", Token: "unknown|abc"},
			{Kind: flows.ControlLink, Label: "Read", URL: "https://example.org/page?a=1&b=2"},
		}
		t.send(to, key("1"), m)
		seen := t.newest(t.stage.Ana, to)
		want := []SeenControl{
			{Kind: flows.ControlButton, Label: "Yes"},
			{Kind: flows.ControlButton, Label: "No"},
			{Kind: flows.ControlSelect, Label: "Choose", Options: []string{"First", "Second"}},
			{Kind: flows.ControlPerson, Label: "Who"},
			{Kind: flows.ControlLink, Label: "Read", URL: "https://example.org/page?a=1&b=2"},
		}
		if !reflect.DeepEqual(seen.Controls, want) {
			t.Fatalf("controls seen: %+v", seen.Controls)
		}
		for _, p := range []struct{ label, pick, token, arrives string }{
			{"Yes", "", full(), ""},
			{"Yes", "", full(), ""}, // once more is another event
			{"No", "", flows.Token{Verb: flows.VerbStepNotMe}.String(), ""},
			{"Choose", "Second", "answer|abc", "two"},
			{"Who", t.stage.Ben, "unknown|abc", t.stage.Ben},
		} {
			t.Act(t.T, t.stage.Ana, Gesture{In: to, Press: p.label, Pick: p.pick})
			in := t.desk.last(t.T)
			t.from(in, t.stage.Ana, to)
			if in.Press == nil || in.Press.Token != p.token || in.Press.Pick != p.arrives {
				t.Errorf("%s: heard %+v", p.label, in.Press)
			}
			if keys[in.Key] {
				t.Errorf("%s: the key %q came twice", p.label, in.Key)
			}
			keys[in.Key] = true
		}
	}
}

func typedArrives(t *rig) {
	const text = "Talk to <Bo> & Co. at 5 > 3 *now*\nthen `rest`"
	for _, where := range []bot.Address{t.ana(), t.channel()} {
		t.Act(t.T, t.stage.Ana, Gesture{In: where, Type: text})
		in := t.desk.last(t.T)
		t.from(in, t.stage.Ana, where)
		if in.Typed == nil || in.Typed.Text != text {
			t.Errorf("heard %+v", in.Typed)
		}
	}
	if !t.stage.Commands {
		return
	}
	for line, want := range map[string]bot.Command{
		"":            {},
		"Me":          {Verb: "me"},
		"step  do it": {Verb: "step", Rest: "do it"},
	} {
		t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Command: " " + line})
		in := t.desk.last(t.T)
		t.from(in, t.stage.Ana, t.channel())
		if in.Command == nil || *in.Command != want {
			t.Errorf("%q: heard %+v", line, in.Command)
		}
	}
}

// form has one field of each kind.
func form() bot.Form {
	options := []bot.Option{{ID: "one", Text: "First"}, {ID: "two", Text: "Second"}, {ID: "three", Text: "Third <@U1>"}}
	return bot.Form{
		Locale: flows.English, Title: "Name a step", Token: full(), Submit: "Send", Close: "Close",
		Intro: []bot.Block{{Style: flows.StyleBody, Text: "Before you <!here> start"}, {Style: flows.StyleSmall, Text: "1 of 3"}},
		Fields: []bot.Field{
			{ID: "what", Field: flows.FieldText, Label: "What <b>", Hint: "In your own words", Max: 3000, Value: flows.Input{Text: "was <there>\nbefore"}},
			{ID: "level", Field: flows.FieldChoice, Label: "Level", Options: options, Value: flows.Input{Picks: []string{"two"}}},
			{ID: "methods", Field: flows.FieldMany, Label: "Methods", Options: options, Max: 2, Optional: true},
			{ID: "lead", Field: flows.FieldPerson, Label: "Who", Optional: true},
			{ID: "due", Field: flows.FieldDate, Label: "By when", Hint: "For example: Friday", Optional: true},
		},
	}
}

// opens makes the desk answer a press with form and posts a button for it.
func (t *rig) opens(to bot.Address) SeenForm {
	t.Helper()
	m := says("a form")
	m.Controls = []bot.Control{button("Open", flows.VerbForm)}
	t.send(to, key("1"), m)
	t.desk.replies(func(bot.Inbound) (bot.Answer, error) {
		f := form()
		return bot.Answer{Form: &f}, nil
	})
	reaction := t.Act(t.T, t.stage.Ana, Gesture{In: to, Press: "Open"})
	if reaction.Form == nil {
		t.Fatal("no form opened")
	}
	return *reaction.Form
}

func formRoundTrip(t *rig) {
	for _, where := range []bot.Address{t.channel(), t.ana()} {
		t.showsForm(t.opens(where))
		t.desk.replies(nil)
		const typed = "Call <@U1> & *Bo*\n\n@everyone"
		after := t.Act(t.T, t.stage.Ana, Gesture{In: where, Fill: map[string]flows.Input{
			"what":    {Text: typed},
			"level":   {Picks: []string{"three"}},
			"methods": {Picks: []string{"one", "three"}},
			"lead":    {Picks: []string{t.stage.Ben}},
			"due":     {Text: "2026-12-01"},
		}})
		if after.Form != nil || after.Failed {
			t.Errorf("after sending: %+v", after)
		}
		in := t.desk.last(t.T)
		t.from(in, t.stage.Ana, where)
		if in.Submit == nil || in.Submit.Token != full() {
			t.Fatalf("heard %+v", in.Submit)
		}
		due := in.Submit.Fields["due"]
		if due.Text != "2026-12-01" && !slices.Equal(due.Picks, []string{"2026-12-01"}) {
			t.Errorf("due: heard %+v", due)
		}
		delete(in.Submit.Fields, "due")
		if want := map[string]flows.Input{
			"what":    {Text: typed},
			"level":   {Picks: []string{"three"}},
			"methods": {Picks: []string{"one", "three"}},
			"lead":    {Picks: []string{t.stage.Ben}},
		}; !reflect.DeepEqual(in.Submit.Fields, want) {
			t.Errorf("heard %+v", in.Submit.Fields)
		}
	}
}

// showsForm checks that form is shown as it is.
func (t *rig) showsForm(shown SeenForm) {
	t.Helper()
	for _, want := range []string{"Before you <!here> start", "1 of 3"} {
		if !strings.Contains(shown.Intro, want) {
			t.Errorf("%q is not read before the fields: %q", want, shown.Intro)
		}
	}
	if shown.Title != "Name a step" || len(shown.Fields) != 5 {
		t.Fatalf("shown: %+v", shown)
	}
	what, level := shown.Fields["what"], shown.Fields["level"]
	if what.Label != "What <b>" || what.Hint != "In your own words" || what.Value.Text != "was <there>\nbefore" || what.Error != "" {
		t.Errorf("shown: %+v", what)
	}
	if !slices.Equal(level.Value.Picks, []string{"two"}) || !slices.Equal(level.Options, []string{"First", "Second", "Third <@U1>"}) {
		t.Errorf("shown: %+v", level)
	}
}

// formErrors: a form that is sent with a mistake is shown again with the reason and all that was typed; optional fields
// may be left empty.
func formErrors(t *rig) {
	t.opens(t.channel())
	typed := map[string]flows.Input{"what": {Text: "mine"}, "level": {Picks: []string{"one"}}}
	t.desk.replies(func(in bot.Inbound) (bot.Answer, error) {
		f := form()
		for i := range f.Fields {
			f.Fields[i].Value = in.Submit.Fields[f.Fields[i].ID]
		}
		f.Fields[0].Error = "Please say a little more."
		return bot.Answer{Form: &f}, nil
	})
	again := t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Fill: typed}).Form
	if again == nil {
		t.Fatal("the form did not come back")
	}
	if what := again.Fields["what"]; what.Error != "Please say a little more." || what.Value.Text != "mine" {
		t.Errorf("shown again: %+v", what)
	}
	if level := again.Fields["level"]; !slices.Equal(level.Value.Picks, []string{"one"}) {
		t.Errorf("shown again: %+v", level)
	}
	first := t.desk.last(t.T)
	for _, id := range []string{"methods", "lead", "due"} {
		if in := first.Submit.Fields[id]; in.Text != "" || len(in.Picks) > 0 {
			t.Errorf("%s was left empty, but %+v was heard", id, in)
		}
	}
	t.desk.replies(nil)
	typed["what"] = flows.Input{Text: "mine, and more"}
	after := t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Fill: typed})
	second := t.desk.last(t.T)
	if after.Form != nil || second.Submit.Fields["what"].Text != "mine, and more" || second.Key == first.Key {
		t.Errorf("the second try: %+v, heard %+v", after, second)
	}
}

func whisperIsPrivate(t *rig) {
	m := says("for all")
	m.Controls = []bot.Control{button("Tell me", flows.VerbMore)}
	t.send(t.channel(), key("1"), m)
	t.desk.replies(func(bot.Inbound) (bot.Answer, error) {
		w := says("for you alone")
		w.Controls = []bot.Control{button("Go on", flows.VerbMenu)}
		return bot.Answer{Whisper: &w}, nil
	})
	got := t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Press: "Tell me"}).Whisper
	if got == nil || !got.Private || !strings.Contains(got.Text, "for you alone") || len(got.Controls) != 1 {
		t.Fatalf("the whisper: %+v", got)
	}
	for _, in := range []bot.Address{t.channel(), t.ben()} {
		for _, s := range t.Look(t.T, t.stage.Ben, in) {
			if strings.Contains(s.Text, "for you alone") {
				t.Error("Ben reads what was whispered to Ana")
			}
		}
	}
	t.desk.last(t.T)
	t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Press: "Go on"})
	if in := t.desk.last(t.T); in.Press == nil || in.Press.Token != (flows.Token{Verb: flows.VerbMenu}).String() {
		t.Errorf("a press on a whisper: heard %+v", in)
	}
}

// failureIsSaid: when nothing could be saved the person reads so, and what was typed into a form is still there.
func failureIsSaid(t *rig) {
	t.opens(t.channel())
	t.desk.replies(func(in bot.Inbound) (bot.Answer, error) {
		if in.Submit == nil {
			w := says("I could not save that.")
			return bot.Answer{Whisper: &w}, errors.New("the store is away")
		}
		f := form()
		f.Fields[0].Value, f.Fields[0].Error = in.Submit.Fields["what"], "I could not save that."
		return bot.Answer{Form: &f}, errors.New("the store is away")
	})
	again := t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Fill: map[string]flows.Input{
		"what": {Text: "not lost"}, "level": {Picks: []string{"one"}},
	}})
	if again.Form == nil || again.Form.Fields["what"].Value.Text != "not lost" || again.Form.Fields["what"].Error != "I could not save that." {
		t.Errorf("a form that was not saved: %+v", again)
	}
	press := t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Press: "Open"})
	if !press.Failed && (press.Whisper == nil || !strings.Contains(press.Whisper.Text, "I could not save that.")) {
		t.Errorf("a press that was not saved: %+v", press)
	}
}
