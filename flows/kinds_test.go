package flows_test

import (
	"slices"
	"strings"
	"testing"

	"convenor/flows"
)

func TestNumberWords(t *testing.T) {
	t.Parallel()
	people := with(ask("q", flows.FieldNumber), func(n *flows.Node) {
		n.Unit, n.UnitOne = flows.Text{"en": "people", "es": "personas"}, flows.Text{"en": "person", "es": "persona"}
		n.Max = 100_000
	})
	money := with(ask("q", flows.FieldNumber), func(n *flows.Node) {
		n.Unit, n.Decimals, n.Min = flows.Text{"en": "dollars", "es": "dólares"}, 2, -50
	})
	for _, c := range []struct {
		node   flows.Node
		locale flows.Locale
		words  string
		want   string // a number, or the key of a reason
	}{
		{people, "en", "12", "12"},
		{people, "en", " 12. ", "12"},
		{people, "en", "012", "12"},
		{people, "en", "+12", "12"},
		{people, "en", "12 people", "12"},
		{people, "en", "1 person", "1"},
		{people, "es", "doce personas", "12"},
		{people, "en", "12people", "run.refuse.number"},
		{people, "en", "twelve", "12"},
		{people, "en", "zero", "0"},
		{people, "en", "1,200", "1200"},
		{people, "en", "1.200", "1200"},
		{people, "es", "1.200", "1200"},
		{people, "es", "1,200", "1200"},
		{people, "en", "1 200", "1200"},
		{people, "en", "100,001", "run.refuse.large"},
		{people, "en", "-1", "run.refuse.small"},
		{people, "en", "12.5", "run.refuse.whole"},
		{people, "es", "12,5", "run.refuse.whole"},
		{people, "en", "$12", "run.refuse.number"},
		{people, "en", "people", "run.refuse.number"},
		{people, "en", "12 or 13", "run.refuse.number"},
		{people, "en", "12-13", "run.refuse.number"},
		{people, "en", "1,20", "run.refuse.whole"},
		{people, "en", "1,2000", "run.refuse.whole"},
		{people, "en", "1,,200", "run.refuse.number"},
		{people, "en", "1e3", "run.refuse.number"},
		{people, "en", "0x10", "run.refuse.number"},
		{people, "en", "NaN", "run.refuse.number"},
		{people, "en", "٣", "run.refuse.number"},
		{people, "en", ".", "run.refuse.number"},
		{people, "en", "-", "run.refuse.number"},
		{people, "en", strings.Repeat("9", 13), "run.refuse.number"},
		{people, "en", strings.Repeat("9", 12), "run.refuse.large"},
		{money, "en", "$1,200", "1200"},
		{money, "en", "$ 1,200.50", "1200.5"},
		{money, "es", "1.200,50 dólares", "1200.5"},
		{money, "en", "12 dollars", "12"},
		{money, "es", "US$12,5", "12.5"},
		{money, "en", ".5", "0.5"},
		{money, "en", "1,5", "1.5"},
		{money, "es", "1,200", "run.refuse.two-numbers"},
		{money, "es", "1.200", "run.refuse.two-numbers"},
		{money, "en", "1.200", "run.refuse.two-numbers"},
		{money, "en", "1.2345", "run.refuse.decimals"},
		{money, "en", "-50", "-50"},
		{money, "en", "−0.00", "0"},
		{money, "en", "-50.01", "run.refuse.small"},
		{money, "en", "1,200,000", "1200000"},
		{money, "en", "1.200.000,05", "1200000.05"},
		{money, "en", "1.2.3", "run.refuse.number"},
	} {
		v, why := answered(t, c.node, c.locale, c.words)
		if got := v.Number + why; got != c.want {
			t.Errorf("%s %q gives %q, not %q", c.locale, c.words, got, c.want)
		}
	}
}

func TestTimeWords(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"3pm": "15:00", "3:30 p.m.": "15:30", "15:30": "15:30", "noon": "12:00", "mediodía": "12:00", "3 de la tarde": "15:00",
		"3": "run.refuse.two-times", "las 3 y media": "run.refuse.two-times", "25:00": "run.refuse.time", "soon": "run.refuse.time",
		"3:75": "run.refuse.time", "tomorrow": "run.refuse.time", "{me}": "run.refuse.time",
	} {
		v, why := answered(t, ask("q", flows.FieldTime), flows.Spanish, words)
		if got := v.Clock + why; got != want {
			t.Errorf("%q gives %q, not %q", words, got, want)
		}
	}
}

