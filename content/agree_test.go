package content

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// shapeRules are the rules that a schema can see: which keys there are, and what kind of thing stands after each.
func shapeRules() []flows.Rule {
	return []flows.Rule{
		flows.RuleMalformed, flows.RuleLocale, flows.RuleStray, ruleUnknownKey, ruleMissingKey, ruleEmptyValue, ruleUnknownWord, ruleComma,
	}
}

// TestSchemaAcceptsThePack reads every file of the pack as an editor would.
func TestSchemaAcceptsThePack(t *testing.T) {
	t.Parallel()
	schemas := compileSchemas(t)
	for name, source := range packFiles(t) {
		if err := schemas.refuses(t, name, source); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaRefuses wants every file of the fixtures that has a wrong shape refused by the schema, and no other.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	schemas := compileSchemas(t)
	refused := 0
	for _, pattern := range []string{"broken/*.txtar", "lint/*/*.txtar"} {
		names, err := filepath.Glob(filepath.Join("testdata", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, archive := range names {
			for _, file := range parseArchive(t, archive).files {
				if path.Ext(file.name) != ".yaml" || file.data == "\n" || schemas[folderOf(file.name)] == nil || folderOf(file.name) == "" && file.name != outlineFile {
					continue
				}
				if schemas.compare(t, archive+": "+file.name, file.name, unescape(file.data)) {
					refused++
				}
			}
		}
	}
	if refused < 10 {
		t.Errorf("only %d fixtures have a wrong shape", refused)
	}
}

// TestSchemaAgrees changes the pack's files at random, and wants loader and schema to refuse the same.
func TestSchemaAgrees(t *testing.T) {
	t.Parallel()
	schemas := compileSchemas(t)
	files := packFiles(t)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	refused, r := 0, rand.New(rand.NewPCG(23, 30))
	const rounds = 800
	for range rounds {
		name := names[r.IntN(len(names))]
		if folderOf(name) == "words" && r.IntN(4) > 0 {
			continue // long files that are all alike
		}
		source := mutate(t, r, files[name])
		if schemas.compare(t, name, name, source) {
			refused++
		}
		if t.Failed() {
			return
		}
	}
	if refused < rounds/4 || refused > rounds*19/20 {
		t.Errorf("%d of %d changes were refused: they do not try both sides", refused, rounds)
	}
}

// schemas are the compiled schemas, by folder.
type schemas map[string]*jsonschema.Schema

func compileSchemas(t *testing.T) schemas {
	t.Helper()
	all := schemas{}
	c := jsonschema.NewCompiler()
	for folder, name := range map[string]string{"": "outline", "activities": "activity", "flows": "flow", "words": "words"} {
		s, err := c.Compile(filepath.Join("schema", name+".schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		all[folder] = s
	}
	return all
}

// refuses returns why the schema refuses a file of YAML; nil when it does not.
func (s schemas) refuses(t *testing.T, name string, source []byte) error {
	t.Helper()
	var root yaml.Node
	err := yaml.Load(source, &root)
	if err == nil && root.Kind == yaml.DocumentNode {
		err = s[folderOf(name)].Validate(plain(t, root.Content[0]))
	}
	return err
}

// compare checks that loader and schema are of one mind about the shape of a file, and returns whether they refuse it.
func (s schemas) compare(t *testing.T, what, name string, source []byte) bool {
	t.Helper()
	var root yaml.Node
	if err := yaml.Load(source, &root); err != nil {
		return false // no editor gets as far as the schema
	}
	l := &loader{words: catalogue{}, wordAt: map[string]string{}}
	l.read(name, folderOf(name), source)
	err := s.refuses(t, name, source)
	var invalid *jsonschema.ValidationError
	if err != nil && !errors.As(err, &invalid) {
		t.Fatal(what, err)
	}
	shape := slices.IndexFunc(l.mistakes, func(m Mistake) bool { return slices.Contains(shapeRules(), m.Rule) })
	switch {
	case shape >= 0 && err == nil:
		t.Errorf("%s: the schema takes what the loader refuses:\n%s", what, l.mistakes[shape].Error())
	case err != nil && len(l.mistakes) == 0:
		t.Errorf("%s: the loader takes what the schema refuses: %v\n%.1500s", what, err, source)
	}
	return shape >= 0
}

// plain is what a node says, as an editor's YAML sees it.
func plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(t, item))
		}
		return list
	case yaml.ScalarNode:
		var v any
		if n.ShortTag() == "!!timestamp" || n.Decode(&v) != nil {
			return n.Value
		}
		return v
	case yaml.DocumentNode, yaml.AliasNode, yaml.StreamNode:
	}
	return nil
}

// mutate changes one place of a file: a key goes, comes or is mistyped, or something else stands after it.
func mutate(t *testing.T, r *rand.Rand, source []byte) []byte {
	t.Helper()
	var root yaml.Node
	if err := yaml.Load(source, &root); err != nil {
		t.Fatal(err)
	}
	var places []*yaml.Node
	var visit func(*yaml.Node)
	visit = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
			places = append(places, n)
		}
		for _, c := range n.Content {
			visit(c)
		}
	}
	visit(&root)
	n := places[r.IntN(len(places))]
	others := []string{`""`, "null", "word", "0", "-1", "3", "1.5", "[]", "[x]", "[[x]]", "{}", "{a: b}", "yes", "true", `" "`, "{en: a, es: b}", "all", "end", `"3"`, "YES", "~", "2026-03-02"}
	var other yaml.Node
	if err := yaml.Load([]byte(others[r.IntN(len(others))]), &other); err != nil {
		t.Fatal(err)
	}
	i := r.IntN(len(n.Content))
	switch what := r.IntN(5); {
	case n.Kind == yaml.SequenceNode:
		n.Content[i] = other.Content[0]
	case what == 0:
		n.Content = slices.Delete(n.Content, i&^1, i|1+1)
	case what == 1:
		n.Content[i&^1].Value += "x"
	case what == 2:
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "surplus"}, other.Content[0])
	default:
		n.Content[i|1] = other.Content[0]
	}
	out, err := yaml.Dump(&root)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// packFiles are the YAML files of the embedded pack.
func packFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root, err := fs.Sub(packs, "packs/reentry")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(root, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" {
			return err
		}
		source, err := fs.ReadFile(root, name)
		files[name] = source
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func folderOf(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, path.Base(name)), "/")
}
