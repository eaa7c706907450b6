package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
)

// Verbs for when somebody may be reminded, as help names them and as the Object of their buttons.
const (
	menuAway  = "away"
	menuHours = "hours"
)

// away keeps until when the person is away, in people's words, or that they are back; without a day it offers some.
func (v *visit) away(ctx context.Context, rest string) error {
	v.timed = true
	if slices.Contains([]string{"back", "here", "no", "off", "de vuelta", "volví", "volvi"}, strings.ToLower(rest)) {
		if err := v.wish(ctx, coalition.SetAway(v.person, "")); err != nil {
			return err
		}
		return v.say("away.back", button("menu.me", flows.Token{Verb: flows.VerbMe}))
	}
	today := when.Today(v.at, v.zone(v.person))
	if rest == "" {
		return v.offerAway("away.until", today, nil)
	}
	read, err := when.Date(rest, today, string(v.person.Locale))
	if err != nil || len(read.Dates) == 0 {
		words := "away.unread"
		if _, past := errors.AsType[*when.PastError](err); past {
			words = "away.past"
		}
		return v.offerAway(words, today, map[string]flows.Arg{"typed": {Plain: cut(oneLine(clean(rest)), nameKept)}})
	}
	last := read.Dates[0]
	if err := v.wish(ctx, coalition.SetAway(v.person, last)); err != nil {
		return err
	}
	v.whisper = &flows.Message{
		Parts:    []flows.Part{said(flows.StyleBody, "away.set", map[string]flows.Arg{"date": {Date: last}})},
		Controls: []flows.Control{button("away.i-am-back", flows.Token{Verb: flows.VerbMenu, Object: menuAway, Arg: "back"})},
	}
	return nil
}

// offerAway asks until when the person is away.
func (v *visit) offerAway(words, today string, args map[string]flows.Arg) error {
	until := func(words string, days int) flows.Control {
		return button(words, flows.Token{Verb: flows.VerbMenu, Object: menuAway, Arg: when.AddDays(today, days)})
	}
	m := flows.Message{
		Parts:    []flows.Part{said(flows.StyleBody, words, args), said(flows.StyleSmall, "away.how", nil)},
		Controls: []flows.Control{until("away.week", 7), until("away.two-weeks", 14), until("away.month", 30)},
	}
	if v.person.Away != "" {
		m.Parts = append(m.Parts, said(flows.StyleItem, "me.away", map[string]flows.Arg{"date": {Date: v.person.Away}}))
		m.Controls = append(m.Controls, button("away.i-am-back", flows.Token{Verb: flows.VerbMenu, Object: menuAway, Arg: "back"}))
	}
	v.whisper = &m
	return nil
}

// hours keeps when the person may be reminded: one of the stretches offered, one typed like "10:00-18:00", or the
// coalition's.
func (v *visit) hours(ctx context.Context, rest string) error {
	v.timed = true
	h, ok := coalition.Stretch(strings.ToLower(rest))
	if !ok && rest != "" {
		h, ok = typedHours(rest)
	}
	if !ok {
		words := "hours.which"
		if rest != "" {
			words = "hours.unread"
		}
		return v.offerHours(words, rest)
	}
	change, err := coalition.SetHours(v.person, h)
	if errors.Is(err, coalition.ErrHours) {
		return v.offerHours("hours.unread", rest)
	}
	if err := v.wish(ctx, change); err != nil {
		return err
	}
	from, to := v.home.HoursOf(v.person).Span()
	v.whisper = &flows.Message{Parts: []flows.Part{said(flows.StyleBody, "hours.set", map[string]flows.Arg{
		"from": {Clock: clock(from)}, "to": {Clock: clock(to)}, "zone": {Plain: v.zoneName(v.person)},
	})}}
	return nil
}

func (v *visit) offerHours(words, typed string) error {
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleBody, words, map[string]flows.Arg{"typed": {Plain: cut(oneLine(clean(typed)), nameKept)}}),
		said(flows.StyleSmall, "hours.how", nil),
	}}
	for _, name := range []string{"day", "work", "evening", "week", "ours"} {
		m.Controls = append(m.Controls, button("hours."+name, flows.Token{Verb: flows.VerbMenu, Object: menuHours, Arg: name}))
	}
	v.whisper = &m
	return nil
}

// typedHours reads "10:00-18:00", "10am to 6pm" and the same in Spanish. Of an hour that may be in the morning or in the
// afternoon the first is taken for the beginning, and for the end the first that is later.
func typedHours(text string) (h when.Hours, ok bool) {
	text = strings.NewReplacer(" to ", "-", " a ", "-", "–", "-", " until ", "-", " hasta ", "-").Replace(strings.ToLower(text))
	first, second, found := strings.Cut(text, "-")
	if !found {
		return h, false
	}
	from, err := when.Times(first)
	if err != nil || len(from) == 0 {
		return h, false
	}
	to, err := when.Times(second)
	if err != nil {
		return h, false
	}
	h.From = minutes(from[0])
	for _, end := range to {
		if h.To = minutes(end); h.To > h.From {
			return h, true
		}
	}
	return h, false
}

// minutes is a time of day, HH:MM, in minutes after midnight.
func minutes(clock string) int {
	hour, minute, _ := when.Clock(clock)
	return hour*60 + minute
}
