package discord

import (
	"bufio"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Opcodes of the gateway (topics/opcodes-and-status-codes).
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opHeard     = 11
)

// intents is what Convenor asks to hear of: servers, messages in channels and in private, scheduled events. None is
// privileged: of messages in channels only those have words that mention Convenor.
const intents = 1<<0 | 1<<9 | 1<<12 | 1<<16

// The times and sizes of a connection.
const (
	greetMax   = 4 * time.Second         // until Discord says hello, and then until the session stands
	heardMax   = 4500 * time.Millisecond // until Discord acknowledges a heartbeat
	writeMax   = 10 * time.Second
	messageMax = 4 << 20 // bytes of one message of Discord's, as it comes
	beatMin    = time.Second
	// comeBack closes a connection so that its session can be resumed: 1000 and 1001 would end it.
	comeBack = 4900
	goAway   = 1000
)

// closedError is how Discord closed a connection.
type closedError struct{ code int }

func (e *closedError) Error() string { return "discord closed the connection: " + strconv.Itoa(e.code) }

// final reports whether another try can never succeed with the configuration as it is.
func final(err error) bool {
	var closed *closedError
	return errors.As(err, &closed) && (closed.code == 4004 || closed.code >= 4010 && closed.code <= 4014)
}

// Why a connection was given up.
var (
	errRecalled = errors.New("discord asks to connect anew")
	errInvalid  = errors.New("discord does not know the session any more")
	errSilent   = errors.New("discord did not answer in time")
)

// packet is one message of the gateway's.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Name string          `json:"t"`
}

// line is one connection to the gateway.
type line struct {
	d     *Discord
	conn  *websocket.Conn
	read  *json.Decoder
	seat  *seat
	shard shard
	stop  context.CancelCauseFunc
	stood func() // called once the session stands

	mu      sync.Mutex // held for each write
	acked   chan struct{}
	greeted chan struct{} // closed when Discord has said hello
	stands  chan struct{} // closed when the session stands
	once    sync.Once
}

// frames makes the compressed messages of a connection one stream.
type frames struct {
	conn *websocket.Conn
	now  io.Reader
}

// Read reads on in the message at hand, or in the next.
func (f *frames) Read(p []byte) (int, error) {
	for {
		if f.now == nil {
			_, next, err := f.conn.NextReader()
			if err != nil {
				return 0, err
			}
			f.now = next
		}
		n, err := f.now.Read(p)
		if errors.Is(err, io.EOF) {
			f.now, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// connect runs one connection to its end and says why it ended. It resumes s where that is a session, and leaves in it
// what can be resumed next. stood is called once the session stands. What people do is worked on under life, which
// outlives ctx.
func (d *Discord) connect(ctx, life context.Context, address string, of shard, s *seat, stood func()) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("read the gateway's address: %w", err)
	}
	u.RawQuery = "v=10&encoding=json&compress=zlib-stream"
	if u.Path == "" {
		u.Path = "/"
	}
	told := ctx
	ctx, stop := context.WithCancelCause(ctx)
	l := &line{
		d: d, seat: s, shard: of, stop: stop, stood: stood,
		acked: make(chan struct{}, 1), greeted: make(chan struct{}), stands: make(chan struct{}),
	}
	var running sync.WaitGroup
	late := d.After(greetMax)
	running.Go(func() { l.watch(ctx, late, l.greeted) })
	if l.conn, err = dial(ctx, u.String()); err != nil {
		stop(fmt.Errorf("open a connection to Discord: %w", err))
		running.Wait()
		return context.Cause(ctx)
	}
	l.conn.SetReadLimit(messageMax)
	running.Go(func() { // whatever ends it, a blocked read ends with it
		<-ctx.Done()
		code := comeBack
		if told.Err() != nil && d.Shards == nil {
			code = goAway // nobody comes back to it
		}
		_ = l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) //nolint:forbidigo // a socket's deadline is by the machine's clock
		_ = l.conn.Close()
	})
	stop(l.run(ctx, life, &running)) // the first cause stays
	running.Wait()
	return context.Cause(ctx)
}

