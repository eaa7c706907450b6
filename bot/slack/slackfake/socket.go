package slackfake

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socketsMax is how many sockets one app may have.
const socketsMax = 10

// socket is one open Socket Mode connection.
type socket struct {
	conn  *websocket.Conn
	write sync.Mutex // gorilla takes one writer at a time
}

func (s *socket) send(v any) error {
	s.write.Lock()
	defer s.write.Unlock()
	if raw, ok := v.(string); ok {
		return s.conn.WriteMessage(websocket.TextMessage, []byte(raw))
	}
	return s.conn.WriteJSON(v)
}

func (s *socket) ping() error {
	s.write.Lock()
	defer s.write.Unlock()
	return s.conn.WriteMessage(websocket.PingMessage, []byte("Ping from fake"))
}

// envelope is something on its way to the app.
type envelope struct {
	id      string // a new one each time it is sent
	kind    string
	payload any
	again   bool // an event: sent until it is acknowledged
	attempt int
	reason  string  // of the attempt
	socket  *socket // none over HTTP
	refused bool    // over HTTP, at the last try
	timer   *time.Timer
	act     *Act
}

// Sockets returns how many WebSockets are open.
func (f *Fake) Sockets() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sockets)
}

// Pongs returns how many pings were answered so far.
func (f *Fake) Pongs() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pongs
}

// Linked returns how many WebSockets were opened so far.
func (f *Fake) Linked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.linked
}

// Unacknowledged returns how many envelopes were sent, or wait to be sent, and have no answer yet.
func (f *Fake) Unacknowledged() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.flying) + len(f.queue) + f.weather.coming
}

// Disconnect tells the oldest socket to go, as Slack does every few hours and when Socket Mode is switched off. The
// reason is "warning", "refresh_requested", "link_disabled" or "too_many_websockets".
func (f *Fake) Disconnect(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.sockets) == 0 {
		return
	}
	_ = f.sockets[0].send(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "fake"}})
}

// CutSockets cuts all sockets without a word.
func (f *Fake) CutSockets() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sockets {
		_ = s.conn.Close()
	}
}

// SendAgain sends every event that waits for its acknowledgement once more, without waiting for AckWait: a duplicate.
func (f *Fake) SendAgain() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range sortedKeys(f.flying) {
		if e := f.flying[id]; e.again {
			f.giveUp(e, "timeout")
		}
	}
}

func (f *Fake) connectionsOpen(map[string]string) answer {
	ticket := f.id("link")
	f.tickets[ticket] = true
	return answer{"url": "ws" + strings.TrimPrefix(f.server.URL, "http") + "/link/" + ticket}
}

// link is the WebSocket end of Socket Mode.
func (f *Fake) link(w http.ResponseWriter, r *http.Request) {
	ticket := strings.TrimPrefix(r.URL.Path, "/link/")
	f.mu.Lock()
	valid := f.tickets[ticket]
	delete(f.tickets, ticket)
	full := len(f.sockets) >= socketsMax
	f.mu.Unlock()
	if !valid || full {
		http.Error(w, "no such link", http.StatusForbidden)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered the request
	}
	s := &socket{conn: conn}
	defer func() { _ = conn.Close() }()
	conn.SetPongHandler(func(string) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.pongs++
		f.wake()
		return nil
	})
	if !f.greet(s) {
		return
	}
	stopPings := f.pings(s)
	defer stopPings()
	for {
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		err := conn.ReadJSON(&ack)
		if err != nil && !badJSON(err) {
			break
		}
		f.acknowledged(ack.EnvelopeID, ack.Payload)
	}
	f.dropped(s)
}

// badJSON tells a message that cannot be read from a connection that is gone.
func badJSON(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}

// greet says hello and hands over what has waited for a socket.
func (f *Fake) greet(s *socket) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	hello := map[string]any{
		"type": "hello", "num_connections": len(f.sockets) + 1, "connection_info": map[string]any{"app_id": AppID},
		"debug_info": map[string]any{"host": "fake", "approximate_connection_time": 18060},
	}
	if s.send(hello) != nil {
		return false
	}
	f.sockets = append(f.sockets, s)
	f.linked++
	waiting := f.queue
	f.queue = nil
	for _, e := range waiting {
		f.dispatch(e)
	}
	f.wake()
	return true
}

// pings keeps a socket alive until stop is called.
func (f *Fake) pings(s *socket) (stop func()) {
	var mu sync.Mutex
	var timer *time.Timer
	var next func()
	over := false
	next = func() {
		mu.Lock()
		defer mu.Unlock()
		if over || s.ping() != nil {
			return
		}
		timer = time.AfterFunc(f.config.PingEvery, next)
	}
	next()
	return func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
		if timer != nil {
			timer.Stop()
		}
	}
}

// dropped takes a socket off the list. Events it had not acknowledged wait for another; clicks have failed.
func (f *Fake) dropped(s *socket) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sockets = slices.DeleteFunc(f.sockets, func(o *socket) bool { return o == s })
	for _, id := range sortedKeys(f.flying) {
		if e := f.flying[id]; e.socket == s {
			f.giveUp(e, "connection_failed")
		}
	}
	f.wake()
}

// dispatch sends an envelope to the request URL or else to the next socket in turn, or keeps it. The caller holds f.mu.
func (f *Fake) dispatch(e *envelope) {
	if f.closed {
		return
	}
	if !f.reachable() {
		if e.again {
			f.queue = append(f.queue, e)
		} else {
			e.act.finish(f, nil, ErrFailed)
		}
		f.wake()
		return
	}
	e.id, e.socket, e.refused = f.id("env"), nil, false
	f.flying[e.id] = e
	id := e.id
	e.timer = time.AfterFunc(f.config.AckWait, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.flying[id] == e && !f.closed {
			f.giveUp(e, "timeout")
		}
	})
	if f.requestURL != "" {
		f.request(e)
		f.wake()
		return
	}
	f.next++
	e.socket = f.sockets[f.next%len(f.sockets)]
	message := map[string]any{
		"envelope_id": e.id, "type": e.kind, "payload": e.payload, "accepts_response_payload": !e.again,
	}
	if e.again {
		message["retry_attempt"], message["retry_reason"] = e.attempt, e.reason
	}
	_ = e.socket.send(message) // a socket that is gone is noticed by its reader
	f.wake()
}

// giveUp ends one try of an envelope. The caller holds f.mu.
func (f *Fake) giveUp(e *envelope, reason string) {
	e.timer.Stop()
	delete(f.flying, e.id)
	if !e.again {
		e.act.finish(f, nil, ErrFailed)
		f.wake()
		return
	}
	if e.refused {
		reason = "http_error"
	}
	e.attempt++
	e.reason = reason
	f.dispatch(e)
}

// acknowledged ends an envelope well.
func (f *Fake) acknowledged(id string, payload json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.flying[id]
	if e == nil {
		return // too late, or made up: Slack ignores it too
	}
	if len(payload) >= ackMax {
		payload = nil // Slack drops a large answer without a word
	}
	f.taken(e, payload)
}

// taken ends an envelope that the app took. The caller holds f.mu.
func (f *Fake) taken(e *envelope, payload json.RawMessage) {
	e.timer.Stop()
	delete(f.flying, e.id)
	e.act.finish(f, payload, nil)
	f.again(e)
	f.wake()
}

// ackMax is how many bytes an acknowledgement over a socket may carry.
const ackMax = 20 * 1024
