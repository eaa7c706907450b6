package slack

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata" // so that zones are the same on every machine

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
	"convenor/store"
)

// TestVerbs keeps what each verb answers and what the home tab shows, as Slack gets it: to somebody who has just come,
// to a coordinator of a coalition at work, and to a member with a step; in both languages. A verb without a file fails.
func TestVerbs(t *testing.T) {
	t.Parallel()
	for _, locale := range bottest.Locales() {
		t.Run(string(locale), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, locale)
			w.keep(t, "new")
			w.work(t)
			w.keep(t, "busy")
		})
	}
}

// world is a whole Convenor, whose Slack only records. Time stands still and ids count, so that it is the same each time.
type world struct {
	*bot.Bot
	locale flows.Locale
	slack  *bottest.Recorder
	ids    atomic.Int64
}

func newWorld(t *testing.T, locale flows.Locale) *world {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC) }
	s := got(store.Open(t.Context(), store.Options{Dir: t.TempDir()}))(t)
	t.Cleanup(func() { _ = s.Close() })
	w := &world{locale: locale, slack: bottest.NewRecorder(name, now)}
	for user, called := range map[string]string{"U1": "Rosa Delgado", "U2": "Marcus <@U1> Bell", "U3": "Ana Reyes"} {
		w.slack.SetProfile(user, bot.Profile{Name: called, Zone: "America/Chicago", Locale: locale})
	}
	w.Bot = bot.New(bot.Config{
		Ledger: s, Outbox: s, Pack: got(content.Embedded())(t), Platforms: []bot.Platform{w.slack}, Now: now,
		Zone: time.LoadLocation, ID: w.id, Log: slog.New(slog.DiscardHandler),
	})
	w.does(t, "U1", general, bot.Inbound{Opened: &bot.Opened{Added: true}})
	return w
}

// id counts, in the form of an id.
func (w *world) id() string {
	return strings.NewReplacer("0", "a", "1", "b", "8", "c", "9", "d").Replace(fmt.Sprintf("aaaaaaaaaa%06d", w.ids.Add(1)))
}

// does lets somebody do something and delivers what comes of it.
func (w *world) does(t *testing.T, user, channel string, in bot.Inbound) bot.Answer {
	t.Helper()
	in.Key, in.Platform, in.Place, in.User, in.Channel = name+":"+w.id(), name, "slack:T1", user, channel
	answer := got(w.Handle(t.Context(), in))(t)
	for n := 1; n > 0; {
		n = got(w.Deliver(t.Context()))(t)
	}
	return answer
}

func (w *world) commands(t *testing.T, user, line string) bot.Answer {
	t.Helper()
	return w.does(t, user, general, bot.Inbound{Command: command(line)})
}

// writes sends direct messages, one after the other.
func (w *world) writes(t *testing.T, user string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		w.does(t, user, "", bot.Inbound{Typed: &bot.Typed{Text: text}})
	}
}

// presses presses the newest control for a verb that stands in the channel or in a direct message.
func (w *world) presses(t *testing.T, user string, verb flows.Verb, in bot.Address) bot.Answer {
	t.Helper()
	for _, post := range slices.Backward(w.slack.Posts(in)) {
		for _, c := range post.Message.Controls {
			if token, err := flows.ParseToken(c.Token); err == nil && token.Verb == verb {
				return w.does(t, user, in.Channel, bot.Inbound{Press: &bot.Press{Token: c.Token}})
			}
		}
	}
	t.Fatalf("nobody offers %s", verb)
	return bot.Answer{}
}

// work brings a coalition to work: members, sign-ups, steps with and without a lead, a round with answers.
func (w *world) work(t *testing.T) {
	t.Helper()
	inChannel := bot.Address{Place: "slack:T1", Channel: general}
	yes := map[flows.Locale]string{flows.English: "yes", flows.Spanish: "sí"}[w.locale]
	for _, user := range []string{"U2", "U3"} {
		w.commands(t, user, "help")
	}
	w.commands(t, "U2", "signup messenger")
	w.writes(t, "U2", "Marcus & <!here>", "Text me", "4", "1, 2", "The north side", yes)
	w.commands(t, "U1", "step")
	w.writes(t, "U1", "Visit each council member <!channel>", "Two more case managers", "Marcus", "March 20")
	w.presses(t, "U2", flows.VerbStepTake, inChannel)
	w.commands(t, "U1", "step")
	w.writes(t, "U1", "Print the flyers", "More people know", "Ana Reyes", "2026-04-01")
	w.commands(t, "U3", "answer 1.1.2")
	w.commands(t, "U1", "ask 2.3.3")
}

// keep compares what every verb answers to each person, and their home tabs, with the files of a scene, a line for each.
func (w *world) keep(t *testing.T, scene string) {
	t.Helper()
	for _, p := range []struct {
		user, who string
		busy      bool // is there only when there is something to do
		verbs     []string
	}{
		{"U1", "coordinator", false, append(bot.Verbs(), "", "singup")},
		{"U2", "lead", true, []string{"", "me", "plan"}},
		{"U3", "member", true, []string{"", "me", "ask", "setup"}},
	} {
		if p.busy && scene != "busy" {
			continue
		}
		var lines bytes.Buffer
		line := func(what string, v any) { lines.WriteString(what + " " + compact(t, v) + "\n") }
		m := got(w.Home(t.Context(), "slack:T1", p.user))(t)
		checkForm(t, home(m))
		line("home", home(m))
		for _, verb := range p.verbs {
			answer := w.commands(t, p.user, verb)
			if answer.Whisper != nil {
				check(t, *answer.Whisper)
				line("/coalition "+verb, sent(t, *answer.Whisper, ""))
			}
			if answer.Form != nil {
				checkForm(t, modal(*answer.Form, general, true))
				line("/coalition "+verb, modal(*answer.Form, general, true))
			}
			if answer.Whisper == nil && answer.Form == nil {
				t.Errorf("%s answers %s nothing", verb, p.who)
			}
		}
		goldenText(t, filepath.Join("testdata", "verbs", scene+"."+p.who+"."+string(w.locale)+".golden.txt"), lines.Bytes())
	}
}
