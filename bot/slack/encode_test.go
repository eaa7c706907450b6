package slack

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// samples are one message for each thing that a message can hold.
func samples() map[string]bot.Message {
	return map[string]bot.Message{
		"question": {
			Locale: flows.Spanish,
			Blocks: []bot.Block{
				{Style: flows.StyleHeading, Text: "¿Quién puede llevar el mensaje?"},
				{Style: flows.StyleBody, Text: "Piensa en <personas> & lugares.\nUna por línea."},
				{Style: flows.StyleItem, Text: "Un vecino"},
				{Style: flows.StyleItem, Text: "Una empleadora"},
				{Style: flows.StyleQuote, Text: "*Mi* tía _conoce_ a <!channel>"},
				{Style: flows.StyleSmall, Text: "Pregunta 1 de 3"},
			},
			Controls: []bot.Control{
				{Kind: flows.ControlButton, Label: "Responder", Token: "form|r1|2|q1", Primary: true},
				{Kind: flows.ControlButton, Label: "Saltar", Token: "skip|r1|2|q1"},
				{Kind: flows.ControlSelect, Label: "¿Cuál?", Token: "ask||0", Options: []bot.Option{{ID: "a", Text: "Uno"}, {ID: "b", Text: "Dos"}}},
				{Kind: flows.ControlPerson, Label: "¿Quién?", Token: "answer|r1|2|lead"},
				{Kind: flows.ControlLink, Label: "La página", URL: "https://example.org/a?b=1&c=2"},
			},
		},
		"plain": says("Saved."),
		"empty": {Locale: flows.English},
		"broken": {
			Locale: flows.English,
			Blocks: []bot.Block{{Style: flows.StyleBody, Text: "a\x00b\xff\u202ec"}, {Style: flows.StyleBody, Text: " \n "}},
			Controls: []bot.Control{
				{Kind: flows.ControlButton, Label: "", Token: "menu||0"},
				{Kind: flows.ControlButton, Label: "no token"},
				{Kind: flows.ControlLink, Label: "not a web address", URL: "javascript:alert(1)"},
				{Kind: flows.ControlSelect, Label: "nothing to choose", Token: "ask||0"},
				{Kind: flows.ControlSelect, Label: "twice", Token: "ask||0", Options: []bot.Option{{ID: "a", Text: "A"}, {ID: "a", Text: "B"}, {ID: "", Text: "C"}, {ID: "d"}}},
			},
		},
	}
}

func TestEncodeMessage(t *testing.T) {
	t.Parallel()
	for name, m := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "testdata/encode/"+name+".golden.json", sent(t, m, "mark1"))
		})
	}
}

func TestEncodeForm(t *testing.T) {
	t.Parallel()
	f := stepForm()
	f.Intro = []bot.Block{{Style: flows.StyleBody, Text: "One step, <one> person."}, {Style: flows.StyleSmall, Text: "Step 1"}}
	f.Fields[0].Hint, f.Fields[0].Value.Text = "Like: call the jail", "Call & ask"
	f.Fields[1].Value.Picks, f.Fields[2].Value.Picks = []string{"lead"}, []string{"follow", "gone"}
	f.Fields[3].Value.Picks, f.Fields[4].Value.Picks = []string{"U0BEN"}, []string{"2026-12-04"}
	f.Fields[4].Error = "That day is over."
	long := bot.Field{ID: "seat", Field: flows.FieldChoice, Label: "Seat"}
	for i := range 20 {
		long.Options = append(long.Options, bot.Option{ID: fmt.Sprint("s", i), Text: fmt.Sprint("Seat ", i)})
	}
	many := long
	many.ID, many.Field = "seats", flows.FieldMany
	f.Fields = append(f.Fields, long, many)
	golden(t, "testdata/encode/form.golden.json", modal(*f, "C1", true))
	for _, kind := range []flows.FieldKind{flows.FieldNumber, flows.FieldTime, flows.FieldLink, flows.FieldRank, flows.FieldPoints} {
		typed := bot.Field{ID: string(kind), Field: kind, Label: string(kind), Max: 40, Value: flows.Input{Text: "1,200"}}
		f.Fields = append(f.Fields, typed)
	}
	f.Fields = append(f.Fields, bot.Field{
		ID: "scale", Field: flows.FieldScale, Label: "Scale", Options: long.Options[:5], Value: flows.Input{Picks: []string{"s3"}},
	})
	golden(t, "testdata/encode/form_kinds.golden.json", modal(*f, "C1", true))
	checkForm(t, modal(*f, "C1", true))
	f.Fields = f.Fields[:7]
	golden(t, "testdata/encode/form_untyped.golden.json", modal(*f, "C1", false))
	golden(t, "testdata/encode/home.golden.json", home(samples()["plain"]))
	golden(t, "testdata/encode/notice.golden.json", notice(samples()["plain"], "Close", "C1"))
}

// sent is a message as it goes over the wire.
func sent(tb testing.TB, m bot.Message, mark string) map[string]any {
	tb.Helper()
	_, values, err := slackgo.UnsafeApplyMsgOptions("", "", "", messageOptions(m, mark)...)
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]any{"blocks": messageBlocks(m, mark)}
	for k, v := range values {
		if k != "token" && k != "channel" {
			out[k] = v[0]
		}
	}
	return out
}

