package bottest

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// Scene is what somebody is shown, one thing after the other: their home, called "home", and what each verb answers,
// called by what they typed.
type Scene struct {
	Name   string
	Pieces []Piece
}

// Cast is who takes a Tour: three people in one channel, by a platform's own ids. The first came first.
type Cast struct {
	Platform string // "slack"
	Place    string // "slack:T1"
	Channel  string
	People   [3]string
}

// Tour takes a whole Convenor through a coalition's first days in one language, and returns what its verbs and homes show:
// to somebody who has just come, to a coordinator of a coalition at work, to a member with a step and to one without. c
// needs a ledger, an outbox, a pack, zones and a log; time stands still and ids count, so that it is the same each time.
func Tour(t *testing.T, c bot.Config, cast Cast, locale flows.Locale) []Scene {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC) }
	w := &tour{Cast: cast, locale: locale, recorder: NewRecorder(cast.Platform, now)}
	for i, called := range []string{"Rosa Delgado", "Marcus <@U1> Bell", "Ana Reyes"} {
		w.recorder.SetProfile(cast.People[i], bot.Profile{Name: called, Zone: "America/Chicago", Locale: locale})
	}
	c.Platforms, c.Now, c.ID = []bot.Platform{w.recorder}, now, w.id
	w.bot = bot.New(c)
	rosa, marcus, ana := cast.People[0], cast.People[1], cast.People[2]
	w.does(t, rosa, cast.Channel, bot.Inbound{Opened: &bot.Opened{Added: true}})
	everything := append(bot.Verbs(), "", "singup")
	scenes := []Scene{w.scene(t, "new.coordinator", rosa, everything)}
	w.work(t, rosa, marcus, ana)
	return append(scenes,
		w.scene(t, "busy.coordinator", rosa, everything),
		w.scene(t, "busy.lead", marcus, []string{"", "me", "plan"}),
		w.scene(t, "busy.member", ana, []string{"", "me", "ask", "setup"}))
}

type tour struct {
	Cast
	bot      *bot.Bot
	locale   flows.Locale
	recorder *Recorder
	ids      atomic.Int64
}

// id counts, in the form of an id.
func (w *tour) id() string {
	return strings.NewReplacer("0", "a", "1", "b", "8", "c", "9", "d").Replace(fmt.Sprintf("aaaaaaaaaa%06d", w.ids.Add(1)))
}

// does lets somebody do something and delivers what comes of it.
func (w *tour) does(t *testing.T, user, channel string, in bot.Inbound) bot.Answer {
	t.Helper()
	in.Key, in.Platform, in.Place, in.User, in.Channel = w.Platform+":"+w.id(), w.Platform, w.Place, user, channel
	answer, err := w.bot.Handle(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n > 0; {
		if n, err = w.bot.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return answer
}

func (w *tour) commands(t *testing.T, user, line string) bot.Answer {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	return w.does(t, user, w.Channel, bot.Inbound{Command: &bot.Command{Verb: verb, Rest: rest}})
}

// writes sends direct messages, one after the other.
func (w *tour) writes(t *testing.T, user string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		w.does(t, user, "", bot.Inbound{Typed: &bot.Typed{Text: text}})
	}
}

// presses presses the newest control for a verb that stands in the channel.
func (w *tour) presses(t *testing.T, user string, verb flows.Verb) {
	t.Helper()
	for _, post := range slices.Backward(w.recorder.Posts(bot.Address{Place: w.Place, Channel: w.Channel})) {
		for _, c := range post.Message.Controls {
			if token, err := flows.ParseToken(c.Token); err == nil && token.Verb == verb {
				w.does(t, user, w.Channel, bot.Inbound{Press: &bot.Press{Token: c.Token}})
				return
			}
		}
	}
	t.Fatalf("nobody offers %s", verb)
}

// work brings a coalition to work: members, sign-ups, steps with and without a lead, a round with answers.
func (w *tour) work(t *testing.T, rosa, marcus, ana string) {
	t.Helper()
	yes := map[flows.Locale]string{flows.English: "yes", flows.Spanish: "sí"}[w.locale]
	for _, user := range []string{marcus, ana} {
		w.commands(t, user, "help")
	}
	w.commands(t, marcus, "signup messenger")
	w.writes(t, marcus, "Marcus & <!here>", "Text me", "4", "1, 2", "The north side", yes)
	w.commands(t, rosa, "step")
	w.writes(t, rosa, "Visit each council member <!channel>", "Two more case managers", "Marcus", "March 20")
	w.presses(t, marcus, flows.VerbStepTake)
	w.commands(t, rosa, "step")
	w.writes(t, rosa, "Print the flyers", "More people know", "Ana Reyes", "2026-04-01")
	w.commands(t, ana, "answer 1.1.2")
	w.commands(t, rosa, "ask 2.3.3")
}

// scene is somebody's home and what verbs answer them.
func (w *tour) scene(t *testing.T, name, user string, verbs []string) Scene {
	t.Helper()
	home, err := w.bot.Home(t.Context(), w.Place, user)
	if err != nil {
		t.Fatal(err)
	}
	s := Scene{Name: name + "." + string(w.locale), Pieces: []Piece{{Name: "home", Message: &home}}}
	for _, verb := range verbs {
		answer := w.commands(t, user, verb)
		if answer.Whisper != nil {
			s.Pieces = append(s.Pieces, Piece{Name: "/coalition " + verb, Message: answer.Whisper})
		}
		if answer.Form != nil {
			s.Pieces = append(s.Pieces, Piece{Name: "/coalition " + verb, Form: answer.Form})
		}
		if answer.Whisper == nil && answer.Form == nil {
			t.Errorf("%s answers %s nothing", verb, name)
		}
	}
	return s
}
