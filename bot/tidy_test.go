package bot_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// tidyUp goes through everything at least once, a page at a time.
func (w *world) tidyUp(b *bot.Bot) (forgotten int) {
	w.t.Helper()
	for range 16 {
		n, err := b.Tidy(w.t.Context())
		if err != nil {
			w.fatal(err)
		}
		forgotten += n
	}
	return forgotten
}

func (w *world) count(kind string) int {
	w.t.Helper()
	records, err := w.store.Everything(w.t.Context(), home)
	if err != nil {
		w.fatal(err)
	}
	return len(slices.DeleteFunc(records, func(r flows.Record) bool { return r.Kind != kind }))
}

// TestYearsOfUseStayBounded lives three years with a fixed amount of use each month, with some conversations that wait
// for half a year and more before they go on. What is kept does not grow, and nothing that is still needed is gone.
func TestYearsOfUseStayBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	random := rand.New(rand.NewPCG(5, 6))
	b := w.process(nil)
	waiting := map[string]time.Time{} // run -> when it ends
	var sizes []int
	const months, each = 36, 12
	for month := range months {
		for i := range each {
			id := fmt.Sprintf("run%dx%d", month, i)
			hash := fmt.Sprint("hash", month) // the pack changes each month
			if w.load(flows.Ref{Kind: flows.KindFlow, ID: hash}) == nil {
				w.put(flows.Ref{Kind: flows.KindFlow, ID: hash}, flows.Definition{ID: "gone"})
			}
			run := flows.Run{ID: id, Flow: "gone", Hash: hash, Person: "ana", State: flows.StateDone, Touched: w.clock.now()}
			switch {
			case i == 0: // the coalition's memory
				run.Group = true
			case i < 4:
				run.State = []flows.State{flows.StateOpen, flows.StatePaused}[i%2]
				waiting[id] = w.clock.now().AddDate(0, 6+random.IntN(8), 0)
			}
			w.put(flows.Ref{Kind: flows.KindRun, ID: id}, run)
			w.put(flows.Ref{Kind: flows.KindPosted, ID: id + ".q.1"}, flows.Posted{Platform: "slack", Message: id})
			w.owe(post(id+".p"), nudged(id+".n", "ben"))
		}
		for range 15 { // one nudge a day
			w.deliver(b)
			w.clock.advance(48 * time.Hour)
		}
		w.tidyUp(b)
		for id, until := range waiting {
			var run flows.Run
			w.read(flows.Ref{Kind: flows.KindRun, ID: id}, &run) // fatal when it is gone
			for _, ref := range []flows.Ref{{Kind: flows.KindFlow, ID: run.Hash}, {Kind: flows.KindPosted, ID: id + ".q.1"}} {
				if len(w.load(ref)) != 1 {
					t.Fatalf("month %d: %s %s of a run that waits is gone", month, ref.Kind, ref.ID)
				}
			}
			if !w.clock.now().Before(until) {
				run.State, run.Touched = flows.StateDone, w.clock.now()
				w.put(flows.Ref{Kind: flows.KindRun, ID: id}, run)
				delete(waiting, id)
			}
		}
		sizes = append(sizes, w.count(flows.KindReceipt)+w.count(flows.KindRun)-month+w.count(flows.KindPosted))
	}
	t.Logf("records after each month, without the rounds: %v", sizes)
	if early, late := slices.Max(sizes[18:26]), slices.Max(sizes[28:]); late > early+each {
		t.Errorf("it grows: %d after two years, %d after three", early, late)
	}
	if got := w.count(flows.KindFlow); got != months { // each has a round that is remembered
		t.Errorf("%d of %d definitions that rounds need", got, months)
	}
}

// TestTidyForgetsOnlyWhatIsOld: of each kind, one that is old enough and one that is not.
func TestTidyForgetsOnlyWhatIsOld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	now := w.clock.now()
	ago := func(days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }
	run := func(id string, state flows.State, days int, group bool) {
		w.put(flows.Ref{Kind: flows.KindRun, ID: id}, flows.Run{ID: id, Hash: "h-" + id, State: state, Touched: ago(days), Group: group})
		w.put(flows.Ref{Kind: flows.KindFlow, ID: "h-" + id}, flows.Definition{ID: "gone"})
		w.put(flows.Ref{Kind: flows.KindPosted, ID: id + ".q"}, flows.Posted{Message: id})
	}
	run("old", flows.StateDone, 211, false)
	run("dropped", flows.StateCancelled, 211, false)
	run("young", flows.StateDone, 181, false)
	run("new", flows.StateDone, 178, false)
	run("round", flows.StateDone, 999, true)
	run("open", flows.StateOpen, 999, false)
	run("paused", flows.StatePaused, 999, false)
	w.put(flows.Ref{Kind: flows.KindPosted, ID: "offer.s1.1"}, flows.Posted{Message: "card"})
	for days, id := range map[int]string{91: "old", 88: "new"} {
		w.put(flows.Ref{Kind: flows.KindReceipt, Under: "ana", ID: id}, flows.Receipt{Delivery: id, At: ago(days)})
	}
	for days, id := range map[int]string{31: "old", 28: "new"} {
		w.put(flows.Ref{Kind: flows.KindWaiting, Under: "ana", ID: id}, flows.Waiting{At: ago(days)})
	}
	w.tidyUp(b)
	w.clock.advance(25 * time.Hour)
	w.tidyUp(b)
	ids := func(kind, under string) (list []string) {
		for _, r := range w.load(flows.Ref{Kind: kind, Under: under}) {
			list = append(list, r.ID)
		}
		return list
	}
	want(t, "runs", ids(flows.KindRun, ""), "new", "open", "paused", "round", "young")
	want(t, "messages", ids(flows.KindPosted, ""), "new.q", "offer.s1.1", "open.q", "paused.q")
	want(t, "definitions", ids(flows.KindFlow, ""), "h-new", "h-open", "h-paused", "h-round", "h-young")
	want(t, "receipts", ids(flows.KindReceipt, "ana"), "new")
	want(t, "what waits", ids(flows.KindWaiting, "ana"), "new")
	if n := w.tidyUp(b); n != 0 {
		t.Errorf("%d more were forgotten", n)
	}
}

// TestOneNudgeADayWithoutItsReceipts: the day's budget holds though the gate reads one record and not all receipts.
func TestOneNudgeADayWithoutItsReceipts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	for i := range 5 {
		w.owe(nudged(fmt.Sprint("n.", i), "ben"))
	}
	days := map[string]int{}
	loc, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	for range 6 * 24 {
		before := len(seen(w.discord, benDiscord()))
		w.deliver(b)
		days[w.clock.now().In(loc).Format(time.DateOnly)] += len(seen(w.discord, benDiscord())) - before
		w.clock.advance(time.Hour)
	}
	sum := 0
	for day, n := range days {
		if sum += n; n > 1 {
			t.Errorf("%d nudges on %s", n, day)
		}
	}
	if sum < 4 {
		t.Errorf("%d of 5 nudges in six days", sum)
	}
	if got := len(w.load(flows.Ref{Kind: flows.KindNudged})); got != 1 {
		t.Errorf("%d records of the last nudge, want 1", got)
	}
}
