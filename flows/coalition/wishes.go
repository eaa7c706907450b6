package coalition

import (
	"errors"
	"maps"

	"convenor/flows"
	"convenor/flows/when"
)

// ErrHours means that hours end before they begin or are shorter than an hour.
var ErrHours = errors.New("hours must be at least one hour within a day")

// The functions below keep what a person wishes. They tell nobody: whoever calls them answers the person.

// ChooseLanguage keeps the language a person chose for themselves.
func ChooseLanguage(p Person, locale flows.Locale) flows.Change {
	p.Locale, p.LocaleChosen = locale, true
	return p.kept()
}

// StopNudges keeps the wish for no nudges at all.
func StopNudges(p Person) flows.Change {
	p.Nudges.Off = true
	return p.kept()
}

// AllowNudges takes StopNudges and every Mute back.
func AllowNudges(p Person) flows.Change {
	p.Nudges = Nudges{}
	return p.kept()
}

// Mute keeps the wish for no more nudges of one rule.
func Mute(p Person, rule string) flows.Change {
	muted := maps.Clone(p.Nudges.Muted)
	if muted == nil {
		muted = map[string]bool{}
	}
	muted[rule] = true
	p.Nudges.Muted = muted
	return p.kept()
}

// SetHours keeps when a person may be nudged; the zero Hours are the default again. It returns ErrHours for hours that
// are none.
func SetHours(p Person, h when.Hours) (flows.Change, error) {
	if !h.Valid() {
		return flows.Change{}, ErrHours
	}
	p.Hours = h
	return p.kept(), nil
}

// SetAway keeps the last day a person is away; an empty day means that they are back.
func SetAway(p Person, last string) flows.Change {
	p.Away = last
	return p.kept()
}

func (p Person) kept() flows.Change {
	return flows.Change{Puts: []flows.Put{{Ref: flows.Ref{Kind: flows.KindPerson, ID: p.ID}, Value: p}}}
}
