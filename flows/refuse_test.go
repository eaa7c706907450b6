package flows_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"convenor/flows"
)

// TestBadInput sends what cannot be taken, typed and by form, to every kind of field: nothing changes, the reason has
// words of its own, and what was typed comes back.
func TestBadInput(t *testing.T) {
	t.Parallel()
	few := with(ask("few", flows.FieldMany), func(n *flows.Node) { n.Max = 2 })
	short := with(ask("short", flows.FieldText), func(n *flows.Node) { n.Max = 5 })
	for name, c := range map[string]struct {
		node  flows.Node
		input flows.Input
		want  string
		args  string // names of the arguments that the words need
	}{
		"empty text":               {ask("q", flows.FieldText), flows.Input{}, "run.refuse.empty", ""},
		"blank text":               {ask("q", flows.FieldText), flows.Input{Text: " \n\t"}, "run.refuse.empty", ""},
		"invisible text":           {ask("q", flows.FieldText), flows.Input{Text: "\u200b\u200d\x00"}, "run.refuse.empty", ""},
		"long text":                {ask("q", flows.FieldText), flows.Input{Text: strings.Repeat("ñ", flows.TextMax+1)}, "run.refuse.long", "count max"},
		"longer than Max":          {short, flows.Input{Text: "abcdef"}, "run.refuse.long", "count max"},
		"no choice":                {ask("q", flows.FieldChoice), flows.Input{}, "run.refuse.nothing", ""},
		"unknown choice":           {ask("q", flows.FieldChoice), flows.Input{Picks: []string{"z"}}, "run.refuse.option", ""},
		"unknown choice, typed":    {ask("q", flows.FieldChoice), flows.Input{Text: "Zebra"}, "run.refuse.option", ""},
		"number beyond the list":   {ask("q", flows.FieldChoice), flows.Input{Text: "4"}, "run.refuse.option", ""},
		"two choices":              {ask("q", flows.FieldChoice), flows.Input{Picks: []string{"a", "b"}}, "run.refuse.one", ""},
		"no picks":                 {few, flows.Input{Picks: []string{}}, "run.refuse.nothing", ""},
		"too many picks":           {few, flows.Input{Picks: []string{"a", "b", "c"}}, "run.refuse.many", "count max"},
		"too many picks, typed":    {few, flows.Input{Text: "1, 2, 3"}, "run.refuse.many", "count max"},
		"one unknown pick":         {few, flows.Input{Picks: []string{"a", "z"}}, "run.refuse.option", ""},
		"one unknown pick, typed":  {few, flows.Input{Text: "apple tree; zebra"}, "run.refuse.option", ""},
		"no date":                  {ask("q", flows.FieldDate), flows.Input{}, "run.refuse.nothing", ""},
		"unreadable date":          {ask("q", flows.FieldDate), flows.Input{Text: "when the cows come home"}, "run.refuse.date", ""},
		"time of day alone":        {ask("q", flows.FieldDate), flows.Input{Text: "3pm"}, "run.refuse.date", ""},
		"past day with a time":     {ask("q", flows.FieldDate), flows.Input{Text: "yesterday at 3pm"}, "run.refuse.past", "date"},
		"time with a zone":         {ask("q", flows.FieldTime), flows.Input{Text: "3pm ET"}, "run.refuse.zone", "zone"},
		"past date":                {ask("q", flows.FieldDate), flows.Input{Picks: []string{"2026-03-01"}}, "run.refuse.past-next", "date next"},
		"past date, typed":         {ask("q", flows.FieldDate), flows.Input{Text: "yesterday"}, "run.refuse.past", "date"},
		"date beyond all plans":    {ask("q", flows.FieldDate), flows.Input{Text: "2096-03-01"}, "run.refuse.too-far", "date"},
		"two dates picked":         {ask("q", flows.FieldDate), flows.Input{Picks: []string{"2026-03-03", "2026-03-04"}}, "run.refuse.one", ""},
		"nobody":                   {ask("q", flows.FieldPerson), flows.Input{}, "run.refuse.person", ""},
		"unknown person":           {ask("q", flows.FieldPerson), flows.Input{Text: "Nobody Here"}, "run.refuse.person", ""},
		"two people":               {ask("q", flows.FieldPerson), flows.Input{Picks: []string{"sam", "lee"}}, "run.refuse.one", ""},
		"no person at all, picked": {ask("q", flows.FieldPerson), flows.Input{Picks: []string{strings.Repeat("x", 65)}}, "run.refuse.person", ""},
		"maybe":                    {ask("q", flows.FieldConsent), flows.Input{Text: "maybe"}, "run.refuse.yes-no", ""},
		"no consent at all":        {ask("q", flows.FieldConsent), flows.Input{}, "run.refuse.yes-no", ""},
		"yes and no":               {ask("q", flows.FieldConsent), flows.Input{Picks: []string{"yes", "no"}}, "run.refuse.one", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, d := range []flows.Definition{definition(c.node), groupOf(c.node)} {
				refusedTyped(t, begin(t, d), c.input, c.want, c.args)
				refusedInForm(t, begin(t, d), c.input, c.want, c.args)
			}
		})
	}
}

