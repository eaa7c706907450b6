package bottest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// TestRecorder runs the suite against the platform in memory: so the suite itself is tried, and what the bot's own
// tests stand on keeps every promise.
func TestRecorder(t *testing.T) {
	t.Parallel()
	TestPlatform(t, func(_ *testing.T, h Handler) Harness {
		clock := &clock{at: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)}
		r := NewRecorder("recorder", clock.now)
		for _, user := range []string{"ana", "ben"} {
			r.SetProfile(user, bot.Profile{Name: strings.ToTitle(user), Zone: "America/Chicago", Locale: flows.English})
		}
		return &theatre{recorder: r, handler: h, clock: clock, forms: map[string]bot.Form{}}
	})
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// theatre is the Recorder with people in front of it.
type theatre struct {
	recorder *Recorder
	handler  Handler
	clock    *clock
	mu       sync.Mutex
	next     Fault
	whispers []whisper
	forms    map[string]bot.Form // open, by user
	events   int
}

type whisper struct {
	user string
	in   bot.Address
	m    bot.Message
}

//nolint:ireturn // Harness wants a platform, whichever it is
func (h *theatre) Platform() bot.Platform {
	return Faulty{Platform: h.recorder, Plan: func(op string, _ bot.Address, _ string) Fault {
		h.mu.Lock()
		defer h.mu.Unlock()
		if op == "Find" {
			return None
		}
		f := h.next
		h.next = None
		return f
	}}
}

func (h *theatre) Stage() Stage {
	return Stage{Place: "recorder:P", Channel: "room", Ana: "ana", Ben: "ben", Commands: true, Now: h.clock.now, Advance: h.clock.advance}
}

func (h *theatre) Break(_ *testing.T, f Fault) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next = f
	return true
}

func (h *theatre) messages(user string, in bot.Address) (all []bot.Message, private []bool) {
	if in.User == "" || in.User == user {
		for _, p := range h.recorder.Posts(in) {
			all, private = append(all, p.Message), append(private, in.User != "")
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.whispers {
		if w.user == user && w.in == in {
			all, private = append(all, w.m), append(private, true)
		}
	}
	return all, private
}

func (h *theatre) Look(_ *testing.T, user string, in bot.Address) []Seen {
	var seen []Seen
	all, private := h.messages(user, in)
	for i, m := range all {
		seen = append(seen, see(m, private[i]))
	}
	return seen
}

func see(m bot.Message, private bool) Seen {
	s := Seen{Private: private}
	if m.Calls != "" {
		s.Pings, s.Called = 1, []string{m.Calls}
	}
	for _, b := range m.Blocks {
		s.Text += b.Text + "\n"
	}
	for _, c := range m.Controls {
		shown := SeenControl{Kind: c.Kind, Label: c.Label, URL: c.URL}
		for _, o := range c.Options {
			shown.Options = append(shown.Options, o.Text)
		}
		s.Controls = append(s.Controls, shown)
	}
	return s
}

func (h *theatre) Act(t *testing.T, user string, g Gesture) Reaction {
	t.Helper()
	h.events++
	in := bot.Inbound{Key: "recorder:" + strconv.Itoa(h.events), Platform: "recorder", Place: "recorder:P", Channel: g.In.Channel, User: user}
	switch {
	case g.Press != "":
		in.Press = h.press(t, user, g)
	case g.Fill != nil:
		f, open := h.forms[user]
		if !open {
			t.Fatal("no form is open")
		}
		delete(h.forms, user)
		in.Submit = &bot.Submit{Token: f.Token, Fields: g.Fill}
	case g.Type != "":
		in.Typed = &bot.Typed{Text: g.Type}
	default:
		verb, rest, _ := strings.Cut(strings.TrimSpace(g.Command), " ")
		in.Command = &bot.Command{Verb: strings.ToLower(verb), Rest: strings.TrimSpace(rest)}
	}
	answer, _ := h.handler.Handle(context.Background(), in)
	var out Reaction
	if answer.Whisper != nil {
		h.whispers = append(h.whispers, whisper{user, g.In, *answer.Whisper})
		s := see(*answer.Whisper, true)
		out.Whisper = &s
	}
	if answer.Form != nil {
		h.forms[user] = *answer.Form
		out.Form = seeForm(*answer.Form)
	}
	return out
}

func (h *theatre) press(t *testing.T, user string, g Gesture) *bot.Press {
	t.Helper()
	all, _ := h.messages(user, g.In)
	for _, m := range slices.Backward(all) {
		for _, c := range m.Controls {
			if c.Label != g.Press {
				continue
			}
			pick := g.Pick
			for _, o := range c.Options {
				if o.Text == g.Pick {
					pick = o.ID
				}
			}
			return &bot.Press{Token: c.Token, Pick: pick}
		}
	}
	t.Fatalf("nobody sees a control %q", g.Press)
	return nil
}

func seeForm(f bot.Form) *SeenForm {
	s := &SeenForm{Title: f.Title, Fields: map[string]SeenField{}}
	for _, b := range f.Intro {
		s.Intro += b.Text + "\n"
	}
	for _, field := range f.Fields {
		shown := SeenField{Label: field.Label, Hint: field.Hint, Error: field.Error, Value: field.Value}
		for _, o := range field.Options {
			shown.Options = append(shown.Options, o.Text)
		}
		s.Fields[field.ID] = shown
	}
	return s
}

func TestFaulty(t *testing.T) {
	t.Parallel()
	r := NewRecorder("recorder", time.Time{}.UTC)
	next := None
	f := Faulty{Platform: r, Plan: func(string, bot.Address, string) Fault { return next }}
	to := bot.Address{Place: "recorder:P", Channel: "room"}
	var unclear *bot.UnclearError
	for fault, posted := range map[Fault]int{Busy: 0, Gone: 0, Down: 0, Unheard: 0, Lost: 1, Panic: 1} {
		before := len(r.Posts(to))
		next = fault
		func() {
			defer func() {
				if broke := recover() != nil; broke != (fault == Panic) {
					t.Errorf("%s: broke off: %v", fault, broke)
				}
			}()
			_, err := f.Send(t.Context(), to, "k", says("x"))
			if err == nil || errors.As(err, &unclear) != (fault == Lost || fault == Unheard) {
				t.Errorf("%s: %v", fault, err)
			}
		}()
		if n := len(r.Posts(to)) - before; n != posted {
			t.Errorf("%s: posted %d", fault, n)
		}
	}
}
