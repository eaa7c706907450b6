package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"convenor/flows"
)

// A history is what the same commits leave behind after each of them, as everything that is in the store.
type history [][]string

// past makes a small journal, with a bit of everything in it, and its history.
func past(t *testing.T, dir string, commits int) history {
	t.Helper()
	s := open(t, Options{Dir: dir})
	h := history{nil, state(t, s)} // nil: not even begun
	step := func(err error) {
		t.Helper()
		must(t, err)
		h = append(h, state(t, s))
	}
	for i := range commits {
		c := commit()
		c.Key = fmt.Sprint("key", i)
		c.Writes = []flows.Write{write("person", fmt.Sprint(i), 0, "Añ\x00a"), write("text", "t", int64(i), fmt.Sprint(i))}
		c.Deliveries = []flows.Delivery{post(fmt.Sprint("d", i), "s")}
		c.Timers = []flows.Timer{timer(fmt.Sprint("t", i), noon)}
		step(s.Commit(t.Context(), c))
	}
	l := claimOne(t, s, noon)
	h = append(h, state(t, s))
	step(s.Intend(t.Context(), l, noon))
	step(s.Complete(t.Context(), l, []flows.Write{write("receipt", "d", 0, "sent")}))
	c := commit()
	c.Writes = []flows.Write{{Ref: flows.Ref{Kind: "person", ID: "0"}, Rev: 1, Delete: true}}
	c.Fired = []string{"t0"}
	step(s.Commit(t.Context(), c))
	must(t, s.Close())
	return h
}

// state is the whole in-process Redis, as the commands that make it.
func state(t *testing.T, s *Store) []string {
	t.Helper()
	var all []string
	must(t, newDirect(s.engine.(*embedded).mini).dump(func(words ...string) error {
		if words[0] != "RPUSH" && words[0] != "SET" { // what has no order comes out in any
			slices.Sort(words[2:])
		}
		all = append(all, fmt.Sprintf("%q", words))
		return nil
	}))
	return all
}

// reopen puts a journal into a folder of its own and opens it. It returns how far in its history the store is, or the
// error.
func reopen(t *testing.T, journal []byte, h history) (int, error) {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, journalName), journal, 0o600))
	e, err := openEmbedded(t.Context(), dir, nil)
	if err != nil {
		after, e := os.ReadFile(filepath.Join(dir, journalName))
		must(t, e)
		if !bytes.Equal(after, journal) {
			t.Fatal("a journal that was refused was changed")
		}
		return 0, err
	}
	s := &Store{engine: e}
	defer func() { must(t, s.Close()) }()
	got := state(t, s)
	at := slices.IndexFunc(h, func(one []string) bool { return slices.Equal(one, got) })
	if at < 0 {
		t.Fatalf("a state that never was: %q", got)
	}
	return at, nil
}

func TestJournalCutAnywhereIsAPrefix(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := past(t, dir, 2)
	journal, err := os.ReadFile(filepath.Join(dir, journalName))
	must(t, err)
	at := 0
	for cut := 0; cut <= len(journal); cut += min(127, max(1, len(journal)-cut)) { // every byte: TestCutAtEachByte
		now, err := reopen(t, journal[:cut], h)
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", cut, len(journal), err)
		}
		if now < at || now > at+1 {
			t.Fatalf("cut at %d: from state %d to %d", cut, at, now)
		}
		at = now
	}
	if at != len(h)-1 {
		t.Errorf("the whole journal ends at state %d of %d", at, len(h)-1)
	}
}

func TestCutAtEachByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	none := func([]string) error { return nil }
	j, err := openJournal(dir, none)
	must(t, err)
	ends := []int64{j.end} // of the records
	var batches [][][]string
	for i := range 7 {
		batch := [][]string{{"SET", fmt.Sprint(i), strings.Repeat("\x00\n", i)}, {"DEL", ""}}[:1+i%2]
		must(t, j.append(batch))
		batches, ends = append(batches, batch), append(ends, j.end)
	}
	must(t, j.file.Close())
	whole, err := os.ReadFile(filepath.Join(dir, journalName))
	must(t, err)
	for cut := range len(whole) + 1 {
		must(t, os.WriteFile(filepath.Join(dir, journalName), whole[:cut], 0o600))
		var got [][]string
		j, err := openJournal(dir, func(words []string) error { got = append(got, words); return nil })
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		var want [][]string
		kept := 0
		for kept < len(batches) && ends[kept+1] <= int64(cut) {
			want = append(want, batches[kept]...)
			kept++
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) || j.end != ends[kept] || j.number != uint64(kept) {
			t.Fatalf("cut at %d: %q, want %q", cut, got, want)
		}
		if info, err := os.Stat(filepath.Join(dir, journalName)); err != nil || info.Size() != j.end {
			t.Fatalf("cut at %d: the rest is still there: %v %v", cut, info.Size(), err)
		}
		must(t, j.append([][]string{{"GO", "ON"}})) // and it goes on from there
		must(t, j.file.Close())
		got = nil
		j, err = openJournal(dir, func(words []string) error { got = append(got, words); return nil })
		must(t, err)
		must(t, j.file.Close())
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", append(want, []string{"GO", "ON"})) {
			t.Fatalf("cut at %d, then gone on: %q", cut, got)
		}
	}
}