func refusedTyped(t *testing.T, k *talk, input flows.Input, want, args string) {
	t.Helper()
	before := encoded(t, k.run)
	if k.send(flows.Event{Kind: flows.EventAnswer, Input: input}) || encoded(t, k.run) != before {
		t.Fatalf("%q was taken", input)
	}
	whispers := every[flows.Whisper](k.out)
	if len(whispers) != 1 || len(k.out) != 1 {
		t.Fatalf("%d effects, not one whisper", len(k.out))
	}
	m := whispers[0].Message
	why := m.Parts[0]
	if why.Words != want {
		t.Fatalf("refused with %q, not %q", why.Words, want)
	}
	for name := range strings.FieldsSeq(args) {
		if _, ok := why.Args[name]; !ok {
			t.Errorf("the words lack {%s}", name)
		}
	}
	typed := strings.TrimSpace(strings.Trim(input.Text, "\x00"))
	if last := m.Parts[len(m.Parts)-1]; typed != "" && typed != "\u200b\u200d" && (last.Style != flows.StyleQuote || last.Args["text"].Plain != typed) {
		t.Errorf("what was typed does not come back: %+v", m.Parts)
	}
	if len(m.Controls) == 0 {
		t.Error("nothing to answer with is offered")
	}
}

func refusedInForm(t *testing.T, k *talk, input flows.Input, want, args string) {
	t.Helper()
	before := encoded(t, k.run)
	if k.send(flows.Event{Kind: flows.EventAnswer, Node: k.run.Node, Rev: k.run.Drawn, Input: input, Form: true}) || encoded(t, k.run) != before {
		t.Fatalf("%q was taken", input)
	}
	forms := every[flows.OpenForm](k.out)
	if len(forms) != 1 || len(k.out) != 1 {
		t.Fatalf("%d effects, not one form", len(k.out))
	}
	field := forms[0].Form.Fields[0]
	if field.Error == nil || field.Error.Words != want {
		t.Fatalf("refused with %+v, not %q", field.Error, want)
	}
	for name := range strings.FieldsSeq(args) {
		if _, ok := field.Error.Args[name]; !ok {
			t.Errorf("the words lack {%s}", name)
		}
	}
	if field.Value.Text != input.Text || len(field.Value.Picks) != len(input.Picks) {
		t.Errorf("the form forgot what was typed: %+v", field.Value)
	}
}

