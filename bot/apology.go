package bot

import (
	"maps"
	"slices"

	"convenor/flows"
)

// apology tells the one who acted that nothing was saved, without asking the store for anything. A sent form comes back
// as it was typed.
func (b *Bot) apology(v *visit) Answer {
	if v.in.Submit != nil {
		return b.notNow(v, "error.save-form")
	}
	if v.in.Press != nil {
		return b.notNow(v, "error.save")
	}
	return b.notNow(v, "error.save-typed")
}

// notNow says one sentence without asking the store for anything; a sent form comes back with it.
func (b *Bot) notNow(v *visit, words string) Answer {
	locale := v.person.Locale
	if locale == "" {
		locale = spoken(v.in.Locale, flows.English)
	}
	if v.in.Submit != nil {
		f := b.formAgain(*v.in.Submit, locale, words)
		return Answer{Form: &f}
	}
	m := Voice{b.Pack}.Message(flows.Message{Parts: []flows.Part{said(flows.StyleBody, words, nil)}}, Reader{Locale: locale})
	return Answer{Whisper: &m}
}

// formAgain is the form that was sent, with what was typed and why it comes back.
func (b *Bot) formAgain(s Submit, locale flows.Locale, why string) Form {
	f, ok := b.shown.form(s.Token)
	if !ok {
		f = b.plainForm(s, locale)
	}
	for i := range f.Fields {
		f.Fields[i].Value, f.Fields[i].Error = s.Fields[f.Fields[i].ID], ""
	}
	if len(f.Fields) > 0 {
		f.Fields[0].Error = Voice{b.Pack}.Word(f.Locale, why)
	}
	return f
}

// plainForm stands in for a form that is not remembered: every text in a box of its own, every pick kept as it was.
func (b *Bot) plainForm(s Submit, locale flows.Locale) Form {
	t, _ := flows.ParseToken(s.Token)
	m := flows.Form{Title: flows.Part{Words: "error.form-title"}, Token: t}
	for _, id := range slices.Sorted(maps.Keys(s.Fields)) {
		field := flows.FormField{ID: id, Field: flows.FieldText, Label: flows.Part{Words: "error.form-label"}, Max: flows.TextMax}
		if len(s.Fields[id].Picks) > 0 {
			field.Field = flows.FieldMany
			for _, pick := range s.Fields[id].Picks {
				field.Options = append(field.Options, flows.Option{ID: pick, Text: flows.Text{flows.English: pick, flows.Spanish: pick}})
			}
		}
		m.Fields = append(m.Fields, field)
	}
	return Voice{b.Pack}.Form(m, Reader{Locale: locale})
}
