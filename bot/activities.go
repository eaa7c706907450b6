package bot

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/check"
	"convenor/flows/coalition"
	"convenor/flows/progress"
	"convenor/flows/when"
)

// menuActivities is the verb that shows where the coalition is, as help names it and as the Object of its buttons.
const menuActivities = "activities"

// underwayMax is how many rounds under way the overview names: all of it stays within twelve lines.
const underwayMax = 2

// activities shows where the coalition is and what is next, or looks closer: at a section ("1.1") or at an activity
// ("1.1.2").
func (v *visit) activities(ctx context.Context, which string) error {
	f, err := v.facts(ctx)
	if err != nil {
		return err
	}
	list := progress.Where(f)
	which = strings.ReplaceAll(strings.ToLower(which), ".", "-")
	for _, s := range list {
		switch which {
		case optionID(s.ID):
			return v.card(ctx, s, list)
		case optionID(section(s.ID)):
			v.sectionOf(s, list)
			return nil
		}
	}
	return v.overview(ctx, list)
}

// section is the number of the section that an activity is in.
func section(activity string) string {
	if cut := strings.LastIndex(activity, "."); cut >= 0 {
		return activity[:cut]
	}
	return activity
}

// facts gathers what the states of the activities are worked out from.
func (v *visit) facts(ctx context.Context) (progress.Facts, error) {
	f := progress.Facts{Activities: v.b.Pack.Activities()}
	err := v.load(ctx, flows.Ref{Kind: flows.KindSpace}, flows.Ref{Kind: flows.KindMark}, flows.Ref{Kind: flows.KindResult},
		flows.Ref{Kind: flows.KindCheck})
	if err != nil {
		return f, err
	}
	if f.Marks, err = all[progress.Mark](ctx, v.work, flows.KindMark, ""); err != nil {
		return f, err
	}
	if f.Results, err = all[flows.Result](ctx, v.work, flows.KindResult, ""); err != nil {
		return f, err
	}
	if f.Rounds, err = v.rounds(ctx); err != nil {
		return f, err
	}
	checks, err := v.checks(ctx)
	if err != nil {
		return f, err
	}
	f.Agreed = map[string]int{}
	last, _ := check.Last(checks, "")
	for practice, rating := range last.Agreed {
		f.Agreed[strings.ReplaceAll(practice, "-", ".")] = rating
	}
	return f, nil
}

// rounds lists the rounds that are under way in the coalition's spaces.
func (v *visit) rounds(ctx context.Context) ([]progress.Round, error) {
	spaces, err := all[coalition.Space](ctx, v.work, flows.KindSpace, "")
	if err != nil {
		return nil, err
	}
	var refs []flows.Ref
	for _, s := range spaces {
		if s.Run != "" {
			refs = append(refs, flows.Ref{Kind: flows.KindRun, ID: s.Run})
		}
	}
	if err := v.load(ctx, refs...); err != nil {
		return nil, err
	}
	var rounds []progress.Round
	for _, ref := range refs {
		run, ok, err := find[flows.Run](ctx, v.work, ref)
		if err != nil {
			return nil, err
		}
		if !ok || run.State != flows.StateOpen && run.State != flows.StatePaused {
			continue
		}
		f, err := v.pinned(ctx, run.Hash)
		if err != nil {
			return nil, err
		}
		r := progress.Round{
			Run: run.ID, Activity: f.Definition().Activity, Space: run.Space, Lead: run.Person, Questions: f.Questions(),
			Paused: run.State == flows.StatePaused,
		}
		for _, tally := range run.Tally {
			if tally.Closed {
				r.Closed++
			}
		}
		rounds = append(rounds, r)
	}
	return rounds, nil
}

