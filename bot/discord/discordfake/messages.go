package discordfake

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// nonceLife is how long a nonce keeps a message from being posted twice: "a few minutes".
const nonceLife = 5 * time.Minute

// ephemeral marks a message that one person sees.
const (
	ephemeral = 1 << 6
	loading   = 1 << 7
)

// Message is one message.
type Message struct {
	ID         string      `json:"id"`
	Channel    string      `json:"channel_id"`
	Content    string      `json:"content"`
	Components []Component `json:"components"`
	Flags      int         `json:"flags"`
	Nonce      string      `json:"-"` // Discord does not give it back in a history
	Author     string      `json:"-"`
	For        string      `json:"-"` // who alone sees it
	Edits      int         `json:"-"`
	Allowed    []string    `json:"-"` // the users whom it may call
	at         time.Time
	token      string // of the interaction it answers
	thinking   bool   // a deferred answer that has not come yet
}

func (m *Message) json() map[string]any {
	components := m.Components
	if components == nil {
		components = []Component{}
	}
	flags := m.Flags
	if m.thinking {
		flags |= loading
	}
	return map[string]any{
		"id": m.ID, "channel_id": m.Channel, "content": m.Content, "components": components, "flags": flags, "type": 0,
		"author": map[string]any{"id": m.Author, "username": m.Author, "bot": m.Author == BotUser}, "timestamp": m.at.Format(time.RFC3339),
		"attachments": []any{}, "embeds": []any{}, "mentions": []any{}, "mention_roles": []any{},
	}
}

// sent is the body of a request that posts or edits.
type sent struct {
	Content    string      `json:"content"`
	Components []Component `json:"components"`
	Flags      int         `json:"flags"`
	Nonce      string      `json:"nonce"`
	Enforce    bool        `json:"enforce_nonce"`
	Allowed    *struct {
		Parse []string `json:"parse"`
		Users []string `json:"users"`
	} `json:"allowed_mentions"`
}

// users are those whom it says may be called.
func (s sent) users() []string {
	if s.Allowed == nil {
		return nil
	}
	return s.Allowed.Users
}

// fault is what Discord, or this package, refuses in it: who may be called must always be said.
func (s sent) fault(old bool) *answer {
	var a answer
	switch err := CheckMessage(s.Content, s.Components, s.Flags); {
	case s.Content == "" && len(s.Components) == 0:
		a = refuse(400, 50006, "Cannot send an empty message")
	case err != nil:
		a = refuse(400, 50035, err.Error())
	case old && s.Flags&v2 != 0:
		a = refuse(400, 50035, "Invalid Form Body")
	case s.Allowed == nil || s.Allowed.Parse == nil || len(s.Allowed.Parse) > 0:
		a = refuse(400, 50035, "allowed_mentions does not say that nobody is called")
	case len(s.Nonce) > nonceMax:
		a = refuse(400, 50035, "nonce is too long")
	default:
		return nil
	}
	return &a
}

// Messages lists what stands in a channel and its threads and everybody there sees, oldest first.
func (f *Fake) Messages(channel string) (list []Message) {
	return f.filter(func(m *Message) bool {
		return m.For == "" && (m.Channel == channel || f.channels[m.Channel] != nil && f.channels[m.Channel].Parent == channel)
	})
}

// Whispers lists what one person alone saw.
func (f *Fake) Whispers(user string) []Message {
	return f.filter(func(m *Message) bool { return m.For == user && !m.thinking })
}

func (f *Fake) filter(want func(*Message) bool) (list []Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, in := range f.messages {
		for _, m := range in {
			if want(m) {
				list = append(list, *m)
			}
		}
	}
	slices.SortFunc(list, func(a, b Message) int { return a.at.Compare(b.at)*2 + compareIDs(a.ID, b.ID) })
	return list
}

