package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// ErrFailed means that the app did not answer well and in time, or no socket was open: Slack tells the person that it did not
// work, and sends nothing again.
var ErrFailed = errors.New("the app did not answer in time")

// Act is one thing that a person did. Nothing has to be waited for; Wait tells how it went.
type Act struct {
	f       *Fake
	done    bool
	err     error
	payload json.RawMessage
	then    func(payload json.RawMessage) // what the answer does, with f.mu held
}

// Wait returns nil once the app has acknowledged, ErrFailed when it did not in time, or why the act is not possible
// (there is no such button).
func (a *Act) Wait(ctx context.Context) error {
	err := a.f.Await(ctx, "an acknowledgement", a.Done)
	if err != nil {
		return err
	}
	a.f.mu.Lock()
	defer a.f.mu.Unlock()
	return a.err
}

// Done reports whether the act has come to its end, well or not.
func (a *Act) Done() bool {
	a.f.mu.Lock()
	defer a.f.mu.Unlock()
	return a.done
}

// Payload is what the app sent with its acknowledgement.
func (a *Act) Payload() json.RawMessage {
	a.f.mu.Lock()
	defer a.f.mu.Unlock()
	return a.payload
}

// finish ends the act; the first end counts. The caller holds f.mu.
func (a *Act) finish(f *Fake, payload json.RawMessage, err error) {
	if a == nil || a.done {
		return
	}
	a.done, a.payload, a.err = true, payload, err
	if err == nil && a.then != nil {
		a.then(payload)
	}
	f.wake()
}

// Insist repeats an act until the app has acknowledged it, as a person does who sees that it did not work: it waits
// for a way to the app before each try. Any other error ends it.
func (f *Fake) Insist(ctx context.Context, act func() *Act) error {
	for {
		if err := f.Await(ctx, "a way to the app", f.Reachable); err != nil {
			return err
		}
		if err := act().Wait(ctx); !errors.Is(err, ErrFailed) {
			return err
		}
	}
}

// Envelope sends an envelope of any kind once, for what Slack may send that nobody foresaw.
func (f *Fake) Envelope(kind string, payload any) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.send(kind, payload, nil)
}

// Raw sends a text as it is through the oldest socket.
func (f *Fake) Raw(message string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.sockets) > 0 {
		_ = f.sockets[0].send(message)
	}
}

// send dispatches a click or a command. The caller holds f.mu.
func (f *Fake) send(kind string, payload any, then func(json.RawMessage)) *Act {
	a := &Act{f: f, then: then}
	f.dispatch(&envelope{kind: kind, payload: payload, act: a})
	return a
}

// impossible is an act that cannot be done.
func (f *Fake) impossible(format string, args ...any) *Act {
	return &Act{f: f, done: true, err: fmt.Errorf(format, args...)}
}

// Event sends any event of the Events API, again and again until it is acknowledged.
func (f *Fake) Event(event map[string]any) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.event(event)
}

func (f *Fake) event(event map[string]any) *Act {
	a := &Act{f: f}
	payload := map[string]any{
		"token": "old-style", "team_id": f.config.Team, "api_app_id": AppID, "type": "event_callback", "event": event,
		"event_id": f.id("Ev"), "event_time": f.config.Now().Unix(),
		"authorizations": []any{map[string]any{"team_id": f.config.Team, "user_id": BotUser, "is_bot": true}},
	}
	e := &envelope{kind: "events_api", payload: payload, again: true, act: a}
	if !f.detour(e) {
		f.dispatch(e)
	}
	return a
}

// DM lets a person write to the bot.
func (f *Fake) DM(user, text string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.typing(text)
	c := f.direct(user)
	m := Message{Channel: c.ID, User: user, Text: escape(text), TS: f.stamp()}
	f.messages[c.ID] = append(f.messages[c.ID], &m)
	return f.event(map[string]any{
		"type": "message", "channel": c.ID, "channel_type": "im", "user": user, "text": m.Text, "ts": m.TS,
		"event_ts": m.TS, "client_msg_id": f.id("c"), "team": f.config.Team,
	})
}

