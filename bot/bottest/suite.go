package bottest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// TestPlatform is what every platform has to pass. open starts a pretend service of its own for each test and connects
// the adapter under test to it; what people do there goes to h.
//
//nolint:tparallel // the test that calls it decides whether it is parallel to others
func TestPlatform(t *testing.T, open func(t *testing.T, h Handler) Harness) {
	t.Helper()
	for name, test := range map[string]func(*rig){
		"what is sent is seen by those it is for": sendIsSeen,
		"a message is found by its key":           findByKey,
		"of twins each is found":                  findTwin,
		"a message is found when the clock moved": findAfterRehearsal,
		"an edit replaces everything":             editReplaces,
		"a message is taken back":                 retractRemoves,
		"long messages are taken":                 longIsTaken,
		"what people typed calls nobody":          hostileCallsNobody,
		"a mention calls one person":              mentionCallsOne,
		"what belongs below a message is found":   threadHolds,
		"a press arrives as its token":            pressArrives,
		"typed text and commands arrive":          typedArrives,
		"a form opens and comes back":             formRoundTrip,
		"a form is shown again with its errors":   formErrors,
		"a whisper is seen by one person":         whisperIsPrivate,
		"what could not be saved is said":         failureIsSaid,
		"errors say what happened":                errorsAreMapped,
		"whoever is not there is gone":            nobodyIsGone,
		"a profile names the person":              profileNames,
	} {
		t.Run(name, func(t *testing.T) { begin(t, open, test) })
	}
}

func begin(t *testing.T, open func(*testing.T, Handler) Harness, test func(*rig)) {
	t.Helper()
	t.Parallel()
	d := &desk{}
	h := open(t, d)
	test(&rig{T: t, Harness: h, desk: d, stage: h.Stage()})
}

// desk stands in for the bot: it notes what it hears and answers as it is told.
type desk struct {
	mu     sync.Mutex
	heard  []bot.Inbound
	answer func(bot.Inbound) (bot.Answer, error)
}

// Handle notes in and answers.
func (d *desk) Handle(_ context.Context, in bot.Inbound) (bot.Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard = append(d.heard, in)
	if d.answer == nil {
		return bot.Answer{}, nil
	}
	return d.answer(in)
}

// replies sets what is answered from now on.
func (d *desk) replies(answer func(bot.Inbound) (bot.Answer, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = answer
}

// last returns what was heard last, and forgets all.
func (d *desk) last(t *testing.T) bot.Inbound {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.heard) == 0 {
		t.Fatal("nothing was heard")
	}
	in := d.heard[len(d.heard)-1]
	d.heard = nil
	return in
}

// rig is one test's harness and desk.
type rig struct {
	*testing.T
	Harness
	desk  *desk
	stage Stage
}

func (t *rig) channel() bot.Address {
	return bot.Address{Place: t.stage.Place, Channel: t.stage.Channel}
}
func (t *rig) ana() bot.Address { return bot.Address{Place: t.stage.Place, User: t.stage.Ana} }
func (t *rig) ben() bot.Address { return bot.Address{Place: t.stage.Place, User: t.stage.Ben} }

// send posts m or fails the test.
func (t *rig) send(to bot.Address, key string, m bot.Message) flows.Posted {
	t.Helper()
	at, err := t.Platform().Send(t.Context(), to, key, m)
	if err != nil {
		t.Fatal("send:", err)
	}
	if at.Platform != t.Platform().Name() || at.Channel == "" || at.Message == "" {
		t.Fatalf("posted at %+v", at)
	}
	return at
}

// newest returns the last message that user sees in a conversation.
func (t *rig) newest(user string, in bot.Address) Seen {
	t.Helper()
	seen := t.Look(t.T, user, in)
	if len(seen) == 0 {
		t.Fatalf("%s sees nothing in %+v", user, in)
	}
	return seen[len(seen)-1]
}

// says is a message of one paragraph.
func says(text string) bot.Message {
	return bot.Message{Locale: flows.English, Blocks: []bot.Block{{Style: flows.StyleBody, Text: text}}}
}

// key makes an idempotency key as Deliver makes them.
func key(n string) string { return "abcdefghijklmnopqrst" + n }

