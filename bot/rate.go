package bot

import (
	"context"
	"slices"
	"strconv"

	"convenor/flows"
	"convenor/flows/check"
)

// ratePress carries out what one person does with their own sheet. All of it is answered inside the interaction: what
// was rated is in no message and no receipt, only in the sheet, which the close deletes.
func (v *visit) ratePress(ctx context.Context, t flows.Token) error {
	c, ok, err := find[check.Check](ctx, v.work, flows.Ref{Kind: flows.KindCheck, ID: t.Object})
	switch {
	case err != nil:
		return err
	case !ok:
		return v.say("error.gone")
	case t.Arg == "all" && c.Spreads != nil:
		return v.allSpreads(c)
	case c.Stage != check.Rating:
		return v.say("check.over", button("check.menu", flows.Token{Verb: flows.VerbMenu, Object: menuCheck}))
	}
	ref := check.SheetRef(c.ID, v.person.ID)
	sheet, begun, err := find[check.Sheet](ctx, v.work, ref)
	if err != nil {
		return err
	}
	practices := v.practices()
	at := slices.Index(practices, t.Node)
	value, isRating := ratingOf(t.Arg)
	switch {
	case t.Arg == "erase" || t.Arg == "erase-yes":
		return v.eraseSheet(ctx, c, begun, t.Arg == "erase-yes")
	case at >= 0 && isRating:
		sheet.Person = v.person.ID
		return v.rate(ctx, c, sheet.Rate(t.Node, value), t.Node, begun)
	case at >= 0 && t.Arg == "more":
		v.practiceMore(c, practices[at])
		return nil
	case at >= 0:
		return v.askPractice(c, sheet, t.Node)
	}
	next, open := sheet.Next(practices)
	if !open {
		return v.rated(c, sheet)
	}
	return v.askPractice(c, sheet, next)
}

// ratingOf reads what a button of the scale sends.
func ratingOf(arg string) (r int, ok bool) {
	if arg == "unsure" {
		return check.Unsure, true
	}
	r, err := strconv.Atoi(arg)
	return r, err == nil && r >= check.Lowest && r <= check.Highest
}

// rate keeps one rating and asks for the next. Whoever is new changes the check as well: so a close that did not see
// their sheet is refused and starts over, and no sheet is ever left behind.
func (v *visit) rate(ctx context.Context, c check.Check, sheet check.Sheet, practice string, begun bool) error {
	if err := v.put(check.SheetRef(c.ID, v.person.ID), sheet); err != nil {
		return err
	}
	if !begun {
		c.Raters++
		if err := v.countRaters(ctx, c); err != nil {
			return err
		}
	}
	practices := v.practices()
	if i := slices.Index(practices, practice); i+1 < len(practices) {
		return v.askPractice(c, sheet, practices[i+1])
	}
	return v.rated(c, sheet)
}

// countRaters keeps how many have begun, and brings the invitation up to date.
func (v *visit) countRaters(ctx context.Context, c check.Check) error {
	if err := v.put(flows.Ref{Kind: flows.KindCheck, ID: c.ID}, c); err != nil {
		return err
	}
	return v.tell(ctx, flows.Edit{Space: c.Space, Message: openedCheck(c)})
}

// askPractice asks for one rating, privately. The promise stands beside the buttons each time.
func (v *visit) askPractice(c check.Check, sheet check.Sheet, practice string) error {
	practices := v.practices()
	i := slices.Index(practices, practice)
	number, total := i+1, len(practices)
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleHeading, "activities.name", v.practiced(practice)),
		said(flows.StyleBody, "check.practice."+practice+".line", nil),
		said(flows.StyleBody, "check.practice."+practice+".plain", nil),
	}}
	if r, seen := sheet.Ratings[practice]; seen && r != check.Unsure {
		m.Parts = append(m.Parts, said(flows.StyleBody, "check.you-said", map[string]flows.Arg{"rating": rating(r)}))
	} else if seen {
		m.Parts = append(m.Parts, said(flows.StyleBody, "check.you-were-unsure", nil))
	}
	m.Parts = append(m.Parts, said(flows.StyleSmall, "check.progress", map[string]flows.Arg{"number": {Number: &number}, "total": {Number: &total}}),
		said(flows.StyleSmall, "check.promise", nil), said(flows.StyleSmall, "check.promise-few", nil))
	token := func(arg string) flows.Token {
		return flows.Token{Verb: flows.VerbRate, Object: c.ID, Node: practice, Arg: arg}
	}
	m.Controls = scale(token)
	m.Controls = append(m.Controls, button("check.unsure", token("unsure")))
	if i > 0 {
		m.Controls = append(m.Controls, button("check.back", flows.Token{Verb: flows.VerbRate, Object: c.ID, Node: practices[i-1]}))
	}
	m.Controls = append(m.Controls, button("check.more", token("more")))
	v.whisper = &m
	return nil
}

