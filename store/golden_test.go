package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/store/redistest"
)

// TestGoldenState opens what the first version with schema 1 has left behind, as a journal and as an export. The files
// in testdata are never written again: what cannot read them any more cannot read what people have.
func TestGoldenState(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(filepath.Join("testdata", "schema1.export"))
	must(t, err)
	journal, err := os.ReadFile(filepath.Join("testdata", "schema1.journal"))
	must(t, err)
	imported := func(o Options) Options {
		t.Helper()
		must(t, Import(t.Context(), o, strings.NewReader(string(golden))))
		return o
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, journalName), journal, 0o600))
	for name, o := range map[string]Options{
		"journal": {Dir: dir}, "folder": imported(Options{Dir: t.TempDir()}),
		"redis": imported(Options{URL: redistest.Start(t).URL()}), "cluster": imported(Options{URL: redistest.StartCluster(t).URL()}),
	} {
		if got := exported(t, o); got != string(golden) {
			t.Errorf("%s: it is read as something else:\n%s", name, got)
		}
		s := open(t, o)
		same(t, values(t, s, flows.Ref{Kind: "person"}, flows.Ref{Kind: "text"}), "p2=Añ\x00a <&> \u2028@1", "p4=Añ\x00a <&> \u2028@1", "t=4@3")
		same(t, values(t, s, flows.Ref{Kind: "receipt", Under: "slack:T1:C1"}), "r0=sent@1", "r2=sent@1", "r4=sent@1")
		place, err := s.Place(t.Context(), "slack:T5")
		must(t, err)
		same(t, []string{place}, "c2")
		again := commit()
		again.Key = "slack:Ev0"
		is(t, s.Commit(t.Context(), again), flows.ErrSeen)
		sent := map[string]int{}
		for now := noon.Add(2 * time.Hour); ; now = now.Add(time.Hour) {
			leases := claim(t, s, now)
			for _, l := range leases {
				sent[l.Delivery.ID]++
				must(t, s.Complete(t.Context(), l, nil))
			}
			if len(leases) == 0 {
				break
			}
		}
		timers := len(fired(t, s, noon.AddDate(1, 0, 0), 99))
		if len(sent) != 11 || timers != 5 {
			t.Errorf("%s: %d of 11 deliveries, %d of 5 timers", name, len(sent), timers)
		}
	}
}
