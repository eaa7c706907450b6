package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/flows"
)

// shelf is a ledger in memory that keeps what was committed.
type shelf struct {
	records map[flows.Ref]flows.Record
	commits []flows.Commit
	loads   int
}

func (*shelf) Place(context.Context, string) (string, error)               { return "", nil }
func (*shelf) Claim(_ context.Context, _, c string) (string, error)        { return c, nil }
func (*shelf) History(context.Context, string, int) ([]flows.Audit, error) { return nil, nil }

func (s *shelf) Commit(_ context.Context, c flows.Commit) error {
	s.commits = append(s.commits, c)
	return nil
}

func (s *shelf) Load(_ context.Context, _ string, refs ...flows.Ref) ([]flows.Record, error) {
	s.loads++
	var found []flows.Record
	for ref, r := range s.records {
		if slices.Contains(refs, ref) || slices.Contains(refs, flows.Ref{Kind: ref.Kind, Under: ref.Under}) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b flows.Record) int { return strings.Compare(a.ID, b.ID) })
	return found, nil
}

func (s *shelf) set(ref flows.Ref, rev int64, json string) {
	s.records[ref] = flows.Record{Ref: ref, Rev: rev, Data: []byte(json)}
}

func onShelf() (*Bot, *shelf) {
	s := &shelf{records: map[flows.Ref]flows.Record{}}
	return New(Config{Ledger: s, Now: func() time.Time { return time.Unix(0, 0) }, ID: func() string { return "fresh" }}), s
}

