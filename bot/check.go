package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"convenor/flows"
	"convenor/flows/check"
)

// menuCheck is the verb of the self-check, as help names it and as the Object of its buttons.
const menuCheck = "check"

// practices are the activities that the self-check rates, by their ids as options have them: those that the catalogue
// has a question for.
func (v *visit) practices() []string {
	var ids []string
	for _, a := range v.b.Pack.Activities() {
		if _, ok := v.b.Pack.Word(flows.English, "check.practice."+optionID(a.ID)+".line", -1); ok {
			ids = append(ids, optionID(a.ID))
		}
	}
	return ids
}

// practiced are the placeholders for a practice's number and name.
func (v *visit) practiced(practice string) map[string]flows.Arg {
	a, _ := v.activity(practice)
	return map[string]flows.Arg{"number": {Plain: strings.ReplaceAll(practice, "-", ".")}, "title": {Text: a.Title}}
}

// rating is a rating in words.
func rating(r int) flows.Arg { return flows.Arg{Words: "check.scale." + strconv.Itoa(r)} }

// checks lists the coalition's self-checks.
func (v *visit) checks(ctx context.Context) ([]check.Check, error) {
	return all[check.Check](ctx, v.work, flows.KindCheck, "")
}

// selfCheck shows how far the self-check is and what can be done; "results" shows what was agreed last.
func (v *visit) selfCheck(ctx context.Context, rest string) error {
	checks, err := v.checks(ctx)
	if err != nil {
		return err
	}
	last, done := check.Last(checks, "")
	if rest == "results" && done {
		before, compared := check.Last(checks, last.ID)
		v.whisper = &flows.Message{Parts: append([]flows.Part{said(flows.StyleHeading, "check.done-title", nil)}, v.agreed(last, before, compared)...)}
		return nil
	}
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "check.title", nil), said(flows.StyleBody, "check.what", nil)}}
	if open, under := check.Open(checks); under {
		if err := v.checkUnder(ctx, open, &m); err != nil {
			return err
		}
	} else {
		v.checkNew(&m)
	}
	if done {
		m.Parts = append(m.Parts, said(flows.StyleBody, "check.last", map[string]flows.Arg{"date": {Date: v.civil(last.Ended)}}))
		m.Controls = append(m.Controls, button("check.results", flows.Token{Verb: flows.VerbMenu, Object: menuCheck, Arg: "results"}))
	} else {
		m.Parts = append(m.Parts, said(flows.StyleBody, "check.none", nil))
	}
	v.whisper = &m
	return nil
}

// checkNew offers to begin a self-check, or says who can.
func (v *visit) checkNew(m *flows.Message) {
	switch {
	case !v.roleMay(v.person.Role, flows.VerbCheck):
		m.Parts = append(m.Parts, said(flows.StyleSmall, "check.ask-a-guide", nil))
	case v.space == "":
		m.Parts = append(m.Parts, said(flows.StyleSmall, "check.where", nil))
	default:
		begin := button("check.begin", flows.Token{Verb: flows.VerbCheck, Arg: "begin"})
		begin.Primary = true
		m.Controls = append(m.Controls, begin)
	}
}

// checkUnder shows a self-check that is under way.
func (v *visit) checkUnder(ctx context.Context, c check.Check, m *flows.Message) error {
	if c.Stage == check.Talking {
		m.Parts = append(m.Parts, said(flows.StyleBody, "check.talking", nil))
		m.Controls = append(m.Controls, v.leadCheck("check.talk", c, "talk"), button("check.all", flows.Token{Verb: flows.VerbRate, Object: c.ID, Arg: "all"}))
		return nil
	}
	sheet, _, err := find[check.Sheet](ctx, v.work, check.SheetRef(c.ID, v.person.ID))
	if err != nil {
		return err
	}
	rated, total := sheet.Rated(), len(v.practices())
	m.Parts = append(m.Parts,
		said(flows.StyleBody, "check.under", map[string]flows.Arg{"name": {Person: c.Lead}, "date": {Date: v.civil(c.Started)}}),
		said(flows.StyleItem, "check.count", map[string]flows.Arg{"count": {Number: &c.Raters}}),
		said(flows.StyleItem, "check.yours", map[string]flows.Arg{"done": {Number: &rated}, "total": {Number: &total}}))
	m.Controls = append(m.Controls, rateButton(c))
	if rated > 0 {
		m.Controls = append(m.Controls, button("check.erase", flows.Token{Verb: flows.VerbRate, Object: c.ID, Arg: "erase"}))
	}
	if v.roleMay(v.person.Role, flows.VerbCheck) {
		m.Controls = append(m.Controls, v.leadCheck("check.show", c, "show"), v.leadCheck("check.stop", c, "stop"))
	}
	return nil
}

func rateButton(c check.Check) flows.Control {
	rate := button("check.rate", flows.Token{Verb: flows.VerbRate, Object: c.ID})
	rate.Primary = true
	return rate
}

func (*visit) leadCheck(words string, c check.Check, do string) flows.Control {
	return button(words, flows.Token{Verb: flows.VerbCheck, Object: c.ID, Arg: do})
}