// overview is the whole on one page: counts, what is under way, the next best step, and the sections.
func (v *visit) overview(_ context.Context, list []progress.Standing) error {
	total, underway, skipped, settled := len(list), 0, 0, 0
	var now []flows.Part
	for _, s := range list {
		switch s.State {
		case progress.Underway:
			underway++
			if len(now) < underwayMax {
				now = append(now, v.underwayPart("activities.now", s))
			}
		case progress.Skipped:
			skipped++
		case progress.Done:
			settled++
		case progress.New, progress.Begun:
		}
	}
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleHeading, "activities.title", nil),
		said(flows.StyleBody, "activities.count", map[string]flows.Arg{
			"done": {Number: &settled}, "total": {Number: &total}, "underway": {Number: &underway}, "skipped": {Number: &skipped},
		}),
	}}
	m.Parts = append(m.Parts, now...)
	m.Parts, m.Controls = v.nextStep(m.Parts, list)
	m.Parts = append(m.Parts, sectionLines(list)...)
	m.Parts = append(m.Parts, said(flows.StyleSmall, "activities.how", nil))
	m.Controls = append(m.Controls, v.closer(list), sections(list),
		button("check.menu", flows.Token{Verb: flows.VerbMenu, Object: menuCheck}))
	v.whisper = &m
	return nil
}

// nextStep adds the next best step, why it is that, and the one button that begins it.
func (v *visit) nextStep(parts []flows.Part, list []progress.Standing) ([]flows.Part, []flows.Control) {
	next, why, ok := progress.Next(list)
	if !ok {
		return append(parts, said(flows.StyleBody, "activities.all-done", nil)), nil
	}
	args := titled(next)
	args["why"] = flows.Arg{Words: "activities.why." + string(why)}
	c := v.begins(next)
	c.Primary = true
	return append(parts, said(flows.StyleBody, "activities.next", args)), []flows.Control{c}
}

// begins is the one button that takes a next step: it goes on with the round here, asks here, or asks the person alone.
// What is under way elsewhere is shown, for only its own channel can go on with it.
func (v *visit) begins(s progress.Standing) flows.Control {
	c := flows.Control{Kind: flows.ControlButton, Args: map[string]flows.Arg{"title": {Text: s.Title}}}
	switch here := v.here(s); {
	case here != nil && v.resumes(*here):
		c.Words, c.Token = "activities.go-on", flows.Token{Verb: flows.VerbResume, Object: here.Run}
	case s.State == progress.Underway:
		c.Words, c.Token = "activities.look", flows.Token{Verb: flows.VerbMenu, Object: menuActivities, Arg: optionID(s.ID)}
	case v.space != "" && v.roleMay(v.person.Role, flows.VerbAsk):
		c.Words, c.Token = "activities.start", flows.Token{Verb: flows.VerbAsk, Object: s.ID}
	default:
		c.Words, c.Token = "activities.start-alone", flows.Token{Verb: flows.VerbStart, Object: alone, Arg: optionID(s.ID)}
	}
	return c
}

// resumes reports whether the person may go on with a round for everyone.
func (v *visit) resumes(r progress.Round) bool {
	return v.may(flows.VerbResume, coalition.Object{Owner: r.Lead, Group: true}) == coalition.Yes
}

// here is the round of an activity that is under way in the channel that the event came from, if there is one.
func (v *visit) here(s progress.Standing) *progress.Round {
	for _, r := range s.Rounds {
		if v.space != "" && r.Space == v.space {
			return &r
		}
	}
	return nil
}

// sectionLines count what is done, a line for each section.
func sectionLines(list []progress.Standing) []flows.Part {
	var parts []flows.Part
	for _, in := range bySection(list) {
		done, total := 0, len(in)
		for _, s := range in {
			if s.Settled() {
				done++
			}
		}
		parts = append(parts, said(flows.StyleItem, "activities.section", map[string]flows.Arg{
			"number": {Plain: section(in[0].ID)}, "title": {Text: in[0].Section}, "done": {Number: &done}, "total": {Number: &total},
		}))
	}
	return parts
}

// bySection cuts the list where a new section begins.
func bySection(list []progress.Standing) [][]progress.Standing {
	var cut [][]progress.Standing
	for i, s := range list {
		if i == 0 || section(s.ID) != section(list[i-1].ID) {
			cut = append(cut, nil)
		}
		cut[len(cut)-1] = append(cut[len(cut)-1], s)
	}
	return cut
}

