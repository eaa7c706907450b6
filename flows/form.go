package flows

import "slices"

// Characters that a form takes for what is short to write.
const (
	amountMax = 40
	orderMax  = 300
)

// FieldMark stands in a form field's id between the node and the option that the field is about.
const FieldMark = ":"

func (t *turn) openForm(f Form) { t.out = append(t.out, OpenForm{Form: f}) }

// form asks for the answer to the event's question, filled with what was typed when that was refused, or with the
// answer so far. The words of a text answer are a record of their own, which the core names and does not read.
func (t *turn) form(no *refusal) Form {
	n := t.formNode()
	fields := n.fields()
	field := &fields[0]
	v, answered := t.before(n)
	if no != nil {
		field.Value = t.e.Input
		wrong := max(0, slices.IndexFunc(fields, func(f FormField) bool { return f.ID == n.ID+FieldMark+no.at }))
		fields[wrong].Error = &Part{Style: StyleBody, Words: no.why, Args: no.args}
	} else if answered {
		field.Value, field.TextID = n.input(v), v.typed()
	}
	if n.apart() {
		n.fillApart(fields, field.Value)
	}
	return Form{
		Title:  Part{Words: "run.form-title"},
		Intro:  append([]Part{t.text(StyleBody, n.Line, n.line)}, n.menu()...),
		Fields: fields,
		Token:  t.tokenOf(VerbAnswer, n.ID),
	}
}

// fields are the inputs for the answer to n, still blank: one, or for shares one for each of few options.
func (n *node) fields() []FormField {
	if !n.apart() {
		return []FormField{n.field()}
	}
	var fields []FormField
	for _, o := range n.Options {
		fields = append(fields, FormField{
			ID: n.ID + FieldMark + o.ID, Field: FieldNumber, Label: Part{Text: o.Text}, Max: amountMax, Optional: true,
		})
	}
	return fields
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
	case FieldNumber:
		field.Max = amountMax
		if len(n.Unit) > 0 {
			field.Hint = &Part{Words: "run.hint-unit", Args: map[string]Arg{"unit": {Text: n.Unit}}}
		}
	case FieldTime:
		field.Max, field.Hint = amountMax, &Part{Words: "run.hint-time"}
	case FieldLink:
		field.Max, field.Hint = LinkMax, &Part{Words: "run.hint-link"}
	case FieldRank, FieldPoints:
		field.Max, field.Options = orderMax, nil
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
	if v.Kind != ValueText && v.Kind != ValueLink {
		return ""
	}
	return v.TextID
}

// input is an answer to n as it is filled into a form.
func (n *node) input(v Value) Input {
	switch v.Kind {
	case ValueChoice, ValueMany, ValueConsent:
		return Input{Picks: v.Picks}
	case ValueDate:
		return Input{Picks: []string{v.Date}}
	case ValueScale:
		return Input{Picks: []string{v.Number}}
	case ValueNumber:
		return Input{Text: v.Number}
	case ValueTime:
		return Input{Text: v.Clock}
	case ValueRank:
		return Input{Text: n.places(v.Picks)}
	case ValuePoints:
		return n.shares(v)
	case ValueText, ValueLink, ValuePerson, ValueUnknown, ValueSkipped, ValueDropped:
	}
	return Input{}
}
