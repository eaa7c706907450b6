package content

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"convenor/flows"
	"convenor/flows/flowtest"
)

// TestOpenCopy begins a pack the way that people are told to: with a copy of the built-in one.
func TestOpenCopy(t *testing.T) {
	t.Parallel()
	dir := copyOfEmbedded(t)
	p, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Activities()) != 23 {
		t.Errorf("%d activities", len(p.Activities()))
	}
}

// TestOpenLacking wants a pack refused that lacks what the program says or starts, and the lack named.
func TestOpenLacking(t *testing.T) {
	t.Parallel()
	dir := copyOfEmbedded(t)
	for _, name := range []string{"words/gate.yaml", "flows/step.yaml", "activities/2.2.3.yaml"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Open(dir)
	var mistakes Mistakes
	if !errors.As(err, &mistakes) {
		t.Fatal("not refused as Mistakes:", err)
	}
	said := mistakes.Error()
	for _, want := range []string{"`gate.withdrawn`", "`form.send`", "The flow `step`", filepath.Join(dir, "words")} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not named in\n%s", want, said)
		}
	}
	if strings.Contains(said, "2.2.3") {
		t.Error("a pack may leave out an activity, but was told:\n", said)
	}
}

func TestOpenNowhere(t *testing.T) {
	t.Parallel()
	if _, err := Open(filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("opened a folder that is not there:", err)
	}
}

func copyOfEmbedded(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pack")
	reentry, err := fs.Sub(packs, "packs/reentry")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, reentry); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestDocumented loads the flow that the package's documentation shows.
func TestDocumented(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(source), "// # A flow\n//\n")
	var flow strings.Builder
	for line := range strings.Lines(text) {
		yaml, indented := strings.CutPrefix(line, "//\t")
		if !indented {
			break
		}
		flow.WriteString(yaml)
	}
	pack := sound(t)
	pack["flows/lunch.yaml"] = &fstest.MapFile{Data: []byte(flow.String())}
	p, err := Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := p.Flow("lunch"); len(d.Nodes) != 4 {
		t.Errorf("%d nodes", len(d.Nodes))
	}
}

// TestShort loads and runs the flow of two questions that the pack's README shows. It takes at most 25 lines.
func TestShort(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("packs", "reentry", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, two, _ := strings.Cut(string(readme), "```yaml\n")
	two, _, _ = strings.Cut(two, "```")
	pack := sound(t)
	pack["flows/two.yaml"] = &fstest.MapFile{Data: []byte(two)}
	p, err := Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := p.Flow("two")
	if len(d.Nodes) != 2 || strings.Count(two, "\n") > 25 {
		t.Errorf("%d nodes in %d lines", len(d.Nodes), strings.Count(two, "\n"))
	}
	whole := withFlow{Pack: embedded(t), flow: d}
	script := "flow two\ntoday 2026-03-02\nperson dana \"Dana\" en\n\n> dana starts\n\n> dana presses [Well]\n\n> dana types: The bus came.\n...\n= done\n"
	if err := flowtest.Play(whole, "two.script", []byte(script)); err != nil {
		t.Error(err)
	}
}

// withFlow is a pack with one flow more.
type withFlow struct {
	*Pack
	flow flows.Definition
}

// Flow returns the one flow more, or one of the pack's.
func (p withFlow) Flow(id string) (flows.Definition, bool) {
	if id == p.flow.ID {
		return p.flow, true
	}
	return p.Pack.Flow(id)
}

// FuzzCheck feeds files of any kind: whatever they hold, every mistake has a place that exists.
func FuzzCheck(f *testing.F) {
	f.Add("flow: a\nnodes:\n  - ask: b\n", "a.b: {en: x, es: y}\n")
	f.Add("flow: a: b\nnodes: [c, d\n", "a.b: {en: {one: x, other: y: z}}\n")
	f.Add("flow: &a [*a]\n? [x]\n: y\n", "*a: b\n")
	f.Fuzz(func(t *testing.T, flow, words string) {
		pack := fstest.MapFS{
			"outline.yaml":      {Data: []byte(flow)},
			"activities/a.yaml": {Data: []byte(flow)},
			"flows/a.yaml":      {Data: []byte(flow)},
			"words/a.yaml":      {Data: []byte(words)},
		}
		for _, m := range Check(pack) {
			source := string(pack[m.File].Data)
			if m.Line < 0 || m.Line > strings.Count(source, "\n")+strings.Count(source, "\r")+1 || m.Line > 0 && m.Column < 1 {
				t.Errorf("no such place: %+v", m)
			}
			if m.Message == "" || m.Error() == "" {
				t.Errorf("nothing said: %+v", m)
			}
		}
	})
}
