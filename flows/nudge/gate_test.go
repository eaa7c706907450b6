package nudge_test

import (
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/nudge"
)

func TestGate(t *testing.T) {
	t.Parallel()
	said := flows.Message{Parts: []flows.Part{{Style: flows.StyleBody, Words: "run.saved"}}}
	type setup = func(*flows.Delivery, *nudge.Facts)
	of := func(kind flows.DeliveryKind, age time.Duration) setup {
		return func(d *flows.Delivery, f *nudge.Facts) {
			d.Kind, d.At, d.Message, d.Reason = kind, f.Now.Add(-age), said, flows.Reason{}
		}
	}
	and := func(setups ...setup) setup {
		return func(d *flows.Delivery, f *nudge.Facts) {
			for _, s := range setups {
				s(d, f)
			}
		}
	}
	step := func(change func(*nudge.Deadline)) setup {
		return func(_ *flows.Delivery, f *nudge.Facts) {
			d := f.Deadlines["s1"]
			change(&d)
			f.Deadlines["s1"] = d
		}
	}
	night := func(_ *flows.Delivery, f *nudge.Facts) { f.Now = at(t, "2026-12-02 22:00", f.Zone) }
	off := func(_ *flows.Delivery, f *nudge.Facts) { f.Person.Nudges.Off = true }
	got := func(id string, kind flows.DeliveryKind, outcome flows.Outcome) setup {
		return func(_ *flows.Delivery, f *nudge.Facts) {
			f.Receipts = append(f.Receipts, flows.Receipt{Delivery: id, Kind: kind, Outcome: outcome, At: f.Now.Add(-time.Minute)})
		}
	}
	tests := []struct {
		name  string
		setup setup
		want  string // decision rule until
	}{
		{"reply", of(flows.Reply, 0), "send reply"},
		{"reply at night", and(night, of(flows.Reply, 0)), "send reply"},
		{"reply to one who wants no nudges", and(of(flows.Reply, 0), off), "send reply"},
		{"reply in time", of(flows.Reply, 15*time.Minute), "send reply"},
		{"reply too late", of(flows.Reply, 15*time.Minute+time.Second), "drop late"},
		{"reply again", and(of(flows.Reply, 0), got("d1", flows.Reply, flows.Sent)), "drop twice"},
		{"post", of(flows.Post, 48*time.Hour), "send post"},
		{"post again", and(of(flows.Post, 0), got("d1", flows.Post, flows.Sent)), "drop twice"},
		{"edit, late", and(of(flows.Reply, time.Hour), func(d *flows.Delivery, _ *nudge.Facts) { d.Edit = true }), "send edit"},
		{"edit for one who wants no nudges", and(of(flows.Nudge, time.Hour), off, night, func(d *flows.Delivery, _ *nudge.Facts) { d.Edit = true }), "send edit"},
		{"no kind", of("shout", 0), "drop unknown-kind"},

		{"nudge", and(), "send day-before"},
		{"nudge, two days late", func(d *flows.Delivery, f *nudge.Facts) { d.At = f.Now.Add(-48 * time.Hour) }, "send day-before"},
		{"nudge, a week late", func(d *flows.Delivery, f *nudge.Facts) { d.At = f.Now.Add(-7 * 24 * time.Hour) }, "drop late"},
		{"nudge again", got("d1", flows.Nudge, flows.Sent), "drop twice"},
		{"nudge that was dropped once", got("d1", flows.Nudge, flows.Dropped), "send day-before"},
		{"nudges off", off, "drop nudges-off"},
		{"muted", func(_ *flows.Delivery, f *nudge.Facts) { f.Person.Nudges.Muted = map[string]bool{"day-before": true} }, "drop muted"},
		{"done", step(func(d *nudge.Deadline) { d.Stand = nudge.Over }), "drop not-true"},
		{"new lead", step(func(d *nudge.Deadline) { d.Lead = "eli" }), "drop not-true"},
		{"new date", step(func(d *nudge.Deadline) { d.Due = "2026-12-24" }), "drop not-true"},
		{"gone", func(_ *flows.Delivery, f *nudge.Facts) { f.Deadlines = nil }, "drop not-true"},
		{"at night", night, "wait hours 2026-12-03 09:00"},
		{"away", func(_ *flows.Delivery, f *nudge.Facts) {
			f.Person.Away = "2026-12-02"
			f.Now = f.Now.Add(-24 * time.Hour)
		}, "wait away 2026-12-03 09:00"},
		{"away over the date", func(_ *flows.Delivery, f *nudge.Facts) { f.Person.Away = "2026-12-24" }, "drop for-a-digest"},
		{"nudged today", got("d0", flows.Nudge, flows.Sent), "wait one-a-day 2026-12-04 09:00"},
		{"nudged on the last day", and(got("d0", flows.Nudge, flows.Sent), func(_ *flows.Delivery, f *nudge.Facts) {
			f.Now = f.Now.Add(24 * time.Hour)
			f.Receipts[0].At = f.Now
		}), "drop for-a-digest"},
		{"night of the last day", func(_ *flows.Delivery, f *nudge.Facts) { f.Now = at(t, "2026-12-04 20:00", f.Zone) }, "drop for-a-digest"},
		{"after the last day", func(_ *flows.Delivery, f *nudge.Facts) { f.Now = at(t, "2026-12-05 09:00", f.Zone) }, "drop not-true"},
		{"without a rule", of(flows.Nudge, 0), "send nudge"},
		{"without a rule, at night", and(night, of(flows.Nudge, 0)), "wait hours 2026-12-03 09:00"},
		{"without a rule, off", and(of(flows.Nudge, 0), off), "drop nudges-off"},
		{"with a rule about nothing", func(d *flows.Delivery, _ *nudge.Facts) {
			d.Reason, d.Message = flows.Reason{Rule: "declined"}, said
		}, "send nudge"},
	}
	for _, tt := range tests {
		f := facts(t, "2026-12-03 09:00", stepOf("s1"))
		d := flows.Delivery{
			ID: "d1", Kind: flows.Nudge, Person: "dana", At: f.Now,
			Reason: flows.Reason{Rule: "day-before", Object: "s1", Due: "2026-12-04"},
		}
		tt.setup(&d, &f)
		v := nudge.Gate(d, f)
		s := string(v.Do) + " " + v.Rule
		if v.Do == nudge.Wait {
			s += " " + v.Until.In(f.Zone).Format("2006-01-02 15:04")
		}
		if s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
		if sends := len(v.Message.Parts) > 0; sends != (v.Do == nudge.Send) {
			t.Errorf("%s: message %+v", tt.name, v.Message)
		}
	}
}

