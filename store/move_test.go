package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/store/redistest"
)

// furnish puts a bit of everything into a store, a lease that is held and a claimed timer with it.
func furnish(t *testing.T, s *Store) {
	t.Helper()
	w := walker{r: rand.New(rand.NewPCG(7, 1)), now: noon}
	for i := range 400 {
		_, do := w.next()
		do(s)
		if i%9 == 0 {
			_, err := s.Claim(t.Context(), fmt.Sprint("slack:T", i), "ca")
			must(t, err)
		}
	}
	long := commit()
	for i := range 700 {
		long.Writes = append(long.Writes, write("step", fmt.Sprintf("%03d", i), 0, strings.Repeat("Añ\x00\n\"<", i%50)))
		long.Deliveries = append(long.Deliveries, post(fmt.Sprint("long", i), "s x"))
		long.Timers = append(long.Timers, timer(fmt.Sprint("long", i), noon))
	}
	long.Writes = append(long.Writes, flows.Write{Ref: flows.Ref{Kind: "odd", ID: "\xff\xfe"}, Data: []byte("\"\x80\"")})
	must(t, s.Commit(t.Context(), long))
	claim(t, s, w.now.Add(time.Hour))
	fired(t, s, w.now.Add(time.Hour), 5)
}

func exported(t *testing.T, o Options) string {
	t.Helper()
	var b bytes.Buffer
	must(t, Export(t.Context(), o, &b))
	return b.String()
}

// TestMovedIsIdentical: what is moved from one kind of store to another, and on, is the same byte for byte; and it goes
// on as it was.
func TestMovedIsIdentical(t *testing.T) {
	t.Parallel()
	stores := map[string]Options{
		"a folder": {Dir: t.TempDir()}, "Redis": {URL: redistest.Start(t).URL()}, "Cluster": {URL: redistest.StartCluster(t).URL()},
		"another folder": {Dir: t.TempDir()}, "another Redis": {URL: redistest.Start(t).URL()},
	}
	way := []string{"a folder", "Redis", "Cluster", "another folder", "another Redis"}
	for n, from := range []Options{stores["a folder"], stores["another Redis"]} {
		if n == 1 { // the other way round, and from a Redis that has 64 shards
			from = Options{URL: redistest.Start(t).URL()}
		}
		s := open(t, from)
		furnish(t, s)
		must(t, s.Close())
		first := exported(t, from)
		if first != exported(t, from) {
			t.Fatal("to look at it changes it")
		}
		steps := 0
		for i, name := range way {
			to := stores[name]
			if n == 0 && i == 0 {
				continue
			}
			if n == 1 {
				if i > 0 {
					break
				}
				to = Options{Dir: t.TempDir()}
			}
			must(t, Import(t.Context(), to, strings.NewReader(first)))
			if got := exported(t, to); got != first {
				t.Fatalf("%s: %d bytes are not the %d that were brought", name, len(got), len(first))
			}
			is(t, Import(t.Context(), to, strings.NewReader(first)), ErrNotEmpty)
			steps++
		}
		t.Logf("%d lines, %d bytes, moved %d times", strings.Count(first, "\n"), len(first), steps)
	}
	for _, name := range way[1:] {
		s := open(t, stores[name])
		leases := claim(t, s, noon.Add(1000*time.Hour))
		if len(leases) == 0 {
			t.Errorf("%s: nothing to send after it was moved", name)
		}
		for _, l := range leases {
			must(t, s.Intend(t.Context(), l, noon.Add(1000*time.Hour)))
			must(t, s.Complete(t.Context(), l, nil))
		}
		if got := fired(t, s, noon.Add(1000*time.Hour), 1000); len(got) < 600 {
			t.Errorf("%s: %d timers after it was moved", name, len(got))
		}
	}
}

