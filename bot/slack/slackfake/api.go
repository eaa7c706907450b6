package slackfake

import (
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Call is one request to the Web API, as it was answered.
type Call struct {
	Method string
	Args   map[string]string // a JSON value stands as its text
	Answer string            // "ok", Slack's word for what was wrong, or "fault"
	At     time.Time
}

// asked reports whether a call only asked for the method: it had no arguments where some are needed.
func (c Call) asked() bool {
	_, known := methods()[c.Method]
	return known && len(c.Args) == 0 && c.Method != "auth.test" && c.Method != "apps.connections.open"
}

// Lack makes a method unknown from now on.
func (f *Fake) Lack(method string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lacks[method] = true
}

// Fault is something that goes wrong with one call.
type Fault struct {
	Status     int             // of the HTTP answer; 0 means 200
	RetryAfter time.Duration   // with Status 429; whole seconds
	Error      string          // the error word of an otherwise proper answer
	Body       string          // what is answered instead of JSON that fits
	Drop       bool            // the connection is closed without an answer
	Reset      bool            // the connection is reset without an answer
	Cut        bool            // the answer breaks off in the middle
	Hold       <-chan struct{} // the answer waits until this is closed
	Done       bool            // the call is carried out all the same, and only its answer goes wrong
	Late       bool            // the call is carried out at the next Arrive
	Blind      bool            // with Done, for a post: the history shows it only after the next Arrive
}

// Fault makes the next calls of a method go wrong, one fault each, in order. A zero Fault lets one call pass.
func (f *Fake) Fault(method string, faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[method] = append(f.faults[method], faults...)
}

// Calls returns the calls of a method so far, oldest first; of all methods when none is named.
func (f *Fake) Calls(method string) []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Call
	for _, c := range f.calls {
		if !c.asked() && (method == "" || c.Method == method) {
			list = append(list, c)
		}
	}
	return list
}

// answer is what a method returns; reply{"error": word} is a refusal.
type answer map[string]any

func refuse(word string) answer { return answer{"ok": false, "error": word} }

// method is one method of the Web API. It runs with f.mu held.
type method func(f *Fake, args map[string]string) answer

func methods() map[string]method {
	return map[string]method{
		"auth.test":             (*Fake).authTest,
		"apps.connections.open": (*Fake).connectionsOpen,
		"chat.postMessage":      (*Fake).postMessage,
		"chat.postEphemeral":    (*Fake).postEphemeral,
		"chat.update":           (*Fake).updateMessage,
		"chat.delete":           (*Fake).deleteMessage,
		"conversations.open":    (*Fake).openConversation,
		"conversations.history": (*Fake).history,
		"conversations.replies": (*Fake).replies,
		"conversations.info":    (*Fake).conversationInfo,
		"conversations.members": (*Fake).conversationMembers,
		"users.info":            (*Fake).userInfo,
		"users.conversations":   (*Fake).userConversations,
		"views.open":            (*Fake).openView,
		"views.update":          (*Fake).updateView,
		"views.publish":         (*Fake).publishView,
	}
}

// api answers one request to /api/<method>.
func (f *Fake) api(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/api/")
	args, err := readArgs(r)
	if err != nil {
		f.reply(w, refuse("invalid_form_data"))
		return
	}
	f.linger(r.Context())
	var fault Fault
	faulty := false
	if !(Call{Method: name, Args: args}).asked() {
		fault, faulty = f.nextFault(name)
	}
	if faulty && fault.Hold != nil && !fault.Done {
		f.hold(r, fault)
	}
	out, asked := answer{}, maps.Clone(args) // args lose their token once they are noted
	if !faulty || fault.Done || fault.harmless() {
		out = f.carryOut(name, args, r.Header.Get("Authorization"))
	} else {
		f.note(name, args, "fault")
	}
	f.delay(fault, out, func() { f.carryOut(name, asked, r.Header.Get("Authorization")) })
	if !faulty {
		f.reply(w, out)
		return
	}
	if fault.Hold != nil && fault.Done {
		f.hold(r, fault)
	}
	f.replyFaulty(w, fault, out)
}