func TestLinkWords(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"example.org": "https://example.org", "https://example.org/a?b=c#d": "https://example.org/a?b=c#d",
		"HTTP://Example.org": "http://Example.org", "<https://example.org/x>": "https://example.org/x", "example.org:8080/x": "https://example.org:8080/x",
		"example.org.": "https://example.org", "añoñó.org/reunión": "https://añoñó.org/reunión",
		"my sister": "", "localhost": "", "10.0.0.1": "", "javascript:alert(1)": "", "data:text/html,x": "", "ftp://example.org": "",
		"a@example.org": "", "https://a:b@example.org": "", "https://": "", "example": "", "https://example..org": "", "-a.org": "",
		"https://example.org/a b": "", "https://example.org/\u202ex": "", "file:///etc/passwd": "", "https://example.org:99999999": "",
		"https://" + strings.Repeat("a", 64) + ".org": "",
	} {
		k := begin(t, definition(ask("q", flows.FieldLink)))
		k.types(words)
		got := ""
		if texts := every[flows.KeepText](k.out); len(texts) > 0 {
			got = texts[0].Text
		} else if m := every[flows.Whisper](k.out)[0].Message; m.Parts[0].Words != "run.refuse.link" {
			t.Errorf("%q is refused as %s", words, m.Parts[0].Words)
		}
		if got != want {
			t.Errorf("%q gives %q, not %q", words, got, want)
		}
	}
}

func TestRankWords(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"3 1 2": "cab", "3,1,2": "cab", "3 > 1 > 2": "cab", "312": "cab", "3 1": "cab", "café olé, apple tree, big bell": "cab",
		"c\na\nb": "cab", "apple; café": "acb", "2": "run.rank-next", "1 1 2": "run.refuse.rank-twice", "1 2 4": "run.refuse.rank",
		"0 1 2": "run.refuse.rank", "apple, zebra": "run.refuse.rank", "apple tree and café": "run.refuse.rank", ",": "run.refuse.nothing",
		"99999999999999999999": "run.refuse.rank", "{me}": "run.refuse.rank",
	} {
		v, why := answered(t, ask("q", flows.FieldRank), flows.English, words)
		if got := strings.Join(v.Picks, "") + why; got != want {
			t.Errorf("%q gives %q, not %q", words, got, want)
		}
	}
}