// Mention lets a person write a text in a channel that begins by calling the bot.
func (f *Fake) Mention(user, channel, text string) *Act { return f.mention(user, channel, "", text) }

// Reply lets a person write such a text in the thread of a message.
func (f *Fake) Reply(user string, to Message, text string) *Act {
	return f.mention(user, to.Channel, to.TS, text)
}

func (f *Fake) mention(user, channel, thread, text string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.typing(text)
	m := Message{Channel: channel, Thread: thread, User: user, Text: "<@" + BotUser + "> " + escape(text), TS: f.stamp()}
	f.messages[channel] = append(f.messages[channel], &m)
	event := map[string]any{
		"type": "app_mention", "channel": channel, "user": user, "text": m.Text, "ts": m.TS, "event_ts": m.TS, "team": f.config.Team,
	}
	if thread != "" {
		event["thread_ts"] = thread
	}
	return f.event(event)
}

// Shortcut lets a person use a shortcut of the app's from anywhere.
func (f *Fake) Shortcut(user, callback string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	payload := f.interaction(user, "shortcut")
	payload["callback_id"] = callback
	return f.send("interactive", payload, nil)
}

// MessageShortcut lets a person use a shortcut of the app's on a message.
func (f *Fake) MessageShortcut(user string, m Message, callback string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.typing(m.Text)
	payload := f.interaction(user, "message_action")
	payload["callback_id"] = callback
	payload["team"] = map[string]any{"id": f.config.Team, "domain": "fake"}
	payload["channel"] = map[string]any{"id": m.Channel}
	payload["message"] = map[string]any{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text}
	payload["message_ts"] = m.TS
	payload["response_url"] = f.newHook(user, m.Channel, "")
	return f.send("interactive", payload, nil)
}

// OpenHome lets a person open the app's home tab.
func (f *Fake) OpenHome(user string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.event(map[string]any{"type": "app_home_opened", "user": user, "channel": f.direct(user).ID, "tab": "home", "event_ts": f.stamp()})
}

// Invite lets a person add the bot to a channel.
func (f *Fake) Invite(user, channel string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.channels[channel]
	if c == nil {
		return f.impossible("there is no channel %s", channel)
	}
	c.Members[BotUser] = true
	return f.event(map[string]any{
		"type": "member_joined_channel", "user": BotUser, "channel": channel, "channel_type": "C", "team": f.config.Team,
		"inviter": user, "event_ts": f.stamp(),
	})
}

// Command lets a person type a slash command, like "/coalition ask", in a channel or, with the channel empty, in the
// direct message with the bot.
func (f *Fake) Command(user, channel, line string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	if channel == "" {
		channel = f.direct(user).ID
	}
	c := f.channels[channel]
	if c == nil {
		return f.impossible("there is no channel %s", channel)
	}
	name := c.called()
	command, text, _ := strings.Cut(line, " ")
	if _, words, more := strings.Cut(text, " "); more { // behind the verb
		f.typing(words)
	}
	payload := map[string]any{
		"token": "old-style", "team_id": f.config.Team, "team_domain": "fake", "channel_id": channel, "channel_name": name,
		"user_id": user, "user_name": strings.ToLower(f.users[user].Name), "command": command, "text": text,
		"api_app_id": AppID, "is_enterprise_install": "false", "trigger_id": f.newTrigger(user),
		"response_url": f.newHook(user, channel, ""),
	}
	return f.send("slash_commands", payload, func(said json.RawMessage) {
		if f.requestURL != "" && len(said) > 0 { // Slack takes it for the answer
			f.post(Message{Channel: channel, User: BotUser, For: user, Text: string(said)})
		}
	})
}

// Press lets a person press a button under a message.
func (f *Fake) Press(user string, m Message, label string) *Act {
	return f.act(user, m, label, func(Element) (map[string]any, error) { return map[string]any{}, nil })
}