// dial opens a WebSocket. Whatever stage it hangs at, it ends with ctx.
func dial(ctx context.Context, address string) (*websocket.Conn, error) {
	var dialer net.Dialer
	opened := func() bool { return true }
	ws := websocket.Dialer{
		Proxy: http.ProxyFromEnvironment,
		NetDialContext: func(dialing context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(dialing, network, addr)
			if err == nil {
				opened = context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		},
	}
	conn, resp, err := ws.DialContext(ctx, address, nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	opened() // from here on connect closes it, with a word
	return conn, err
}

// watch gives a connection up that does not come to a step in time.
func (l *line) watch(ctx context.Context, late, step <-chan struct{}) {
	select {
	case <-step:
	case <-late:
		l.stop(errSilent)
	case <-ctx.Done():
	}
}

func (l *line) run(ctx, life context.Context, running *sync.WaitGroup) error {
	hello, err := l.hello()
	if err != nil {
		return err
	}
	close(l.greeted)
	running.Go(func() { l.beat(ctx, hello) })
	late := l.d.After(greetMax)
	running.Go(func() { l.watch(ctx, late, l.stands) })
	if err := l.greet(); err != nil {
		return err
	}
	for {
		var p packet
		err := l.read.Decode(&p)
		if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd {
			l.d.Log.LogAttrs(life, slog.LevelWarn, "something Discord sent could not be read and is passed over")
			continue
		}
		if err != nil {
			return ended(err)
		}
		if err := l.take(life, p); err != nil {
			return err
		}
	}
}

// ended turns the end of a connection into why.
func ended(err error) error {
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		return &closedError{closed.Code}
	}
	return fmt.Errorf("the connection to Discord ended: %w", err)
}

// hello reads Discord's greeting: how often it wants to hear of us.
func (l *line) hello() (time.Duration, error) {
	stream := bufio.NewReader(&frames{conn: l.conn})
	begin, err := stream.Peek(1)
	if err != nil {
		return 0, ended(err)
	}
	l.read = json.NewDecoder(stream)
	if begin[0] != '{' { // Discord compresses when it is asked to; who stands in for it may not
		unpacked, err := zlib.NewReader(stream)
		if err != nil {
			return 0, ended(err)
		}
		l.read = json.NewDecoder(unpacked)
	}
	var p packet
	var data struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if err := l.read.Decode(&p); err != nil {
		return 0, ended(err)
	}
	if p.Op != opHello || json.Unmarshal(p.Data, &data) != nil || data.Interval <= 0 {
		return 0, errors.New("discord did not say hello")
	}
	return max(time.Duration(data.Interval)*time.Millisecond, beatMin), nil
}

// greet resumes the session, or begins one.
func (l *line) greet() error {
	if id, _, seq := l.seat.get(l.d.Machine()); id != "" {
		return l.send(opResume, map[string]any{"token": l.d.Token, "session_id": id, "seq": seq})
	}
	return l.send(opIdentify, map[string]any{
		"token": l.d.Token, "intents": intents, "shard": []int{l.shard.number, l.shard.of},
		"properties": map[string]string{"os": runtime.GOOS, "browser": "convenor", "device": "convenor"},
	})
}

func (l *line) send(op int, data any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.conn.SetWriteDeadline(time.Now().Add(writeMax)) //nolint:forbidigo // a socket's deadline is by the machine's clock
	if err := l.conn.WriteJSON(map[string]any{"op": op, "d": data}); err != nil {
		return fmt.Errorf("write to Discord: %w", err)
	}
	return nil
}

// beat sends heartbeats, the first after a part of the interval that chance decides. One that is not acknowledged soon
// means that nobody is there.
func (l *line) beat(ctx context.Context, every time.Duration) {
	next := l.d.After(time.Duration(rand.Int64N(int64(every)))) //nolint:gosec // no secret
	for {
		select {
		case <-next:
		case <-ctx.Done():
			return
		}
		next = l.d.After(every)
		select {
		case <-l.acked: // one that was asked for
		default:
		}
		late := l.d.After(heardMax)
		if err := l.pulse(); err != nil {
			l.stop(err)
			return
		}
		select {
		case <-l.acked:
		case <-late:
			l.stop(errSilent)
			return
		case <-ctx.Done():
			return
		}
	}
}

// pulse sends a heartbeat. It tells the number that the session may be resumed from and not the newest that was heard:
// Discord does not say whether it keeps for who comes back what a heartbeat told it was there.
func (l *line) pulse() error {
	var last any
	if _, _, seq := l.seat.get(l.d.Machine()); seq > 0 {
		last = seq
	}
	return l.send(opHeartbeat, last)
}

// take takes in one message. An error ends the connection.
func (l *line) take(life context.Context, p packet) error {
	switch p.Op {
	case opDispatch:
		return l.event(life, p)
	case opHeartbeat:
		return l.pulse()
	case opHeard:
		select {
		case l.acked <- struct{}{}:
		default:
		}
	case opReconnect:
		return errRecalled
	case opInvalid:
		if string(p.Data) == "true" {
			return errRecalled
		}
		return errInvalid
	}
	return nil
}

// event takes in one event. Any of them shows that the session stands: Discord replays what was missed before it says so.
func (l *line) event(life context.Context, p packet) error {
	if p.Name == "READY" {
		var ready struct {
			Session string `json:"session_id"`
			URL     string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(p.Data, &ready); err != nil || ready.Session == "" {
			return errors.New("discord's session has no name")
		}
		l.seat.begin(ready.Session, ready.URL)
	}
	end := l.seat.heard(p.Seq)
	l.once.Do(func() {
		close(l.stands)
		l.stood()
	})
	if end == nil {
		return nil // it came before: Discord may replay too much
	}
	err := l.d.heard(life, p.Name, p.Data, func(err error) { end(l.d.Machine(), errors.Is(err, errOwed)) })
	if err != nil {
		l.d.Log.LogAttrs(life, slog.LevelWarn, "something Discord sent could not be read and is passed over", slog.String("type", p.Name), slog.Any("error", err))
	}
	return nil
}

// server notes that Convenor came to a server or left it. One that only cannot be reached for a while is not left.
func (d *Discord) server(what string, raw []byte) error {
	var p struct {
		ID          string `json:"id"`
		Unavailable bool   `json:"unavailable"`
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return fmt.Errorf("read a server: %w", err)
	}
	if what == "GUILD_CREATE" || !p.Unavailable {
		d.guilds.note(p.ID, what == "GUILD_CREATE")
	}
	return nil
}
