package content

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"convenor/flows"
)

// TestRules breaks each rule alone and mends it: the broken pack is told of this rule and no other, at its place and
// with something to do; the mended one of nothing.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, rule := range rules(t) {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			bad := filepath.Join("testdata", "lint", string(rule), "bad.txtar")
			a := parseArchive(t, bad)
			pack, want := overlay(t, a)
			mistakes := Check(pack)
			if *update {
				rewrite(t, bad, a, mistakes.Error())
			} else if diff := cmp.Diff(want, mistakes.Error()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(mistakes) == 0 {
				t.Error("nothing is told")
			}
			for _, m := range mistakes {
				if m.Rule != rule || m.Fix == "" {
					t.Errorf("told otherwise, or not what to do: %v", m)
				}
			}
			pack, _ = overlay(t, parseArchive(t, filepath.Join("testdata", "lint", string(rule), "good.txtar")))
			if mistakes := Check(pack); len(mistakes) > 0 {
				t.Error("mended, and still:", mistakes)
			}
		})
	}
}

// TestEveryRuleIsKnown wants a rule for each folder of fixtures, and at least as many as authors were promised.
func TestEveryRuleIsKnown(t *testing.T) {
	t.Parallel()
	all := rules(t)
	folders, err := os.ReadDir(filepath.Join("testdata", "lint"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if !slices.Contains(all, flows.Rule(folder.Name())) {
			t.Errorf("no rule is called %s", folder.Name())
		}
	}
	if len(all) < 15 {
		t.Errorf("%d rules", len(all))
	}
}

// TestPackIsClean wants nothing told about the embedded pack.
func TestPackIsClean(t *testing.T) {
	t.Parallel()
	mistakes, err := CheckDir("")
	if err != nil {
		t.Fatal(err)
	}
	if len(mistakes) > 0 {
		t.Error(mistakes)
	}
}

// rules are the names of all rules, as the source has them: a new one cannot be forgotten.
func rules(t *testing.T) []flows.Rule {
	t.Helper()
	var all []flows.Rule
	for _, name := range []string{filepath.Join("..", "flows", "rule.go"), "rule.go"} {
		source, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if value, ok := spec.Values[0].(*ast.BasicLit); ok {
				word, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, flows.Rule(word))
			}
			return true
		})
	}
	return all
}

// overlay is the sound pack with the files of an archive in place of its own, and what the archive says must come out.
func overlay(t *testing.T, a archive) (pack fstest.MapFS, want string) {
	t.Helper()
	pack = sound(t)
	for _, file := range a.files {
		switch {
		case file.name == "want":
			want = file.data
		case strings.TrimSpace(file.data) == "" && file.data != "":
			delete(pack, file.name) // an empty line: the file is taken away
		default:
			pack[file.name] = &fstest.MapFile{Data: unescape(file.data)}
		}
	}
	return pack, want
}
