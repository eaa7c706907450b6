package bot_test

import (
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
)

// suggests is what an account is offered while it types.
func (a *actor) suggests(t *testing.T, want bot.Wanted, typed string, locale flows.Locale) (shown []string) {
	t.Helper()
	in := a.inbound()
	in.Locale = locale
	list, err := a.h.Suggest(t.Context(), in, want, typed)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		shown = append(shown, o.ID+" "+o.Text)
	}
	return shown
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, marcus := h.on("rosa"), h.on("james"), h.marcus()
	rosa.commands(t, "help", "")
	james.commands(t, "help", "")
	marcus.commands(t, "help", "")
	rosa.namesStep(t, "Call the jail", "Rides home", "", "in 9 days")
	rosa.namesStep(t, "Ask the bank", "Rides home", "", "")
	steps := map[string]string{}
	for _, r := range h.records(t, flows.KindStep) {
		s := decoded[plan.Step](t, r)
		steps[map[bool]string{true: "bank", false: "jail"}[s.Due == ""]] = s.ID
	}
	before := h.everything(t)
	for name, tt := range map[string]struct {
		who    *actor
		want   bot.Wanted
		typed  string
		locale flows.Locale
		shown  []string
	}{
		"an activity by its number":      {rosa, bot.WantActivity, "2.3.3", "", []string{"2.3.3 2.3.3"}},
		"an activity by a word":          {rosa, bot.WantActivity, "TABLE", "", nil},
		"a person by their first name":   {rosa, bot.WantPerson, "marc", "", []string{"discord:G1:marcus Marcus Bell"}},
		"a person by their last name":    {rosa, bot.WantPerson, "porter", "", []string{"slack:T1:james James Porter"}},
		"nobody by that name":            {rosa, bot.WantPerson, "zz", "", []string{}},
		"a volunteer, of their platform": {marcus, bot.WantPerson, "", "", []string{"discord:G1:marcus Marcus Bell"}},
		"a step by a word":               {marcus, bot.WantStep, "jail", "", []string{steps["jail"] + " Call the jail"}},
		"steps, the nearest first":       {marcus, bot.WantStep, "", "", []string{steps["jail"] + " Call the jail", steps["bank"] + " Ask the bank"}},
		"a day":                          {marcus, bot.WantDate, "next friday", "", []string{"2026-03-13 Friday, March 13", "2026-03-06 Friday, March 6"}},
		"a day in two readings":          {rosa, bot.WantDate, "4/5", "", []string{"2026-04-05 Sunday, April 5", "2026-05-04 Monday, May 4"}},
		"a day with a slip":              {rosa, bot.WantDate, "tomorow", "", []string{"2026-03-03 Tuesday, March 3"}},
		"a day that is not read":         {rosa, bot.WantDate, "when it suits", "", []string{}},
		"a stranger, in their language":  {h.away("lee"), bot.WantDate, "mañana", "es", []string{"2026-03-03 martes, 3 de marzo"}},
		"a stranger asks who is here":    {h.away("lee"), bot.WantPerson, "", "", []string{}},
		"a newcomer asks for steps":      {h.on("new"), bot.WantStep, "", "", []string{}},
		"far too much":                   {rosa, bot.WantDate, strings.Repeat("a", 101), "", []string{}},
		"something that nobody suggests": {rosa, "weather", "a", "", []string{}},
	} {
		got := tt.who.suggests(t, tt.want, tt.typed, tt.locale)
		if tt.shown == nil {
			if len(got) == 0 {
				t.Errorf("%s: nothing", name)
			}
			continue
		}
		if len(got) != len(tt.shown) {
			t.Errorf("%s: %q, want %q", name, got, tt.shown)
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], tt.shown[i]) {
				t.Errorf("%s: %q, want %q", name, got, tt.shown)
			}
		}
	}
	if near := rosa.suggests(t, bot.WantDate, "", ""); len(near) != 6 || near[0] != "2026-03-03 Tuesday, March 3" {
		t.Errorf("with nothing typed: %q", near)
	}
	if after := h.everything(t); after != before {
		t.Error("a suggestion changed something")
	}
	if place, err := h.store.Place(t.Context(), "discord:G2"); err != nil || place != "" {
		t.Errorf("a place was claimed by typing: %q %v", place, err)
	}
}

// gives names a step in one command.
func (a *actor) gives(t *testing.T, given map[string]flows.Input) bot.Answer {
	t.Helper()
	in := a.inbound()
	in.Command, in.Given = &bot.Command{Verb: "step"}, given
	return a.does(t, in)
}

func said(s string) flows.Input { return flows.Input{Text: s} }

func TestAStepInOneCommand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	marcus, rosa := h.marcus(), h.on("rosa")
	marcus.commands(t, "help", "")
	rosa.in(council).gives(t, map[string]flows.Input{
		"what": said("Call the jail"), "goal": said("Rides home"), "lead": said("discord:G1:marcus"), "due": said("2026-03-13"),
	})
	s := only[plan.Step](t, h, flows.KindStep)
	if s.Due != "2026-03-13" || s.Lead != marcus.person(t).ID || s.Space != "slack:T1:council" {
		t.Errorf("named %+v", s)
	}
	rosa.gives(t, map[string]flows.Input{"what": said("Ask"), "goal": said("Rides home"), "due": said("2026-03-13")})
	if n := len(h.records(t, flows.KindStep)); n != 2 {
		t.Errorf("%d steps: without a lead anyone can take it", n)
	}
}

// What must be answered and was not given is asked in a form with the rest filled in; what was taken before is kept.
func TestAStepWithoutItsGoal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	marcus, rosa := h.marcus(), h.on("rosa")
	rosa.commands(t, "help", "")
	marcus.commands(t, "help", "")
	rosa.makes(t, "discord:G1:marcus", coalition.RoleMember)
	a := marcus.gives(t, map[string]flows.Input{"what": said("Call the jail"), "lead": said("discord:G1:marcus"), "due": said("next friday")})
	if a.Form == nil || a.Whisper != nil {
		t.Fatalf("answered %+v", a)
	}
	values := map[string]flows.Input{}
	for _, f := range a.Form.Fields {
		values[f.ID] = f.Value
	}
	if values["due"].Text != "next friday" || len(values["lead"].Picks) != 1 || values["lead"].Picks[0] != "marcus" || values["goal"].Text != "" {
		t.Errorf("filled in: %+v", values)
	}
	marcus.commands(t, "resume", "") // the form was closed; the step's words are kept
	mustSay(t, marcus.sees(), "Call the jail", "Which goal does it bring closer?")

	// What cannot be read is asked about.
	marcus.gives(t, map[string]flows.Input{"what": said("Ask"), "goal": said("Rides home"), "due": said("4/5")})
	if n := len(h.records(t, flows.KindStep)); n != 0 {
		t.Errorf("%d steps were named with a day that can be read in two ways", n)
	}
}
