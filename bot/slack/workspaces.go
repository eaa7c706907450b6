package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

// Workspaces is one platform over several workspaces, each with its own app: it hands on by place, and nothing of one
// workspace reaches another. It is safe for many goroutines. Start must have succeeded before anything else is called.
type Workspaces struct {
	apps   []*Slack
	places map[string]*Slack // filled by Start
}

var (
	_ bot.Platform   = (*Workspaces)(nil)
	_ bot.HomeKeeper = (*Workspaces)(nil)
)

// NewWorkspaces makes one Slack for each of at least one app. It asks nothing of Slack yet.
func NewWorkspaces(apps []Options) (*Workspaces, error) {
	w := &Workspaces{places: map[string]*Slack{}}
	if len(apps) == 0 {
		return nil, errors.New("slack needs an app")
	}
	for _, o := range apps {
		s, err := New(o)
		if err != nil {
			return nil, o.blame(err)
		}
		w.apps = append(w.apps, s)
	}
	return w, nil
}

// blame says where an app stands in the configuration.
func (o Options) blame(err error) error {
	if err == nil || o.Entry == "" {
		return err
	}
	return fmt.Errorf("%s: %w", o.Entry, err)
}

// Name is "slack".
func (*Workspaces) Name() string { return name }

// Start greets every workspace. Its error names all that is wrong, each with its app and what to change. Two apps in one
// workspace would answer everything twice, so that is wrong, too.
func (w *Workspaces) Start(ctx context.Context) error {
	wrong := w.each(func(s *Slack) error { return s.Start(ctx) })
	if wrong != nil {
		return wrong
	}
	for _, s := range w.apps {
		if _, twice := w.places[s.Place()]; twice {
			wrong = errors.Join(wrong, s.blame(errors.New("this app is in the same workspace as one above. Give each workspace one app, and remove this one")))
		}
		w.places[s.Place()] = s
	}
	return wrong
}

// each asks all apps at once and names every one that fails.
func (w *Workspaces) each(ask func(s *Slack) error) error {
	wrong := make([]error, len(w.apps))
	var asking sync.WaitGroup
	for i, s := range w.apps {
		asking.Go(func() { wrong[i] = s.blame(ask(s)) })
	}
	asking.Wait()
	return errors.Join(wrong...)
}

// Register lets mux take what Slack sends to the apps that are reached over HTTP, as Slack.Register says. All have the
// same addresses: a request belongs to the app that signed it, and one that none did is refused.
func (w *Workspaces) Register(mux *http.ServeMux) { register(mux, w.apps) }

// Serve hands everything that people do to h until ctx ends, as Slack.Serve says. A workspace that lets us in no more is
// told in the log, and the others go on; without any it returns the error.
func (w *Workspaces) Serve(ctx context.Context, h Handler) error {
	wrong := make([]error, len(w.apps))
	var serving sync.WaitGroup
	for i, s := range w.apps {
		serving.Go(func() {
			if wrong[i] = s.blame(s.Serve(ctx, h)); wrong[i] != nil && len(w.apps) > 1 {
				s.Log.LogAttrs(ctx, slog.LevelError, "a workspace lets Convenor in no more; the others go on", slog.Any("error", wrong[i]))
			}
		})
	}
	serving.Wait()
	if ctx.Err() != nil && len(w.apps) > 1 {
		return nil // those that ended before were told
	}
	return errors.Join(wrong...)
}

// Healthy returns nil while every workspace reaches us.
func (w *Workspaces) Healthy() error { return w.each((*Slack).Healthy) }

// Open counts the ways by which the workspaces reach us.
func (w *Workspaces) Open() (n int) {
	for _, s := range w.apps {
		n += s.Open()
	}
	return n
}

// ClockAhead returns how far Now is ahead of Slack's clock, as the workspace tells that shows it furthest off.
func (w *Workspaces) ClockAhead() (ahead time.Duration, known bool) {
	for _, s := range w.apps {
		if d, heard := s.ClockAhead(); heard && (!known || d.Abs() > ahead.Abs()) {
			ahead, known = d, true
		}
	}
	return ahead, known
}

// in finds the workspace of a place. One that has no app here cannot be reached.
func (w *Workspaces) in(place string) (*Slack, error) {
	if s, ok := w.places[place]; ok {
		return s, nil
	}
	return nil, &bot.GoneError{Reason: coalition.NoApp}
}

// Profile returns what a workspace tells about a user.
func (w *Workspaces) Profile(ctx context.Context, place, user string) (bot.Profile, error) {
	s, err := w.in(place)
	if err != nil {
		return bot.Profile{}, err
	}
	return s.Profile(ctx, place, user)
}

// Send posts a message in the address's workspace.
func (w *Workspaces) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	s, err := w.in(to.Place)
	if err != nil {
		return flows.Posted{}, err
	}
	return s.Send(ctx, to, key, m)
}

// Edit replaces a message in the workspace where it stands.
func (w *Workspaces) Edit(ctx context.Context, at flows.Posted, m bot.Message) error {
	s, err := w.in(at.Place)
	if err != nil {
		return err
	}
	return s.Edit(ctx, at, m)
}

// Find looks for a message in the address's workspace.
func (w *Workspaces) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (flows.Posted, bool, error) {
	s, err := w.in(to.Place)
	if err != nil {
		return flows.Posted{}, false, err
	}
	return s.Find(ctx, to, key, since, but...)
}

// Retract removes a message from the workspace where it stands.
func (w *Workspaces) Retract(ctx context.Context, at flows.Posted) error {
	s, err := w.in(at.Place)
	if err != nil {
		return err
	}
	return s.Retract(ctx, at)
}

// HomeChanged has a person's home tab in a workspace drawn anew.
func (w *Workspaces) HomeChanged(place, user string) {
	if s, err := w.in(place); err == nil {
		s.HomeChanged(place, user)
	}
}
