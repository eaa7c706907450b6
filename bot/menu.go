package bot

import (
	"context"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
)

// said is one part of a message, by its key in the catalogue.
func said(style flows.Style, words string, args map[string]flows.Arg) flows.Part {
	return flows.Part{Style: style, Words: words, Args: args}
}

// button is a control with words of the catalogue.
func button(words string, t flows.Token) flows.Control {
	return flows.Control{Kind: flows.ControlButton, Words: words, Token: t}
}

// say whispers one sentence, with controls if there are any.
func (v *visit) say(words string, controls ...flows.Control) error {
	v.whisper = &flows.Message{Parts: []flows.Part{said(flows.StyleBody, words, nil)}, Controls: controls}
	return nil
}

// unknownControl answers a control that this version does not know.
func (v *visit) unknownControl() error {
	return v.say("error.control", button("menu.open", flows.Token{Verb: flows.VerbMenu}))
}

// help shows what can be done here, and whether a step waits for the person: nobody is written to about an offer, so
// this is where somebody who did not see it learns of it.
func (v *visit) help(ctx context.Context, _ string) error {
	parts := []flows.Part{said(flows.StyleHeading, "menu.title", nil)}
	steps, err := v.steps(ctx)
	if err != nil {
		return err
	}
	offered := 0
	for _, s := range steps {
		if s.Status == plan.StatusOffered {
			offered++
		}
	}
	if offered > 0 {
		parts = append(parts, said(flows.StyleBody, "menu.offered", map[string]flows.Arg{"count": {Number: &offered}}))
	}
	m := v.menu(append(parts, said(flows.StyleSmall, "menu.words", nil))...)
	v.whisper = &m
	return nil
}

// notUnderstood answers a word nobody knows with what may have been meant and what can be done.
func (v *visit) notUnderstood(_ context.Context, word string) error {
	parts := []flows.Part{said(flows.StyleBody, "command.unknown", nil)}
	meant, name, ok := nearest(word)
	if ok {
		parts = append(parts, said(flows.StyleBody, "command.meant", nil))
	}
	m := v.menu(parts...)
	if ok {
		first := flows.Control{
			Kind: flows.ControlButton, Words: "command.word", Args: map[string]flows.Arg{"word": {Plain: name}},
			Token: flows.Token{Verb: flows.VerbMenu, Object: meant.name}, Primary: true,
		}
		m.Controls = append([]flows.Control{first}, m.Controls...)
	}
	v.whisper = &m
	return nil
}

// overheard answers a mention in a channel that is no command: with what can be done and, while a round is open, with
// how to answer it.
func (v *visit) overheard(ctx context.Context) error {
	m := v.menu(said(flows.StyleBody, "command.mention", nil))
	run, open, err := v.waiting(ctx)
	if err != nil {
		return err
	}
	if open {
		m.Parts = append(m.Parts, said(flows.StyleBody, "menu.round-here", nil))
		m.Controls = append([]flows.Control{answerButton(run)}, m.Controls...)
	}
	v.whisper = &m
	return nil
}

// menu is a message with a button for everything that this person can do here.
func (v *visit) menu(parts ...flows.Part) flows.Message {
	role := v.person.Role
	m := flows.Message{Parts: parts}
	if v.space != "" && v.roleMay(role, flows.VerbAsk) {
		m.Controls = append(m.Controls, button("menu.ask", flows.Token{Verb: flows.VerbAsk}))
	}
	m.Controls = append(m.Controls, button("menu.answer", flows.Token{Verb: flows.VerbMenu, Object: "answer"}),
		button("menu.activities", flows.Token{Verb: flows.VerbMenu, Object: menuActivities}))
	m.Controls = append(m.Controls, v.signUps(role)...)
	if v.roleMay(role, flows.VerbStart, flows.RecordStep) {
		m.Controls = append(m.Controls, button("menu.step", flows.Token{Verb: flows.VerbStart, Object: flowStep}))
	}
	if v.roleMay(role, flows.VerbRole) {
		m.Controls = append(m.Controls, button("setup.begin", flows.Token{Verb: flows.VerbMenu, Object: flowSetup}),
			button("menu.role", flows.Token{Verb: flows.VerbMenu, Object: "role"}), button("menu.log", flows.Token{Verb: flows.VerbLog}))
	}
	if v.space != "" && v.roleMay(role, flows.VerbCall) {
		m.Controls = append(m.Controls, button("menu.call", flows.Token{Verb: flows.VerbMenu, Object: "call"}))
	}
	return flows.Message{Parts: parts, Controls: append(m.Controls,
		button("menu.resume", flows.Token{Verb: flows.VerbMenu, Object: "resume"}),
		button("menu.plan", flows.Token{Verb: flows.VerbMenu, Object: menuPlan}),
		button("menu.me", flows.Token{Verb: flows.VerbMe}),
		button("menu.language", flows.Token{Verb: flows.VerbLanguage}),
	)}
}