func sendIsSeen(t *rig) {
	m := bot.Message{Locale: flows.English, Blocks: []bot.Block{
		{Style: flows.StyleHeading, Text: "A heading"},
		{Style: flows.StyleBody, Text: "A paragraph\nof two lines"},
		{Style: flows.StyleItem, Text: "An item"},
		{Style: flows.StyleQuote, Text: "Somebody's words\n\nin two paragraphs"},
		{Style: flows.StyleSmall, Text: "1 of 3"},
	}}
	t.send(t.channel(), key("a"), m)
	for _, user := range []string{t.stage.Ana, t.stage.Ben} {
		got := t.newest(user, t.channel()).Text
		from := 0
		for _, want := range []string{"A heading", "A paragraph", "of two lines", "An item", "Somebody's words", "in two paragraphs", "1 of 3"} {
			i := strings.Index(got[from:], want)
			if i < 0 {
				t.Fatalf("%s does not read %q in its place: %q", user, want, got)
			}
			from += i
		}
	}
	t.send(t.ana(), key("b"), says("for Ana alone"))
	if got := t.newest(t.stage.Ana, t.ana()).Text; !strings.Contains(got, "for Ana alone") {
		t.Errorf("Ana reads %q", got)
	}
	for _, in := range []bot.Address{t.channel(), t.ben()} {
		for _, s := range t.Look(t.T, t.stage.Ben, in) {
			if strings.Contains(s.Text, "for Ana alone") {
				t.Error("Ben reads what is for Ana alone")
			}
		}
	}
}

func findByKey(t *rig) {
	since := t.stage.Now().Add(-time.Minute)
	for _, to := range []bot.Address{t.channel(), t.ana()} {
		t.send(to, key("0"), says("before"))
		want := t.send(to, key("1"), says("this one"))
		t.send(to, key("2"), says("after"))
		got, ok, err := t.Platform().Find(t.Context(), to, key("1"), since)
		if err != nil || !ok || got != want {
			t.Errorf("found %+v, %v, %v; it stands at %+v", got, ok, err, want)
		}
		if err := t.Platform().Edit(t.Context(), got, says("found and edited")); err != nil {
			t.Error("edit what was found:", err)
		}
		if _, ok, err := t.Platform().Find(t.Context(), to, key("3"), since); ok || err != nil {
			t.Errorf("a key that was never sent: %v, %v", ok, err)
		}
	}
	if _, ok, err := t.Platform().Find(t.Context(), t.ben(), key("1"), since); ok || err != nil {
		t.Errorf("a message of another conversation: %v, %v", ok, err)
	}
}

// findAfterRehearsal: a rehearsal moves the bot's clock a week on; the service stamps messages with its own. What was
// posted before and after the move must be found by an instant of the moved clock.
func findAfterRehearsal(t *rig) {
	early := t.stage.Now().Add(-time.Minute)
	before := t.send(t.channel(), key("1"), says("before"))
	t.stage.Advance(7 * 24 * time.Hour)
	late := t.stage.Now().Add(-time.Minute)
	after := t.send(t.channel(), key("2"), says("after"))
	if got, ok, err := t.Platform().Find(t.Context(), t.channel(), key("1"), early); err != nil || !ok || got != before {
		t.Errorf("sent before the move: %+v, %v, %v", got, ok, err)
	}
	if got, ok, err := t.Platform().Find(t.Context(), t.channel(), key("2"), late); err != nil || !ok || got != after {
		t.Errorf("sent after the move: %+v, %v, %v", got, ok, err)
	}
}

func editReplaces(t *rig) {
	for _, to := range []bot.Address{t.channel(), t.ana()} {
		first := says("old words")
		first.Controls = []bot.Control{button("Old", flows.VerbMenu)}
		at := t.send(to, key("1"), first)
		second := says("new words")
		second.Controls = []bot.Control{button("New", flows.VerbMe)}
		for range 2 { // to repeat it is harmless
			if err := t.Platform().Edit(t.Context(), at, second); err != nil {
				t.Fatal("edit:", err)
			}
		}
		seen := t.Look(t.T, t.stage.Ana, to)
		got := seen[len(seen)-1]
		if len(seen) != 1 || strings.Contains(got.Text, "old") || !strings.Contains(got.Text, "new words") ||
			len(got.Controls) != 1 || got.Controls[0].Label != "New" {
			t.Errorf("after the edit: %+v", seen)
		}
		if err := t.Platform().Edit(t.Context(), at, says("no more to press")); err != nil {
			t.Fatal("edit:", err)
		}
		if got := t.newest(t.stage.Ana, to); len(got.Controls) != 0 {
			t.Errorf("controls stay: %+v", got.Controls)
		}
	}
	at := t.send(t.channel(), key("2"), says("x"))
	at.Message += "0"
	var gone *bot.GoneError
	if err := t.Platform().Edit(t.Context(), at, says("y")); !errors.As(err, &gone) {
		t.Errorf("to edit what does not stand there: %v", err)
	}
}

