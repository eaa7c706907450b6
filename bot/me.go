package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/nudge"
	"convenor/flows/plan"
	"convenor/flows/roster"
	"convenor/flows/when"
)

// me shows everything that is kept about the person, and what they can do about it.
func (v *visit) me(ctx context.Context, _ string) error {
	p := v.person.ID
	refs := append(v.ownRefs(), messengerRef(p), stakeholderRef(p), flows.Ref{Kind: flows.KindStep},
		flows.Ref{Kind: flows.KindOpen, Under: p}, flows.Ref{Kind: flows.KindReceipt, Under: p},
		flows.Ref{Kind: flows.KindWaiting, Under: p}, flows.Ref{Kind: flows.KindCheck})
	err := v.load(ctx, refs...)
	if err != nil {
		return err
	}
	m := flows.Message{Parts: append([]flows.Part{said(flows.StyleHeading, "me.title", nil)}, v.myself()...)}
	for _, add := range []func(context.Context, *flows.Message) error{v.myWaiting, v.mySignUps, v.mySteps, v.myRuns, v.mySheet, v.myQuestions, v.myReceipts} {
		if err := add(ctx, &m); err != nil {
			return err
		}
	}
	m.Parts = append(m.Parts, said(flows.StyleSmall, "me.answers", nil))
	m.Controls = append(m.Controls, v.choices()...)
	v.whisper = &m
	return nil
}

