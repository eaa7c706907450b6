package content

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"convenor/flows"
)

// lockFile remembers which English each Spanish text was written for.
const lockFile = "translations.lock"

// lockHead is what the file begins with.
const lockHead = "# Written by `convenor content accept`. It remembers which English each Spanish text was written for.\n"

// pairing is a text as it was accepted: what its languages were, as hashes.
type pairing struct{ english, spanish string }

// Accept says that every Spanish text of a pack says what the English one says now, and returns the text of the file
// translations.lock that remembers it. Check then names each text whose English changes while its Spanish stays. The
// error is Mistakes when the pack cannot be used.
func Accept(fsys fs.FS) ([]byte, error) {
	_, l := load(fsys)
	if len(l.mistakes) > 0 {
		return nil, l.mistakes.sorted()
	}
	lock := map[string]pairing{}
	for _, t := range l.tops {
		for _, g := range t.file.groups(t.node, "", "") {
			for _, s := range g.texts {
				lock[s.path] = s.pairing()
			}
		}
	}
	var out strings.Builder
	out.WriteString(lockHead)
	for _, path := range slices.Sorted(maps.Keys(lock)) {
		out.WriteString(lock[path].english + " " + lock[path].spanish + " " + path + "\n")
	}
	return []byte(out.String()), nil
}

// parseLock reads what Accept wrote. line is the first that it did not write, from 1, or 0.
func parseLock(source string) (lock map[string]pairing, line int) {
	lock = map[string]pairing{}
	for i, text := range strings.Split(strings.TrimRight(source, "\n"), "\n") {
		if strings.HasPrefix(text, "#") {
			continue
		}
		parts := strings.SplitN(strings.TrimRight(text, "\r"), " ", 3)
		if len(parts) < 3 || len(parts[0]) != hashLength || len(parts[1]) != hashLength {
			return lock, i + 1
		}
		lock[parts[2]] = pairing{english: parts[0], spanish: parts[1]}
	}
	return lock, 0
}

func (s said) pairing() pairing {
	return pairing{english: hash(s.whole(flows.English)), spanish: hash(s.whole(flows.Spanish))}
}

// stale reports a text whose English changed since its Spanish was accepted, while the Spanish stayed as it was.
func (l *linter) stale(s said) {
	was, accepted := l.lock[s.path]
	if is := s.pairing(); accepted && was.spanish == is.spanish && was.english != is.english {
		s.file.breaks(ruleStale, s.words[flows.Spanish], "The English changed and these words did not.",
			"Change them, too. When they still say the same, run `convenor content accept`.")
	}
}

// hashLength is how much of a hash tells two versions of one text apart, in hex digits.
const hashLength = 8

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:hashLength]
}
