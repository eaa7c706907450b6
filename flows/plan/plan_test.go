package plan_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
)

// now is Thursday, November 26, 2026, 8:00 in Chicago.
func now() time.Time { return time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC) }

func act(t *testing.T, person string) plan.Act {
	t.Helper()
	loc, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return plan.Act{Coalition: "c1", Person: coalition.Person{ID: person, Role: coalition.RoleMember}, Zone: loc, At: now()}
}

// step is offered to dana, due on Friday, December 4.
func step() plan.Step {
	return plan.Step{
		ID: "s1", What: "t-what", Goal: "g1", GoalText: "t-goal", Lead: "dana", Due: "2026-12-04", Status: plan.StatusOffered,
		NamedBy: "casey", Space: "slack:T1:C1", Via: "slack", Named: now().Add(-time.Hour), Rev: 3,
		Ask: time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC),
	}
}

func taken() plan.Step {
	s := step()
	s.Status, s.Taken = plan.StatusTaken, now().Add(-time.Minute)
	return s
}

// told is a change's effects, one line each: "say person: words, words [button button]".
func told(c flows.Change) string {
	var lines []string
	for _, e := range c.Effects {
		switch e := e.(type) {
		case flows.Say:
			lines = append(lines, "say "+e.Person+e.Space+": "+shown(e.Message))
		case flows.Edit:
			lines = append(lines, "edit "+e.Person+e.Space+" "+e.Message.Key+": "+shown(e.Message))
		case flows.Whisper:
			lines = append(lines, "whisper: "+shown(e.Message))
		default:
			lines = append(lines, "unexpected")
		}
	}
	return strings.Join(lines, "\n")
}

func shown(m flows.Message) string {
	var parts, buttons []string
	for _, p := range m.Parts {
		parts = append(parts, p.Words)
	}
	for _, c := range m.Controls {
		buttons = append(buttons, string(c.Token.Verb))
	}
	s := strings.Join(parts, ", ")
	if len(buttons) > 0 {
		s += " [" + strings.Join(buttons, " ") + "]"
	}
	return s
}

// stored returns the step that a change puts, as the store would give it back; ok is false when it puts none.
func stored(t *testing.T, c flows.Change) (s plan.Step, ok bool) {
	t.Helper()
	for _, p := range c.Puts {
		if p.Kind != flows.KindStep {
			continue
		}
		data, err := json.Marshal(p.Value)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		return s, p.ID == s.ID
	}
	return s, false
}

func timers(c flows.Change) string {
	var rules []string
	for _, t := range c.Timers {
		rules = append(rules, t.ID)
	}
	return strings.Join(rules, " ")
}

const choices = " [step.done step.date step.help step.handon]"