// check asks the pretend workspace, which keeps Slack's limits by itself, what it says to a message, posted and edited.
func check(tb testing.TB, m bot.Message) (blocks []slackfake.Block, text string) {
	tb.Helper()
	wire := sent(tb, m, "mark1")
	raw, err := json.Marshal(wire["blocks"])
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(raw, &blocks); err != nil {
		tb.Fatal(err)
	}
	text, _ = wire["text"].(string)
	if err := slackfake.CheckMessage(text, blocks, true); err != nil {
		tb.Errorf("refused: %v", err)
	}
	if calls := (slackfake.Message{Text: text, Blocks: blocks}).Mentions(); len(calls) > 0 {
		tb.Errorf("calls %q", calls)
	}
	for _, at := range (slackfake.Message{Text: text, Blocks: blocks}).Stamps() {
		if !slices.ContainsFunc(m.Blocks, func(b bot.Block) bool {
			return slices.ContainsFunc(b.Instants, func(i bot.Instant) bool { return i.At == at })
		}) {
			tb.Errorf("%d is shown as an instant and is none", at)
		}
	}
	return blocks, text
}

func checkForm(tb testing.TB, v any) {
	tb.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	var seen struct {
		Type                 string
		Title, Submit, Close *slackfake.Words
		PrivateMetadata      string `json:"private_metadata"`
		CallbackID           string `json:"callback_id"`
		Blocks               []slackfake.Block
	}
	if err := json.Unmarshal(raw, &seen); err != nil {
		tb.Fatal(err)
	}
	words := func(w *slackfake.Words) string {
		if w == nil {
			return ""
		}
		return w.Text
	}
	if err := slackfake.CheckView(slackfake.View{
		Type: seen.Type, Title: words(seen.Title), Submit: words(seen.Submit), Close: words(seen.Close),
		PrivateMetadata: seen.PrivateMetadata, CallbackID: seen.CallbackID, Blocks: seen.Blocks,
	}); err != nil {
		tb.Errorf("refused: %v", err)
	}
	if calls := (slackfake.Message{Blocks: seen.Blocks}).Mentions(); len(calls) > 0 {
		tb.Errorf("calls %q", calls)
	}
}

// Nothing is dropped in silence: what is cut shows as cut, and the controls survive any amount of text.
func TestEncodeCuts(t *testing.T) {
	t.Parallel()
	m := bot.Message{Locale: flows.English}
	for range 80 {
		m.Blocks = append(m.Blocks, bot.Block{Style: flows.StyleBody, Text: strings.Repeat("long & longer ", 300)})
	}
	for i := range 60 {
		m.Controls = append(m.Controls, bot.Control{Kind: flows.ControlButton, Label: fmt.Sprint("Button ", i), Token: "menu||0"})
	}
	menu := bot.Control{Kind: flows.ControlSelect, Label: "Many", Token: "ask||0"}
	for i := range 250 {
		menu.Options = append(menu.Options, bot.Option{ID: fmt.Sprint("o", i), Text: fmt.Sprint("Option ", i)})
	}
	m.Controls = append(m.Controls, menu)
	blocks, text := check(t, m)
	buttons, options := 0, 0
	for _, b := range blocks {
		for _, e := range b.Elements {
			buttons += len(strings.Fields(e.Value))
			options += len(e.Options)
		}
	}
	if buttons != 60 || options != 250 {
		t.Errorf("%d buttons and %d options are left", buttons, options)
	}
	last := slices.IndexFunc(blocks, func(b slackfake.Block) bool { return b.Type == "actions" }) - 1
	if !strings.HasSuffix((slackfake.Message{Blocks: blocks[last : last+1]}).Shown(), "…") || !strings.HasSuffix(text, "…") {
		t.Error("nothing tells that something is missing")
	}
}

// A long text that fits is shown whole, in pieces.
func TestEncodeSplits(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("word ", 1800)
	blocks, _ := check(t, says(words))
	shown := strings.Join(strings.Fields((slackfake.Message{Blocks: blocks}).Shown()), " ")
	if shown != strings.TrimSpace(words) || len(blocks) < 3 {
		t.Errorf("%d blocks, %d of %d bytes", len(blocks), len(shown), len(words))
	}
}

// A form with more in it than Slack takes says its options in fewer words, and asks everything all the same.
func TestEncodeLargeForm(t *testing.T) {
	t.Parallel()
	f := bot.Form{Locale: flows.English, Title: "Large", Token: "page|r1|0|q1", Submit: "Send"}
	for i := range 8 {
		many := bot.Field{ID: fmt.Sprint("f", i), Field: flows.FieldMany, Label: "Which?"}
		for j := range optionsMax {
			many.Options = append(many.Options, bot.Option{ID: fmt.Sprint("o", j), Text: fmt.Sprint(j, strings.Repeat("<🏳️‍🌈>", 40))})
		}
		f.Fields = append(f.Fields, many)
	}
	v := modal(f, "C1", true)
	checkForm(t, v)
	if n := len(v.Blocks.BlockSet); n != 8 {
		t.Errorf("%d of 8 fields are left", n)
	}
	if !tooLarge(dressForm(f, "C1", true)) {
		t.Error("it is not large at all")
	}
}

