package discord

import (
	"context"
	"encoding/json"
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

// TestOldServer: where Discord does not take messages of today's kind, what is said is said the old way: the words, the
// choices and the mark are there, it can be edited, and it is not tried the new way again and again.
func TestOldServer(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{Old: true})
	d := adapter(t, f, nil)
	must(t, d.Start(t.Context()))
	to := bot.Address{Place: place(discordfake.Guild), Channel: general}
	m := saying("A step for <@" + ana + ">.")
	m.Controls = []bot.Control{{Kind: flows.ControlButton, Label: "Done", Token: "step.done|a"}}
	at, err := d.Send(t.Context(), to, "key-1", m)
	must(t, err)
	found, ok, err := d.Find(t.Context(), to, "key-1", time.Now().Add(-time.Minute))
	if err != nil || !ok || found != at {
		t.Errorf("found %v, %v, %v", found, ok, err)
	}
	must(t, d.Edit(t.Context(), at, m))
	seen := f.Messages(general)
	if len(seen) != 1 || seen[0].Shown() != "A step for <@"+ana+">." || len(seen[0].Controls()) != 1 || seen[0].Mentions() > 0 || seen[0].Edits != 1 {
		t.Errorf("seen: %+v", seen)
	}
	if n := len(f.Calls("POST /channels/{channel}/messages")) + len(f.Calls("PATCH /channels/{channel}/messages/{message}")); n != 3 {
		t.Errorf("%d requests for a message and an edit", n)
	}
	_, err = d.Send(t.Context(), to, "key-2", saying("Without a button nothing carries a mark."))
	must(t, err)
	if _, ok, err := d.Find(t.Context(), to, "key-3", time.Now().Add(-time.Minute)); err == nil || ok {
		t.Error("what cannot be recognised is taken for not there, and would be sent twice")
	}
	must(t, patientlyServe(t, f, d, saying("Only you see this.")))
	if w := f.Whispers(ana); len(w) != 1 || w[0].Shown() != "Only you see this." {
		t.Errorf("whispered: %+v", w)
	}
}

// TestTheOldWayEnds: once Discord takes messages of today's kind, they are made so again after a day, however often those
// that were made the old way are edited.
func TestTheOldWayEnds(t *testing.T) {
	t.Parallel()
	clock := newPretend()
	f := server(t, discordfake.Config{Old: true, Now: clock.now})
	d := adapter(t, f, func(o *Options) { o.Now, o.After = clock.now, clock.after })
	must(t, d.Start(t.Context()))
	to := bot.Address{Place: place(discordfake.Guild), Channel: general}
	old, err := d.Send(t.Context(), to, "key-1", saying("Said the old way."))
	must(t, err)
	f.Modernize()
	clock.rest(t.Context(), plainLife)
	must(t, d.Edit(t.Context(), old, saying("Edited the old way.")))
	_, err = d.Send(t.Context(), to, "key-2", saying("Said the new way."))
	must(t, err)
	seen := f.Messages(general)
	if len(seen) != 2 || seen[0].Content == "" || seen[0].Shown() != "Edited the old way." || seen[1].Content != "" || seen[1].Shown() != "Said the new way." {
		t.Errorf("seen: %+v", seen)
	}
}

// patientlyServe serves d for as long as one command takes, which is answered by a whisper.
func patientlyServe(t *testing.T, f *discordfake.Fake, d *Discord, m bot.Message) error {
	t.Helper()
	serve(t, f, d, whispers{m})
	return f.Command(ana, general, "help", nil).Wait(patient(t))
}

type whispers struct{ bot.Message }

func (w whispers) Handle(context.Context, bot.Inbound) (bot.Answer, error) {
	return bot.Answer{Whisper: &w.Message}, nil
}

