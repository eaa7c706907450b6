package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
)

// readBack opens a journal and returns the commands in it.
func readBack(t *testing.T, dir string) (got []string, err error) {
	t.Helper()
	j, err := openJournal(dir, func(words []string) error {
		got = append(got, fmt.Sprintf("%q", words))
		return nil
	})
	if err == nil {
		must(t, j.file.Close())
	}
	return got, err
}

// TestTwoThousandFlippedBits flips one bit at a time of a journal that has a bit of everything in it. It is refused and
// left as it is, or it is what it was without its last record.
func TestTwoThousandFlippedBits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	past(t, dir, 12)
	name := filepath.Join(dir, journalName)
	whole, err := os.ReadFile(name)
	must(t, err)
	want, err := readBack(t, dir)
	must(t, err)
	random := rand.New(rand.NewPCG(3, 4))
	refused, prefixes := 0, 0
	const flips = 2000
	for range flips {
		spoiled := slices.Clone(whole)
		spoiled[random.IntN(len(spoiled))] ^= 1 << random.IntN(8)
		must(t, os.WriteFile(name, spoiled, 0o600))
		got, err := readBack(t, dir)
		after, e := os.ReadFile(name)
		must(t, e)
		switch {
		case errors.Is(err, ErrDamaged):
			refused++
			if !slices.Equal(after, spoiled) {
				t.Fatal("a journal that was refused was changed")
			}
		case err != nil:
			t.Fatal(err)
		case len(got) >= len(want) || !slices.Equal(got, want[:len(got)]):
			t.Fatalf("read %d of %d commands, and not as they were", len(got), len(want))
		default:
			prefixes++
		}
	}
	t.Logf("%d of %d flips refused, %d a clean prefix, none read as something else", refused, flips, prefixes)
	if prefixes > flips/10 {
		t.Error("too few are refused")
	}
}

// fullDisk takes so many bytes more and no more; what it has taken of a write stays.
type fullDisk struct {
	file
	left int
}

func (f *fullDisk) WriteAt(p []byte, off int64) (int, error) {
	n := min(len(p), f.left)
	f.left -= n
	n, err := f.file.WriteAt(p[:n], off)
	if n < len(p) && err == nil {
		err = errDisk
	}
	return n, err
}

func (*fullDisk) Truncate(int64) error { return errDisk } // nor does it let the half be taken back

// TestDiskFullAtEachByte fills the disk at each byte of a record: what was acknowledged is there, nothing else is, and
// once there is room it goes on.
func TestDiskFullAtEachByte(t *testing.T) {
	t.Parallel()
	batch := func(i int) [][]string { return [][]string{{"SET", "key", fmt.Sprint("value ", i)}} }
	record := len(encodeRecord(0, batch(0)))
	for room := range 3*record + 1 {
		dir := t.TempDir()
		j, err := openJournal(dir, func([]string) error { return nil })
		must(t, err)
		j.file = &fullDisk{file: j.file, left: room}
		var saved []string
		for i := range 4 {
			if err = j.append(batch(i)); err != nil {
				is(t, err, errDisk)
				break
			}
			saved = append(saved, fmt.Sprintf("%q", batch(i)[0]))
		}
		if err == nil || len(saved) != room/record {
			t.Fatalf("room for %d bytes: %d records, %v", room, len(saved), err)
		}
		must(t, j.file.Close())
		for range 2 {
			got, err := readBack(t, dir)
			must(t, err)
			same(t, got, saved...)
		}
	}
}

// TestFiftyOpenersOneFolder lets many open one folder at once: one gets it, the others are told so.
func TestFiftyOpenersOneFolder(t *testing.T) {
	t.Parallel()
	const others = 50
	dir := t.TempDir()
	var got, refused atomic.Int64
	holds, ended := make(chan *embedded, others), make(chan struct{}, others)
	for range others {
		go func() {
			e, err := openEmbedded(t.Context(), dir, nil)
			switch {
			case err == nil:
				got.Add(1)
				holds <- e
			case errors.Is(err, ErrInUse):
				refused.Add(1)
			default:
				t.Error(err)
			}
			ended <- struct{}{}
		}()
	}
	for range others {
		<-ended
	}
	if got.Load() != 1 || refused.Load() != others-1 {
		t.Errorf("%d got it, %d were refused", got.Load(), refused.Load())
	}
	for range got.Load() {
		must(t, (<-holds).close())
	}
	for range 3 {
		s := open(t, Options{Dir: dir})
		if out, err := child(t, "open", dir).CombinedOutput(); err == nil {
			t.Errorf("another process opened it, too: %s", out)
		}
		must(t, s.Close())
	}
}
