package flowtest

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenor/content"
	"convenor/flows"
)

// TestStories tells each conversation of the packs' scripts from what its records hold, and plays what was told: it
// stands where the conversation stood, with the same answers.
func TestStories(t *testing.T) {
	t.Parallel()
	packs := map[string]Pack{}
	embedded, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	packs["reentry"] = embedded
	for _, name := range []string{"kinds", "structure"} {
		p, err := content.Load(os.DirFS(filepath.Join("..", "..", "content", "testdata", "packs", name)))
		if err != nil {
			t.Fatal(err)
		}
		packs[name] = worded{Pack: p, words: embedded}
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "content", "packs", "*", "scripts", "*.script"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(filepath.Join("..", "..", "content", "testdata", "packs", "*", "scripts", "*.script"))
	if err != nil || len(files) == 0 || len(more) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range append(files, more...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			retold(t, packs[filepath.Base(filepath.Dir(filepath.Dir(file)))], file)
		})
	}
}

// worded is a pack with the words of another.
type worded struct {
	Pack
	words Pack
}

func (w worded) Word(locale flows.Locale, key string, count int) (words string, ok bool) {
	return w.words.Word(locale, key, count)
}

// retold plays a script, tells what its run knows, and plays that.
func retold(t *testing.T, pack Pack, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	held, err := play(pack, file, text)
	if err != nil {
		t.Fatal(err)
	}
	told := Script(held.story())
	again, err := play(pack, "told", told)
	if err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	if was, is := held.stands(t), again.stands(t); was != is {
		t.Errorf("it stood\n%s\nand stands\n%s\nafter\n%s", was, is, told)
	}
}

// story is what the records of a conversation hold.
func (p *player) story() Story {
	s := Story{
		Run: p.run, Flow: p.flow.Definition(), Space: p.script.space, Locale: p.script.locale, Texts: p.texts, Zone: time.UTC,
	}
	for _, a := range p.answers {
		s.Answers = append(s.Answers, a)
	}
	for _, who := range p.script.people {
		s.People = append(s.People, Teller{ID: who.id, Name: who.name, Locale: who.locale})
	}
	return s
}

// stands says where a conversation stands and what was answered, texts by their words.
func (p *player) stands(t *testing.T) string {
	t.Helper()
	values := p.run.Values()
	for of, a := range p.answers {
		values[of] = a.Value
	}
	for of, v := range values {
		if v.TextID != "" {
			v.TextID = cmp.Or(p.texts[v.TextID], "…")
		}
		values[of] = v
	}
	said, err := json.MarshalIndent(values, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var where strings.Builder
	if !p.run.Group {
		where.WriteString(string(p.run.State) + " " + p.run.Node + " " + p.run.Confirm + "\n")
	}
	where.Write(said)
	return where.String()
}
