package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
	"convenor/flows/roster"
)

// keep makes a record.
func keep(t *testing.T, kind, under, id string, value any) flows.Record {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return flows.Record{Ref: flows.Ref{Kind: kind, Under: under, ID: id}, Rev: 1, Data: data}
}

// memory is a coalition in the middle of its work: one record of each kind, and more where it matters.
func memory(t *testing.T) []flows.Record {
	t.Helper()
	both := func(en, es string) flows.Text { return flows.Text{flows.English: en, flows.Spanish: es} }
	round := flows.Definition{ID: "round-x", Title: both("Put messengers to work", "Poner a trabajar"), Group: true, Nodes: []flows.Node{
		{ID: "q1", Line: both("Which ways?", "¿Qué maneras?"), Label: both("Ways", "Maneras")},
		{ID: "q2", Line: both("Who helps?", "¿Quién ayuda?"), Label: both("Help", "Ayuda"), Options: []flows.Option{{ID: "a", Text: both("Neighbors", "Vecinos")}}},
	}}
	const space = "slack:PLAY:reentry-council"
	at := noon().Add(-time.Hour)
	text := func(id, words string) flows.Record { return keep(t, flows.KindText, "", id, flows.Typed{Text: words}) }
	answer := func(node, person string, v flows.Value) flows.Record {
		return keep(t, flows.KindAnswer, "r1", node+"."+person, flows.Answer{Run: "r1", Node: node, Person: person, Value: v, At: at})
	}
	step := func(id string, status plan.Status, taken time.Time) flows.Record {
		return keep(t, flows.KindStep, "", id, plan.Step{
			ID: id, What: "what", Goal: "g1", GoalText: "goal", Lead: "p2", Due: "2026-12-01", Status: status, NamedBy: "p1", Named: at, Taken: taken,
		})
	}
	return []flows.Record{
		keep(t, flows.KindCoalition, "", "c1", coalition.Coalition{ID: "c1", Name: "Pretend County", Zone: "America/Chicago", Locale: flows.English}),
		keep(t, flows.KindPerson, "", "p1", coalition.Person{ID: "p1", Name: "Rosa Delgado", Role: coalition.RoleCoordinator, Identities: []string{"slack:PLAY:rosa"}, Locale: flows.English, Joined: at}),
		keep(t, flows.KindPerson, "", "p2", coalition.Person{ID: "p2", Name: "Marcus Bell", Role: coalition.RoleVolunteer, Identities: []string{"discord:PLAY:marcus"}, Zone: "America/Los_Angeles", Locale: flows.Spanish, Joined: at.Add(1)}),
		keep(t, flows.KindIdentity, "", "slack:PLAY:rosa", "p1"),
		keep(t, flows.KindSpace, "", space, coalition.Space{ID: space, Platform: "slack", Channel: "reentry-council"}),
		keep(t, flows.KindFlow, "", "h1", round),
		keep(t, flows.KindRun, "", "r1", flows.Run{ID: "r1", Hash: "h1", Group: true, Space: space, Person: "p1", State: flows.StateOpen, Node: "q2", Started: at, Touched: at}),
		keep(t, flows.KindRun, "", "r2", flows.Run{ID: "r2", Hash: "h1", Person: "p2", State: flows.StateDone, Started: at}),
		answer("q1", "p1", flows.Value{Kind: flows.ValueText, TextID: "said"}),
		answer("q1", "p2", flows.Value{Kind: flows.ValueUnknown, TextID: "who"}),
		answer("q2", "p2", flows.Value{Kind: flows.ValueMany, Picks: []string{"a", "gone"}}),
		answer("q2", "p1", flows.Value{Kind: flows.ValueDropped, TextID: "dropped"}),
		keep(t, flows.KindRequest, "", "r1.q1.p2", flows.Request{Run: "r1", Node: "q1", By: "p2", WhoText: "who", At: at}),
		keep(t, flows.KindMessenger, "", "p2", roster.Messenger{Person: "p2", Name: "name", Level: "speak", Methods: []string{"direct"}, Since: at}),
		keep(t, flows.KindStakeholder, "", "p1", roster.Stakeholder{Person: "p1", Organisation: "org", Seat: "housing", Since: at}),
		keep(t, flows.KindGoal, "", "g1", plan.Goal{ID: "g1", Text: "goal"}),
		step("s1", plan.StatusTaken, at),
		step("s2", plan.StatusDone, at),
		keep(t, flows.KindReceipt, "p2", "d1", flows.Receipt{Kind: flows.Nudge, Outcome: flows.Sent, Rule: string(nudge.WeekBefore), At: at}),
		keep(t, flows.KindReceipt, space, "d2", flows.Receipt{Kind: flows.Post, Outcome: flows.Dead, At: at.Add(time.Minute)}),
		keep(t, flows.KindReceipt, "p1", "d3", flows.Receipt{Kind: flows.Nudge, Outcome: flows.Dropped, Rule: nudge.RuleHours, At: at.Add(2 * time.Minute)}),
		keep(t, flows.KindPosted, "", "k1", flows.Posted{}),
		text("said", "We call <b>everyone</b>."), text("who", "The parole office"), text("what", "Visit the council"), text("goal", "Two more case managers"),
		text("name", "Big M"), text("org", "Homes First"), text("dropped", "never to be seen"),
	}
}

