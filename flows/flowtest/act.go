package flowtest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"convenor/flows"
)

var errAct = errors.New(`an action is "ID starts", "ID types: WORDS", "ID presses [LABEL]", "ID presses [LABEL] of NODE", "ID presses again", ` +
	`"ID picks: OPTION", "ID submits: WORDS", "ID does VERB [NODE] [with PICK]", "ID reads LOCALE", "after DURATION" or "today DATE"`)

// act carries out one action.
func (p *player) act(a act) error {
	id, did, _ := strings.Cut(a.did, " ")
	switch id {
	case "today":
		return p.moveTo(did)
	case "after":
		return p.wait(did)
	}
	who, err := p.person(id)
	if err != nil {
		return err
	}
	if locale, ok := strings.CutPrefix(did, "reads "); ok {
		return p.reads(who, flows.Locale(locale))
	}
	if (did == "starts") != (p.run.State == "") {
		return errors.New(`the first action is "ID starts", and only that`)
	}
	verb, words, _ := strings.Cut(did, " ")
	switch verb {
	case "starts":
		p.run.Person = who.id
		return p.send(who, flows.Event{Kind: flows.EventStart})
	case "types:":
		return p.types(who, typed(words))
	case "presses":
		return p.presses(who, words)
	case "picks:":
		return p.picks(who, words)
	case "submits:", "submits":
		return p.submits(who, typed(words))
	case "does":
		return p.does(who, words)
	}
	return errAct
}

// does sends an event without a control.
func (p *player) does(who person, words string) error {
	words, pick, picked := strings.Cut(words, " with ")
	kind, node, _ := strings.Cut(words, " ")
	e := flows.Event{Kind: flows.EventKind(kind), Node: node}
	if picked {
		e.Input.Picks = []string{pick}
	}
	return p.send(who, e)
}

// reads lets a person read another language from now on, as a command sets it.
func (p *player) reads(who person, locale flows.Locale) error {
	if locale != flows.English && locale != flows.Spanish {
		return fmt.Errorf("%q is no language of the pack: en or es", locale)
	}
	for i := range p.script.people {
		if p.script.people[i].id == who.id {
			p.script.people[i].locale = locale
		}
	}
	return nil
}

// types sends typed text. As the shell does, a name that is known becomes the person when one is asked for.
func (p *player) types(who person, text string) error {
	input := flows.Input{Text: text}
	if n, ok := p.flow.Node(p.run.Node); ok && n.Field == flows.FieldPerson {
		if id, ok := p.named(text); ok {
			input = flows.Input{Picks: []string{id}}
		}
	}
	return p.send(who, flows.Event{Kind: flows.EventAnswer, Input: input})
}

func (p *player) presses(who person, words string) error {
	if words == "again" {
		last, ok := p.last[who.id]
		if !ok {
			return errors.New("nothing was pressed before")
		}
		return p.press(who, last)
	}
	parts := regexp.MustCompile(`^\[(.+)\](?: of (\S+))?$`).FindStringSubmatch(words)
	if parts == nil {
		return errAct
	}
	label, node := parts[1], parts[2]
	screen := p.screen
	if node != "" {
		screen = p.seen
	}
	for _, m := range slices.Backward(screen) {
		if m.who != "" && m.who != who.id {
			continue
		}
		for _, c := range m.message.Controls {
			if c.Kind == flows.ControlButton && p.label(m.who, c) == label && (node == "" || c.Token.Node == node) {
				return p.press(who, press{token: c.Token})
			}
		}
	}
	return fmt.Errorf("%s sees no button [%s]: %s", who.id, label, p.visible(who))
}

// picks chooses in the newest menu that has the option, or in the newest picker of people.
func (p *player) picks(who person, option string) error {
	option, menu, _ := strings.Cut(strings.TrimSuffix(option, "]"), " in [")
	for _, m := range slices.Backward(p.screen) {
		if m.who != "" && m.who != who.id {
			continue
		}
		for _, c := range m.message.Controls {
			if pick, ok := p.pick(m.who, c, option); ok && (menu == "" || p.label(m.who, c) == menu) {
				return p.press(who, press{token: c.Token, picks: []string{pick}})
			}
		}
	}
	return fmt.Errorf("%s sees no menu with %q: %s", who.id, option, p.visible(who))
}

