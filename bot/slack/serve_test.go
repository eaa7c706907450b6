package slack

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

var errAway = errors.New("the store is away")

func TestCommand(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.clerk.answers(whispers("What can I do for you?"), nil)
			h.done(t, h.Command(ana, general, "/coalition Ask  2.3.3 & more"))
			in := h.clerk.last(t)
			if in.Command == nil || *in.Command != (bot.Command{Verb: "ask", Rest: "2.3.3 & more"}) {
				t.Errorf("heard %+v", in.Command)
			}
			if in.Place != "slack:T1" || in.Channel != general || in.User != ana || in.Platform != "slack" || !strings.HasPrefix(in.Key, "slack:") {
				t.Errorf("heard %+v", in)
			}
			if w := h.Whispers(ana); len(w) != 1 || w[0].Shown() != "What can I do for you?" || w[0].Channel != general {
				t.Errorf("whispers: %+v", w)
			}
			h.done(t, h.Command(ana, "", "/coalition"))
			if in := h.clerk.last(t); in.Channel != "" || *in.Command != (bot.Command{}) {
				t.Errorf("in a direct message: %+v", in)
			}
			if w := h.Whispers(ana); len(w) != 2 || w[1].Channel != slackfake.DMChannel(ana) {
				t.Errorf("whispers: %+v", w)
			}
		})
	}
}

// A click is acknowledged after it was committed, not before.
func TestCommitThenAcknowledge(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			m := h.posts(t, button("Yes", flows.Token{Verb: flows.VerbStepTake, Object: "s1"}))
			commit := make(chan struct{})
			entered := make(chan struct{})
			h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
				close(entered)
				<-commit
				return bot.Answer{}, nil
			})
			act := h.Press(ana, m, "Yes")
			<-entered
			if act.Done() {
				t.Error("acknowledged before the commit")
			}
			close(commit)
			h.done(t, act)
			if in := h.clerk.last(t); in.Press == nil || in.Press.Token != (flows.Token{Verb: flows.VerbStepTake, Object: "s1"}).String() || in.Channel != general {
				t.Errorf("heard %+v", in)
			}
		})
	}
}

// A click that takes long is acknowledged in time all the same, and its outcome follows.
func TestSlowClick(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			m := h.posts(t, button("Yes", flows.Token{Verb: flows.VerbStepTake, Object: "s1"}))
			commit := make(chan struct{})
			h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
				<-commit
				return whispers("Taken."), nil
			})
			act := h.Press(ana, m, "Yes")
			h.timers.fire(patience)
			must(t, act.Wait(patient(t)))
			if w := h.Whispers(ana); len(w) != 0 {
				t.Errorf("said before it was known: %+v", w)
			}
			close(commit)
			got(h.AwaitWhisper(patient(t), ana, "Taken."))(t)
		})
	}
}

func TestClickThatIsNotSaved(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			m := h.posts(t, button("Yes", flows.Token{Verb: flows.VerbStepTake, Object: "s1"}))
			h.clerk.answers(whispers("I could not save that."), errAway)
			h.done(t, h.Press(ana, m, "Yes"))
			got(h.AwaitWhisper(patient(t), ana, "I could not save that."))(t)
			h.clerk.answers(bot.Answer{}, errAway)
			h.done(t, h.Press(ana, m, "Yes"))
			got(h.AwaitWhisper(patient(t), ana, "es slack.press-again"))(t)
		})
	}
}

// A panic stays with the event it came from.
func TestPanic(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{AckWait: time.Hour})
			m := h.posts(t, button("Yes", flows.Token{Verb: flows.VerbStepTake, Object: "s1"}))
			h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) { panic("at the disco") })
			h.done(t, h.Press(ana, m, "Yes"))
			got(h.AwaitWhisper(patient(t), ana, "es slack.press-again"))(t)
			act := h.DM(ana, "hello")
			h.clerk.await(t, 2)
			h.rest(t)
			if act.Done() {
				t.Error("acknowledged, though it was not saved")
			}
			h.clerk.answers(bot.Answer{}, nil)
			h.SendAgain()
			h.done(t, act)
		})
	}
}

