package discordfake

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
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
	from     []int64 // the number that each RESUME asked from
	refuseBy int     // close code for the next IDENTIFY or RESUME
	invalid  int     // answer so many of the next IDENTIFY or RESUME with op 9
	recalled int     // answer so many of the next with op 7
	mute     bool    // acknowledge no heartbeat
	deaf     int     // take so many of the next connections not at all
	hush     int     // take so many of the next connections without a hello
	blank    int     // answer so many of the next IDENTIFY or RESUME with nothing
	twice    bool    // replay everything twice
	crumbs   bool    // send every message in pieces
	beats    int
	ignored  int         // how often there was no hello or no answer
	begun    []time.Time // IDENTIFYs
	sent     map[string][]place
}

// place is where in a session an event went.
type place struct {
	in  *session
	seq int64
}

// session is what a bot can come back to.
type session struct {
	id     string
	seq    int64
	missed []frame // everything sent, for who comes back
	socket *socket
	ended  bool
	shard  [2]int
	lost   int64 // what came after was lost with the session: the bot asked for it and was refused; -1 when nothing was
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

	frozen bool // half-open: nothing comes and nothing is heard
	crumbs bool
}

func (s *socket) send(fr frame) {
	raw, err := json.Marshal(fr)
	if err != nil {
		return
	}
	s.write(raw)
}

func (s *socket) write(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frozen {
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
	size := s.buf.Len()
	if s.crumbs {
		size = 7
	}
	for piece := range slices.Chunk(s.buf.Bytes(), size) {
		_ = s.conn.WriteMessage(websocket.BinaryMessage, piece)
	}
}

// bare sends bytes as they are.
func (s *socket) bare(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.conn.WriteMessage(websocket.BinaryMessage, raw)
}

func (s *socket) freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = true
}

func (s *socket) still() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frozen
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
	return answer{http.StatusOK, map[string]any{"url": f.gatewayURL(), "shards": f.config.Shards, "session_start_limit": map[string]any{
		"total": 1000, "remaining": max(0, f.config.Starts-f.gate.started), "reset_after": int64(time.Hour / time.Millisecond), "max_concurrency": f.config.Concurrency,
	}}}
}

func (f *Fake) link(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	deaf, hush, crumbs := f.gate.deaf > 0, f.gate.hush > 0, f.gate.crumbs
	f.mu.Unlock()
	q := r.URL.Query()
	if deaf {
		f.ignore(&f.gate.deaf)
	}
	if deaf || q.Get("v") != "10" || q.Get("encoding") != "json" {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s := &socket{conn: conn, crumbs: crumbs, frozen: hush}
	if q.Get("compress") == "zlib-stream" {
		s.zip = zlib.NewWriter(&s.buf)
	}
	f.working.Add(1)
	defer f.working.Done()
	defer s.end(0)
	if hush {
		f.ignore(&f.gate.hush)
	}
	s.send(frame{Op: 10, Data: map[string]any{"heartbeat_interval": f.config.Heartbeat.Milliseconds()}})
	for {
		var in struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := conn.ReadJSON(&in); err != nil {
			f.dropped(s, websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway))
			return
		}
		if s.still() {
			f.ignore(new(int))
			continue
		}
		f.heard(s, in.Op, in.Data)
	}
}

// ignore counts something that gets no answer.
func (f *Fake) ignore(left *int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*left--
	f.gate.ignored++
	f.wake()
}

