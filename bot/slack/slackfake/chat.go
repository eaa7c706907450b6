package slackfake

import (
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message as it stands.
type Message struct {
	Channel  string
	TS       string
	User     string // who wrote it
	For      string // the only person who sees it; empty when all in the channel do
	Thread   string // the message in whose thread it stands
	Text     string // as a screen reader, a notification and old clients get it, escaped
	Blocks   []Block
	Metadata *Metadata
	Edits    int

	blind bool // the history does not show it yet
}

// Metadata is a message's, seen by those who ask for it.
type Metadata struct {
	EventType string         `json:"event_type"`
	Payload   map[string]any `json:"event_payload"`
}

// Shown is what a person reads, one line per piece, controls in brackets.
func (m Message) Shown() string {
	if len(m.Blocks) == 0 {
		return unescape(m.Text)
	}
	return shown(m.Blocks)
}

// Mentions lists what in the message calls people or channels.
func (m Message) Mentions() []string { return mentions(m.Text, m.Blocks) }

// Buttons lists the labels of the message's buttons and menus.
func (m Message) Buttons() []string {
	var labels []string
	for _, b := range m.Blocks {
		if b.Type != "actions" && b.Type != "section" {
			continue
		}
		for _, e := range controls(b) {
			labels = append(labels, e.name())
		}
	}
	return labels
}

// Messages returns what everybody in a channel sees, oldest first.
func (f *Fake) Messages(channel string) []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Message
	for _, m := range f.messages[channel] {
		if m.For == "" {
			list = append(list, *m)
		}
	}
	return list
}

// DMs returns the direct messages between the bot and a person, oldest first.
func (f *Fake) DMs(user string) []Message { return f.Messages(DMChannel(user)) }

// Whispers returns what only this person sees, in any channel, oldest first.
func (f *Fake) Whispers(user string) []Message {
	return f.filter(func(m *Message) bool { return m.For == user })
}

// AllMessages returns every message of the bot, whispers too, oldest first.
func (f *Fake) AllMessages() []Message {
	return f.filter(func(m *Message) bool { return m.User == BotUser })
}

func (f *Fake) filter(want func(*Message) bool) []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Message
	for _, channel := range f.messages {
		for _, m := range channel {
			if want(m) {
				list = append(list, *m)
			}
		}
	}
	slices.SortFunc(list, func(a, b Message) int { return strings.Compare(a.TS, b.TS) })
	return list
}

// post adds a message and lets the app hear of it as Slack does: it hears its own direct messages, too. The caller
// holds f.mu.
func (f *Fake) post(m Message) *Message {
	m.TS = f.stamp()
	f.messages[m.Channel] = append(f.messages[m.Channel], &m)
	if f.channels[m.Channel].With != "" && m.For == "" {
		event := map[string]any{
			"type": "message", "channel": m.Channel, "channel_type": "im", "user": m.User, "text": m.Text,
			"ts": m.TS, "event_ts": m.TS, "team": f.config.Team,
		}
		if m.User == BotUser {
			event["bot_id"], event["blocks"] = BotID, m.Blocks
		}
		f.event(event)
	}
	f.wake()
	return &m
}

// place finds where a message goes, or the word that refuses it.
func (f *Fake) place(id string) (*Channel, string) {
	if u, person := f.users[id]; person {
		if u.Deleted {
			return nil, "user_disabled"
		}
		return f.direct(id), ""
	}
	c := f.channels[id]
	switch {
	case c == nil:
		return nil, "channel_not_found"
	case c.Archived:
		return nil, "is_archived"
	case c.With != "" && f.users[c.With].Deleted:
		return nil, "user_disabled"
	case !c.Members[BotUser]:
		return nil, "not_in_channel"
	default:
		return c, ""
	}
}

