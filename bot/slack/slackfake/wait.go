package slackfake

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Await returns nil as soon as ok holds. ok is asked again after every change of the workspace and may use all of its
// methods. When ctx ends first the error says what was awaited and shows the workspace.
func (f *Fake) Await(ctx context.Context, what string, ok func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.changed.Broadcast()
	})
	defer stop()
	for {
		f.mu.Lock()
		seen := f.change
		f.mu.Unlock()
		if ok() {
			return nil
		}
		f.mu.Lock()
		for f.change == seen && ctx.Err() == nil && !f.closed {
			f.changed.Wait()
		}
		over := ctx.Err() != nil || f.closed
		f.mu.Unlock()
		if over {
			return &lateError{fake: f, what: what, cause: context.Cause(ctx)}
		}
	}
}

// lateError shows the workspace only to whoever reads it: hundreds may wait in vain at once, and go on.
type lateError struct {
	fake  *Fake
	what  string
	cause error
}

func (e *lateError) Error() string {
	return fmt.Sprintf("await %s: %v\n%s", e.what, e.cause, e.fake.Picture())
}

func (e *lateError) Unwrap() error { return e.cause }

// AwaitMessage returns the newest message in a channel that shows part, waiting for it if need be.
func (f *Fake) AwaitMessage(ctx context.Context, channel, part string) (Message, error) {
	return f.awaitShown(ctx, fmt.Sprintf("a message in %s that shows %q", channel, part), part, func() []Message { return f.Messages(channel) })
}

// awaitShown returns the newest of messages that shows part, waiting for it if need be.
func (f *Fake) awaitShown(ctx context.Context, what, part string, messages func() []Message) (found Message, err error) {
	read := map[string]int{} // which do not show it, by how often each was edited: hundreds may wait like this at once
	err = f.Await(ctx, what, func() bool {
		for _, m := range slices.Backward(messages()) {
			if edits, again := read[m.TS]; again && edits == m.Edits {
				continue
			}
			if strings.Contains(m.Shown(), part) {
				found = m
				return true
			}
			read[m.TS] = m.Edits
		}
		return false
	})
	return found, err
}

// AwaitDM returns the newest direct message to a person that shows part, waiting for it if need be.
func (f *Fake) AwaitDM(ctx context.Context, user, part string) (Message, error) {
	return f.AwaitMessage(ctx, DMChannel(user), part)
}

// AwaitWhisper returns the newest message that only this person sees and that shows part, waiting for it if need be.
func (f *Fake) AwaitWhisper(ctx context.Context, user, part string) (Message, error) {
	return f.awaitShown(ctx, fmt.Sprintf("a whisper to %s that shows %q", user, part), part, func() []Message { return f.Whispers(user) })
}

// AwaitView returns a person's open form once it shows part.
func (f *Fake) AwaitView(ctx context.Context, user, part string) (View, error) {
	var found View
	err := f.Await(ctx, fmt.Sprintf("a form open for %s that shows %q", user, part), func() bool {
		v, open := f.View(user)
		found = v
		return open && strings.Contains(v.Shown(), part)
	})
	return found, err
}

// AwaitHome returns a person's home tab once it shows part.
func (f *Fake) AwaitHome(ctx context.Context, user, part string) (View, error) {
	var found View
	err := f.Await(ctx, fmt.Sprintf("a home tab of %s that shows %q", user, part), func() bool {
		v, there := f.Home(user)
		found = v
		return there && strings.Contains(v.Shown(), part)
	})
	return found, err
}

// AwaitSockets waits until n WebSockets are open.
func (f *Fake) AwaitSockets(ctx context.Context, n int) error {
	return f.Await(ctx, fmt.Sprintf("%d open sockets", n), func() bool { return f.Sockets() == n })
}

// AwaitCall returns the newest call of a method, waiting for the first.
func (f *Fake) AwaitCall(ctx context.Context, method string) (Call, error) {
	var found Call
	err := f.Await(ctx, "a call of "+method, func() bool {
		calls := f.Calls(method)
		if len(calls) > 0 {
			found = calls[len(calls)-1]
		}
		return len(calls) > 0
	})
	return found, err
}

// Picture shows the workspace's messages, forms and newest calls, for a test that failed.
func (f *Fake) Picture() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "sockets: %d, waiting: %d, unacknowledged: %d\n", len(f.sockets), len(f.queue), len(f.flying))
	for _, channel := range sortedKeys(f.messages) {
		for _, m := range f.messages[channel] {
			whom := ""
			if m.For != "" {
				whom = " (only " + m.For + ")"
			}
			fmt.Fprintf(&b, "%s %s%s: %s\n", channel, m.User, whom, strings.ReplaceAll(m.Shown(), "\n", "\n\t"))
		}
	}
	for _, id := range sortedKeys(f.views) {
		v := f.views[id]
		fmt.Fprintf(&b, "%s %s of %s: %s\n", v.Type, id, v.User, strings.ReplaceAll(v.Shown(), "\n", "\n\t"))
	}
	for _, c := range f.calls[max(0, len(f.calls)-20):] {
		fmt.Fprintf(&b, "call %s: %s\n", c.Method, c.Answer)
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