func TestExportOfWhatCannotBeExported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	is(t, Export(t.Context(), Options{Dir: dir}, io.Discard), errNothing)
	is(t, Export(t.Context(), Options{URL: redistest.Start(t).URL()}, io.Discard), errNothing)
	s := open(t, Options{Dir: dir, Rehearsal: true})
	_, err := s.Shift(t.Context(), time.Hour)
	must(t, err)
	is(t, Export(t.Context(), Options{Dir: dir}, io.Discard), ErrInUse)
	is(t, Import(t.Context(), Options{Dir: dir}, strings.NewReader("")), ErrBadExport)
	must(t, s.Close())
	moved := exported(t, Options{Dir: dir})
	is(t, Import(t.Context(), Options{Dir: dir}, strings.NewReader(strings.Replace(moved, "3600", "3601", 1))), ErrBadExport)
	to := Options{Dir: t.TempDir()}
	must(t, Import(t.Context(), to, strings.NewReader(moved)))
	_, err = Open(t.Context(), to)
	is(t, err, ErrRehearsal) // it is what it was
	to.Rehearsal = true
	if d, err := open(t, to).Offset(t.Context()); err != nil || d != time.Hour {
		t.Errorf("offset %v, %v", d, err)
	}
	full := &badWriter{left: 40}
	if err := Export(t.Context(), Options{Dir: dir}, full); !errors.Is(err, errDisk) {
		t.Errorf("to a full disk: %v", err)
	}
}

type badWriter struct{ left int }

func (w *badWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

// TestDamagedExportChangesNothing cuts an export at every byte and flips 2,000 bits of it: nothing is imported.
func TestDamagedExportChangesNothing(t *testing.T) {
	t.Parallel()
	from, to := Options{Dir: t.TempDir()}, Options{Dir: t.TempDir()}
	s := open(t, from)
	c := commit()
	c.Writes = []flows.Write{write("person", "a", 0, "x")}
	c.Deliveries = []flows.Delivery{post("d", "s")}
	must(t, s.Commit(t.Context(), c))
	must(t, s.Close())
	whole := exported(t, from)
	for cut := range len(whole) {
		is(t, Import(t.Context(), to, strings.NewReader(whole[:cut])), ErrBadExport)
	}
	random := rand.New(rand.NewPCG(1, 2))
	const flips = 2000
	for range flips {
		spoiled := []byte(whole)
		spoiled[random.IntN(len(spoiled))] ^= 1 << random.IntN(8)
		if err := Import(t.Context(), to, bytes.NewReader(spoiled)); !errors.Is(err, ErrBadExport) {
			t.Fatalf("got %v", err)
		}
	}
	t.Logf("cut at %d bytes, %d bits flipped: refused", len(whole), flips)
	must(t, Import(t.Context(), to, strings.NewReader(whole)))
}

// TestHalfImportedIsRefused: the server dies in the middle of an import.
func TestHalfImportedIsRefused(t *testing.T) {
	t.Parallel()
	from := Options{Dir: t.TempDir()}
	s := open(t, from)
	furnish(t, s)
	must(t, s.Close())
	r := redistest.Start(t)
	reader := &dying{Reader: strings.NewReader(exported(t, from)), kill: r.Kill}
	if err := Import(t.Context(), Options{URL: r.URL()}, reader); err == nil {
		t.Fatal("imported into nothing")
	}
	r.Restart()
	for _, err := range []error{
		errOf(Open(t.Context(), Options{URL: r.URL()})), Export(t.Context(), Options{URL: r.URL()}, io.Discard),
	} {
		is(t, err, ErrHalfImported)
	}
	is(t, Import(t.Context(), Options{URL: r.URL()}, strings.NewReader(exported(t, from))), ErrNotEmpty)
}

// dying kills the server in the middle of the second reading.
type dying struct {
	*strings.Reader
	seeks int
	kill  func()
}

func (d *dying) Seek(offset int64, whence int) (int64, error) {
	d.seeks++
	return d.Reader.Seek(offset, whence)
}

func (d *dying) Read(p []byte) (int, error) {
	if d.seeks > 0 && d.Len() < int(d.Size())/2 {
		d.kill()
	}
	return d.Reader.Read(p)
}