// TestPlainFits: everything that is said fits the old way, too.
func TestPlainFits(t *testing.T) {
	t.Parallel()
	for _, p := range bottest.Vocabulary() {
		if p.Message == nil {
			continue
		}
		m := dress(*p.Message, discordfake.Guild, "key").plain()
		var seen discordfake.Message
		remade(t, m, &seen)
		if err := discordfake.CheckMessage(seen.Content, seen.Components, seen.Flags); err != nil || seen.Mentions() > 0 {
			t.Errorf("%s: %v, calls %d", p.Name, err, seen.Mentions())
		}
	}
}

// breaks panics at each event until it is told otherwise.
type breaks struct {
	mu   sync.Mutex
	well bool
}

func (h *breaks) Handle(context.Context, bot.Inbound) (bot.Answer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.well {
		panic("somebody's words")
	}
	return bot.Answer{Whisper: &bot.Message{Locale: flows.English, Blocks: []bot.Block{{Style: flows.StyleBody, Text: "Well."}}}}, nil
}

// TestPanicKillsNothing: somebody whose event breaks off is told so; the session and everybody else go on.
func TestPanicKillsNothing(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	panics, h := make(chan struct{}, 10), &breaks{}
	d := adapter(t, f, func(o *Options) { o.Panicked = func() { panics <- struct{}{} } })
	must(t, d.Start(t.Context()))
	serve(t, f, d, h)
	must(t, f.Command(ana, general, "help", nil).Wait(patient(t)))
	<-panics
	if w := f.Whispers(ana); len(w) != 1 || !strings.Contains(w[0].Shown(), "discord.press-again") {
		t.Errorf("told: %+v", w)
	}
	h.mu.Lock()
	h.well = true
	h.mu.Unlock()
	must(t, f.Command(ben, general, "help", nil).Wait(patient(t)))
	if w := f.Whispers(ben); len(w) != 1 || w[0].Shown() != "Well." || len(f.Begun()) != 1 {
		t.Errorf("afterwards: %+v, %d sessions", w, len(f.Begun()))
	}
}

// TestModernForms: whatever kind of input a form has, what comes back is read.
func TestModernForms(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(map[string]any{
		"id": "1", "application_id": "2", "type": interactSubmit, "token": "t", "guild_id": discordfake.Guild, "channel_id": general,
		"member": map[string]any{"user": map[string]any{"id": ana}},
		"data": map[string]any{"custom_id": customID(discordfake.Guild, flows.English, 0, "answer|r|1|q"), "components": []any{
			map[string]any{"type": 10},
			map[string]any{"type": 18, "component": map[string]any{"type": 4, "custom_id": "text", "value": "words"}},
			map[string]any{"type": 18, "component": map[string]any{"type": 3, "custom_id": "select", "values": []string{"a"}}},
			map[string]any{"type": 18, "component": map[string]any{"type": 5, "custom_id": "person", "values": []string{ben}}},
			map[string]any{"type": 18, "component": map[string]any{"type": 21, "custom_id": "radio", "value": "b"}},
			map[string]any{"type": 18, "component": map[string]any{"type": 22, "custom_id": "boxes", "values": []string{"c", "d"}}},
			map[string]any{"type": 18, "component": map[string]any{"type": 23, "custom_id": "box", "value": true}},
			map[string]any{"type": 18, "component": map[string]any{"type": 19, "custom_id": "file", "values": []string{"1"}}},
			map[string]any{"type": 1, "components": []any{map[string]any{"type": 4, "custom_id": "old", "value": "more"}}},
		}},
	})
	must(t, err)
	d, err := decodeInteraction(raw)
	must(t, err)
	if d.in.Submit == nil {
		t.Fatalf("read: %+v", d)
	}
	got := d.in.Submit.Fields
	for id, want := range map[string]string{"text": "words", "radio": "b", "box": "true", "old": "more"} {
		if got[id].Text != want {
			t.Errorf("%s: %+v", id, got[id])
		}
	}
	for id, want := range map[string][]string{"select": {"a"}, "person": {ben}, "boxes": {"c", "d"}} {
		if !slices.Equal(got[id].Picks, want) {
			t.Errorf("%s: %+v", id, got[id])
		}
	}
}
