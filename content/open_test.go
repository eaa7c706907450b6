package content

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
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

// TestShort holds the promise that a flow of two questions takes at most 25 lines.
func TestShort(t *testing.T) {
	t.Parallel()
	const two = `flow: two
title: {en: "Two questions", es: "Dos preguntas"}
nodes:
  - ask: how
    field: choice
    label: {en: "How it went", es: "Cómo fue"}
    line: {en: "How did it go?", es: "¿Cómo fue?"}
    options:
      well: {en: "Well", es: "Bien"}
      badly: {en: "Not so well", es: "No tan bien"}
  - ask: why
    field: text
    label: {en: "Why", es: "Por qué"}
    line: {en: "What made it so?", es: "¿A qué se debió?"}
    plain: {en: "A few words are enough.", es: "Bastan unas palabras."}
`
	pack := sound(t)
	pack["flows/two.yaml"] = &fstest.MapFile{Data: []byte(two)}
	p, err := Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := p.Flow("two"); len(d.Nodes) != 2 || strings.Count(two, "\n") > 25 {
		t.Errorf("%d nodes in %d lines", len(d.Nodes), strings.Count(two, "\n"))
	}
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
