package slack

import (
	"context"
	"slices"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// opened opens a form for Ana.
func (h *house) opened(t *testing.T, f *bot.Form) {
	t.Helper()
	m := h.posts(t, button("Answer", flows.Token{Verb: flows.VerbForm, Object: "r1", Node: "q1"}))
	h.clerk.answers(bot.Answer{Form: f}, nil)
	h.done(t, h.Press(ana, m, "Answer"))
	got(h.AwaitView(patient(t), ana, f.Title))(t)
	h.timers.forget(patience)
}

// stepForm has a field of every kind.
func stepForm() *bot.Form {
	levels := []bot.Option{{ID: "follow", Text: "Follow"}, {ID: "lead", Text: "Lead"}}
	return &bot.Form{
		Locale: flows.Spanish, Title: "A step", Token: "answer|r1|2|step", Submit: "Send", Close: "Close",
		Fields: []bot.Field{
			{ID: "what", Field: flows.FieldText, Label: "What", Max: 200},
			{ID: "level", Field: flows.FieldChoice, Label: "Level", Options: levels},
			{ID: "methods", Field: flows.FieldMany, Label: "Methods", Options: levels, Optional: true},
			{ID: "lead", Field: flows.FieldPerson, Label: "Who"},
			{ID: "due", Field: flows.FieldDate, Label: "By when"},
		},
	}
}

var filled = map[string][]string{
	"What": {"Call the jail"}, "Level": {"Lead"}, "Methods": {"Follow", "Lead"}, "Who": {ben}, "By when": {"2026-12-04"},
}

// kept checks that everything filled in still stands in Ana's form.
func (h *house) kept(t *testing.T) slackfake.View {
	t.Helper()
	v, open := h.View(ana)
	if !open {
		t.Fatal("the form is closed")
	}
	for label, want := range filled {
		if got := v.Typed(label); !slices.Equal(got, want) {
			t.Errorf("%s: %q stands in the form, not %q", label, got, want)
		}
	}
	return v
}

func TestSubmitIsReadWhole(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.opened(t, stepForm())
			h.clerk.answers(bot.Answer{}, nil)
			h.done(t, h.Submit(ana, filled))
			in := h.clerk.last(t)
			want := map[string]flows.Input{
				"what": {Text: "Call the jail"}, "level": {Picks: []string{"lead"}}, "methods": {Picks: []string{"follow", "lead"}},
				"lead": {Picks: []string{ben}}, "due": {Picks: []string{"2026-12-04"}},
			}
			for id, w := range want {
				if g := in.Submit.Fields[id]; g.Text != w.Text || !slices.Equal(g.Picks, w.Picks) {
					t.Errorf("%s: heard %+v, not %+v", id, g, w)
				}
			}
			if _, open := h.View(ana); open {
				t.Error("the form stays open")
			}
		})
	}
}

// Mistakes stand at their fields, and nothing that was typed is touched.
func TestSubmitWithMistakes(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.opened(t, stepForm())
			again := stepForm()
			again.Fields[0].Error = "Say a little more."
			h.clerk.answers(bot.Answer{Form: again}, nil)
			h.done(t, h.Submit(ana, filled))
			v := h.kept(t)
			if v.Errors["what"] != "Say a little more." || len(v.Errors) != 1 {
				t.Errorf("errors: %+v", v.Errors)
			}
			first := h.clerk.last(t).Key
			h.clerk.answers(bot.Answer{}, nil)
			h.done(t, h.Submit(ana, nil))
			if second := h.clerk.last(t).Key; second == first {
				t.Errorf("the mended form has the key of the one before: %s", second)
			}
		})
	}
}

// A form that is another one than was sent takes its place: what stands in the same fields stays.
func TestSubmitLeadsToAnotherForm(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.opened(t, stepForm())
			next := stepForm()
			next.Token, next.Title = "answer|r1|3|step", "Once more"
			next.Fields[0].Error = "Somebody changed it meanwhile."
			h.clerk.answers(bot.Answer{Form: next}, nil)
			h.done(t, h.Submit(ana, filled))
			v := h.kept(t)
			if v.Title != "Once more" || !strings.Contains(v.Shown(), "Somebody changed it meanwhile.") || !strings.HasPrefix(v.PrivateMetadata, next.Token) {
				t.Errorf("the form: %s", v.Shown())
			}
		})
	}
}