// harmless reports whether the fault only lets the call wait, or nothing at all.
func (t Fault) harmless() bool {
	return t.Status == 0 && t.Error == "" && t.Body == "" && !t.Drop && !t.Reset && !t.Cut
}

func (f *Fake) nextFault(method string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	queue := f.faults[method]
	if len(queue) == 0 {
		return f.chance(method)
	}
	f.faults[method] = queue[1:]
	return queue[0], true
}

func (*Fake) hold(r *http.Request, fault Fault) {
	select {
	case <-fault.Hold:
	case <-r.Context().Done():
	}
}

func (f *Fake) replyFaulty(w http.ResponseWriter, fault Fault, out answer) {
	switch {
	case fault.Drop:
		panic(http.ErrAbortHandler) // closes the connection without a word
	case fault.Reset:
		reset(w)
	case fault.Cut:
		w.Header().Set("Content-Length", "4000")
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C`)
		panic(http.ErrAbortHandler)
	case fault.Status == http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(int(fault.RetryAfter/time.Second)))
		w.WriteHeader(fault.Status)
	case fault.Status != 0:
		w.WriteHeader(fault.Status)
		_, _ = io.WriteString(w, "<html>sorry</html>")
	case fault.Body != "":
		_, _ = io.WriteString(w, fault.Body)
	case fault.Error != "":
		f.reply(w, refuse(fault.Error))
	default:
		f.reply(w, out)
	}
}

// reset ends a connection as a machine does that has forgotten it.
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

// carryOut checks the token and runs the method.
func (f *Fake) carryOut(name string, args map[string]string, authorization string) answer {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.authorised(name, args, authorization)
	if out == nil {
		if run, known := methods()[name]; known && !f.lacks[name] {
			out = run(f, args)
		} else {
			out = refuse("unknown_method")
		}
	}
	word := "ok"
	if e, refused := out["error"].(string); refused {
		word = e
	} else {
		out["ok"] = true
	}
	f.noteLocked(name, args, word)
	return out
}

func (f *Fake) authorised(name string, args map[string]string, authorization string) answer {
	token := strings.TrimPrefix(authorization, "Bearer ")
	if token == "" {
		token = args["token"]
	}
	want := f.config.BotToken
	if name == "apps.connections.open" {
		want = f.config.AppToken
	}
	switch token {
	case want:
		return nil
	case "":
		return refuse("not_authed")
	case f.config.BotToken, f.config.AppToken:
		return refuse("not_allowed_token_type")
	default:
		return refuse("invalid_auth")
	}
}

func (f *Fake) note(method string, args map[string]string, word string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.noteLocked(method, args, word)
}

func (f *Fake) noteLocked(method string, args map[string]string, word string) {
	delete(args, "token")
	f.calls = append(f.calls, Call{Method: method, Args: args, Answer: word, At: f.config.Now()})
	f.wake()
}

func (f *Fake) reply(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Date", f.config.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("X-OAuth-Scopes", strings.Join(f.config.Scopes, ","))
	_ = json.NewEncoder(w).Encode(a)
}

// readArgs reads a form or a JSON object, as Slack takes both.
func readArgs(r *http.Request) (map[string]string, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	args := map[string]string{}
	for k := range r.URL.Query() {
		args[k] = r.URL.Query().Get(k)
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		form, err := url.ParseQuery(string(body))
		for k := range form {
			args[k] = form.Get(k)
		}
		return args, err
	}
	if len(body) == 0 {
		return args, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, err
	}
	for k, raw := range object {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			s = string(raw)
		}
		args[k] = s
	}
	return args, nil
}

func (f *Fake) authTest(map[string]string) answer {
	return answer{
		"url": f.server.URL + "/", "team": "Fake", "team_id": f.config.Team, "user": "convenor", "user_id": BotUser, "bot_id": BotID,
	}
}
