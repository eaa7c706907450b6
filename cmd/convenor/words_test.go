package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// wordKey is the form of a key of the catalogue: an area, a dot, a name. A literal that ends in a dot begins keys whose
// end is an id ("signup.level." + id).
var wordKey = regexp.MustCompile(`^[a-z]+\.([a-z0-9-]+(\.[a-z0-9-]+)*\.?)?$`)

// TestWords holds code and catalogue together: every key that the code names is there, and every key there is named.
func TestWords(t *testing.T) {
	t.Parallel()
	keys := catalogue(t)
	areas := map[string]bool{}
	for key := range keys {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	used, prefixes := map[string]bool{}, []string{}
	for literal, at := range literals(t) {
		area, _, _ := strings.Cut(literal, ".")
		switch {
		case !wordKey.MatchString(literal) || !areas[area] || notWords[literal]:
		case strings.HasSuffix(literal, "."):
			prefixes = append(prefixes, literal)
		case !keys[literal]:
			t.Errorf("%s names %q, which the catalogue lacks", at, literal)
		default:
			used[literal] = true
		}
	}
	for key := range keys {
		begun := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !begun {
			t.Errorf("nobody says %q: take it out of the catalogue", key)
		}
	}
}

// notWords are literals that look like keys and are verbs of a token or names of a rule.
var notWords = map[string]bool{
	"step.take": true, "step.notme": true, "step.later": true, "step.done": true, "step.ok": true, "step.help": true,
	"step.handon": true, "step.date": true, "step.snooze": true, "step.report": true,
}

func catalogue(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	files, err := filepath.Glob(filepath.Join("..", "..", "content", "packs", "reentry", "words", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no catalogue found", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var area map[string]any
		if err := yaml.Unmarshal(source, &area); err != nil {
			t.Fatal(file, err)
		}
		for key := range area {
			keys[key] = true
		}
	}
	return keys
}

// literals returns every string literal of the product's own code, scripts of the page included, and one place of each.
func literals(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	root := os.DirFS(filepath.Join("..", ".."))
	quoted := regexp.MustCompile("[\"'`]([a-z.0-9-]+)[\"'`]")
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || file == "data" || strings.HasPrefix(d.Name(), ".") && file != "."):
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		switch path.Ext(file) {
		case ".go":
			goLiterals(t, file, source, found)
		case ".js", ".html":
			for _, m := range quoted.FindAllStringSubmatch(string(source), -1) {
				found[m[1]] = file
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func goLiterals(t *testing.T, file string, source []byte, found map[string]string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				found[s] = file
			}
		}
		return true
	})
}
