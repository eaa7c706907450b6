package bot

import (
	"context"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/when"
)

// menuZone is the verb for where a person's clock is, and the Object of its buttons.
const menuZone = "zone"

// tellsZone reports whether a platform tells where people's clocks are. Discord tells nobody's.
func tellsZone(platform string) bool { return platform != "discord" }

// zoneVerb keeps the person's zone: one of those offered, the name of one, or the one whose clock shows what was typed.
func (v *visit) zoneVerb(ctx context.Context, rest string) error {
	found := v.zonesLike(rest)
	switch len(found) {
	case 0:
		words := "zone.ask"
		if rest != "" {
			words = "zone.unread"
		}
		v.whisper = &flows.Message{}
		v.offerZones(words, coalition.Zones())
		return nil
	case 1:
		return v.keepZone(ctx, found[0].Zone)
	}
	v.whisper = &flows.Message{}
	v.offerZones("zone.which", found)
	return nil
}

// zonesLike lists the zones that a text may mean.
func (v *visit) zonesLike(text string) []coalition.ZoneNamed {
	typed := alike(text)
	if _, err := v.b.Zone(text); err == nil && strings.Contains(text, "/") {
		return []coalition.ZoneNamed{{Zone: text}}
	}
	times, _ := when.Times(text)
	var list []coalition.ZoneNamed
	for _, z := range coalition.Zones() {
		city := alike(strings.ReplaceAll(z.Zone[strings.Index(z.Zone, "/")+1:], "_", " "))
		if typed != "" && (typed == z.Option || typed == city) || slices.ContainsFunc(times, v.showsNow(z.Zone)) {
			list = append(list, z)
		}
	}
	return list
}

// showsNow reports whether a time of day, HH:MM, is about now in a zone.
func (v *visit) showsNow(zone string) func(clock string) bool {
	const near, day = 10, 24 * 60
	now := v.at.In(v.b.zone(zone))
	return func(clock string) bool {
		apart := (minutes(clock) - now.Hour()*60 - now.Minute() + day) % day
		return min(apart, day-apart) <= near
	}
}

// keepZone keeps a person's zone and moves the reminders of the steps they lead to their new hours.
func (v *visit) keepZone(ctx context.Context, zone string) error {
	if err := v.wish(ctx, coalition.SetZone(v.person, zone)); err != nil {
		return err
	}
	steps, err := v.steps(ctx)
	if err != nil {
		return err
	}
	for _, s := range steps {
		c, changed := plan.Became(s, v.act(), v.person.ID)
		if !changed {
			continue
		}
		for _, t := range c.Timers {
			t.Coalition = v.coalition
			v.work.moved = append(v.work.moved, t)
		}
		c.Timers = nil
		if err := v.fold(ctx, c, origin{}); err != nil {
			return err
		}
	}
	v.whisper = &flows.Message{
		Parts: []flows.Part{said(flows.StyleBody, "zone.set", map[string]flows.Arg{
			"time": {Clock: v.at.In(v.zone(v.person)).Format("15:04")}, "zone": {Plain: zone},
		})},
		Controls: []flows.Control{button("zone.change", flows.Token{Verb: flows.VerbMenu, Object: menuZone})},
	}
	return nil
}

// offerZones adds to what is whispered the question what time it is, with a button for each answer.
func (v *visit) offerZones(words string, zones []coalition.ZoneNamed) {
	v.whisper.Parts = append(v.whisper.Parts, said(flows.StyleBody, words, map[string]flows.Arg{"zone": {Plain: v.zoneName(v.person)}}))
	for _, z := range zones {
		v.whisper.Controls = append(v.whisper.Controls, flows.Control{
			Kind: flows.ControlButton, Words: "zone.at", Token: flows.Token{Verb: flows.VerbMenu, Object: menuZone, Arg: z.Option},
			Args: map[string]flows.Arg{
				"time": {Clock: v.at.In(v.b.zone(z.Zone)).Format("15:04")}, "place": {Words: "zone.place." + z.Option},
			},
		})
	}
}

// askZone asks somebody whose zone nobody tells for it, once and in private, when they do something that days or hours
// come of.
func (v *visit) askZone(ctx context.Context) error {
	if !v.timed || tellsZone(v.in.Platform) || v.person.Zone != "" || v.person.ZoneAsked || v.form != nil {
		return nil
	}
	if err := v.wish(ctx, coalition.AskZone(v.person)); err != nil {
		return err
	}
	m := flows.Message{}
	if v.whisper != nil {
		m.Parts, m.Controls = slices.Clone(v.whisper.Parts), slices.Clone(v.whisper.Controls)
	}
	v.whisper = &m
	v.offerZones("zone.ask", coalition.Zones())
	return nil
}