// TestEncodeAnything does what FuzzEncode does, a set number of times, with texts put together from what has a meaning
// somewhere.
func TestEncodeAnything(t *testing.T) {
	t.Parallel()
	bits := []string{
		"<!channel>", "<!here|here>", "<@U1>", "<@U0ANA|ana>", "<#C1|general>", "<!subteam^S1>", "<!date^0^{date}|now>", "<https://example.org|our bank>",
		"@here", "@everyone", "https://example.org/a?b=c&d", "mailto:a@example.org", "&lt;!channel&gt;", "&", "<", ">", "```", "*", "_", "~", "`", ":tada:",
		"\n", "\t", "\x00", "\xff", "\u202e", "\u2066", "🏳️‍🌈", "é", "e\u0301", "ש", "會", " ", "the city", strings.Repeat("x", 400), strings.Repeat("a b ", 900),
	}
	for seed := range uint64(scaled(t, 150)) {
		r := rand.New(rand.NewPCG(seed, 7))
		var text strings.Builder
		for range 1 + r.IntN(40) {
			text.WriteString(bits[r.IntN(len(bits))])
		}
		encodeAnything(t, seed, text.String())
	}
}

// FuzzEncode: whatever people type and whatever a pack holds, no message and no form passes a limit of Slack's, and
// nothing in it calls anybody.
func FuzzEncode(f *testing.F) {
	f.Add(uint64(1), "plain")
	f.Add(uint64(2), "<!channel> <@U1> <#C1> &amp; &lt;!here&gt;")
	f.Add(uint64(3), strings.Repeat("🏳️‍🌈é\u202e\x00", 500))
	f.Add(uint64(4), strings.Repeat("&", 5000))
	f.Add(uint64(6), strings.Repeat("<&>", 3000))
	f.Add(uint64(7), "@here @channel @everyone https://example.org mailto:a@b.org <https://x.org|y> <!subteam^S1> "+strings.Repeat("#general ", 300))
	f.Add(uint64(5), "\xff\xfe\n\n\t "+strings.Repeat("a b", 3000))
	f.Fuzz(encodeAnything)
}

// encodeAnything makes messages and forms at random out of a text and checks each.
func encodeAnything(t *testing.T, seed uint64, text string) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	runes := []rune(text)
	upTo := func(n int) string {
		if len(runes) == 0 {
			return ""
		}
		at := r.IntN(len(runes))
		return string(runes[at:min(len(runes), at+n)])
	}
	some := func() string { return upTo([]int{10, 100, 4000}[r.IntN(3)]) }
	opts := func() (list []bot.Option) {
		for i := range r.IntN([]int{5, 15, 120}[r.IntN(3)]) {
			list = append(list, bot.Option{ID: fmt.Sprint("o", i%110), Text: upTo(90)})
		}
		return list
	}
	m := bot.Message{Locale: flows.English}
	styles := []flows.Style{flows.StyleHeading, flows.StyleBody, flows.StyleSmall, flows.StyleItem, flows.StyleQuote}
	for range r.IntN(70) {
		m.Blocks = append(m.Blocks, bot.Block{Style: styles[r.IntN(len(styles))], Text: some()})
	}
	kinds := []flows.ControlKind{flows.ControlButton, flows.ControlSelect, flows.ControlPerson, flows.ControlLink}
	for range r.IntN(30) {
		c := bot.Control{Kind: kinds[r.IntN(len(kinds))], Label: some(), Token: cutBytes(some(), r.IntN(200)), URL: "https://example.org/" + some()}
		if c.Kind == flows.ControlSelect {
			c.Options = opts()
		}
		m.Controls = append(m.Controls, c)
	}
	check(t, m)
	form := bot.Form{Locale: flows.Spanish, Title: some(), Token: cutBytes(some(), 88), Submit: some(), Close: some(), Intro: m.Blocks}
	fields := flows.FieldKinds()
	for i := range r.IntN([]int{6, 12, 50}[r.IntN(3)]) {
		form.Fields = append(form.Fields, bot.Field{
			ID: fmt.Sprint("f", i), Field: fields[r.IntN(len(fields))], Label: some(), Hint: some(), Error: some(), Options: opts(),
			Max: r.IntN(4000), Value: flows.Input{Text: some(), Picks: []string{some(), "o1"}[r.IntN(2):]},
		})
	}
	checkForm(t, modal(form, "C1", true))
	checkForm(t, modal(form, "C1", false))
	checkForm(t, notice(m, some(), "C1"))
	checkForm(t, home(m))
	if e := escaped(text, 100); utf8.RuneCountInString(e) > 100 {
		t.Errorf("%d characters", utf8.RuneCountInString(e))
	}
}

func cutBytes(s string, n int) string { return s[:min(len(s), n)] }
