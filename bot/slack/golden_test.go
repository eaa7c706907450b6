package slack

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
)

// TestVocabulary keeps each word of the neutral language as Slack gets it, in both languages: every style, control and
// field, a message in a form and on the home tab. What bottest.Vocabulary says and has no file here fails.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	const dir = "testdata/vocabulary"
	kept := map[string]bool{}
	keep := func(name string, v any) {
		kept[name+".golden.json"] = true
		golden(t, filepath.Join(dir, name+".golden.json"), v)
	}
	for _, p := range bottest.Vocabulary() {
		keep(p.Name, dressed(t, p))
		if base, locale, _ := strings.Cut(p.Name, "."); base == "all" {
			keep("home."+locale, home(*p.Message))
			keep("notice."+locale, notice(*p.Message, "Close", "C1"))
		}
	}
	for _, locale := range bottest.Locales() {
		m := says("Nothing yet.")
		m.Locale = locale
		keep("home-empty."+string(locale), home(bot.Message{Locale: locale}))
		m.Calls = ana
		keep("calls."+string(locale), sent(t, m, "mark1"))
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !kept[f.Name()] {
			t.Errorf("%s shows nothing that is said any more; remove it", f.Name())
		}
	}
}

// dressed is a piece as Slack gets it, held against Slack's limits.
func dressed(t *testing.T, p bottest.Piece) any {
	t.Helper()
	if p.Form != nil {
		v := modal(*p.Form, "C1", true)
		checkForm(t, v)
		return v
	}
	check(t, *p.Message)
	checkForm(t, notice(*p.Message, "Close", "C1"))
	return sent(t, *p.Message, "mark1")
}

// TestTalk holds all that the flows of the packs say, in both languages, against Slack's limits. What the house's own
// flows and one activity say is kept, a line for each piece: it is how people meet Convenor in Slack.
func TestTalk(t *testing.T) {
	t.Parallel()
	pack := got(content.Embedded())(t)
	kinds := got(content.Load(os.DirFS(filepath.Join("..", "..", "content", "testdata", "packs", "kinds"))))(t)
	for _, from := range []struct {
		pack *content.Pack
		dir  string
	}{{pack, "packs/reentry/flows"}, {kinds, "testdata/packs/kinds/flows"}} {
		list := got(bottest.Flows(from.pack, filepath.Join("..", "..", "content", filepath.FromSlash(from.dir))))(t)
		for _, d := range list {
			keep := from.pack == pack && (d.Activity == "" || d.Activity == "2.3.3")
			t.Run(d.ID, func(t *testing.T) {
				t.Parallel()
				for _, locale := range bottest.Locales() {
					talk(t, pack, d, locale, keep)
				}
			})
		}
	}
}

// talk checks all that a flow says in one language, and keeps it.
func talk(t *testing.T, pack bot.Pack, d flows.Definition, locale flows.Locale, keep bool) {
	t.Helper()
	pieces := got(bottest.Talk(pack, d, locale))(t)
	var lines bytes.Buffer
	for _, p := range pieces {
		lines.WriteString(p.Name + " " + compact(t, dressed(t, p)) + "\n")
	}
	if keep {
		bottest.Golden(t, *update, filepath.Join("testdata", "talk", d.ID+"."+string(locale)+".golden.txt"), lines.Bytes())
	}
}

// compact is what goes over the wire in one line, without escapes of JSON, so that it can be read.
func compact(t *testing.T, v any) string {
	t.Helper()
	var plain any
	must(t, json.Unmarshal(got(json.Marshal(v))(t), &plain))
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	must(t, e.Encode(plain))
	return strings.TrimSpace(line.String())
}
