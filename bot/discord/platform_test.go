package discord

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

// TestPlatform runs the suite that every platform passes, with interactions over the gateway and over HTTP.
func TestPlatform(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"gateway", "http"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			bottest.TestPlatform(t, func(t *testing.T, h bottest.Handler) bottest.Harness {
				t.Helper()
				s := &stand{Fake: server(t, discordfake.Config{}), clock: &movingClock{}, handler: &counted{Handler: h, notify: make(chan struct{})}}
				s.discord = adapter(t, s.Fake, func(o *Options) {
					o.Now, o.Machine = s.clock.now, time.Now
					if by == "http" {
						o.PublicKey = s.PublicKey()
					}
				})
				must(t, s.discord.Start(t.Context()))
				serve(t, s.Fake, s.discord, s.handler)
				if by == "http" {
					overHTTP(t, s.Fake, s.discord)
				}
				return s
			})
		})
	}
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

// stand is the pretend server as the suite wants it.
type stand struct {
	*discordfake.Fake
	discord *Discord
	clock   *movingClock
	handler *counted
}

func (s *stand) Platform() bot.Platform { return s.discord } //nolint:ireturn // the suite wants it so

func (s *stand) Stage() bottest.Stage {
	return bottest.Stage{
		Place: place(discordfake.Guild), Channel: general, Ana: ana, Ben: ben, Commands: true, Now: s.clock.now, Advance: s.clock.advance,
	}
}

func leads(in bot.Address) string {
	if in.User != "" {
		return discordfake.DMChannel(in.User)
	}
	return in.Channel
}

func (s *stand) messages(user string, in bot.Address) []discordfake.Message {
	if in.User != "" && in.User != user {
		return nil
	}
	list := slices.DeleteFunc(s.Messages(leads(in)), func(m discordfake.Message) bool { return m.Author != discordfake.BotUser })
	for _, w := range s.Whispers(user) {
		if w.Channel == leads(in) {
			list = append(list, w)
		}
	}
	return list
}

func (s *stand) Look(_ *testing.T, user string, in bot.Address) (seen []bottest.Seen) {
	for _, m := range s.messages(user, in) {
		seen = append(seen, see(m, in.User != ""))
	}
	return seen
}

func see(m discordfake.Message, private bool) bottest.Seen {
	out := bottest.Seen{Text: m.Shown(), Pings: m.Mentions(), Called: m.Called(), Private: private || m.For != ""}
	for _, c := range m.Controls() {
		one := bottest.SeenControl{Kind: flows.ControlButton, Label: c.Named(), URL: c.URL}
		switch {
		case c.URL != "":
			one.Kind = flows.ControlLink
		case c.Type == discordfake.Select:
			one.Kind = flows.ControlSelect
		case c.Type == discordfake.UserSelect:
			one.Kind = flows.ControlPerson
		}
		for _, o := range c.Options {
			one.Options = append(one.Options, o.Label)
		}
		out.Controls = append(out.Controls, one)
	}
	return out
}

// Act lets somebody do something. Where Discord cannot open a form at once they press the button that opens it, as a
// person would.
func (s *stand) Act(t *testing.T, user string, g bottest.Gesture) bottest.Reaction {
	t.Helper()
	before, heard := len(s.Whispers(user)), s.handler.n
	act := s.gesture(t, user, g)
	err := act.Wait(patient(t))
	out := bottest.Reaction{Failed: errors.Is(err, discordfake.ErrFailed)}
	if err != nil && !out.Failed {
		t.Fatal(err)
	}
	s.handler.await(t, heard+1)
	<-s.discord.desk.quiet()
	told := ""
	if list := s.Whispers(user); len(list) > before {
		last := list[len(list)-1]
		w := see(last, true)
		if len(w.Controls) == 1 && strings.HasPrefix(w.Controls[0].Label, "discord.mend") {
			told = w.Text
			must(t, s.Press(user, last, w.Controls[0].Label).Wait(patient(t)))
			<-s.discord.desk.quiet()
		} else if !strings.HasPrefix(w.Text, "discord.done") {
			out.Whisper = &w
		}
	}
	if m, open := s.Modal(user); open {
		out.Form = seeForm(m, told)
	}
	return out
}

