package bot_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/content"
	"convenor/flows"
)

// bounded is a house whose people may send only so much.
func bounded(t *testing.T, l bot.Limits) (*house, *counts) {
	t.Helper()
	h := newHouse(t)
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	seen := &counts{}
	h.Bot = bot.New(bot.Config{
		Ledger: h.ledger, Outbox: h.store, Pack: pack, Platforms: []bot.Platform{h.slack, h.discord}, Now: h.clock,
		Zone: time.LoadLocation, ID: h.id, Log: slog.New(slog.NewTextHandler(h.log, nil)), Limits: l, Observer: seen,
	})
	return h, seen
}

// passed lets time go by.
func (h *house) passed(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// sends handles one command without delivering, and says what came back.
func (a *actor) sends(t *testing.T) string {
	t.Helper()
	in := a.inbound()
	in.Command = &bot.Command{Verb: "help"}
	answer, err := a.h.Handle(t.Context(), in)
	switch {
	case err != nil:
		return "error"
	case answer.Whisper == nil:
		return ""
	case strings.HasPrefix(answer.Whisper.Plain(), "That was a lot at once"):
		return "slow"
	default:
		return "menu"
	}
}

func TestTooFastIsSaidOnceThenSilence(t *testing.T) {
	t.Parallel()
	const burst = 20
	h, seen := bounded(t, bot.Limits{Person: burst, PersonEvery: time.Second})
	rosa, james := h.on("rosa"), h.on("james")
	said := map[string]int{}
	for range 10_000 {
		said[rosa.sends(t)]++
	}
	if said["menu"] != burst || said["slow"] != 1 || said[""] != 10_000-burst-1 {
		t.Errorf("10,000 commands at once got %v", said)
	}
	if got := james.sends(t); got != "menu" {
		t.Errorf("somebody else meanwhile gets %q", got)
	}
	h.passed(3 * time.Second)
	said = map[string]int{}
	for range 10 {
		said[rosa.sends(t)]++
	}
	if said["menu"] != 3 || said[""] != 7 {
		t.Errorf("three seconds later, ten more got %v", said)
	}
	if seen.handled["limited"] != 10_000-burst+7 {
		t.Errorf("the observer saw %v", seen.handled)
	}
}

func TestAFormThatComesTooFastIsGivenBack(t *testing.T) {
	t.Parallel()
	h, _ := bounded(t, bot.Limits{Person: 3, PersonEvery: time.Second})
	rosa := h.on("rosa")
	rosa.commands(t, "step", "")
	rosa.presses(t, flows.VerbForm)
	for rosa.sends(t) == "menu" {
		continue
	}
	in := rosa.submit(t, "Words that must not be lost")
	for range 3 {
		in.Key = h.key()
		answer, err := h.Handle(t.Context(), in)
		if err != nil || answer.Form == nil {
			t.Fatalf("%+v %v", answer, err)
		}
		field := answer.Form.Fields[0]
		if field.Value.Text != "Words that must not be lost" || !strings.Contains(field.Error, "wait a few seconds") {
			t.Errorf("given back: %+v", field)
		}
	}
}

func TestAPlaceThatIsOverItsShareComesAgain(t *testing.T) {
	t.Parallel()
	h, _ := bounded(t, bot.Limits{Place: 10, PlaceEvery: time.Second})
	failed := 0
	for i := range 30 {
		a := h.on([]string{"rosa", "james", "ana"}[i%3])
		if a.sends(t) == "error" {
			failed++
		}
	}
	if failed != 20 {
		t.Errorf("%d of 30 events were left to come again", failed)
	}
	marcus := h.marcus()
	if got := marcus.sends(t); got != "menu" {
		t.Errorf("another place meanwhile gets %q", got)
	}
}

func TestTooMuchIsRefusedKindly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.commands(t, "step", "")
	rosa.presses(t, flows.VerbForm)
	form := rosa.last.Form
	before := h.everything(t)
	huge := strings.Repeat("a", 200_000)
	whisper := func(change func(*bot.Inbound)) {
		in := rosa.inbound()
		change(&in)
		answer, err := h.Handle(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		mustSay(t, whispered(t, answer), "smaller parts")
	}
	whisper(func(in *bot.Inbound) { in.Typed = &bot.Typed{Text: huge} })
	whisper(func(in *bot.Inbound) { in.Command = &bot.Command{Verb: huge} })
	whisper(func(in *bot.Inbound) { in.Command = &bot.Command{Verb: "step", Rest: huge} })
	fields := map[string]flows.Input{}
	for i := range 200 {
		fields[strings.Repeat("f", i+1)] = flows.Input{Text: "x"}
	}
	for _, sent := range []map[string]flows.Input{fields, {form.Fields[0].ID: {Text: huge}}, {form.Fields[0].ID: {Picks: []string{huge}}}} {
		in := rosa.inbound()
		in.Submit = &bot.Submit{Token: form.Token, Fields: sent}
		answer, err := h.Handle(t.Context(), in)
		if err != nil || answer.Form == nil {
			t.Fatalf("%v %v", answer, err)
		}
		mustSay(t, answer.Form.Fields[0].Error, "smaller parts")
	}
	for _, change := range []func(*bot.Inbound){
		func(in *bot.Inbound) { in.User = huge }, func(in *bot.Inbound) { in.Channel = huge },
		func(in *bot.Inbound) { in.Key = huge }, func(in *bot.Inbound) { in.Place = huge },
		func(in *bot.Inbound) { in.Press = &bot.Press{Token: huge} }, func(in *bot.Inbound) { in.Press = &bot.Press{Pick: huge} },
	} {
		in := rosa.inbound()
		in.Command = &bot.Command{}
		change(&in)
		if _, err := h.Handle(t.Context(), in); err == nil {
			t.Error("an id of 200,000 bytes is taken")
		}
	}
	if after := h.everything(t); after != before {
		t.Error("something was stored of what was refused")
	}
}

func TestANameIsKeptShort(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.slack.SetProfile("long", bot.Profile{Name: strings.Repeat("Very ", 20_000) + "\u202e\x00Long"})
	long := h.on("long")
	long.commands(t, "", "")
	if name := long.person(t).Name; len([]rune(name)) > 120 || strings.ContainsAny(name, "\u202e\x00") {
		t.Errorf("a name of %d characters is kept", len([]rune(name)))
	}
}

func TestOnlySoManyOpenAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	answered := ""
	for _, activity := range []string{"2.1.1", "2.3.3", "2.3.1", "2.2.1", "2.4.1", "2.5.1", "1.1.1", "1.2.1", "3.1.1"} {
		answer := rosa.commands(t, "answer", activity)
		if answer.Whisper != nil {
			answered += answer.Whisper.Plain()
		}
	}
	rosa.commands(t, "step", "")
	rosa.commands(t, "signup", "messenger")
	rosa.commands(t, "signup", "stakeholder")
	answered += whispered(t, *rosa.last)
	mustSay(t, answered, "finish one first")
	if n := len(h.records(t, flows.KindOpen)); n != 5 {
		t.Errorf("%d are open", n)
	}
	in := rosa.inbound()
	in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbCancel, Object: h.records(t, flows.KindOpen)[0].ID}.String()}
	rosa.does(t, in)
	rosa.commands(t, "signup", "stakeholder")
	if n := len(h.records(t, flows.KindOpen)); n != 5 {
		t.Errorf("%d are open after one was stopped and one begun", n)
	}
}