// TestRankPresses builds every order of ten options from a menu, press by press, and takes a step back.
func TestRankPresses(t *testing.T) {
	t.Parallel()
	n := with(ask("q", flows.FieldRank), func(n *flows.Node) { n.Options = numbered(10) })
	k := begin(t, definition(n))
	controls := every[flows.Say](k.out)[0].Message.Controls
	var order []string
	for len(order) < 9 {
		i := slices.IndexFunc(controls, func(c flows.Control) bool { return c.Kind == flows.ControlSelect })
		pick := controls[0].Token.Arg
		if i >= 0 {
			pick = controls[i].Options[len(controls[i].Options)-1].ID
		}
		order = append(order, pick)
		if k.picks(pick) {
			break
		}
		controls = every[flows.Whisper](k.out)[0].Message.Controls
	}
	want := []string{"o9", "o8", "o7", "o6", "o5", "o0", "o1", "o2", "o3", "o4"}
	if got := k.run.Values()["q"].Picks; !slices.Equal(got, want) {
		t.Errorf("%v after %v", got, order)
	}
	for _, bad := range []string{"#11", "#zz", "#0", "#1234567891", "##"} {
		k := begin(t, definition(n))
		if k.picks(bad) {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestPointsWords(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"5 3 2": "5 3 2", "5, 3, 2": "5 3 2", "five three two": "5 3 2", "0 10 0": "0 10 0", "apple tree 5, café 3, big bell 2": "5 2 3",
		"café: 10": "0 0 10", "10 café": "0 0 10", "b 4\na 6": "6 4 0", "5 3 1": "run.refuse.points-left", "5 5 5": "run.refuse.points-over",
		"5 3": "run.refuse.points", "5 3 2 0": "run.refuse.points", "5 3 -2": "run.refuse.points", "5.5 4.5 0": "run.refuse.points",
		"apple 5, apple 5": "run.refuse.points", "zebra 10": "run.refuse.points", "10": "run.refuse.points",
		"99999999999999999999 0 0": "run.refuse.points-over", "all of it": "run.refuse.points", "0 0 0": "run.refuse.points-left",
	} {
		v, why := answered(t, ask("q", flows.FieldPoints), flows.English, words)
		got := why
		if why == "" {
			got = shares(v)
		}
		if got != want {
			t.Errorf("%q gives %q, not %q", words, got, want)
		}
	}
}

// TestPointsApart sends a form with a field for each option: what is wrong is said at the field that is wrong, and what
// is wrong with the sum at the first.
func TestPointsApart(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"5 3 2": "5 3 2", "5 5 _": "5 5 0", "_ _ ten": "0 0 10", "5 x 2": "q#b! run.refuse.points", "x y 2": "q#a! run.refuse.points",
		"5 3 -2": "q#c! run.refuse.points", "5 3 1": "q#a! run.refuse.points-left", "5 3 3": "q#a! run.refuse.points-over",
		"_ _ _": "q#a! run.refuse.nothing",
	} {
		k := begin(t, definition(ask("q", flows.FieldPoints)))
		in := flows.Input{Each: map[string]string{}}
		for i, word := range strings.Fields(typed) {
			in.Each[string("abc"[i])] = strings.ReplaceAll(word, "_", "")
		}
		got := ""
		if k.send(flows.Event{Kind: flows.EventAnswer, Node: "q", Rev: k.run.Drawn, Form: true, Input: in}) {
			got = shares(k.run.Values()["q"])
		} else {
			for i, f := range every[flows.OpenForm](k.out)[0].Form.Fields {
				if f.Value.Text != in.Each[string("abc"[i])] {
					t.Errorf("%q: %s has %q", typed, f.ID, f.Value.Text)
				}
				if f.Error != nil {
					got += f.ID + "! " + f.Error.Words
				}
			}
		}
		if want = strings.ReplaceAll(want, "#", flows.FieldMark); got != want {
			t.Errorf("%q gives %q, not %q", typed, got, want)
		}
	}
}

func shares(v flows.Value) string {
	all := []string{"0", "0", "0"}
	for i, pick := range v.Picks {
		all[slices.Index([]string{"a", "b", "c"}, pick)] = string("0123456789"[v.Counts[i]%10])
		if v.Counts[i] == 10 {
			all[slices.Index([]string{"a", "b", "c"}, pick)] = "10"
		}
	}
	return strings.Join(all, " ")
}

func TestKindMistakes(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]flows.Node{
		"node q, points: 0 points cannot be shared":                 with(ask("q", flows.FieldPoints), func(n *flows.Node) { n.Points = 0 }),
		"node q, options: 11 are more than the 10":                  with(ask("q", flows.FieldRank), func(n *flows.Node) { n.Options = numbered(11) }),
		"node q, decimals: 3 is not between 0 and 2":                with(ask("q", flows.FieldNumber), func(n *flows.Node) { n.Decimals = 3 }),
		"node q, min: nothing fits between 5 and 5":                 with(ask("q", flows.FieldNumber), func(n *flows.Node) { n.Min, n.Max = 5, 5 }),
		"node q, unit: has no words in es":                          with(ask("q", flows.FieldNumber), func(n *flows.Node) { n.Unit = flows.Text{"en": "x"} }),
		"node q, unit_one: goes with a unit":                        with(ask("q", flows.FieldNumber), func(n *flows.Node) { n.UnitOne = both("x") }),
		"node q, unit: does not belong to a field of kind \"time\"": with(ask("q", flows.FieldTime), func(n *flows.Node) { n.Unit = both("x") }),
		"node q, options: a field of kind link has none":            with(ask("q", flows.FieldLink), func(n *flows.Node) { n.Options = numbered(2) }),
	} {
		_, err := flows.Compile(definition(n))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not told %q but: %v", want, err)
		}
	}
}
