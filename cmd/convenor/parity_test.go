package main

import (
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
	"convenor/store"
)

// seen is what a person can read and choose of a piece on one platform.
type seen struct {
	text     string   // everything that can be read, without controls
	spoken   string   // what a screen reader and a notification get; "" where the platform makes it of the text itself
	controls []string // labels of controls and their options; of a form its fields' labels and their options, in order
	refused  error    // what the platform would say
}

// showing dresses pieces as one platform does, from the outside: what it sends is caught on the way.
type showing interface {
	message(t *testing.T, m bot.Message) seen
	form(t *testing.T, f bot.Form) seen
}

// TestParity renders everything that the flows of the pack and all verbs say, in both languages, on both platforms, and
// finds a missing choice, a label that had to be cut, a lost word, or words that nobody hears who cannot see.
func TestParity(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	all := bottest.Vocabulary()
	all = slices.DeleteFunc(all, func(p bottest.Piece) bool { return strings.HasPrefix(p.Name, "long.") }) // which no platform shows whole
	list, err := bottest.Flows(pack, filepath.Join("..", "..", "content", "packs", "reentry", "flows"))
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range bottest.Locales() {
		for _, d := range list {
			pieces, err := bottest.Talk(pack, d, locale)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, pieces...)
		}
		for _, scene := range toured(t, pack, locale) {
			for _, p := range scene.Pieces {
				p.Name = scene.Name + " " + p.Name
				all = append(all, p)
			}
		}
	}
	platforms := map[string]showing{"slack": newSlackStage(t, pack), "discord": newDiscordStage(t, pack)}
	for _, p := range all {
		agree(t, p, platforms)
	}
	t.Logf("%d pieces on each platform", len(all))
}

func toured(t *testing.T, pack bot.Pack, locale flows.Locale) []bottest.Scene {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	config := bot.Config{Ledger: s, Outbox: s, Pack: pack, Zone: time.LoadLocation, Log: slog.New(slog.DiscardHandler)}
	return bottest.Tour(t, config, bottest.Cast{Platform: "slack", Place: "slack:T1", Channel: "C1", People: [3]string{"U1", "U2", "U3"}}, locale)
}

// agree holds a piece on each platform against what it is to say.
func agree(t *testing.T, p bottest.Piece, platforms map[string]showing) {
	t.Helper()
	words, controls := says(p)
	for _, label := range controls {
		if strings.HasSuffix(label, "…") && !theirs(p) {
			t.Errorf("%s: %q is too long for a label and was cut", p.Name, label)
		}
	}
	for name, platform := range platforms {
		var got seen
		if p.Form != nil {
			got = platform.form(t, *p.Form)
		} else {
			got = platform.message(t, *p.Message)
		}
		if got.refused != nil {
			t.Errorf("%s: %s refuses it: %v", p.Name, name, got.refused)
		}
		got.text = p.Worded(got.text)
		for _, w := range words {
			if !strings.Contains(plainSpace(got.text), plainSpace(w)) {
				t.Errorf("%s: %q cannot be read on %s, only %q", p.Name, w, name, got.text)
			}
		}
		if !slices.Equal(got.controls, controls) {
			t.Errorf("%s: the choices on %s are %q, not %q", p.Name, name, got.controls, controls)
		}
		for _, w := range slices.Concat(words, controls) {
			if p.Message != nil && name == "slack" && !strings.Contains(plainSpace(got.spoken), plainSpace(w)) {
				t.Errorf("%s: %q is not heard on %s: %q", p.Name, w, name, got.spoken)
			}
		}
	}
}

// theirs reports whether labels of a piece hold what people typed, which may be of any length.
func theirs(p bottest.Piece) bool { return regexp.MustCompile(`^(busy|new)\.`).MatchString(p.Name) }

// says is what a piece is to say, and its labels in order.
func says(p bottest.Piece) (words, controls []string) {
	if p.Message != nil {
		for _, b := range p.Message.Blocks {
			words = append(words, b.Text)
		}
		for _, c := range p.Message.Controls {
			controls = append(controls, plainSpace(c.Label))
			for _, o := range c.Options {
				controls = append(controls, plainSpace(o.Text))
			}
		}
		return words, controls
	}
	words = append(words, p.Form.Title)
	for _, b := range p.Form.Intro {
		words = append(words, b.Text)
	}
	for _, f := range p.Form.Fields {
		if f.Error == "" { // which takes the hint's place until it is mended
			words = append(words, f.Hint)
		}
		controls = append(controls, plainSpace(f.Label))
		for _, o := range f.Options {
			controls = append(controls, plainSpace(o.Text))
		}
	}
	return words, controls
}

func plainSpace(s string) string { return strings.Join(strings.Fields(s), " ") }