func TestJournalZeroedTailIsAPrefix(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := past(t, dir, 1)
	journal, err := os.ReadFile(filepath.Join(dir, journalName))
	must(t, err)
	for _, tail := range [][]byte{make([]byte, 5000), bytes.Repeat([]byte{0xff}, 5000), bytes.Repeat([]byte("text "), 99)} {
		if at, err := reopen(t, append(slices.Clone(journal), tail...), h); err != nil || at != len(h)-1 {
			t.Errorf("state %d of %d, %v", at, len(h)-1, err)
		}
	}
}

func TestJournalFlippedBitIsRefusedOrAPrefix(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := past(t, dir, 2)
	journal, err := os.ReadFile(filepath.Join(dir, journalName))
	must(t, err)
	refused, prefixes := 0, 0
	random := rand.New(rand.NewPCG(1, 2))
	const flips = 300
	for range flips {
		spoiled := slices.Clone(journal)
		spoiled[random.IntN(len(spoiled))] ^= 1 << random.IntN(8)
		at, err := reopen(t, spoiled, h)
		switch {
		case errors.Is(err, ErrDamaged):
			refused++
		case err != nil:
			t.Fatal(err)
		case at != len(h)-2: // only the last record can be taken for one that was cut short
			t.Fatalf("opened at state %d of %d", at, len(h)-1)
		default:
			prefixes++
		}
	}
	t.Logf("%d refused, %d without their last record", refused, prefixes)
	if prefixes > flips/5 {
		t.Error("too few are refused")
	}
}

func TestHalfASnapshotIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	past(t, dir, 2)
	e, err := openEmbedded(t.Context(), dir, nil)
	must(t, err)
	number, _, err := writeSnapshot(filepath.Join(dir, journalFresh), func(emit func(words ...string) error) error {
		return errors.Join(emit("SET", "a", strings.Repeat("x", snapshotRecord)), emit("SET", "b", "1"))
	})
	must(t, err)
	must(t, e.close())
	if number != 2 {
		t.Fatalf("%d records, want 2", number)
	}
	whole, err := os.ReadFile(filepath.Join(dir, journalFresh))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, journalName), whole[:len(whole)-1], 0o600))
	_, err = openEmbedded(t.Context(), dir, nil)
	is(t, err, ErrDamaged)
	must(t, os.WriteFile(filepath.Join(dir, journalName), []byte("something else altogether"), 0o600))
	_, err = openEmbedded(t.Context(), dir, nil)
	is(t, err, ErrDamaged)
}

func TestCompactedJournalIsTheSameStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := past(t, dir, 20)
	e, err := openEmbedded(t.Context(), dir, nil)
	must(t, err)
	long := e.journal.end
	must(t, e.journal.compact(e.direct.dump))
	clear(e.loaded)
	if e.journal.end >= long {
		t.Errorf("%d bytes before, %d after", long, e.journal.end)
	}
	must(t, e.close())
	journal, err := os.ReadFile(filepath.Join(dir, journalName))
	must(t, err)
	if at, err := reopen(t, journal, h); err != nil || at != len(h)-1 {
		t.Errorf("state %d of %d, %v", at, len(h)-1, err)
	}
	s := open(t, Options{Dir: dir}) // and it goes on
	c := commit()
	c.Writes = []flows.Write{write("text", "t", 20, "on")}
	must(t, s.Commit(t.Context(), c))
	want := state(t, s)
	must(t, s.Close())
	s = open(t, Options{Dir: dir})
	same(t, state(t, s), want...)
}

func TestErasedTextLeavesTheJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	text := strings.Repeat("secret", 1500)
	for i := range 3 * compactAfter / 2 / len(text) {
		c := commit()
		ref := flows.Ref{Kind: "text", ID: "t"}
		c.Writes = []flows.Write{write("text", "t", 0, text)}
		must(t, s.Commit(t.Context(), c))
		records, err := s.Load(t.Context(), "c1", ref)
		must(t, err)
		c = commit()
		c.Writes = []flows.Write{{Ref: ref, Rev: records[0].Rev, Delete: true}}
		must(t, s.Commit(t.Context(), c))
		if i%10 == 0 {
			if info, err := os.Stat(filepath.Join(dir, journalName)); err != nil || info.Size() > 2*compactAfter {
				t.Fatalf("the journal grows without end: %v %v", info.Size(), err)
			}
		}
	}
	must(t, s.Close())
	e, err := openEmbedded(t.Context(), dir, nil)
	must(t, err)
	must(t, e.journal.compact(e.direct.dump))
	must(t, e.close())
	journal, err := os.ReadFile(filepath.Join(dir, journalName))
	must(t, err)
	if bytes.Contains(journal, []byte("secret")) {
		t.Error("an erased text is still on the disk")
	}
}