func TestWorkComparesWithWhatWasRead(t *testing.T) {
	t.Parallel()
	b, s := onShelf()
	ref := flows.Ref{Kind: flows.KindCurrent, ID: "p"}
	s.set(ref, 7, `"one"`)
	w := b.work("home")
	was, ok, err := find[string](t.Context(), w, ref)
	if err != nil || !ok || was != "one" {
		t.Fatal(was, ok, err)
	}
	s.set(ref, 8, `"two"`) // someone else is faster
	if _, err := all[string](t.Context(), w, flows.KindCurrent, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.put(ref, "mine"); err != nil {
		t.Fatal(err)
	}
	if now, _, _ := find[string](t.Context(), w, ref); now != "mine" {
		t.Errorf("after its own put the work reads %q", now)
	}
	if err := b.commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if got := s.commits[0].Writes; len(got) != 1 || got[0].Rev != 7 {
		t.Errorf("wrote %+v, want one write at the revision that was read first", got)
	}
}

func TestWorkComparesAbsence(t *testing.T) {
	t.Parallel()
	b, s := onShelf()
	ref := flows.Ref{Kind: flows.KindCurrent, ID: "p"}
	w := b.work("home")
	if _, ok, _ := find[string](t.Context(), w, ref); ok {
		t.Fatal("found what is not there")
	}
	s.set(ref, 1, `"theirs"`)
	if _, err := all[string](t.Context(), w, flows.KindCurrent, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.put(ref, "mine"); err != nil {
		t.Fatal(err)
	}
	_ = b.commit(t.Context(), w)
	if rev := s.commits[0].Writes[0].Rev; rev != 0 {
		t.Errorf("wrote at revision %d although nothing was there when it was decided", rev)
	}
}

func TestWorkReadsOnce(t *testing.T) {
	t.Parallel()
	b, s := onShelf()
	w := b.work("home")
	refs := []flows.Ref{{Kind: flows.KindRun, ID: "r"}, {Kind: flows.KindAnswer, Under: "r"}}
	for range 3 {
		if err := w.load(t.Context(), refs...); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := find[flows.Answer](t.Context(), w, answerRef("r", "q1", "p")); err != nil {
		t.Fatal(err)
	}
	if s.loads != 1 {
		t.Errorf("%d round trips, want 1", s.loads)
	}
}

func TestEmptyWorkIsNotCommitted(t *testing.T) {
	t.Parallel()
	b, s := onShelf()
	w := b.work("home")
	whisper := flows.Change{Effects: []flows.Effect{flows.Whisper{Message: flows.Message{}}}}
	if err := w.fold(t.Context(), whisper, origin{}); err != nil {
		t.Fatal(err)
	}
	if err := b.commit(t.Context(), w); err != nil || len(s.commits) != 0 || w.whisper == nil {
		t.Error(err, s.commits, w.whisper)
	}
}

func TestFoldRemovesWhatWasNotRead(t *testing.T) {
	t.Parallel()
	b, s := onShelf()
	there, gone := flows.Ref{Kind: flows.KindText, ID: "there"}, flows.Ref{Kind: flows.KindText, ID: "gone"}
	s.set(there, 3, `{"text":"x"}`)
	w := b.work("home")
	c := flows.Change{Puts: []flows.Put{{Ref: there, Delete: true}, {Ref: gone, Delete: true}}}
	if err := w.fold(t.Context(), c, origin{}); err != nil {
		t.Fatal(err)
	}
	if err := b.commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if got := s.commits[0].Writes; len(got) != 1 || got[0].Ref != there || got[0].Rev != 3 || !got[0].Delete {
		t.Errorf("wrote %+v, want the removal of what is there, at its revision", got)
	}
}

func TestDeliveriesOfAnEvent(t *testing.T) {
	t.Parallel()
	b, s := onShelf()
	say := flows.Change{
		Effects: []flows.Effect{
			flows.Say{Person: "actor"},
			flows.Say{Person: "other"},
			flows.Say{Space: "slack:T1:C1"},
			flows.Edit{Person: "other", Message: flows.Message{Key: "k"}},
			flows.Edit{Space: "slack:T1:C1"},
		},
		Timers: []flows.Timer{{ID: "t"}},
	}
	o := origin{ID: "step.4", Person: "actor", Via: "slack", Reason: flows.Reason{Rule: "why"}}
	for range 2 {
		w := b.work("home")
		if err := w.fold(t.Context(), say, o); err != nil {
			t.Fatal(err)
		}
		if err := b.commit(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	want := []flows.Delivery{
		{ID: "step.4.0", Kind: flows.Reply, Person: "actor", Via: "slack"},
		{ID: "step.4.1", Kind: flows.Nudge, Person: "other", Reason: flows.Reason{Rule: "why"}},
		{ID: "step.4.2", Kind: flows.Post, Space: "slack:T1:C1"},
		{ID: "step.4.3", Kind: flows.Reply, Person: "other", Edit: true},
		{ID: "step.4.4", Kind: flows.Post, Space: "slack:T1:C1", Edit: true},
	}
	for _, c := range s.commits { // a repeat of the event owes the same, by the same ids
		for i, d := range c.Deliveries {
			d.Message, d.Coalition = flows.Message{}, ""
			if d.ID != want[i].ID || d.Kind != want[i].Kind || d.Edit != want[i].Edit || d.Reason != want[i].Reason || d.Via != want[i].Via {
				t.Errorf("delivery %d is %+v, want %+v", i, d, want[i])
			}
		}
		if len(c.Timers) != 1 || c.Timers[0].Coalition != "home" {
			t.Errorf("timers %+v", c.Timers)
		}
	}
	select {
	case <-b.Kicked():
	default:
		t.Error("nobody was told that there is something to deliver")
	}
}

func TestFoldRefusesAHandOver(t *testing.T) {
	t.Parallel()
	b, _ := onShelf()
	c := flows.Change{Effects: []flows.Effect{flows.HandOver{Record: flows.RecordStep}}}
	if err := b.work("home").fold(t.Context(), c, origin{}); err == nil {
		t.Error("a hand-over was lost in silence")
	}
}

func TestLanes(t *testing.T) {
	t.Parallel()
	var l lanes
	leave, err := l.enter(t.Context(), "run.a")
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.enter(t.Context(), "run.b")
	if err != nil {
		t.Fatal(err)
	}
	other()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.enter(ended, "run.a"); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ended with %v", err)
	}
	leave()
	if len(l.busy) != 0 {
		t.Errorf("%d lanes are left behind", len(l.busy))
	}
}
