package bot

import (
	"context"
	"slices"

	"convenor/flows"
	"convenor/flows/check"
)

// talk puts the practice that the group talks about now in front of it.
func (v *visit) talk(ctx context.Context, c check.Check) error {
	if c.Stage != check.Talking {
		return v.say("check.few")
	}
	m, err := v.talkMessage(ctx, c)
	if err != nil {
		return err
	}
	return v.tell(ctx, flows.Say{Space: c.Space, Message: m})
}

// talkKey is the handle of the card on which a group agrees: one message, changed as the group goes on.
func talkKey(c check.Check) string { return c.ID + ".talk" }

// talkMessage shows one practice: its question, the spread, what was agreed last time, and the scale to press.
func (v *visit) talkMessage(ctx context.Context, c check.Check) (flows.Message, error) {
	practice := c.Order[c.At]
	number, total := c.At+1, len(c.Order)
	m := flows.Message{Key: talkKey(c), Parts: []flows.Part{
		said(flows.StyleHeading, "activities.name", v.practiced(practice)),
		said(flows.StyleBody, "check.practice."+practice+".line", nil),
		said(flows.StyleBody, "check.practice."+practice+".plain", nil),
	}}
	line := v.spreadLine(c, practice)
	if line.Words = "check.spread-here"; c.Spreads[practice].People() < check.RatersMin {
		line.Words = "check.too-few-here"
	}
	m.Parts = append(m.Parts, line)
	checks, err := v.checks(ctx)
	if err != nil {
		return m, err
	}
	if last, ok := check.Last(checks, c.ID); ok {
		if r, agreed := last.Agreed[practice]; agreed {
			m.Parts = append(m.Parts, said(flows.StyleItem, "check.before", map[string]flows.Arg{"rating": rating(r)}))
		}
	}
	m.Parts = append(m.Parts, said(flows.StyleSmall, "check.how-to-agree", nil),
		said(flows.StyleSmall, "check.progress", map[string]flows.Arg{"number": {Number: &number}, "total": {Number: &total}}))
	token := func(arg string) flows.Token {
		return flows.Token{Verb: flows.VerbCheck, Object: c.ID, Node: practice, Arg: arg}
	}
	m.Controls = append(scale(token), button("check.leave-open", token("unsure")))
	return m, nil
}

// agree keeps what the group agreed on and goes on to the next practice, or to the result.
func (v *visit) agree(ctx context.Context, c check.Check, t flows.Token) error {
	r, ok := ratingOf(t.Arg)
	if !ok {
		return v.unknownControl()
	}
	next, ok := check.Agree(c, t.Node, r, v.at)
	if !ok {
		return v.say("run.moved-on", v.leadCheck("check.talk", c, "talk"))
	}
	if err := v.put(flows.Ref{Kind: flows.KindCheck, ID: c.ID}, next); err != nil {
		return err
	}
	if next.Stage == check.Talking {
		m, err := v.talkMessage(ctx, next)
		if err != nil {
			return err
		}
		return v.tell(ctx, flows.Edit{Space: c.Space, Message: m})
	}
	done := flows.Message{Key: talkKey(c), Parts: []flows.Part{said(flows.StyleBody, "check.all-agreed", nil)}}
	result, err := v.resultMessage(ctx, next)
	if err != nil {
		return err
	}
	return v.tell(ctx, flows.Edit{Space: c.Space, Message: done}, flows.Say{Space: c.Space, Message: result})
}

// lowestMax is how many of the lowest practices the result names.
const lowestMax = 3

// resultMessage ends a self-check: what moved since the last time, and where to begin.
func (v *visit) resultMessage(ctx context.Context, c check.Check) (flows.Message, error) {
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "check.done-title", nil)}}
	checks, err := v.checks(ctx)
	if err != nil {
		return m, err
	}
	before, compared := check.Last(checks, c.ID)
	if compared {
		m.Parts = append(m.Parts, v.moved(c, before))
	} else {
		m.Parts = append(m.Parts, said(flows.StyleBody, "check.first-time", nil))
	}
	var low []string
	for _, p := range v.practices() {
		if _, agreed := c.Agreed[p]; agreed {
			low = append(low, p)
		}
	}
	slices.SortStableFunc(low, func(a, b string) int { return c.Agreed[a] - c.Agreed[b] })
	if len(low) > 0 {
		m.Parts = append(m.Parts, said(flows.StyleBody, "check.lowest", nil))
	}
	for _, p := range low[:min(lowestMax, len(low))] {
		m.Parts = append(m.Parts, v.agreedLine(c, before, compared, p))
	}
	m.Controls = []flows.Control{
		button("check.results", flows.Token{Verb: flows.VerbMenu, Object: menuCheck, Arg: "results"}),
		button("menu.activities", flows.Token{Verb: flows.VerbMenu, Object: menuActivities}),
	}
	return m, nil
}

// moved counts what went up, down, or stayed since the last time.
func (v *visit) moved(c, before check.Check) flows.Part {
	up, down, same := 0, 0, 0
	for p, now := range c.Agreed {
		switch then, both := before.Agreed[p]; {
		case !both:
		case now > then:
			up++
		case now < then:
			down++
		default:
			same++
		}
	}
	return said(flows.StyleBody, "check.moved", map[string]flows.Arg{
		"up": {Number: &up}, "down": {Number: &down}, "same": {Number: &same}, "date": {Date: v.civil(before.Ended)},
	})
}

// agreed lists every practice with what was agreed, and how that compares.
func (v *visit) agreed(c, before check.Check, compared bool) []flows.Part {
	var parts []flows.Part
	for _, p := range v.practices() {
		parts = append(parts, v.agreedLine(c, before, compared, p))
	}
	return parts
}

// agreedLine is one practice with what was agreed: alone, or against the last time.
func (v *visit) agreedLine(c, before check.Check, compared bool, practice string) flows.Part {
	args := v.practiced(practice)
	now, agreed := c.Agreed[practice]
	if !agreed {
		return said(flows.StyleItem, "check.left-open", args)
	}
	args["rating"] = rating(now)
	then, both := before.Agreed[practice]
	if !compared || !both {
		return said(flows.StyleItem, "check.agreed", args)
	}
	args["before"] = flows.Arg{Number: &then}
	words := "check.agreed-same"
	switch {
	case now > then:
		words = "check.agreed-up"
	case now < then:
		words = "check.agreed-down"
	}
	if words != "check.agreed-same" {
		args["rating"] = flows.Arg{Number: &now}
	}
	return said(flows.StyleItem, words, args)
}
