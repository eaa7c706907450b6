package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"convenor/bot/slack"
)

// secret signs the requests of the pretend Slack.
const secret = "bench-signing-secret"

// pretended answers the calls of Slack's API in the process, so that nothing but Convenor is measured.
type pretended struct{}

// RoundTrip answers a call.
func (pretended) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(identity)),
	}, nil
}

// identity answers auth.test, and says ok to whatever else is asked.
const identity = `{"ok":true,"team_id":"T1","user_id":"UBOT","bot_id":"B1","channel":"D1","ts":"1.1","message_ts":"1.1","view":{"id":"V1"}}`

// desk is where Slack's requests arrive: a real listener on loopback before the Slack package and a house.
type desk struct {
	addr string
	stop func() error
}

// receive lets a house take Slack's requests.
func (b *bench) receive(ctx context.Context, h *house) (*desk, error) {
	chat, err := slack.New(slack.Options{ //nolint:gosec // the pretend Slack takes any token
		BotToken: "xoxb-bench", SigningSecret: secret, Pack: b.Pack, Now: time.Now, Log: b.Log, Transport: pretended{},
	})
	if err == nil {
		err = chat.Start(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("begin with the pretend Slack: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	mux := http.NewServeMux()
	chat.Register(mux)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	serving, end := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { _ = server.Serve(l) })
	parts.Go(func() { _ = chat.Serve(serving, h) })
	return &desk{addr: l.Addr().String(), stop: func() error {
		err := server.Close()
		end()
		parts.Wait()
		return err
	}}, nil
}

// signed is a whole signed request.
func signed(path, kind string, body []byte) []byte {
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	var r bytes.Buffer
	_, _ = fmt.Fprintf(&r, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: %s\r\nContent-Length: %d\r\nX-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\n\r\n%s",
		path, kind, len(body), stamp, hex.EncodeToString(mac.Sum(nil)), body)
	return r.Bytes()
}

// line is one connection of Slack's.
type line struct {
	conn net.Conn
	in   *bufio.Reader
}

func (d *desk) dial(ctx context.Context) (*line, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", d.addr)
	if err != nil {
		return nil, fmt.Errorf("reach the listener: %w", err)
	}
	return &line{conn: conn, in: bufio.NewReader(conn)}, nil
}

// send sends one request and waits until it is acknowledged.
func (l *line) send(request []byte) error {
	if _, err := l.conn.Write(request); err != nil {
		return fmt.Errorf("send a request: %w", err)
	}
	r, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	defer func() { _ = r.Body.Close() }()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("a request was answered with %s", r.Status)
	}
	return nil
}

// load is what a crowd of connections did.
type load struct {
	perSecond float64
	p99       float64 // ms from the request to its acknowledgement
}

// crowded lets each worker do its pieces of work one after the other, all workers at the same time.
func crowded(workers, pieces int, work func(worker, piece int) error) (load, error) {
	took := make([]float64, workers*pieces)
	faults := make([]error, workers)
	began := time.Now()
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for p := range pieces {
				start := time.Now()
				if err := work(w, p); err != nil {
					faults[w] = err
					return
				}
				took[w*pieces+p] = float64(time.Since(start).Microseconds()) / 1000
			}
		})
	}
	all.Wait()
	whole := time.Since(began)
	if err := errors.Join(faults...); err != nil {
		return load{}, err
	}
	slices.Sort(took)
	return load{perSecond: float64(len(took)) / whole.Seconds(), p99: percentile(took, 99)}, nil
}