// signUps are the sign-ups open to a role.
func (v *visit) signUps(role coalition.Role) []flows.Control {
	var list []flows.Control
	if v.roleMay(role, flows.VerbStart, flows.RecordMessenger) {
		list = append(list, button("menu.messenger", flows.Token{Verb: flows.VerbStart, Object: flowMessenger}))
	}
	if v.roleMay(role, flows.VerbStart, flows.RecordStakeholder) {
		list = append(list, button("menu.stakeholder", flows.Token{Verb: flows.VerbStart, Object: flowStakeholder}))
	}
	return list
}

func (v *visit) offerSignUps() error { return v.say("menu.signup-which", v.signUps(v.person.Role)...) }

// choose offers the activities: the one picked comes back as the token's Arg.
func (v *visit) choose(t flows.Token, words string) {
	v.whisper = &flows.Message{
		Parts:    []flows.Part{said(flows.StyleBody, words, nil)},
		Controls: []flows.Control{v.pickActivity("menu.activity-pick", t)},
	}
}

func (v *visit) pickActivity(words string, t flows.Token) flows.Control {
	c := flows.Control{Kind: flows.ControlSelect, Words: words, Token: t}
	for _, a := range v.b.Pack.Activities() {
		text := flows.Text{}
		for l, title := range a.Title {
			text[l] = a.ID + " " + title
		}
		c.Options = append(c.Options, flows.Option{ID: optionID(a.ID), Text: text})
	}
	return c
}

// underWay says that the channel has a round already, and offers to go on with it.
func (v *visit) underWay(ctx context.Context, id string) error {
	run, ok, err := find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: id})
	if err != nil {
		return err
	}
	if !ok {
		return v.say("error.gone")
	}
	v.whisper = &flows.Message{
		Parts: []flows.Part{said(flows.StyleBody, "menu.round-open", map[string]flows.Arg{
			"title": {Text: v.title(run.Flow)}, "name": {Person: run.Person},
		})},
		Controls: []flows.Control{button("menu.round-resume", flows.Token{Verb: flows.VerbResume, Object: id})},
	}
	if v.leads(run) {
		v.whisper.Controls = append(v.whisper.Controls, button("menu.round-stop", flows.Token{Verb: flows.VerbCancel, Object: id}))
	}
	return nil
}

// title is a flow's title as it is now.
func (v *visit) title(flow string) flows.Text {
	d, ok := v.b.Pack.Flow(flow)
	if !ok || len(d.Title) == 0 {
		return flows.Text{flows.English: flow}
	}
	return d.Title
}

// resume goes on with the person's open conversation, or lists them when there are several.
func (v *visit) resume(ctx context.Context, _ string) error {
	open, err := all[flows.Open](ctx, v.work, flows.KindOpen, v.person.ID)
	if err != nil {
		return err
	}
	switch len(open) {
	case 0:
		return v.say("menu.resume-none", button("menu.open", flows.Token{Verb: flows.VerbMenu}))
	case 1:
		run, ok, err := find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: open[0].Run})
		if err != nil {
			return err
		}
		if !ok {
			return v.say("error.gone")
		}
		return v.goOn(ctx, run)
	default:
		return v.say("menu.resume-which", v.goOns(open)...)
	}
}

// goOns are buttons to go on with each of a person's open conversations, the newest first, as many as fit.
func (v *visit) goOns(open []flows.Open) []flows.Control {
	const most = 5
	var list []flows.Control
	for _, o := range newest(open, most) {
		list = append(list, flows.Control{
			Kind: flows.ControlButton, Words: "menu.go-on", Args: map[string]flows.Arg{"title": {Text: v.title(o.Flow)}},
			Token: flows.Token{Verb: flows.VerbResume, Object: o.Run},
		})
	}
	return list
}
