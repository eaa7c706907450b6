package bot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/content"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/own"
	"convenor/flows/plan"
	"convenor/flows/roster"
	"convenor/store/redistest"
)

// onEachStore runs a test on the store without Redis, on one Redis and on a cluster of three.
func onEachStore(t *testing.T, do func(t *testing.T, w *world)) {
	t.Helper()
	for name, url := range map[string]func(t *testing.T) string{
		"embedded": func(*testing.T) string { return "" },
		"redis":    func(t *testing.T) string { t.Helper(); return redistest.Start(t).URL() },
		"cluster":  func(t *testing.T) string { t.Helper(); return redistest.StartCluster(t).URL() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			do(t, newWorldOn(t, url(t), monday()))
		})
	}
}

// textID makes ids as newID makes them.
func textID(n int) string { return fmt.Sprintf("%016d", n) }

func (w *world) types(id string) {
	w.t.Helper()
	w.put(flows.Ref{Kind: flows.KindText, ID: id}, flows.Typed{Text: "the words of " + textID(999), By: "ana", At: w.clock.now()})
}

// erase removes a record.
func (w *world) erase(ref flows.Ref) {
	w.t.Helper()
	for _, r := range w.load(ref) {
		w.commit(flows.Commit{Writes: []flows.Write{{Ref: r.Ref, Rev: r.Rev, Delete: true}}})
	}
}

func (w *world) texts() (ids []string) {
	w.t.Helper()
	for _, r := range w.load(flows.Ref{Kind: flows.KindText}) {
		ids = append(ids, r.ID)
	}
	return ids
}

// shows is a message that shows a text.
func shows(id string) flows.Message {
	return flows.Message{Parts: []flows.Part{{Style: flows.StyleQuote, Words: "run.words", Args: map[string]flows.Arg{"text": {TextID: id}}}}}
}

// naming is a record of each kind that can name a text, in each way in which it does.
func naming(w *world, text func() string) map[flows.Ref]any {
	said := func() flows.Value { return flows.Value{Kind: flows.ValueText, TextID: text()} }
	pending, at := said(), w.clock.now()
	receipt := func(id string) flows.Receipt {
		return flows.Receipt{Delivery: id, Kind: flows.Nudge, Outcome: flows.Sent, Message: shows(text()), At: at}
	}
	ref := func(kind, under, id string) flows.Ref { return flows.Ref{Kind: kind, Under: under, ID: id} }
	return map[flows.Ref]any{
		ref(flows.KindRun, "", "run1"): flows.Run{
			ID: "run1", Flow: "x", Hash: "h1", State: flows.StateOpen, Person: "ana", Touched: at, Pending: &pending,
			Log: flows.Log{{Node: "q1", Value: said(), By: "ana", At: at}, {Node: "q2", Value: said(), By: "ana", At: at, Lent: true}},
		},
		ref(flows.KindRun, "", "run2"): flows.Run{
			ID: "run2", Flow: "x", Hash: "h1", State: flows.StateDone, Group: true, Touched: at,
			Tally: map[string]flows.Tally{"q1": {Who: []string{text(), text()}}},
		},
		ref(flows.KindAnswer, "run2", "q1.ana"):  flows.Answer{Run: "run2", Node: "q1", Person: "ana", Value: said(), At: at},
		ref(flows.KindRequest, "", "run2.q1.a"):  flows.Request{ID: "run2.q1.a", WhoText: text(), At: at},
		ref(flows.KindGoal, "", "goal1"):         plan.Goal{ID: "goal1", Text: text()},
		ref(flows.KindStep, "", "step1"):         plan.Step{ID: "step1", What: text(), GoalText: text(), Note: text(), Status: plan.StatusDone},
		ref(flows.KindMessenger, "", "ana"):      roster.Messenger{Person: "ana", Name: text(), Reach: text(), Area: text()},
		ref(flows.KindStakeholder, "", "ana"):    roster.Stakeholder{Person: "ana", Name: text(), Organisation: text(), Alternate: text()},
		ref(flows.KindOwn, "2.1", "o1"):          own.Question{ID: "o1", Activity: "2.1", Line: text(), Plain: text(), Other: text()},
		ref(flows.KindFlow, "", "h1"):            flows.Definition{ID: "x", Nodes: []flows.Node{{ID: "o1", Typed: map[string]string{"line": text()}}}},
		ref(flows.KindReceipt, "ana", "d1"):      receipt("d1"),
		ref(flows.KindReceipt, room, "d2"):       receipt("d2"),
		ref(flows.KindNudged, "", "ana"):         receipt("d3"),
		ref(flows.KindWaiting, "ana", "d4"):      flows.Waiting{Delivery: flows.Delivery{ID: "d4", Person: "ana", Message: shows(text())}, At: at},
		ref(flows.KindCoalition, "", "anything"): coalition.Coalition{ID: home, NameText: text()},
	}
}

