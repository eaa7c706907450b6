package discord

import (
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
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
	greetMax   = 15 * time.Second // until Discord says hello, and then until the session stands
	writeMax   = 10 * time.Second
	messageMax = 4 << 20 // bytes of one message of Discord's, as it comes
	beatMin    = time.Second
	// comeBack closes a connection so that its session can be resumed: 1000 and 1001 would end it.
	comeBack = 4900
)

// seat is a session that can be resumed.
type seat struct {
	id, url string
	seq     int64
}

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
	d    *Discord
	conn *websocket.Conn
	read *json.Decoder
	seat *seat
	stop context.CancelCauseFunc

	mu    sync.Mutex // held for each write
	owing bool       // a heartbeat was not answered yet
	stood chan struct{}
	once  sync.Once
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
func (d *Discord) connect(ctx, life context.Context, address string, s *seat, stood func()) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("read the gateway's address: %w", err)
	}
	u.RawQuery = "v=10&encoding=json&compress=zlib-stream"
	if u.Path == "" {
		u.Path = "/"
	}
	conn, resp, err := d.dialer.DialContext(ctx, u.String(), nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		return fmt.Errorf("open a connection to Discord: %w", err)
	}
	conn.SetReadLimit(messageMax)
	ctx, stop := context.WithCancelCause(ctx)
	l := &line{d: d, conn: conn, seat: s, stop: stop, stood: make(chan struct{})}
	var running sync.WaitGroup
	running.Go(func() { // whatever ends it, a blocked read ends with it
		<-ctx.Done()
		code := comeBack
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) //nolint:forbidigo // a socket's deadline is by the machine's clock
		_ = conn.Close()
	})
	running.Go(func() {
		select {
		case <-l.stood:
		case <-d.After(2 * greetMax):
			stop(errSilent)
		case <-ctx.Done():
		}
	})
	stop(l.run(ctx, life, &running, stood)) // the first cause stays
	running.Wait()
	return context.Cause(ctx)
}

func (l *line) run(ctx, life context.Context, running *sync.WaitGroup, stood func()) error {
	hello, err := l.hello()
	if err != nil {
		return err
	}
	running.Go(func() { l.beat(ctx, hello) })
	if err := l.greet(); err != nil {
		return err
	}
	for {
		var p packet
		if err := l.read.Decode(&p); err != nil {
			return ended(err)
		}
		if err := l.take(life, p, stood); err != nil {
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
	stream, err := zlib.NewReader(&frames{conn: l.conn})
	if err != nil {
		return 0, ended(err)
	}
	l.read = json.NewDecoder(stream)
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
	if l.seat.id != "" {
		return l.send(opResume, map[string]any{"token": l.d.Token, "session_id": l.seat.id, "seq": l.seat.seq})
	}
	return l.send(opIdentify, map[string]any{
		"token": l.d.Token, "intents": intents,
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

// beat sends heartbeats, the first after a part of the interval that chance decides. One that is not answered before the
// next is due means that nobody is there.
func (l *line) beat(ctx context.Context, every time.Duration) {
	for wait := time.Duration(rand.Int64N(int64(every))); ; wait = every { //nolint:gosec // no secret
		select {
		case <-l.d.After(wait):
		case <-ctx.Done():
			return
		}
		l.mu.Lock()
		dead := l.owing
		l.owing = true
		l.mu.Unlock()
		if dead {
			l.stop(errSilent)
			return
		}
		if err := l.pulse(); err != nil {
			l.stop(err)
			return
		}
	}
}

func (l *line) pulse() error {
	var last any
	l.mu.Lock()
	if l.seat.seq > 0 {
		last = l.seat.seq
	}
	l.mu.Unlock()
	return l.send(opHeartbeat, last)
}

// take takes in one message. An error ends the connection.
func (l *line) take(life context.Context, p packet, stood func()) error {
	switch p.Op {
	case opDispatch:
		l.mu.Lock()
		l.seat.seq = max(l.seat.seq, p.Seq)
		l.mu.Unlock()
		return l.event(life, p, stood)
	case opHeartbeat:
		return l.pulse()
	case opHeard:
		l.mu.Lock()
		l.owing = false
		l.mu.Unlock()
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

func (l *line) event(life context.Context, p packet, stood func()) error {
	switch p.Name {
	case "READY":
		var ready struct {
			Session string `json:"session_id"`
			URL     string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(p.Data, &ready); err != nil || ready.Session == "" {
			return errors.New("discord's session has no name")
		}
		l.mu.Lock()
		l.seat.id, l.seat.url = ready.Session, ready.URL
		l.mu.Unlock()
		l.stands(stood)
	case "RESUMED":
		l.stands(stood)
	default:
		if err := l.d.heard(life, p.Name, p.Data); err != nil {
			l.d.Log.LogAttrs(life, slog.LevelWarn, "something Discord sent could not be read and is passed over", slog.String("type", p.Name), slog.Any("error", err))
		}
	}
	return nil
}

func (l *line) stands(stood func()) {
	l.once.Do(func() {
		close(l.stood)
		stood()
	})
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
