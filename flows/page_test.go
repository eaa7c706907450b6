package flows_test

import (
	"strings"
	"testing"

	"convenor/flows"
)

// signup asks three things one after another, then for consent.
func signup() flows.Definition {
	name, by, lead := ask("name", flows.FieldText), ask("by", flows.FieldDate), ask("lead", flows.FieldPerson)
	name.Required, lead.Required = true, true
	return definition(name, by, lead, ask("agree", flows.FieldConsent))
}

func filled(node, text string, picks ...string) flows.Filled {
	return flows.Filled{Node: node, Input: flows.Input{Text: text, Picks: picks}, TextID: "text-" + node}
}

func (k *talk) fills(page ...flows.Filled) bool {
	k.t.Helper()
	return k.send(flows.Event{Kind: flows.EventPage, Node: k.run.Node, Rev: k.run.Drawn, Form: true, Page: page})
}

func fields(form flows.Form) string {
	var ids []string
	for _, f := range form.Fields {
		id := f.ID
		if f.Error != nil {
			id += "!"
		}
		ids = append(ids, id)
	}
	return strings.Join(ids, " ")
}

func TestPageIsOneRevision(t *testing.T) {
	t.Parallel()
	k := begin(t, signup())
	rev := k.run.Rev
	if k.does(flows.EventPage); fields(every[flows.OpenForm](k.out)[0].Form) != "name by lead" || k.run.Rev != rev {
		t.Fatalf("%+v", k.out)
	}
	if !k.fills(filled("name", "Dana"), filled("by", ""), filled("lead", "", "lee")) || k.run.Rev != rev+1 {
		t.Fatalf("%+v", k.run)
	}
	k.at("agree")
	values := k.run.Values()
	if values["name"].TextID != "text-name" || values["by"].Kind != flows.ValueSkipped || values["lead"].Person != "lee" {
		t.Errorf("%+v", values)
	}
	if got := strings.Join(k.run.Trail, " "); got != "name by lead" {
		t.Errorf("the trail is %q", got)
	}
	if edits := every[flows.Edit](k.out); len(edits) != 1 || words(edits[0].Message) != "run.page-said | run.line | run.line | run.line" {
		t.Errorf("%+v", edits)
	}
}

// TestPageKeepsADraft has one field wrong: the others are kept, and only what needs mending is asked again.
func TestPageKeepsADraft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		page  []flows.Filled
		at    string
		again string // the form that comes back; empty: dates to choose from
		keeps int
	}{
		"the first":         {[]flows.Filled{filled("name", " "), filled("by", "tomorrow"), filled("lead", "", "lee")}, "name", "name!", 2},
		"one in the middle": {[]flows.Filled{filled("name", "Dana"), filled("by", "someday"), filled("lead", "", "lee")}, "by", "by!", 2},
		"two":               {[]flows.Filled{filled("name", "Dana"), filled("by", "someday"), filled("lead", "")}, "by", "by! lead!", 1},
		"two readings":      {[]flows.Filled{filled("name", "Dana"), filled("by", "4/5"), filled("lead", "", "lee")}, "by", "", 2},
		"a field not sent":  {[]flows.Filled{filled("name", "Dana")}, "lead", "lead!", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := begin(t, signup())
			if !k.fills(c.page...) {
				t.Fatal("refused as a whole")
			}
			k.at(c.at)
			if got := len(k.run.Values()); got != c.keeps {
				t.Errorf("%d answers are kept: %+v", got, k.run.Values())
			}
			forms := every[flows.OpenForm](k.out)
			if c.again == "" {
				if whispers := every[flows.Whisper](k.out); len(forms) > 0 || len(whispers) != 1 || len(whispers[0].Message.Controls) != 3 {
					t.Errorf("%+v", k.out)
				}
				return
			}
			if len(forms) != 1 || !strings.HasPrefix(fields(forms[0].Form), c.again) {
				t.Errorf("the form that comes back is %+v", forms)
			}
		})
	}
}

// TestPageAsks has a date to be asked about and nothing else that was filled in: the readings come as buttons, and the
// one that is pressed is taken.
func TestPageAsks(t *testing.T) {
	t.Parallel()
	optional := signup()
	optional.Nodes[0].Required = false
	for name, c := range map[string]struct {
		def   flows.Definition
		page  []flows.Filled
		taken bool // the run went on to the date
		says  string
		want  string
	}{
		"far, the first":       {definition(ask("by", flows.FieldDate), ask("name", flows.FieldText)), []flows.Filled{filled("by", "2034-03-01"), filled("name", "")}, false, "run.refuse.far", "2034-03-01"},
		"with a time":          {definition(ask("by", flows.FieldDate), ask("name", flows.FieldText)), []flows.Filled{filled("by", "friday 3pm"), filled("name", "")}, false, "run.refuse.timed", "2026-03-06"},
		"far, after a blank":   {optional, []flows.Filled{filled("name", ""), filled("by", "2034-03-01"), filled("lead", "")}, true, "run.refuse.far", "2034-03-01"},
		"two, after a blank":   {optional, []flows.Filled{filled("name", ""), filled("by", "4/5"), filled("lead", "")}, true, "run.refuse.two-dates", "2026-04-05"},
		"far, after an answer": {signup(), []flows.Filled{filled("name", "Dana"), filled("by", "2034-03-01"), filled("lead", "", "lee")}, true, "run.refuse.far", "2034-03-01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := begin(t, c.def)
			if k.fills(c.page...) != c.taken {
				t.Fatalf("taken: %v", !c.taken)
			}
			k.at("by")
			whispers := every[flows.Whisper](k.out)
			if len(whispers) != 1 || whispers[0].Message.Parts[0].Words != c.says || len(every[flows.OpenForm](k.out)) > 0 {
				t.Fatalf("%+v", k.out)
			}
			press := whispers[0].Message.Controls[0].Token
			if !k.send(flows.Event{Kind: flows.EventKind(press.Verb), Node: press.Node, Rev: press.Rev, Input: flows.Input{Picks: []string{press.Arg}}}) {
				t.Fatalf("the press is refused: %+v", k.out)
			}
			if got := k.run.Values()["by"].Date; got != c.want {
				t.Errorf("%q is taken, not %q", got, c.want)
			}
		})
	}
}

