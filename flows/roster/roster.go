// Package roster holds who signed up: messengers, who carry the coalition's message, and stakeholders, who take a seat
// at its table. It is pure.
package roster

import (
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

// SignUp keeps a sign-up (h.Record says which) and tells the person what was kept and what comes next. Without consent
// it keeps nothing, erases the texts of h and says so.
func SignUp(h flows.HandOver, prior Prior) flows.Change { panic("being written") }

// WithdrawMessenger takes a messenger's sign-up off the roster, with every text of it.
func WithdrawMessenger(m Messenger) flows.Change { panic("being written") }

// WithdrawStakeholder takes a stakeholder's sign-up off the roster, with every text of it.
func WithdrawStakeholder(s Stakeholder) flows.Change { panic("being written") }