// longIsTaken: everything that package bot renders at its limits is taken. What a service cannot show is cut with "…".
func longIsTaken(t *rig) {
	label := strings.Repeat("m", bot.LabelMax)
	m := bot.Message{Locale: flows.English}
	for range bot.BlocksMax {
		m.Blocks = append(m.Blocks, bot.Block{Style: flows.StyleBody, Text: strings.Repeat("word ", bot.MessageMax/bot.BlocksMax/5)})
	}
	pick := bot.Control{Kind: flows.ControlSelect, Label: label, Token: flows.Token{Verb: flows.VerbAnswer, Object: "o"}.String()}
	for i := range 25 {
		pick.Options = append(pick.Options, bot.Option{ID: "option-" + string(rune('a'+i)), Text: label[1:] + string(rune('a'+i))})
	}
	m.Controls = append(m.Controls, pick)
	for i := range 5 {
		m.Controls = append(m.Controls, button(label[1:]+string(rune('a'+i)), flows.Verb("v"+string(rune('a'+i)))))
	}
	long := bot.Message{Locale: flows.English, Blocks: []bot.Block{
		{Style: flows.StyleHeading, Text: strings.Repeat("heading ", 100)},
		{Style: flows.StyleQuote, Text: strings.Repeat("q", bot.BlockMax)},
		{Style: flows.StyleItem, Text: strings.Repeat("é", bot.BlockMax)},
		{Style: flows.StyleSmall, Text: strings.Repeat("& ", bot.BlockMax/2)},
	}}
	for n, m := range []bot.Message{m, long} {
		at := t.send(t.ana(), key("s"+string(rune('0'+n))), m)
		got := t.newest(t.stage.Ana, t.ana())
		whole := 0
		for _, b := range m.Blocks {
			whole += len(strings.Fields(b.Text))
		}
		if n := len(strings.Fields(got.Text)); n < whole && !strings.Contains(got.Text, "…") {
			t.Errorf("%d of %d words are seen, and nothing tells that some are missing", n, whole)
		}
		if len(got.Text) < 1500 {
			t.Errorf("only %d bytes are seen", len(got.Text))
		}
		if len(got.Controls) != len(m.Controls) {
			t.Errorf("%d of %d controls are seen", len(got.Controls), len(m.Controls))
		}
		if err := t.Platform().Edit(t.Context(), at, m); err != nil {
			t.Error("edit:", err)
		}
	}
}

// hostileCallsNobody: text that people typed reaches every place where text can stand, and stays text.
func hostileCallsNobody(t *rig) {
	hostile := []string{
		"<!channel> <!here> <!everyone> <@" + t.stage.Ben + "> <#" + t.stage.Channel + "> <!subteam^S1>",
		"@everyone @here @channel @" + t.stage.Ben + " <@!" + t.stage.Ben + "> <@&1> <t:1:R> </menu:1> <:a:1>",
		"*b* _i_ ~s~ `c` ```d``` > q **B** __U__ ||hidden|| # h - l [a](https://example.org) &amp; &lt;",
		"<https://example.org|your bank> <script>alert(1)</script> \\* \\< :smile: \u200b",
	}
	for n, text := range hostile {
		m := bot.Message{Locale: flows.English, Controls: []bot.Control{
			{Kind: flows.ControlSelect, Label: text, Token: "answer|o", Options: []bot.Option{{ID: "a", Text: text}}},
			button(text, flows.VerbMenu),
		}}
		for _, style := range []flows.Style{flows.StyleHeading, flows.StyleBody, flows.StyleSmall, flows.StyleItem, flows.StyleQuote} {
			m.Blocks = append(m.Blocks, bot.Block{Style: style, Text: text})
		}
		for i := range m.Controls {
			m.Controls[i].Label = short(m.Controls[i].Label)
			for j := range m.Controls[i].Options {
				m.Controls[i].Options[j].Text = short(text)
			}
		}
		at := t.send(t.channel(), key(string(rune('1'+n))), m) // a platform may take one key for one message
		calm(t.T, t.newest(t.stage.Ben, t.channel()), text, len(m.Blocks))
		if err := t.Platform().Edit(t.Context(), at, m); err != nil {
			t.Fatal("edit:", err)
		}
		calm(t.T, t.newest(t.stage.Ben, t.channel()), text, len(m.Blocks))
		t.desk.replies(func(bot.Inbound) (bot.Answer, error) {
			w := says(text)
			return bot.Answer{Whisper: &w}, nil
		})
		reaction := t.Act(t.T, t.stage.Ana, Gesture{In: t.channel(), Press: short(text)})
		if reaction.Whisper == nil {
			t.Fatal("no whisper is seen")
		}
		calm(t.T, *reaction.Whisper, text, 1)
	}
}

