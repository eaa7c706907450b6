package bot_test

import (
	"strconv"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
)

// answered has so many more people answer the question of a round, and delivers nothing.
func (h *house) answered(t *testing.T, run flows.Run, from, to int) {
	t.Helper()
	token := flows.Token{Verb: flows.VerbAnswer, Object: run.ID, Node: run.Node}.String()
	for i := from; i < to; i++ {
		in := bot.Inbound{
			Key: "crowd:" + strconv.Itoa(i), Platform: "slack", Place: slackPlace, Channel: council, User: "u" + strconv.Itoa(i),
			Submit: &bot.Submit{Token: token, Fields: map[string]flows.Input{run.Node: {Text: "answer " + strconv.Itoa(i)}}},
		}
		if _, err := h.Handle(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
}

// passes delivers all that is ready, without letting time pass.
func (h *house) passes(t *testing.T) {
	t.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = h.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBusyEditsFold: 200 people answer a question of a round at once. The count under it is brought up to date by a few
// edits, not by 200 at one a second, and what is posted at the close does not wait behind them.
func TestBusyEditsFold(t *testing.T) {
	t.Parallel()
	const people = 200
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, crowd{pack, people})
	h.on("rosa").in(council).commands(t, "ask", "2.3.3")
	run := only[flows.Run](t, h, flows.KindRun)
	room := bot.Address{Place: slackPlace, Channel: council}
	asked := h.slack.Posts(room)
	question := len(asked) - 1 // the last that is said, and the one that is edited
	h.mu.Lock()
	h.now = h.now.Add(time.Minute) // the channel has been quiet
	h.mu.Unlock()

	h.answered(t, run, 0, people-1)
	h.passes(t)
	q := h.slack.Posts(room)[question]
	mustSay(t, bottest.Text(q.Message), "199 answers so far")
	if q.Edits != 1 {
		t.Errorf("%d edits for what is shown once", q.Edits)
	}

	h.answered(t, run, people-1, people)
	h.passes(t)
	posts := h.slack.Posts(room)
	if len(posts) != len(asked)+2 {
		t.Fatalf("%d messages, want the answers and the next question after %d", len(posts), len(asked))
	}
	q = posts[question]
	mustSay(t, bottest.Text(q.Message), "Closed with 200 answers")
	if q.Edits != 2 {
		t.Errorf("%d edits, want 2", q.Edits)
	}
	mustSay(t, bottest.Text(posts[question+1].Message), "answer 0")

	outcomes := map[string]int{}
	for _, r := range h.records(t, flows.KindReceipt) {
		receipt := decoded[flows.Receipt](t, r)
		outcomes[string(receipt.Outcome)+" "+receipt.Rule]++
	}
	if outcomes["dropped superseded"] != people-2 || outcomes["sent edit"] != 2 {
		t.Errorf("receipts: %v", outcomes)
	}
	if p, err := h.store.Pending(t.Context()); err != nil || p.Conversations != 0 {
		t.Errorf("pending: %+v, %v", p, err)
	}
}

// TestAnEditThatWaitsGivesWay: an edit that waits for the channel's pace is superseded by one that comes meanwhile, and
// the newest one is sent in the end.
func TestAnEditThatWaitsGivesWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, monday())
	b := w.process(nil)
	card := post("card")
	card.Message.Key = "card"
	w.owe(card)
	w.deliver(b)
	for i := range 12 {
		d := post("edit" + strconv.Itoa(i))
		d.Message.Key, d.Edit = "card", true
		w.owe(d)
		w.deliver(b)
		w.clock.advance(100 * time.Millisecond)
	}
	w.owe(post("behind"))
	w.run(2*time.Second, 100*time.Millisecond, b)
	want(t, "the room", seen(w.slack, inRoom()), "edit11", "behind")
	if posts := w.slack.Posts(inRoom()); posts[0].Edits > 5 {
		t.Errorf("%d edits in three seconds", posts[0].Edits)
	}
	if got := w.receipts(room); len(got) != 14 || got["edit11"] != "sent edit" || got["edit9"] != "dropped superseded" {
		t.Errorf("receipts: %v", got)
	}
}