// mute is a Pack that breaks off at the words of the form that is opened at once.
type mute struct{ keys }

func (m mute) Word(locale flows.Locale, key string, count int) (string, bool) {
	if key == "slack.moment" {
		panic("at a loss for words")
	}
	return m.keys.Word(locale, key, count)
}

// A panic while a form is opened at once stays there: the form that the click leads to is opened all the same.
func TestPanicWhileAFormOpens(t *testing.T) {
	t.Parallel()
	h := &house{Fake: workspace(t, slackfake.Config{}), clerk: newClerk(), timers: newTimers(settle, again)}
	h.slack = adapter(t, h.Fake, func(o *Options) { o.After, o.Pack = h.timers.after, mute{} })
	if err := h.slack.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.serve(t, h.clerk)
	must(t, h.AwaitSockets(patient(t), 1))
	m := h.posts(t, button("Answer", flows.Token{Verb: flows.VerbForm, Object: "r1", Node: "q1"}))
	h.clerk.answers(bot.Answer{Form: testForm()}, nil)
	h.done(t, h.Press(ana, m, "Answer"))
	got(h.AwaitView(patient(t), ana, "What matters most?"))(t)
}

// A click that leads to a form opens one at once, however long the answer takes: the trigger lives for three seconds.
func TestFormOpensAtOnce(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			m := h.posts(t, button("Answer", flows.Token{Verb: flows.VerbForm, Object: "r1", Node: "q1"}))
			answer := make(chan struct{})
			h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
				<-answer
				return bot.Answer{Form: testForm()}, nil
			})
			act := h.Press(ana, m, "Answer")
			v := got(h.AwaitView(patient(t), ana, "es slack.moment"))(t)
			if v.Submit != "" || v.Close != "es slack.close" {
				t.Errorf("the form that waits: %s", v.Shown())
			}
			close(answer)
			h.done(t, act)
			v = got(h.AwaitView(patient(t), ana, "What matters most?"))(t)
			if v.Title != "Your answer" || v.Submit != "Send" {
				t.Errorf("the form: %s", v.Shown())
			}
			h.clerk.answers(whispers("Thank you."), nil)
			h.done(t, h.Submit(ana, map[string][]string{"What matters most?": {"Housing & <work>"}}))
			in := h.clerk.last(t)
			if in.Submit == nil || in.Submit.Token != testForm().Token || in.Submit.Fields["q1"].Text != "Housing & <work>" || in.Channel != general {
				t.Errorf("heard %+v", in)
			}
			if _, open := h.View(ana); open {
				t.Error("the form stays open")
			}
			got(h.AwaitWhisper(patient(t), ana, "Thank you."))(t)
		})
	}
}

// When a click that usually leads to a form does not, the form that was opened says why.
func TestNoFormAfterAll(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			m := h.posts(t, button("Answer", flows.Token{Verb: flows.VerbForm, Object: "r1"}))
			for want, answer := range map[string]bot.Answer{"This question is closed.": whispers("This question is closed."), "es slack.done": {}} {
				h.clerk.answers(answer, nil)
				h.done(t, h.Press(ana, m, "Answer"))
				v := got(h.AwaitView(patient(t), ana, want))(t)
				if v.Submit != "" {
					t.Error("there is nothing to send")
				}
				h.CloseView(ana)
			}
			h.clerk.answers(bot.Answer{}, errAway)
			h.done(t, h.Press(ana, m, "Answer"))
			got(h.AwaitView(patient(t), ana, "es slack.press-again"))(t)
		})
	}
}

// A form that nobody foresaw is opened with what is left of the trigger; when it is used up the person is asked again.
func TestUnforeseenForm(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.clerk.answers(bot.Answer{Form: testForm()}, nil)
			h.done(t, h.Command(ana, general, "/coalition answer"))
			got(h.AwaitView(patient(t), ana, "What matters most?"))(t)
			h.CloseView(ana)
			h.Fault("views.open", slackfake.Fault{Error: "expired_trigger_id"})
			h.done(t, h.Command(ana, general, "/coalition answer"))
			got(h.AwaitWhisper(patient(t), ana, "en slack.press-again"))(t)
		})
	}
}

