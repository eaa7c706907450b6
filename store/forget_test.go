package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"convenor/flows"
	"convenor/store/redistest"
)

// TestForget deletes a record that was promised to be gone. Nothing in the folder of the embedded store holds it any
// more when Commit returns, and nothing in the folder of a Redis once it has rewritten its append-only file.
func TestForget(t *testing.T) {
	t.Parallel()
	secret := []byte("told-in-confidence")
	ref := flows.Ref{Kind: flows.KindSheet, Under: "check", ID: "dana"}
	keep, drop := commit(), commit()
	keep.Writes = []flows.Write{{Ref: ref, Data: append(append([]byte(`"`), secret...), '"')}}
	drop.Writes = []flows.Write{{Ref: ref, Rev: 1, Delete: true}}
	keep.ID, drop.ID, drop.Forget = "keep", "drop", true
	for _, engine := range []string{"embedded", "redis"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dir, o := t.TempDir(), Options{}
			o.Dir = dir
			var server *redistest.Server
			if engine == "redis" {
				server = redistest.Start(t)
				dir, o = filepath.Dir(server.Socket()), Options{URL: server.URL()}
			}
			s := open(t, o)
			must(t, s.Commit(context.Background(), keep))
			if !holds(t, dir, secret) {
				t.Fatal("it was never written: the test shows nothing")
			}
			must(t, s.Commit(context.Background(), drop))
			if engine == "redis" {
				server.Rewritten()
			}
			if holds(t, dir, secret) {
				t.Error("what was to be forgotten is still on the disk")
			}
			found, err := s.Load(context.Background(), keep.Coalition, ref)
			if err != nil || len(found) != 0 {
				t.Error(found, err)
			}
		})
	}
}

// holds reports whether a file below dir holds some bytes.
func holds(t *testing.T, dir string, what []byte) bool {
	t.Helper()
	held := false
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == "log" {
			return err
		}
		text, err := os.ReadFile(path)
		held = held || bytes.Contains(text, what)
		return err
	}))
	return held
}
