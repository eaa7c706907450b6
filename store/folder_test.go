package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenor/flows"
)

// badFile is a disk that takes a while many writes and no more.
type badFile struct {
	file
	writes, syncs int
}

var errDisk = errors.New("no space left on device")

func (f *badFile) WriteAt(p []byte, off int64) (int, error) {
	if f.writes--; f.writes < 0 {
		n, err := f.file.WriteAt(p[:len(p)/2], off)
		return n, errors.Join(errDisk, err)
	}
	return f.file.WriteAt(p, off)
}

func (f *badFile) Sync() error {
	if f.syncs--; f.syncs < 0 {
		return errDisk
	}
	return f.file.Sync()
}

func TestDiskThatTakesNoMoreMakesTheStoreReadOnly(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]*badFile{"write": {writes: 3, syncs: 99}, "sync": {writes: 99, syncs: 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, Options{Dir: dir})
			e := s.engine.(*embedded)
			bad.file = e.journal.file
			e.journal.file = bad // the writing goroutine waits for a call
			var saved []string
			for i := range 6 {
				c := commit()
				c.Writes = []flows.Write{write("person", fmt.Sprint(i), 0, "x")}
				err := s.Commit(t.Context(), c)
				if i < 3 {
					must(t, err)
					saved = append(saved, fmt.Sprint(i)+"=x@1")
					continue
				}
				is(t, err, ErrReadOnly)
			}
			is(t, s.Healthy(t.Context()), ErrReadOnly)
			same(t, values(t, s, flows.Ref{Kind: "person"}), saved...) // nothing is shown that is not on the disk
			must(t, s.Close())
			s = open(t, Options{Dir: dir})
			same(t, values(t, s, flows.Ref{Kind: "person"}), saved...)
			must(t, s.Healthy(t.Context()))
			same(t, s.Warnings()[:0])
		})
	}
}

func TestOneFolderOneProcess(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "play")
	s := open(t, Options{Dir: dir})
	_, err := Open(t.Context(), Options{Dir: dir})
	is(t, err, ErrInUse)
	out, err := child(t, "open", dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another Convenor is using this folder") {
		t.Errorf("a second process: %v, %s", err, out)
	}
	for _, name := range []string{".", journalName, "lock"} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: others may look into it: %v", name, info.Mode())
		}
	}
	same(t, s.Warnings())
	must(t, s.Close())
	open(t, Options{Dir: dir})
}

func TestClosedStoreSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Dir: t.TempDir()})
	must(t, s.Close())
	must(t, s.Close())
	is(t, s.Commit(t.Context(), commit()), ErrClosed)
}

func TestCallerWhoLeavesHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Dir: t.TempDir()})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		if err := s.Commit(gone, commit()); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	must(t, s.Commit(t.Context(), commit()))
}