func (p *player) pick(viewer string, c flows.Control, option string) (id string, ok bool) {
	switch c.Kind {
	case flows.ControlSelect:
		for _, o := range c.Options {
			if o.Text[p.locale(viewer)] == option {
				return o.ID, true
			}
		}
	case flows.ControlPerson:
		return p.named(option)
	case flows.ControlButton, flows.ControlLink:
	}
	return "", false
}

// press sends a control's token back as text, as a platform does.
func (p *player) press(who person, pressed press) error {
	token, err := flows.ParseToken(pressed.token.String())
	if err != nil {
		return fmt.Errorf("token %q: %w", pressed.token, err)
	}
	if token != pressed.token {
		return fmt.Errorf("token %q came back as %q", pressed.token, token)
	}
	if token.Object != p.run.ID {
		return fmt.Errorf("this button leads away from this conversation, to %s %s", token.Verb, token.Object)
	}
	p.last[who.id] = pressed
	input := flows.Input{Picks: pressed.picks}
	if token.Arg != "" {
		input.Picks = []string{token.Arg}
	}
	return p.send(who, flows.Event{Kind: flows.EventKind(token.Verb), Node: token.Node, Rev: token.Rev, Input: input})
}

// submits sends the open form.
func (p *player) submits(who person, words string) error {
	form, ok := p.forms[who.id]
	if !ok {
		return fmt.Errorf("%s has no form open", who.id)
	}
	delete(p.forms, who.id)
	token, err := flows.ParseToken(form.Token.String())
	if err != nil {
		return fmt.Errorf("token %q: %w", form.Token, err)
	}
	e := flows.Event{Kind: flows.EventKind(token.Verb), Node: token.Node, Rev: token.Rev, Form: true}
	if token.Verb != flows.VerbPage {
		e.Input = p.filled(who, form.Fields[0], words)
		if len(form.Fields) > 1 {
			e.Input = apart(token.Node, form.Fields, words)
		}
		return p.send(who, e)
	}
	typed := map[string]string{}
	for field := range strings.SplitSeq(words, " | ") {
		id, text, _ := strings.Cut(field, ": ")
		typed[id] = text
	}
	for i, field := range form.Fields {
		filled := flows.Filled{Node: field.ID, TextID: fmt.Sprintf("text%d-%d", p.events+1, i+1)}
		text, written := typed[field.ID]
		delete(typed, field.ID)
		switch {
		case written:
			filled.Input = p.filled(who, field, text)
		case field.TextID != "":
			filled.Input, filled.Same = flows.Input{Text: p.texts[field.TextID]}, true
		default:
			filled.Input = field.Value
		}
		e.Page = append(e.Page, filled)
	}
	for id := range typed {
		return fmt.Errorf("the form has no field %q", id)
	}
	return p.send(who, e)
}

// apart is what a form with a field for each option sends: words joined by " + ", in the order of the fields.
func apart(node string, fields []flows.FormField, words string) flows.Input {
	in := flows.Input{Each: map[string]string{}}
	typed := strings.Split(words, " + ")
	for i, field := range fields {
		if i < len(typed) {
			in.Each[strings.TrimPrefix(field.ID, node+flows.FieldMark)] = typed[i]
		}
	}
	return in
}

// filled is what a form's field sends for the words of a script.
func (p *player) filled(who person, field flows.FormField, words string) flows.Input {
	switch field.Field {
	case flows.FieldText, flows.FieldDate, flows.FieldNumber, flows.FieldTime, flows.FieldLink, flows.FieldRank,
		flows.FieldPoints:
		return flows.Input{Text: words}
	case flows.FieldPerson:
		if id, ok := p.named(words); ok {
			return flows.Input{Picks: []string{id}}
		}
		return flows.Input{}
	case flows.FieldChoice, flows.FieldMany, flows.FieldConsent, flows.FieldScale:
	}
	var picks []string
	for word := range strings.SplitSeq(words, " + ") {
		pick := word
		for _, o := range p.options(who.locale, field) {
			if o.text == word {
				pick = o.id
			}
		}
		if pick != "" {
			picks = append(picks, pick)
		}
	}
	return flows.Input{Picks: picks}
}
