package bot_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/check"
)

// rates goes through the whole self-check with one rating for everything, and another for the second practice.
func (a *actor) rates(t *testing.T, all, second int) {
	t.Helper()
	a.commands(t, "check", "")
	a.presses(t, flows.VerbRate)
	for i := range 12 {
		r := all
		if i == 1 {
			r = second
		}
		a.presses(t, flows.VerbRate, strconv.Itoa(r))
	}
	if said := whispered(t, *a.last); !strings.Contains(said, "12") {
		t.Errorf("%s is told %q", a.user, said)
	}
}

// agrees has the one who leads press one number for every practice.
func (a *actor) agrees(t *testing.T, rating int) {
	t.Helper()
	for range 12 {
		a.presses(t, flows.VerbCheck, strconv.Itoa(rating))
	}
}

func TestSelfCheck(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, ana, marcus := h.on("rosa").in(council), h.on("james").in(council), h.on("ana").in(council), h.marcus()
	mustSay(t, whispered(t, rosa.commands(t, "check", "")), "Our self-check", "You have not done one yet", "[Begin a self-check here]")
	mustSay(t, whispered(t, james.commands(t, "self-check", "")), "A coordinator, chair or committee lead can begin one")
	rosa.presses(t, flows.VerbCheck, "begin")
	mustSay(t, rosa.sees(), "rate twelve practices alone", "whoever runs the server could see them", "until at least three people rated")

	rosa.rates(t, 2, 0)
	james.rates(t, 2, 4)
	mustSay(t, james.sees(), "2 people have begun to rate")
	rosa.commands(t, "check", "")
	rosa.presses(t, flows.VerbCheck, "show")
	rosa.presses(t, flows.VerbCheck, "show-yes")
	mustSay(t, whispered(t, *rosa.last), "I show the spread once three people rated")
	if c := only[check.Check](t, h, flows.KindCheck); c.Stage != check.Rating || len(h.records(t, flows.KindSheet)) != 2 {
		t.Fatalf("%+v", c)
	}

	ana.rates(t, 3, 2)
	marcus.rates(t, 2, 2)
	marcus.commands(t, "me", "")
	mustSay(t, whispered(t, *marcus.last), "Self-check under way: you rated 12 of 12")
	marcus.presses(t, flows.VerbRate, "erase")
	marcus.presses(t, flows.VerbRate, "erase-yes")
	mustSay(t, whispered(t, *marcus.last), "Your ratings are erased.")
	if n := len(h.records(t, flows.KindSheet)); n != 3 {
		t.Fatalf("%d sheets", n)
	}

	sheets := h.records(t, flows.KindSheet)
	if !h.onDisk(t, sheets[0].Data) {
		t.Fatal("the sheets cannot be found where they must be: that they are gone would show nothing")
	}
	rosa.commands(t, "check", "")
	rosa.presses(t, flows.VerbCheck, "show")
	rosa.presses(t, flows.VerbCheck, "show-yes")
	for _, sheet := range sheets {
		if h.onDisk(t, sheet.Data) {
			t.Errorf("after the close the journal still holds %s", sheet.Data)
		}
	}
	mustSay(t, rosa.sees(), "Where we differ", "3 people rated. Nobody is named.", "1.1.2 Draw how people come home: lowest 0, middle 2, highest 4")
	james.presses(t, flows.VerbRate, "all")
	mustSay(t, whispered(t, *james.last), "1.3.4 People who stand by you: lowest 2, middle 2, highest 3")
	h.nobodyRated(t, "rosa", "james", "ana")

	james.presses(t, flows.VerbCheck, "talk")
	mustSay(t, whispered(t, *james.last), "chair")
	rosa.presses(t, flows.VerbCheck, "talk")
	mustSay(t, rosa.sees(), "1.1.2 Draw how people come home", "Lowest 0, middle 2, highest 4", "whoever leads presses what you agree on")
	rosa.agrees(t, 2)
	mustSay(t, rosa.sees(), "What we agreed", "This is your first one")
	mustSay(t, whispered(t, rosa.commands(t, "activities", "")), "you rated it low in your self-check")
}