func compareIDs(a, b string) int {
	x, _ := strconv.ParseUint(a, 10, 64)
	y, _ := strconv.ParseUint(b, 10, 64)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func (f *Fake) post(m Message) *Message {
	m.ID, m.at = f.snowflake(), f.config.Now()
	f.messages[m.Channel] = append(f.messages[m.Channel], &m)
	f.wake()
	return &m
}

// reach finds a channel that the bot may write to.
func (f *Fake) reach(id string) (*Channel, *answer) {
	c := f.channels[id]
	if c == nil || c.Gone {
		a := refuse(404, 10003, "Unknown Channel")
		return nil, &a
	}
	if c.With != "" && f.users[c.With].Closed {
		a := refuse(403, 50007, "Cannot send messages to this user")
		return nil, &a
	}
	return c, nil
}

func (f *Fake) createMessage(r request) answer {
	c, bad := f.reach(r.PathValue("channel"))
	if bad != nil {
		return *bad
	}
	var s sent
	if !r.read(&s) {
		return refuse(400, 50109, "not JSON")
	}
	if bad := s.fault(f.config.Old); bad != nil {
		return *bad
	}
	for _, m := range f.messages[c.ID] {
		if s.Enforce && m.Nonce == s.Nonce && s.Nonce != "" && f.config.Now().Sub(m.at) < nonceLife {
			return answer{http.StatusOK, m.json()}
		}
	}
	m := f.post(Message{Channel: c.ID, Author: BotUser, Content: s.Content, Components: s.Components, Flags: s.Flags, Nonce: s.Nonce, Allowed: s.users()})
	return answer{http.StatusOK, m.json()}
}

func (f *Fake) own(r request) (int, *answer) {
	for i, m := range f.messages[r.PathValue("channel")] {
		if m.ID == r.PathValue("message") && m.For == "" {
			if m.Author != BotUser {
				a := refuse(403, 50005, "Cannot edit a message authored by another user")
				return 0, &a
			}
			return i, nil
		}
	}
	a := refuse(404, 10008, "Unknown Message")
	return 0, &a
}

func (f *Fake) readMessage(r request) answer {
	i, bad := f.own(r)
	if bad != nil {
		return *bad
	}
	return answer{http.StatusOK, f.messages[r.PathValue("channel")][i].json()}
}

func (f *Fake) editMessage(r request) answer {
	i, bad := f.own(r)
	if bad != nil {
		return *bad
	}
	return f.rewrite(f.messages[r.PathValue("channel")][i], r)
}

func (f *Fake) rewrite(m *Message, r request) answer {
	var s sent
	if !r.read(&s) {
		return refuse(400, 50109, "not JSON")
	}
	if bad := s.fault(f.config.Old); bad != nil {
		return *bad
	}
	if m.Flags&v2 != 0 && s.Flags&v2 == 0 {
		return refuse(400, 50035, "the flag for components cannot be taken back")
	}
	if m.Flags&v2 == 0 && s.Flags&v2 != 0 && m.Content != "" {
		return refuse(400, 50035, "content cannot stand beside the flag for components") // unless it is taken away by a null
	}
	m.Content, m.Components, m.Allowed, m.thinking = s.Content, s.Components, s.users(), false
	m.Flags |= s.Flags
	m.Edits++
	return answer{http.StatusOK, m.json()}
}

func (f *Fake) deleteMessage(r request) answer {
	i, bad := f.own(r)
	if bad != nil {
		return *bad
	}
	c := r.PathValue("channel")
	f.messages[c] = slices.Delete(f.messages[c], i, i+1)
	return answer{http.StatusNoContent, nil}
}

// listMessages is a page of a channel's history, the newest first.
func (f *Fake) listMessages(r request) answer {
	c := f.channels[r.PathValue("channel")]
	if c == nil || c.Gone {
		return refuse(404, 10003, "Unknown Channel")
	}
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		return refuse(400, 50035, "limit is from 1 to 100")
	}
	list := []map[string]any{}
	for _, m := range slices.Backward(f.messages[c.ID]) {
		if before := q.Get("before"); m.For != "" || before != "" && compareIDs(m.ID, before) >= 0 {
			continue
		}
		if list = append(list, m.json()); len(list) == limit {
			break
		}
	}
	return answer{http.StatusOK, list}
}