func TestPageWithNothingGood(t *testing.T) {
	t.Parallel()
	k := begin(t, signup())
	if k.fills(filled("name", ""), filled("by", ""), filled("lead", "")) {
		t.Error("taken")
	}
	form := every[flows.OpenForm](k.out)[0].Form
	if fields(form) != "name! by lead!" {
		t.Errorf("%+v", form)
	}
}

// TestPageAgain goes back and sends the page once more: what is the same stays as it was, what is new replaces it.
func TestPageAgain(t *testing.T) {
	t.Parallel()
	k := begin(t, signup())
	k.fills(filled("name", "Dana"), filled("by", "tomorrow"), filled("lead", "", "lee"))
	k.send(flows.Event{Kind: flows.EventChange, Node: "name"})
	k.does(flows.EventPage)
	form := every[flows.OpenForm](k.out)[0].Form
	if fields(form) != "name by" || form.Fields[0].TextID != "text-name" || form.Fields[1].Value.Picks[0] != "2026-03-03" {
		t.Fatalf("%+v", form.Fields)
	}
	same := filled("name", "Dana")
	same.Same = true
	k.fills(same, filled("by", "2026-03-09"))
	k.at("agree")
	values := k.run.Values()
	if values["name"].TextID != "text-name" || values["by"].Date != "2026-03-09" || values["lead"].Person != "lee" {
		t.Errorf("%+v", values)
	}
	if len(k.run.Values()) != 3 || len(every[flows.DropText](k.out)) > 0 {
		t.Errorf("%+v", k.run.Log)
	}
	k.send(flows.Event{Kind: flows.EventChange, Node: "by"})
	k.picks("2026-04-01")
	edits := every[flows.Edit](k.out)
	if len(edits) != 2 || strings.Contains(words(edits[0].Message), "run.line") {
		t.Errorf("the page still shows the old date: %+v", edits)
	}
}

// TestPageLeavesTheUnknown sends a page with a blank where the person said that they do not know: that is no skip.
func TestPageLeavesTheUnknown(t *testing.T) {
	t.Parallel()
	k := begin(t, definition(ask("one", flows.FieldText), ask("two", flows.FieldText), ask("agree", flows.FieldConsent)))
	k.send(flows.Event{Kind: flows.EventUnknown, Input: flows.Input{Text: "my sister"}})
	k.does(flows.EventBack)
	k.fills(filled("one", ""), filled("two", "words"))
	k.at("agree")
	if v := k.run.Values()["one"]; v.Kind != flows.ValueUnknown || v.TextID == "" {
		t.Errorf("%+v", v)
	}
}

func TestNoPage(t *testing.T) {
	t.Parallel()
	activity := signup()
	activity.Activity = "2.3.3"
	group := signup()
	group.Group = true
	one := definition(ask("name", flows.FieldText), ask("agree", flows.FieldConsent))
	for name, d := range map[string]flows.Definition{"an activity": activity, "a group": group, "one question": one} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := begin(t, d)
			for _, c := range every[flows.Say](k.out)[len(every[flows.Say](k.out))-1].Message.Controls {
				if c.Token.Verb == flows.VerbPage {
					t.Error("offered")
				}
			}
			if k.fills(filled("name", "Dana")) || len(every[flows.OpenForm](k.out)) > 0 {
				t.Errorf("taken: %+v", k.out)
			}
		})
	}
}

// TestPageOverABranch has answered what only one branch asks: a page could make that void without a word, so there is
// none until the way is clear.
func TestPageOverABranch(t *testing.T) {
	t.Parallel()
	d := forked()
	d.Nodes = append([]flows.Node{ask("first", flows.FieldText)}, d.Nodes...)
	k := begin(t, d)
	k.types("words")
	k.picks("a")
	k.types("for a")
	k.send(flows.Event{Kind: flows.EventChange, Node: "first"})
	if k.does(flows.EventPage); len(every[flows.OpenForm](k.out)) > 0 {
		t.Error("a page was opened")
	}
}
