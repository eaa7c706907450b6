package discord

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that zones are the same on every machine

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/bot/discord/discordfake"
	"convenor/content"
	"convenor/flows"
	"convenor/store"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// dressed is a piece as Discord gets it, held against Discord's limits: a message as it is posted, or whispered when key
// is "".
func dressed(t *testing.T, p bottest.Piece, key string) any {
	t.Helper()
	if p.Form != nil {
		checkForm(t, *p.Form)
		return dressForm(*p.Form, discordfake.Guild)
	}
	check(t, *p.Message)
	m := dress(*p.Message, discordfake.Guild, key)
	if key == "" {
		m.Flags |= flagEphemeral
	}
	return m
}

// check asks the pretend Discord, which keeps Discord's limits by itself, what it says to a message. Nothing in it may call
// anybody, or turn into something else than its letters.
func check(t *testing.T, m bot.Message) discordfake.Message {
	t.Helper()
	var seen discordfake.Message
	remade(t, dress(m, discordfake.Guild, "key"), &seen)
	if err := discordfake.CheckMessage(seen.Content, seen.Components, seen.Flags); err != nil {
		t.Errorf("refused: %v", err)
	}
	if n := seen.Mentions(); n > 0 && m.Calls == "" {
		t.Errorf("%d are called by %q", n, m.Plain())
	}
	var told []int64
	for _, b := range m.Blocks {
		for _, at := range b.Instants {
			told = append(told, at.At)
		}
	}
	if !slices.Equal(seen.Stamps(), told) {
		t.Errorf("the instants %v are shown as %v by %q", told, seen.Stamps(), m.Plain())
	}
	return seen
}

func checkForm(t *testing.T, f bot.Form) discordfake.Modal {
	t.Helper()
	var seen discordfake.Modal
	remade(t, dressForm(f, discordfake.Guild), &seen)
	if err := discordfake.CheckModal(seen); err != nil {
		t.Errorf("refused: %v", err)
	}
	return seen
}

// remade is what goes over the wire, as the other side reads it.
func remade(t *testing.T, v, into any) {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	must(t, json.Unmarshal(raw, into))
}

// TestVocabulary keeps each word of the neutral language as Discord gets it, in both languages. What bottest.Vocabulary
// says and has no file here fails.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("testdata", "vocabulary")
	kept := map[string]bool{}
	keep := func(name string, v any) {
		kept[name+".golden.json"] = true
		raw, err := json.MarshalIndent(plainly(t, v), "", " ")
		must(t, err)
		bottest.Golden(t, *update, filepath.Join(dir, name+".golden.json"), append(raw, '\n'))
	}
	for _, p := range bottest.Vocabulary() {
		keep(p.Name, dressed(t, p, "mark1"))
		if base, locale, _ := strings.Cut(p.Name, "."); base == "all" {
			keep("whisper."+locale, dressed(t, p, ""))
			called := *p.Message
			called.Calls = ana
			keep("calls."+locale, dressed(t, bottest.Piece{Message: &called}, "mark1"))
		}
	}
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		if !kept[f.Name()] {
			t.Errorf("%s shows nothing that is said any more; remove it", f.Name())
		}
	}
}

// TestTalk holds all that the flows of the packs say, in both languages, against Discord's limits. What the house's own
// flows and one activity say is kept, a line for each piece: it is how people meet Convenor on Discord.
func TestTalk(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	must(t, err)
	kinds, err := content.Load(os.DirFS(filepath.Join("..", "..", "content", "testdata", "packs", "kinds")))
	must(t, err)
	for dir, from := range map[string]*content.Pack{"packs/reentry/flows": pack, "testdata/packs/kinds/flows": kinds} {
		list, err := bottest.Flows(from, filepath.Join("..", "..", "content", filepath.FromSlash(dir)))
		must(t, err)
		for _, d := range list {
			t.Run(d.ID, func(t *testing.T) {
				t.Parallel()
				for _, locale := range bottest.Locales() {
					pieces, err := bottest.Talk(pack, d, locale)
					must(t, err)
					lines := listed(t, pieces, "mark1")
					if from == pack && (d.Activity == "" || d.Activity == "2.3.3") {
						bottest.Golden(t, *update, filepath.Join("testdata", "talk", d.ID+"."+string(locale)+".golden.txt"), lines)
					}
				}
			})
		}
	}
}

// TestVerbs keeps what each verb and the home answer, as Discord whispers it. A verb without a file fails.
func TestVerbs(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	must(t, err)
	for _, locale := range bottest.Locales() {
		t.Run(string(locale), func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
			must(t, err)
			t.Cleanup(func() { must(t, s.Close()) })
			config := bot.Config{Ledger: s, Outbox: s, Pack: pack, Log: slog.New(slog.DiscardHandler), Zone: time.LoadLocation}
			cast := bottest.Cast{Platform: name, Place: place(discordfake.Guild), Channel: general, People: [3]string{ana, ben, "100000000000000013"}}
			for _, scene := range bottest.Tour(t, config, cast, locale) {
				bottest.Golden(t, *update, filepath.Join("testdata", "verbs", scene.Name+".golden.txt"), listed(t, scene.Pieces, ""))
			}
		})
	}
}

// listed is a line for each piece.
func listed(t *testing.T, pieces []bottest.Piece, key string) []byte {
	t.Helper()
	var lines bytes.Buffer
	for _, p := range pieces {
		raw := &bytes.Buffer{}
		e := json.NewEncoder(raw)
		e.SetEscapeHTML(false)
		must(t, e.Encode(plainly(t, dressed(t, p, key))))
		lines.WriteString(p.Name + " " + raw.String())
	}
	return lines.Bytes()
}

// plainly is v as maps, so that its keys are in order.
func plainly(t *testing.T, v any) (out any) {
	t.Helper()
	remade(t, v, &out)
	return out
}

// shownWords is everything that can be read in a message, controls too.
func shownWords(m discordfake.Message) string {
	text := m.Shown()
	for _, c := range m.Controls() {
		text += "\n" + c.Named()
		for _, o := range c.Options {
			text += "\n" + o.Label
		}
	}
	return text
}

// TestNothingIsLeftOut: what a piece of a flow says in full can be read in full, and each choice is there.
func TestNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, p := range bottest.Vocabulary() {
		if p.Message == nil || strings.HasPrefix(p.Name, "long.") {
			continue
		}
		text := p.Worded(shownWords(check(t, *p.Message)))
		for _, c := range p.Message.Controls {
			for _, want := range append([]bot.Option{{Text: c.Label}}, c.Options...) {
				if !strings.Contains(text, want.Text) {
					t.Errorf("%s: %q cannot be read", p.Name, want.Text)
				}
			}
		}
		for _, b := range p.Message.Blocks {
			if b.Style == flows.StyleBody && !strings.Contains(text, b.Text) {
				t.Errorf("%s: %q cannot be read", p.Name, b.Text)
			}
		}
	}
}
