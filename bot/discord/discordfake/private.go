package discordfake

import (
	"maps"
	"slices"
	"strings"
)

// Private lists what must never be read in a log: the bot's token, what answers interactions, who the people are, and
// every text that somebody typed.
func (f *Fake) Private() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []string{Token}
	for _, u := range f.users {
		list = append(append(list, u.ID, u.Name), strings.Fields(u.Name)...)
	}
	list = append(list, slices.Collect(maps.Keys(f.interactions))...)
	return append(list, slices.Collect(maps.Keys(f.typed))...)
}

// typing notes what a person typed. The caller holds f.mu.
func (f *Fake) typing(texts ...string) {
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			f.typed[text] = true
		}
	}
}
