package bot

import (
	"context"
	"slices"

	"convenor/flows"
	"convenor/flows/progress"
)

// card looks closer at one activity: what gets done, where it stands, what it builds on, and all that can be done with
// it.
func (v *visit) card(ctx context.Context, s progress.Standing, list []progress.Standing) error {
	asked, err := v.asked(ctx, s.ID)
	if err != nil {
		return err
	}
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleHeading, "activities.name", titled(s)),
		{Style: flows.StyleBody, Text: s.Goal},
		v.statePart("activities.is.", s),
	}}
	if s.Mark != nil {
		m.Parts = append(m.Parts, said(flows.StyleSmall, "activities.marked", map[string]flows.Arg{"name": {Person: s.Mark.By}}))
	}
	if s.Last != nil {
		m.Parts = append(m.Parts, said(flows.StyleItem, "activities.last", map[string]flows.Arg{
			"date": {Date: v.civil(s.Last.Ended)}, "count": {Number: &s.Last.Answers},
		}))
		if s.Last.Unknown > 0 {
			m.Parts = append(m.Parts, said(flows.StyleItem, "activities.last-unknown", map[string]flows.Arg{"count": {Number: &s.Last.Unknown}}))
		}
	}
	m.Parts = append(m.Parts, said(flows.StyleItem, "activities.questions", map[string]flows.Arg{"count": {Number: &s.Questions}}))
	if count := len(asked); count > 0 {
		m.Parts = append(m.Parts, said(flows.StyleItem, "own.count", map[string]flows.Arg{"count": {Number: &count}}))
	}
	m.Parts = append(m.Parts, buildsOn(s, list)...)
	if s.Page != "" {
		m.Parts = append(m.Parts, said(flows.StyleSmall, "activities.page", map[string]flows.Arg{"page": {Plain: s.Page}}))
	}
	m.Controls = v.cardControls(s, len(asked))
	v.whisper = &m
	return nil
}

// buildsOn names each activity that this one needs, with its state. It is advice: nothing is locked.
func buildsOn(s progress.Standing, list []progress.Standing) []flows.Part {
	var parts []flows.Part
	for _, before := range list {
		for _, id := range s.BuildsOn {
			if before.ID == id {
				args := titled(before)
				args["state"] = flows.Arg{Words: "activities.short." + string(before.State)}
				parts = append(parts, said(flows.StyleItem, "activities.builds-on", args))
			}
		}
	}
	if len(s.Waits) > 0 {
		parts = append(parts, said(flows.StyleSmall, "activities.builds-why", nil))
	}
	return parts
}

// cardControls are what this person can do with an activity here.
func (v *visit) cardControls(s progress.Standing, own int) []flows.Control {
	var controls []flows.Control
	role := v.person.Role
	switch here := v.here(s); {
	case here != nil && v.resumes(*here):
		controls = append(controls, button("menu.round-resume", flows.Token{Verb: flows.VerbResume, Object: here.Run}))
	case here == nil && v.space != "" && v.roleMay(role, flows.VerbAsk):
		controls = append(controls, button("activities.ask-here", flows.Token{Verb: flows.VerbAsk, Object: s.ID}))
	}
	controls = append(controls, button("activities.alone", flows.Token{Verb: flows.VerbStart, Object: alone, Arg: optionID(s.ID)}))
	controls[0].Primary = true
	switch {
	case own > 0:
		controls = append(controls, button("own.see", flows.Token{Verb: flows.VerbOwn, Object: optionID(s.ID)}))
	case v.roleMay(role, flows.VerbOwn, flows.RecordQuestion):
		controls = append(controls, button("own.add", flows.Token{Verb: flows.VerbOwn, Object: optionID(s.ID), Node: "add"}))
	}
	if v.roleMay(role, flows.VerbMark) {
		mark := func(words string, state progress.State) flows.Control {
			return button(words, flows.Token{Verb: flows.VerbMark, Object: optionID(s.ID), Arg: string(state)})
		}
		if s.State != progress.Done {
			controls = append(controls, mark("activities.mark-done", progress.Done))
		}
		if s.State != progress.Skipped {
			controls = append(controls, mark("activities.mark-skipped", progress.Skipped))
		}
		if s.Mark != nil {
			controls = append(controls, mark("activities.mark-undo", progress.New))
		}
	}
	if s.Link != "" {
		controls = append(controls, flows.Control{Kind: flows.ControlLink, Words: "run.open-page", URL: s.Link})
	}
	return append(controls, button("activities.back", flows.Token{Verb: flows.VerbMenu, Object: menuActivities}))
}

// mark keeps what somebody who guides says about an activity, and shows the activity as it stands then.
func (v *visit) mark(ctx context.Context, t flows.Token) error {
	a, ok := v.activity(t.Object)
	if !ok {
		return v.unknownControl()
	}
	f, err := v.facts(ctx)
	if err != nil {
		return err
	}
	c := progress.Marked(a.ID, progress.State(t.Arg), v.person.ID, v.at)
	if err := v.fold(ctx, c, origin{}); err != nil {
		return err
	}
	f.Marks = slices.DeleteFunc(f.Marks, func(m progress.Mark) bool { return m.Activity == a.ID })
	if m, kept := c.Puts[0].Value.(progress.Mark); kept {
		f.Marks = append(f.Marks, m)
	}
	list := progress.Where(f)
	i := slices.IndexFunc(list, func(s progress.Standing) bool { return s.ID == a.ID })
	return v.card(ctx, list[i], list)
}
