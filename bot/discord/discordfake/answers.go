package discordfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// tokenLife is how long an interaction can be answered.
const tokenLife = 15 * time.Minute

// Types of answer.
const (
	pong        = 1
	tell        = 4
	deferTell   = 5
	deferUpdate = 6
	update      = 7
	suggest     = 8
	openModal   = 9
)

// Modal is an open form.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
	channel    string
	message    *Message // that it was opened from
}

// interaction is something that a person did and that waits for an answer.
type interaction struct {
	id, token string
	user      string
	channel   string
	kind      int
	message   *Message
	at        time.Time
	answered  int
	original  *Message
	act       *Act
	late      *time.Timer
}

func (f *Fake) callback(r request) answer {
	i := f.interactions[r.PathValue("token")]
	if i == nil || i.id != r.PathValue("id") {
		return refuse(404, 10062, "Unknown interaction")
	}
	var body json.RawMessage = r.body
	return f.answer(i, body)
}

// answer takes the first answer to an interaction, whichever way it came.
func (f *Fake) answer(i *interaction, raw json.RawMessage) answer {
	var body struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(raw, &body) != nil {
		return refuse(400, 50109, "not JSON")
	}
	switch {
	case i.act.failed():
		return refuse(404, 10062, "Unknown interaction")
	case i.answered != 0:
		return refuse(400, 40060, "Interaction has already been acknowledged.")
	}
	if bad := f.take(i, body.Type, body.Data); bad != nil {
		return *bad
	}
	i.answered = body.Type
	i.late.Stop()
	i.act.finish(raw, nil)
	return answer{http.StatusNoContent, nil}
}

func (f *Fake) take(i *interaction, kind int, data json.RawMessage) *answer {
	var s sent
	if len(data) > 0 && (kind == tell || kind == update || kind == deferTell) {
		_ = json.Unmarshal(data, &s)
	}
	var a answer
	switch kind {
	case tell:
		if bad := s.fault(f.config.Old); bad != nil {
			return bad
		}
		i.original = f.said(i, s)
	case deferTell:
		m := f.said(i, s)
		m.thinking, i.original = true, m
	case deferUpdate:
		if i.message == nil {
			a = refuse(400, 50035, "there is no message to update")
			return &a
		}
		i.original = i.message
	case suggest:
		if i.kind != 4 {
			a = refuse(400, 50035, "suggestions that nobody asked for")
			return &a
		}
	case openModal:
		var m Modal
		_ = json.Unmarshal(data, &m)
		if err := CheckModal(m); err != nil || i.kind == 5 {
			a = refuse(400, 50035, "a form cannot be opened here: "+errorText(err))
			return &a
		}
		m.channel, m.message = i.channel, i.message
		f.modals[i.user] = &m
	default:
		a = refuse(400, 50035, "an answer of that type")
		return &a
	}
	return nil
}

func errorText(err error) string {
	if err == nil {
		return "a form was just sent"
	}
	return err.Error()
}

func (f *Fake) said(i *interaction, s sent) *Message {
	m := Message{Channel: i.channel, Author: BotUser, Content: s.Content, Components: s.Components, Flags: s.Flags, Allowed: s.users(), token: i.token}
	if s.Flags&ephemeral != 0 {
		m.For = i.user
	}
	return f.post(m)
}

// live finds an interaction that can still be answered by its token.
func (f *Fake) live(r request) (*interaction, *answer) {
	i := f.interactions[r.PathValue("token")]
	if i == nil || r.PathValue("app") != ApplicationID || i.answered == 0 || f.config.Now().Sub(i.at) > tokenLife {
		a := refuse(404, 10015, "Unknown Webhook")
		return nil, &a
	}
	return i, nil
}

func (f *Fake) followUp(r request) answer {
	i, bad := f.live(r)
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
	return answer{http.StatusOK, f.said(i, s).json()}
}

// original finds the first answer to an interaction.
func (f *Fake) original(r request) (*Message, *answer) {
	i, bad := f.live(r)
	if bad == nil && (r.PathValue("message") != "@original" || i.original == nil) {
		unknown := refuse(404, 10008, "Unknown Message")
		bad = &unknown
	}
	if bad != nil {
		return nil, bad
	}
	return i.original, nil
}

func (f *Fake) editOriginal(r request) answer {
	m, bad := f.original(r)
	if bad != nil {
		return *bad
	}
	return f.rewrite(m, r)
}

func (f *Fake) readOriginal(r request) answer {
	m, bad := f.original(r)
	if bad != nil {
		return *bad
	}
	return answer{http.StatusOK, m.json()}
}

func (f *Fake) deleteOriginal(r request) answer {
	i, bad := f.live(r)
	if bad != nil {
		return *bad
	}
	if i.original == nil {
		return refuse(404, 10008, "Unknown Message")
	}
	f.messages[i.channel] = slices.DeleteFunc(f.messages[i.channel], func(m *Message) bool { return m == i.original })
	return answer{http.StatusNoContent, nil}
}
