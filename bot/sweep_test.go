package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
)

// TestLadder lets six weeks pass over one step, ten minutes at a time, for two processes, in a zone whose clocks change
// meanwhile: each rung speaks once, at 9:00 where the lead is, and then there is silence.
func TestLadder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		from, due string
		expected  []string
	}{
		"autumn": {"2026-10-20", "2026-11-03", []string{ // clocks go back on Sunday, November 1
			"Tue 10-27 09:00 nudge.ahead", "Mon 11-02 09:00 nudge.tomorrow", "Tue 11-03 09:00 nudge.today", "Wed 11-04 09:00 nudge.was",
			"Fri 11-06 09:00 nudge.was", "Tue 11-10 09:00 nudge.question",
		}},
		"spring": {"2027-03-01", "2027-03-15", []string{ // clocks go forward on Sunday, March 14; the day before is closed
			"Mon 03-08 09:00 nudge.ahead", "Mon 03-15 09:00 nudge.today", "Tue 03-16 09:00 nudge.was",
			"Thu 03-18 09:00 nudge.was", "Mon 03-22 09:00 nudge.question",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			la, err := time.LoadLocation("America/Los_Angeles")
			if err != nil {
				t.Fatal(err)
			}
			start, err := time.ParseInLocation(time.DateOnly, test.from, la)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, start.Add(12*time.Hour).UTC())
			one, two := w.process(nil), w.process(nil)
			w.step("step1", "ben", test.due)
			w.run(42*24*time.Hour, 10*time.Minute, one, two)
			var got []string
			for _, p := range w.discord.Posts(benDiscord()) {
				words, _, _ := strings.Cut(p.Message.Blocks[0].Text, " ")
				got = append(got, p.At.In(la).Format("Mon 01-02 15:04 ")+words)
			}
			want(t, "Ben", got, test.expected...)
			var told []string
			for _, p := range w.slack.Posts(anaOnSlack()) {
				words, _, _ := strings.Cut(p.Message.Blocks[0].Text, " ")
				told = append(told, words)
			}
			want(t, "the coordinator", told, "nudge.coordinator")
			if p, err := w.store.Pending(t.Context()); err != nil || p.Timers != 0 || p.Conversations != 0 {
				t.Errorf("pending: %+v, %v", p, err)
			}
		})
	}
}

func TestADoneStepIsNotNudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	done := func(id string) {
		ref := flows.Ref{Kind: flows.KindStep, ID: id}
		var s plan.Step
		w.read(ref, &s)
		s.Status = plan.StatusDone
		w.put(ref, s)
	}
	w.step("before", "ben", "2026-11-03")
	w.step("between", "ben", "2026-11-03")
	w.step("moved", "ben", "2026-11-03")
	var moved plan.Step
	w.read(flows.Ref{Kind: flows.KindStep, ID: "moved"}, &moved)
	moved.Due = "2027-11-03"
	w.put(flows.Ref{Kind: flows.KindStep, ID: "moved"}, moved)
	done("before") // between arming and sweeping
	w.clock.set(time.Date(2026, 11, 3, 17, 0, 0, 0, time.UTC))
	if n, err := b.Sweep(t.Context()); err != nil || n != 3 {
		t.Fatalf("swept %d, %v", n, err)
	}
	done("between") // between sweeping and sending
	w.deliver(b)
	want(t, "Ben", seen(w.discord, benDiscord()))
	if got := w.receipts("ben"); len(got) != 1 || !slices.Contains([]string{"dropped not-true"}, got[keysOf(got)[0]]) {
		t.Errorf("receipts: %v", got)
	}
	if n, err := b.Sweep(t.Context()); err != nil || n != 0 {
		t.Errorf("swept again: %d, %v", n, err)
	}
}

func TestWhatIsDueTogetherIsOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	for i := range 3 {
		w.step(fmt.Sprintf("step%d", i), "ben", "2026-11-03")
	}
	w.step("hers", "ana", "2026-11-03")
	w.run(30*time.Hour, 10*time.Minute, b)
	posts := w.discord.Posts(benDiscord())
	if len(posts) != 1 || strings.Count(bottest.Text(posts[0].Message), "call the clinic step") < 3 {
		t.Errorf("Ben: %+v", posts)
	}
	want(t, "Ana", seen(w.slack, anaOnSlack()), "nudge.today call the clinic hers")
}

// TestAPanicKeepsNobodyWaiting: whoever is sent a nudge beside somebody whose nudge breaks off gets theirs.
func TestAPanicKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	var once atomic.Bool
	b := w.process(func(c *bot.Config) {
		c.Zone = func(name string) (*time.Location, error) {
			if name == "America/Los_Angeles" && once.CompareAndSwap(false, true) {
				panic("a zone nobody foresaw")
			}
			return time.LoadLocation(name)
		}
	})
	w.step("his", "ben", "2026-11-03")
	w.step("hers", "ana", "2026-11-03")
	w.clock.set(time.Date(2026, 11, 3, 17, 0, 0, 0, time.UTC))
	if n, err := b.Sweep(t.Context()); err == nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	w.deliver(b)
	want(t, "Ana", seen(w.slack, anaOnSlack()), "nudge.today call the clinic hers")
	want(t, "Ben", seen(w.discord, benDiscord()))
	w.clock.advance(2 * time.Minute) // the timer that broke off comes up again
	if n, err := b.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("swept again: %d, %v", n, err)
	}
	w.deliver(b)
	want(t, "Ben in the end", seen(w.discord, benDiscord()), "nudge.today call the clinic his")
}

func TestAnOfferThatNobodyTook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	s := w.step("step1", "ben", "2026-11-20")
	s.Status, s.Ask = plan.StatusOffered, w.clock.now().Add(47*time.Hour)
	w.put(flows.Ref{Kind: flows.KindStep, ID: s.ID}, s)
	w.commit(flows.Commit{Timers: []flows.Timer{nudge.Waiting(home, s.Deadline())}})
	w.run(10*24*time.Hour, time.Hour, b)
	want(t, "whoever named it", seen(w.slack, anaOnSlack()), "nudge.offer call the clinic step1")
	want(t, "whoever was asked, on Discord", seen(w.discord, benDiscord()))
	want(t, "and on Slack", seen(w.slack, benOnSlack()))
}

// TestAfterAnOutage: a process that comes back says at most one thing to one person, or nothing when it is too late.
func TestAfterAnOutage(t *testing.T) {
	t.Parallel()
	for days, expected := range map[int][]string{
		1:  {"nudge.today call the clinic step0"},
		3:  {"nudge.while-away {what}"},
		40: nil,
	} {
		w := newWorld(t, monday())
		w.ben(func(p *coalition.Person) { p.Hours.Sundays = true })
		w.step("step0", "ben", "2026-11-03")
		w.clock.advance(time.Duration(days) * 24 * time.Hour)
		b := w.process(nil)
		w.run(time.Hour, 10*time.Minute, b)
		want(t, fmt.Sprintf("after %d days", days), seen(w.discord, benDiscord()), expected...)
	}
}
