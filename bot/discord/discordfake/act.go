package discordfake

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrFailed is what a person sees when an interaction got no answer in time: "This interaction failed".
var ErrFailed = errors.New("this interaction failed")

// Act is something that a person did.
type Act struct {
	mu     sync.Mutex
	done   chan struct{}
	over   bool
	err    error
	answer json.RawMessage
}

func newAct() *Act { return &Act{done: make(chan struct{})} }

func (a *Act) finish(raw json.RawMessage, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over {
		a.over, a.answer, a.err = true, raw, err
		close(a.done)
	}
}

func (a *Act) failed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.over && a.err != nil
}

// Wait waits until it was answered; a message is answered as soon as it stands.
func (a *Act) Wait(ctx context.Context) error {
	select {
	case <-a.done:
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.err
	case <-ctx.Done():
		return fmt.Errorf("waiting for an answer: %w", ctx.Err())
	}
}

// Answer is what came back.
func (a *Act) Answer() json.RawMessage {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answer
}

func impossible(format string, args ...any) *Act {
	a := newAct()
	a.finish(nil, fmt.Errorf(format, args...))
	return a
}

// interact lets somebody do something that asks for an answer. kind is Discord's type of interaction.
func (f *Fake) interact(user, channel string, kind int, data map[string]any, from *Message) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, known := f.users[user]
	if !known || f.channels[channel] == nil {
		return impossible("nobody called %s, or no channel %s", user, channel)
	}
	i := &interaction{
		id: f.snowflake(), user: user, channel: channel, kind: kind, message: from, at: f.config.Now(), act: newAct(),
	}
	i.token = "token-" + i.id
	f.interactions[i.token] = i
	i.late = time.AfterFunc(f.config.AnswerWait, func() { i.act.finish(nil, ErrFailed) })
	d := map[string]any{
		"id": i.id, "application_id": ApplicationID, "type": kind, "token": i.token, "version": 1, "channel_id": channel,
		"locale": u.Locale, "data": data, "channel": map[string]any{"id": channel, "type": 0, "name": f.channels[channel].Name}, "context": 0,
	}
	if f.channels[channel].With == "" {
		d["guild_id"], d["guild_locale"] = Guild, "en-US"
		d["member"] = map[string]any{"user": userJSON(u), "roles": []string{}}
	} else {
		d["user"], d["context"] = userJSON(u), 1
		d["channel"] = map[string]any{"id": channel, "type": 1}
	}
	if from != nil {
		d["message"] = from.json()
	}
	if f.requestURL == "" {
		guild, _ := d["guild_id"].(string)
		f.dispatch(guild, "INTERACTION_CREATE", d)
		return i.act
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return impossible("encode: %v", err)
	}
	f.working.Go(func() { f.ask(i, raw) })
	return i.act
}

// PublicKey is what the application's requests over HTTP are checked by, in hexadecimal digits.
func (f *Fake) PublicKey() string { return hex.EncodeToString(f.key.Public().(ed25519.PublicKey)) }

// Signed makes a signed request to the application.
func (f *Fake) Signed(ctx context.Context, address string, at time.Time, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(f.key, append([]byte(stamp), body...))))
	return r, nil
}