// onDisk reports whether a file of the store holds some bytes.
func (h *house) onDisk(t *testing.T, what []byte) bool {
	t.Helper()
	files, err := os.ReadDir(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(h.dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, what) {
			return true
		}
	}
	return false
}

// nobodyRated fails when any record besides the people themselves leads from somebody to a rating.
func (h *house) nobodyRated(t *testing.T, users ...string) {
	t.Helper()
	if n := len(h.records(t, flows.KindSheet)); n != 0 {
		t.Errorf("%d sheets are left", n)
	}
	ids := map[string]string{}
	for _, user := range users {
		ids[h.on(user).person(t).ID] = user
	}
	c := only[check.Check](t, h, flows.KindCheck)
	c.Lead = ""
	stays, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for id, user := range ids {
		if strings.Contains(string(stays), id) {
			t.Errorf("%s is in the check", user)
		}
	}
	for _, r := range h.records(t, flows.KindReceipt) {
		if strings.Contains(string(r.Data), "check.you-said") || ids[r.Under] != "" && strings.Contains(string(r.Data), "check.") {
			t.Errorf("a receipt tells about a rating: %s", r.Data)
		}
	}
	if len(h.records(t, flows.KindRun))+len(h.records(t, flows.KindAnswer))+len(h.records(t, flows.KindText)) != 0 {
		t.Error("a rating left a run, an answer or a text")
	}
}

func TestSelfCheckRepeated(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, ana := h.on("rosa").in(council), h.on("james").in(council), h.on("ana").in(council)
	for _, agreed := range []int{2, 3} {
		rosa.commands(t, "check", "")
		rosa.presses(t, flows.VerbCheck, "begin")
		for _, a := range []*actor{rosa, james, ana} {
			a.rates(t, 2, 3)
		}
		rosa.commands(t, "check", "")
		rosa.presses(t, flows.VerbCheck, "show")
		rosa.presses(t, flows.VerbCheck, "show-yes")
		rosa.presses(t, flows.VerbCheck, "talk")
		rosa.agrees(t, agreed)
		h.mu.Lock()
		h.now = h.now.Add(30 * 24 * time.Hour)
		h.mu.Unlock()
	}
	mustSay(t, rosa.sees(), "12 up, 0 down, 0 the same since", "1.1.1 Build the table: up from 2 to 3")
	ana.commands(t, "check", "results")
	mustSay(t, whispered(t, *ana.last), "Lo que acordamos", "1.3.4 Gente que está a tu lado: subió de 2 a 3")
}

func TestSelfCheckStoppedAndStale(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	rosa.commands(t, "check", "")
	rosa.presses(t, flows.VerbCheck, "begin")
	james.commands(t, "check", "")
	james.presses(t, flows.VerbRate)
	first := james.press(t, flows.VerbRate, "", "4")
	james.presses(t, flows.VerbRate, "more")
	mustSay(t, whispered(t, *james.last), "Measured means that you look at the empty seats")
	james.does(t, first)
	james.presses(t, flows.VerbRate, "unsure")
	james.presses(t, flows.VerbRate, "1-1-2") // back
	mustSay(t, whispered(t, *james.last), "You were not sure.", "2 of 12")

	rosa.commands(t, "check", "")
	rosa.presses(t, flows.VerbCheck, "stop")
	rosa.presses(t, flows.VerbCheck, "stop-yes")
	mustSay(t, rosa.sees(), "All ratings are erased")
	if n := len(h.records(t, flows.KindSheet)); n != 0 {
		t.Errorf("%d sheets are left", n)
	}
	late := james.inbound()
	late.Press = first.Press
	mustSay(t, whispered(t, james.does(t, late)), "takes no more ratings")
	if n := len(h.records(t, flows.KindSheet)); n != 0 {
		t.Errorf("a late rating left %d sheets", n)
	}
}
