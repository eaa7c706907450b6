package discord

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	discordgo "github.com/bwmarrin/discordgo"
)

// What the limiter keeps to. Discord takes 50 requests a second of a bot (topics/rate-limits) and shuts out an address
// with 10,000 refused ones in ten minutes.
const (
	globalEvery  = time.Second / 40 // with the burst so many as Discord takes in any second
	globalBurst  = 10
	probeEvery   = 50 * time.Millisecond // how long to wait for the first answer in a bucket
	resetMargin  = 10 * time.Millisecond // what Discord's own figures are rounded by, and more
	waitMax      = 5 * time.Second       // longer than this nobody waits here: the outbox waits better
	busyDefault  = 30 * time.Second
	invalidMax   = 5000
	invalidIn    = 10 * time.Minute
	bucketsMax   = 4096
	answerMax    = 8 << 20 // bytes of an answer: a page of history is the largest
	vendorPrefix = "/api/v9/"
)

// limitedError means that a request was not carried out and when to come again.
type limitedError struct{ after time.Duration }

func (e *limitedError) Error() string { return "Discord asks to wait " + e.after.String() }

// limiter carries requests to Discord at the pace that Discord sets, and to nowhere else. Times are of the machine's
// clock, not of a rehearsal's: Discord's limits run by the real one.
type limiter struct {
	next   http.RoundTripper
	base   *url.URL // the API's address
	now    func() time.Time
	after  func(time.Duration) <-chan struct{}
	waited func(time.Duration)
	clock  *discordClock

	mu      sync.Mutex
	full    time.Time          // when the global bucket will be full
	shut    time.Time          // nothing is sent before
	buckets map[string]*bucket // by Discord's bucket and the major parameter
	routes  map[string]string  // Discord's bucket by route; "" for one that has none
	probing map[string]bool    // routes and major parameters whose bucket the request on its way is to tell
	invalid []time.Time        // refused requests, oldest first
	guarded bool               // so many were refused that nothing is sent
	alarm   func(on bool)      // tells when guarded changes; called under the lock
}

// bucket is what Discord told about one.
type bucket struct {
	remaining int
	reset     time.Time
}

// free reports whether a request counts towards no limit of the bot's: it belongs to an interaction.
func free(path string) bool {
	return strings.HasPrefix(path, "interactions/") || strings.HasPrefix(path, "webhooks/")
}

// route names what Discord counts together: the method and path without minor ids, and the major parameter beside it.
func route(method, path string) (name, major string) {
	parts := strings.Split(path, "/")
	for i := range parts {
		if _, err := strconv.ParseUint(parts[i], 10, 64); err == nil {
			if i == 1 {
				major = parts[i]
			}
			parts[i] = "*"
		}
	}
	return method + " " + strings.Join(parts, "/"), major
}

// RoundTrip waits for its turn, then carries the request. A request that would wait for long is not carried: its error is
// a *limitedError, as that of one that Discord answers with 429.
func (l *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ours := strings.CutPrefix(r.URL.Path, vendorPrefix)
	if !ours || !strings.HasPrefix(discordgo.EndpointDiscord, "https://"+r.URL.Host+"/") {
		return nil, errors.New("a request that is not for Discord's API")
	}
	name, major := route(r.Method, path)
	for {
		wait := l.guard()
		if wait <= 0 && !free(path) {
			wait = l.take(name, major)
		}
		if wait <= 0 {
			break
		}
		if wait > waitMax {
			return nil, &limitedError{wait}
		}
		l.waited(wait)
		select {
		case <-l.after(wait):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	defer l.probed(name, major)
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = l.base.Scheme, l.base.Host, l.base.Host
	r.URL.Path, r.URL.RawPath = l.base.Path+"/"+path, ""
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	return l.read(resp, name, major, free(path))
}

// take takes a turn, or says how long to wait before asking again.
func (l *limiter) take(name, major string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if wait := l.shut.Sub(now); wait > 0 {
		return wait
	}
	if l.full.Before(now) {
		l.full = now
	}
	if wait := l.full.Sub(now) - (globalBurst-1)*globalEvery; wait > 0 {
		return wait
	}
	id, known := l.routes[name]
	known = known && id == "" // it has none
	if b := l.buckets[id+" "+major]; b != nil && b.reset.After(now) {
		if b.remaining <= 0 {
			return b.reset.Sub(now)
		}
		b.remaining--
		known = true
	}
	if !known { // its first answer tells what the bucket takes; until then it takes one
		if l.probing[name+" "+major] {
			return probeEvery
		}
		l.probing[name+" "+major] = true
	}
	l.full = l.full.Add(globalEvery)
	return 0
}

// probed lets the next request ask: the one before has been answered, or never will be.
func (l *limiter) probed(name, major string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.probing, name+" "+major)
}

// guard says how long nothing at all may be sent: for a while after so many refused requests that Discord would soon
// take no more from this machine's address.
func (l *limiter) guard() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for len(l.invalid) > 0 && now.Sub(l.invalid[0]) > invalidIn {
		l.invalid = l.invalid[1:]
	}
	most := invalidMax
	if l.guarded {
		most /= 2 // not on and off
	}
	if on := len(l.invalid) >= most; on != l.guarded {
		l.guarded = on
		l.alarm(on)
	}
	if !l.guarded {
		return 0
	}
	return l.invalid[len(l.invalid)-invalidMax/2].Add(invalidIn).Sub(now) + time.Second
}

