package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/discord"
	"convenor/bot/discord/discordfake"
	"convenor/bot/slack"
	"convenor/bot/slack/slackfake"
	"convenor/store"
)

// caught keeps the last request of a kind, and answers all of them well.
type caught struct {
	mu    sync.Mutex
	body  string
	wants string // of a path
	give  string
	came  chan struct{} // closed when it comes
}

func (c *caught) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/gateway/bot") {
		<-r.Context().Done() // nobody needs it here
		return nil, r.Context().Err()
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, c.wants) && c.came != nil {
		c.body = string(body)
		close(c.came)
		c.came = nil
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(c.give)), Request: r}, nil
}

// await returns what a request holds that do makes, now or soon.
func (c *caught) await(t *testing.T, path string, do func()) string {
	t.Helper()
	came := make(chan struct{})
	c.mu.Lock()
	c.wants, c.came = path, came
	c.mu.Unlock()
	do()
	select {
	case <-came:
	case <-time.After(30 * time.Second):
		t.Fatalf("nothing goes to %s", path)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.body
}

// opens is a Handler that opens one form after the other.
type opens struct {
	mu   sync.Mutex
	form bot.Form
}

func (h *opens) Handle(context.Context, bot.Inbound) (bot.Answer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return bot.Answer{Form: &h.form}, nil
}

func (*opens) Home(context.Context, string, string) (bot.Message, error) {
	return bot.Message{}, errors.New("nobody asks for it")
}

func (h *opens) set(f bot.Form) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.form = f
}

// never is a timer that does not go off.
func never(time.Duration) <-chan struct{} { return make(chan struct{}) }

