package flowtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"convenor/flows"
)

// nothing stands for no message at all.
const nothing = "(nothing)"

// transcript is what comes back for one event, as a script writes it.
type transcript struct {
	*player
	who  person
	said []string
	kept []string
}

func (t *transcript) lines(run flows.Run) []string {
	if len(t.said) == 0 {
		t.said = []string{nothing}
	}
	state := "= " + string(run.State)
	if run.Node != "" {
		state += " at " + run.Node
	}
	if run.Confirm != "" {
		state += " asks " + run.Confirm
	}
	return append(append(t.said, t.kept...), state)
}

func (t *transcript) effect(e flows.Effect) error {
	switch e := e.(type) {
	case flows.Say:
		t.screen = append(t.screen, shown{who: e.Person, message: e.Message})
		return t.message(spoken(e.Person)+":", e.Person, e.Message)
	case flows.Edit:
		return t.edit(e)
	case flows.Whisper:
		t.screen = append(t.screen, shown{who: t.who.id, message: e.Message})
		return t.message("whisper to "+t.who.id+":", t.who.id, e.Message)
	case flows.OpenForm:
		t.forms[t.who.id] = e.Form
		return t.form(e.Form)
	case flows.KeepText:
		if e.ID == "" || t.texts[e.ID] != "" {
			return fmt.Errorf("a text is kept under the id %q, which is empty or taken", e.ID)
		}
		t.texts[e.ID] = e.Text
		t.kept = append(t.kept, "+ text by "+e.By)
	case flows.DropText:
		delete(t.texts, e.ID)
		t.kept = append(t.kept, "- text")
	case flows.KeepAnswer:
		t.answers[e.Answer.Node+"."+e.Answer.Person] = e.Answer
		line := fmt.Sprintf("+ answer %s by %s: %s %s", e.Answer.Node, e.Answer.Person, e.Answer.Value.Kind, detail(e.Answer.Value))
		if e.Answer.Mark != "" {
			line = strings.TrimSpace(line) + " as " + string(e.Answer.Mark)
		}
		t.kept = append(t.kept, strings.TrimSpace(line))
	case flows.KeepRequest:
		line := fmt.Sprintf("+ request %s by %s", e.Request.Node, e.Request.By)
		if e.Request.Closed {
			line += " closed"
		}
		if e.Request.Look != "" {
			line += " looks " + e.Request.Look
		}
		t.kept = append(t.kept, line)
	case flows.HandOver:
		t.handOver(e)
	case flows.Arm:
		t.armed = append(t.armed, e)
		t.kept = append(t.kept, fmt.Sprintf("+ at %s %s", e.At.Format("2006-01-02 15:04"), e.Kind))
	case flows.Begin:
		t.said = append(t.said, "begin "+e.Flow+":")
		t.fields(e.Given)
	}
	return nil
}

func detail(v flows.Value) string {
	return strings.Join(v.Picks, ", ") + v.Date + v.Person + v.Number + v.Clock + counts(v.Counts)
}

func counts(of []int) string {
	if len(of) == 0 {
		return ""
	}
	return fmt.Sprint(" ", of)
}

func spoken(person string) string {
	if person == "" {
		return "space"
	}
	return person
}

// edit changes what was said under the message's key: it must have been said to the same one.
func (t *transcript) edit(e flows.Edit) error {
	for i, m := range t.screen {
		if m.message.Key == e.Message.Key && m.who == e.Person && e.Message.Key != "" {
			t.screen[i].message = e.Message
			return t.message(spoken(e.Person)+", edited:", e.Person, e.Message)
		}
	}
	return fmt.Errorf("a message %q to %s is edited that was never said", e.Message.Key, spoken(e.Person))
}

func (t *transcript) handOver(h flows.HandOver) {
	t.said = append(t.said, "record "+h.Record+":")
	t.fields(h.Fields)
}

func (t *transcript) fields(fields map[string]flows.Value) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		v := fields[field]
		value := detail(v)
		if v.Kind == flows.ValueText || v.Kind == flows.ValueLink {
			value = "“" + t.texts[v.TextID] + "”"
		}
		t.said = append(t.said, "  "+field+" = "+value)
	}
}

func (t *transcript) message(head, viewer string, m flows.Message) error {
	t.seen = append(t.seen, shown{who: viewer, message: m})
	t.said = append(t.said, head)
	v := voice{player: t.player, locale: t.locale(viewer)}
	for _, part := range m.Parts {
		t.said = append(t.said, v.part(part)...)
	}
	var controls []string
	for _, c := range m.Controls {
		controls = append(controls, v.control(c))
	}
	if len(controls) > 0 {
		t.said = append(t.said, "  "+strings.Join(controls, " "))
	}
	return errors.Join(v.faults...)
}