// scale is a button for each rating, its end points in words like all between.
func scale(token func(arg string) flows.Token) []flows.Control {
	var controls []flows.Control
	for r := check.Lowest; r <= check.Highest; r++ {
		controls = append(controls, flows.Control{Kind: flows.ControlButton, Words: rating(r).Words, Token: token(strconv.Itoa(r))})
	}
	return controls
}

// practiceMore is the full guidance of a practice.
func (v *visit) practiceMore(c check.Check, practice string) {
	v.whisper = &flows.Message{
		Parts: []flows.Part{
			said(flows.StyleHeading, "activities.name", v.practiced(practice)),
			said(flows.StyleBody, "check.practice."+practice+".plain", nil), said(flows.StyleBody, "check.practice."+practice+".more", nil),
		},
		Controls: []flows.Control{button("check.go-on", flows.Token{Verb: flows.VerbRate, Object: c.ID, Node: practice})},
	}
}

// rated thanks, and says what can still be done.
func (v *visit) rated(c check.Check, sheet check.Sheet) error {
	practices := v.practices()
	done, total := sheet.Rated(), len(practices)
	v.whisper = &flows.Message{
		Parts: []flows.Part{
			said(flows.StyleBody, "check.thanks", nil),
			said(flows.StyleItem, "check.yours", map[string]flows.Arg{"done": {Number: &done}, "total": {Number: &total}}),
			said(flows.StyleSmall, "check.promise", nil),
		},
		Controls: []flows.Control{
			button("check.again", flows.Token{Verb: flows.VerbRate, Object: c.ID, Node: practices[0]}),
			button("check.erase", flows.Token{Verb: flows.VerbRate, Object: c.ID, Arg: "erase"}),
		},
	}
	return nil
}

// eraseSheet deletes what the person rated, once they have said yes.
func (v *visit) eraseSheet(ctx context.Context, c check.Check, begun, sure bool) error {
	switch {
	case !begun:
		return v.say("check.erased", rateButton(c))
	case !sure:
		return v.say("check.erase-sure", button("check.erase-yes", flows.Token{Verb: flows.VerbRate, Object: c.ID, Arg: "erase-yes"}),
			button("check.erase-no", flows.Token{Verb: flows.VerbMenu, Object: menuCheck}))
	}
	v.drop(check.SheetRef(c.ID, v.person.ID))
	c.Raters--
	if err := v.countRaters(ctx, c); err != nil {
		return err
	}
	return v.say("check.erased", rateButton(c))
}

// allSpreads shows the spread of every practice, in the toolkit's order.
func (v *visit) allSpreads(c check.Check) error {
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "check.spread-title", nil)}}
	for _, p := range v.practices() {
		m.Parts = append(m.Parts, v.spreadLine(c, p))
	}
	v.whisper = &m
	return nil
}

// mySheet tells about ratings in a self-check that is under way.
func (v *visit) mySheet(ctx context.Context, m *flows.Message) error {
	checks, err := v.checks(ctx)
	if err != nil {
		return err
	}
	c, under := check.Open(checks)
	if !under {
		return nil
	}
	sheet, begun, err := find[check.Sheet](ctx, v.work, check.SheetRef(c.ID, v.person.ID))
	if err != nil || !begun {
		return err
	}
	done, total := sheet.Rated(), len(v.practices())
	m.Parts = append(m.Parts, said(flows.StyleBody, "check.mine", map[string]flows.Arg{"done": {Number: &done}, "total": {Number: &total}}))
	m.Controls = append(m.Controls, button("check.erase", flows.Token{Verb: flows.VerbRate, Object: c.ID, Arg: "erase"}))
	return nil
}