// myWaiting counts what could not be brought to the person, with a way to read it.
func (v *visit) myWaiting(ctx context.Context, m *flows.Message) error {
	list, err := unread(ctx, v.work, v.person.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	count := len(list)
	m.Parts = append(m.Parts, said(flows.StyleBody, "call.mine", map[string]flows.Arg{"count": {Number: &count}}))
	m.Controls = append(m.Controls, button("call.read", flows.Token{Verb: flows.VerbWaiting, Object: v.person.ID}))
	return nil
}

// settings shows what the person can choose for themselves.
func (v *visit) settings() error {
	v.whisper = &flows.Message{
		Parts:    append([]flows.Part{said(flows.StyleHeading, "me.settings", nil)}, v.myself()...),
		Controls: v.choices(),
	}
	return nil
}

// choices are the controls for what a person decides about themselves.
func (v *visit) choices() []flows.Control {
	choices := languages()
	if v.person.Nudges.Off || len(v.person.Nudges.Muted) > 0 {
		choices = append(choices, button("me.nudges-on", flows.Token{Verb: flows.VerbNudgesOn}))
	}
	if !v.person.Nudges.Off {
		choices = append(choices, button("me.nudges-off", flows.Token{Verb: flows.VerbNudgesOff}))
	}
	if v.person.Away != "" {
		choices = append(choices, button("away.i-am-back", flows.Token{Verb: flows.VerbMenu, Object: menuAway, Arg: "back"}))
	}
	choices = append(choices, button("me.set-hours", flows.Token{Verb: flows.VerbMenu, Object: menuHours}),
		button("me.set-away", flows.Token{Verb: flows.VerbMenu, Object: menuAway}))
	return append(choices, button("me.set-zone", flows.Token{Verb: flows.VerbMenu, Object: menuZone}),
		button("me.link", flows.Token{Verb: flows.VerbMenu, Object: "link"}))
}

// languages are the buttons of the languages that Convenor speaks, each in its own words.
func languages() []flows.Control {
	return []flows.Control{
		button("me.english", flows.Token{Verb: flows.VerbLanguage, Arg: string(flows.English)}),
		button("me.spanish", flows.Token{Verb: flows.VerbLanguage, Arg: string(flows.Spanish)}),
	}
}

// myself lists each field of the person's own record.
func (v *visit) myself() []flows.Part {
	p := v.person
	item := func(words string, args map[string]flows.Arg) flows.Part { return said(flows.StyleItem, words, args) }
	zone := item("me.zone", map[string]flows.Arg{"zone": {Plain: v.zoneName(p)}})
	if p.Zone == "" {
		zone = item("me.zone-home", map[string]flows.Arg{"zone": {Plain: v.zoneName(p)}})
	}
	from, to := v.home.HoursOf(p).Span()
	parts := []flows.Part{
		item("me.name", map[string]flows.Arg{"name": {Person: p.ID}}),
		item("me.accounts", map[string]flows.Arg{"accounts": {Plain: strings.Join(accountNames(p), ", ")}}),
		item("me.role", map[string]flows.Arg{"role": {Words: "me.role." + string(p.Role)}}),
		item("me.language", map[string]flows.Arg{"language": {Words: "me.language." + string(p.Locale)}}),
		zone,
		item("me.hours", map[string]flows.Arg{"from": {Clock: clock(from)}, "to": {Clock: clock(to)}}),
		item("me.joined", map[string]flows.Arg{"date": {Date: when.Today(p.Joined, v.zone(p))}}),
	}
	switch {
	case p.Nudges.Off:
		parts = append(parts, item("me.nudges-are-off", nil))
	case len(p.Nudges.Muted) > 0:
		muted := len(p.Nudges.Muted)
		parts = append(parts, item("me.nudges-are-fewer", map[string]flows.Arg{"count": {Number: &muted}}))
	default:
		parts = append(parts, item("me.nudges-are-on", nil))
	}
	if p.Away != "" {
		parts = append(parts, item("me.away", map[string]flows.Arg{"date": {Date: p.Away}}))
	}
	for _, platform := range sortedKeys(p.Unreachable) {
		parts = append(parts, item("me.unreachable", map[string]flows.Arg{"platform": {Plain: platform}}))
	}
	return parts
}

// accountNames says on which platforms a person has accounts, in their own spelling: ids tell nobody anything.
func accountNames(p coalition.Person) (names []string) {
	for _, identity := range p.Identities {
		platform, _, _ := account(identity)
		if platform != "" {
			platform = strings.ToUpper(platform[:1]) + platform[1:]
		}
		if !slices.Contains(names, platform) {
			names = append(names, platform)
		}
	}
	return names
}

// clock writes minutes after midnight as a time of day, HH:MM.
func clock(minutes int) string {
	return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}

// mySignUps lists every field of the person's sign-ups, each with a way out.
func (v *visit) mySignUps(ctx context.Context, m *flows.Message) error {
	prior, err := v.prior(ctx)
	if err != nil {
		return err
	}
	if s := prior.Messenger; s != nil {
		m.Parts = append(m.Parts, v.messenger(*s)...)
		m.Controls = append(m.Controls, button("me.change-messenger", flows.Token{Verb: flows.VerbStart, Object: flowMessenger}),
			button("me.withdraw-messenger", flows.Token{Verb: flows.VerbWithdraw, Object: flows.RecordMessenger}))
	}
	if s := prior.Stakeholder; s != nil {
		m.Parts = append(m.Parts, v.stakeholder(*s)...)
		m.Controls = append(m.Controls, button("me.change-stakeholder", flows.Token{Verb: flows.VerbStart, Object: flowStakeholder}),
			button("me.withdraw-stakeholder", flows.Token{Verb: flows.VerbWithdraw, Object: flows.RecordStakeholder}))
	}
	return nil
}

func (v *visit) messenger(s roster.Messenger) []flows.Part {
	parts := []flows.Part{said(flows.StyleBody, "me.messenger", map[string]flows.Arg{"date": {Date: when.Today(s.Since, v.zone(v.person))}})}
	parts = append(parts, field("me.field.name", s.Name), field("me.field.reach", s.Reach))
	parts = append(parts, v.picked("me.field.level", flowMessenger, "level", s.Level))
	parts = append(parts, v.picked("me.field.methods", flowMessenger, "methods", s.Methods...))
	return present(append(parts, field("me.field.area", s.Area)))
}

func (v *visit) stakeholder(s roster.Stakeholder) []flows.Part {
	parts := []flows.Part{said(flows.StyleBody, "me.stakeholder", map[string]flows.Arg{"date": {Date: when.Today(s.Since, v.zone(v.person))}})}
	parts = append(parts, field("me.field.name", s.Name), field("me.field.organisation", s.Organisation))
	parts = append(parts, v.picked("me.field.seat", flowStakeholder, "seat", s.Seat))
	parts = append(parts, v.picked("me.field.voting", flowStakeholder, "voting", s.Voting))
	return present(append(parts, field("me.field.alternate", s.Alternate)))
}

// field shows what a person typed; the zero Part when there is none.
func field(words, text string) flows.Part {
	if text == "" {
		return flows.Part{}
	}
	return said(flows.StyleItem, words, map[string]flows.Arg{"value": {TextID: text}})
}

// picked shows picked options in the words of the flow that asked for them.
func (v *visit) picked(words, flow, node string, picks ...string) flows.Part {
	d, _ := v.b.Pack.Flow(flow)
	var list []flows.Arg
	for _, pick := range picks {
		if pick == "" {
			continue
		}
		arg := flows.Arg{Plain: pick}
		for _, n := range d.Nodes {
			for _, o := range n.Options {
				if n.ID == node && o.ID == pick {
					arg = flows.Arg{Text: o.Text}
				}
			}
		}
		list = append(list, arg)
	}
	if len(list) == 0 {
		return flows.Part{}
	}
	return said(flows.StyleItem, words, map[string]flows.Arg{"value": {List: list}})
}

// present leaves out the fields that hold nothing.
func present(parts []flows.Part) []flows.Part {
	return slices.DeleteFunc(parts, func(p flows.Part) bool { return p.Words == "" })
}

// shownHere bounds each list, so that all of it stays within one message (BlocksMax) and can be read; the line above a
// list counts what there is.
const shownHere = 4

// mySteps lists the steps that the person leads or is asked to lead, and that are not over.
func (v *visit) mySteps(ctx context.Context, m *flows.Message) error {
	steps, err := v.steps(ctx)
	count := len(steps)
	if err != nil || count == 0 {
		return err
	}
	m.Parts = append(m.Parts, said(flows.StyleBody, "me.steps", map[string]flows.Arg{"count": {Number: &count}}))
	for _, s := range steps[:min(count, shownHere)] {
		what := map[string]flows.Arg{"what": {TextID: s.What}}
		words := "me.step-undated"
		if s.Due != "" {
			words, what["date"] = "me.step", flows.Arg{Date: s.Due}
		}
		m.Parts = append(m.Parts, said(flows.StyleItem, words, what))
		about := func(words string, verb flows.Verb) flows.Control {
			return flows.Control{
				Kind: flows.ControlButton, Words: words, Args: map[string]flows.Arg{"what": {TextID: s.What}},
				Token: flows.Token{Verb: verb, Object: s.ID},
			}
		}
		if s.Status == plan.StatusOffered {
			m.Controls = append(m.Controls, about("me.step-take", flows.VerbStepTake), about("me.step-not-me", flows.VerbStepNotMe))
		} else {
			m.Controls = append(m.Controls, about("me.step-report", flows.VerbStepReport))
		}
	}
	return nil
}

// undated sorts after every date.
const undated = "~"

// steps are those that name the person as lead and are not over, the nearest due date first.
func (v *visit) steps(ctx context.Context) ([]plan.Step, error) {
	steps, err := all[plan.Step](ctx, v.work, flows.KindStep, "")
	steps = slices.DeleteFunc(steps, func(s plan.Step) bool {
		return s.Lead != v.person.ID || s.Status == plan.StatusDone || s.Status == plan.StatusDropped
	})
	slices.SortStableFunc(steps, func(a, b plan.Step) int {
		return strings.Compare(cmp.Or(a.Due, undated), cmp.Or(b.Due, undated))
	})
	return steps, err
}

// myRuns lists the person's conversations that are not over.
func (v *visit) myRuns(ctx context.Context, m *flows.Message) error {
	open, err := all[flows.Open](ctx, v.work, flows.KindOpen, v.person.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	count := len(open)
	m.Parts = append(m.Parts, said(flows.StyleBody, "me.open", map[string]flows.Arg{"count": {Number: &count}}))
	for _, o := range newest(open, shownHere) {
		m.Parts = append(m.Parts, said(flows.StyleItem, "me.open-one", map[string]flows.Arg{
			"title": {Text: v.title(o.Flow)}, "date": {Date: when.Today(o.Since, v.zone(v.person))},
		}))
	}
	m.Controls = append(m.Controls, v.goOns(open)...)
	return nil
}

// newest returns the newest n of a person's open conversations, the newest first.
func newest(open []flows.Open, n int) []flows.Open {
	sorted := slices.Clone(open)
	slices.SortStableFunc(sorted, func(a, b flows.Open) int { return b.Since.Compare(a.Since) })
	return sorted[:min(n, len(sorted))]
}

// myReceipts lists the last reminders that were sent to the person, and why.
func (v *visit) myReceipts(ctx context.Context, m *flows.Message) error {
	receipts, err := all[flows.Receipt](ctx, v.work, flows.KindReceipt, v.person.ID)
	if err != nil {
		return err
	}
	receipts = slices.DeleteFunc(receipts, func(r flows.Receipt) bool { return r.Kind != flows.Nudge || r.Outcome != flows.Sent })
	if len(receipts) == 0 {
		return nil
	}
	slices.SortStableFunc(receipts, func(a, b flows.Receipt) int { return b.At.Compare(a.At) })
	m.Parts = append(m.Parts, said(flows.StyleBody, "me.receipts", nil))
	for _, r := range receipts[:min(len(receipts), shownHere)] {
		m.Parts = append(m.Parts, said(flows.StyleItem, "me.receipt", map[string]flows.Arg{
			"date": {Date: when.Today(r.At, v.zone(v.person))}, "why": {Words: "me.why." + why(r.Rule)},
		}))
	}
	return nil
}

// language switches the person's language, or offers the languages.
func (v *visit) language(ctx context.Context, rest string) error {
	named := map[string]flows.Locale{
		"en": flows.English, "english": flows.English, "inglés": flows.English, "ingles": flows.English,
		"es": flows.Spanish, "spanish": flows.Spanish, "español": flows.Spanish, "espanol": flows.Spanish,
	}
	l, ok := named[strings.ToLower(rest)]
	if !ok {
		return v.say("me.language-which", languages()...)
	}
	if err := v.wish(ctx, coalition.ChooseLanguage(v.person, l)); err != nil {
		return err
	}
	return v.say("me.language-set")
}

// nudges stops all reminders or allows them again, or offers both.
func (v *visit) nudges(ctx context.Context, rest string) error {
	on := button("me.nudges-on", flows.Token{Verb: flows.VerbNudgesOn})
	off := button("me.nudges-off", flows.Token{Verb: flows.VerbNudgesOff})
	if platform := strings.ToLower(rest); preferWords(platform) != "" && v.has(platform) {
		if err := v.wish(ctx, coalition.Prefer(v.person, platform)); err != nil {
			return err
		}
		return v.say("link.prefer-set")
	}
	switch strings.ToLower(rest) {
	case "off", "no":
		if err := v.wish(ctx, coalition.StopNudges(v.person)); err != nil {
			return err
		}
		return v.say("me.nudges-now-off", on)
	case "on", "si", "sí":
		if err := v.wish(ctx, coalition.AllowNudges(v.person)); err != nil {
			return err
		}
		return v.say("me.nudges-now-on", off)
	default:
		return v.say("me.nudges-which", on, off)
	}
}

// kinds lists every kind of reminder.
func kinds() []nudge.Kind {
	return []nudge.Kind{
		nudge.WeekBefore, nudge.DayBefore, nudge.DayOf, nudge.AfterOne, nudge.AfterThree, nudge.Question, nudge.Coordinator,
		nudge.Snooze, nudge.Offer, nudge.Help,
	}
}

// why ends the key that says why a reminder was sent.
func why(rule string) string {
	if slices.Contains(kinds(), nudge.Kind(rule)) {
		return rule
	}
	return "other"
}

// fewer stops the kind of reminder that the pressed one was.
func (v *visit) fewer(ctx context.Context, t flows.Token) error {
	if !slices.Contains(kinds(), nudge.Kind(t.Arg)) {
		return v.unknownControl()
	}
	if err := v.wish(ctx, coalition.Mute(v.person, t.Arg)); err != nil {
		return err
	}
	return v.say("me.fewer", button("me.nudges-on", flows.Token{Verb: flows.VerbNudgesOn}),
		button("me.nudges-off", flows.Token{Verb: flows.VerbNudgesOff}))
}

// wish keeps what a person wishes, and lets the rest of this event know.
func (v *visit) wish(ctx context.Context, c flows.Change) error {
	if err := v.fold(ctx, c, origin{}); err != nil {
		return err
	}
	p, ok, err := find[coalition.Person](ctx, v.work, personRef(v.person.ID))
	if ok {
		v.person = p
	}
	return err
}

// withdraw takes the person's sign-up off the roster, once they have said yes.
func (v *visit) withdraw(ctx context.Context, t flows.Token) error {
	prior, err := v.prior(ctx)
	if err != nil {
		return err
	}
	var c flows.Change
	switch {
	case t.Object == flows.RecordMessenger && prior.Messenger != nil:
		c = roster.WithdrawMessenger(*prior.Messenger)
	case t.Object == flows.RecordStakeholder && prior.Stakeholder != nil:
		c = roster.WithdrawStakeholder(*prior.Stakeholder)
	default:
		return v.say("me.withdraw-nothing")
	}
	if t.Arg != "yes" {
		return v.say("me.withdraw-sure",
			button("me.withdraw-yes", flows.Token{Verb: flows.VerbWithdraw, Object: t.Object, Arg: "yes"}),
			button("me.withdraw-no", flows.Token{Verb: flows.VerbMe}))
	}
	v.forget = true
	if err := v.fold(ctx, c, origin{ID: v.b.ID(), Person: v.person.ID, Via: v.in.Platform, At: v.at}); err != nil {
		return err
	}
	if v.whisper == nil && len(c.Effects) == 0 {
		return v.say("me.withdrawn")
	}
	return nil
}
