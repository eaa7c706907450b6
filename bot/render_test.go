package bot

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"convenor/content"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// voice speaks the embedded pack's words.
func voice(t *testing.T) Voice {
	t.Helper()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return Voice{pack}
}

// everything is a message with each kind of part, arg and control.
func everything() flows.Message {
	return flows.Message{
		Parts: []flows.Part{
			{Style: flows.StyleHeading, Text: flows.Text{"en": "A step for {who}", "es": "Un paso para {who}"}, Args: map[string]flows.Arg{"who": {Person: "ana"}}},
			{Style: flows.StyleBody, Text: flows.Text{"en": "By {due}; the review is on {review}.", "es": "Para el {due}; la revisión es el {review}."}, Args: map[string]flows.Arg{
				"due": {Date: "2026-12-01"}, "review": {Date: "2027-03-08"},
			}},
			{Style: flows.StyleQuote, Text: flows.Text{"en": "{t}", "es": "{t}"}, Args: map[string]flows.Arg{"t": {TextID: "typed"}}},
			{Style: flows.StyleQuote, Text: flows.Text{"en": "{t}", "es": "{t}"}, Args: map[string]flows.Arg{"t": {TextID: "erased"}}},
			{Style: flows.StyleItem, Text: flows.Text{"en": "With {people}", "es": "Con {people}"}, Args: map[string]flows.Arg{
				"people": {List: []flows.Arg{{Person: "ana"}, {Person: "nobody"}, {Person: "ines"}}},
			}},
			{Style: flows.StyleSmall, Words: "gate.cut", Args: map[string]flows.Arg{"count": {Number: new(1234)}}},
			{Style: flows.StyleSmall, Words: "gate.cut", Args: map[string]flows.Arg{"count": {Number: new(1)}}},
			{Style: flows.StyleBody, Text: flows.Text{"en": "{zone} {word}", "es": "{zone} {word}"}, Args: map[string]flows.Arg{
				"zone": {Plain: "America/New_York"}, "word": {Words: "date.may"},
			}},
		},
		Controls: []flows.Control{
			{Kind: flows.ControlButton, Words: "form.send", Primary: true, Token: flows.Token{Verb: flows.VerbStepTake, Object: "stepstepstepstep", Rev: 3}},
			{Kind: flows.ControlSelect, Text: flows.Text{"en": "Pick", "es": "Elige"}, Token: flows.Token{Verb: flows.VerbAnswer, Object: "r"}, Options: []flows.Option{
				{ID: "a", Text: flows.Text{"en": "First", "es": "Primera"}},
				{ID: "b", Text: flows.Text{"en": strings.Repeat("long ", 20), "es": strings.Repeat("largo ", 20)}},
			}},
			{Kind: flows.ControlLink, Text: flows.Text{"en": "Read", "es": "Lee"}, URL: "https://example.org"},
		},
	}
}

func readerIn(locale flows.Locale) Reader {
	return Reader{
		Locale: locale, Today: "2026-11-23",
		Texts: map[string]string{"typed": "Call {who}\u202e\nand   ask <!channel>"},
		Names: map[string]string{"ana": "Ana", "ines": "Inés\n Ruiz"},
	}
}