type remembered struct {
	Groups  []group                 `json:"groups"`
	Done    []string                `json:"done"`
	Locales map[string]flows.Locale `json:"locales"`
}

// plain is all that a group says.
func (r remembered) plain(id string) string {
	i := slices.IndexFunc(r.Groups, func(g group) bool { return g.ID == id })
	var all []string
	for _, c := range r.Groups[i].Cards {
		for _, b := range c.Blocks {
			all = append(all, b.Text)
		}
	}
	return strings.Join(all, "\n")
}

func TestRemembers(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), Options{Remember: func(context.Context) ([]flows.Record, error) { return memory(t), nil }})
	for lang, groups := range map[string]map[string][]string{
		"en": {
			"answers":  {"Which ways?", "Put messengers to work, asked in #reentry-council", "Rosa Delgado:", "We call <b>everyone</b>.", "I don’t know", "Marcus Bell says who would know: The parole office", "Neighbors and gone"},
			"signups":  {"Marcus Bell, messenger", "Goes by: Big M", "Level: speak", "Organization: Homes First", "Seat: housing"},
			"steps":    {"Visit the council", "Goal: Two more case managers", "Lead: Marcus Bell", "Due: Tuesday, December 1", "Taken.", "Done.", "Named by Rosa Delgado"},
			"nudges":   {"Marcus Bell: one day before", "on the day", "About “Visit the council”"},
			"talks":    {"Put messengers to work", "Everyone in #reentry-council. Rosa Delgado started it.", "Waits at: Who helps?"},
			"people":   {"Pretend County", "#reentry-council on Slack", "Coordinator", "Here since Monday, November 23", "On Discord as marcus", "Reads Spanish", "Time zone: America/Los_Angeles"},
			"receipts": {"A reminder to Marcus Bell", "Rule: one week before", "A message in #reentry-council", "Could not be delivered", "Held back", "Rule: outside the hours this person chose"},
			"rest":     {"Typed texts: 7", "Accounts of people: 1", "Goals: 1", "Conversations that are over: 1", "Places of messages that I may change: 1"},
		},
		"es": {
			"answers": {"¿Qué maneras?", "No lo sé", "Vecinos y gone"},
			"steps":   {"Fecha: martes, 1 de diciembre", "Tomado."},
			"people":  {"Lee español"},
		},
	} {
		var got remembered
		body := p.get(t, "/remembers?lang="+lang).body
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		for id, wanted := range groups {
			said := got.plain(id)
			for _, want := range wanted {
				if !strings.Contains(said, want) {
					t.Errorf("%s, %s: %q is missing in:\n%s", lang, id, want, said)
				}
			}
		}
		if strings.Contains(body, "web.memory") || strings.Contains(body, "never to be seen") {
			t.Errorf("%s: a word is missing, or what was taken back is shown:\n%s", lang, body)
		}
		if want := []string{"answer", "ask", "done", "nudge", "signup", "step", "take"}; !slices.Equal(got.Done, want) {
			t.Errorf("happened: %v", got.Done)
		}
		if got.Locales["rosa"] != flows.English || got.Locales["marcus"] != flows.Spanish {
			t.Errorf("languages: %v", got.Locales)
		}
	}
}

