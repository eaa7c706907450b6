package discord

import (
	"crypto/rand"
	"sync"
	"time"

	"convenor/bot"
)

// How long something lies in the drawer, and how much of it. Longer a form that was sent waits for nobody: what was typed
// stands in the message that offers it again.
const (
	drawerLife = 15 * time.Minute
	drawerMax  = 5000
)

// drawer keeps what a control of the adapter's own leads to: Discord opens a form only in answer to a press, never to a
// sent form or a text. It is in memory; who finds it empty is told so. The zero drawer is ready to use.
type drawer struct {
	mu   sync.Mutex
	kept map[string]kept
}

// kept is one thing in the drawer. Exactly one of form, again and whisper is set. It is for one person.
type kept struct {
	user    string
	at      time.Time
	form    *bot.Form    // is opened
	again   *bot.Inbound // is sent again
	whisper *bot.Message // is shown
}

// put keeps k and returns the key to it.
func (d *drawer) put(k kept) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = map[string]kept{}
	}
	if len(d.kept) >= drawerMax {
		for key, old := range d.kept {
			if k.at.Sub(old.at) > drawerLife {
				delete(d.kept, key)
			}
		}
		if len(d.kept) >= drawerMax {
			d.kept = map[string]kept{}
		}
	}
	key := rand.Text()
	d.kept[key] = k
	return key
}

// get returns what key leads to, for the person it is for, if it is not too old.
func (d *drawer) get(key, user string, now time.Time) (kept, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, ok := d.kept[key]
	return k, ok && k.user == user && now.Sub(k.at) <= drawerLife
}

func (d *drawer) drop(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.kept, key)
}
