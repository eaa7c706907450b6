package coalition_test

import (
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

func verbTable() map[flows.Verb]string {
	const (
		everyone  = "yyyyyyy--"
		noWatcher = "yyyyyy---"
		working   = "yyyyy----"
		guiding   = "yyy------"
	)
	return map[flows.Verb]string{
		flows.VerbAnswer: everyone, flows.VerbForm: everyone, flows.VerbUnknown: everyone, flows.VerbSkip: everyone,
		flows.VerbBack: everyone, flows.VerbChange: everyone, flows.VerbPause: everyone, flows.VerbResume: everyone,
		flows.VerbCancel: everyone, flows.VerbMore: everyone, flows.VerbConfirm: everyone,
		flows.VerbNext:     guiding,
		flows.VerbStepTake: noWatcher, flows.VerbStepNotMe: everyone, flows.VerbStepLater: noWatcher,
		flows.VerbStepDone: noWatcher, flows.VerbStepOK: noWatcher, flows.VerbStepHelp: noWatcher,
		flows.VerbStepHandOn: noWatcher, flows.VerbStepDate: noWatcher, flows.VerbStepSnooze: noWatcher,
		flows.VerbStepReport: noWatcher,
		flows.VerbMenu:       everyone, flows.VerbStart: everyone, flows.VerbAsk: working, flows.VerbMe: everyone,
		flows.VerbSettings: everyone, flows.VerbLanguage: everyone, flows.VerbFewer: everyone,
		flows.VerbNudgesOff: everyone, flows.VerbNudgesOn: everyone, flows.VerbWithdraw: everyone,
		"": "---------", "erase": "---------", "step.drop": "---------",
	}
}

func TestCan(t *testing.T) {
	t.Parallel()
	for verb, row := range verbTable() {
		for i, role := range roles() {
			if got := coalition.Can(role, verb); got != (row[i] == 'y') {
				t.Errorf("%q %q: %t", role, verb, got)
			}
		}
	}
}

func TestCanRecord(t *testing.T) {
	t.Parallel()
	table := map[string]string{
		flows.RecordMessenger:   "yyyyyyy--",
		flows.RecordStakeholder: "yyyyy----",
		flows.RecordStep:        "yyyyy----",
		flows.RecordReport:      "yyyyyy---",
		"":                      "---------",
		"ballot":                "---------",
	}
	for record, row := range table {
		for i, role := range roles() {
			if got := coalition.CanRecord(role, record); got != (row[i] == 'y') {
				t.Errorf("%q %q: %t", role, record, got)
			}
		}
	}
}

// TestTablesAreWhole fails when flows gains a verb that the table does not decide.
func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../token.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	table, found := verbTable(), 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Verb") {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if _, decided := table[flows.Verb(value)]; !decided {
			t.Errorf("%s is not decided", spec.Names[0].Name)
		}
		found++
		return true
	})
	if found == 0 {
		t.Error("no verbs found")
	}
}
