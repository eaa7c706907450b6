package coalition_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"convenor/flows"
	"convenor/flows/coalition"
)

// roles in the order of the columns below.
func roles() []coalition.Role {
	return []coalition.Role{
		coalition.RoleCoordinator, coalition.RoleChair, coalition.RoleLead, coalition.RoleScribe, coalition.RoleMember,
		coalition.RoleVolunteer, coalition.RoleObserver, "", "owner",
	}
}

// Each row of the tables says for the roles in the order of roles(): y yes; else who can: r any role, v volunteers and
// above, m members and above, c coordinators, f who leads the round, g leads and above, n the one whose it is, u nobody knows.
const (
	everyone     = "yyyyyyyrr"
	noWatcher    = "yyyyyyvrr"
	working      = "yyyyymmrr"
	coordinating = "yccccccrr"
	guiding      = "yyyffffrr"
	guides       = "yyyggggrr"
	another      = "nnnnnnnrr"
	anotherStep  = "nnnnnnvrr"
	unknown      = "uuuuuuuuu"
)

func verdicts() map[byte]coalition.Verdict {
	return map[byte]coalition.Verdict{
		'y': coalition.Yes, 'r': coalition.NeedsRole, 'v': coalition.NeedsVolunteer, 'm': coalition.NeedsMember,
		'c': coalition.NeedsCoordinator, 'f': coalition.NeedsFacilitator, 'g': coalition.NeedsGuide, 'n': coalition.NotTheirs, 'u': coalition.Undecided,
	}
}

// row is a verb's verdicts by what it is about: nobody's alone, the actor's own, another's, one's own round, another's
// round.
type row struct{ free, own, other, ownRound, otherRound string }

func verbTable() map[flows.Verb]row {
	same := func(s string) row { return row{s, s, s, s, s} }
	run := row{everyone, everyone, another, everyone, everyone}
	lead := row{another, everyone, another, everyone, guiding}
	step := row{noWatcher, noWatcher, anotherStep, noWatcher, noWatcher}
	return map[flows.Verb]row{
		flows.VerbAnswer: run, flows.VerbForm: run, flows.VerbPage: run, flows.VerbRemove: run, flows.VerbUnknown: run, flows.VerbSkip: run, flows.VerbBack: run,
		flows.VerbChange: run, flows.VerbMore: run,
		flows.VerbPause: lead, flows.VerbResume: lead, flows.VerbCancel: lead, flows.VerbConfirm: lead, flows.VerbNext: lead,
		flows.VerbRemind: lead, flows.VerbSort: lead, flows.VerbCapture: lead, flows.VerbMake: run, flows.VerbLook: step,
		flows.VerbStepTake: step, flows.VerbStepLater: step, flows.VerbStepDone: step, flows.VerbStepOK: step,
		flows.VerbStepHelp: step, flows.VerbStepHandOn: step, flows.VerbStepDate: step, flows.VerbStepSnooze: step,
		flows.VerbStepReport: step, flows.VerbStepNotMe: run, flows.VerbWaiting: run, flows.VerbKnock: same(everyone),
		flows.VerbMenu: same(everyone), flows.VerbStart: same(everyone), flows.VerbMe: same(everyone),
		flows.VerbSettings: same(everyone), flows.VerbLanguage: same(everyone), flows.VerbFewer: same(everyone),
		flows.VerbNudgesOff: same(everyone), flows.VerbNudgesOn: same(everyone), flows.VerbWithdraw: same(everyone),
		flows.VerbAsk: same(working), flows.VerbRole: same(coordinating), flows.VerbLog: same(coordinating), flows.VerbCall: same(coordinating), flows.VerbMark: same(guides),
		flows.VerbOwn: same(working), flows.VerbCheck: same(guides), flows.VerbRate: same(noWatcher),
		"": same(unknown), "erase": same(unknown), "step.drop": same(unknown),
	}
}