func (s *stand) gesture(t *testing.T, user string, g bottest.Gesture) *discordfake.Act {
	t.Helper()
	switch {
	case g.Press != "":
		return s.press(t, user, g)
	case g.Fill != nil:
		given := map[string][]string{}
		for id, in := range g.Fill {
			given[id] = in.Picks
			if in.Text != "" {
				given[id] = []string{in.Text}
			}
		}
		return s.Submit(user, given)
	case g.Type != "" && g.In.Channel == "":
		return s.Write(user, "", g.Type)
	case g.Type != "":
		return s.Write(user, g.In.Channel, "<@"+discordfake.BotUser+"> "+g.Type)
	}
	verb, rest, _ := strings.Cut(strings.TrimSpace(g.Command), " ")
	options := map[string]string{}
	if rest != "" {
		options["text"] = strings.TrimSpace(rest)
	}
	if verb == "" {
		verb = homeCommand
	}
	return s.Command(user, g.In.Channel, strings.ToLower(verb), options)
}

func (s *stand) press(t *testing.T, user string, g bottest.Gesture) *discordfake.Act {
	t.Helper()
	for _, m := range slices.Backward(s.messages(user, g.In)) {
		for _, c := range m.Controls() {
			if c.Named() != g.Press {
				continue
			}
			switch {
			case c.Type == discordfake.Button:
				return s.Press(user, m, g.Press)
			case g.Pick == "": // the hostile label stands on a menu and on a button
				return s.Pick(user, m, g.Press, c.Options[0].Label)
			default:
				return s.Pick(user, m, g.Press, g.Pick)
			}
		}
	}
	t.Fatalf("%s sees nothing to press called %q\n%s", user, g.Press, s.Picture())
	return nil
}

// seeForm is what a person sees of a form. told is what they were told to change in it, with the fields' names; else what
// stands under the first field's name begins, where the form is full, with what is said before all fields.
func seeForm(m discordfake.Modal, told string) *bottest.SeenForm {
	out := &bottest.SeenForm{Title: m.Title, Fields: map[string]bottest.SeenField{}}
	full := len(m.Components) == 5 && m.Components[0].Type == discordfake.Label && told == ""
	for i, c := range m.Components {
		if c.Component == nil {
			out.Intro += discordfake.Shown(c.Content) + "\n"
			continue
		}
		field := bottest.SeenField{Label: c.Label, Hint: c.Description}
		if full && i == 0 {
			if at := strings.LastIndex(c.Description, "\n"); at >= 0 {
				out.Intro, field.Hint = c.Description[:at], c.Description[at+1:]
			}
		}
		if told != "" && field.Hint != "" && strings.Contains(told, c.Label+": "+field.Hint) {
			field.Hint, field.Error = "", field.Hint
		}
		for _, o := range c.Component.Options {
			field.Options = append(field.Options, o.Label)
		}
		if typed := c.Component.Typed(); c.Component.Type == discordfake.TextInput {
			field.Value.Text = c.Component.Value
		} else {
			field.Value.Picks = typed
		}
		out.Fields[c.Component.CustomID] = field
	}
	return out
}

// Break makes the next post go wrong.
func (s *stand) Break(_ *testing.T, f bottest.Fault) bool {
	faults := map[bottest.Fault]discordfake.Fault{
		bottest.Busy:    {Status: 429, RetryAfter: time.Second, Route: true},
		bottest.Gone:    {Status: 404, Code: 10003},
		bottest.Down:    {Status: 503},
		bottest.Lost:    {Drop: true, Done: true},
		bottest.Unheard: {Drop: true},
	}
	fault, can := faults[f]
	if can {
		s.Fault("POST /channels/{channel}/messages", fault)
	}
	return can
}
