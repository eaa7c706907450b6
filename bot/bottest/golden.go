package bottest

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Golden compares text with a file, a line at a time, or with update writes it there.
func Golden(t *testing.T, update bool, path string, text []byte) {
	t.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path) //nolint:gosec // a test names it
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(kept), "\n"), strings.Split(string(text), "\n")
	for i, line := range is {
		if i >= len(was) || was[i] != line {
			t.Fatalf("%s: line %d is now\n%s\n(run the test with -update, then read the difference)", path, i+1, line)
		}
	}
	if !slices.Equal(was, is) {
		t.Errorf("%s holds more than is said", path)
	}
}

// Mutate changes, takes out or puts in one to three bytes.
func Mutate(random *rand.Rand, s string) string {
	b := []byte(s)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(b))
		switch random.IntN(3) {
		case 0:
			b[at] ^= byte(1 + random.IntN(255)) //nolint:gosec // it is below 256
		case 1:
			if len(b) > 1 {
				b = append(b[:at], b[at+1:]...)
			}
		default:
			b = append(b[:at], append([]byte{byte(random.IntN(256))}, b[at:]...)...) //nolint:gosec // it is below 256
		}
	}
	return string(b)
}