// TestCan asks for every role, every verb, everything it may be about, in one's own coalition and in another.
func TestCan(t *testing.T) {
	t.Parallel()
	asked := 0
	for verb, row := range verbTable() {
		for _, about := range []struct {
			name   string
			object coalition.Object
			want   string
		}{
			{"what is free", coalition.Object{}, row.free},
			{"their own", coalition.Object{Owner: "dana"}, row.own},
			{"another's", coalition.Object{Owner: "lee"}, row.other},
			{"their own round", coalition.Object{Owner: "dana", Group: true}, row.ownRound},
			{"another's round", coalition.Object{Owner: "lee", Group: true}, row.otherRound},
		} {
			for i, role := range roles() {
				actor := coalition.Actor{Coalition: "home", Person: "dana", Role: role}
				here, there := about.object, about.object
				here.Coalition, there.Coalition = "home", "elsewhere"
				if got, want := coalition.Can(actor, verb, here), verdicts()[about.want[i]]; got != want {
					t.Errorf("%q %q %s: %q, want %q", role, verb, about.name, got, want)
				}
				wantThere := coalition.NotHere
				if about.want[i] == 'u' {
					wantThere = coalition.Undecided
				}
				if got := coalition.Can(actor, verb, there); got != wantThere {
					t.Errorf("%q %q %s of another coalition: %q", role, verb, about.name, got)
				}
				asked += 2
			}
		}
	}
	if asked < 3000 {
		t.Errorf("asked only %d times", asked)
	}
	t.Logf("%d questions", asked)
}

// TestCanAskNobodyFromNowhere makes sure that an actor or an object without a coalition is let nowhere.
func TestCanAskNobodyFromNowhere(t *testing.T) {
	t.Parallel()
	for verb := range verbTable() {
		if coalition.Can(coalition.Actor{Person: "dana", Role: coalition.RoleCoordinator}, verb, coalition.Object{}) == coalition.Yes {
			t.Errorf("%q is allowed to an actor of no coalition", verb)
		}
	}
}

func TestCanRecord(t *testing.T) {
	t.Parallel()
	table := map[string]string{
		flows.RecordMessenger:   everyone,
		flows.RecordStakeholder: working,
		flows.RecordStep:        working,
		flows.RecordReport:      noWatcher,
		flows.RecordQuestion:    working,
		flows.RecordSetup:       coordinating,
		"":                      "uuuuuuurr",
		"ballot":                "uuuuuuurr",
	}
	for name, record := range named(t, "../definition.go", "Record") {
		if _, decided := table[record]; !decided {
			t.Errorf("%s is not decided", name)
		}
	}
	for record, row := range table {
		for i, role := range roles() {
			actor := coalition.Actor{Coalition: "home", Person: "dana", Role: role}
			object := coalition.Object{Coalition: "home", Records: []string{flows.RecordMessenger, record}}
			if got, want := coalition.Can(actor, flows.VerbStart, object), verdicts()[row[i]]; got != want {
				t.Errorf("%q %q: %q, want %q", role, record, got, want)
			}
		}
	}
}

// TestCanInARoundThatNobodyLeads lets whoever takes part do what a facilitator would, and no role more than it may.
func TestCanInARoundThatNobodyLeads(t *testing.T) {
	t.Parallel()
	for verb, row := range verbTable() {
		for i, role := range roles() {
			actor := coalition.Actor{Coalition: "home", Person: "dana", Role: role}
			shared := coalition.Object{Coalition: "home", Owner: "lee", Group: true, Shared: true}
			if got, want := coalition.Can(actor, verb, shared), verdicts()[row.ownRound[i]]; got != want {
				t.Errorf("%q %q: %q, want %q", role, verb, got, want)
			}
			if shared.Coalition = "elsewhere"; coalition.Can(actor, verb, shared) == coalition.Yes {
				t.Errorf("%q %q is allowed in another coalition", role, verb)
			}
		}
	}
}

func TestTheLastCoordinatorStays(t *testing.T) {
	t.Parallel()
	one := coalition.Person{ID: "dana", Role: coalition.RoleCoordinator}
	two := coalition.Person{ID: "lee", Role: coalition.RoleCoordinator}
	for _, role := range coalition.Roles() {
		_, err := coalition.SetRole(one, role, []coalition.Person{one})
		if last := errors.Is(err, coalition.ErrLastCoordinator); last != (role != coalition.RoleCoordinator) {
			t.Errorf("the only coordinator becomes %s: %v", role, err)
		}
		c, err := coalition.SetRole(one, role, []coalition.Person{one, two})
		if err != nil || kept(t, c).Role != role {
			t.Errorf("one of two coordinators becomes %s: %+v %v", role, c, err)
		}
	}
}

// TestTablesAreWhole fails when flows gains a verb that the table does not decide.
func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	table := verbTable()
	for name, verb := range named(t, "../token.go", "Verb") {
		if _, decided := table[flows.Verb(verb)]; !decided {
			t.Errorf("%s is not decided", name)
		}
	}
}

// named reads the texts that a file of package flows gives to names with a prefix.
func named(t *testing.T, file, prefix string) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, prefix) {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found[spec.Names[0].Name] = value
		return true
	})
	if len(found) == 0 {
		t.Fatalf("%s names nothing that begins with %s", file, prefix)
	}
	return found
}
