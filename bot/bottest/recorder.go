package bottest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// Recorder is a platform in memory. It posts whatever it is asked to post, also twice, so that a doubled message is
// seen. It is safe for many goroutines.
type Recorder struct {
	name string
	now  func() time.Time

	mu       sync.Mutex
	posts    []Post
	sent     int
	profiles map[string]bot.Profile // by user
	shut     map[bot.Address]string
	knocks   map[bot.Address]int
}

// Post is one message as it stands.
type Post struct {
	ID      string
	To      bot.Address // without Thread
	Thread  string      // what it was to be in the thread of
	Key     string
	Message bot.Message
	At      time.Time
	Edits   int
}

// NewRecorder makes a Recorder by a platform's name. now stamps its messages.
func NewRecorder(name string, now func() time.Time) *Recorder {
	return &Recorder{
		name: name, now: now, profiles: map[string]bot.Profile{}, shut: map[bot.Address]string{}, knocks: map[bot.Address]int{},
	}
}

// Name is the platform's word in identities and places.
func (r *Recorder) Name() string { return r.name }

// Send posts m.
func (r *Recorder) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	if err := ctx.Err(); err != nil {
		return flows.Posted{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if why := r.shut[to]; why != "" {
		r.knocks[to]++
		return flows.Posted{}, &bot.GoneError{Reason: why}
	}
	if _, known := r.profiles[to.User]; to.User != "" && len(r.profiles) > 0 && !known {
		return flows.Posted{}, &bot.GoneError{Reason: "unknown"}
	}
	r.sent++
	thread := to.Thread
	to.Thread = ""
	p := Post{ID: strconv.Itoa(r.sent), To: to, Thread: thread, Key: key, Message: m, At: r.now()}
	r.posts = append(r.posts, p)
	return r.posted(p), nil
}

// Edit replaces a message.
func (r *Recorder) Edit(ctx context.Context, at flows.Posted, m bot.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.posts {
		if r.posted(r.posts[i]) == at {
			r.posts[i].Message = m
			r.posts[i].Edits++
			return nil
		}
	}
	return &bot.GoneError{Reason: "deleted"}
}

// Retract removes a message.
func (r *Recorder) Retract(ctx context.Context, at flows.Posted) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.posts {
		if r.posted(r.posts[i]) == at {
			r.posts = slices.Delete(r.posts, i, i+1)
			return nil
		}
	}
	return &bot.GoneError{Reason: "deleted"}
}

// Find looks for the message marked key.
func (r *Recorder) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (flows.Posted, bool, error) {
	if err := ctx.Err(); err != nil {
		return flows.Posted{}, false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	to.Thread = ""
	i := slices.IndexFunc(r.posts, func(p Post) bool {
		return p.To == to && p.Key == key && !p.At.Before(since) && !slices.Contains(but, r.posted(p))
	})
	if i < 0 {
		return flows.Posted{}, false, nil
	}
	return r.posted(r.posts[i]), true, nil
}

// Profile tells what SetProfile told.
func (r *Recorder) Profile(ctx context.Context, _, user string) (bot.Profile, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.profiles[user], ctx.Err()
}

// SetProfile says what Profile is to tell about a user. Once there is one, users without one cannot be written to.
func (r *Recorder) SetProfile(user string, p bot.Profile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.profiles[user] = p
}

// Refuse has nothing more posted to an address, for a reason; an empty reason opens it again.
func (r *Recorder) Refuse(to bot.Address, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shut[to] = why
}

// Knocks counts how often an address refused a post.
func (r *Recorder) Knocks(to bot.Address) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.knocks[to]
}

// Posts returns every message that stands in a conversation, oldest first; those of all conversations when to is zero.
func (r *Recorder) Posts(to bot.Address) []Post {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Post
	for _, p := range r.posts {
		if to == (bot.Address{}) || p.To == to {
			out = append(out, p)
		}
	}
	return out
}

func (r *Recorder) posted(p Post) flows.Posted {
	return flows.Posted{Platform: r.name, Place: p.To.Place, Channel: p.To.Place + "/" + p.To.User + p.To.Channel, Message: p.ID}
}

// Fault is one way in which a request goes wrong.
type Fault string

// The faults.
const (
	None    Fault = ""
	Busy    Fault = "busy"    // refused: wait; nothing was done
	Gone    Fault = "gone"    // refused for good
	Down    Fault = "down"    // refused; nothing was done
	Lost    Fault = "lost"    // done, but the answer never came
	Unheard Fault = "unheard" // neither done nor answered
	Panic   Fault = "panic"   // the adapter breaks off after it is done
)

// Asked is how long a busy platform asks to wait.
const Asked = 7 * time.Second

// Faulty wraps a Platform whose requests go wrong as Plan says. Plan is asked before each Send, Edit and Find with that
// word, the address and the key, "" for an Edit; it must be safe for many goroutines.
type Faulty struct {
	bot.Platform
	Plan func(op string, to bot.Address, key string) Fault
}

// Send sends, or goes wrong.
func (f Faulty) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (at flows.Posted, err error) {
	err = f.fault("Send", to, key, func() error {
		at, err = f.Platform.Send(ctx, to, key, m)
		return err
	})
	if err != nil {
		return flows.Posted{}, err
	}
	return at, nil
}

// Edit edits, or goes wrong.
func (f Faulty) Edit(ctx context.Context, at flows.Posted, m bot.Message) error {
	return f.fault("Edit", bot.Address{}, "", func() error { return f.Platform.Edit(ctx, at, m) })
}

// Retract removes, or goes wrong.
func (f Faulty) Retract(ctx context.Context, at flows.Posted) error {
	return f.fault("Retract", bot.Address{}, "", func() error { return f.Platform.Retract(ctx, at) })
}

// Find finds, or goes wrong.
func (f Faulty) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (at flows.Posted, ok bool, err error) {
	err = f.fault("Find", to, key, func() error {
		at, ok, err = f.Platform.Find(ctx, to, key, since, but...)
		return err
	})
	if err != nil {
		return flows.Posted{}, false, err
	}
	return at, ok, nil
}

func (f Faulty) fault(op string, to bot.Address, key string, do func() error) error {
	fault := f.Plan(op, to, key)
	switch fault {
	case None:
		return do()
	case Busy:
		return &bot.BusyError{After: Asked}
	case Gone:
		return &bot.GoneError{Reason: "closed"}
	case Unheard:
		return &bot.UnclearError{Err: errFault}
	case Lost, Panic:
		if err := do(); err != nil {
			return err
		}
		if fault == Panic {
			panic("a fault that was planned")
		}
		return &bot.UnclearError{Err: errFault}
	case Down:
	}
	return errFault
}

// Text is all that a person reads of a message: its paragraphs and the labels of its controls.
func Text(m bot.Message) string {
	var lines []string
	for _, b := range m.Blocks {
		lines = append(lines, b.Text)
	}
	for _, c := range m.Controls {
		lines = append(lines, "["+c.Label+"]")
	}
	return strings.Join(lines, "\n")
}