// TestPresses holds what each press does to a step, and what it says, for the right person, the wrong one, and too late.
func TestPresses(t *testing.T) {
	t.Parallel()
	type press = func(plan.Step, plan.Act) flows.Change
	date := func(due string) press {
		return func(s plan.Step, a plan.Act) flows.Change { return plan.NewDate(s, a, due) }
	}
	help := func(note string) press {
		return func(s plan.Step, a plan.Act) flows.Change { return plan.AskHelp(s, a, note) }
	}
	with := func(s plan.Step, change func(*plan.Step)) plan.Step { change(&s); return s }
	free := with(step(), func(s *plan.Step) { s.Lead = "" })
	late := with(taken(), func(s *plan.Step) { s.Due = "2026-11-20" })
	done := with(taken(), func(s *plan.Step) { s.Status, s.Done = plan.StatusDone, now() })
	helped := with(taken(), func(s *plan.Step) { s.Status, s.Note = plan.StatusHelp, "t-note" })
	private := with(step(), func(s *plan.Step) { s.Space = "" })
	tests := []struct {
		name, by string
		step     plan.Step
		press    press
		told     string
		want     func(*plan.Step) // nil: nothing is stored
		timers   string
	}{
		{
			"take", "dana", step(), plan.Take,
			"edit slack:T1:C1 offer.s1.0: step.taken, step.goal\n" +
				"say dana: step.yours, step.goal, step.due, step.reminders, step.reminder, step.reminder, step.reminder" + choices,
			func(s *plan.Step) { s.Status, s.Taken = plan.StatusTaken, now() },
			"s1.week-before.2026-12-04.dana s1.day-before.2026-12-04.dana s1.day-of.2026-12-04.dana s1.after-1.2026-12-04.dana " +
				"s1.after-3.2026-12-04.dana s1.question.2026-12-04.dana s1.coordinator.2026-12-04.dana",
		},
		{
			"take, today", "dana", with(step(), func(s *plan.Step) { s.Due = "2026-11-26" }), plan.Take,
			"edit slack:T1:C1 offer.s1.0: step.taken, step.goal\nsay dana: step.yours, step.goal, step.due, step.reminders, step.reminder" + choices,
			func(s *plan.Step) { s.Status, s.Taken = plan.StatusTaken, now() },
			"s1.day-of.2026-11-26.dana s1.after-1.2026-11-26.dana s1.after-3.2026-11-26.dana s1.question.2026-11-26.dana s1.coordinator.2026-11-26.dana",
		},
		{
			"take, past", "dana", with(step(), func(s *plan.Step) { s.Due = "2026-11-25" }), plan.Take,
			"edit slack:T1:C1 offer.s1.0: step.taken, step.goal\nsay dana: step.yours, step.goal, step.due, step.no-reminder" + choices,
			func(s *plan.Step) { s.Status, s.Taken = plan.StatusTaken, now() },
			"s1.after-1.2026-11-25.dana s1.after-3.2026-11-25.dana s1.question.2026-11-25.dana s1.coordinator.2026-11-25.dana",
		},
		{
			"take, no date", "dana", with(step(), func(s *plan.Step) { s.Due = "" }), plan.Take,
			"edit slack:T1:C1 offer.s1.0: step.taken, step.goal\nsay dana: step.yours, step.goal, step.due, step.needs-date" + choices,
			func(s *plan.Step) { s.Status, s.Taken = plan.StatusTaken, now() }, "",
		},
		{
			"take what is free", "eli", with(free, func(s *plan.Step) { s.Due = "" }), plan.Take,
			"edit slack:T1:C1 offer.s1.0: step.taken, step.goal\nsay eli: step.yours, step.goal, step.due, step.needs-date" + choices,
			func(s *plan.Step) { s.Status, s.Taken, s.Lead = plan.StatusTaken, now(), "eli" }, "",
		},
		{
			"take, named in private", "dana", with(private, func(s *plan.Step) { s.Due = "" }), plan.Take,
			"edit casey offer.s1.0: step.taken, step.goal\nsay dana: step.yours, step.goal, step.due, step.needs-date" + choices,
			func(s *plan.Step) { s.Status, s.Taken = plan.StatusTaken, now() }, "",
		},
		{"take another's", "eli", step(), plan.Take, "whisper: step.for-other", nil, ""},
		{"take twice", "dana", taken(), plan.Take, "whisper: step.yours-already", nil, ""},
		{"take a taken one", "eli", taken(), plan.Take, "whisper: step.has-lead", nil, ""},
		{"take a done one", "dana", done, plan.Take, "whisper: step.over", nil, ""},

		{
			"not me", "dana", step(), plan.NotMe,
			"edit slack:T1:C1 offer.s1.0: step.offer-free, step.goal, step.due [step.take]\nwhisper: step.not-you",
			func(s *plan.Step) { s.Lead = "" }, "",
		},
		{"not me, of another", "eli", step(), plan.NotMe, "whisper: step.for-other", nil, ""},
		{"not me, free", "eli", free, plan.NotMe, "whisper: step.free-anyway", nil, ""},
		{"not me, taken", "dana", taken(), plan.NotMe, "whisper: step.yours-already", nil, ""},
		{"not me, done", "dana", done, plan.NotMe, "whisper: step.over", nil, ""},
		{
			"later", "dana", step(), plan.Later, "whisper: step.asked-later",
			func(*plan.Step) {}, "s1.offer.2026-11-30.casey",
		},
		{
			"later, a day on", "dana", with(step(), func(s *plan.Step) { s.Ask = now().Add(time.Hour) }), plan.Later, "whisper: step.asked-later",
			func(s *plan.Step) { s.Ask = time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC) }, "s1.offer.2026-11-30.casey",
		},
		{"later, of another", "eli", step(), plan.Later, "whisper: step.for-other", nil, ""},
		{"later, taken", "dana", taken(), plan.Later, "whisper: step.yours-already", nil, ""},

		{
			"done", "dana", taken(), plan.Done, "edit slack:T1:C1 offer.s1.0: step.finished, step.goal\nsay dana: step.thanks",
			func(s *plan.Step) { s.Status, s.Done = plan.StatusDone, now() }, "",
		},
		{
			"done, late", "dana", late, plan.Done, "edit slack:T1:C1 offer.s1.0: step.finished, step.goal\nsay dana: step.thanks",
			func(s *plan.Step) { s.Status, s.Done = plan.StatusDone, now() }, "",
		},
		{
			"done, with help", "dana", helped, plan.Done, "edit slack:T1:C1 offer.s1.0: step.finished, step.goal\nsay dana: step.thanks",
			func(s *plan.Step) { s.Status, s.Done, s.Note = plan.StatusDone, now(), "" }, "",
		},
		{"done twice", "dana", done, plan.Done, "whisper: step.over", nil, ""},
		{"done by another", "eli", taken(), plan.Done, "whisper: step.has-lead", nil, ""},
		{"done, not taken", "dana", step(), plan.Done, "whisper: step.take-first", nil, ""},
		{"ok", "dana", taken(), plan.OK, "say dana: step.on-track" + choices, func(*plan.Step) {}, ""},
		{"ok, late", "dana", late, plan.OK, "say dana: step.still-ok" + choices, func(s *plan.Step) { s.Answered = "2026-11-20" }, ""},
		{"ok, helped", "dana", helped, plan.OK, "say dana: step.on-track" + choices, func(s *plan.Step) { s.Status, s.Note = plan.StatusTaken, "" }, ""},
		{"ok by another", "eli", taken(), plan.OK, "whisper: step.has-lead", nil, ""},
		{
			"help", "dana", taken(), help("t-1"), "say dana: step.help-asked" + choices,
			func(s *plan.Step) { s.Status, s.Note = plan.StatusHelp, "t-1" }, "s1.help.2026-11-26.dana",
		},
		{
			"help without a word", "dana", helped, help(""), "say dana: step.help-asked" + choices,
			func(*plan.Step) {}, "s1.help.2026-11-26.dana",
		},
		{
			"help, late", "dana", late, help(""), "say dana: step.help-asked" + choices,
			func(s *plan.Step) { s.Status, s.Answered = plan.StatusHelp, "2026-11-20" }, "s1.help.2026-11-26.dana",
		},
		{"help by another", "eli", taken(), help("t-1"), "whisper: step.has-lead", nil, ""},
		{
			"new date", "dana", late, date("2026-11-27"),
			"say dana: step.moved, step.goal, step.due, step.reminders, step.reminder, step.reminder" + choices,
			func(s *plan.Step) { s.Due = "2026-11-27" },
			"s1.day-before.2026-11-27.dana s1.day-of.2026-11-27.dana s1.after-1.2026-11-27.dana s1.after-3.2026-11-27.dana s1.question.2026-11-27.dana s1.coordinator.2026-11-27.dana",
		},
		{
			"new date, answered before", "dana", with(late, func(s *plan.Step) { s.Answered = s.Due }), date("2027-11-26"),
			"say dana: step.moved, step.goal, step.due, step.reminders, step.reminder, step.reminder, step.reminder" + choices,
			func(s *plan.Step) { s.Due, s.Answered = "2027-11-26", "" },
			"s1.week-before.2027-11-26.dana s1.day-before.2027-11-26.dana s1.day-of.2027-11-26.dana s1.after-1.2027-11-26.dana s1.after-3.2027-11-26.dana s1.question.2027-11-26.dana s1.coordinator.2027-11-26.dana",
		},
		{"new date that is past", "dana", taken(), date("2026-11-25"), "whisper: step.date-past", nil, ""},
		{"new date that is none", "dana", taken(), date(""), "whisper: step.date-past", nil, ""},
		{"new date by another", "eli", taken(), date("2026-11-30"), "whisper: step.has-lead", nil, ""},
		{
			"hand on", "dana", helped, plan.HandOn,
			"edit slack:T1:C1 offer.s1.0: step.handed-on\nsay dana: step.let-go\n" +
				"say slack:T1:C1: step.offer-free, step.goal, step.due [step.take]",
			func(s *plan.Step) {
				s.Status, s.Lead, s.Note, s.Offers = plan.StatusOffered, "", "", 1
			}, "s1.offer.2026-11-30.casey",
		},
		{
			"hand on, late", "dana", late, plan.HandOn,
			"edit slack:T1:C1 offer.s1.0: step.handed-on\nsay dana: step.let-go\n" +
				"say slack:T1:C1: step.offer-free, step.goal, step.due [step.take]",
			func(s *plan.Step) {
				s.Status, s.Lead, s.Due, s.Offers = plan.StatusOffered, "", "", 1
			}, "s1.offer.2026-11-30.casey",
		},
		{
			"hand on, named in private", "dana", with(taken(), func(s *plan.Step) { s.Space = "" }), plan.HandOn,
			"edit casey offer.s1.0: step.handed-on\nsay dana: step.let-go",
			func(s *plan.Step) { s.Status, s.Lead, s.Offers = plan.StatusOffered, "", 1 }, "s1.offer.2026-11-30.casey",
		},
		{"hand on by another", "eli", taken(), plan.HandOn, "whisper: step.has-lead", nil, ""},
		{"snooze", "dana", taken(), plan.Snooze, "whisper: step.snoozed", nil, "s1.snooze.2026-11-27.dana"},
		{"snooze, done", "dana", done, plan.Snooze, "whisper: step.over", nil, ""},
		{"snooze by another", "eli", taken(), plan.Snooze, "whisper: step.has-lead", nil, ""},
	}
	for _, tt := range tests {
		c := tt.press(tt.step, act(t, tt.by))
		if got := told(c); got != tt.told {
			t.Errorf("%s: told\n%s\nwant\n%s", tt.name, got, tt.told)
		}
		if got := timers(c); got != tt.timers {
			t.Errorf("%s: timers\n%s\nwant\n%s", tt.name, got, tt.timers)
		}
		got, ok := stored(t, c)
		ok = ok && (tt.name != "snooze" || !got.Snoozed.Equal(act(t, tt.by).At) || got.Rev != tt.step.Rev) // it is no change to the step
		if ok != (tt.want != nil) {
			t.Errorf("%s: stored %t", tt.name, ok)
		}
		if tt.want == nil {
			if len(c.Puts) > 0 && tt.name != "snooze" {
				t.Errorf("%s: puts %+v", tt.name, c.Puts)
			}
			continue
		}
		want := tt.step
		tt.want(&want)
		want.Rev++
		checkHistory(t, tt.name, tt.step, got, tt.by)
		want.History = got.History
		if tt.name == "hand on" || strings.HasPrefix(tt.name, "hand on,") {
			want.Ask = got.Ask
		}
		if !got.Ask.Equal(want.Ask) {
			t.Errorf("%s: ask %s, want %s", tt.name, got.Ask, want.Ask)
		}
		want.Ask = got.Ask
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: stored\n%+v\nwant\n%+v", tt.name, got, want)
		}
		if erases := len(c.Puts) > 1; erases != (tt.step.Note != "" && got.Note != tt.step.Note) {
			t.Errorf("%s: the note's text: %+v", tt.name, c.Puts)
		}
	}
}

