package flows_test

import (
	"fmt"
	"strings"
	"testing"

	"convenor/flows"
)

// answered sends words to a question, in a language, and returns what was taken; "" when it was refused, with the key
// of the reason.
func answered(t *testing.T, n flows.Node, locale flows.Locale, words string) (v flows.Value, why string) {
	t.Helper()
	k := begin(t, definition(n))
	if k.send(flows.Event{Kind: flows.EventAnswer, Locale: locale, Input: flows.Input{Text: words}}) {
		return k.run.Values()[n.ID], ""
	}
	return flows.Value{}, every[flows.Whisper](k.out)[0].Message.Parts[0].Words
}

func TestScaleWords(t *testing.T) {
	t.Parallel()
	n := with(ask("q", flows.FieldScale), func(n *flows.Node) {
		n.Low = flows.Text{flows.English: "Not yet", flows.Spanish: "Todavía no"}
		n.High = flows.Text{flows.English: "Always", flows.Spanish: "Siempre"}
	})
	for _, words := range []string{
		"3", " 3. ", "three", "Three!", "tres", "3/5", "3 / 5", "3 out of 5", "3 of 5", "3 de 5", "tres de 5",
	} {
		if v, why := answered(t, n, flows.Spanish, words); v.Kind != flows.ValueScale || v.Number != "3" {
			t.Errorf("%q gives %+v, %s", words, v, why)
		}
	}
	for words, want := range map[string]string{"not yet": "1", "TODAVÍA NO": "1", "todavia no": "1", "1 – Not yet": "1", "always": "5", "siempre": "5"} {
		if v, why := answered(t, n, flows.English, words); v.Number != want {
			t.Errorf("%q gives %+v, %s", words, v, why)
		}
	}
	for _, words := range []string{"0", "6", "-3", "2.5", "2,5", "3/6", "3/10", "2 or 3", "five stars", "maybe", "once", "5%", "３x", "{me}"} {
		if v, why := answered(t, n, flows.English, words); why != "run.refuse.scale" {
			t.Errorf("%q gives %+v, %s", words, v, why)
		}
	}
}

// TestScaleFromZero wants steps told by what they are, never by their place.
func TestScaleFromZero(t *testing.T) {
	t.Parallel()
	n := with(ask("q", flows.FieldScale), func(n *flows.Node) { n.First, n.Last = -2, 2 })
	for words, want := range map[string]string{"-2": "-2", "0": "0", "cero": "0", "+2": "2"} {
		if v, why := answered(t, n, flows.English, words); v.Number != want {
			t.Errorf("%q gives %+v, %s", words, v, why)
		}
	}
	if v, why := answered(t, n, flows.English, "5"); why != "run.refuse.scale" {
		t.Errorf("5 gives %+v, %s", v, why)
	}
}

// TestScaleControls shows few steps as buttons and more as a menu, and takes a press of each.
func TestScaleControls(t *testing.T) {
	t.Parallel()
	for to := 2; to <= flows.ScaleMax; to++ {
		n := with(ask("q", flows.FieldScale), func(n *flows.Node) { n.Last = to })
		k := begin(t, definition(n))
		first := every[flows.Say](k.out)[0].Message.Controls[0]
		if menu := first.Kind == flows.ControlSelect; menu != (to > flows.ButtonsMax) {
			t.Errorf("%d steps: %+v", to, first)
		}
		if !k.picks(fmt.Sprint(to)) || k.run.Values()["q"].Number != fmt.Sprint(to) {
			t.Errorf("%d was not taken", to)
		}
	}
}

func TestScaleMistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*flows.Node){
		"node q, last: from 1 to 1 are 1 steps; a scale has 2 to 10":   func(n *flows.Node) { n.Last = 1 },
		"node q, last: from 1 to 11 are 11 steps; a scale has 2 to 10": func(n *flows.Node) { n.Last = 11 },
		"node q, last: from 5 to 1 are 0 steps; a scale has 2 to 10":   func(n *flows.Node) { n.First, n.Last = 5, 1 },
		"node q, last: a scale lies between -100 and 100":              func(n *flows.Node) { n.First, n.Last = 1<<62, -1<<62 },
		"node q, low: has no words in es":                              func(n *flows.Node) { n.Low = flows.Text{flows.English: "low"} },
		"node q, high: cannot hold a placeholder, as in en":            func(n *flows.Node) { n.High = both("{me}") },
		"node q, high: has 66 characters in es; 60 fit":                func(n *flows.Node) { n.High = both(strings.Repeat("x", 61)) },
		"node q, max: 3 is not between 0 and 0":                        func(n *flows.Node) { n.Max = 3 },
		"node q, first: does not belong to a field of kind \"text\"":   func(n *flows.Node) { n.Field, n.Last = flows.FieldText, 0 },
		"node q, options: a field of kind scale has none":              func(n *flows.Node) { n.Options = ask("x", flows.FieldChoice).Options },
		"node q, high: does not belong to a field of kind \"consent\"": func(n *flows.Node) { *n = ask("q", flows.FieldConsent); n.High = both("x") },
	} {
		_, err := flows.Compile(definition(with(ask("q", flows.FieldScale), change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not told %q but: %v", want, err)
		}
	}
}

// TestScaleBranch goes by a step, in the short form of a case and in words.
func TestScaleBranch(t *testing.T) {
	t.Parallel()
	for _, c := range []flows.Case{{Node: "q", Is: "4", Go: "high"}, {When: "q >= 4", Go: "high"}, {When: "q is 4", Go: "high"}} {
		for step, want := range map[string]string{"4": "high", "3": "low"} {
			k := begin(t, definition(ask("q", flows.FieldScale), branch("which", c), ask("low", flows.FieldText), ask("high", flows.FieldText)))
			k.picks(step)
			k.at(want)
		}
	}
	for _, c := range []flows.Case{{Node: "q", Is: "6", Go: flows.End}, {When: "q > 6", Go: flows.End}} {
		if _, err := flows.Compile(definition(ask("q", flows.FieldScale), branch("which", c))); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
}