// A form that cannot be saved in time comes back with everything in it and a button "Send again".
func TestSlowSubmit(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.opened(t, stepForm())
			commit := make(chan struct{})
			h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
				<-commit
				return bot.Answer{}, errAway
			})
			act := h.Submit(ana, filled)
			h.timers.fire(patience)
			must(t, act.Wait(patient(t)))
			v := h.kept(t)
			if v.Submit != "es slack.again" || !strings.Contains(v.Shown(), "es slack.not-saved") || v.Title != "A step" {
				t.Errorf("the form: %s", v.Shown())
			}
			close(commit)
			h.rest(t)
			h.clerk.answers(bot.Answer{}, nil)
			h.done(t, h.Submit(ana, nil))
			if in := h.clerk.last(t); in.Submit.Token != stepForm().Token || in.Submit.Fields["what"].Text != "Call the jail" || in.Channel != general {
				t.Errorf("heard %+v", in)
			}
			if _, open := h.View(ana); open {
				t.Error("the form stays open")
			}
		})
	}
}

// What is saved after all says so: nobody should have to send it twice.
func TestSlowSubmitThatIsSavedAfterAll(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.opened(t, stepForm())
			commit := make(chan struct{})
			h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
				<-commit
				return bot.Answer{}, nil
			})
			act := h.Submit(ana, filled)
			h.timers.fire(patience)
			must(t, act.Wait(patient(t)))
			close(commit)
			v := got(h.AwaitView(patient(t), ana, "es slack.saved"))(t)
			if v.Submit != "" {
				t.Error("it can be sent again")
			}
		})
	}
}

func TestSubmitThatIsNotSaved(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.opened(t, stepForm())
			h.clerk.answers(bot.Answer{}, errAway)
			h.done(t, h.Submit(ana, filled))
			if v := h.kept(t); v.Submit != "es slack.again" {
				t.Errorf("the form: %s", v.Shown())
			}
			again := stepForm()
			again.Fields[0].Error = "I could not save that."
			h.clerk.answers(bot.Answer{Form: again}, errAway)
			h.done(t, h.Submit(ana, filled))
			if v := h.kept(t); v.Errors["what"] != "I could not save that." {
				t.Errorf("errors: %+v", v.Errors)
			}
		})
	}
}

// An answer that Slack would drop for its size is not given: a smaller one is.
func TestLargeFormComesBackSmaller(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{}) // over HTTP an answer may be large
	long := strings.Repeat("ñ", 3000)
	f := &bot.Form{Locale: flows.English, Title: "Five texts", Token: "answer|r1|2|q1", Submit: "Send"}
	typed := map[string][]string{}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		f.Fields = append(f.Fields, bot.Field{ID: id, Field: flows.FieldText, Label: "Field " + id, Max: 3000})
		typed["Field "+id] = []string{long}
	}
	h.opened(t, f)
	commit := make(chan struct{})
	h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
		<-commit
		return bot.Answer{}, errAway
	})
	act := h.Submit(ana, typed)
	h.timers.fire(patience)
	must(t, act.Wait(patient(t)))
	v, _ := h.View(ana)
	if v.Errors["a"] != "en slack.not-saved" || v.Typed("Field e")[0] != long {
		t.Errorf("errors: %+v", v.Errors)
	}
	close(commit)
	h.rest(t)
	next := *f
	next.Token = "answer|r1|3|q1"
	for i := range next.Fields {
		next.Fields[i].Value = flows.Input{Text: long}
	}
	h.clerk.answers(bot.Answer{Form: &next}, nil)
	h.done(t, h.Submit(ana, nil))
	v, _ = h.View(ana)
	if !strings.HasPrefix(v.PrivateMetadata, next.Token) || v.Typed("Field e")[0] != long {
		t.Errorf("the form: %.300s", v.Shown())
	}
}

// A form opened on the home tab has no channel to whisper in: what is said takes the form's place.
func TestSubmitOnTheHomeTab(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			menu := says("Hello", button("Answer", flows.Token{Verb: flows.VerbForm, Object: "r1"}))
			h.clerk.answers(bot.Answer{Whisper: &menu}, nil)
			h.done(t, h.OpenHome(ana))
			h.clerk.answers(bot.Answer{Form: testForm()}, nil)
			h.done(t, h.PressHome(ana, "Answer"))
			h.clerk.answers(whispers("Saved."), nil)
			h.done(t, h.Submit(ana, map[string][]string{"q1": {"Housing"}}))
			if v := got(h.AwaitView(patient(t), ana, "Saved."))(t); v.Submit != "" {
				t.Errorf("the form: %s", v.Shown())
			}
			if in := h.clerk.last(t); in.Channel != "" {
				t.Errorf("heard %+v", in)
			}
		})
	}
}
