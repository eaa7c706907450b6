package discord

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

// TestEveryVerbHasASubcommand fails when package bot has a verb that nobody on Discord can type.
func TestEveryVerbHasASubcommand(t *testing.T) {
	t.Parallel()
	for _, verb := range bot.Verbs() {
		if _, ok := findSub(verb); !ok {
			t.Errorf("/coalition %s has no subcommand", verb)
		}
	}
	for _, s := range subs() {
		if s.name != homeCommand && !slices.Contains(bot.Verbs(), s.name) {
			t.Errorf("the subcommand %s is no verb", s.name)
		}
	}
}

// TestCommandsAreWrittenOnce starts three times: Discord counts each writing, so only what differs is written.
func TestCommandsAreWrittenOnce(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	const put = "PUT /applications/{app}/commands"
	for range 3 {
		must(t, adapter(t, f, nil).Start(t.Context()))
	}
	if n := len(f.Calls(put)); n != 1 {
		t.Errorf("written %d times", n)
	}
	must(t, adapter(t, f, func(o *Options) { o.Pack = others{} }).Start(t.Context()))
	if n := len(f.Calls(put)); n != 2 {
		t.Errorf("other words were written %d times", n-1)
	}
}

// others is a pack with other words.
type others struct{ keys }

func (o others) Word(locale flows.Locale, key string, count int) (string, bool) {
	word, ok := o.keys.Word(locale, key, count)
	return word + "x", ok
}

// heard is a Handler that keeps what it was given, and suggests.
type heard struct {
	in   chan bot.Inbound
	want bot.Wanted
	list []bot.Option
	err  error
}

func (h *heard) Handle(_ context.Context, in bot.Inbound) (bot.Answer, error) {
	h.in <- in
	return bot.Answer{}, nil
}

func (h *heard) Suggest(_ context.Context, _ bot.Inbound, want bot.Wanted, typed string) ([]bot.Option, error) {
	if want != h.want || typed != "fri" {
		return nil, errors.New("asked for something else")
	}
	return h.list, h.err
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	many := make([]bot.Option, 30)
	for i := range many {
		many[i] = bot.Option{ID: "2026-12-05", Text: "Saturday, December 5"}
	}
	for name, tt := range map[string]struct {
		sub, option string
		list        []bot.Option
		err         error
		want        int
	}{
		"what there is":           {"step", "by", many[:2], nil, 2},
		"more than Discord shows": {"step", "by", many, nil, suggestMax},
		"nothing":                 {"step", "by", nil, nil, 0},
		"a fault":                 {"step", "by", many, errors.New("away"), 30},
		"another option":          {"step", "what", many, nil, 0},
		"an unknown subcommand":   {"dance", "by", many, nil, 0},
		"an id that is too long":  {"away", "until", []bot.Option{{ID: string(make([]byte, 101)), Text: "x"}, many[0]}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := server(t, discordfake.Config{AnswerWait: 30 * time.Second})
			d := adapter(t, f, nil)
			must(t, d.Start(t.Context()))
			serve(t, f, d, &heard{want: bot.WantDate, list: tt.list, err: tt.err})
			act := f.Complete(ana, general, tt.sub, tt.option, "fri")
			must(t, act.Wait(patient(t)))
			var answer struct {
				Data struct{ Choices []suggestion }
			}
			must(t, json.Unmarshal(act.Answer(), &answer))
			if got := len(answer.Data.Choices); got != min(tt.want, suggestMax) {
				t.Errorf("%d suggestions: %s", got, act.Answer())
			}
		})
	}
}

// TestCommandOptions reads what was given with a subcommand: for the questions it answers, and after the verb.
func TestCommandOptions(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	d := adapter(t, f, nil)
	must(t, d.Start(t.Context()))
	h := &heard{in: make(chan bot.Inbound, 1)}
	serve(t, f, d, h)
	for _, tt := range []struct {
		sub     string
		options map[string]string
		want    bot.Command
		given   map[string]flows.Input
	}{
		{"home", nil, bot.Command{}, nil},
		{"link", map[string]string{"code": " ABCD-EFGH "}, bot.Command{Verb: "link", Rest: "ABCD-EFGH"}, nil},
		{
			"step",
			map[string]string{"what": "Call", "by": "2026-12-05", "goal": " "},
			bot.Command{Verb: "step"},
			map[string]flows.Input{"what": {Text: "Call"}, "due": {Text: "2026-12-05"}},
		},
	} {
		must(t, f.Command(ana, general, tt.sub, tt.options).Wait(patient(t)))
		if in := <-h.in; *in.Command != tt.want || !reflect.DeepEqual(in.Given, tt.given) {
			t.Errorf("%s: %+v with %+v", tt.sub, *in.Command, in.Given)
		}
	}
}

// TestSaveAMessage makes an action step of a message, with the way back to it.
func TestSaveAMessage(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	d := adapter(t, f, nil)
	must(t, d.Start(t.Context()))
	h := &heard{in: make(chan bot.Inbound, 1)}
	serve(t, f, d, h)
	must(t, f.Write(ben, general, "Somebody should call the *jail*").Wait(patient(t)))
	m := f.Messages(general)[0]
	must(t, f.Menu(ana, m, saveCommand).Wait(patient(t)))
	want := bot.Saved{Text: "Somebody should call the *jail*", Link: "https://discord.com/channels/" + discordfake.Guild + "/" + general + "/" + m.ID}
	if in := <-h.in; in.Saved == nil || *in.Saved != want || in.Channel != general || in.Place != place(discordfake.Guild) {
		t.Errorf("saved %+v in %s", in.Saved, in.Channel)
	}
	must(t, f.Menu(ana, m, "An entry of another day").Wait(patient(t)))
	must(t, f.Command(ana, general, "help", nil).Wait(patient(t)))
	if in := <-h.in; in.Command == nil {
		t.Errorf("an entry that is none did something: %+v", in)
	}
}
