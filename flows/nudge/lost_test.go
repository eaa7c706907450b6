package nudge_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
)

// TestWhoIsNotReachedIsToldShortly holds that a nudge about anybody nothing gets through to, for any reason, has words in
// both languages and at most 300 characters, and that several share one message.
func TestWhoIsNotReachedIsToldShortly(t *testing.T) {
	t.Parallel()
	words := catalogue(t)
	f := facts(t, "2026-11-27 09:00", step())
	f.Person.Explained, f.Lost = false, map[string]nudge.Lost{}
	var timers []flows.Timer
	for _, why := range []string{"closed", "left", "inactive", "not-found", "unknown", "bot", "archived", "not-in-channel", "restricted", "deleted", "unreachable", "given-up", "no-app"} {
		for _, on := range []string{"slack", "discord", ""} {
			lost := coalition.Lost{Why: why, On: on, Since: f.Now}
			for id, l := range map[string]nudge.Lost{
				"p" + why + on:    {Lost: lost, Person: "p" + why + on},
				"s:" + why + on:   {Lost: lost, Name: strings.Repeat("n", 80)},
				"s::" + why + on:  {Lost: lost},
				"s:::" + why + on: {Lost: lost, Private: true},
			} {
				f.Lost[id] = l
				timers = append(timers, nudge.LostTimer("c", id, lost))
			}
		}
	}
	f.Now = f.Now.Add(time.Hour)
	for _, timer := range timers {
		turn := nudge.Due([]flows.Timer{timer}, f)
		if len(turn.Deliveries) != 1 {
			t.Fatalf("%s: nothing is said", timer.ID)
		}
		for _, language := range []string{"en", "es"} {
			total := 0
			for _, p := range turn.Deliveries[0].Message.Parts {
				if words[p.Words][language] == "" {
					t.Fatalf("%s has no words in %s", p.Words, language)
				}
				args := map[string]flows.Arg{}
				for name, arg := range p.Args {
					if arg.Words != "" {
						arg = flows.Arg{Plain: words[arg.Words][language]}
					}
					args[name] = arg
				}
				said := fill(t, language, words[p.Words][language], args)
				total += utf8.RuneCountInString(said) + 1
			}
			if total > 300 {
				t.Errorf("%s in %s has %d characters", timer.ID, language, total)
			}
		}
	}
	turn := nudge.Due(timers, f)
	if len(turn.Deliveries) != 1 || len(turn.Fired) != len(timers) || len(turn.Deliveries[0].Message.Parts) > 19 {
		t.Fatalf("%d at once come to %d messages", len(timers), len(turn.Deliveries))
	}
	for id, l := range f.Lost { // reached meanwhile, and lost again
		l.Since = f.Now
		f.Lost[id] = l
	}
	if turn := nudge.Due(timers, f); len(turn.Deliveries) != 0 {
		t.Errorf("what is no longer so is said: %+v", turn.Deliveries)
	}
}

// TestWhoIsTold: the first coordinator who is reached and wants it, never the one it is about, and each at most once.
func TestWhoIsTold(t *testing.T) {
	t.Parallel()
	lost := coalition.Lost{Why: "closed", On: "slack", Since: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}
	person := func(id string, change func(*coalition.Person)) coalition.Person {
		p := coalition.Person{ID: id, Role: coalition.RoleCoordinator}
		if change != nil {
			change(&p)
		}
		return p
	}
	away := func(p *coalition.Person) { p.Lost = lost }
	off := func(p *coalition.Person) { p.Nudges.Off = true }
	for name, c := range map[string]struct {
		people []coalition.Person
		tried  string
		want   string
	}{
		"the first":                   {[]coalition.Person{person("a", nil), person("b", nil)}, "", "a"},
		"not about themselves":        {[]coalition.Person{person("x", nil), person("b", nil)}, "", "b"},
		"nobody else is there":        {[]coalition.Person{person("x", nil)}, "", ""},
		"one who is reached":          {[]coalition.Person{person("a", away), person("b", off), person("d", nil)}, "", "d"},
		"one who can be called":       {[]coalition.Person{person("a", away)}, "", "a"},
		"another, once one was tried": {[]coalition.Person{person("a", away), person("b", nil)}, "a", "b"},
		"nobody, when all were tried": {[]coalition.Person{person("a", away), person("b", away)}, "a", ""},
	} {
		timer := nudge.LostTimer("c", "x", lost)
		if timer.Person = c.tried; nudge.Whom(timer, nudge.Deadline{}, c.people) != c.want {
			t.Errorf("%s: %q", name, nudge.Whom(timer, nudge.Deadline{}, c.people))
		}
	}
}