// read notes what an answer tells about limits and takes that out of it: the vendor's limiter is not to see it.
func (l *limiter) read(resp *http.Response, name, major string, free bool) (*http.Response, error) {
	h := resp.Header
	l.clock.hear(h.Get("Date"))
	shared := h.Get("X-RateLimit-Scope") == "shared"
	limited := resp.StatusCode == http.StatusTooManyRequests
	after := busyDefault
	if s, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil && s >= 0 && s < 1e6 {
		after = max(time.Duration(s*float64(time.Second)), time.Second)
	}
	l.mu.Lock()
	now := l.now()
	if (limited && !shared) || resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		l.invalid = append(l.invalid, now)
	}
	switch id := h.Get("X-RateLimit-Bucket"); {
	case id != "" && !free:
		l.note(id, name, major, h, now)
	case resp.StatusCode < 300 && !free:
		l.routes[name] = ""
	}
	// Without a bucket it is the global limit, or somebody before Discord who has had enough.
	if limited && (h.Get("X-RateLimit-Global") != "" || h.Get("X-RateLimit-Bucket") == "") {
		l.shut = now.Add(after)
	}
	l.mu.Unlock()
	for key := range h {
		if strings.HasPrefix(key, "X-Ratelimit") || key == "Retry-After" {
			h.Del(key)
		}
	}
	if limited {
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
		_ = resp.Body.Close()
		return nil, &limitedError{after}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMax))
	_ = resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func (l *limiter) note(id, name, major string, h http.Header, now time.Time) {
	remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	seconds, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || err2 != nil || seconds < 0 || seconds > 1e6 {
		return
	}
	if len(l.buckets) >= bucketsMax || len(l.routes) >= bucketsMax {
		l.buckets, l.routes = map[string]*bucket{}, map[string]string{}
	}
	l.routes[name] = id
	key, reset := id+" "+major, now.Add(time.Duration(seconds*float64(time.Second))+resetMargin)
	if b := l.buckets[key]; b != nil && b.reset.After(now) {
		remaining = min(remaining, b.remaining) // others are on their way
	}
	l.buckets[key] = &bucket{remaining: remaining, reset: reset}
}

// discordClock knows how far the shared clock is ahead of Discord's. In a rehearsal that is hours. Ids tell when they were
// made by Discord's clock, so whoever looks back must ask by it.
type discordClock struct {
	now   func() time.Time
	ahead atomic.Int64
	heard atomic.Bool
}

// hear takes in the date of an answer; without one nothing changes.
func (c *discordClock) hear(date string) {
	if t, err := http.ParseTime(date); err == nil {
		c.ahead.Store(int64(c.now().Sub(t)))
		c.heard.Store(true)
	}
}

// at turns an instant of the shared clock into Discord's. It is right to a second or two.
func (c *discordClock) at(t time.Time) time.Time { return t.Add(-time.Duration(c.ahead.Load())) }
