package main

import (
	"regexp"
	"testing"
)

// TestIDsCannotBeGuessed draws many ids: none comes twice, and each of their places holds every one of 32 signs about
// equally often.
func TestIDsCannotBeGuessed(t *testing.T) {
	t.Parallel()
	const drawn = 100_000
	form := regexp.MustCompile(`^[a-z2-7]{16}$`)
	seen, signs := map[string]bool{}, [16]map[byte]int{}
	for range drawn {
		id := newID()
		if !form.MatchString(id) {
			t.Fatalf("%q is no id", id)
		}
		if seen[id] {
			t.Fatalf("%q came twice", id)
		}
		seen[id] = true
		for i := range 16 {
			if signs[i] == nil {
				signs[i] = map[byte]int{}
			}
			signs[i][id[i]]++
		}
	}
	const expected = drawn / 32 // 3,125; a deviation of a tenth is more than five standard deviations
	for i, counts := range signs {
		for sign, n := range counts {
			if n < expected*8/10 || n > expected*12/10 {
				t.Errorf("place %d holds %q %d times, want about %d", i, sign, n, expected)
			}
		}
		if len(counts) != 32 {
			t.Errorf("place %d holds only %d signs", i, len(counts))
		}
	}
}