// TestOnlyTextsThatNothingNamesAreForgotten: a text stays as long as a record of whatever kind, or something on its way,
// names it; and it goes when nothing has for a day, and the process has seen that for itself.
func TestOnlyTextsThatNothingNamesAreForgotten(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		t.Helper()
		var used []string
		text := func() string {
			id := textID(len(used))
			w.types(id)
			used = append(used, id)
			return id
		}
		records := naming(w, text)
		for ref, v := range records {
			w.put(ref, v)
		}
		later := nudged("later", "ben")
		later.Message, later.At = shows(text()), w.clock.now().AddDate(1, 0, 0)
		w.owe(later)
		w.types(textID(1000)) // that the words of a text are an id makes it none
		w.types(textID(999))
		b := w.process(nil)
		day := func(b *bot.Bot) {
			t.Helper()
			w.tidyUp(b)
			w.clock.advance(25 * time.Hour)
			w.tidyUp(b)
		}
		w.tidyUp(b)
		w.types(textID(1001))
		w.clock.advance(23 * time.Hour)
		w.tidyUp(b)
		want(t, "within a day", w.texts(), append(slices.Clone(used), textID(999), textID(1000), textID(1001))...)
		w.clock.advance(2 * time.Hour)
		b = w.process(nil) // another, or the same started again: it does not rely on one look
		for range 3 {
			if _, err := b.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want(t, "of a process that was just started", w.texts(), append(slices.Clone(used), textID(999), textID(1000), textID(1001))...)
		w.tidyUp(b)
		want(t, "after a day", w.texts(), append(slices.Clone(used), textID(1001))...)
		day(b)
		want(t, "after two", w.texts(), used...)
		for ref := range records {
			w.erase(ref)
		}
		day(b)
		want(t, "what is on its way", w.texts(), used[len(used)-1])
	})
}

// TestTextsAreNotLostOnTheMove: what names a text passes from a record to another all the time, in one commit, while
// several processes tidy and days go by. None that was always named is lost, and of those that are let go of none is left.
func TestTextsAreNotLostOnTheMove(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		t.Helper()
		const movers, moves = 3, 120
		var kept sync.Map
		var moving sync.WaitGroup
		for m := range movers {
			moving.Go(func() {
				random := rand.New(rand.NewPCG(3, uint64(m)))
				for n := range moves {
					id := textID(m*moves + n)
					w.move(id, random, n%3 == 0)
					if n%3 != 0 {
						kept.Store(id, true)
					}
				}
			})
		}
		moved := make(chan struct{})
		go func() { moving.Wait(); close(moved) }()
		both := []*bot.Bot{w.process(nil), w.process(nil)}
		var tidying sync.WaitGroup
		for _, b := range both {
			tidying.Go(func() {
				for under := true; under; {
					select {
					case <-moved:
						under = false
					default:
					}
					if _, err := b.Tidy(t.Context()); err != nil && !errors.Is(err, flows.ErrConflict) {
						t.Error(err)
						return
					}
					w.clock.advance(10 * time.Minute)
				}
			})
		}
		tidying.Wait()
		for range 2 {
			w.tidyUp(both[0])
			w.clock.advance(25 * time.Hour)
		}
		w.tidyUp(both[0])
		for _, id := range w.texts() {
			if _, named := kept.LoadAndDelete(id); !named {
				t.Errorf("%s is left, though nothing names it", id)
			}
		}
		kept.Range(func(id, _ any) bool { t.Errorf("%s is lost", id); return true })
	})
}

