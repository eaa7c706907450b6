package web

import (
	"log/slog"
	"net/http"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// group is one part of what Convenor remembers.
type group struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Empty string  `json:"empty"`
	Open  bool    `json:"open"` // shown unfolded at first
	Count int     `json:"count"`
	Cards []shown `json:"cards"`
}

// shown is a card in words.
type shown struct {
	Blocks []block    `json:"blocks"`
	At     *time.Time `json:"at,omitempty"`
	Zone   string     `json:"zone,omitempty"` // where At is shown; empty: where the persona lives
}

// card is one remembered thing as data, made into words like any message.
type card struct {
	parts []flows.Part
	at    time.Time
	zone  string
}

// serveRemembers answers everything that Convenor remembers, in plain words, and what of the guide has happened.
func (s *Server) serveRemembers(w http.ResponseWriter, r *http.Request) {
	records, err := s.Remember(r.Context())
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "what is remembered could not be read", slog.Any("error", err))
		reply(w, http.StatusServiceUnavailable, map[string]string{"error": "the store did not answer"})
		return
	}
	a, err := readArchive(records)
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "a record could not be shown", slog.Any("error", err))
		reply(w, http.StatusInternalServerError, map[string]string{"error": "a record is damaged"})
		return
	}
	a.reader.Locale, a.reader.Today = language(r), a.today(s.Now(), s.Zone)
	reply(w, http.StatusOK, map[string]any{"groups": s.groups(a), "done": a.done(), "locales": a.locales()})
}

func (s *Server) groups(a *archive) []group {
	all := []group{
		s.group(a, "answers", true, answerCards(a)),
		s.group(a, "signups", true, s.signupCards(a)),
		s.group(a, "steps", true, stepCards(a)),
		s.group(a, "nudges", true, s.nudgeCards(a)),
		s.group(a, "talks", false, talkCards(a)),
		s.group(a, "people", false, peopleCards(a)),
		s.group(a, "receipts", false, s.receiptCards(a)),
		s.group(a, "rest", false, restCards(a)),
	}
	all[0].Count = len(a.given()) // its cards are questions
	return all
}

func (s *Server) group(a *archive, id string, open bool, cards []card) group {
	voice := bot.Voice{Pack: s.Pack}
	g := group{
		ID: id, Open: open, Count: len(cards), Cards: []shown{},
		Title: voice.Word(a.reader.Locale, "web.memory.group."+id),
		Empty: voice.Word(a.reader.Locale, "web.memory.none."+id),
	}
	for _, c := range cards {
		m := voice.Message(flows.Message{Parts: c.parts}, a.reader)
		in := shown{Blocks: viewBlocks(m.Blocks), Zone: c.zone}
		if !c.at.IsZero() {
			in.At = &c.at
		}
		g.Cards = append(g.Cards, in)
	}
	return g
}

// args are what the placeholders of a part stand for.
type args map[string]flows.Arg

// part is words of the catalogue.
func part(style flows.Style, words string, a args) flows.Part {
	return flows.Part{Style: style, Words: words, Args: a}
}

// bare is something shown by itself, with no words around it.
func bare(style flows.Style, a flows.Arg) flows.Part {
	return flows.Part{Style: style, Text: flows.Text{flows.English: "{it}", flows.Spanish: "{it}"}, Args: args{"it": a}}
}

func number(n int) flows.Arg { return flows.Arg{Number: &n} }
