package web

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// World is what stands on the pretend platforms. It is safe for many goroutines.
type World struct {
	now     func() time.Time
	mu      sync.Mutex
	journal *journal
	seq     int64 // of the last change
	items   []*item
	locales map[string]flows.Locale // by user, once changed
	changed chan struct{}           // closed and replaced at each change
}

// item is one message of a conversation, or what became of it: also a line of the journal. A later line with the same
// ID replaces an earlier one.
type item struct {
	Seq     int64     `json:"seq"` // number of the item's last change among all changes
	ID      string    `json:"id"`
	Conv    string    `json:"conv"`
	Key     string    `json:"key,omitempty"`
	By      string    `json:"by,omitempty"` // user id; empty for Convenor
	At      time.Time `json:"at"`
	Edited  bool      `json:"edited,omitempty"`
	Gone    bool      `json:"gone,omitempty"` // taken back
	Message message   `json:"message"`
}

// Open reads the world kept in dir, or begins a new one there. now is the clock that messages are stamped with.
func Open(dir string, now func() time.Time) (*World, error) {
	w := &World{now: now, locales: map[string]flows.Locale{}, changed: make(chan struct{})}
	j, err := openJournal(dir, w.apply)
	if err != nil {
		return nil, fmt.Errorf("open the pretend platforms: %w", err)
	}
	w.journal = j
	return w, nil
}

// Close lets go of the file. Nothing is lost without it.
func (w *World) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.journal.close()
}

// empty reports whether nothing was ever posted in a conversation.
func (w *World) empty(conv string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !slices.ContainsFunc(w.items, func(it *item) bool { return it.Conv == conv })
}

// Platforms are the two pretend chat services.
func (w *World) Platforms() []bot.Platform {
	return []bot.Platform{&Platform{world: w, name: slack}, &Platform{world: w, name: discord}}
}

// apply takes one line into memory. It is called while the journal is read, or with mu held.
func (w *World) apply(l line) {
	w.seq = max(w.seq, l.Seq)
	if l.User != "" {
		w.locales[l.User] = l.Locale
	}
	if l.Item == nil {
		return
	}
	l.Item.Seq = l.Seq
	if i := slices.IndexFunc(w.items, func(it *item) bool { return it.ID == l.Item.ID }); i >= 0 {
		w.items[i] = l.Item
		return
	}
	w.items = append(w.items, l.Item)
}

// write makes a change durable, then visible. mu must be held.
func (w *World) write(l line) error {
	l.Seq = w.seq + 1
	if err := w.journal.append(l); err != nil {
		return err
	}
	w.apply(l)
	close(w.changed)
	w.changed = make(chan struct{})
	return nil
}

// post adds a message to a conversation. Like most real platforms, it posts again what it is asked to post again.
func (w *World) post(conv, key string, m message) (*item, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.add(conv, key, "", m)
}

// say adds what a person typed. id names the line: what is there already is not said again.
func (w *World) say(conv, id, by string, m message) (*item, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := "said." + id
	if it := w.find(conv, key, time.Time{}, nil); it != nil {
		return it, nil
	}
	return w.add(conv, key, by, m)
}

// add appends an item. mu must be held.
func (w *World) add(conv, key, by string, m message) (*item, error) {
	it := &item{ID: "m" + strconv.FormatInt(w.seq+1, 10), Conv: conv, Key: key, By: by, At: w.now(), Message: m}
	return it, w.write(line{Item: it})
}

// edit replaces a message; ok is false when there is none with that id in the conversation.
func (w *World) edit(conv, id string, m message) (ok bool, err error) {
	return w.replace(conv, id, func(it *item) { it.Message, it.Edited = m, true })
}

// takeBack removes a message; ok is false when there is none with that id in the conversation. The order stays.
func (w *World) takeBack(conv, id string) (ok bool, err error) {
	return w.replace(conv, id, func(it *item) { it.Message, it.Key, it.Gone = message{}, "", true })
}

func (w *World) replace(conv, id string, change func(*item)) (ok bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, it := range w.items {
		if it.ID == id && it.Conv == conv && !it.Gone {
			next := *it
			change(&next)
			return true, w.write(line{Item: &next})
		}
	}
	return false, nil
}

// find returns the message marked key in a conversation, posted at or after since, whose id is not in but. mu must be
// held.
func (w *World) find(conv, key string, since time.Time, but []string) *item {
	if key == "" {
		return nil
	}
	for _, it := range w.items {
		if it.Key == key && it.Conv == conv && !it.Gone && !it.At.Before(since) && !slices.Contains(but, it.ID) {
			return it
		}
	}
	return nil
}

// since returns copies of all items changed after seq, in the order they were first posted; the number of the last
// change; and a channel that closes at the next one.
func (w *World) since(seq int64) (news []item, last int64, changed <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, it := range w.items {
		if it.Seq > seq {
			news = append(news, *it)
		}
	}
	return news, w.seq, w.changed
}

// locale is the language that a persona has set on the platform.
func (w *World) locale(p Persona) flows.Locale {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l, ok := w.locales[p.User]; ok {
		return l
	}
	return p.Locale
}

// setLocale changes the language that a persona has set on the platform.
func (w *World) setLocale(p Persona, l flows.Locale) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.write(line{User: p.User, Locale: l})
}