// checkHistory wants one line more, which says who did it and how things stood.
func checkHistory(t *testing.T, name string, before, after plan.Step, by string) {
	t.Helper()
	if len(after.History) != len(before.History)+1 {
		t.Errorf("%s: history %+v", name, after.History)
		return
	}
	last := after.History[len(after.History)-1]
	if last.By != by || last.Lead != before.Lead || last.Due != before.Due || !last.At.Equal(now()) || !strings.HasPrefix(string(last.Did), "step.") {
		t.Errorf("%s: history %+v", name, last)
	}
}

// TestLatenessStaysPrivate holds that nothing said in a space about a step carries a date that is past.
func TestLatenessStaysPrivate(t *testing.T) {
	t.Parallel()
	s := taken()
	s.Due = "2026-11-20"
	offered := step()
	offered.Due = "2026-11-20"
	a := act(t, "dana")
	for name, c := range map[string]flows.Change{
		"take": plan.Take(offered, a), "not me": plan.NotMe(offered, a), "done": plan.Done(s, a), "hand on": plan.HandOn(s, a),
		"ok": plan.OK(s, a), "help": plan.AskHelp(s, a, ""), "new date": plan.NewDate(s, a, "2026-12-24"),
	} {
		for _, e := range c.Effects {
			var m flows.Message
			if say, ok := e.(flows.Say); ok && say.Space != "" {
				m = say.Message
			}
			if edit, ok := e.(flows.Edit); ok {
				m = edit.Message
			}
			for _, p := range m.Parts {
				if d := p.Args["due"].Date; d != "" {
					t.Errorf("%s: shows %s", name, d)
				}
			}
		}
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	a := act(t, "dana")
	report := func(status string, fields map[string]flows.Value) flows.Change {
		h := flows.HandOver{Record: flows.RecordReport, Fields: map[string]flows.Value{}, By: "dana", At: now()}
		maps.Copy(h.Fields, fields)
		if status != "" {
			h.Fields["status"] = flows.Value{Kind: flows.ValueChoice, Picks: []string{status}}
		}
		return plan.Report(taken(), a, h)
	}
	note := map[string]flows.Value{"note": {Kind: flows.ValueText, TextID: "t-1"}}
	date := map[string]flows.Value{"due": {Kind: flows.ValueDate, Date: "2026-12-24"}}
	tests := []struct {
		name      string
		got, want flows.Change
	}{
		{"done", report("done", nil), plan.Done(taken(), a)},
		{"on track", report("on-track", nil), plan.OK(taken(), a)},
		{"need help", report("need-help", note), plan.AskHelp(taken(), a, "t-1")},
		{"new date", report("new-date", date), plan.NewDate(taken(), a, "2026-12-24")},
		{"hand on", report("hand-on", nil), plan.HandOn(taken(), a)},
		{"unknown", report("party", nil), flows.Change{}},
		{"none", report("", nil), flows.Change{}},
	}
	for _, tt := range tests {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, tt.got, tt.want)
		}
	}
}

