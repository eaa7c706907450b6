package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
	"convenor/flows"
)

// The times of an interaction. Slack wants an answer within three seconds; what takes longer than patience is answered
// without its outcome, and the outcome follows.
const (
	patience  = 2 * time.Second
	handleMax = 25 * time.Second // a Handler that takes longer has failed
	namesMax  = time.Second      // for finding out what the people go by whom a text names
)

// event carries out what Slack sends again until it is acknowledged: so only what is committed is.
func (s *Slack) event(ctx context.Context, d decoded, ack acker) error {
	d = s.named(ctx, d)
	out := <-s.ask(ctx, d.in)
	if out.err != nil {
		return errNotSaved
	}
	if d.kind == homeOpened {
		s.homes.opened(d.in.User)
	}
	if err := ack(nil); err != nil {
		return err
	}
	switch {
	case out.Whisper == nil:
		return nil
	case d.kind == homeOpened:
		return s.publish(ctx, d.in.User, *out.Whisper)
	default:
		return s.whisper(ctx, d, *out.Whisper)
	}
}

// click carries out a press or a command. A press that surely leads to a form opens one at once, saying "one moment":
// the trigger that can open it lives for three seconds, and committing comes first.
func (s *Slack) click(ctx context.Context, d decoded, ack acker) error {
	late := s.After(patience)
	d = s.named(ctx, d)
	done := s.ask(ctx, d.in)
	waiting := make(chan string, 1)
	if leadsToForm(d) {
		go func() {
			view := ""
			defer func() { waiting <- view }()
			defer s.guard(ctx)
			view = s.openMoment(ctx, d)
		}()
	} else {
		waiting <- ""
	}
	var out outcome
	select {
	case out = <-done:
		if err := ack(nil); err != nil {
			return err
		}
	case <-late:
		if err := ack(nil); err != nil {
			return err
		}
		out = <-done
	}
	return s.finish(ctx, d, <-waiting, out)
}

// leadsToForm reports whether a press opens a form, whatever state things are in.
func leadsToForm(d decoded) bool {
	if d.in.Press == nil || d.trigger == "" || d.view.Type == "modal" {
		return false
	}
	t, err := flows.ParseToken(d.in.Press.Token)
	return err == nil && (t.Verb == flows.VerbForm || t.Verb == flows.VerbPage || t.Verb == flows.VerbUnknown)
}

// openMoment opens a form that says "one moment" and returns its id; "" when it could not be opened.
func (s *Slack) openMoment(ctx context.Context, d decoded) string {
	m := s.say(d.locale, "slack.moment")
	v := notice(m, s.word(d.locale, "slack.close"), d.channel)
	r, err := s.api.OpenViewContext(ctx, d.trigger, v)
	if err != nil {
		return ""
	}
	return r.ID
}

// finish shows what came of a click. view is the form that was opened for it, if any.
func (s *Slack) finish(ctx context.Context, d decoded, view string, out outcome) error {
	if d.view.Type == "modal" {
		view = d.view.ID
	}
	if out.err != nil && out.Form == nil && out.Whisper == nil {
		m := s.say(d.locale, "slack.press-again")
		out.Whisper = &m
	}
	switch {
	case out.Form != nil && view != "":
		return s.show(ctx, view, modal(*out.Form, d.channel, true))
	case out.Form != nil:
		return s.open(ctx, d, *out.Form)
	case view != "":
		m := s.say(d.locale, "slack.done")
		if out.Whisper != nil {
			m = *out.Whisper
		}
		return s.show(ctx, view, notice(m, s.word(m.Locale, "slack.close"), d.channel))
	case out.Whisper != nil:
		return s.whisper(ctx, d, *out.Whisper)
	default:
		return nil
	}
}

// open opens a form that nobody foresaw. When that came too late the person is asked to press again.
func (s *Slack) open(ctx context.Context, d decoded, f bot.Form) error {
	if d.trigger != "" {
		_, err := s.api.OpenViewContext(ctx, d.trigger, modal(f, d.channel, true))
		if err == nil {
			return nil
		}
		err = wrap("open a form", err)
		return errors.Join(err, s.whisper(ctx, d, s.say(f.Locale, "slack.press-again")))
	}
	return s.whisper(ctx, d, s.say(f.Locale, "slack.press-again"))
}

// show puts a view in the place of another. That the person has closed it meanwhile is no fault.
func (s *Slack) show(ctx context.Context, view string, v slackgo.ModalViewRequest) error {
	_, err := s.api.UpdateViewContext(ctx, v, "", "", view)
	var refused slackgo.SlackErrorResponse
	if errors.As(err, &refused) && (refused.Err == "not_found" || refused.Err == "hash_conflict") {
		return nil
	}
	return wrap("update a form", err)
}

// whisper says something to the one who acted and to nobody else. Where there is no channel to whisper in, on the home
// tab, it opens as a form without fields.
func (s *Slack) whisper(ctx context.Context, d decoded, m bot.Message) error {
	opts := messageOptions(m, "")
	if d.respond != "" {
		_, _, _, err := s.api.SendMessageContext(ctx, d.channel,
			append(opts, slackgo.MsgOptionResponseURL(d.respond, slackgo.ResponseTypeEphemeral))...)
		if err == nil {
			return nil
		}
		if d.channel == "" {
			return wrap("whisper", err)
		}
	}
	if d.channel == "" {
		if d.trigger == "" {
			return nil
		}
		_, err := s.api.OpenViewContext(ctx, d.trigger, notice(m, s.word(m.Locale, "slack.close"), ""))
		return wrap("open a notice", err)
	}
	if d.thread != "" {
		opts = append(opts, slackgo.MsgOptionTS(d.thread))
	}
	if s.lacks(methodEphemeral) {
		_, err := s.Send(ctx, bot.Address{Place: s.Place(), User: d.in.User}, "", m)
		return wrap("whisper in a direct message", err)
	}
	_, err := s.api.PostEphemeralContext(ctx, d.channel, d.in.User, opts...)
	return wrap("whisper", err)
}

// say is a message of the adapter's own.
func (s *Slack) say(locale flows.Locale, key string) bot.Message {
	if locale == "" {
		locale = flows.English
	}
	return bot.Message{Locale: locale, Blocks: []bot.Block{{Style: flows.StyleBody, Text: s.word(locale, key)}}}
}

// named puts what people go by in the place of the ids in a text. It does without when Slack takes too long to tell.
func (s *Slack) named(ctx context.Context, d decoded) decoded {
	if len(d.named) == 0 {
		return d
	}
	ctx, cancel := context.WithTimeout(ctx, namesMax)
	defer cancel()
	names := map[string]string{}
	for _, id := range d.named {
		if p, err := s.Profile(ctx, d.in.Place, id); err == nil {
			names[id] = strings.ReplaceAll(p.Name, "\n", " ")
		}
	}
	text := readable(d.raw, s.me.user, names)
	switch {
	case d.in.Typed != nil:
		d.in.Typed = &bot.Typed{Text: text, Thread: d.in.Typed.Thread}
	case d.in.Command != nil:
		d.in.Command = command(text)
	case d.in.Saved != nil:
		d.in.Saved = &bot.Saved{Text: cut(text, sectionMax), Link: d.in.Saved.Link}
	}
	return d
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, bare(err))
}
