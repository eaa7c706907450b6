package check_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/check"
)

func at(day int) time.Time { return time.Date(2026, 3, day, 15, 0, 0, 0, time.UTC) }

// sheet rates a, b and c; a number that is no rating leaves the practice out.
func sheet(person string, ratings ...int) check.Sheet {
	s := check.Sheet{Person: person}
	for i, r := range ratings {
		if r <= check.Highest {
			s = s.Rate(practices()[i], r)
		}
	}
	return s
}

const left = 99

func practices() []string { return []string{"a", "b", "c"} }

func TestSpread(t *testing.T) {
	t.Parallel()
	tests := []struct {
		spread              check.Spread
		people, low, mid, h int
	}{
		{check.Spread{0, 0, 3, 0, 0}, 3, 2, 2, 2},
		{check.Spread{1, 0, 1, 0, 1}, 3, 0, 2, 4},
		{check.Spread{2, 0, 0, 0, 2}, 4, 0, 0, 4},
		{check.Spread{0, 1, 1, 1, 2}, 5, 1, 3, 4},
		{check.Spread{}, 0, 0, 0, 0},
	}
	for _, tt := range tests {
		s := tt.spread
		if s.People() != tt.people || s.Lowest() != tt.low || s.Middle() != tt.mid || s.Highest() != tt.h {
			t.Errorf("%v: %d people, %d %d %d", s, s.People(), s.Lowest(), s.Middle(), s.Highest())
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	c := check.Check{ID: "k", Stage: check.Rating, Space: "s", Lead: "ana"}
	sheets := []check.Sheet{
		sheet("ben", 2, 0, 1), sheet("cleo", 2, 4, check.Unsure), sheet("dan", 3, 4, 1), sheet("eve", check.Unsure, left, left),
	}
	for n := range check.RatersMin {
		if _, change, err := check.Close(c, sheets[:n], practices(), at(2)); !errors.Is(err, check.ErrFew) || len(change.Puts) > 0 {
			t.Errorf("%d sheets: %v", n, err)
		}
	}
	closed, change, err := check.Close(c, sheets, practices(), at(2))
	if err != nil {
		t.Fatal(err)
	}
	if closed.Stage != check.Talking || closed.Raters != 3 || !closed.Closed.Equal(at(2)) {
		t.Errorf("%+v", closed)
	}
	if _, shown := closed.Spreads["c"]; shown || len(closed.Spreads) != 2 {
		t.Errorf("what two people rated is shown: %v", closed.Spreads)
	}
	if !slices.Equal(closed.Order, []string{"b", "a", "c"}) {
		t.Errorf("talk in the order %v", closed.Order)
	}
	deleted := 0
	for _, p := range change.Puts {
		if p.Kind == flows.KindSheet && p.Delete && p.Under == "k" {
			deleted++
		}
	}
	if deleted != len(sheets) {
		t.Errorf("%d of %d sheets are deleted", deleted, len(sheets))
	}
}

// TestClosedHoldsNobody looks for everybody who rated in what stays after the close, in whatever order they came.
func TestClosedHoldsNobody(t *testing.T) {
	t.Parallel()
	sheets := []check.Sheet{sheet("ben", 0, 1, 2), sheet("cleo", 4, 3, 2), sheet("dan", 1, 1, 1)}
	var first string
	for range 2 {
		_, change, err := check.Close(check.Check{ID: "k", Stage: check.Rating, Lead: "ana"}, sheets, practices(), at(2))
		if err != nil {
			t.Fatal(err)
		}
		var stays []flows.Put
		for _, p := range change.Puts {
			if !p.Delete {
				stays = append(stays, p)
			}
		}
		data, err := json.Marshal(stays)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sheets {
			if strings.Contains(string(data), s.Person) {
				t.Errorf("%s is in %s", s.Person, data)
			}
		}
		if first != "" && first != string(data) {
			t.Errorf("the order of the sheets shows:\n%s\n%s", first, data)
		}
		first = string(data)
		slices.Reverse(sheets)
	}
}

func TestSheet(t *testing.T) {
	t.Parallel()
	s := sheet("ben", 7, left, left)
	if next, ok := s.Next(practices()); next != "a" || !ok {
		t.Errorf("next %q", next)
	}
	before := sheet("ben", 1)
	after := before.Rate("a", 3).Rate("b", check.Unsure)
	if before.Ratings["a"] != 1 || after.Ratings["a"] != 3 || after.Rated() != 1 {
		t.Errorf("%v %v", before, after)
	}
	if next, ok := after.Next(practices()); next != "c" || !ok {
		t.Errorf("next %q", next)
	}
	if _, ok := after.Rate("c", 0).Next(practices()); ok {
		t.Error("there is more")
	}
}

func TestAgreeAndCompare(t *testing.T) {
	t.Parallel()
	c := check.Check{ID: "k", Stage: check.Talking, Order: []string{"b", "a"}}
	if _, ok := check.Agree(c, "a", 2, at(3)); ok {
		t.Error("agreed on what is not talked about")
	}
	c, _ = check.Agree(c, "b", 3, at(3))
	if _, again := check.Agree(c, "b", 1, at(3)); again || c.Agreed["b"] != 3 || c.Stage != check.Talking {
		t.Errorf("%+v", c)
	}
	c, _ = check.Agree(c, "a", check.Unsure, at(4))
	if _, agreed := c.Agreed["a"]; agreed || c.Stage != check.Done || !c.Ended.Equal(at(4)) {
		t.Errorf("%+v", c)
	}
	stopped, change := check.Stop(check.Check{ID: "s", Stage: check.Rating}, []check.Sheet{{Person: "ben"}}, at(5))
	if stopped.Under() || len(change.Puts) != 2 || !change.Puts[1].Delete {
		t.Errorf("%+v %+v", stopped, change)
	}
	old := check.Check{ID: "old", Stage: check.Done, Ended: at(1)}
	all := []check.Check{old, c, stopped}
	if last, ok := check.Last(all, ""); !ok || last.ID != "k" {
		t.Errorf("last %+v", last)
	}
	if last, ok := check.Last(all, "k"); !ok || last.ID != "old" {
		t.Errorf("last but k %+v", last)
	}
	if _, ok := check.Open(all); ok {
		t.Error("one is open")
	}
}