// SetRequestURL makes Discord send interactions to an address instead of over the gateway, after asking it twice whether
// it checks signatures: as Discord does when the address is entered.
func (f *Fake) SetRequestURL(ctx context.Context, address string) error {
	for _, good := range []bool{true, false} {
		r, err := f.Signed(ctx, address, f.config.Now(), []byte(`{"type":1}`))
		if err != nil {
			return err
		}
		if !good {
			r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(make([]byte, ed25519.SignatureSize)))
		}
		resp, err := f.client.Do(r)
		if err != nil {
			return fmt.Errorf("ask the address: %w", err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		var p struct{ Type int }
		switch {
		case err != nil:
			return fmt.Errorf("read the answer: %w", err)
		case good && (resp.StatusCode != http.StatusOK || json.Unmarshal(body, &p) != nil || p.Type != pong):
			return fmt.Errorf("no pong: %d %s", resp.StatusCode, body)
		case !good && resp.StatusCode != http.StatusUnauthorized:
			return fmt.Errorf("a false signature got %d", resp.StatusCode)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requestURL = address
	return nil
}

func (f *Fake) ask(i *interaction, raw []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), f.config.AnswerWait)
	defer cancel()
	r, err := f.Signed(ctx, f.requestURL, f.config.Now(), raw)
	if err != nil {
		return
	}
	resp, err := f.client.Do(r)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.answer(i, body); a.status >= 400 {
		f.wrong = append(f.wrong, fmt.Sprintf("an answer over HTTP is refused: %v", a.body))
	}
	f.wake()
}

// Command lets somebody use a subcommand of /coalition with its options.
func (f *Fake) Command(user, channel, sub string, options map[string]string) *Act {
	f.mu.Lock()
	for _, text := range options {
		if strings.Contains(text, " ") { // a word alone may be a choice
			f.typing(text)
		}
	}
	f.mu.Unlock()
	return f.interact(user, channel, 2, commandData(sub, options, ""), nil)
}

// Menu lets somebody choose an entry in the menu of a message.
func (f *Fake) Menu(user string, m Message, name string) *Act {
	said := m.json()
	said["content"] = m.Content // an entry chosen by a person brings the message's words along
	f.mu.Lock()
	said["author"] = userJSON(f.users[m.Author])
	f.mu.Unlock()
	return f.interact(user, m.Channel, 2, map[string]any{
		"id": "130000000000000002", "name": name, "type": 3, "target_id": m.ID,
		"resolved": map[string]any{"messages": map[string]any{m.ID: said}},
	}, nil)
}

// Complete lets somebody type into an option of a subcommand. The answer has the suggestions.
func (f *Fake) Complete(user, channel, sub, option, typed string) *Act {
	return f.interact(user, channel, 4, commandData(sub, map[string]string{option: typed}, option), nil)
}

func commandData(sub string, options map[string]string, focused string) map[string]any {
	list := []map[string]any{}
	for name, value := range options {
		o := map[string]any{"type": 3, "name": name, "value": value}
		if name == focused {
			o["focused"] = true
		}
		list = append(list, o)
	}
	return map[string]any{
		"id": "130000000000000001", "name": "coalition", "type": 1,
		"options": []map[string]any{{"type": 1, "name": sub, "options": list}},
	}
}

// Press lets somebody press a button of a message.
func (f *Fake) Press(user string, m Message, label string) *Act { return f.act(user, m, label, nil) }

// Pick lets somebody choose an option of a menu, by what it reads, or a person, by their id.
func (f *Fake) Pick(user string, m Message, label, pick string) *Act {
	return f.act(user, m, label, &pick)
}

func (f *Fake) act(user string, m Message, label string, pick *string) *Act {
	for _, c := range m.Controls() {
		if c.Named() != label || c.CustomID == "" || (pick == nil) != (c.Type == Button) {
			continue
		}
		data := map[string]any{"component_type": c.Type, "custom_id": c.CustomID, "id": c.ID}
		if pick != nil {
			value := *pick
			if c.Type == Select {
				at := slices.IndexFunc(c.Options, func(o Option) bool { return o.Label == value })
				if at < 0 {
					return impossible("%q has no option %q", label, value)
				}
				value = c.Options[at].Value
			}
			data["values"] = []string{value}
		}
		return f.interact(user, m.Channel, 3, data, &m)
	}
	return impossible("there is no %q to press", label)
}

// Modal is the form that somebody has open.
func (f *Fake) Modal(user string) (Modal, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m := f.modals[user]; m != nil {
		return *m, true
	}
	return Modal{}, false
}

// CloseModal closes it without sending.
func (f *Fake) CloseModal(user string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.modals, user)
}

// Submit sends the open form. What is given, by custom_id, replaces what stands in it.
func (f *Fake) Submit(user string, given map[string][]string) *Act {
	m, open := f.Modal(user)
	if !open {
		return impossible("no form is open")
	}
	list, texts := []map[string]any{}, []string{}
	for _, l := range m.Components {
		if l.Type != Label {
			list = append(list, map[string]any{"type": l.Type})
			continue
		}
		in := *l.Component
		typed, set := given[in.CustomID]
		if !set {
			typed = in.Typed()
		}
		if in.Required == nil || *in.Required {
			if len(typed) == 0 || typed[0] == "" {
				return impossible("%q is empty", l.Label)
			}
		}
		one := map[string]any{"type": in.Type, "custom_id": in.CustomID}
		if in.Type == TextInput {
			one["value"] = ""
			if len(typed) > 0 {
				one["value"] = typed[0]
				texts = append(texts, typed[0])
			}
		} else {
			one["values"] = append([]string{}, typed...)
		}
		list = append(list, map[string]any{"type": Label, "component": one})
	}
	f.mu.Lock()
	f.typing(texts...)
	f.mu.Unlock()
	f.CloseModal(user)
	return f.interact(user, m.channel, 5, map[string]any{"custom_id": m.CustomID, "components": list}, m.message)
}

// Typed is what stands in an input.
func (c Component) Typed() (list []string) {
	if c.Value != "" {
		list = append(list, c.Value)
	}
	for _, o := range c.Options {
		if o.Default {
			list = append(list, o.Value)
		}
	}
	for _, d := range c.Defaults {
		list = append(list, d.ID)
	}
	return list
}

// Write lets somebody write a message in a channel; in their direct messages with the bot when channel is "".
func (f *Fake) Write(user, channel, text string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, known := f.users[user]
	if !known {
		return impossible("nobody is called %s", user)
	}
	if channel == "" {
		channel = f.direct(user).ID
	}
	f.typing(text)
	m := f.post(Message{Channel: channel, Author: user, Content: text})
	d := m.json()
	d["author"] = userJSON(u)
	if f.channels[channel].With == "" {
		d["guild_id"] = Guild
		if bytes.Contains([]byte(text), []byte("<@"+BotUser+">")) {
			d["mentions"] = []any{map[string]any{"id": BotUser, "username": "Convenor", "bot": true}}
		} else {
			d["content"] = "" // without the privileged intent
		}
	}
	guild, _ := d["guild_id"].(string)
	f.dispatch(guild, "MESSAGE_CREATE", d)
	a := newAct()
	a.finish(nil, nil)
	return a
}
