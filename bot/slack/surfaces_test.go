package slack

import (
	"fmt"
	"testing"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

func TestMention(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.clerk.answers(whispers("Here is what I can do."), nil)
			h.done(t, h.Mention(ana, general, "ask 2.3.3 at 5 > 3"))
			in := h.clerk.last(t)
			if in.Typed == nil || in.Typed.Text != "ask 2.3.3 at 5 > 3" || in.Channel != general {
				t.Errorf("heard %+v", in)
			}
			if w := h.Whispers(ana); len(w) != 1 || w[0].Channel != general {
				t.Errorf("whispers: %+v", w)
			}
			h.done(t, h.Event(map[string]any{
				"type": "app_mention", "channel": general, "user": ana, "thread_ts": "1764.1",
				"text": "<@" + slackfake.BotUser + "> <@" + ben + "> knows, or <@U0NOBODY>; see <https://example.org/a|example.org/a>",
			}))
			if in := h.clerk.last(t); in.Typed.Text != "@Ben knows, or @U0NOBODY; see https://example.org/a" {
				t.Errorf("heard %q", in.Typed.Text)
			}
			if calls := h.Calls("chat.postEphemeral"); len(calls) != 2 || calls[0].Args["thread_ts"] != "" || calls[1].Args["thread_ts"] != "1764.1" {
				t.Errorf("whispered %+v", calls)
			}
		})
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			menu := says("What would you like to do?", button("Sign up", flows.Token{Verb: flows.VerbStart, Object: "messenger"}))
			h.clerk.answers(bot.Answer{Whisper: &menu}, nil)
			h.done(t, h.OpenHome(ana))
			if in := h.clerk.last(t); in.Opened == nil || in.Opened.Added || in.Channel != "" || in.User != ana {
				t.Errorf("heard %+v", in)
			}
			got(h.AwaitHome(patient(t), ana, "What would you like to do?\n[Sign up]"))(t)
			h.clerk.answers(whispers("It goes on in messages."), nil)
			h.done(t, h.PressHome(ana, "Sign up"))
			if in := h.clerk.last(t); in.Press == nil || in.Press.Token != (flows.Token{Verb: flows.VerbStart, Object: "messenger"}).String() || in.Channel != "" {
				t.Errorf("heard %+v", in)
			}
			got(h.AwaitView(patient(t), ana, "It goes on in messages."))(t)
			h.done(t, h.Event(map[string]any{"type": "app_home_opened", "user": ana, "tab": "messages"}))
			if n := len(h.clerk.all()); n != 2 {
				t.Errorf("the messages tab was heard of: %d", n)
			}
		})
	}
}

func TestShortcuts(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.clerk.answers(whispers("It goes on in messages."), nil)
			m := slackfake.Message{Channel: general, User: ben, TS: "1764000000.000200", Text: "<@" + ben + "> will ask &amp; tell"}
			h.done(t, h.MessageShortcut(ana, m, callbackSave))
			in := h.clerk.last(t)
			want := bot.Saved{Text: "@Ben will ask & tell", Link: "https://fake.slack.com/archives/" + general + "/p1764000000000200"}
			if in.Saved == nil || *in.Saved != want || in.Channel != general || in.User != ana {
				t.Errorf("heard %+v %+v", in, in.Saved)
			}
			if w := h.Whispers(ana); len(w) != 1 {
				t.Errorf("whispers: %+v", w)
			}
			h.done(t, h.Shortcut(ana, callbackAdd))
			if in := h.clerk.last(t); in.Press == nil || in.Press.Token != (flows.Token{Verb: flows.VerbStart, Object: "step"}).String() {
				t.Errorf("heard %+v", in)
			}
			before := len(h.clerk.all())
			h.done(t, h.Shortcut(ana, "another-app"))
			if len(h.clerk.all()) != before {
				t.Error("a shortcut that is not ours was heard")
			}
		})
	}
}

// TestHomeStaysFresh changes things many times at once: a home tab that is open is drawn once for all of them. Of those
// that nobody has opened here, another process may know better, they are drawn in turns.
func TestHomeStaysFresh(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			before, after := says("Two steps"), says("Three steps")
			h.clerk.answers(bot.Answer{Whisper: &before}, nil)
			h.done(t, h.OpenHome(ana))
			h.clerk.answers(bot.Answer{Whisper: &after}, nil)
			for range 50 {
				h.slack.HomeChanged(h.slack.Place(), ana)
				h.slack.HomeChanged("slack:T9", ana)
			}
			h.timers.fire(homeEvery)
			got(h.AwaitHome(patient(t), ana, "Three steps"))(t)
			h.slack.HomeChanged(h.slack.Place(), ana) // and the next change is seen, too
			h.timers.fire(homeEvery)
			if err := h.Await(patient(t), "another drawing", func() bool { return len(h.Calls("views.publish")) == 3 }); err != nil {
				t.Error(err)
			}
			h.timers.pass(homeEvery)
			for i := range othersBurst {
				id := fmt.Sprint("U0", i)
				h.AddUser(slackfake.User{ID: id, Name: id})
				h.slack.HomeChanged(h.slack.Place(), id)
			}
			must(t, h.Await(patient(t), "the drawings", func() bool { return len(h.Calls("views.publish")) == 3+othersBurst }))
			if wait, ok := h.slack.homes.begin(ben, h.slack.Now()); !ok || wait <= homeEvery/2 {
				t.Errorf("one more waits for %v, %v", wait, ok)
			}
			for i := range 10 * othersMost / othersEvery {
				h.slack.homes.begin(fmt.Sprint("U1", i), h.slack.Now())
			}
			if _, ok := h.slack.homes.begin("U2", h.slack.Now()); ok {
				t.Error("home tabs that nobody opened are drawn without end")
			}
		})
	}
}

func TestAddedToAChannel(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.AddChannel("C0NEW", "new", ben)
			h.done(t, h.Invite(ben, "C0NEW"))
			in := h.clerk.last(t)
			if in.Opened == nil || !in.Opened.Added || in.Channel != "C0NEW" || in.User != ben {
				t.Errorf("heard %+v", in)
			}
			h.done(t, h.Event(map[string]any{"type": "member_joined_channel", "user": ben, "inviter": ana, "channel": general}))
			if n := len(h.clerk.all()); n != 1 {
				t.Errorf("somebody else's joining was heard of: %d", n)
			}
		})
	}
}

func TestMenusAndPickers(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			m := h.posts(t,
				bot.Control{Kind: flows.ControlSelect, Label: "Which?", Token: "ask", Options: []bot.Option{{ID: "2-3-1", Text: "Goals"}, {ID: "2-3-3", Text: "Messengers"}}},
				bot.Control{Kind: flows.ControlPerson, Label: "Who?", Token: "answer|r1||lead"},
				bot.Control{Kind: flows.ControlLink, Label: "Read", URL: "https://example.org/"},
			)
			h.done(t, h.Pick(ana, m, "Which?", "Messengers"))
			if in := h.clerk.last(t); *in.Press != (bot.Press{Token: "ask", Pick: "2-3-3"}) {
				t.Errorf("heard %+v", in.Press)
			}
			h.done(t, h.PickPerson(ana, m, "Who?", ben))
			if in := h.clerk.last(t); *in.Press != (bot.Press{Token: "answer|r1||lead", Pick: ben}) {
				t.Errorf("heard %+v", in.Press)
			}
			h.done(t, h.Press(ana, m, "Read"))
			if n := len(h.clerk.all()); n != 2 {
				t.Errorf("a link was heard of: %d", n)
			}
		})
	}
}
