package roster_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/roster"
)

func now() time.Time { return time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC) }

func typed(id string) flows.Value { return flows.Value{Kind: flows.ValueText, TextID: id} }

func consent(said string) flows.Value {
	return flows.Value{Kind: flows.ValueConsent, Picks: []string{said}}
}

func choice(id string) flows.Value { return flows.Value{Kind: flows.ValueChoice, Picks: []string{id}} }

func messenger() flows.HandOver {
	return flows.HandOver{
		Record: flows.RecordMessenger, By: "dana", At: now(), Run: flows.Run{ID: "r2", Flow: "messenger"},
		Fields: map[string]flows.Value{
			"name": typed("t-name"), "reach": typed("t-reach"), "level": choice("speak"), "area": typed("t-area"),
			"methods": {Kind: flows.ValueMany, Picks: []string{"direct", "media"}}, "agree": consent("yes"),
		},
	}
}

func stakeholder() flows.HandOver {
	return flows.HandOver{
		Record: flows.RecordStakeholder, By: "dana", At: now(), Run: flows.Run{ID: "r2", Flow: "stakeholder"},
		Fields: map[string]flows.Value{
			"name": typed("t-name"), "organisation": typed("t-org"), "seat": choice("housing"), "voting": choice("unsure"),
			"alternate": typed("t-alt"), "agree": consent("yes"),
		},
	}
}

// told is what a change says, and to whom.
func told(c flows.Change) string {
	var lines []string
	for _, e := range c.Effects {
		say, ok := e.(flows.Say)
		if !ok {
			lines = append(lines, "unexpected")
			continue
		}
		var parts, buttons []string
		for _, p := range say.Message.Parts {
			parts = append(parts, p.Words)
		}
		for _, b := range say.Message.Controls {
			buttons = append(buttons, strings.TrimRight(string(b.Token.Verb)+" "+b.Token.Object, " "))
		}
		lines = append(lines, say.Person+": "+strings.Join(parts, ", ")+" ["+strings.Join(buttons, ", ")+"]")
	}
	return strings.Join(lines, "\n")
}

// kept is the records that a change puts and deletes, in order.
func kept(c flows.Change) string {
	var refs []string
	for _, p := range c.Puts {
		ref := p.Kind + ":" + p.ID
		if p.Delete {
			ref = "-" + ref
		}
		refs = append(refs, ref)
	}
	return strings.Join(refs, " ")
}

