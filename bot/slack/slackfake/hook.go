package slackfake

import (
	"net/http"
	"strings"
	"time"
)

// What a response URL is good for.
const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hook is a response URL: a way to answer in a channel without being a member of it.
type hook struct {
	user    string
	channel string
	message string // ts of the message that was acted on, if any
	till    time.Time
	uses    int
}

// newHook makes a response URL. The caller holds f.mu.
func (f *Fake) newHook(user, channel, message string) string {
	id := f.id("hook")
	f.hooks[id] = &hook{user: user, channel: channel, message: message, till: f.config.Now().Add(hookLife)}
	return f.server.URL + "/respond/" + id
}

// respond takes what the app posts to a response URL. It stands under Calls as the method "respond", where faults are
// given, too.
func (f *Fake) respond(w http.ResponseWriter, r *http.Request) {
	const name = "respond"
	args, err := readArgs(r)
	if err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	fault, faulty := f.nextFault(name)
	if faulty && !fault.harmless() {
		f.note(name, args, "fault")
		f.replyFaulty(w, fault, nil)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	word := f.respondTo(strings.TrimPrefix(r.URL.Path, "/respond/"), args)
	f.noteLocked(name, args, word)
	if word != "ok" {
		http.Error(w, word, http.StatusNotFound)
		return
	}
	_, _ = w.Write([]byte("ok"))
}

func (f *Fake) respondTo(id string, args map[string]string) string {
	h := f.hooks[id]
	if h == nil || h.uses >= hookUses || f.config.Now().After(h.till) {
		return "used_url"
	}
	h.uses++
	m, refused := content(args, false)
	if refused != nil {
		return "invalid_blocks"
	}
	m.Channel = h.channel
	if args["response_type"] != "in_channel" {
		m.For = h.user
	}
	if args["replace_original"] == "true" && h.message != "" {
		for _, old := range f.messages[h.channel] {
			if old.TS == h.message {
				old.Text, old.Blocks = m.Text, m.Blocks
				old.Edits++
				f.wake()
				return "ok"
			}
		}
	}
	f.post(m)
	return "ok"
}