// TestReportTooLate: what was typed about a step that is over by now is kept nowhere.
func TestReportTooLate(t *testing.T) {
	t.Parallel()
	s := taken()
	s.Status = plan.StatusDone
	c := plan.Report(s, act(t, "dana"), flows.HandOver{Fields: map[string]flows.Value{
		"status": {Kind: flows.ValueChoice, Picks: []string{"need-help"}}, "note": {Kind: flows.ValueText, TextID: "t-1"},
	}})
	want := []flows.Put{{Ref: flows.Ref{Kind: flows.KindText, ID: "t-1"}, Delete: true}}
	if !reflect.DeepEqual(c.Puts, want) || len(c.Effects) != 1 {
		t.Errorf("got %+v", c)
	}
}

func TestTakenWithoutNudges(t *testing.T) {
	t.Parallel()
	a := act(t, "dana")
	a.Person.Nudges.Off = true
	want := "say dana: step.yours, step.goal, step.due, step.nudges-off" + choices
	if got := told(plan.Take(step(), a)); !strings.HasSuffix(got, want) {
		t.Error(got)
	}
}

func TestHelpForACoordinator(t *testing.T) {
	t.Parallel()
	a := act(t, "dana")
	a.Person.Role = coalition.RoleCoordinator
	if got, want := told(plan.AskHelp(taken(), a, "")), "say dana: step.help-noted"+choices; got != want {
		t.Error(got)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	stands := map[plan.Status]nudge.Stand{
		plan.StatusOffered: nudge.Offered, plan.StatusTaken: nudge.Taken, plan.StatusHelp: nudge.Taken,
		plan.StatusDone: nudge.Over, plan.StatusDropped: nudge.Over, "": nudge.Over,
	}
	for status, stand := range stands {
		s := step()
		s.Status, s.Answered, s.Note = status, s.Due, "t-note"
		want := nudge.Deadline{
			Step: "s1", What: "t-what", Goal: "t-goal", Lead: "dana", NamedBy: "casey", Due: "2026-12-04", Ask: s.Ask,
			Answered: true, Note: "t-note", Stand: stand, Help: status == plan.StatusHelp,
		}
		if got := s.Deadline(); got != want {
			t.Errorf("%q: got %+v, want %+v", status, got, want)
		}
		if s.Answered = "2026-11-20"; s.Deadline().Answered {
			t.Error("an answer about another date counts")
		}
	}
}