// An event that could not be saved is not acknowledged, comes again and is handled then, under the same key.
func TestEventComesAgain(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{AckWait: time.Hour})
			h.clerk.answers(bot.Answer{}, errAway)
			act := h.DM(ana, "my answer")
			must(t, h.Await(patient(t), "the first try", func() bool { return h.Unacknowledged() == 1 }))
			h.clerk.await(t, 1)
			h.rest(t)
			if act.Done() {
				t.Fatal("acknowledged, though it was not saved")
			}
			h.clerk.answers(bot.Answer{}, nil)
			h.SendAgain()
			h.done(t, act)
			all := h.clerk.all()
			if len(all) != 2 || all[0].Key != all[1].Key || all[1].Typed.Text != "my answer" || all[1].Channel != "" {
				t.Errorf("heard %+v", all)
			}
		})
	}
}

// A duplicate while the first is still at work goes to the Handler, too: only it knows what was committed.
func TestRetriesAreNotDropped(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{AckWait: time.Hour})
			release := make(chan struct{})
			h.clerk.does(func(context.Context, bot.Inbound) (bot.Answer, error) {
				<-release
				return bot.Answer{}, nil
			})
			act := h.DM(ana, "once")
			h.clerk.await(t, 1)
			h.SendAgain()
			h.clerk.await(t, 2)
			close(release)
			h.done(t, act)
			all := h.clerk.all()
			if all[0].Key != all[1].Key {
				t.Errorf("keys %q and %q", all[0].Key, all[1].Key)
			}
		})
	}
}

func TestOwnMessagesAreIgnored(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			got(h.slack.Send(t.Context(), bot.Address{Place: "slack:T1", User: ana}, "k", says("Hello")))(t)
			h.done(t, h.Event(map[string]any{"type": "message", "channel_type": "im", "channel": "D1", "user": ben, "bot_id": "B9", "text": "beep"}))
			h.done(t, h.Event(map[string]any{"type": "message", "channel_type": "im", "channel": "D1", "subtype": "message_changed", "message": map[string]any{}}))
			must(t, h.Await(patient(t), "all is acknowledged", func() bool { return h.Unacknowledged() == 0 }))
			if all := h.clerk.all(); len(all) != 0 {
				t.Errorf("heard %+v", all)
			}
		})
	}
}

// What cannot be understood is acknowledged, or Slack would send it again and again, and in the end send nothing more.
func TestUnknownAndBroken(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Config{})
	h.Raw("not even JSON")
	h.Raw(`{"type": "brand_new_thing"}`)
	h.done(t, h.Envelope("brand_new_thing", map[string]any{"a": 1}))
	h.done(t, h.Envelope("events_api", "a text"))
	h.done(t, h.Envelope("interactive", []int{1}))
	h.done(t, h.Envelope("slash_commands", map[string]any{"user_id": 7}))
	h.done(t, h.Event(map[string]any{"type": "never_heard_of", "channel": map[string]any{"id": "C1"}}))
	if all := h.clerk.all(); len(all) != 0 {
		t.Errorf("heard %+v", all)
	}
}

// The vendor's decoder refuses an event because of one odd block. What the person meant is still read.
func TestOddBlockDoesNotSwallowAClick(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			h := openBy(t, by, slackfake.Config{})
			h.done(t, h.Envelope("interactive", map[string]any{
				"type": "block_actions", "trigger_id": "t1", "user": map[string]any{"id": ana}, "channel": map[string]any{"id": general},
				"message": map[string]any{"blocks": []any{map[string]any{"type": "section", "text": 7, "accessory": "odd"}}},
				"actions": []any{map[string]any{"type": "button", "action_id": "b0.en", "value": "menu"}},
			}))
			if in := h.clerk.last(t); in.Press == nil || in.Press.Token != "menu" || in.Key != "slack:T1:t1" {
				t.Errorf("heard %+v", in)
			}
		})
	}
}
