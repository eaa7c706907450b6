package discordfake

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// gateway is the side of Discord that speaks over WebSockets.
type gateway struct {
	sessions map[string]*session
	started  int // sessions
	resumed  int
	refuseBy int  // close code for the next IDENTIFY or RESUME
	invalid  int  // answer so many of the next IDENTIFY or RESUME with op 9
	recalled int  // answer so many of the next with op 7
	mute     bool // acknowledge no heartbeat
	deaf     bool // greet nobody
	beats    int
}

// session is what a bot can come back to.
type session struct {
	id     string
	seq    int64
	missed []frame // everything sent, for who comes back
	socket *socket
	ended  bool
}

type frame struct {
	Op   int    `json:"op"`
	Data any    `json:"d"`
	Seq  *int64 `json:"s"`
	Name string `json:"t,omitempty"`
}

// socket is one connection.
type socket struct {
	mu   sync.Mutex
	conn *websocket.Conn
	zip  *zlib.Writer
	buf  bytes.Buffer
}

func (s *socket) send(fr frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, err := json.Marshal(fr)
	if err != nil {
		return
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(10 * time.Second)) //nolint:forbidigo // of a real connection
	if s.zip == nil {
		_ = s.conn.WriteMessage(websocket.TextMessage, raw)
		return
	}
	s.buf.Reset()
	_, _ = s.zip.Write(raw)
	_ = s.zip.Flush()
	_ = s.conn.WriteMessage(websocket.BinaryMessage, s.buf.Bytes())
}

// end closes the connection, with a code unless it is 0.
func (s *socket) end(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code != 0 {
		_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) //nolint:forbidigo // of a real connection
	}
	_ = s.conn.Close()
}

func (f *Fake) gatewayURL() string {
	return "ws" + strings.TrimPrefix(f.server.URL, "http") + "/gateway"
}

func (f *Fake) gatewayBot(request) answer {
	return answer{http.StatusOK, map[string]any{"url": f.gatewayURL(), "shards": 1, "session_start_limit": map[string]any{
		"total": 1000, "remaining": max(0, f.config.Starts-f.gate.started), "reset_after": int64(time.Hour / time.Millisecond), "max_concurrency": 1,
	}}}
}

func (f *Fake) link(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	deaf := f.gate.deaf
	f.mu.Unlock()
	q := r.URL.Query()
	if deaf || q.Get("v") != "10" || q.Get("encoding") != "json" {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s := &socket{conn: conn}
	if q.Get("compress") == "zlib-stream" {
		s.zip = zlib.NewWriter(&s.buf)
	}
	f.working.Add(1)
	defer f.working.Done()
	defer s.end(0)
	s.send(frame{Op: 10, Data: map[string]any{"heartbeat_interval": f.config.Heartbeat.Milliseconds()}})
	for {
		var in struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if conn.ReadJSON(&in) != nil {
			f.dropped(s)
			return
		}
		f.heard(s, in.Op, in.Data)
	}
}

func (f *Fake) dropped(s *socket) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.gate.sessions {
		if one.socket == s {
			one.socket = nil
		}
	}
	f.wake()
}

func (f *Fake) heard(s *socket, op int, data json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.wake()
	switch op {
	case 1:
		f.gate.beats++
		if !f.gate.mute {
			s.send(frame{Op: 11})
		}
	case 2, 6:
		switch g := &f.gate; {
		case g.refuseBy != 0:
			go s.end(g.refuseBy)
			g.refuseBy = 0
		case g.recalled > 0:
			g.recalled--
			s.send(frame{Op: 7})
		case g.invalid > 0:
			g.invalid--
			s.send(frame{Op: 9, Data: false})
		case op == 2:
			f.identify(s, data)
		default:
			f.resume(s, data)
		}
	default:
		go s.end(4001)
	}
}

