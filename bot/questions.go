package bot

import (
	"context"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/own"
)

// question shows the coalition's own questions of an activity, or offers the activities.
func (v *visit) question(ctx context.Context, which string) error {
	a, ok := v.activity(which)
	if !ok {
		v.choose(flows.Token{Verb: flows.VerbMenu, Object: flowQuestion}, "own.which")
		return nil
	}
	return v.ownList(ctx, a)
}

// owned are all questions that the coalition ever added to an activity.
func (v *visit) owned(ctx context.Context, activity string) ([]own.Question, error) {
	return all[own.Question](ctx, v.work, flows.KindOwn, activity)
}

// asked are those of them that are still asked.
func (v *visit) asked(ctx context.Context, activity string) ([]own.Question, error) {
	list, err := v.owned(ctx, activity)
	return own.Asked(list), err
}

// expanded is a definition with the coalition's own questions, when it is about an activity.
func (v *visit) expanded(ctx context.Context, d flows.Definition) (flows.Definition, error) {
	if d.Activity == "" {
		return d, nil
	}
	list, err := v.owned(ctx, d.Activity)
	return own.Expand(d, list, v.phrase), err
}

// phrase is one phrase of the catalogue in one language.
func (v *visit) phrase(locale flows.Locale, key string) string {
	return Voice{v.b.Pack}.Word(locale, key)
}

// ownList shows the own questions of an activity, with what this person can do about each.
func (v *visit) ownList(ctx context.Context, a flows.Activity) error {
	list, err := v.owned(ctx, a.ID)
	if err != nil {
		return err
	}
	asked := own.Asked(list)
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "own.title", map[string]flows.Arg{"title": {Text: a.Title}})}}
	if len(asked) == 0 {
		m.Parts = append(m.Parts, said(flows.StyleBody, "own.none", nil))
	}
	for _, q := range asked {
		m.Parts = append(m.Parts, said(flows.StyleItem, "own.item", map[string]flows.Arg{
			"label": {Text: q.Label(v.phrase)}, "line": {TextID: q.Line},
		}))
	}
	if v.roleMay(v.person.Role, flows.VerbOwn, flows.RecordQuestion) && len(asked) < own.Max {
		m.Controls = append(m.Controls, button("own.add", flows.Token{Verb: flows.VerbOwn, Object: optionID(a.ID), Node: "add"}))
	}
	mine := slices.DeleteFunc(asked, func(q own.Question) bool { return !v.mayEdit(q) })
	worded := slices.DeleteFunc(list, func(q own.Question) bool { return !v.mayEdit(q) || q.Line == "" })
	for _, do := range []struct {
		words, node string
		which       []own.Question
	}{{"own.change", "change", mine}, {"own.remove", "remove", mine}, {"own.erase", "erase", newestOf(worded)}} {
		if len(do.which) > 0 {
			m.Controls = append(m.Controls, v.pickQuestion(do.words, do.node, a, do.which))
		}
	}
	m.Controls = append(m.Controls, button("activities.back", flows.Token{Verb: flows.VerbMenu, Object: menuActivities}))
	v.whisper = &m
	return nil
}

// newestOf are as many of the newest questions as a menu takes.
func newestOf(list []own.Question) []own.Question {
	return list[max(0, len(list)-flows.ChoiceMax):]
}

// mayEdit reports whether a question is the person's to change or take back: they wrote it, or they guide.
func (v *visit) mayEdit(q own.Question) bool {
	return q.By == v.person.ID || v.roleMay(v.person.Role, flows.VerbMark)
}

// pickQuestion is a menu of own questions, by their label: a menu's options hold no typed words.
func (v *visit) pickQuestion(words, node string, a flows.Activity, list []own.Question) flows.Control {
	c := flows.Control{Kind: flows.ControlSelect, Words: words, Token: flows.Token{Verb: flows.VerbOwn, Object: optionID(a.ID), Node: node}}
	for _, q := range list {
		c.Options = append(c.Options, flows.Option{ID: q.ID, Text: q.Label(v.phrase)})
	}
	return c
}

