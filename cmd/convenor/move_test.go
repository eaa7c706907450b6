package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenor/store"
	"convenor/store/redistest"
)

// TestExportAndImport moves a playground's store from its folder to Redis and back: the files are the same.
func TestExportAndImport(t *testing.T) {
	t.Parallel()
	dir, home := t.TempDir(), t.TempDir()
	h, err := openHouse(t.Context(), store.Options{Dir: home, Rehearsal: true}, "", newLog(&bytes.Buffer{}, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seed(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	convenor := func(code int, want, redis string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		var environ []string
		if redis != "" {
			environ = []string{"REDIS_URL=" + redis}
		}
		if got := run(t.Context(), args, environ, &out, &out); got != code || !strings.Contains(out.String(), want) {
			t.Fatalf("convenor %v: %d, want %d and %q:\n%s", args, got, code, want, &out)
		}
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	convenor(1, "another Convenor is using this folder", "", "export", file("a"), "--data", home)
	if _, err := os.Stat(file("a")); err == nil {
		t.Fatal("half a file is left behind")
	}
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	convenor(1, "nothing is stored there yet", "", "export", file("a"), "--data", filepath.Join(home, "nowhere"))
	convenor(0, "The file holds personal data", "", "export", file("a"), "--data", home)
	convenor(1, "is there already", "", "export", file("a"), "--data", home)
	if info, err := os.Stat(file("a")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v %v", info.Mode(), err)
	}
	r := redistest.Start(t)
	convenor(0, "is there now", r.URL(), "import", file("a"))
	convenor(1, "something is stored there already", r.URL(), "import", file("a"))
	convenor(0, "personal data", r.URL(), "export", file("b"))
	convenor(0, "is there now", "", "import", file("b"), "--data", file("back"))
	convenor(0, "personal data", "", "export", file("c"), "--data", file("back"))
	first := read(t, file("a"))
	if read(t, file("b")) != first || read(t, file("c")) != first {
		t.Error("what was moved is not what it was")
	}
	if err := os.WriteFile(file("d"), []byte(first[:len(first)/2]), 0o600); err != nil {
		t.Fatal(err)
	}
	convenor(1, "damaged, cut short, or not an export", "", "import", file("d"), "--data", file("empty"))
	t.Logf("%d lines", strings.Count(first, "\n"))
	running(t, r.URL(), func() { convenor(1, "a Convenor is running on this Redis", r.URL(), "export", file("e")) })
}

// running does something while a replica looks at a Redis.
func running(t *testing.T, url string, do func()) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url, Rehearsal: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			_ = s.Beat(ctx)
		}
	}()
	do()
	stop()
	<-ended
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