// content reads a message's text, blocks and metadata, or the word that refuses them.
func content(args map[string]string, edited bool) (Message, answer) {
	m := Message{Text: args["text"], User: BotUser}
	if raw := args["blocks"]; raw != "" {
		if err := json.Unmarshal([]byte(raw), &m.Blocks); err != nil {
			return m, refuse("invalid_blocks_format")
		}
	}
	if raw := args["metadata"]; raw != "" {
		if err := json.Unmarshal([]byte(raw), &m.Metadata); err != nil {
			return m, refuse("invalid_metadata_format")
		}
	}
	if err := CheckMessage(m.Text, m.Blocks, edited); err != nil {
		return m, answer{"ok": false, "error": "invalid_blocks", "response_metadata": map[string]any{"messages": []string{"[ERROR] " + err.Error()}}}
	}
	return m, nil
}

func (f *Fake) postMessage(args map[string]string) answer {
	c, word := f.place(args["channel"])
	if word != "" {
		return refuse(word)
	}
	m, refused := content(args, false)
	if refused != nil {
		return refused
	}
	if m.Channel, m.Thread = c.ID, args["thread_ts"]; m.Thread != "" && f.above(m.Channel, m.Thread) == nil {
		return refuse("thread_not_found")
	}
	posted := f.post(m)
	return answer{"channel": c.ID, "ts": posted.TS, "message": posted.json(true)}
}

func (f *Fake) postEphemeral(args map[string]string) answer {
	c, word := f.place(args["channel"])
	if word != "" {
		return refuse(word)
	}
	if !c.Members[args["user"]] {
		return refuse("user_not_in_channel")
	}
	m, refused := content(args, false)
	if refused != nil {
		return refused
	}
	m.Channel, m.For = c.ID, args["user"]
	return answer{"message_ts": f.post(m).TS}
}

// own finds a message that the bot may change.
func (f *Fake) own(args map[string]string) (*Message, int, string) {
	c := f.channels[args["channel"]]
	if c == nil {
		return nil, 0, "channel_not_found" // the id of a person is none, though posting takes it
	}
	for i, m := range f.messages[c.ID] {
		if m.TS == args["ts"] && m.For == "" {
			if m.User != BotUser {
				return nil, 0, "cant_update_message"
			}
			return m, i, ""
		}
	}
	return nil, 0, "message_not_found"
}

