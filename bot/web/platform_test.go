package web

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/flows"
)

// TestPlatform runs the suite that every platform has to pass, on the pretend Slack: through the page's addresses, with
// the page itself played by the test.
func TestPlatform(t *testing.T) {
	t.Parallel()
	bottest.TestPlatform(t, func(t *testing.T, h bottest.Handler) bottest.Harness {
		t.Helper()
		return &browser{playground: open(t, t.TempDir(), Options{Handler: h}), whispers: map[string][]message{}}
	})
}

// browser is the page as far as the suite needs it: it keeps whispers and the open form.
type browser struct {
	playground
	mu       sync.Mutex
	acts     int
	whispers map[string][]message
	form     *form
}

func (b *browser) Platform() bot.Platform { //nolint:ireturn // the suite asks for it
	return b.platform(slack)
}

func (*browser) Break(*testing.T, bottest.Fault) bool { return false }

func (b *browser) Stage() bottest.Stage {
	return bottest.Stage{
		Place: PlaceSlack, Channel: "reentry-council", Ana: "ana", Ben: "james", Commands: true,
		Now: b.clock.now, Advance: func(d time.Duration) { b.clock.move(d) },
	}
}

func conv(in bot.Address) string {
	if in.User != "" {
		return directPrefix + in.User
	}
	return channelPrefix + in.Channel
}

// messages are what a person sees in a conversation: what stands there, then the whispers.
func (b *browser) messages(t *testing.T, user string, in bot.Address) (list []message, private []bool) {
	t.Helper()
	who, _ := persona(user)
	if !sees(who, conv(in)) {
		return nil, nil
	}
	items, _ := b.stream(t, "")
	for _, it := range items {
		if it.Conv == conv(in) && !it.Gone && it.By == "" {
			list, private = append(list, it.Message), append(private, in.User != "")
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.whispers[user+" "+conv(in)] {
		list, private = append(list, w), append(private, true)
	}
	return list, private
}

func (b *browser) Look(t *testing.T, user string, in bot.Address) []bottest.Seen {
	t.Helper()
	list, private := b.messages(t, user, in)
	var all []bottest.Seen
	for i, m := range list {
		all = append(all, seen(m, private[i]))
	}
	return all
}

func seen(m message, private bool) bottest.Seen {
	s := bottest.Seen{Private: private}
	if m.Calls != "" {
		s.Pings, s.Called = 1, []string{m.Calls}
	}
	for _, p := range m.Blocks {
		s.Text += p.Text + "\n"
	}
	for _, c := range m.Controls {
		shown := bottest.SeenControl{Kind: c.Kind, Label: c.Label, URL: c.URL}
		for _, o := range c.Options {
			shown.Options = append(shown.Options, o.Text)
		}
		s.Controls = append(s.Controls, shown)
	}
	return s
}

func (b *browser) Act(t *testing.T, user string, g bottest.Gesture) bottest.Reaction {
	t.Helper()
	b.acts++
	a := act{ID: "gesture-" + strconv.Itoa(b.acts), As: user, In: conv(g.In)}
	switch {
	case g.Press != "":
		a.Press = b.press(t, user, g)
	case g.Fill != nil:
		a.Submit = &bot.Submit{Token: b.form.Token, Fields: map[string]flows.Input{}}
		for _, f := range b.form.Fields {
			a.Submit.Fields[f.ID] = g.Fill[f.ID]
		}
	case g.Type != "":
		a.Text = g.Type
	default:
		a.Text = "/coalition" + g.Command
	}
	b.form = nil
	var out outcome
	b.post(t, "/act", a, &out)
	var r bottest.Reaction
	if out.Whisper != nil {
		b.mu.Lock()
		b.whispers[user+" "+a.In] = append(b.whispers[user+" "+a.In], *out.Whisper)
		b.mu.Unlock()
		s := seen(*out.Whisper, true)
		r.Whisper = &s
	}
	if out.Form != nil {
		b.form = out.Form
		r.Form = seenForm(*out.Form)
	}
	return r
}

// press finds the newest control by its label.
func (b *browser) press(t *testing.T, user string, g bottest.Gesture) *bot.Press {
	t.Helper()
	list, _ := b.messages(t, user, g.In)
	for _, m := range slices.Backward(list) {
		for _, c := range m.Controls {
			if c.Label != g.Press {
				continue
			}
			pick := g.Pick
			for _, o := range c.Options {
				if o.Text == pick {
					pick = o.ID
				}
			}
			return &bot.Press{Token: c.Token, Pick: pick}
		}
	}
	t.Fatalf("%s sees no %q", user, g.Press)
	return nil
}

func seenForm(f form) *bottest.SeenForm {
	s := &bottest.SeenForm{Title: f.Title, Fields: map[string]bottest.SeenField{}}
	for _, p := range f.Intro {
		s.Intro += p.Text + "\n"
	}
	for _, in := range f.Fields {
		shown := bottest.SeenField{Label: in.Label, Hint: in.Hint, Error: in.Error, Value: in.Value}
		for _, o := range in.Options {
			shown.Options = append(shown.Options, o.Text)
		}
		s.Fields[in.ID] = shown
	}
	return s
}

func TestPlacesAreApart(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), Options{})
	ctx := t.Context()
	for name, to := range map[string]bot.Address{
		"a channel of the other platform": {Place: PlaceSlack, Channel: "volunteers"},
		"a person of the other platform":  {Place: PlaceSlack, User: "marcus"},
		"another place":                   {Place: "slack:T1", Channel: "reentry-council"},
		"nobody":                          {Place: PlaceSlack},
	} {
		if _, err := p.platform(slack).Send(ctx, to, "k", says("x")); err == nil {
			t.Errorf("%s was written to", name)
		}
	}
	at, err := p.platform(discord).Send(ctx, bot.Address{Place: PlaceDiscord, User: "marcus"}, "k", says("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.platform(slack).Edit(ctx, at, says("y")); err == nil {
		t.Error("Slack changed what stands on Discord")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := p.platform(discord).Edit(ended, at, says("y")); err == nil {
		t.Error("an ended context was not heeded")
	}
}
