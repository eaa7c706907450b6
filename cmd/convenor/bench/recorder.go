package bench

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// recorder is a platform that keeps how often, and when, each message was posted. It is safe for many goroutines.
type recorder struct {
	now   func() time.Time
	limit func(to bot.Address) error // what the platform says to a post; nil: everything is taken

	mu    sync.Mutex
	posts map[string]int // by key
	at    []time.Time
	last  map[string]time.Time // by user or channel
	busy  int                  // posts that were refused
}

var _ bot.Platform = (*recorder)(nil)

func newRecorder(now func() time.Time) *recorder {
	return &recorder{now: now, posts: map[string]int{}, last: map[string]time.Time{}}
}

// Name is the platform's word in identities and places.
func (*recorder) Name() string { return platform }

// Profile tells little.
func (*recorder) Profile(context.Context, string, string) (bot.Profile, error) {
	return bot.Profile{Name: "Somebody", Zone: zone, Locale: flows.English}, nil
}

// Send keeps that a message was posted.
func (r *recorder) Send(_ context.Context, to bot.Address, key string, _ bot.Message) (flows.Posted, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.limit != nil {
		if err := r.limit(to); err != nil {
			r.busy++
			return flows.Posted{}, err
		}
	}
	r.posts[key]++
	r.at, r.last[to.User+to.Channel] = append(r.at, r.now()), r.now()
	return flows.Posted{Platform: platform, Channel: to.User + to.Channel, Message: strconv.Itoa(len(r.at))}, nil
}

// Edit takes every edit.
func (*recorder) Edit(context.Context, flows.Posted, bot.Message) error { return nil }

// Find finds nothing: nothing that the bench does is ever in doubt.
func (*recorder) Find(context.Context, bot.Address, string, time.Time, ...flows.Posted) (flows.Posted, bool, error) {
	return flows.Posted{}, false, nil
}

// Retract takes nothing back.
func (*recorder) Retract(context.Context, flows.Posted) error { return nil }

// reset forgets all posts.
func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posts, r.last, r.at, r.busy = map[string]int{}, map[string]time.Time{}, nil, 0
}

// count says how many different messages were posted, and how many more than once.
func (r *recorder) count() (once, doubled int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.posts {
		if n > 1 {
			doubled++
		}
	}
	return len(r.posts), doubled
}

// times says when each user or channel was last written to.
func (r *recorder) times() map[string]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.last)
}
