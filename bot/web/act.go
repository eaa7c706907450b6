package web

import (
	"log/slog"
	"net/http"
	"strings"

	"convenor/bot"
	"convenor/flows"
)

// act is one thing that a visitor did as a persona. Exactly one of Press, Submit and Text is set.
type act struct {
	ID     string      `json:"id"` // made by the page, once for each thing done: a repeat is recognised by it
	As     string      `json:"as"`
	In     string      `json:"in"` // conversation
	Press  *bot.Press  `json:"press"`
	Submit *bot.Submit `json:"submit"`
	Text   string      `json:"text"`
}

// outcome is what the page gets back.
type outcome struct {
	Saved   bool     `json:"saved"` // false: nothing happened, what was typed should stay
	Whisper *message `json:"whisper,omitempty"`
	Form    *form    `json:"form,omitempty"`
}

// actID reports whether id is one as the page makes them up: hard to repeat by chance, and plain.
func actID(id string) bool {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}
	return len(id) >= 8 && len(id) <= 64 && !strings.ContainsFunc(id, odd)
}

// serveAct hands what a visitor did to Convenor and answers what comes back inside the interaction. What was typed
// stands in the conversation before Convenor hears of it, as on a real platform, and is taken back when Convenor could
// not save it, so that it can be sent again.
func (s *Server) serveAct(w http.ResponseWriter, r *http.Request) {
	var a act
	if !read(w, r, &a) {
		return
	}
	who, ok := persona(a.As)
	if !ok || !sees(who, a.In) || !actID(a.ID) {
		refuse(w, "no such person, conversation or id")
		return
	}
	in, ok := a.inbound(who, s.World.locale(who))
	if !ok {
		refuse(w, "exactly one of press, submit and text")
		return
	}
	ctx := r.Context()
	said, err := s.say(a)
	answer := bot.Answer{}
	if err == nil {
		answer, err = s.Handler.Handle(ctx, in)
	}
	defer s.Changed()
	if err == nil {
		reply(w, http.StatusOK, answered(answer))
		return
	}
	s.Log.LogAttrs(ctx, slog.LevelWarn, "what a visitor did was not saved", slog.Any("error", err))
	if said != nil {
		if _, err := s.World.takeBack(a.In, said.ID); err != nil {
			s.Log.LogAttrs(ctx, slog.LevelError, "a typed line that was not saved stays", slog.Any("error", err))
		}
	}
	out := answered(answer)
	out.Saved = false
	if out.Whisper == nil && out.Form == nil {
		locale := s.World.locale(who)
		out.Whisper = &message{Locale: locale, Blocks: []block{{Style: flows.StyleBody, Text: s.words(locale)["web.notsaved"]}}}
	}
	reply(w, http.StatusServiceUnavailable, out)
}

// inbound is the act as Convenor hears of it; ok is false unless exactly one thing was done.
func (a act) inbound(who Persona, locale flows.Locale) (in bot.Inbound, ok bool) {
	in = bot.Inbound{
		Key: who.Platform + ":" + a.ID, Platform: who.Platform, Place: who.Place(), User: who.User, Locale: locale,
		Press: a.Press, Submit: a.Submit,
	}
	for _, c := range Channels() {
		if a.In == channelPrefix+c.ID {
			in.Channel = c.ID
		}
	}
	done := 0
	if a.Press != nil {
		done++
	}
	if a.Submit != nil {
		done++
	}
	if a.Text != "" {
		if in.Command = a.command(); in.Command == nil {
			in.Typed = &bot.Typed{Text: a.Text}
		}
		done++
	}
	return in, done == 1
}

// command is the typed line as the slash command; nil when it is none.
func (a act) command() *bot.Command {
	first, line, _ := strings.Cut(strings.TrimSpace(a.Text), " ")
	if first != "/coalition" {
		return nil
	}
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	return &bot.Command{Verb: strings.ToLower(verb), Rest: strings.TrimSpace(rest)}
}

// say puts what was typed into the conversation; nil when nothing was, or when it is a command: nobody sees those.
func (s *Server) say(a act) (*item, error) {
	if a.Text == "" || a.command() != nil {
		return nil, nil
	}
	m := message{Blocks: []block{{Style: flows.StyleBody, Text: a.Text}}}
	return s.World.say(a.In, a.ID, a.As, m)
}

func answered(a bot.Answer) outcome {
	out := outcome{Saved: true}
	if a.Whisper != nil {
		m := viewMessage(*a.Whisper)
		out.Whisper = &m
	}
	if a.Form != nil {
		f := viewForm(*a.Form)
		out.Form = &f
	}
	return out
}