// move types a text, has what names it move from record to record, and at the end lets it go or not.
func (w *world) move(id string, random *rand.Rand, letGo bool) {
	w.t.Helper()
	places := []func(rev int64) flows.Write{
		func(rev int64) flows.Write {
			return stored(flows.Ref{Kind: flows.KindStep, ID: "s" + id}, rev, plan.Step{ID: "s" + id, What: id, Status: plan.StatusDone})
		},
		func(rev int64) flows.Write {
			return stored(flows.Ref{Kind: flows.KindAnswer, Under: "run", ID: id}, rev, flows.Answer{Value: flows.Value{Kind: flows.ValueText, TextID: id}})
		},
		func(rev int64) flows.Write {
			return stored(flows.Ref{Kind: flows.KindWaiting, Under: "ana", ID: id}, rev, flows.Waiting{Delivery: flows.Delivery{Message: shows(id)}, At: w.clock.now().AddDate(9, 0, 0)})
		},
	}
	at := random.IntN(len(places))
	w.commit(flows.Commit{Writes: []flows.Write{
		stored(flows.Ref{Kind: flows.KindText, ID: id}, 0, flows.Typed{Text: "hello", At: w.clock.now()}), places[at](0),
	}})
	gone := func(place int) flows.Write {
		old := places[place](0)
		old.Rev, old.Delete = w.load(old.Ref)[0].Rev, true
		return old
	}
	for range 4 {
		next := (at + 1 + random.IntN(len(places)-1)) % len(places)
		w.commit(flows.Commit{Writes: []flows.Write{places[next](0), gone(at)}})
		at = next
	}
	if letGo {
		w.commit(flows.Commit{Writes: []flows.Write{gone(at)}})
	}
}

func stored(ref flows.Ref, rev int64, v any) flows.Write {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return flows.Write{Ref: ref, Rev: rev, Data: data}
}

// TestAListThatWasDamagedCostsNoText: something other than Convenor has taken a kind of records off the list by which
// everything is gone through. What they name stays.
func TestAListThatWasDamagedCostsNoText(t *testing.T) {
	t.Parallel()
	for damage, takes := range map[string]func(name string) bool{
		"those that own no others": func(name string) bool {
			kind, under, kept := strings.Cut(name, ":")
			alone := !kept && kind != flows.KindText && kind != flows.KindPerson && kind != flows.KindSpace && kind != flows.KindRun
			return alone || kept && kind != flows.KindOpen && under != ""
		},
		"all but the texts": func(name string) bool { return name != flows.KindText },
	} {
		t.Run(damage, func(t *testing.T) {
			t.Parallel()
			damagedList(t, takes)
		})
	}
}

func damagedList(t *testing.T, takes func(name string) bool) {
	t.Helper()
	redis := redistest.Start(t)
	w := newWorldOn(t, redis.URL(), monday())
	n := 0
	text := func() string {
		id := textID(n)
		n++
		w.types(id)
		return id
	}
	for ref, v := range naming(w, text) {
		w.put(ref, v)
	}
	w.types(textID(1000))
	b := w.process(func(c *bot.Config) { c.Pack = withActivity{} })
	w.tidyUp(b)
	taken := offTheList(redis, takes)
	if len(taken) < 10 {
		t.Fatalf("too little was taken off the list: %q", taken)
	}
	w.clock.advance(25 * time.Hour)
	w.tidyUp(b)
	w.clock.advance(25 * time.Hour)
	w.tidyUp(b)
	if left := len(w.texts()); left != n {
		t.Errorf("%d of %d texts are left: %v", left, n, w.texts())
	}
}