func (f *Fake) updateMessage(args map[string]string) answer {
	m, _, word := f.own(args)
	if word != "" {
		return refuse(word)
	}
	changed, refused := content(args, true)
	if refused != nil {
		return refused
	}
	m.Text, m.Blocks = changed.Text, changed.Blocks
	if changed.Metadata != nil {
		m.Metadata = changed.Metadata
	}
	m.Edits++
	f.wake()
	return answer{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": m.json(true)}
}

func (f *Fake) deleteMessage(args map[string]string) answer {
	m, i, word := f.own(args)
	if word != "" {
		return refuse(word)
	}
	f.messages[m.Channel] = slices.Delete(f.messages[m.Channel], i, i+1)
	f.wake()
	return answer{"channel": m.Channel, "ts": m.TS}
}

func (m *Message) json(metadata bool) answer {
	out := answer{"type": "message", "ts": m.TS, "user": m.User, "text": m.Text}
	if m.Thread != "" {
		out["thread_ts"] = m.Thread
	}
	if m.Blocks != nil {
		out["blocks"] = m.Blocks
	}
	if m.User == BotUser {
		out["bot_id"], out["app_id"] = BotID, AppID
	}
	if metadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	return out
}

func (f *Fake) openConversation(args map[string]string) answer {
	user, known := f.users[args["users"]]
	switch {
	case !known:
		return refuse("user_not_found")
	case user.Deleted:
		return refuse("user_disabled")
	case user.Bot:
		return refuse("cannot_dm_bot")
	}
	return answer{"channel": answer{"id": f.direct(user.ID).ID}}
}

func (f *Fake) conversationInfo(args map[string]string) answer {
	c := f.channels[args["channel"]]
	if c == nil {
		return refuse("channel_not_found")
	}
	return answer{"channel": answer{
		"id": c.ID, "name": c.Name, "is_channel": c.With == "", "is_im": c.With != "", "user": c.With,
		"is_private": c.Private, "is_archived": c.Archived, "is_member": c.Members[BotUser],
	}}
}

// userConversations lists the channels that the bot is in, archived ones too, a page at a time.
func (f *Fake) userConversations(args map[string]string) answer {
	limit, err := strconv.Atoi(args["limit"])
	if err != nil || limit < 1 {
		limit = 100
	}
	skip, _ := strconv.Atoi(args["cursor"])
	var all []answer
	for _, id := range sortedKeys(f.channels) {
		if c := f.channels[id]; c.With == "" && c.Members[BotUser] && (!c.Archived || args["exclude_archived"] != "true") {
			all = append(all, answer{"id": c.ID, "name": c.Name, "is_private": c.Private, "is_archived": c.Archived})
		}
	}
	next := ""
	page := all[min(skip, len(all)):]
	if len(page) > limit {
		page, next = page[:limit], strconv.Itoa(skip+limit)
	}
	return answer{"channels": page, "response_metadata": answer{"next_cursor": next}}
}

func (f *Fake) conversationMembers(args map[string]string) answer {
	c := f.channels[args["channel"]]
	if c == nil {
		return refuse("channel_not_found")
	}
	return answer{"members": sortedKeys(c.Members)}
}

func (f *Fake) userInfo(args map[string]string) answer {
	u, known := f.users[args["user"]]
	if !known {
		return refuse("user_not_found")
	}
	user := answer{
		"id": u.ID, "team_id": f.config.Team, "name": strings.ToLower(u.Name), "deleted": u.Deleted, "is_bot": u.Bot,
		"real_name": u.Name, "tz": u.Zone, "profile": answer{"real_name": u.Name, "display_name": u.Name},
	}
	if args["include_locale"] == "true" {
		user["locale"] = u.Locale
	}
	return answer{"user": user}
}

// above finds the message that a thread hangs on.
func (f *Fake) above(channel, ts string) *Message {
	for _, m := range f.messages[channel] {
		if m.TS == ts && m.For == "" && m.Thread == "" {
			return m
		}
	}
	return nil
}

// history returns a channel's messages, newest first, a page at a time. What stands in threads is not among them.
func (f *Fake) history(args map[string]string) answer {
	return f.page(args, func(m *Message) bool { return m.Thread == "" }, slices.Backward)
}

// replies returns a message and what stands in its thread, oldest first, a page at a time.
func (f *Fake) replies(args map[string]string) answer {
	top := f.above(args["channel"], args["ts"])
	if top == nil {
		return refuse("thread_not_found")
	}
	return f.page(args, func(m *Message) bool { return m == top || m.Thread == top.TS }, slices.All)
}

// page returns those messages of a channel that are wanted.
func (f *Fake) page(args map[string]string, want func(*Message) bool, order func([]*Message) iter.Seq2[int, *Message]) answer {
	c, word := f.place(args["channel"])
	if word != "" && word != "is_archived" {
		return refuse(word)
	}
	id := args["channel"]
	if c != nil {
		id = c.ID
	}
	limit, err := strconv.Atoi(args["limit"])
	if err != nil || limit < 1 {
		limit = 100
	}
	skip, _ := strconv.Atoi(args["cursor"])
	asked := args["include_all_metadata"] == "1" || args["include_all_metadata"] == "true"
	page, more := []answer{}, false
	for _, m := range order(f.messages[id]) {
		if !want(m) || m.For != "" || m.blind || outside(m.TS, args["oldest"], args["latest"]) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if more = len(page) == limit; more {
			break
		}
		page = append(page, m.json(asked))
	}
	out := answer{"messages": page, "has_more": more}
	if more {
		seen, _ := strconv.Atoi(args["cursor"])
		out["response_metadata"] = answer{"next_cursor": strconv.Itoa(seen + limit)}
	}
	return out
}

// outside tells whether a ts lies outside the open interval between two others; an empty bound is none.
func outside(ts, oldest, latest string) bool {
	at := instant(ts)
	return oldest != "" && !at.After(instant(oldest)) || latest != "" && !at.Before(instant(latest))
}

// instant reads a ts, to the microsecond.
func instant(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, _ := strconv.ParseInt(whole, 10, 64)
	micros, _ := strconv.ParseInt((part + "000000")[:6], 10, 64)
	return time.Unix(seconds, micros*1000)
}
