package flows

func (t *turn) openForm(f Form) { t.out = append(t.out, OpenForm{Form: f}) }

// form asks for the answer to the event's question, filled with what was typed when that was refused, or with the
// answer so far. The words of a text answer are a record of their own, which the core names and does not read.
func (t *turn) form(no *refusal) Form {
	n := t.formNode()
	field := n.field()
	if no != nil {
		field.Value = t.e.Input
		field.Error = &Part{Style: StyleBody, Words: no.why, Args: no.args}
	} else if v, ok := t.before(n); ok {
		field.Value, field.TextID = v.input(), v.typed()
	}
	return Form{
		Title:  Part{Words: "run.form-title"},
		Intro:  []Part{t.text(StyleBody, n.Line, n.line)},
		Fields: []FormField{field},
		Token:  t.tokenOf(VerbAnswer, n.ID),
	}
}

// field is the input for the answer to n, still blank.
func (n *node) field() FormField {
	field := FormField{ID: n.ID, Field: n.Field, Label: Part{Text: n.Label}, Options: n.picks}
	switch n.Field {
	case FieldText:
		field.Max = n.textMax()
	case FieldMany:
		field.Max = n.picksMax()
		if field.Max < len(n.Options) {
			field.Hint = &Part{Words: "run.hint-many", Args: map[string]Arg{"max": {Number: &field.Max}}}
		}
	case FieldDate:
		field.Hint = &Part{Words: "run.hint-date"}
	case FieldChoice, FieldPerson, FieldConsent, FieldScale:
	}
	return field
}

// whoForm asks who would know. It may stay blank.
func (t *turn) whoForm(no *refusal) Form {
	n := t.formNode()
	field := FormField{
		ID: n.ID, Field: FieldText, Label: Part{Words: "run.who-label"}, Hint: &Part{Words: "run.who-hint"},
		Max: WhoMax, Optional: true,
	}
	if no != nil {
		field.Value = t.e.Input
		field.Error = &Part{Style: StyleBody, Words: no.why, Args: no.args}
	}
	return Form{
		Title:  Part{Words: "run.who-title"},
		Intro:  []Part{t.text(StyleBody, n.Line, n.line)},
		Fields: []FormField{field},
		Token:  t.tokenOf(VerbUnknown, n.ID),
	}
}

// formNode is the question that the event is about.
func (t *turn) formNode() *node {
	if t.e.Node != "" {
		return &t.f.nodes[t.f.index[t.e.Node]]
	}
	return t.waiting()
}

// before is what the one who acts answered to n so far.
func (t *turn) before(n *node) (Value, bool) {
	if t.run.Group {
		if t.e.Prior == nil {
			return Value{}, false
		}
		return *t.e.Prior, true
	}
	e, ok := t.run.live(n.ID)
	return e.Value, ok
}

// typed is the id of a text answer's words.
func (v Value) typed() string {
	if v.Kind != ValueText {
		return ""
	}
	return v.TextID
}

// input is a value as it is filled into a form.
func (v Value) input() Input {
	switch v.Kind {
	case ValueChoice, ValueMany, ValueConsent:
		return Input{Picks: v.Picks}
	case ValueDate:
		return Input{Picks: []string{v.Date}}
	case ValueScale:
		return Input{Picks: []string{v.Number}}
	case ValueText, ValuePerson, ValueUnknown, ValueSkipped, ValueDropped:
	}
	return Input{}
}