// mentionCallsOne: a message that calls somebody calls that person once, whatever else stands in it, and in no other
// message does what was said there call them.
func mentionCallsOne(t *rig) {
	const typed = "<!channel> @everyone <@1> something waits for you."
	m := says(typed)
	m.Blocks = append(m.Blocks, bot.Block{Style: flows.StyleSmall, Text: "<@" + t.stage.Ana + "> only you will see it."})
	m.Controls = []bot.Control{button("Read it", flows.VerbMenu)}
	m.Calls = t.stage.Ben
	at := t.send(t.channel(), key("1"), m)
	for _, user := range []string{t.stage.Ana, t.stage.Ben} {
		got := t.newest(user, t.channel())
		if got.Pings != 1 || !slices.Equal(got.Called, []string{t.stage.Ben}) {
			t.Errorf("%d are called, %v among them, not %s alone", got.Pings, got.Called, t.stage.Ben)
		}
		if !strings.Contains(got.Text, typed) || !strings.Contains(got.Text, "only you will see it.") || len(got.Controls) != 1 {
			t.Errorf("%s reads %+v", user, got)
		}
	}
	if found, ok, err := t.Platform().Find(t.Context(), t.channel(), key("1"), t.stage.Now().Add(-time.Minute)); err != nil || !ok || found != at {
		t.Errorf("found %+v, %v, %v; it stands at %+v", found, ok, err, at)
	}
	m.Calls = ""
	if err := t.Platform().Edit(t.Context(), at, m); err != nil {
		t.Fatal("edit:", err)
	}
	calm(t.T, t.newest(t.stage.Ben, t.channel()), typed, 1)
}

// calm checks that a hostile text is read as it was typed, so many times, and calls nobody.
func calm(t *testing.T, s Seen, text string, times int) {
	t.Helper()
	if s.Pings != 0 {
		t.Errorf("%q calls %d", text, s.Pings)
	}
	if n := strings.Count(s.Text, text); n != times {
		t.Errorf("%q is read %d times, not %d: %q", text, n, times, s.Text)
	}
}

// short cuts a label as package bot does.
func short(s string) string {
	if runes := []rune(s); len(runes) > bot.LabelMax {
		return string(runes[:bot.LabelMax-1]) + "…"
	}
	return s
}

func errorsAreMapped(t *rig) {
	var busy *bot.BusyError
	var gone *bot.GoneError
	var unclear *bot.UnclearError
	if t.Break(t.T, Busy) {
		if err := t.tries("1"); !errors.As(err, &busy) || busy.After <= 0 || busy.After > time.Hour || t.stands("1") {
			t.Errorf("busy: %v", err)
		}
	}
	if t.Break(t.T, Gone) {
		if err := t.tries("2"); !errors.As(err, &gone) || gone.Reason == "" || strings.ContainsAny(gone.Reason, " \n") || t.stands("2") {
			t.Errorf("gone: %v", err)
		}
	}
	if t.Break(t.T, Lost) {
		if err := t.tries("3"); !errors.As(err, &unclear) || !t.stands("3") {
			t.Errorf("posted, but the answer was lost: %v", err)
		}
	}
	if t.Break(t.T, Down) {
		if err := t.tries("4"); err == nil || errors.As(err, &busy) || errors.As(err, &gone) || t.stands("4") {
			t.Errorf("down: %v", err)
		}
	}
	if err := t.tries("5"); err != nil || !t.stands("5") {
		t.Errorf("after all that: %v", err)
	}
}

// tries sends a message to the channel.
func (t *rig) tries(n string) error {
	_, err := t.Platform().Send(t.Context(), t.channel(), key(n), says("message "+n))
	return err
}

// stands looks for it.
func (t *rig) stands(n string) bool {
	t.Helper()
	_, ok, err := t.Platform().Find(t.Context(), t.channel(), key(n), t.stage.Now().Add(-time.Minute))
	if err != nil {
		t.Error("find:", err)
	}
	return ok
}

// nobodyIsGone: whom nobody knows is gone for good; and an ended context is heeded.
func nobodyIsGone(t *rig) {
	var gone *bot.GoneError
	nobody := bot.Address{Place: t.stage.Place, User: t.stage.Ana + "0"}
	if _, err := t.Platform().Send(t.Context(), nobody, key("1"), says("x")); !errors.As(err, &gone) {
		t.Errorf("to nobody: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := t.Platform().Send(ctx, t.channel(), key("2"), says("too late")); err == nil {
		t.Error("an ended context was not heeded")
	}
}

func profileNames(t *rig) {
	p, err := t.Platform().Profile(t.Context(), t.stage.Place, t.stage.Ana)
	if err != nil || p.Name == "" {
		t.Errorf("Ana is %+v, %v", p, err)
	}
	if p, err := t.Platform().Profile(t.Context(), t.stage.Place, t.stage.Ana+"0"); err == nil && !reflect.DeepEqual(p, bot.Profile{}) {
		t.Errorf("somebody unknown is %+v", p)
	}
}