func TestVoiceGolden(t *testing.T) {
	t.Parallel()
	voice := voice(t)
	for _, locale := range []flows.Locale{flows.English, flows.Spanish} {
		got, err := json.MarshalIndent(voice.Message(everything(), readerIn(locale)), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", "message."+string(locale)+".json")
		if *update {
			if err := os.MkdirAll("testdata", 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, append(got, '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got)+"\n" != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", locale, got, want)
		}
	}
}

func TestOneLanguageAMessage(t *testing.T) {
	t.Parallel()
	voice := voice(t)
	missing := map[string]func(*flows.Message){
		"a part's text":   func(m *flows.Message) { m.Parts[0].Text = flows.Text{"en": "Only English"} },
		"a part's words":  func(m *flows.Message) { m.Parts[0] = flows.Part{Words: "no.such-key"} },
		"an arg's words":  func(m *flows.Message) { m.Parts[7].Args["word"] = flows.Arg{Words: "no.such-key"} },
		"a control":       func(m *flows.Message) { m.Controls[1].Text = flows.Text{"en": "Pick"} },
		"an option":       func(m *flows.Message) { m.Controls[1].Options[0].Text = flows.Text{"en": "First"} },
		"the whole thing": func(m *flows.Message) { *m = flows.Message{Parts: []flows.Part{{Text: flows.Text{"en": "x"}}}} },
	}
	for name, damage := range missing {
		m := everything()
		damage(&m)
		got := voice.Message(m, readerIn(flows.Spanish))
		if got.Locale != flows.English {
			t.Errorf("%s is missing in Spanish, but the message is in %q", name, got.Locale)
		}
		if strings.Contains(got.Plain(), "martes") {
			t.Errorf("%s is missing: a Spanish fragment was left in %q", name, got.Plain())
		}
	}
	if got := voice.Message(everything(), readerIn("vi")); got.Locale != flows.English {
		t.Errorf("an unknown language gave %q", got.Locale)
	}
}

func TestSpanishAnd(t *testing.T) {
	t.Parallel()
	voice := voice(t)
	for last, want := range map[string]string{
		"Ana": "Eva y Ana", "Inés": "Eva e Inés", "Hilda": "Eva e Hilda", "hielo": "Eva y hielo", "Ian": "Eva y Ian",
		"Íñigo": "Eva e Íñigo", "Yolanda": "Eva y Yolanda", "": "Eva y alguien",
	} {
		m := flows.Message{Parts: []flows.Part{{Text: flows.Text{"en": "{l}", "es": "{l}"}, Args: map[string]flows.Arg{
			"l": {List: []flows.Arg{{Person: "eva"}, {Person: "last"}}},
		}}}}
		got := voice.Message(m, Reader{Locale: flows.Spanish, Names: map[string]string{"eva": "Eva", "last": last}})
		if got.Blocks[0].Text != want {
			t.Errorf("got %q, want %q", got.Blocks[0].Text, want)
		}
	}
}

func TestNothingIsOverThePlatformsLimits(t *testing.T) {
	t.Parallel()
	voice := voice(t)
	long := strings.Repeat("wörd ", 1000)
	both := flows.Text{"en": long, "es": long}
	m := flows.Message{Controls: []flows.Control{{Text: both, Options: []flows.Option{{Text: both}}}}}
	for range 100 {
		m.Parts = append(m.Parts, flows.Part{Style: flows.StyleBody, Text: flows.Text{"en": "{t}", "es": "{t}"}, Args: map[string]flows.Arg{"t": {TextID: "x", Max: 80}}})
	}
	m.Parts = append(m.Parts, flows.Part{Text: both})
	r := Reader{Locale: flows.Spanish, Texts: map[string]string{"x": long}}
	got := voice.Message(m, r)
	if n := len(got.Blocks); n != BlocksMax {
		t.Errorf("%d blocks", n)
	}
	if last := got.Blocks[len(got.Blocks)-1].Text; last != "62 líneas más no caben aquí." {
		t.Errorf("the rest is said as %q", last)
	}
	for _, text := range []string{got.Blocks[0].Text, got.Controls[0].Label, got.Controls[0].Options[0].Text} {
		if n := utf8.RuneCountInString(text); n > 80 || !strings.HasSuffix(text, "wörd…") {
			t.Errorf("%d characters: %q", n, text)
		}
	}
	part := flows.Part{Text: both}
	form := voice.Form(flows.Form{Title: part, Intro: []flows.Part{part, part}, Fields: []flows.FormField{{
		ID: "what", Label: part, Hint: &part, Error: &part, Value: flows.Input{Text: long}, Max: 9,
	}}}, r)
	field := form.Fields[0]
	for limit, text := range map[int]string{FormTitleMax: form.Title, FormLabelMax: field.Label, FormHintMax: field.Hint, BlockMax: field.Error} {
		if n := utf8.RuneCountInString(text); n > limit || n < limit-15 {
			t.Errorf("%d characters where %d fit: %q", n, limit, text)
		}
	}
	if field.Value.Text != long || form.Submit != "Enviar" || form.Locale != flows.Spanish {
		t.Errorf("what was typed, or the words of the form, changed: %+v", form)
	}
}

func TestCutKeepsLettersWhole(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"short":                   "short",
		"exactly ten":             "exactly…",
		"abcdefghie\u0301xyz":     "abcdefghi…",
		"abcdefgh\u200dxyz":       "abcdefg…",
		"one, two three":          "one, two…",
		"":                        "",
		strings.Repeat("a", 1000): strings.Repeat("a", 9) + "…",
	} {
		if got := cut(text, 10); got != want {
			t.Errorf("cut(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestReferencesNameEachRecordOnce(t *testing.T) {
	t.Parallel()
	want := []flows.Ref{
		{Kind: flows.KindPerson, ID: "ana"},
		{Kind: flows.KindText, ID: "typed"},
		{Kind: flows.KindText, ID: "erased"},
		{Kind: flows.KindPerson, ID: "nobody"},
		{Kind: flows.KindPerson, ID: "ines"},
	}
	if got := References(everything()); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	part := flows.Part{Args: map[string]flows.Arg{"x": {TextID: "t"}}}
	other := flows.Part{Args: map[string]flows.Arg{"x": {TextID: "u"}}}
	form := flows.Form{Title: part, Intro: []flows.Part{part}, Fields: []flows.FormField{{Label: part, Hint: &part, Error: &other}}}
	if got := FormReferences(form); !reflect.DeepEqual(got, []flows.Ref{{Kind: flows.KindText, ID: "t"}, {Kind: flows.KindText, ID: "u"}}) {
		t.Errorf("got %v", got)
	}
}

// TestNudgesAreShort: whatever was typed and whatever people are called, a nudge about one step is at most 300
// characters, and none of its words is missing in either language.
func TestNudgesAreShort(t *testing.T) {
	t.Parallel()
	voice := voice(t)
	now := time.Date(2026, 9, 23, 14, 0, 0, 0, time.UTC)
	long := strings.Repeat("Wednesday ", 300)
	for _, kind := range []nudge.Kind{
		nudge.WeekBefore, nudge.DayBefore, nudge.DayOf, nudge.AfterOne, nudge.AfterThree, nudge.Question, nudge.Coordinator,
		nudge.Snooze, nudge.Offer, nudge.Help,
	} {
		d := nudge.Deadline{Step: "step", What: "what", Goal: "goal", Note: "note", Lead: "lead", NamedBy: "me", Due: "2026-09-30", Stand: nudge.Taken, Help: true}
		if kind == nudge.Offer {
			d.Stand = nudge.Offered
		}
		person := coalition.Person{ID: "me"}
		if kind != nudge.Offer && kind != nudge.Coordinator && kind != nudge.Help {
			person.ID = "lead"
		}
		timer := flows.Timer{ID: "step." + string(kind), Object: "step", Person: person.ID, Rule: string(kind), Due: d.Due, At: now}
		turn := nudge.Due([]flows.Timer{timer}, nudge.Facts{
			Person: person, Now: now, Zone: time.UTC, Deadlines: map[string]nudge.Deadline{"step": d},
		})
		if len(turn.Deliveries) != 1 {
			t.Errorf("%s: nothing is said", kind)
			continue
		}
		for _, locale := range []flows.Locale{flows.English, flows.Spanish} {
			r := Reader{Locale: locale, Today: "2026-09-23", Texts: map[string]string{"what": long, "goal": long, "note": long}, Names: map[string]string{"lead": long, "me": long}}
			got := voice.Message(turn.Deliveries[0].Message, r)
			text := 0
			for _, b := range got.Blocks {
				text += utf8.RuneCountInString(b.Text)
			}
			if text > 300 || got.Locale != locale {
				t.Errorf("%s in %s: %d characters: %s", kind, got.Locale, text, got.Plain())
			}
			if strings.ContainsAny(got.Plain(), "{}") {
				t.Errorf("%s: a placeholder is left open: %s", kind, got.Plain())
			}
		}
	}
}

// FuzzVoice: whatever people type, no limit is passed, no placeholder is opened by it, and what is shown is clean.
func FuzzVoice(f *testing.F) {
	f.Add("hello", "Ana")
	f.Add("{who} {t}\u202e", "{t}")
	f.Add(strings.Repeat("e\u0301\u0301\u0301\u0301\u0301", 900), "\x00\xff")
	pack, err := content.Embedded()
	if err != nil {
		f.Fatal(err)
	}
	voice := Voice{pack}
	f.Fuzz(func(t *testing.T, typed, name string) {
		r := readerIn(flows.Spanish)
		r.Texts = map[string]string{"typed": typed}
		r.Names = map[string]string{"ana": name}
		got := voice.Message(everything(), r)
		for _, b := range got.Blocks {
			if n := utf8.RuneCountInString(b.Text); n > BlockMax {
				t.Errorf("%d characters", n)
			}
			if !utf8.ValidString(b.Text) || strings.ContainsAny(b.Text, "\u202e\u2066\x00\r") {
				t.Errorf("not clean: %q", b.Text)
			}
		}
	})
}
