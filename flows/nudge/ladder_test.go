package nudge_test

import (
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/when"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads an instant as a clock in loc shows it.
func at(t *testing.T, text string, loc *time.Location) time.Time {
	t.Helper()
	i, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func dana() coalition.Person {
	return coalition.Person{ID: "dana", Name: "Dana", Role: coalition.RoleVolunteer, Locale: flows.English, Explained: true}
}

// step is a step that dana took, due on Friday, December 4, 2026.
func step() nudge.Deadline {
	return nudge.Deadline{
		Step: "s1", What: "t-what", Goal: "t-goal", Lead: "dana", NamedBy: "casey", Due: "2026-12-04", Stand: nudge.Taken,
	}
}

func TestLadder(t *testing.T) {
	t.Parallel()
	chicago := zone(t, "America/Chicago")
	noon := when.Hours{From: 12 * 60, To: 18 * 60}
	tests := []struct {
		name, due, now string
		hours          when.Hours
		want           []string
	}{
		{"eight days ahead", "2026-12-04", "2026-11-26 08:00", when.Hours{}, []string{
			"week-before Fri 2026-11-27 09:00", "day-before Thu 2026-12-03 09:00", "day-of Fri 2026-12-04 09:00",
			"after-1 Mon 2026-12-07 09:00", "after-3 Wed 2026-12-09 09:00", "question Fri 2026-12-11 09:00",
			"coordinator Tue 2026-12-15 09:00",
		}},
		{"the week is past", "2026-12-04", "2026-11-27 09:00", when.Hours{}, []string{
			"day-before Thu 2026-12-03 09:00", "day-of Fri 2026-12-04 09:00", "after-1 Mon 2026-12-07 09:00",
			"after-3 Wed 2026-12-09 09:00", "question Fri 2026-12-11 09:00", "coordinator Tue 2026-12-15 09:00",
		}},
		{"the very day, after nine", "2026-12-04", "2026-12-04 10:00", when.Hours{}, []string{
			"after-1 Mon 2026-12-07 09:00", "after-3 Wed 2026-12-09 09:00", "question Fri 2026-12-11 09:00",
			"coordinator Tue 2026-12-15 09:00",
		}},
		{"long past", "2026-12-04", "2027-02-01 10:00", when.Hours{}, nil},
		// Sunday the 29th is closed: the week before moves to Monday.
		{"due on a Sunday", "2026-12-06", "2026-11-28 08:00", when.Hours{}, []string{
			"week-before Mon 2026-11-30 09:00", "day-before Sat 2026-12-05 09:00", "after-1 Mon 2026-12-07 09:00",
			"after-3 Wed 2026-12-09 09:00", "question Fri 2026-12-11 09:00", "coordinator Tue 2026-12-15 09:00",
		}},
		// Only the day itself is left, and it is closed: the last open hour before its end is Saturday's.
		{"due on a Sunday, taken on Saturday", "2026-12-06", "2026-12-05 10:00", when.Hours{}, []string{
			"day-of Sat 2026-12-05 19:00", "after-1 Mon 2026-12-07 09:00", "after-3 Wed 2026-12-09 09:00",
			"question Fri 2026-12-11 09:00", "coordinator Tue 2026-12-15 09:00",
		}},
		{"due on a Sunday, taken on Saturday night", "2026-12-06", "2026-12-05 19:30", when.Hours{}, []string{
			"after-1 Mon 2026-12-07 09:00", "after-3 Wed 2026-12-09 09:00", "question Fri 2026-12-11 09:00",
			"coordinator Tue 2026-12-15 09:00",
		}},
		// Sunday's day-before would move to the day itself, which has its own.
		{"due on a Monday", "2026-12-07", "2026-12-01 08:00", when.Hours{}, []string{
			"day-of Mon 2026-12-07 09:00", "after-1 Tue 2026-12-08 09:00", "after-3 Thu 2026-12-10 09:00",
			"question Mon 2026-12-14 09:00", "coordinator Wed 2026-12-16 09:00",
		}},
		{"other hours", "2026-12-04", "2026-12-02 08:00", noon, []string{
			"day-before Thu 2026-12-03 12:00", "day-of Fri 2026-12-04 12:00", "after-1 Mon 2026-12-07 12:00",
			"after-3 Wed 2026-12-09 12:00", "question Fri 2026-12-11 12:00", "coordinator Tue 2026-12-15 09:00",
		}},
		{"no date", "", "2026-12-02 08:00", when.Hours{}, nil},
	}
	for _, tt := range tests {
		d, lead := step(), dana()
		d.Due, lead.Hours = tt.due, tt.hours
		var got []string
		for _, timer := range nudge.Ladder("c1", d, lead, chicago, at(t, tt.now, chicago)) {
			got = append(got, timer.Rule+" "+timer.At.In(chicago).Format("Mon 2006-01-02 15:04"))
			person := "dana"
			if timer.Rule == string(nudge.Coordinator) {
				person = ""
			}
			if timer.ID != "s1."+timer.Rule+"."+tt.due+".dana" || timer.Coalition != "c1" || timer.Kind != flows.TimerNudge ||
				timer.Object != "s1" || timer.Person != person || timer.Due != tt.due {
				t.Errorf("%s: %+v", tt.name, timer)
			}
		}
		if g, w := strings.Join(got, "\n"), strings.Join(tt.want, "\n"); g != w {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, g, w)
		}
	}
}

// TestLadderKeepsTheClock holds, for every due date of three years in every zone of the United States, that each rung
// stands at 9:00 on the lead's own clock, or at 19:00 when a Sunday's was brought forward, and never on a Sunday.
func TestLadderKeepsTheClock(t *testing.T) {
	t.Parallel()
	for _, name := range usZones() {
		loc, d := zone(t, name), step()
		for d.Due = "2026-01-01"; d.Due < "2029-01-01"; d.Due = when.AddDays(d.Due, 1) {
			taken := when.Instant(when.AddDays(d.Due, -10), 12, 0, loc)
			days := map[string]bool{}
			timers := nudge.Ladder("c1", d, dana(), loc, taken)
			for _, timer := range timers {
				local := timer.At.In(loc)
				clock, day := local.Format("15:04"), local.Format(time.DateOnly)
				brought := timer.Rule == string(nudge.DayOf) && clock == "19:00"
				if clock != "09:00" && !brought || local.Weekday() == time.Sunday || days[day] {
					t.Fatalf("%s due %s: %s at %s", name, d.Due, timer.Rule, local)
				}
				days[day] = true
			}
			if len(timers) < 6 {
				t.Fatalf("%s due %s: %d rungs", name, d.Due, len(timers))
			}
		}
	}
}

func TestLater(t *testing.T) {
	t.Parallel()
	chicago := zone(t, "America/Chicago")
	tests := []struct {
		now, want string
		hours     when.Hours
	}{
		{"2026-11-25 14:00", "2026-11-26 09:00", when.Hours{}},
		{"2026-11-28 14:00", "2026-11-30 09:00", when.Hours{}}, // not on a Sunday
		{"2026-11-25 14:00", "2026-11-26 17:00", when.Hours{From: 17 * 60, To: 20 * 60}},
	}
	for _, tt := range tests {
		lead := dana()
		lead.Hours = tt.hours
		timer := nudge.Later("c1", step(), lead, chicago, at(t, tt.now, chicago))
		if got := timer.At.In(chicago).Format("2006-01-02 15:04"); got != tt.want || timer.Rule != "snooze" || timer.Due != "2026-12-04" {
			t.Errorf("%s: got %s, want %s", tt.now, got, tt.want)
		}
	}
}

func TestWaitUntil(t *testing.T) {
	t.Parallel()
	chicago := zone(t, "America/Chicago")
	for now, want := range map[string]string{
		"2026-11-23 08:00": "2026-11-25 09:00", // Monday morning to Wednesday
		"2026-11-23 09:00": "2026-11-25 09:00",
		"2026-11-23 15:00": "2026-11-26 09:00", // never before two working days are over
		"2026-11-26 15:00": "2026-12-01 09:00", // over a weekend
		"2026-11-28 15:00": "2026-12-02 09:00",
	} {
		got := nudge.WaitUntil(chicago, at(t, now, chicago)).In(chicago).Format("2006-01-02 15:04")
		if got != want {
			t.Errorf("%s: got %s, want %s", now, got, want)
		}
	}
}

func TestWhom(t *testing.T) {
	t.Parallel()
	people := func(ids ...string) []coalition.Person {
		var found []coalition.Person
		for _, id := range ids {
			found = append(found, coalition.Person{ID: id, Role: coalition.RoleCoordinator})
		}
		return found
	}
	with := func(change func(*nudge.Deadline)) nudge.Deadline {
		d := step()
		change(&d)
		return d
	}
	offered := with(func(d *nudge.Deadline) { d.Stand = nudge.Offered })
	over := with(func(d *nudge.Deadline) { d.Stand = nudge.Over })
	other := with(func(d *nudge.Deadline) { d.Lead = "eli" })
	own := with(func(d *nudge.Deadline) { d.NamedBy = "dana" })
	tests := []struct {
		name         string
		kind         nudge.Kind
		person       string
		d            nudge.Deadline
		coordinators []coalition.Person
		want         string
	}{
		{"the lead", nudge.DayOf, "dana", step(), nil, "dana"},
		{"a lead from before", nudge.DayOf, "dana", other, nil, ""},
		{"snooze", nudge.Snooze, "dana", step(), nil, "dana"},
		{"over", nudge.DayOf, "dana", over, nil, ""},
		{"free again", nudge.DayOf, "dana", offered, nil, ""},
		{"offer", nudge.Offer, "casey", offered, nil, "casey"},
		{"offer taken", nudge.Offer, "casey", step(), nil, ""},
		{"coordinator", nudge.Coordinator, "", step(), people("c1", "c2"), "c1"},
		{"coordinator who leads", nudge.Coordinator, "", step(), people("dana", "c2"), "c2"},
		{"no coordinator", nudge.Coordinator, "", step(), nil, "casey"},
		{"nobody else", nudge.Coordinator, "", own, people("dana"), ""},
		{"coordinator, over", nudge.Coordinator, "", over, people("c1"), ""},
		{"help", nudge.Help, "", step(), people("c1"), "c1"},
		{"unknown", "party", "dana", step(), people("c1"), ""},
	}
	for _, tt := range tests {
		timer := flows.Timer{Rule: string(tt.kind), Person: tt.person, Object: "s1"}
		if got := nudge.Whom(timer, tt.d, tt.coordinators); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func usZones() []string {
	return []string{
		"America/New_York", "America/Detroit", "America/Kentucky/Louisville", "America/Kentucky/Monticello",
		"America/Indiana/Indianapolis", "America/Indiana/Vincennes", "America/Indiana/Winamac", "America/Indiana/Marengo",
		"America/Indiana/Petersburg", "America/Indiana/Vevay", "America/Indiana/Tell_City", "America/Indiana/Knox",
		"America/Chicago", "America/Menominee", "America/North_Dakota/Center", "America/North_Dakota/New_Salem",
		"America/North_Dakota/Beulah", "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles",
		"America/Anchorage", "America/Juneau", "America/Sitka", "America/Metlakatla", "America/Yakutat", "America/Nome",
		"America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Saipan",
		"Pacific/Pago_Pago",
	}
}
