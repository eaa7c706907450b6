package coalition_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
)

func dana() coalition.Person {
	return coalition.Person{
		ID: "dana", Name: "Dana", Identities: []string{coalition.Identity("slack:T1", "U1")},
		Role: coalition.RoleMember, Locale: flows.English, Zone: "America/Chicago",
		Nudges: coalition.Nudges{Muted: map[string]bool{"day-of": true}},
		Joined: time.Date(2026, 11, 1, 15, 0, 0, 0, time.UTC),
	}
}

// kept checks that a change puts the person and nothing else, and returns it as the store would give it back.
func kept(t *testing.T, c flows.Change) coalition.Person {
	t.Helper()
	if len(c.Puts) != 1 || len(c.Effects) != 0 || len(c.Timers) != 0 || c.Puts[0].Delete ||
		c.Puts[0].Ref != (flows.Ref{Kind: flows.KindPerson, ID: "dana"}) {
		t.Fatalf("got %+v", c)
	}
	data, err := json.Marshal(c.Puts[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	var p coalition.Person
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWishes(t *testing.T) {
	t.Parallel()
	evening := when.Hours{From: 17 * 60, To: 22 * 60}
	tests := []struct {
		name   string
		change func(coalition.Person) flows.Change
		want   func(*coalition.Person)
	}{
		{
			"language", func(p coalition.Person) flows.Change { return coalition.ChooseLanguage(p, flows.Spanish) },
			func(p *coalition.Person) { p.Locale, p.LocaleChosen = flows.Spanish, true },
		},
		{"stop", coalition.StopNudges, func(p *coalition.Person) { p.Nudges.Off = true }},
		{"allow", coalition.AllowNudges, func(p *coalition.Person) { p.Nudges = coalition.Nudges{} }},
		{
			"mute", func(p coalition.Person) flows.Change { return coalition.Mute(p, "after-1") },
			func(p *coalition.Person) { p.Nudges.Muted["after-1"] = true },
		},
		{
			"mute first", func(p coalition.Person) flows.Change {
				p.Nudges = coalition.Nudges{}
				return coalition.Mute(p, "after-1")
			},
			func(p *coalition.Person) { p.Nudges.Muted = map[string]bool{"after-1": true} },
		},
		{
			"hours", func(p coalition.Person) flows.Change {
				c, err := coalition.SetHours(p, evening)
				if err != nil {
					return flows.Change{}
				}
				return c
			},
			func(p *coalition.Person) { p.Hours = evening },
		},
		{
			"away", func(p coalition.Person) flows.Change { return coalition.SetAway(p, "2026-12-24") },
			func(p *coalition.Person) { p.Away = "2026-12-24" },
		},
		{
			"back", func(p coalition.Person) flows.Change { p.Away = "2026-12-24"; return coalition.SetAway(p, "") },
			func(*coalition.Person) {},
		},
	}
	for _, tt := range tests {
		before, want := dana(), dana()
		tt.want(&want)
		if got := kept(t, tt.change(before)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, want)
		}
		if !reflect.DeepEqual(before, dana()) {
			t.Errorf("%s: the person given was changed", tt.name)
		}
	}
}

func TestHoursThatAreNone(t *testing.T) {
	t.Parallel()
	if _, err := coalition.SetHours(dana(), when.Hours{From: 1200, To: 540}); !errors.Is(err, coalition.ErrHours) {
		t.Error(err)
	}
}

func TestCoordinators(t *testing.T) {
	t.Parallel()
	person := func(id string, role coalition.Role, joined int) coalition.Person {
		return coalition.Person{ID: id, Role: role, Joined: time.Unix(int64(joined), 0)}
	}
	people := []coalition.Person{
		person("a", coalition.RoleMember, 1), person("c", coalition.RoleCoordinator, 3),
		person("d", coalition.RoleCoordinator, 2), person("b", coalition.RoleCoordinator, 3),
	}
	var got []string
	for _, p := range coalition.Coordinators(people) {
		got = append(got, p.ID)
	}
	if want := []string{"d", "b", "c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if coalition.SpaceID("slack:T1", "C1") != "slack:T1:C1" {
		t.Error("space id")
	}
}
