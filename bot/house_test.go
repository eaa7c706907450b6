package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata" // so that zones are the same on every machine

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/store"
)

// house is a whole Convenor on an embedded store, with two recorded platforms of one coalition.
type house struct {
	*bot.Bot
	dir     string // of the store
	store   *store.Store
	ledger  *ledger
	slack   *bottest.Recorder
	discord *bottest.Recorder
	log     *logbook
	keys    atomic.Int64
	mu      sync.Mutex
	now     time.Time
}

const (
	slackPlace   = "slack:T1"
	discordPlace = "discord:G1"
	council      = "council" // the channel in Slack
)

func newHouse(t *testing.T) *house {
	t.Helper()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return newHouseWith(t, pack)
}

func newHouseWith(t *testing.T, pack bot.Pack) *house {
	t.Helper()
	h := &house{now: time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC), log: &logbook{}} // a Monday, 10:00 in Chicago
	h.dir = t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: h.dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h.store, h.ledger = s, &ledger{Store: s}
	h.slack, h.discord = bottest.NewRecorder("slack", h.clock), bottest.NewRecorder("discord", h.clock)
	h.slack.SetProfile("rosa", bot.Profile{Name: "Rosa Delgado", Zone: "America/Chicago", Locale: flows.English})
	h.slack.SetProfile("james", bot.Profile{Name: "James Porter", Zone: "America/New_York", Locale: flows.English})
	h.slack.SetProfile("ana", bot.Profile{Name: "Ana Reyes", Zone: "America/Chicago", Locale: flows.Spanish})
	h.discord.SetProfile("marcus", bot.Profile{Name: "Marcus Bell", Locale: flows.English})
	for _, place := range []string{slackPlace, discordPlace} {
		if _, err := s.Claim(t.Context(), place, "home"); err != nil {
			t.Fatal(err)
		}
	}
	h.Bot = bot.New(bot.Config{
		Ledger: h.ledger, Outbox: s, Pack: pack, Platforms: []bot.Platform{h.slack, h.discord},
		Now: h.clock, Zone: time.LoadLocation, ID: h.id, Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	return h
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// id counts: fresh, and the same in every run of a test.
func (h *house) id() string {
	const digits = "abcdefghijklmnopqrstuvwxyz234567"
	n, id := h.keys.Add(1), []byte("aaaaaaaaaaaaaaaa")
	for i := len(id) - 1; n > 0; i-- {
		id[i] = digits[n%32]
		n /= 32
	}
	return string(id)
}

// key is a fresh event id.
func (h *house) key() string { return "test:" + strconv.FormatInt(h.keys.Add(1), 10) }

// settle delivers everything that is owed, and lets the time pass that the platforms' rates ask for.
func (h *house) settle(t *testing.T) {
	t.Helper()
	for waited := 0; waited < 2000; {
		n, err := h.Deliver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			continue
		}
		waited++
		pending, err := h.store.Pending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if pending.Conversations == 0 {
			return
		}
		h.mu.Lock()
		h.now = h.now.Add(time.Second)
		h.mu.Unlock()
	}
	t.Fatal("the outbox never empties")
}

// records returns everything of a kind.
func (h *house) records(t *testing.T, kind string) []flows.Record {
	t.Helper()
	all, err := h.store.Everything(t.Context(), "home")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(r flows.Record) bool { return r.Kind != kind })
}

// everything is all that is stored, as text, to compare.
func (h *house) everything(t *testing.T) string {
	t.Helper()
	all, err := h.store.Everything(t.Context(), "home")
	if err != nil {
		t.Fatal(err)
	}
	pending, err := h.store.Pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, r := range all {
		fmt.Fprintf(&s, "%s/%s/%s@%d %s\n", r.Kind, r.Under, r.ID, r.Rev, r.Data)
	}
	fmt.Fprintf(&s, "%+v", pending)
	return s.String()
}

// actor is one account.
type actor struct {
	h        *house
	platform *bottest.Recorder
	place    string
	user     string
	channel  string      // where they act; empty: in direct messages
	last     *bot.Answer // what came back last: a whisper's buttons can be pressed
}

func (h *house) on(user string) *actor {
	return &actor{h: h, platform: h.slack, place: slackPlace, user: user, last: &bot.Answer{}}
}

// marcus is the volunteer on Discord.
func (h *house) marcus() *actor {
	return &actor{h: h, platform: h.discord, place: discordPlace, user: "marcus", last: &bot.Answer{}}
}

// in is the same account, acting in a channel.
func (a *actor) in(channel string) *actor {
	b := *a
	b.channel = channel
	return &b
}

func (a *actor) inbound() bot.Inbound {
	return bot.Inbound{Key: a.h.key(), Platform: a.platform.Name(), Place: a.place, Channel: a.channel, User: a.user}
}

// does handles an event that must work, and delivers what came of it.
func (a *actor) does(t *testing.T, in bot.Inbound) bot.Answer {
	t.Helper()
	answer, err := a.h.Handle(t.Context(), in)
	if err != nil {
		t.Fatalf("%s: %v", a.user, err)
	}
	*a.last = answer
	a.h.settle(t)
	return answer
}

func (a *actor) types(t *testing.T, text string) {
	t.Helper()
	in := a.inbound()
	in.Typed = &bot.Typed{Text: text}
	a.does(t, in)
}

func (a *actor) commands(t *testing.T, verb, rest string) bot.Answer {
	t.Helper()
	in := a.inbound()
	in.Command = &bot.Command{Verb: verb, Rest: rest}
	return a.does(t, in)
}

// presses presses the newest control that the person sees with a verb and, if given, an Object or Arg.
func (a *actor) presses(t *testing.T, verb flows.Verb, about ...string) bot.Answer {
	t.Helper()
	return a.does(t, a.press(t, verb, "", about...))
}

