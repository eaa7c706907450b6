package web

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
)

// TestWorldSurvives reads back what stands on the platforms from nothing but the file, as after kill -9: the first
// World is never closed.
func TestWorldSurvives(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	first, err := Open(dir, noon)
	if err != nil {
		t.Fatal(err)
	}
	if !first.empty("channel.reentry-council") {
		t.Error("a new world is not empty")
	}
	slack := first.Platforms()[0]
	m := says("edit me")
	m.Controls = []bot.Control{{Kind: flows.ControlSelect, Label: "L", Token: "t", Options: []bot.Option{{ID: "a", Text: "A"}}}}
	at, err := slack.Send(t.Context(), bot.Address{Place: PlaceSlack, Channel: "reentry-council"}, "k1", m)
	if err != nil {
		t.Fatal(err)
	}
	if err := slack.Edit(t.Context(), at, m); err != nil {
		t.Fatal(err)
	}
	typed, err := first.say("dm.rosa", "12345678", "rosa", message{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.takeBack("dm.rosa", typed.ID); err != nil {
		t.Fatal(err)
	}
	rosa, _ := persona("rosa")
	if err := first.setLocale(rosa, flows.Spanish); err != nil {
		t.Fatal(err)
	}
	want, seq, _ := first.since(0)

	second, err := Open(dir, noon)
	if err != nil {
		t.Fatal(err)
	}
	got, again, _ := second.since(0)
	if again != seq || len(got) != len(want) || second.empty("channel.reentry-council") || second.locale(rosa) != flows.Spanish {
		t.Fatalf("read back %d items up to %d, wanted %d up to %d", len(got), again, len(want), seq)
	}
	it := got[0]
	if it.ID != at.Message || !it.Edited || it.Key != "k1" || !it.At.Equal(noon()) || it.Message.Controls[0].Options[0].Text != "A" || !got[1].Gone {
		t.Errorf("read back %+v", got)
	}
	if at, err := second.Platforms()[0].Send(t.Context(), bot.Address{Place: PlaceSlack, User: "rosa"}, "k2", says("next")); err != nil || at.Message == it.ID {
		t.Errorf("after reading back: %+v, %v", at, err)
	}
}

// TestJournalTorn cuts the file at every byte: what was acknowledged before the cut is there, and the next line can be
// written.
func TestJournalTorn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Open(dir, noon)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := w.post("dm.rosa", "k", message{Blocks: []block{{Style: flows.StyleBody, Text: "ñandú \n"}}}); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		torn := filepath.Join(t.TempDir(), "torn")
		if err := os.MkdirAll(torn, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(torn, journalName), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := Open(torn, noon)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		kept := bytes.Count(whole[:cut], []byte("\n"))
		if items, _, _ := w.since(0); len(items) != kept {
			t.Fatalf("cut at %d: %d items, wanted %d", cut, len(items), kept)
		}
		if _, err := w.post("dm.rosa", "k", message{}); err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		again, err := Open(torn, noon)
		if err != nil {
			t.Fatalf("cut at %d and written on: %v", cut, err)
		}
		if items, _, _ := again.since(0); len(items) != kept+1 {
			t.Fatalf("cut at %d and written on: %d items", cut, len(items))
		}
		_ = again.Close()
	}
}

func TestJournalDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, journalName)
	if err := os.WriteFile(path, []byte("{\"seq\":1}\n{oops\n{\"seq\":3}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, noon); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("damage was not told: %v", err)
	}
}

// TestJournalFull: when the disk refuses, nothing is shown that would be gone after a start.
func TestJournalFull(t *testing.T) {
	t.Parallel()
	w, err := Open(t.TempDir(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil { // a closed file refuses like a full disk
		t.Fatal(err)
	}
	if _, err := w.post("dm.rosa", "k", message{}); err == nil {
		t.Error("what was not written was taken")
	}
	if items, _, _ := w.since(0); len(items) != 0 {
		t.Errorf("%d items are shown", len(items))
	}
}
