package slack

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// TestPlatform runs the suite that every platform passes.
func TestPlatform(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			bottest.TestPlatform(t, func(t *testing.T, h bottest.Handler) bottest.Harness {
				t.Helper()
				c := &movingClock{}
				s := &stand{house: &house{Fake: workspace(t, slackfake.Config{}), timers: newTimers(settle, again)}, clock: c}
				s.slack = adapter(t, s.Fake, func(o *Options) {
					o.After, o.Now = s.timers.after, c.now
					by.configure(s.Fake, o)
				})
				must(t, s.slack.Start(t.Context()))
				s.serve(t, withoutHome{h})
				s.reached(t, by)
				return s
			})
		})
	}
}

// withoutHome is a Handler whose people have nothing to see on their home tab.
type withoutHome struct{ bottest.Handler }

func (withoutHome) Home(context.Context, string, string) (bot.Message, error) {
	return says("Nothing yet."), nil
}

type movingClock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *movingClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *movingClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// stand is the pretend workspace as the suite wants it.
type stand struct {
	*house
	clock *movingClock
}

func (s *stand) Platform() bot.Platform { return s.slack } //nolint:ireturn // the suite wants it so

func (s *stand) Stage() bottest.Stage {
	return bottest.Stage{
		Place: "slack:T1", Channel: general, Ana: ana, Ben: ben, Commands: true, Now: s.clock.now, Advance: s.clock.advance,
	}
}

// place is where an address leads in the workspace.
func place(in bot.Address) string {
	if in.User != "" {
		return slackfake.DMChannel(in.User)
	}
	return in.Channel
}

func (s *stand) messages(user string, in bot.Address) []slackfake.Message {
	if in.User != "" && in.User != user {
		return nil
	}
	list := slices.DeleteFunc(s.Messages(place(in)), func(m slackfake.Message) bool { return m.User != slackfake.BotUser })
	for _, w := range s.Whispers(user) {
		if w.Channel == place(in) {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b slackfake.Message) int { return strings.Compare(a.TS, b.TS) })
	return list
}

func (s *stand) Look(_ *testing.T, user string, in bot.Address) []bottest.Seen {
	var seen []bottest.Seen
	for _, m := range s.messages(user, in) {
		s := see(m.Blocks, len(m.Mentions()), m.For != "" || in.User != "")
		for _, call := range m.Mentions() {
			if user, ok := strings.CutPrefix(call, "<@"); ok {
				s.Called = append(s.Called, strings.TrimSuffix(user, ">"))
			}
		}
		seen = append(seen, s)
	}
	return seen
}

// see is what a person sees of blocks.
func see(blocks []slackfake.Block, pings int, private bool) bottest.Seen {
	out := bottest.Seen{Pings: pings, Private: private}
	for _, b := range blocks {
		if b.Type != "actions" {
			out.Text += (slackfake.Message{Blocks: []slackfake.Block{b}}).Shown() + "\n"
			continue
		}
		for _, e := range b.Elements {
			c := bottest.SeenControl{URL: e.URL, Label: label(e)}
			switch {
			case e.URL != "":
				c.Kind = flows.ControlLink
			case e.Type == "static_select":
				c.Kind = flows.ControlSelect
			case e.Type == "users_select":
				c.Kind = flows.ControlPerson
			default:
				c.Kind = flows.ControlButton
			}
			for _, o := range e.Options {
				c.Options = append(c.Options, o.Text.Text)
			}
			out.Controls = append(out.Controls, c)
		}
	}
	return out
}

func label(e slackfake.Element) string {
	if e.Text != nil {
		return e.Text.Text
	}
	return e.Placeholder.Text
}

