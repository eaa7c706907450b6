package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/flowtest"
)

// serveScript answers the conversation that a persona held last in a place as a script (package flowtest): what was
// done, and what Convenor says to it now. A text that was erased is not in it.
func (s *Server) serveScript(w http.ResponseWriter, r *http.Request) {
	who, ok := persona(r.FormValue("as"))
	if in := r.FormValue("in"); !ok || !sees(who, in) {
		refuse(w, "no such person or conversation")
		return
	}
	records, err := s.Remember(r.Context())
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "what is remembered could not be read", slog.Any("error", err))
		reply(w, http.StatusServiceUnavailable, map[string]string{"error": "the store did not answer"})
		return
	}
	story, ok, err := s.story(records, who, r.FormValue("in"))
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "a record could not be told", slog.Any("error", err))
		reply(w, http.StatusInternalServerError, map[string]string{"error": "a record is damaged"})
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprintln(w, bot.Voice{Pack: s.Pack}.Word(language(r), "web.script.none")) // the reader has gone; there is nobody to tell
		return
	}
	name := fmt.Sprintf("%s-%s.%s.script", story.Flow.ID, who.User, s.World.locale(who))
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	text := flowtest.Script(story)
	if said, err := flowtest.Record(s.Pack, name, text); err == nil {
		text = said
	} else {
		text = append([]byte("# It stops half-way: the flow has changed since.\n"), said...)
	}
	_, _ = w.Write(text) // as above
}

// story tells the conversation that a persona had a part in last: in a channel the group's, else their own. ok is false
// when there was none.
func (s *Server) story(records []flows.Record, who Persona, in string) (story flowtest.Story, ok bool, err error) {
	a, err := readArchive(records)
	if err != nil {
		return story, false, err
	}
	me := ""
	for _, p := range a.people {
		if slices.Contains(p.Identities, who.Identity()) {
			me = p.ID
		}
	}
	channel, inChannel := strings.CutPrefix(in, channelPrefix)
	for _, r := range a.runs {
		theirs := !r.Group && !inChannel && r.Person == me || r.Group && inChannel && a.isChannel(r.Space, channel)
		if theirs && r.Touched.After(story.Run.Touched) {
			story.Run, ok = r, true
		}
	}
	if !ok {
		return story, false, nil
	}
	story.Flow = a.definitions[story.Run.Hash]
	story.Locale = a.home.Locale
	story.Space = a.spaces[story.Run.Space].Channel
	story.Zone, err = s.Zone(a.home.Zone)
	if err != nil { // the dates are counted somewhere in any case
		story.Zone = time.UTC
	}
	for _, x := range a.answers {
		if x.Run == story.Run.ID {
			story.Answers = append(story.Answers, x)
		}
	}
	story.Texts, err = typed(records)
	for _, p := range a.everybody() {
		story.People = append(story.People, flowtest.Teller{ID: p.ID, Name: p.Name, Locale: p.Locale})
	}
	return story, true, err
}

// isChannel tells whether a space is the pretend channel with an id.
func (a *archive) isChannel(space, channel string) bool {
	return a.spaces[space].Channel == channel || strings.HasSuffix(space, ":"+channel)
}

// typed are the texts that people typed, by id.
func typed(records []flows.Record) (map[string]string, error) {
	texts := map[string]string{}
	for _, r := range records {
		if r.Kind != flows.KindText {
			continue
		}
		var t flows.Typed
		if err := json.Unmarshal(r.Data, &t); err != nil {
			return nil, fmt.Errorf("read %s %s: %w", r.Kind, r.ID, err)
		}
		texts[r.ID] = t.Text
	}
	return texts, nil
}