func stepOf(id string) nudge.Deadline {
	d := step()
	d.Step = id
	return d
}

// TestGateSaysWhatIsTrueNow holds that a nudge is worded at the moment it is sent, and that a grouped one loses what is
// no longer so.
func TestGateSaysWhatIsTrueNow(t *testing.T) {
	t.Parallel()
	f := facts(t, "2026-12-03 09:00", stepOf("s1"), stepOf("s2"), stepOf("s3"))
	var timers []flows.Timer
	for _, id := range []string{"s1", "s2", "s3"} {
		timers = append(timers, timer(stepOf(id), nudge.DayBefore, "dana", f.Now))
	}
	d := nudge.Due(timers, f).Deliveries[0]
	if v := nudge.Gate(d, f); shown(v.Message) != "nudge.several, nudge.tomorrow, nudge.tomorrow, nudge.tomorrow [step.report step.report step.report fewer]" || v.Explains {
		t.Errorf("three: %s", shown(v.Message))
	}
	done := stepOf("s1")
	done.Stand = nudge.Over
	f.Deadlines["s1"] = done
	if v := nudge.Gate(d, f); shown(v.Message) != "nudge.several, nudge.tomorrow, nudge.tomorrow [step.report step.report fewer]" {
		t.Errorf("two: %s", shown(v.Message))
	}
	delete(f.Deadlines, "s2")
	f.Person.Explained = false
	f.Now = at(t, "2026-12-04 09:00", f.Zone)
	v := nudge.Gate(d, f)
	if shown(v.Message) != "nudge.while-away, nudge.today, nudge.goal, nudge.first ["+usual || !v.Explains {
		t.Errorf("one, a day later: %s", shown(v.Message))
	}
	f.Person.Nudges.Muted = map[string]bool{"day-before": true}
	if v := nudge.Gate(d, f); v.Do != nudge.Drop || v.Rule != nudge.RuleMuted {
		t.Errorf("muted: %+v", v)
	}
}