// offTheList takes kinds of records off the list by which everything is gone through, as damage does.
func offTheList(redis *redistest.Server, take func(name string) bool) (taken []string) {
	for tag := range 64 {
		key := fmt.Sprintf("cv1:{s%02d}:%s:index", tag, home)
		for name := range strings.FieldsSeq(strings.ReplaceAll(redis.Do("SMEMBERS "+key), "\n", " ")) {
			if take(name) {
				redis.Do("SREM " + key + " " + name)
				taken = append(taken, name)
			}
		}
	}
	return taken
}

// TestAListThatWasDamagedCostsNoDefinition: a run goes on in the revision that it began with, also when runs are off the
// list by which everything is gone through.
func TestAListThatWasDamagedCostsNoDefinition(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	w := newWorldOn(t, redis.URL(), monday())
	for _, hash := range []string{"pinned", "loose"} {
		w.put(flows.Ref{Kind: flows.KindFlow, ID: hash}, flows.Definition{ID: "gone"})
	}
	w.put(flows.Ref{Kind: flows.KindRun, ID: "r1"}, flows.Run{ID: "r1", Flow: "gone", Hash: "pinned", State: flows.StateOpen, Started: monday(), Touched: monday()})
	if taken := offTheList(redis, func(name string) bool { return name == flows.KindRun }); len(taken) != 1 {
		t.Fatalf("off the list: %q", taken)
	}
	b := w.process(nil)
	for range 3 {
		w.tidyUp(b)
		w.clock.advance(25 * time.Hour)
	}
	if w.load(flows.Ref{Kind: flows.KindFlow, ID: "pinned"}) == nil {
		t.Error("the revision of a run is gone")
	}
	if w.load(flows.Ref{Kind: flows.KindFlow, ID: "loose"}) != nil {
		t.Error("a revision that nobody has is still there")
	}
}

// withActivity is a pack with one activity.
type withActivity struct{ pack }

func (withActivity) Activities() []flows.Activity { return []flows.Activity{{ID: "2.1"}} }

// TestWhatPeopleSaidStays: what people answered in a round and alone, signed up with and named is there, word for word,
// long after their conversations are forgotten. A goal that was named a second time goes with its conversation.
func TestWhatPeopleSaidStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, marcus := h.on("rosa").in(council), h.on("james"), h.marcus()
	rosa.commands(t, "help", "")
	james.commands(t, "activities", "")
	james.presses(t, flows.VerbStart, "1-1-1")
	james.types(t, "only the jail")
	for range 20 {
		if only[flows.Run](t, h, flows.KindRun).State == flows.StateDone {
			break
		}
		james.presses(t, flows.VerbSkip)
	}
	rosa.namesStep(t, "Print the flyers", "Rides home", "", "")
	rosa.namesStep(t, "Call the bus company", "rides home", "", "")
	rosa.commands(t, "ask", "1.1.2")
	rosa.presses(t, flows.VerbForm)
	rosa.submits(t, "Nobody knows the routes")
	marcus.signsUp(t)
	texts := func() (said []string) {
		for _, r := range h.records(t, flows.KindText) {
			said = append(said, decoded[flows.Typed](t, r).Text)
		}
		slices.Sort(said)
		return said
	}
	before := texts()
	if len(before) < 8 {
		t.Fatalf("too little was said: %q", before)
	}
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	b := bot.New(bot.Config{Ledger: h.store, Outbox: h.store, Attic: h.store, Pack: pack, Now: h.clock, Zone: time.LoadLocation, ID: h.id, Log: slog.New(slog.DiscardHandler)})
	for _, days := range []int{0, 200, 15, 2, 2, 400} {
		h.passed(time.Duration(days) * 24 * time.Hour)
		for range 16 {
			if _, err := b.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, r := range h.records(t, flows.KindRun) {
		if run := decoded[flows.Run](t, r); !run.Group {
			t.Errorf("the conversation %s is kept", run.Flow)
		}
	}
	want(t, "what was said", texts(), slices.DeleteFunc(before, func(said string) bool { return said == "rides home" })...)
}