// dropped forgets a connection. One that the bot closed for good ends its session.
func (f *Fake) dropped(s *socket, forGood bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.gate.sessions {
		if one.socket == s {
			one.socket = nil
			one.ended = one.ended || forGood
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
		f.greet(s, op, data)
	default:
		go s.end(4001)
	}
}

// greet receives who identifies or comes back, as it was planned.
func (f *Fake) greet(s *socket, op int, data json.RawMessage) {
	if op == 2 {
		f.gate.begun = append(f.gate.begun, f.config.Now())
	}
	switch g := &f.gate; {
	case g.refuseBy != 0:
		go s.end(g.refuseBy)
		g.refuseBy = 0
	case g.recalled > 0:
		g.recalled--
		s.send(frame{Op: 7})
	case g.invalid > 0:
		g.invalid--
		f.refuse(data)
		s.send(frame{Op: 9, Data: false})
	case g.blank > 0:
		g.blank--
		g.ignored++
	case op == 2:
		f.identify(s, data)
	default:
		f.resume(s, data)
	}
}

// refuse ends the session that somebody wants to come back to.
func (f *Fake) refuse(data json.RawMessage) {
	var body struct {
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	_ = json.Unmarshal(data, &body)
	if one := f.gate.sessions[body.Session]; one != nil {
		one.ended, one.lost = true, body.Seq
	}
}

func (f *Fake) identify(s *socket, data json.RawMessage) {
	var body struct {
		Token      string            `json:"token"`
		Intents    int               `json:"intents"`
		Properties map[string]string `json:"properties"`
		Shard      []int             `json:"shard"`
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
	case len(body.Shard) != 2 || body.Shard[1] != f.config.Shards || body.Shard[0] < 0 || body.Shard[0] >= body.Shard[1]:
		go s.end(4010)
		return
	}
	f.gate.started++
	one := &session{id: "session-" + f.snowflake(), socket: s, shard: [2]int(body.Shard), lost: -1}
	f.gate.sessions[one.id] = one
	one.send(frame{Name: "READY", Data: map[string]any{
		"v": 10, "session_id": one.id, "resume_gateway_url": f.gatewayURL(), "user": map[string]any{"id": BotUser, "username": "Convenor", "bot": true},
		"application": map[string]any{"id": ApplicationID}, "guilds": []any{map[string]any{"id": Guild, "unavailable": true}},
	}})
	if !one.hears(Guild) {
		return
	}
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
		if one != nil && one.lost < 0 {
			one.lost = body.Seq
		}
		s.send(frame{Op: 9, Data: false})
		return
	}
	if one.socket != nil && one.socket != s {
		go one.socket.end(4000)
	}
	f.gate.resumed++
	f.gate.from = append(f.gate.from, body.Seq)
	one.socket = s
	for _, fr := range one.missed {
		if *fr.Seq > body.Seq {
			s.send(fr)
		}
	}
	if f.gate.twice { // a little more than was missed, too
		for _, fr := range one.missed[max(0, int(body.Seq)-20):] {
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

// hears reports whether a server's events belong to a session; those of direct messages, "", to the first shard's.
func (s *session) hears(guild string) bool {
	n, err := strconv.ParseUint(guild, 10, 64)
	if err != nil {
		return s.shard[0] == 0
	}
	return int(n>>22%uint64(s.shard[1])) == s.shard[0] //nolint:gosec // of a handful of shards
}

// dispatch hands an event of a server to every session that it belongs to.
func (f *Fake) dispatch(guild, name string, d map[string]any) {
	id, _ := d["id"].(string)
	for _, one := range f.gate.sessions {
		if !one.ended && one.hears(guild) {
			one.send(frame{Name: name, Data: d})
			f.gate.sent[id] = append(f.gate.sent[id], place{one, one.seq})
		}
	}
	f.wake()
}

// Reached lists the interactions and messages that a live session was given: one that the bot got, or could have got by
// coming back to it.
func (f *Fake) Reached() (ids []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, places := range f.gate.sent {
		if slices.ContainsFunc(places, func(p place) bool { return p.in.lost < 0 || p.seq <= p.in.lost }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Begun lists when each IDENTIFY came, refused ones too.
func (f *Fake) Begun() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.gate.begun)
}

// ResumedFrom lists the number that each RESUME asked from, of those that were answered.
func (f *Fake) ResumedFrom() []int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.gate.from)
}

// Ignored counts how often there was no hello or no answer.
func (f *Fake) Ignored() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gate.ignored
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

// Owners counts the connections with a session by shard.
func (f *Fake) Owners() map[int]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	owners := map[int]int{}
	for _, s := range f.gate.sessions {
		if s.socket != nil {
			owners[s.shard[0]]++
		}
	}
	return owners
}

// Links counts the sessions that were started and how often one was resumed.
func (f *Fake) Links() (started, resumed int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gate.started, f.gate.resumed
}