func (f *Fake) identify(s *socket, data json.RawMessage) {
	var body struct {
		Token      string            `json:"token"`
		Intents    int               `json:"intents"`
		Properties map[string]string `json:"properties"`
	}
	if json.Unmarshal(data, &body) != nil || body.Properties["os"] == "" {
		go s.end(4002)
		return
	}
	switch {
	case body.Token != Token:
		go s.end(4004)
		return
	case body.Intents&(1<<1|1<<8|1<<15) != 0: // privileged, and not switched on
		go s.end(4014)
		return
	}
	f.gate.started++
	one := &session{id: "session-" + f.snowflake(), socket: s}
	f.gate.sessions[one.id] = one
	one.send(frame{Name: "READY", Data: map[string]any{
		"v": 10, "session_id": one.id, "resume_gateway_url": f.gatewayURL(), "user": map[string]any{"id": BotUser, "username": "Convenor", "bot": true},
		"application": map[string]any{"id": ApplicationID}, "guilds": []any{map[string]any{"id": Guild, "unavailable": true}},
	}})
	one.send(frame{Name: "GUILD_CREATE", Data: map[string]any{"id": Guild, "name": "Pretend County"}})
}

func (f *Fake) resume(s *socket, data json.RawMessage) {
	var body struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	one := (*session)(nil)
	if json.Unmarshal(data, &body) == nil && body.Token == Token {
		one = f.gate.sessions[body.Session]
	}
	if one == nil || one.ended {
		s.send(frame{Op: 9, Data: false})
		return
	}
	if one.socket != nil && one.socket != s {
		go one.socket.end(4000)
	}
	f.gate.resumed++
	one.socket = s
	for _, fr := range one.missed {
		if *fr.Seq > body.Seq {
			s.send(fr)
		}
	}
	one.send(frame{Name: "RESUMED", Data: map[string]any{}})
}

// send hands an event to whoever holds the session, now or when they come back.
func (s *session) send(fr frame) {
	s.seq++
	n := s.seq
	fr.Seq = &n
	s.missed = append(s.missed, fr)
	if s.socket != nil {
		s.socket.send(fr)
	}
}

// dispatch hands an event to every session.
func (f *Fake) dispatch(name string, d any) {
	for _, one := range f.gate.sessions {
		if !one.ended {
			one.send(frame{Name: name, Data: d})
		}
	}
	f.wake()
}

// Sockets counts the connections with a session.
func (f *Fake) Sockets() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.gate.sessions {
		if s.socket != nil {
			n++
		}
	}
	return n
}

// Links counts the sessions that were started and how often one was resumed.
func (f *Fake) Links() (started, resumed int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gate.started, f.gate.resumed
}

// CutSockets ends every connection with a close code; 0 means without a word.
func (f *Fake) CutSockets(code int) {
	f.each(func(s *session) {
		one := s.socket
		s.socket = nil
		one.end(code)
	})
}

// Ask sends an opcode to every connection: 7 asks to come back, 9 says that the session is over, 1 asks for a heartbeat.
func (f *Fake) Ask(op int, data any) {
	f.each(func(s *session) {
		if op == 9 && data == false {
			s.ended = true
		}
		s.socket.send(frame{Op: op, Data: data})
	})
}

// Forget ends every session: who comes back must begin anew.
func (f *Fake) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.gate.sessions {
		s.ended = true
	}
}

func (f *Fake) each(do func(*session)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.gate.sessions {
		if s.socket != nil {
			do(s)
		}
	}
	f.wake()
}

// Greeting says how the next that identify or come back are received.
type Greeting struct {
	Close    int  // with this close code, once
	Invalid  int  // so many with op 9
	Recalled int  // so many with op 7
	Mute     bool // heartbeats are not acknowledged
	Deaf     bool // no connection is taken
}

// Greet sets it.
func (f *Fake) Greet(g Greeting) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gate.refuseBy, f.gate.invalid, f.gate.recalled, f.gate.mute, f.gate.deaf = g.Close, g.Invalid, g.Recalled, g.Mute, g.Deaf
}

// Beats counts the heartbeats.
func (f *Fake) Beats() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gate.beats
}
