// Package roster holds who signed up: messengers, who carry the coalition's message, and stakeholders, who take a seat
// at its table. It is pure.
package roster

import (
	"slices"
	"time"

	"convenor/flows"
)

// Messenger is one person's messenger sign-up. It is kept as a record of flows.KindMessenger under the person's ID.
type Messenger struct {
	Person  string    `json:"person"`
	Name    string    `json:"name,omitempty"`    // text id: what to call them
	Reach   string    `json:"reach,omitempty"`   // text id: how to reach them
	Level   string    `json:"level,omitempty"`   // follow, show-up, share, speak, organise, co-lead
	Methods []string  `json:"methods,omitempty"` // direct, education, in-person, social, media
	Area    string    `json:"area,omitempty"`    // text id
	Consent time.Time `json:"consent"`           // when they agreed that this is kept
	Run     string    `json:"run"`               // where they said it
	Since   time.Time `json:"since"`             // of the first sign-up
}

// Stakeholder is one person's seat at the table. It is kept as a record of flows.KindStakeholder under the person's ID.
type Stakeholder struct {
	Person       string    `json:"person"`
	Name         string    `json:"name,omitempty"`         // text id
	Organisation string    `json:"organisation,omitempty"` // text id
	Seat         string    `json:"seat,omitempty"`         // category, an option of the flow
	Voting       string    `json:"voting,omitempty"`       // yes, no, unsure
	Alternate    string    `json:"alternate,omitempty"`    // text id
	Consent      time.Time `json:"consent"`
	Run          string    `json:"run"`
	Since        time.Time `json:"since"`
}

// Prior is what a person had signed up for before; nil when nothing. A new sign-up replaces it and erases its texts.
type Prior struct {
	Messenger   *Messenger
	Stakeholder *Stakeholder
}

// texts are the texts that a sign-up holds.
func (m Messenger) texts() []string { return []string{m.Name, m.Reach, m.Area} }

func (s Stakeholder) texts() []string { return []string{s.Name, s.Organisation, s.Alternate} }

// SignUp keeps a sign-up (h.Record says which) and tells the person what was kept and what comes next. Without consent
// it keeps nothing of h, erases its texts and says so; a sign-up from before stays as it was. A record that is no
// sign-up changes nothing.
func SignUp(h flows.HandOver, prior Prior) flows.Change {
	switch {
	case h.Record != flows.RecordMessenger && h.Record != flows.RecordStakeholder:
		return flows.Change{}
	case !agreed(h):
		return declined(h)
	case h.Record == flows.RecordMessenger:
		return signMessenger(h, prior.Messenger)
	default:
		return signStakeholder(h, prior.Stakeholder)
	}
}

func signMessenger(h flows.HandOver, prior *Messenger) flows.Change {
	m := Messenger{
		Person: h.By, Name: text(h, "name"), Reach: text(h, "reach"), Level: pick(h, "level"),
		Methods: picks(h, "methods"), Area: text(h, "area"), Consent: h.At, Run: h.Run.ID, Since: h.At,
	}
	c := flows.Change{Puts: []flows.Put{{Ref: flows.Ref{Kind: flows.KindMessenger, ID: m.Person}, Value: m}}}
	words := "signup.messenger"
	if prior != nil {
		m.Since, words = prior.Since, "signup.messenger-again"
		c.Puts[0].Value = m
		c.Puts = append(c.Puts, erased(prior.texts(), m.texts())...)
	}
	c.Effects = []flows.Effect{flows.Say{Person: m.Person, Message: m.confirmation(words)}}
	return c
}

func signStakeholder(h flows.HandOver, prior *Stakeholder) flows.Change {
	s := Stakeholder{
		Person: h.By, Name: text(h, "name"), Organisation: text(h, "organisation"), Seat: pick(h, "seat"),
		Voting: pick(h, "voting"), Alternate: text(h, "alternate"), Consent: h.At, Run: h.Run.ID, Since: h.At,
	}
	c := flows.Change{Puts: []flows.Put{{Ref: flows.Ref{Kind: flows.KindStakeholder, ID: s.Person}, Value: s}}}
	words := "signup.stakeholder"
	if prior != nil {
		s.Since, words = prior.Since, "signup.stakeholder-again"
		c.Puts[0].Value = s
		c.Puts = append(c.Puts, erased(prior.texts(), s.texts())...)
	}
	c.Effects = []flows.Effect{flows.Say{Person: s.Person, Message: s.confirmation(words)}}
	return c
}

// WithdrawMessenger takes a messenger's sign-up off the roster, with every text of it. It tells nobody: whoever calls it
// answers the person.
func WithdrawMessenger(m Messenger) flows.Change {
	return flows.Change{Puts: append(
		[]flows.Put{{Ref: flows.Ref{Kind: flows.KindMessenger, ID: m.Person}, Delete: true}}, erased(m.texts(), nil)...)}
}

// WithdrawStakeholder takes a stakeholder's sign-up off the roster, with every text of it. It tells nobody: whoever
// calls it answers the person.
func WithdrawStakeholder(s Stakeholder) flows.Change {
	return flows.Change{Puts: append(
		[]flows.Put{{Ref: flows.Ref{Kind: flows.KindStakeholder, ID: s.Person}, Delete: true}}, erased(s.texts(), nil)...)}
}

// agreed reports whether the person said yes to being kept: anything else is a no.
func agreed(h flows.HandOver) bool {
	v := h.Fields["agree"]
	return v.Kind == flows.ValueConsent && slices.Equal(v.Picks, []string{"yes"})
}

// declined erases what was typed on the way to a no.
func declined(h flows.HandOver) flows.Change {
	var typed []string
	for _, v := range h.Fields {
		typed = append(typed, v.TextID)
	}
	slices.Sort(typed)
	return flows.Change{
		Puts: erased(typed, nil),
		Effects: []flows.Effect{flows.Say{Person: h.By, Message: flows.Message{
			Parts: []flows.Part{{Style: flows.StyleBody, Words: "signup.declined"}},
			Controls: []flows.Control{{
				Kind: flows.ControlButton, Words: "signup.button.again",
				Token: flows.Token{Verb: flows.VerbStart, Object: h.Run.Flow},
			}},
		}}},
	}
}

// erased deletes the texts that are not kept.
func erased(texts, kept []string) []flows.Put {
	var puts []flows.Put
	for _, id := range texts {
		if id != "" && !slices.Contains(kept, id) {
			puts = append(puts, flows.Put{Ref: flows.Ref{Kind: flows.KindText, ID: id}, Delete: true})
		}
	}
	return puts
}

// text returns what was typed for a field, and "" for one that was skipped or is not known.
func text(h flows.HandOver, field string) string {
	if v := h.Fields[field]; v.Kind == flows.ValueText {
		return v.TextID
	}
	return ""
}

func pick(h flows.HandOver, field string) string {
	if p := picks(h, field); len(p) == 1 {
		return p[0]
	}
	return ""
}

func picks(h flows.HandOver, field string) []string {
	if v := h.Fields[field]; v.Kind == flows.ValueChoice || v.Kind == flows.ValueMany {
		return slices.Clone(v.Picks)
	}
	return nil
}
