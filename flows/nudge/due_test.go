package nudge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/nudge"
	"convenor/flows/when"
)

// shown is a message as its keys and buttons: "words, words [button button]".
func shown(m flows.Message) string {
	var parts, buttons []string
	for _, p := range m.Parts {
		parts = append(parts, p.Words)
	}
	for _, c := range m.Controls {
		buttons = append(buttons, string(c.Token.Verb))
	}
	return strings.Join(parts, ", ") + " [" + strings.Join(buttons, " ") + "]"
}

func timer(d nudge.Deadline, kind nudge.Kind, person string, due time.Time) flows.Timer {
	return flows.Timer{
		ID: nudge.TimerID(d.Step, kind, d.Due, person), Coalition: "c1", Kind: flows.TimerNudge, Object: d.Step,
		Person: person, Rule: string(kind), Due: d.Due, At: due,
	}
}

func facts(t *testing.T, now string, deadlines ...nudge.Deadline) nudge.Facts {
	t.Helper()
	f := nudge.Facts{Person: dana(), Zone: zone(t, "America/Chicago"), Deadlines: map[string]nudge.Deadline{}}
	f.Now = at(t, now, f.Zone)
	for _, d := range deadlines {
		f.Deadlines[d.Step] = d
	}
	return f
}

const (
	usual   = "step.done step.snooze step.help step.date fewer]"
	goal    = ", nudge.goal ["
	noFacts = "2026-12-03 09:00"
)