// Pick lets a person choose an option, by its text, from a menu under a message; label is the menu's placeholder.
func (f *Fake) Pick(user string, m Message, label, option string) *Act {
	return f.act(user, m, label, func(e Element) (map[string]any, error) { return choose(e, option) })
}

// PickPerson lets a person choose a person from a picker under a message.
func (f *Fake) PickPerson(user string, m Message, label, whom string) *Act {
	return f.act(user, m, label, func(Element) (map[string]any, error) { return map[string]any{"selected_user": whom}, nil })
}

// PressHome lets a person press a button on their home tab.
func (f *Fake) PressHome(user, label string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pressView(user, f.views[f.homes[user]], label)
}

// PressView lets a person press a button in their open form.
func (f *Fake) PressView(user, label string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pressView(user, f.top(user), label)
}

func (f *Fake) pressView(user string, v *View, label string) *Act {
	if v == nil {
		return f.impossible("%s sees no such view", user)
	}
	b, e, ok := find(v.Blocks, label)
	if !ok {
		return f.impossible("there is no %q in the view:\n%s", label, v.Shown())
	}
	payload := f.interaction(user, "block_actions")
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	payload["view"] = v.json(f.config.Team)
	payload["actions"] = []any{f.action(b, e, nil)}
	return f.send("interactive", payload, nil)
}

// act presses a control under a message as it stands now.
func (f *Fake) act(user string, m Message, label string, pick func(Element) (map[string]any, error)) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	var now *Message
	for _, other := range f.messages[m.Channel] {
		if other.TS == m.TS {
			now = other
		}
	}
	if now == nil || now.For != "" && now.For != user {
		return f.impossible("%s sees no such message", user)
	}
	b, e, ok := find(now.Blocks, label)
	if !ok {
		return f.impossible("there is no %q under the message:\n%s", label, now.Shown())
	}
	extra, err := pick(e)
	if err != nil {
		return f.impossible("%w", err)
	}
	c := f.channels[m.Channel]
	payload := f.interaction(user, "block_actions")
	payload["container"] = map[string]any{
		"type": "message", "message_ts": now.TS, "channel_id": c.ID, "is_ephemeral": now.For != "",
	}
	name := c.called()
	payload["channel"] = map[string]any{"id": c.ID, "name": name}
	payload["response_url"] = f.newHook(user, c.ID, now.TS)
	if now.For == "" { // Slack leaves an ephemeral message out
		payload["message"] = now.json(true)
	}
	payload["actions"] = []any{f.action(b, e, extra)}
	return f.send("interactive", payload, nil)
}

func (f *Fake) interaction(user, kind string) map[string]any {
	return map[string]any{
		"type": kind, "token": "old-style", "api_app_id": AppID, "trigger_id": f.newTrigger(user), "enterprise": nil,
		"team": map[string]any{"id": f.config.Team, "domain": "fake"}, "is_enterprise_install": false,
		"user": map[string]any{"id": user, "username": strings.ToLower(f.users[user].Name), "team_id": f.config.Team},
	}
}

func (f *Fake) action(b Block, e Element, extra map[string]any) map[string]any {
	action := map[string]any{"type": e.Type, "action_id": e.ActionID, "block_id": b.BlockID, "action_ts": f.stamp()}
	if e.Type == "button" {
		action["text"] = e.Text
		if e.Value != "" {
			action["value"] = e.Value
		}
	}
	maps.Copy(action, extra)
	return action
}

// find looks for a control by what a person calls it.
func find(blocks []Block, label string) (Block, Element, bool) {
	for _, b := range blocks {
		if b.Type != "actions" && b.Type != "section" {
			continue
		}
		for _, e := range controls(b) {
			if e.name() == label {
				return b, e, true
			}
		}
	}
	return Block{}, Element{}, false
}

func choose(e Element, option string) (map[string]any, error) {
	for _, o := range e.Options {
		if o.name() == option {
			return map[string]any{"selected_option": o}, nil
		}
	}
	return nil, fmt.Errorf("there is no option %q: %s", option, e.shown())
}