func (a *actor) picks(t *testing.T, verb flows.Verb, pick string) {
	t.Helper()
	a.does(t, a.press(t, verb, pick))
}

// press is the event of a press.
func (a *actor) press(t *testing.T, verb flows.Verb, pick string, about ...string) bot.Inbound {
	t.Helper()
	for _, c := range a.controls() {
		token, err := flows.ParseToken(c.Token)
		if err != nil || token.Verb != verb {
			continue
		}
		fits := true
		for _, word := range about {
			fits = fits && (token.Object == word || token.Arg == word || token.Node == word)
		}
		if fits {
			in := a.inbound()
			in.Press = &bot.Press{Token: c.Token, Pick: pick}
			return in
		}
	}
	t.Fatalf("%s sees no control for %s %v:\n%s", a.user, verb, about, a.sees())
	return bot.Inbound{}
}

// submits sends the open form with one text or pick in its only field.
func (a *actor) submits(t *testing.T, text string, picks ...string) {
	t.Helper()
	a.does(t, a.submit(t, text, picks...))
}

func (a *actor) submit(t *testing.T, text string, picks ...string) bot.Inbound {
	t.Helper()
	if a.last.Form == nil {
		t.Fatalf("%s has no form open", a.user)
	}
	in := a.inbound()
	in.Submit = &bot.Submit{
		Token:  a.last.Form.Token,
		Fields: map[string]flows.Input{a.last.Form.Fields[0].ID: {Text: text, Picks: picks}},
	}
	return in
}

// controls lists what the person can press, the newest first.
func (a *actor) controls() []bot.Control {
	var list []bot.Control
	for _, m := range a.messages() {
		list = append(list, m.Controls...)
	}
	slices.Reverse(list)
	if a.last.Whisper != nil {
		list = append(slices.Clone(a.last.Whisper.Controls), list...)
	}
	return list
}

// messages lists what the person sees of a conversation: of their channel, or of their direct messages.
func (a *actor) messages() []bot.Message {
	to := bot.Address{Place: a.place, Channel: a.channel}
	if a.channel == "" {
		to.User = a.user
	}
	var list []bot.Message
	for _, p := range a.platform.Posts(to) {
		list = append(list, p.Message)
	}
	return list
}

// sees is everything the person sees, as text.
func (a *actor) sees() string {
	var s strings.Builder
	for _, m := range a.messages() {
		s.WriteString(m.Plain() + "\n")
		for _, c := range m.Controls {
			s.WriteString("  [" + c.Label + "] " + c.Token + "\n")
		}
	}
	if a.last.Whisper != nil {
		s.WriteString("whisper: " + a.last.Whisper.Plain() + "\n")
	}
	if a.last.Form != nil {
		fmt.Fprintf(&s, "form: %+v\n", *a.last.Form)
	}
	return s.String()
}

// person is the record of the account.
func (a *actor) person(t *testing.T) coalition.Person {
	t.Helper()
	for _, r := range a.h.records(t, flows.KindPerson) {
		p := decoded[coalition.Person](t, r)
		if slices.Contains(p.Identities, coalition.Identity(a.place, a.user)) {
			return p
		}
	}
	t.Fatalf("nobody is recorded for %s", a.user)
	return coalition.Person{}
}

// mustSay fails unless a text has every phrase in it.
func mustSay(t *testing.T, text string, phrases ...string) {
	t.Helper()
	for _, p := range phrases {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in:\n%s", p, text)
		}
	}
}

// whispered is the whisper of an answer; it fails when there is none.
func whispered(t *testing.T, a bot.Answer) string {
	t.Helper()
	if a.Whisper == nil {
		t.Fatal("nothing was whispered")
	}
	return a.Whisper.Plain()
}

// ledger is the store, with a fault in the way when there is one.
type ledger struct {
	*store.Store
	fault atomic.Pointer[func(op string) error]
	lost  atomic.Pointer[func() error] // what a commit answers that went through
}

var errAway = errors.New("the store is away")

// breaks makes operations fail as plan says; nil: never.
func (l *ledger) breaks(plan func(op string) error) {
	if plan == nil {
		l.fault.Store(nil)
		return
	}
	l.fault.Store(&plan)
}

// after makes commits that went through answer with an error; nil: not any more.
func (l *ledger) after(answer func() error) {
	if answer == nil {
		l.lost.Store(nil)
		return
	}
	l.lost.Store(&answer)
}

func (l *ledger) broken(op string) error {
	if plan := l.fault.Load(); plan != nil {
		return (*plan)(op)
	}
	return nil
}

func (l *ledger) Place(ctx context.Context, place string) (string, error) {
	if err := l.broken("Place"); err != nil {
		return "", err
	}
	return l.Store.Place(ctx, place)
}

func (l *ledger) Load(ctx context.Context, home string, refs ...flows.Ref) ([]flows.Record, error) {
	if err := l.broken("Load"); err != nil {
		return nil, err
	}
	return l.Store.Load(ctx, home, refs...)
}

func (l *ledger) Commit(ctx context.Context, c flows.Commit) error {
	if err := l.broken("Commit"); err != nil {
		return err
	}
	err := l.Store.Commit(ctx, c)
	if answer := l.lost.Load(); err == nil && answer != nil {
		return (*answer)()
	}
	return err
}

// logbook keeps what was logged.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// decoded reads a record.
func decoded[T any](t *testing.T, r flows.Record) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(r.Data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// only is the one record of a kind.
func only[T any](t *testing.T, h *house, kind string) T {
	t.Helper()
	list := h.records(t, kind)
	if len(list) != 1 {
		t.Fatalf("%d records of kind %s, want 1", len(list), kind)
	}
	return decoded[T](t, list[0])
}