// TestRemembersNothing: an empty coalition says so in every group, and ticks nothing off.
func TestRemembersNothing(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), Options{})
	var got remembered
	body := p.get(t, "/remembers").body
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Groups) != 8 || len(got.Done) != 0 {
		t.Fatalf("%d groups, %v happened", len(got.Groups), got.Done)
	}
	for _, g := range got.Groups {
		if g.Title == "" || strings.HasPrefix(g.Empty, "web.") || g.Empty == "" {
			t.Errorf("%s: %q, %q", g.ID, g.Title, g.Empty)
		}
	}
}

func TestRemembersFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		records []flows.Record
		err     error
		code    int
	}{
		"the store is away": {nil, errors.New("away"), http.StatusServiceUnavailable},
		"damage":            {[]flows.Record{{Ref: flows.Ref{Kind: flows.KindStep, ID: "s"}, Data: []byte("{")}}, nil, http.StatusInternalServerError},
	} {
		p := open(t, t.TempDir(), Options{Remember: func(context.Context) ([]flows.Record, error) { return c.records, c.err }})
		if got := p.get(t, "/remembers"); got.code != c.code {
			t.Errorf("%s: answered %d", name, got.code)
		}
	}
}

// TestMemoryWords: whatever can stand in a record has words in both languages.
func TestMemoryWords(t *testing.T) {
	t.Parallel()
	pack := catalogue(t)
	check := func(prefix string, names ...string) {
		for _, name := range names {
			for _, l := range []flows.Locale{flows.English, flows.Spanish} {
				if _, ok := pack.Word(l, prefix+name, -1); !ok {
					t.Errorf("%s lacks %s%s", l, prefix, name)
				}
			}
		}
	}
	check("web.memory.status.", string(plan.StatusOffered), string(plan.StatusTaken), string(plan.StatusHelp), string(plan.StatusDone), string(plan.StatusDropped))
	for _, r := range []coalition.Role{
		coalition.RoleCoordinator, coalition.RoleChair, coalition.RoleLead, coalition.RoleScribe, coalition.RoleMember,
		coalition.RoleVolunteer, coalition.RoleObserver,
	} {
		check("web.memory.role.", string(r))
	}
	for _, k := range []nudge.Kind{nudge.WeekBefore, nudge.DayBefore, nudge.DayOf, nudge.AfterOne, nudge.AfterThree, nudge.Question} {
		check("web.memory.rung.", string(k))
	}
	for _, k := range []nudge.Kind{nudge.Coordinator, nudge.Snooze, nudge.Offer, nudge.Help} {
		check("web.memory.rule.", string(k))
	}
	check("web.memory.rule.", nudge.RuleTwice, nudge.RuleLate, nudge.RuleOff, nudge.RuleMuted, nudge.RuleStale, nudge.RuleAway, nudge.RuleHours, nudge.RuleBudget, nudge.RuleDigest)
	check("web.memory.rule.", string(flows.Reply), string(flows.Post), "edit", "superseded")
	check("web.memory.receipt.", string(flows.Reply), string(flows.Post), string(flows.Nudge))
	check("web.memory.outcome.", string(flows.Dropped), string(flows.Dead))
	check("web.memory.kind.", flows.KindText, flows.KindIdentity, flows.KindFlow, flows.KindRun, flows.KindGoal, flows.KindCurrent, flows.KindOpen, flows.KindPosted)
	check("web.memory.locale.", string(flows.English), string(flows.Spanish))
	check("web.platform.", slack, discord)
}