// closer is the menu to look at one activity. Each option says its state in words.
func (v *visit) closer(list []progress.Standing) flows.Control {
	c := flows.Control{Kind: flows.ControlSelect, Words: "activities.closer", Token: flows.Token{Verb: flows.VerbMenu, Object: menuActivities}}
	for _, s := range list {
		text := flows.Text{}
		for l, title := range s.Title {
			state, _ := v.b.Pack.Word(l, "activities.short."+string(s.State), -1)
			text[l] = s.ID + " " + title + " (" + state + ")"
		}
		c.Options = append(c.Options, flows.Option{ID: optionID(s.ID), Text: text})
	}
	return c
}

// sections is the menu to look at one section.
func sections(list []progress.Standing) flows.Control {
	c := flows.Control{Kind: flows.ControlSelect, Words: "activities.closer-section", Token: flows.Token{Verb: flows.VerbMenu, Object: menuActivities}}
	for _, in := range bySection(list) {
		number, text := section(in[0].ID), flows.Text{}
		for l, title := range in[0].Section {
			text[l] = number + " " + title
		}
		c.Options = append(c.Options, flows.Option{ID: optionID(number), Text: text})
	}
	return c
}

// sectionOf shows the activities of the section that s is in, a line or two for each.
func (v *visit) sectionOf(s progress.Standing, list []progress.Standing) {
	list = slices.DeleteFunc(slices.Clone(list), func(other progress.Standing) bool { return section(other.ID) != section(s.ID) })
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "activities.section-title", map[string]flows.Arg{
		"number": {Plain: section(s.ID)}, "title": {Text: s.Section},
	})}}
	for _, in := range list {
		line := v.statePart("activities.line.", in)
		maps.Copy(line.Args, titled(in))
		line.Style = flows.StyleItem
		m.Parts = append(m.Parts, line)
		if len(in.Waits) > 0 {
			m.Parts = append(m.Parts, said(flows.StyleSmall, "activities.waits", map[string]flows.Arg{"before": {Plain: strings.Join(in.Waits, ", ")}}))
		}
	}
	m.Controls = []flows.Control{v.closer(list), button("activities.back", flows.Token{Verb: flows.VerbMenu, Object: menuActivities})}
	v.whisper = &m
}

// titled are the placeholders for an activity's number and name.
func titled(s progress.Standing) map[string]flows.Arg {
	return map[string]flows.Arg{"number": {Plain: s.ID}, "title": {Text: s.Title}}
}

// statePart says in which state an activity is; the key begins with prefix.
func (v *visit) statePart(prefix string, s progress.Standing) flows.Part {
	words := prefix + string(s.State)
	args := map[string]flows.Arg{}
	switch s.State {
	case progress.New:
	case progress.Underway:
		return v.underwayPart(words, s)
	case progress.Begun:
		args["count"] = flows.Arg{Number: &s.Alone}
	case progress.Done, progress.Skipped:
		args["date"] = flows.Arg{Date: v.civil(s.At)}
	}
	return said(flows.StyleBody, words, args)
}

// underwayPart says how far a round is, and whether it is in this channel.
func (v *visit) underwayPart(words string, s progress.Standing) flows.Part {
	r := s.Rounds[0]
	where, resting := "activities.elsewhere", "activities.elsewhere-paused"
	if h := v.here(s); h != nil {
		r, where, resting = *h, "activities.here", "activities.here-paused"
	}
	if r.Paused {
		where = resting
	}
	args := titled(s)
	args["where"], args["done"], args["total"] = flows.Arg{Words: where}, flows.Arg{Number: &r.Closed}, flows.Arg{Number: &r.Questions}
	return said(flows.StyleItem, words, args)
}

// civil is the date of an instant where the person is.
func (v *visit) civil(at time.Time) string { return when.Today(at, v.zone(v.person)) }
