package slackfake

import (
	"maps"
	"slices"
	"strings"
)

// Private lists what must never be read in a log: the app's tokens and its signing secret, what answers interactions,
// who the people are, and every text that somebody typed.
func (f *Fake) Private() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []string{f.config.BotToken, f.config.AppToken, f.config.SigningSecret}
	for _, u := range f.users {
		if !u.Bot {
			list = append(append(list, u.ID, u.Name), strings.Fields(u.Name)...)
		}
	}
	for id := range f.hooks {
		list = append(list, id)
	}
	for id := range f.triggers {
		list = append(list, id)
	}
	return append(list, slices.Collect(maps.Keys(f.typed))...)
}

// typing notes what a person typed. The caller holds f.mu.
func (f *Fake) typing(text string) {
	if text = strings.TrimSpace(text); text != "" {
		f.typed[text] = true
	}
}