func (t *transcript) form(f flows.Form) error {
	t.said = append(t.said, "form for "+t.who.id+":")
	v := voice{player: t.player, locale: t.who.locale}
	t.said = append(t.said, v.part(f.Title)...)
	for _, part := range f.Intro {
		t.said = append(t.said, v.part(part)...)
	}
	for _, field := range f.Fields {
		var filled []string
		options := t.options(t.who.locale, field)
		for _, o := range options {
			if slices.Contains(field.Value.Picks, o.id) {
				filled = append(filled, o.text)
			}
		}
		if len(options) == 0 {
			filled = field.Value.Picks
		}
		label := strings.TrimSpace(v.words(field.Label) + ": " + field.Value.Text + strings.Join(filled, " + "))
		t.said = append(t.said, "  "+strings.ReplaceAll(label, "\n", `\n`))
		for _, o := range options {
			t.said = append(t.said, "  ( ) "+o.text)
		}
		if field.Hint != nil {
			t.said = append(t.said, v.part(*field.Hint)...)
		}
		if field.Error != nil {
			t.said = append(t.said, "  ! "+v.words(*field.Error))
		}
	}
	return errors.Join(v.faults...)
}

// locale is the language that is spoken to a person, or in the space.
func (p *player) locale(viewer string) flows.Locale {
	for _, who := range p.script.people {
		if who.id == viewer {
			return who.locale
		}
	}
	return p.script.locale
}

func (p *player) label(viewer string, c flows.Control) string {
	v := voice{player: p, locale: p.locale(viewer)}
	return v.words(flows.Part{Words: c.Words, Text: c.Text, Args: c.Args})
}

// visible lists what a person can press.
func (p *player) visible(who person) string {
	var labels []string
	for _, m := range p.screen {
		if m.who == "" || m.who == who.id {
			v := voice{player: p, locale: p.locale(m.who)}
			for _, c := range m.message.Controls {
				labels = append(labels, v.control(c))
			}
		}
	}
	if len(labels) == 0 {
		return "nothing is there to press"
	}
	return "there is " + strings.Join(labels, " ")
}

// option is one choice of a form's field in words.
type option struct{ id, text string }

func (p *player) options(locale flows.Locale, field flows.FormField) []option {
	var options []option
	for _, o := range field.Options {
		options = append(options, option{id: o.ID, text: o.Text[locale]})
	}
	if field.Field == flows.FieldConsent {
		v := voice{player: p, locale: locale}
		options = append(options, option{flows.Yes, v.words(flows.Part{Words: "run.yes"})}, option{flows.No, v.words(flows.Part{Words: "run.no"})})
	}
	return options
}

// voice says parts in one language, in plain text.
type voice struct {
	*player
	locale flows.Locale
	faults []error
}

func (v *voice) part(p flows.Part) []string {
	text := v.words(p)
	switch p.Style {
	case flows.StyleItem:
		text = "• " + text
	case flows.StyleQuote:
		text = "“" + text + "”"
	case flows.StyleHeading, flows.StyleBody, flows.StyleSmall:
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

func (v *voice) words(p flows.Part) string {
	template, ok := p.Text[v.locale], true
	if p.Words != "" {
		count := -1
		if n := p.Args["count"].Number; n != nil {
			count = *n
		}
		template, ok = v.pack.Word(v.locale, p.Words, count)
	}
	if !ok || template == "" {
		v.faults = append(v.faults, fmt.Errorf("there are no words in %s for %s%s", v.locale, p.Words, p.Text[flows.English]))
		return p.Words
	}
	return v.fill(template, p.Args)
}

func (v *voice) fill(template string, args map[string]flows.Arg) string {
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(template, "{")
		out.WriteString(before)
		if !open {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		arg, ok := args[name]
		if !ok {
			v.faults = append(v.faults, fmt.Errorf("nothing fills {%s}", name))
		}
		out.WriteString(v.arg(arg))
		template = after
	}
}

func (v *voice) arg(a flows.Arg) string {
	switch {
	case a.TextID != "":
		text, ok := v.texts[a.TextID]
		if !ok {
			return "[withdrawn]"
		}
		if runes := []rune(text); a.Max > 0 && len(runes) > a.Max {
			return string(runes[:a.Max-1]) + "…"
		}
		return text
	case a.Person != "":
		for _, who := range v.script.people {
			if who.id == a.Person {
				return who.name
			}
		}
		return a.Person
	case a.Number != nil:
		return strconv.Itoa(*a.Number)
	case !a.At.IsZero():
		return a.At.UTC().Format("2006-01-02 15:04")
	case a.Amount != "":
		return strings.TrimSpace(a.Amount + " " + a.Unit[v.locale])
	case a.Words != "":
		return v.words(flows.Part{Words: a.Words})
	case len(a.Text) > 0:
		return a.Text[v.locale]
	case len(a.List) > 0:
		var items []string
		for _, item := range a.List {
			items = append(items, v.arg(item))
		}
		return strings.Join(items, ", ")
	default:
		return a.Date + a.Clock + a.Plain
	}
}

func (v *voice) control(c flows.Control) string {
	label := v.words(flows.Part{Words: c.Words, Text: c.Text, Args: c.Args})
	switch c.Kind {
	case flows.ControlSelect:
		var options []string
		for _, o := range c.Options {
			options = append(options, o.Text[v.locale])
		}
		return "[" + label + ": " + strings.Join(options, " / ") + "]"
	case flows.ControlPerson:
		return "[" + label + ": @]"
	case flows.ControlLink:
		return "[" + label + " -> " + c.URL + "]"
	case flows.ControlButton:
	}
	return "[" + label + "]"
}
