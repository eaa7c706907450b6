package coalition

import (
	"errors"

	"convenor/flows"
	"convenor/flows/when"
)

// ErrHours means that hours end before they begin or are shorter than an hour.
var ErrHours = errors.New("hours must be at least one hour within a day")

// ChooseLanguage keeps the language a person chose for themselves.
func ChooseLanguage(p Person, locale flows.Locale) flows.Change { panic("being written") }

// StopNudges keeps the wish for no nudges at all.
func StopNudges(p Person) flows.Change { panic("being written") }

// AllowNudges takes StopNudges and every Mute back.
func AllowNudges(p Person) flows.Change { panic("being written") }

// Mute keeps the wish for no more nudges of one rule.
func Mute(p Person, rule string) flows.Change { panic("being written") }

// SetHours keeps when a person may be nudged. It returns ErrHours for hours that are none.
func SetHours(p Person, h when.Hours) (flows.Change, error) { panic("being written") }

// SetAway keeps the last day a person is away; an empty day means that they are back.
func SetAway(p Person, last string) flows.Change { panic("being written") }
