package bot_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/nudge"
)

// TestARestoredStoreSendsNothingTwice: the store is put back to a copy of some time ago, and a new process goes on from
// there. In the end people have seen, line by line, what they see when nothing is ever put back.
func TestARestoredStoreSendsNothingTwice(t *testing.T) {
	t.Parallel()
	whole := restored(t, 0, time.Time{})
	if len(whole) < 25 {
		t.Fatalf("too little happens: %q", whole)
	}
	for _, age := range []time.Duration{time.Second, 5 * time.Minute, 24 * time.Hour} {
		t.Run(age.String(), func(t *testing.T) {
			t.Parallel()
			n := times(t, 20)
			for i := range n {
				// Ben's and Ana's nudges go at 15:00 and 17:00 UTC, and posts every four hours.
				crash := monday().Add(25 * time.Hour).Add(time.Duration(i) * 72 * time.Hour / time.Duration(n)).Truncate(time.Hour)
				lost, doubled := unlike(restored(t, age, crash), whole)
				want(t, fmt.Sprintf("lost, put back at %s", crash), lost)
				want(t, fmt.Sprintf("doubled, put back at %s", crash), doubled)
			}
		})
	}
}

// restored lets five days pass and returns all that can be read in the end, in order of the alphabet. At crash the
// process dies and its store is put back by age; an age of zero means never.
func restored(t *testing.T, age time.Duration, crash time.Time) []string {
	t.Helper()
	w := newWorld(t, monday())
	for i, due := range []string{"2026-11-03", "2026-11-04", "2026-11-04", "2026-11-05"} {
		w.step(fmt.Sprintf("ana%d", i), "ana", due)
		w.step(fmt.Sprintf("ben%d", i), "ben", due)
	}
	copied, b := t.TempDir(), w.process(nil)
	const every = time.Hour // nudges and hours fall on whole ones
	for at := monday(); at.Before(monday().Add(5 * 24 * time.Hour)); at = at.Add(every) {
		if before := crash.Add(-age); age > 0 && !before.Before(at.Add(-every)) && before.Before(at) {
			w.clock.set(before)
			w.tick(b)
			w.copy(copied)
		}
		w.clock.set(at)
		if at.Hour()%4 == 1 {
			w.owe(post("p."+at.Format(time.DateTime)), reply("r."+at.Format(time.DateTime), "ana", "slack"))
		}
		w.tick(b)
		if age > 0 && at.Equal(crash) {
			w.restore(copied)
			w.clock.advance(time.Second)
			b = w.process(nil)
			w.tick(b)
		}
	}
	w.settled()
	return slices.Sorted(slices.Values(append(lines(w.slack), lines(w.discord)...)))
}

// TestARestoreAndAnOutage: a nudge was sent, the store was put back to before it, and nothing ran until the next one was
// due, too. What was said before is not said again, and what was not is.
func TestARestoreAndAnOutage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		due  []string      // the due dates of Ben's steps: each is told of on its day
		away time.Duration // from Tuesday, 9:00 of Ben's
	}{
		"the first was said":              {[]string{"2026-11-03", "2026-11-04"}, 24 * time.Hour},
		"two were said together":          {[]string{"2026-11-03", "2026-11-03", "2026-11-04", "2026-11-04"}, 24 * time.Hour},
		"all were said":                   {[]string{"2026-11-03", "2026-11-03"}, time.Hour},
		"what was said comes after a new": {[]string{"2026-11-04", "2026-11-03", "2026-11-03"}, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, monday())
			whole := w.remindedAndPutBack(c.due, c.away)
			b := w.process(nil)
			w.run(3*24*time.Hour, 3*time.Hour, b)
			w.reminded(whole)
		})
	}
}

// remindedAndPutBack has Ben take steps that he is reminded of on their days, the first on Tuesday at 9:00 of his, puts the
// store back to before that, and lets time pass. It returns all that he is to be told.
func (w *world) remindedAndPutBack(dues []string, away time.Duration) (whole []string) {
	w.t.Helper()
	for i, due := range dues {
		step := w.step(fmt.Sprintf("step%d", i), "ben", "")
		step.Due = "2026-11-20"
		w.put(flows.Ref{Kind: flows.KindStep, ID: step.ID}, step)
		at, err := time.Parse("2006-01-02T15:04Z", due+"T17:00Z")
		if err != nil {
			w.t.Fatal(err)
		}
		w.commit(flows.Commit{Timers: []flows.Timer{{
			ID: nudge.TimerID(step.ID, nudge.Snooze, due, "ben"), Coalition: home, Kind: flows.TimerNudge, Object: step.ID,
			Person: "ben", Rule: string(nudge.Snooze), Due: step.Due, At: at,
		}}})
		whole = append(whole, "nudge.ahead call the clinic "+step.ID)
	}
	copied := w.t.TempDir()
	w.copy(copied)
	w.clock.set(time.Date(2026, 11, 3, 17, 0, 1, 0, time.UTC))
	w.tick(w.process(nil))
	w.clock.advance(away)
	w.restore(copied)
	return whole
}

// reminded fails the test unless Ben was told exactly this, each once.
func (w *world) reminded(whole []string) {
	w.t.Helper()
	w.settled()
	got := slices.DeleteFunc(lines(w.discord), func(line string) bool { return !strings.HasPrefix(line, "nudge.ahead") })
	slices.Sort(got)
	want(w.t, "Ben", got, whole...)
}

// unlike compares lines: those of whole that got lacks, and those of got that are too many.
func unlike(got, whole []string) (lost, doubled []string) {
	doubled = slices.Clone(got)
	for _, line := range whole {
		if i := slices.Index(doubled, line); i >= 0 {
			doubled = slices.Delete(doubled, i, i+1)
		} else {
			lost = append(lost, line)
		}
	}
	return lost, doubled
}

// tick lets a process do all that it has to do now.
func (w *world) tick(b *bot.Bot) {
	w.t.Helper()
	if _, err := b.Sweep(w.t.Context()); err != nil {
		w.t.Fatal("sweep:", err)
	}
	w.deliver(b)
	if _, err := b.Tidy(w.t.Context()); err != nil {
		w.t.Fatal("tidy:", err)
	}
}

// copy copies the store's folder as a backup does.
func (w *world) copy(to string) {
	w.t.Helper()
	if err := os.CopyFS(to, os.DirFS(w.dir)); err != nil {
		w.fatal(err)
	}
}

// restore goes on with a copy of the store.
func (w *world) restore(from string) {
	w.t.Helper()
	if err := w.store.Close(); err != nil {
		w.fatal(err)
	}
	w.dir = from
	w.open()
}

// settled fails the test when something still waits to be sent.
func (w *world) settled() {
	w.t.Helper()
	if p, err := w.store.Pending(w.t.Context()); err != nil || p.Conversations != 0 {
		w.t.Errorf("pending: %+v, %v", p, err)
	}
}

// lines is all that can be read on a platform, without the labels of controls.
func lines(r *bottest.Recorder) []string {
	var out []string
	for _, p := range r.Posts(bot.Address{}) {
		for _, block := range p.Message.Blocks {
			if block.Text != "nudge.goal {what}" && block.Text != "nudge.several {what}" {
				out = append(out, block.Text)
			}
		}
	}
	return out
}
