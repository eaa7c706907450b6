package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"convenor/store/redistest"
)

func TestAPanicStaysWithItsRequest(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	var caught atomic.Int64
	page := front(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			panic("words that Rosa typed")
		}
		answer(w, http.StatusOK, "ok")
	}), newLog(&said, slog.LevelDebug), func() { caught.Add(1) })
	const times = 100
	for range times {
		for path, want := range map[string]int{"/broken": 500, "/": 200} {
			w := httptest.NewRecorder()
			page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != want {
				t.Fatalf("%s is answered with %d", path, w.Code)
			}
		}
	}
	if caught.Load() != times || strings.Count(said.String(), "broke off") != times {
		t.Errorf("%d of %d panics were counted", caught.Load(), times)
	}
	if strings.Contains(said.String(), "Rosa") {
		t.Error("the log holds what somebody typed")
	}
}

func TestOnlySoManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	inside, release := make(chan struct{}), make(chan struct{})
	page := front(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		inside <- struct{}{}
		<-release
		answer(w, http.StatusOK, "ok")
	}), slog.New(slog.DiscardHandler), func() {})
	ask := func() int {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Code
	}
	var done sync.WaitGroup
	for range requestsMost {
		done.Go(func() {
			if code := ask(); code != http.StatusOK {
				t.Errorf("one that was let in got %d", code)
			}
		})
	}
	for range requestsMost {
		<-inside
	}
	for range 100 {
		if code := ask(); code != http.StatusServiceUnavailable {
			t.Errorf("one too many got %d", code)
		}
	}
	close(release)
	done.Wait()
}

// TestListenFinishesWhatItTook stops a listener while a request is under way.
func TestListenFinishesWhatItTook(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	inside, release := make(chan struct{}), make(chan struct{})
	at, ended := make(chan net.Addr, 1), make(chan error, 1)
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-release
		if r.Context().Err() != nil {
			answer(w, http.StatusInternalServerError, "given up")
			return
		}
		answer(w, http.StatusOK, "finished")
	})
	go func() {
		ended <- listen(ctx, "127.0.0.1:0", page, slog.New(slog.DiscardHandler), func(a net.Addr) { at <- a })
	}()
	address := (<-at).String()
	got := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + address)
		if err != nil {
			got <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		got <- resp.Status + " " + string(body)
	}()
	<-inside
	stop()
	closed(t, address)
	close(release)
	if said := <-got; said != "200 OK finished\n" {
		t.Errorf("the request under way got %q", said)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// closed waits until an address takes no more connections.
func closed(t *testing.T, address string) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < patience; {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		_ = c.Close()
	}
	t.Fatalf("%s still takes connections", address)
}

// TestSIGTERMFinishesWhatWasTaken stops the real binary while signed requests are under way: each is committed and gets
// its 200, nothing new is accepted, and the process ends well.
func TestSIGTERMFinishesWhatWasTaken(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	o := openOfficeOver(t, true, redis.URL())
	const requests = 20
	var underWay [requests]*half
	for i := range underWay {
		underWay[i] = o.begin(fmt.Sprintf(`{"type":"event_callback","team_id":"T1","event_id":"Ev%d","event":{"type":"app_home_opened","user":"U%d","tab":"home"}}`, i, i+1))
	}
	o.mu.Lock()
	process := o.cmd
	o.mu.Unlock()
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	closed(t, o.addr)
	for i, h := range underWay {
		if status := h.finish(t); status != http.StatusOK {
			t.Errorf("request %d under way got %d", i, status)
		}
	}
	select {
	case <-o.leaves():
		if !process.ProcessState.Success() {
			t.Errorf("the process ended with %v", process.ProcessState)
		}
	case <-time.After(25 * time.Second):
		t.Error("the process does not end")
	}
}

// half is a signed request of which the server has read the head and waits for the body.
type half struct {
	conn net.Conn
	in   *bufio.Reader
	body string
}

// begin sends a request's head, and returns when the server has begun to read the body.
func (o *office) begin(body string) *half {
	o.t.Helper()
	stamp := fmt.Sprint(time.Now().Unix()) // by Slack's clock, which no rehearsal moves
	mac := hmac.New(sha256.New, []byte(o.fake.SigningSecret()))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	c, err := net.Dial("tcp", o.addr)
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = c.Close() })
	h := &half{conn: c, in: bufio.NewReader(c), body: body}
	fmt.Fprintf(c, "POST /slack/events HTTP/1.1\r\nHost: convenor\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
		"X-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\nExpect: 100-continue\r\n\r\n", len(body), stamp, hex.EncodeToString(mac.Sum(nil)))
	line, err := h.in.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		o.t.Fatalf("the server does not want the body: %q %v", line, err)
	}
	return h
}

// finish sends the body and returns the status.
func (h *half) finish(t *testing.T) int {
	t.Helper()
	if _, err := io.WriteString(h.conn, h.body); err != nil {
		t.Fatal(err)
	}
	if _, err := h.in.ReadString('\n'); err != nil { // the empty line after 100 Continue
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(h.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