func (s *stand) Act(t *testing.T, user string, g bottest.Gesture) bottest.Reaction {
	t.Helper()
	whispered := len(s.Whispers(user))
	before, _ := s.View(user)
	act := s.gesture(t, user, g)
	err := act.Wait(patient(t))
	s.rest(t)
	out := bottest.Reaction{Failed: errors.Is(err, slackfake.ErrFailed)}
	if err != nil && !out.Failed {
		t.Fatal(err)
	}
	if list := s.Whispers(user); len(list) > whispered {
		last := list[len(list)-1]
		w := see(last.Blocks, len(last.Mentions()), true)
		out.Whisper = &w
	}
	v, open := s.View(user)
	switch {
	case !open:
	case v.Submit != "":
		out.Form = seeForm(v)
	case v.Hash != before.Hash: // a notice: nobody else sees it
		w := see(v.Blocks, 0, true)
		out.Whisper = &w
	}
	return out
}

func (s *stand) gesture(t *testing.T, user string, g bottest.Gesture) *slackfake.Act {
	t.Helper()
	switch {
	case g.Press != "":
		return s.press(t, user, g)
	case g.Fill != nil:
		values := map[string][]string{}
		for id, in := range g.Fill {
			values[id] = in.Picks
			if in.Text != "" {
				values[id] = []string{in.Text}
			}
		}
		return s.Submit(user, values)
	case g.Type != "" && g.In.Channel == "":
		return s.DM(user, g.Type)
	case g.Type != "":
		return s.Mention(user, g.In.Channel, g.Type)
	default:
		return s.Command(user, g.In.Channel, "/coalition"+g.Command)
	}
}

func (s *stand) press(t *testing.T, user string, g bottest.Gesture) *slackfake.Act {
	t.Helper()
	for _, m := range slices.Backward(s.messages(user, g.In)) {
		if !slices.Contains(m.Buttons(), g.Press) {
			continue
		}
		var kind flows.ControlKind
		for _, c := range see(m.Blocks, 0, false).Controls {
			if c.Label == g.Press {
				kind = c.Kind
				break
			}
		}
		switch kind {
		case flows.ControlSelect:
			if g.Pick == "" { // the hostile label stands on a menu and on a button
				g.Pick = see(m.Blocks, 0, false).Controls[0].Options[0]
			}
			return s.Pick(user, m, g.Press, g.Pick)
		case flows.ControlPerson:
			return s.PickPerson(user, m, g.Press, g.Pick)
		case flows.ControlButton, flows.ControlLink:
			return s.Press(user, m, g.Press)
		}
	}
	t.Fatalf("%s sees nothing to press called %q\n%s", user, g.Press, s.Picture())
	return nil
}

// seeForm is what a person sees of a form.
func seeForm(v slackfake.View) *bottest.SeenForm {
	out := &bottest.SeenForm{Title: v.Title, Fields: map[string]bottest.SeenField{}}
	for _, b := range v.Blocks {
		if b.Element == nil {
			out.Intro += (slackfake.Message{Blocks: []slackfake.Block{b}}).Shown() + "\n"
			continue
		}
		field := bottest.SeenField{Label: b.Label.Text, Error: v.Errors[b.BlockID]}
		if b.Hint != nil {
			field.Hint = b.Hint.Text
		}
		for _, o := range b.Element.Options {
			field.Options = append(field.Options, o.Text.Text)
		}
		typed := v.Values[b.BlockID]
		field.Value.Text = typed.Value
		if typed.SelectedOption != nil {
			field.Value.Picks = append(field.Value.Picks, typed.SelectedOption.Value)
		}
		for _, o := range typed.SelectedOptions {
			field.Value.Picks = append(field.Value.Picks, o.Value)
		}
		for _, pick := range []string{typed.SelectedDate, typed.SelectedUser} {
			if pick != "" {
				field.Value.Picks = append(field.Value.Picks, pick)
			}
		}
		out.Fields[b.BlockID] = field
	}
	return out
}

// Break makes the next post go wrong.
func (s *stand) Break(_ *testing.T, f bottest.Fault) bool {
	faults := map[bottest.Fault]slackfake.Fault{
		bottest.Busy:    {Status: 429, RetryAfter: bottest.Asked},
		bottest.Gone:    {Error: "is_archived"},
		bottest.Down:    {Status: 503},
		bottest.Lost:    {Drop: true, Done: true},
		bottest.Unheard: {Drop: true},
	}
	fault, can := faults[f]
	if can {
		s.Fault("chat.postMessage", fault)
	}
	return can
}
