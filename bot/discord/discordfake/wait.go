package discordfake

import (
	"context"
	"fmt"
	"strings"
)

// Await waits until ok. What it waits for goes into the error.
func (f *Fake) Await(ctx context.Context, what string, ok func() bool) error {
	for {
		f.mu.Lock()
		changed := f.changed
		f.mu.Unlock()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w\n%s", what, ctx.Err(), f.Picture())
		}
	}
}

// Changed returns a channel that is closed by the next change.
func (f *Fake) Changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// AwaitSockets waits until n connections have a session.
func (f *Fake) AwaitSockets(ctx context.Context, n int) error {
	return f.Await(ctx, fmt.Sprint(n, " connections"), func() bool { return f.Sockets() == n })
}

// Picture is everything that stands, for a test that fails.
func (f *Fake) Picture() string {
	var b strings.Builder
	for _, m := range f.filter(func(*Message) bool { return true }) {
		fmt.Fprintf(&b, "#%s for %q by %s: %s", m.Channel, m.For, m.Author, m.Shown())
		for _, c := range m.Controls() {
			fmt.Fprintf(&b, " [%s]", c.Named())
		}
		b.WriteString("\n")
	}
	for _, c := range f.Calls("") {
		if c.Status >= 400 {
			fmt.Fprintf(&b, "%s: %d\n", c.Route, c.Status)
		}
	}
	return b.String()
}