// TestGoodInput sends what people may well type: it is understood.
func TestGoodInput(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field flows.FieldKind
		input flows.Input
		want  string // the value's JSON
	}{
		"text":                    {flows.FieldText, flows.Input{Text: "  words\r\nin two lines "}, `{"kind":"text","text_id":"text2"}`},
		"picked":                  {flows.FieldChoice, flows.Input{Picks: []string{"b"}}, `{"kind":"choice","picks":["b"]}`},
		"words of an option":      {flows.FieldChoice, flows.Input{Text: "big bell,  LOUD."}, `{"kind":"choice","picks":["b"]}`},
		"words in Spanish":        {flows.FieldChoice, flows.Input{Text: "Big bell, loud (es)"}, `{"kind":"choice","picks":["b"]}`},
		"beginning of an option":  {flows.FieldChoice, flows.Input{Text: "CAFÉ"}, `{"kind":"choice","picks":["c"]}`},
		"id of an option":         {flows.FieldChoice, flows.Input{Text: "A"}, `{"kind":"choice","picks":["a"]}`},
		"place in the list":       {flows.FieldChoice, flows.Input{Text: "3"}, `{"kind":"choice","picks":["c"]}`},
		"many, in order":          {flows.FieldMany, flows.Input{Picks: []string{"c", "a", "c"}}, `{"kind":"many","picks":["a","c"]}`},
		"many, typed":             {flows.FieldMany, flows.Input{Text: "cafe ole,\napple tree,"}, `{"kind":"many","picks":["a","c"]}`},
		"an option with a comma":  {flows.FieldMany, flows.Input{Text: "Big bell, loud"}, `{"kind":"many","picks":["b"]}`},
		"date picked":             {flows.FieldDate, flows.Input{Picks: []string{"2026-03-02"}}, `{"kind":"date","date":"2026-03-02"}`},
		"date in words":           {flows.FieldDate, flows.Input{Text: "in 8 days"}, `{"kind":"date","date":"2026-03-10"}`},
		"date in Spanish":         {flows.FieldDate, flows.Input{Text: "mañana"}, `{"kind":"date","date":"2026-03-03"}`},
		"person":                  {flows.FieldPerson, flows.Input{Picks: []string{"sam"}}, `{"kind":"person","person":"sam"}`},
		"yes":                     {flows.FieldConsent, flows.Input{Picks: []string{"yes"}}, `{"kind":"consent","picks":["yes"]}`},
		"a typed yes":             {flows.FieldConsent, flows.Input{Text: "Sí."}, `{"kind":"consent","picks":["yes"]}`},
		"an accent of its own":    {flows.FieldConsent, flows.Input{Text: "Si\u0301"}, `{"kind":"consent","picks":["yes"]}`},
		"a mark set apart":        {flows.FieldConsent, flows.Input{Text: "yes !"}, `{"kind":"consent","picks":["yes"]}`},
		"a typed no":              {flows.FieldConsent, flows.Input{Text: "NO!"}, `{"kind":"consent","picks":["no"]}`},
		"text is cut of controls": {flows.FieldText, flows.Input{Text: "a\x00b\xff"}, `{"kind":"text","text_id":"text2"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := begin(t, definition(ask("q", c.field)))
			if !k.send(flows.Event{Kind: flows.EventAnswer, Input: c.input}) {
				t.Fatalf("%q was refused: %+v", c.input, k.out)
			}
			if got := encoded(t, k.run.Values()["q"]); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
			if kept := every[flows.KeepText](k.out); c.field == flows.FieldText && (len(kept) != 1 || strings.ContainsAny(kept[0].Text, "\r\x00") || !utf8.ValidString(kept[0].Text)) {
				t.Errorf("kept %+v", kept)
			}
		})
	}
}

// TestOfferedDates offers what a date may mean as buttons, from a form too: each answers, the likelier comes first, and
// the words name the same dates.
func TestOfferedDates(t *testing.T) {
	t.Parallel()
	for typed, c := range map[string]struct {
		words string
		dates []string
	}{
		"4/5":         {"run.refuse.two-dates", []string{"2026-04-05", "2026-05-04"}},
		"Feb 29":      {"run.refuse.no-day", []string{"2027-02-28", "2027-03-01", "2028-02-29"}},
		"31 de abril": {"run.refuse.no-day", []string{"2026-04-30", "2026-05-01"}},
		"2034-05-01":  {"run.refuse.far", []string{"2034-05-01"}},
		"fryday":      {"run.refuse.close-date", []string{"2026-03-06"}},
	} {
		for _, form := range []bool{false, true} {
			for i, date := range c.dates {
				k := begin(t, definition(ask("due", flows.FieldDate)))
				if k.send(flows.Event{Kind: flows.EventAnswer, Node: "due", Input: flows.Input{Text: typed}, Form: form}) {
					t.Fatalf("%s: taken as it is", typed)
				}
				m := every[flows.Whisper](k.out)[0].Message
				if m.Parts[0].Words != c.words || labels(m) != strings.Repeat("run.reading | ", len(c.dates))+"run.other-date" {
					t.Fatalf("%s: %s: %s", typed, words(m), labels(m))
				}
				if list := m.Parts[0].Args["dates"].List; list != nil && list[i].Date != date {
					t.Errorf("%s: the words name %s", typed, list[i].Date)
				}
				token := m.Controls[i].Token
				if !k.send(flows.Event{Kind: flows.EventKind(token.Verb), Node: token.Node, Rev: token.Rev, Input: flows.Input{Picks: []string{token.Arg}}}) {
					t.Errorf("%s: the button does not answer", typed)
				}
				if got := k.run.Values()["due"].Date; got != date {
					t.Errorf("%s: kept %s, not %s", typed, got, date)
				}
			}
		}
	}
}

// TestWhoWouldKnow walks through "don't know": the form first, then with or without a name.
func TestWhoWouldKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who   string
		texts int
	}{
		"someone":   {"The county clerk", 1},
		"left open": {"  ", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := begin(t, definition(ask("q1", flows.FieldChoice), ask("q2", flows.FieldText)))
			press := flows.Event{Kind: flows.EventUnknown, Node: "q1", Rev: k.run.Drawn}
			if k.send(press) || len(every[flows.OpenForm](k.out)) != 1 {
				t.Fatalf("no form: %+v", k.out)
			}
			form := every[flows.OpenForm](k.out)[0].Form
			if !form.Fields[0].Optional || form.Token.Verb != flows.VerbUnknown {
				t.Errorf("%+v", form)
			}
			press.Form, press.Input.Text = true, strings.Repeat("x", flows.WhoMax+1)
			if k.send(press) || every[flows.OpenForm](k.out)[0].Form.Fields[0].Value.Text != press.Input.Text {
				t.Fatal("too long a name is taken, or forgotten")
			}
			press.Input.Text = c.who
			if !k.send(press) {
				t.Fatal("not taken")
			}
			k.at("q2")
			v := k.run.Values()["q1"]
			requests := every[flows.KeepRequest](k.out)
			if v.Kind != flows.ValueUnknown || (v.TextID != "") != (c.texts == 1) || len(every[flows.KeepText](k.out)) != c.texts {
				t.Errorf("%+v, %+v", v, k.out)
			}
			if len(requests) != 1 || requests[0].Request.WhoText != v.TextID || requests[0].Request.Closed {
				t.Errorf("%+v", requests)
			}
			k.send(flows.Event{Kind: flows.EventChange, Node: "q1"})
			k.picks("a")
			if requests := every[flows.KeepRequest](k.out); len(requests) != 1 || !requests[0].Request.Closed {
				t.Errorf("the request is not closed by the answer: %+v", requests)
			}
			if dropped := every[flows.DropText](k.out); len(dropped) != c.texts {
				t.Errorf("the name of who would know stays: %+v", dropped)
			}
		})
	}
}