// checkPress carries out what only those who guide may do to a self-check.
func (v *visit) checkPress(ctx context.Context, t flows.Token) error {
	if t.Arg == "begin" {
		return v.beginCheck(ctx)
	}
	c, ok, err := find[check.Check](ctx, v.work, flows.Ref{Kind: flows.KindCheck, ID: t.Object})
	switch {
	case err != nil:
		return err
	case !ok:
		return v.say("error.gone")
	case !c.Under() || c.Stage == check.Talking && (t.Arg == "show" || t.Arg == "show-yes" || t.Arg == "stop" || t.Arg == "stop-yes"):
		return v.say("check.over", button("check.menu", flows.Token{Verb: flows.VerbMenu, Object: menuCheck}))
	}
	no := button("check.no", flows.Token{Verb: flows.VerbMenu, Object: menuCheck})
	switch t.Arg {
	case "show":
		return v.say("check.show-sure", v.leadCheck("check.show-yes", c, "show-yes"), no)
	case "stop":
		return v.say("check.stop-sure", v.leadCheck("check.stop-yes", c, "stop-yes"), no)
	case "show-yes", "stop-yes":
		return v.closeCheck(ctx, c, t.Arg == "show-yes")
	case "talk":
		return v.talk(ctx, c)
	default:
		return v.agree(ctx, c, t)
	}
}

// beginCheck opens a self-check in the channel. One coalition has one at a time.
func (v *visit) beginCheck(ctx context.Context) error {
	checks, err := v.checks(ctx)
	if err != nil {
		return err
	}
	if _, under := check.Open(checks); under || v.space == "" {
		return v.selfCheck(ctx, "")
	}
	c := check.Check{ID: v.b.ID(), Stage: check.Rating, Space: v.space, Lead: v.person.ID, Started: v.at}
	if err := v.put(flows.Ref{Kind: flows.KindCheck, ID: c.ID}, c); err != nil {
		return err
	}
	return v.tell(ctx, flows.Say{Space: c.Space, Message: openedCheck(c)})
}

// tell takes in what is said about a self-check.
func (v *visit) tell(ctx context.Context, effects ...flows.Effect) error {
	return v.fold(ctx, flows.Change{Effects: effects}, origin{ID: v.b.ID(), Person: v.person.ID, Via: v.in.Platform, At: v.at})
}

// openedCheck is the post that invites everybody to rate.
func openedCheck(c check.Check) flows.Message {
	return flows.Message{
		Key: c.ID + ".open",
		Parts: []flows.Part{
			said(flows.StyleHeading, "check.title", nil), said(flows.StyleBody, "check.opened", nil),
			said(flows.StyleSmall, "check.promise", nil), said(flows.StyleSmall, "check.promise-few", nil),
			said(flows.StyleSmall, "check.count", map[string]flows.Arg{"count": {Number: &c.Raters}}),
		},
		Controls: []flows.Control{rateButton(c)},
	}
}

// closeCheck ends the rating: with the spread for everybody to see, or without a result. Either way the sheets go.
func (v *visit) closeCheck(ctx context.Context, c check.Check, show bool) error {
	v.forget = true
	sheets, err := all[check.Sheet](ctx, v.work, flows.KindSheet, c.ID)
	if err != nil {
		return err
	}
	over := flows.Edit{Space: c.Space, Message: flows.Message{
		Key: c.ID + ".open", Parts: []flows.Part{said(flows.StyleHeading, "check.title", nil), said(flows.StyleBody, "check.closed", nil)},
	}}
	if !show {
		_, change := check.Stop(c, sheets, v.at)
		change.Effects = []flows.Effect{over, flows.Say{Space: c.Space, Message: flows.Message{Parts: []flows.Part{said(flows.StyleBody, "check.stopped", nil)}}}}
		return v.foldCheck(ctx, change)
	}
	closed, change, err := check.Close(c, sheets, v.practices(), v.at)
	if errors.Is(err, check.ErrFew) {
		v.forget = false
		return v.say("check.few", v.leadCheck("check.stop", c, "stop"))
	}
	change.Effects = []flows.Effect{over, flows.Say{Space: c.Space, Message: v.spreadMessage(closed)}}
	return v.foldCheck(ctx, change)
}

func (v *visit) foldCheck(ctx context.Context, change flows.Change) error {
	return v.fold(ctx, change, origin{ID: v.b.ID(), Person: v.person.ID, Via: v.in.Platform, At: v.at})
}

// apartMax is how many practices the spread names at first: those where people differ most.
const apartMax = 3

// spreadMessage shows where people differ most, with a way to see all.
func (v *visit) spreadMessage(c check.Check) flows.Message {
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleHeading, "check.spread-title", nil),
		said(flows.StyleBody, "check.raters", map[string]flows.Arg{"count": {Number: &c.Raters}}),
		said(flows.StyleBody, "check.apart", nil),
	}}
	for _, p := range c.Order[:min(apartMax, len(c.Order))] {
		m.Parts = append(m.Parts, v.spreadLine(c, p))
	}
	talk := v.leadCheck("check.talk", c, "talk")
	talk.Primary = true
	m.Controls = []flows.Control{talk, button("check.all", flows.Token{Verb: flows.VerbRate, Object: c.ID, Arg: "all"})}
	return m
}

// spreadLine is one practice in a list of spreads.
func (v *visit) spreadLine(c check.Check, practice string) flows.Part {
	args := v.practiced(practice)
	s, shown := c.Spreads[practice]
	if !shown {
		return said(flows.StyleItem, "check.too-few", args)
	}
	low, middle, high := s.Lowest(), s.Middle(), s.Highest()
	args["low"], args["middle"], args["high"] = flows.Arg{Number: &low}, flows.Arg{Number: &middle}, flows.Arg{Number: &high}
	return said(flows.StyleItem, "check.spread-line", args)
}