// ownPress carries out what can be done with the coalition's own questions.
func (v *visit) ownPress(ctx context.Context, t flows.Token) error {
	a, ok := v.activity(t.Object)
	switch {
	case !ok:
		return v.unknownControl()
	case t.Node == "":
		return v.ownList(ctx, a)
	}
	list, err := v.owned(ctx, a.ID)
	if err != nil {
		return err
	}
	if t.Node == "add" {
		if len(own.Asked(list)) >= own.Max {
			return v.say("own.full", button("own.see", flows.Token{Verb: flows.VerbOwn, Object: t.Object}))
		}
		return v.begin(ctx, errand{flow: flowQuestion, space: v.space, object: a.ID})
	}
	i := slices.IndexFunc(list, func(q own.Question) bool { return q.ID == t.Arg && q.Line != "" })
	switch {
	case i < 0 || list[i].Removed && t.Node != "erase":
		return v.say("error.gone")
	case !v.mayEdit(list[i]):
		return v.refused(coalition.NeedsGuide)
	case t.Node == "change":
		return v.begin(ctx, errand{flow: flowQuestion, space: v.space, object: a.ID + "/" + t.Arg})
	case t.Node == "remove":
		return v.endQuestion(ctx, own.Remove(list[i]), "own.removed", t.Object)
	case t.Node == "erase":
		return v.endQuestion(ctx, own.Erase(list[i]), "own.erased", t.Object)
	default:
		return v.unknownControl()
	}
}

func (v *visit) endQuestion(ctx context.Context, c flows.Change, words, activity string) error {
	if err := v.fold(ctx, c, origin{ID: v.b.ID(), Person: v.person.ID, Via: v.in.Platform, At: v.at}); err != nil {
		return err
	}
	return v.say(words, button("own.see", flows.Token{Verb: flows.VerbOwn, Object: activity}))
}

// addQuestion keeps a question that somebody was asked for, and says kindly what could be better about it.
func (v *visit) addQuestion(ctx context.Context, h flows.HandOver, id string) error {
	activity, _, _ := strings.Cut(h.Run.Object, "/")
	a, ok := v.activity(activity)
	if !ok {
		return v.say("error.gone")
	}
	list, err := v.owned(ctx, activity)
	if err != nil {
		return err
	}
	q, c, ok := own.Add(h, list, v.person.Locale)
	m := flows.Message{Parts: []flows.Part{said(flows.StyleBody, "own.full", nil)}}
	if ok {
		if m, err = v.added(ctx, q, a); err != nil {
			return err
		}
	}
	c.Effects = append(c.Effects, flows.Say{Person: v.person.ID, Message: m})
	return v.fold(ctx, c, origin{ID: id, Person: v.person.ID, Via: v.in.Platform, At: v.at})
}

// added tells that a question is kept, with its words and what could be said more kindly or more simply. It is advice:
// the question is kept as it is.
func (v *visit) added(ctx context.Context, q own.Question, a flows.Activity) (flows.Message, error) {
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleBody, "own.added", map[string]flows.Arg{"title": {Text: a.Title}}),
		said(flows.StyleQuote, "run.words", map[string]flows.Arg{"text": {TextID: q.Line}}),
	}}
	typed, _, err := find[flows.Typed](ctx, v.work, flows.Ref{Kind: flows.KindText, ID: q.Line})
	if err != nil {
		return m, err
	}
	advice := v.b.Pack.Advise(q.Locale, typed.Text)
	if advice.Unkind != "" {
		m.Parts = append(m.Parts, said(flows.StyleBody, "own.kinder", map[string]flows.Arg{"word": {Plain: advice.Unkind}, "kinder": {Plain: advice.Kinder}}))
	}
	if advice.Hard {
		m.Parts = append(m.Parts, said(flows.StyleBody, "own.simpler", nil))
	}
	m.Controls = []flows.Control{
		button("own.change-it", flows.Token{Verb: flows.VerbOwn, Object: optionID(a.ID), Node: "change", Arg: q.ID}),
		button("own.see", flows.Token{Verb: flows.VerbOwn, Object: optionID(a.ID)}),
	}
	return m, nil
}

// myQuestions counts the own questions that the person wrote and whose words are there.
func (v *visit) myQuestions(ctx context.Context, m *flows.Message) error {
	if err := v.load(ctx, v.ownRefs()...); err != nil {
		return err
	}
	count := 0
	for _, a := range v.b.Pack.Activities() {
		list, err := v.owned(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, q := range list {
			if q.By == v.person.ID && q.Line != "" {
				count++
			}
		}
	}
	if count > 0 {
		m.Parts = append(m.Parts, said(flows.StyleBody, "own.mine", map[string]flows.Arg{"count": {Number: &count}}))
	}
	return nil
}

// ownRefs names the coalition's own questions.
func (v *visit) ownRefs() (refs []flows.Ref) {
	for _, a := range v.b.Pack.Activities() {
		refs = append(refs, flows.Ref{Kind: flows.KindOwn, Under: a.ID})
	}
	return refs
}