// serving runs a platform until the test ends.
func serving(t *testing.T, serve func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = serve(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
}

// slackStage shows pieces as Slack gets them.
type slackStage struct {
	*slack.Slack
	opens
	caught caught
	mux    *http.ServeMux
}

const parityKey = "a-signing-secret"

func newSlackStage(t *testing.T, pack bot.Pack) *slackStage {
	t.Helper()
	s := &slackStage{mux: http.NewServeMux()}
	s.caught.give = `{"ok":true,"channel":"C1","ts":"1.1","team_id":"T1","user_id":"U0","bot_id":"B0","view":{"id":"V1"}}`
	var err error
	s.Slack, err = slack.New(slack.Options{
		BotToken: "xoxb-1", SigningSecret: parityKey, Pack: pack, Now: time.Now, Log: slog.New(slog.DiscardHandler), Transport: &s.caught,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Register(s.mux)
	serving(t, func(ctx context.Context) error { return s.Serve(ctx, &s.opens) })
	return s
}

func (s *slackStage) message(t *testing.T, m bot.Message) seen {
	t.Helper()
	args, err := url.ParseQuery(s.caught.await(t, "chat.postMessage", func() {
		if _, err := s.Send(t.Context(), bot.Address{Place: "slack:T1", Channel: "C1"}, "", m); err != nil {
			t.Fatal(err)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []slackfake.Block
	unmarshal(t, args.Get("blocks"), &blocks)
	out := seen{spoken: slackfake.Message{Text: args.Get("text")}.Shown(), refused: slackfake.CheckMessage(args.Get("text"), blocks, true)}
	out.text, out.controls = slackRead(blocks)
	return out
}

// slackRead parts what can be read in blocks from their controls.
func slackRead(blocks []slackfake.Block) (text string, controls []string) {
	for _, b := range blocks {
		bare := b
		bare.Elements, bare.Accessory, bare.Element, bare.Label = nil, nil, nil, nil
		list := append([]slackfake.Element(nil), b.Elements...)
		if b.Label != nil {
			controls = append(controls, plainSpace(b.Label.Text))
		}
		for _, e := range []*slackfake.Element{b.Accessory, b.Element} {
			if e != nil {
				list = append(list, *e)
			}
		}
		for _, e := range list {
			if e.Type == "plain_text" || e.Type == "mrkdwn" {
				bare.Elements = append(bare.Elements, e)
				continue
			}
			for _, w := range []*slackfake.Words{e.Text, e.Placeholder} {
				if w != nil && b.Type != "input" {
					controls = append(controls, plainSpace(w.Text))
				}
			}
			for _, o := range e.Options {
				controls = append(controls, plainSpace(o.Text.Text))
			}
		}
		text += (slackfake.Message{Blocks: []slackfake.Block{bare}}).Shown() + "\n"
	}
	return text, controls
}

func (s *slackStage) form(t *testing.T, f bot.Form) seen {
	t.Helper()
	s.set(f)
	body := url.Values{
		"command": {"/coalition"}, "text": {"x"}, "user_id": {"U1"}, "team_id": {"T1"}, "channel_id": {"C1"}, "trigger_id": {"1.2.a"},
		"response_url": {"https://slack.invalid/x"},
	}.Encode()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/commands", strings.NewReader(body))
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(parityKey))
	_, _ = io.WriteString(mac, "v0:"+stamp+":"+body)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body = s.caught.await(t, "views.open", func() { // a command is acknowledged before its form opens
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("slack: HTTP %d", w.Code)
		}
	})
	var v struct {
		View struct {
			Type            string
			Title           slackfake.Words
			Submit, Close   *slackfake.Words
			PrivateMetadata string `json:"private_metadata"`
			CallbackID      string `json:"callback_id"`
			Blocks          []slackfake.Block
		}
	}
	unmarshal(t, body, &v)
	out := seen{refused: slackfake.CheckView(slackfake.View{
		Type: v.View.Type, Title: v.View.Title.Text, Submit: v.View.Submit.Text, Close: v.View.Close.Text,
		PrivateMetadata: v.View.PrivateMetadata, CallbackID: v.View.CallbackID, Blocks: v.View.Blocks,
	})}
	out.text, out.controls = slackRead(v.View.Blocks)
	out.text += "\n" + v.View.Title.Text
	return out
}

// discordStage shows pieces as Discord gets them.
type discordStage struct {
	*discord.Discord
	opens
	caught caught
	mux    *http.ServeMux
	key    ed25519.PrivateKey
	at     atomic.Int64
}

func newDiscordStage(t *testing.T, pack bot.Pack) *discordStage {
	t.Helper()
	d := &discordStage{mux: http.NewServeMux(), key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte("k"), ed25519.SeedSize))}
	d.caught.give = `{"id":"5","channel_id":"6"}`
	public, _ := d.key.Public().(ed25519.PublicKey)
	var err error
	d.Discord, err = discord.New(discord.Options{
		Token: "t", ApplicationID: "5", PublicKey: hex.EncodeToString(public), Pack: pack, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Transport: &d.caught, After: never, Starts: &store.Store{}, Machine: func() time.Time { return time.Unix(d.at.Add(1), 0) }, // so that no limit is ever near
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Register(d.mux)
	serving(t, func(ctx context.Context) error { return d.Serve(ctx, &d.opens) })
	return d
}

func (d *discordStage) message(t *testing.T, m bot.Message) seen {
	t.Helper()
	var got discordfake.Message
	unmarshal(t, d.caught.await(t, "/messages", func() {
		if _, err := d.Send(t.Context(), bot.Address{Place: "discord:5", Channel: "6"}, "key", m); err != nil {
			t.Fatal(err)
		}
	}), &got)
	out := seen{text: got.Shown(), refused: discordfake.CheckMessage(got.Content, got.Components, got.Flags)}
	for _, c := range got.Controls() {
		out.controls = append(out.controls, plainSpace(c.Named()))
		for _, o := range c.Options {
			out.controls = append(out.controls, plainSpace(o.Label))
		}
	}
	return out
}

func (d *discordStage) form(t *testing.T, f bot.Form) seen {
	t.Helper()
	d.set(f)
	const body = `{"id":"7","application_id":"5","type":2,"token":"t","guild_id":"5","channel_id":"6","member":{"user":{"id":"9"}},"data":{"name":"coalition"}}`
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/discord/interactions", strings.NewReader(body))
	stamp := strconv.FormatInt(d.at.Load(), 10)
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(d.key, []byte(stamp+body))))
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	var a struct {
		Type int
		Data discordfake.Modal
	}
	unmarshal(t, w.Body.String(), &a)
	if a.Type != 9 {
		t.Fatalf("discord opens no form: HTTP %d, type %d", w.Code, a.Type)
	}
	out := seen{text: a.Data.Title, refused: discordfake.CheckModal(a.Data)}
	for _, c := range a.Data.Components {
		out.text += "\n" + discordfake.Shown(c.Content) + "\n" + c.Description
		if c.Component == nil {
			continue
		}
		out.controls = append(out.controls, plainSpace(c.Label))
		for _, o := range c.Component.Options {
			out.controls = append(out.controls, plainSpace(o.Label))
		}
	}
	return out
}

func unmarshal(t *testing.T, raw string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), into); err != nil {
		t.Fatal(fmt.Errorf("%.300q: %w", raw, err))
	}
}