// TestDueSays holds what one timer says, by kind and by how far away the date is then.
func TestDueSays(t *testing.T) {
	t.Parallel()
	type change = func(*nudge.Deadline)
	tests := []struct {
		name   string
		kind   nudge.Kind
		now    string
		person string
		change change
		want   string
	}{
		{"a week before", nudge.WeekBefore, "2026-11-27 09:00", "dana", nil, "nudge.ahead" + goal + usual},
		{"a day before", nudge.DayBefore, "2026-12-03 09:00", "dana", nil, "nudge.tomorrow" + goal + usual},
		{"the day", nudge.DayOf, "2026-12-04 09:00", "dana", nil, "nudge.today" + goal + usual},
		{"a day after", nudge.AfterOne, "2026-12-07 09:00", "dana", nil, "nudge.was" + goal + usual},
		{"three days after", nudge.AfterThree, "2026-12-09 09:00", "dana", nil, "nudge.was" + goal + usual},
		{"the question", nudge.Question, "2026-12-11 09:00", "dana", nil, "nudge.question" + goal + "step.ok step.done step.help step.handon fewer]"},
		{"to a coordinator", nudge.Coordinator, "2026-12-15 09:00", "casey", nil, "nudge.coordinator" + goal + "fewer]"},
		{"snoozed", nudge.Snooze, "2026-12-02 09:00", "dana", nil, "nudge.ahead" + goal + usual},
		{"snoozed without a date", nudge.Snooze, "2026-12-02 09:00", "dana", func(d *nudge.Deadline) { d.Due = "" }, "nudge.no-date" + goal + usual},
		{"help", nudge.Help, "2026-12-02 09:00", "casey", func(d *nudge.Deadline) { d.Help = true }, "nudge.help" + goal + "fewer]"},
		{"help with a note", nudge.Help, "2026-12-02 09:00", "casey", func(d *nudge.Deadline) { d.Help, d.Note = true, "t-note" }, "nudge.help, nudge.note" + goal + "fewer]"},
		{"an offer", nudge.Offer, "2026-12-02 09:00", "casey", func(d *nudge.Deadline) { d.Stand = nudge.Offered }, "nudge.offer" + goal + "start fewer]"},
		{"an offer to anyone", nudge.Offer, "2026-12-02 09:00", "casey", func(d *nudge.Deadline) { d.Stand, d.Lead = nudge.Offered, "" }, "nudge.offer-free" + goal + "step.take fewer]"},
		{"an offer to oneself", nudge.Offer, "2026-12-02 09:00", "casey", func(d *nudge.Deadline) { d.Stand, d.Lead = nudge.Offered, "casey" }, "nudge.offer-yours" + goal + "step.take fewer]"},
		// what is no longer true
		{"done", nudge.DayOf, "2026-12-04 09:00", "dana", func(d *nudge.Deadline) { d.Stand = nudge.Over }, ""},
		{"led by someone else", nudge.DayOf, "2026-12-04 09:00", "dana", func(d *nudge.Deadline) { d.Lead = "eli" }, ""},
		{"free again", nudge.DayOf, "2026-12-04 09:00", "dana", func(d *nudge.Deadline) { d.Stand, d.Lead = nudge.Offered, "" }, ""},
		{"moved", nudge.DayOf, "2026-12-04 09:00", "dana", func(d *nudge.Deadline) { d.Due = "2026-12-11" }, ""},
		{"the day, said a day after", nudge.DayOf, "2026-12-05 09:00", "dana", nil, ""},
		{"answered", nudge.Question, "2026-12-11 09:00", "dana", func(d *nudge.Deadline) { d.Answered = true }, ""},
		{"answered, to a coordinator", nudge.Coordinator, "2026-12-15 09:00", "casey", func(d *nudge.Deadline) { d.Answered = true }, ""},
		{"answered, snoozed", nudge.Snooze, "2026-12-15 09:00", "dana", func(d *nudge.Deadline) { d.Answered = true }, "nudge.was" + goal + usual},
		{"taken", nudge.Offer, "2026-12-02 09:00", "casey", nil, ""},
		{"asked for later", nudge.Offer, "2026-12-02 09:00", "casey", func(d *nudge.Deadline) {
			d.Stand, d.Ask = nudge.Offered, time.Date(2026, 12, 4, 15, 0, 0, 0, time.UTC)
		}, ""},
		{"helped", nudge.Help, "2026-12-02 09:00", "casey", nil, ""},
		{"no kind of ours", "party", "2026-12-02 09:00", "dana", nil, ""},
	}
	for _, tt := range tests {
		d := step()
		due := d.Due
		f := facts(t, tt.now)
		f.Person.ID = tt.person
		timers := []flows.Timer{timer(d, tt.kind, tt.person, f.Now)}
		if tt.change != nil {
			tt.change(&d)
		}
		if d.Due == "" {
			timers[0].Due = ""
		}
		f.Deadlines[d.Step] = d
		turn := nudge.Due(timers, f)
		got := ""
		for _, delivery := range turn.Deliveries {
			got = shown(delivery.Message)
			if delivery.ID != "s1."+string(tt.kind)+"."+due+"."+tt.person || delivery.Kind != flows.Nudge || delivery.Person != tt.person ||
				delivery.Coalition != "c1" || !delivery.At.Equal(f.Now) || delivery.Reason.Rule != string(tt.kind) || delivery.Reason.Object != "s1" {
				t.Errorf("%s: %+v", tt.name, delivery)
			}
		}
		if got != tt.want || len(turn.Fired) != 1 {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDueGroups(t *testing.T) {
	t.Parallel()
	a, b := step(), step()
	b.Step, b.What, b.Due = "s2", "t-what-2", "2026-12-03"
	f := facts(t, "2026-12-03 09:00", a, b)
	timers := []flows.Timer{
		timer(a, nudge.Snooze, "dana", f.Now), timer(a, nudge.DayBefore, "dana", f.Now), timer(b, nudge.DayOf, "dana", f.Now),
	}
	turn := nudge.Due(timers, f)
	if len(turn.Deliveries) != 1 || len(turn.Fired) != 3 || len(turn.Moved) != 0 {
		t.Fatalf("got %+v", turn)
	}
	d := turn.Deliveries[0]
	if got := shown(d.Message); got != "nudge.several, nudge.today, nudge.tomorrow [step.report step.report fewer]" {
		t.Error(got)
	}
	if d.ID != "s2.day-of.2026-12-03.dana" || len(d.Also) != 1 || d.Also[0] != (flows.Reason{
		Rule: "day-before", Object: "s1", Due: "2026-12-04", Timer: timers[1].ID, At: timers[1].At,
	}) {
		t.Errorf("%s, also %v", d.ID, d.Also)
	}
	if n := d.Message.Parts[0].Args["count"].Number; n == nil || *n != 2 {
		t.Error("how many")
	}
}

func TestDueGroupsAreShort(t *testing.T) {
	t.Parallel()
	f := facts(t, "2026-12-03 09:00")
	var timers []flows.Timer
	for i := range 15 {
		d := step()
		d.Step = fmt.Sprintf("s%02d", i)
		f.Deadlines[d.Step] = d
		timers = append(timers, timer(d, nudge.DayBefore, "dana", f.Now))
	}
	m := nudge.Due(timers, f).Deliveries[0].Message
	items := strings.Count(shown(m), "nudge.tomorrow")
	rest := m.Parts[len(m.Parts)-1]
	if items != 12 || rest.Words != "nudge.rest" || *rest.Args["count"].Number != 3 || len(m.Controls) != 5 {
		t.Errorf("%d items, %d buttons, last %+v", items, len(m.Controls), rest)
	}
}

// TestDueLate holds the rule after downtime: less than a day late, as ever; less than a week, said so; later, not at all.
func TestDueLate(t *testing.T) {
	t.Parallel()
	for late, want := range map[time.Duration]string{
		23*time.Hour + 59*time.Minute:   "nudge.was, nudge.goal [" + usual,
		24 * time.Hour:                  "nudge.while-away, nudge.was, nudge.goal [" + usual,
		7*24*time.Hour - time.Minute:    "nudge.while-away, nudge.was, nudge.goal [" + usual,
		7 * 24 * time.Hour:              "",
		365 * 24 * time.Hour:            "",
		-time.Minute + 10*time.Second:   "nudge.was, nudge.goal [" + usual,
		time.Duration(0) + time.Second:  "nudge.was, nudge.goal [" + usual,
		2*24*time.Hour + 30*time.Minute: "nudge.while-away, nudge.was, nudge.goal [" + usual,
	} {
		d := step()
		f := facts(t, "2026-12-16 10:00", d)
		turn := nudge.Due([]flows.Timer{timer(d, nudge.AfterThree, "dana", f.Now.Add(-late))}, f)
		got := ""
		if len(turn.Deliveries) == 1 {
			got = shown(turn.Deliveries[0].Message)
		}
		if got != want || len(turn.Fired) != 1 || len(turn.Moved) != 0 {
			t.Errorf("%s late: got %q, want %q", late, got, want)
		}
	}
}

// TestDueHolds holds that a closed time moves timers, so that all that is held meets in one message.
func TestDueHolds(t *testing.T) {
	t.Parallel()
	sent := flows.Receipt{Delivery: "other", Kind: flows.Nudge, Outcome: flows.Sent}
	tests := []struct {
		name, now, want string
		kind            nudge.Kind
		change          func(*nudge.Facts)
	}{
		{"at night", "2026-12-02 21:00", "2026-12-03 09:00", nudge.WeekBefore, nil},
		{"early", "2026-12-02 06:00", "2026-12-02 09:00", nudge.WeekBefore, nil},
		{"on a Sunday", "2026-11-29 09:00", "2026-11-30 09:00", nudge.WeekBefore, nil},
		{"on a Sunday that is welcome", "2026-11-29 09:00", "", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Hours = when.Hours{Sundays: true} }},
		{"away", "2026-11-27 09:00", "2026-12-01 09:00", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Away = "2026-11-30" }},
		{"away until a Saturday", "2026-11-27 09:00", "2026-11-30 09:00", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Away = "2026-11-28" }},
		{"back", "2026-11-27 09:00", "", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Away = "2026-11-26" }},
		{"away until nonsense", "2026-11-27 09:00", "", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Away = "soon" }},
		{"nudged today", "2026-11-27 09:00", "2026-11-28 09:00", nudge.WeekBefore, func(f *nudge.Facts) {
			sent.At = f.Now.Add(-time.Minute)
			f.Receipts = []flows.Receipt{sent}
		}},
		{"nudged yesterday", "2026-11-27 09:00", "", nudge.WeekBefore, func(f *nudge.Facts) {
			sent.At = f.Now.Add(-12 * time.Hour)
			f.Receipts = []flows.Receipt{sent}
		}},
		{"a reply today", "2026-11-27 09:00", "", nudge.WeekBefore, func(f *nudge.Facts) {
			f.Receipts = []flows.Receipt{{Kind: flows.Reply, Outcome: flows.Sent, At: f.Now}}
		}},
		{"dropped today", "2026-11-27 09:00", "", nudge.WeekBefore, func(f *nudge.Facts) {
			f.Receipts = []flows.Receipt{{Kind: flows.Nudge, Outcome: flows.Dropped, At: f.Now}}
		}},
		// later would pass the date: nothing now, a digest will say it
		{"the day, at night", "2026-12-04 21:00", "never", nudge.DayOf, nil},
		{"the day, nudged", "2026-12-04 09:00", "never", nudge.DayOf, func(f *nudge.Facts) {
			sent.At = f.Now
			f.Receipts = []flows.Receipt{sent}
		}},
		{"no nudges", "2026-11-27 09:00", "never", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Nudges.Off = true }},
		{"muted", "2026-11-27 09:00", "never", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Nudges.Muted = map[string]bool{"week-before": true} }},
		{"another kind muted", "2026-11-27 09:00", "", nudge.WeekBefore, func(f *nudge.Facts) { f.Person.Nudges.Muted = map[string]bool{"day-of": true} }},
	}
	for _, tt := range tests {
		d := step()
		f := facts(t, tt.now, d)
		if tt.change != nil {
			tt.change(&f)
		}
		turn := nudge.Due([]flows.Timer{timer(d, tt.kind, "dana", f.Now)}, f)
		got := "never"
		if len(turn.Deliveries) > 0 {
			got = ""
		}
		for _, moved := range turn.Moved {
			got = moved.At.In(f.Zone).Format("2006-01-02 15:04")
			again := f
			again.Now, again.Receipts = moved.At, nil
			later := nudge.Due(turn.Moved, again)
			want := nudge.TimerID("s1", tt.kind, d.Due, "dana")
			if moved.ID != want || len(later.Deliveries) != 1 || later.Deliveries[0].ID != want {
				t.Errorf("%s: moved to %s, then %+v", tt.name, moved.ID, later)
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDueOfAGoneStep(t *testing.T) {
	t.Parallel()
	f := facts(t, noFacts)
	turn := nudge.Due([]flows.Timer{timer(step(), nudge.DayBefore, "dana", f.Now)}, f)
	if len(turn.Fired) != 1 || len(turn.Deliveries)+len(turn.Moved) != 0 {
		t.Errorf("got %+v", turn)
	}
}

func TestFirstNudgeExplains(t *testing.T) {
	t.Parallel()
	d := step()
	f := facts(t, "2026-12-03 09:00", d)
	f.Person.Explained = false
	m := nudge.Due([]flows.Timer{timer(d, nudge.DayBefore, "dana", f.Now)}, f).Deliveries[0].Message
	if got := shown(m); got != "nudge.tomorrow, nudge.goal, nudge.first ["+usual {
		t.Error(got)
	}
}
