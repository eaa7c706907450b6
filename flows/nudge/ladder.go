package nudge

import (
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
)

// rung is one step of the ladder, before hours move it.
type rung struct {
	kind Kind
	date string
}

func rungs(due string) []rung {
	return []rung{
		{WeekBefore, when.AddDays(due, -7)},
		{DayBefore, when.AddDays(due, -1)},
		{DayOf, due},
		{AfterOne, when.AddWorkingDays(due, 1)},
		{AfterThree, when.AddWorkingDays(due, 3)},
		{Question, when.AddWorkingDays(due, 5)},
		{Coordinator, when.AddWorkingDays(due, 7)},
	}
}

// Ladder returns the timers of a taken step, for its lead: one per rung. Rungs whose time is past at now are left out,
// and so is one of two that would fall on the same day. A closed time moves later; when that would pass the due date,
// to the last open hour before its end. zone is the lead's. A step without a due date has no ladder.
//
// A coordinator's timer carries no Person: Whom finds out who coordinates when its time has come.
func Ladder(coalitionID string, d Deadline, lead coalition.Person, zone *time.Location, now time.Time) []flows.Timer {
	if !when.Valid(d.Due) {
		return nil
	}
	var timers []flows.Timer
	unmoved := false // whether the last of timers stands at its own time
	for _, r := range rungs(d.Due) {
		own := when.Instant(r.date, Hour, 0, zone)
		at := own
		if r.kind != Coordinator {
			at = moved(r.kind, own, d.Due, lead.Hours, zone)
		}
		if !own.After(now) || !at.After(now) {
			continue
		}
		t := flows.Timer{
			ID: TimerID(d.Step, r.kind, d.Due, lead.ID), Coalition: coalitionID, Kind: flows.TimerNudge,
			Object: d.Step, Person: lead.ID, Rule: string(r.kind), Due: d.Due, At: at,
		}
		if r.kind == Coordinator {
			t.Person = ""
		}
		last := len(timers) - 1
		switch {
		case last < 0 || when.Today(timers[last].At, zone) != when.Today(at, zone):
			timers = append(timers, t)
		case unmoved:
			continue
		default:
			timers[last] = t
		}
		unmoved = at.Equal(own)
	}
	return timers
}

// moved is when a rung can be said in the person's hours.
func moved(kind Kind, own time.Time, due string, hours when.Hours, zone *time.Location) time.Time {
	at := hours.Next(own, zone)
	if end := when.Instant(due, 24, 0, zone); kind.before() && !at.Before(end) {
		return hours.Last(end, zone)
	}
	return at
}

// Reminds returns when a ladder speaks to the lead up to the due date, for a confirmation that says so.
func Reminds(ladder []flows.Timer) []time.Time {
	var at []time.Time
	for _, t := range ladder {
		if Kind(t.Rule).before() {
			at = append(at, t.At)
		}
	}
	return at
}

// Later returns the timer that asks a lead again tomorrow at Hour, or when they may be written to after that.
func Later(coalitionID string, d Deadline, lead coalition.Person, zone *time.Location, now time.Time) flows.Timer {
	tomorrow := when.AddDays(when.Today(now, zone), 1)
	return flows.Timer{
		ID: TimerID(d.Step, Snooze, tomorrow, lead.ID), Coalition: coalitionID, Kind: flows.TimerNudge,
		Object: d.Step, Person: lead.ID, Rule: string(Snooze), Due: d.Due,
		At: lead.Hours.Next(when.Instant(tomorrow, Hour, 0, zone), zone),
	}
}

// Waiting returns the timer that tells whoever named a step that it still waits: at d.Ask.
func Waiting(coalitionID string, d Deadline) flows.Timer {
	return flows.Timer{
		ID: TimerID(d.Step, Offer, d.Ask.UTC().Format(time.DateOnly), d.NamedBy), Coalition: coalitionID,
		Kind: flows.TimerOffer, Object: d.Step, Person: d.NamedBy, Rule: string(Offer), Due: d.Due, At: d.Ask,
	}
}

// WaitUntil returns when whoever named a step is told that it still waits: at Hour, at least two working days on.
func WaitUntil(zone *time.Location, now time.Time) time.Time {
	const days = 2
	local := now.In(zone)
	date := when.AddWorkingDays(when.Today(now, zone), days)
	at := when.Instant(date, Hour, 0, zone)
	if at.Before(when.Instant(date, local.Hour(), local.Minute(), zone)) {
		at = when.Instant(when.AddWorkingDays(date, 1), Hour, 0, zone)
	}
	return at
}

// Asked returns the timer that tells a coordinator at once that the lead asks for help.
func Asked(coalitionID string, d Deadline, now time.Time) flows.Timer {
	return flows.Timer{
		ID: TimerID(d.Step, Help, now.UTC().Format(time.DateOnly), d.Lead), Coalition: coalitionID,
		Kind: flows.TimerNudge, Object: d.Step, Rule: string(Help), Due: d.Due, At: now,
	}
}