// read decodes the first record into v as the store would.
func read(t *testing.T, c flows.Change, v any) {
	t.Helper()
	data, err := json.Marshal(c.Puts[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func TestSignUpMessenger(t *testing.T) {
	t.Parallel()
	want := roster.Messenger{
		Person: "dana", Name: "t-name", Reach: "t-reach", Level: "speak", Methods: []string{"direct", "media"}, Area: "t-area",
		Consent: now(), Run: "r2", Since: now(),
	}
	c := roster.SignUp(messenger(), roster.Prior{})
	var got roster.Messenger
	if read(t, c, &got); !reflect.DeepEqual(got, want) || kept(c) != "messenger:dana" {
		t.Errorf("kept %s: %+v", kept(c), got)
	}
	lines := "signup.name, signup.reach, signup.level, signup.methods, signup.area, signup.messenger-next [me]"
	if got := told(c); got != "dana: signup.messenger, "+lines {
		t.Error(got)
	}

	before := want
	before.Since, before.Name, before.Reach = now().Add(-time.Hour), "t-old", "t-reach"
	want.Since = before.Since
	c = roster.SignUp(messenger(), roster.Prior{Messenger: &before})
	got = roster.Messenger{}
	if read(t, c, &got); !reflect.DeepEqual(got, want) || kept(c) != "messenger:dana -text:t-old" {
		t.Errorf("again: kept %s: %+v", kept(c), got)
	}
	if got := told(c); got != "dana: signup.messenger-again, "+lines {
		t.Error(got)
	}
}

func TestSignUpStakeholder(t *testing.T) {
	t.Parallel()
	want := roster.Stakeholder{
		Person: "dana", Name: "t-name", Organisation: "t-org", Seat: "housing", Voting: "unsure", Alternate: "t-alt",
		Consent: now(), Run: "r2", Since: now(),
	}
	c := roster.SignUp(stakeholder(), roster.Prior{Messenger: &roster.Messenger{Person: "dana", Name: "t-other"}})
	var got roster.Stakeholder
	if read(t, c, &got); !reflect.DeepEqual(got, want) || kept(c) != "stakeholder:dana" {
		t.Errorf("kept %s: %+v", kept(c), got)
	}
	lines := "signup.name, signup.organisation, signup.voting, signup.alternate, signup.stakeholder-next [me]"
	if got := told(c); got != "dana: signup.stakeholder, "+lines {
		t.Error(got)
	}

	before := roster.Stakeholder{Person: "dana", Name: "t-1", Organisation: "t-2", Alternate: "t-3", Since: now().Add(-time.Hour)}
	h := stakeholder()
	h.Fields["alternate"] = flows.Value{Kind: flows.ValueSkipped}
	c = roster.SignUp(h, roster.Prior{Stakeholder: &before})
	got = roster.Stakeholder{}
	read(t, c, &got)
	if got.Alternate != "" || !got.Since.Equal(before.Since) || kept(c) != "stakeholder:dana -text:t-1 -text:t-2 -text:t-3" {
		t.Errorf("again: kept %s: %+v", kept(c), got)
	}
	if got, want := told(c), "dana: signup.stakeholder-again, "+strings.Replace(lines, "signup.alternate, ", "", 1); got != want {
		t.Error(got)
	}
}

// TestSignUpTakesWhatIsMissing holds that skipped and unknown answers, and options of a pack that changed, are left out.
func TestSignUpTakesWhatIsMissing(t *testing.T) {
	t.Parallel()
	h := messenger()
	h.Fields = map[string]flows.Value{
		"name": {Kind: flows.ValueUnknown, TextID: "t-who"}, "level": choice("fly"),
		"methods": {Kind: flows.ValueMany, Picks: []string{"pigeon"}}, "agree": consent("yes"),
	}
	c := roster.SignUp(h, roster.Prior{})
	var m roster.Messenger
	read(t, c, &m)
	if m.Name != "" || m.Reach != "" || m.Level != "fly" || m.Area != "" {
		t.Errorf("kept %+v", m)
	}
	if got := told(c); got != "dana: signup.messenger, signup.messenger-next [me]" {
		t.Error(got)
	}
}

// TestNoConsentNoRecord holds that anything but a yes keeps nothing and erases what was typed on the way.
func TestNoConsentNoRecord(t *testing.T) {
	t.Parallel()
	for name, agree := range map[string]flows.Value{
		"no": consent("no"), "unknown": {Kind: flows.ValueUnknown}, "skipped": {Kind: flows.ValueSkipped}, "none": {},
		"a choice": choice("yes"), "both": {Kind: flows.ValueConsent, Picks: []string{"yes", "no"}},
	} {
		for _, h := range []flows.HandOver{messenger(), stakeholder()} {
			h.Fields["agree"] = agree
			c := roster.SignUp(h, roster.Prior{Messenger: &roster.Messenger{Person: "dana", Name: "t-old"}})
			want := "-text:t-area -text:t-name -text:t-reach"
			if h.Record == flows.RecordStakeholder {
				want = "-text:t-alt -text:t-name -text:t-org"
			}
			if kept(c) != want || told(c) != "dana: signup.declined [start "+h.Run.Flow+"]" {
				t.Errorf("%s, %s: kept %s, told %s", h.Record, name, kept(c), told(c))
			}
		}
	}
}

func TestSignUpOfSomethingElse(t *testing.T) {
	t.Parallel()
	h := messenger()
	h.Record = flows.RecordStep
	if c := roster.SignUp(h, roster.Prior{}); !reflect.DeepEqual(c, flows.Change{}) {
		t.Errorf("got %+v", c)
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	m := roster.WithdrawMessenger(roster.Messenger{Person: "dana", Name: "t-1", Area: "t-2"})
	if got := kept(m); got != "-messenger:dana -text:t-1 -text:t-2" || len(m.Effects) != 0 {
		t.Error(got)
	}
	s := roster.WithdrawStakeholder(roster.Stakeholder{Person: "dana", Organisation: "t-1", Alternate: "t-2"})
	if got := kept(s); got != "-stakeholder:dana -text:t-1 -text:t-2" || len(s.Effects) != 0 {
		t.Error(got)
	}
}
