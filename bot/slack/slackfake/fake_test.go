package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// clock is a workspace's clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// call asks one method of the Web API and returns its answer.
func call(t *testing.T, f *Fake, method, body string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.APIURL()+method, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	bot, app := f.Tokens()
	if method == "apps.connections.open" {
		bot = app
	}
	r.Header.Set("Authorization", "Bearer "+bot)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// dial opens a WebSocket and reads its hello.
func dial(t *testing.T, f *Fake) *websocket.Conn {
	t.Helper()
	address, _ := call(t, f, "apps.connections.open", "")["url"].(string)
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	if hello := next(t, conn); hello["type"] != "hello" {
		t.Fatalf("no hello: %v", hello)
	}
	return conn
}

func next(t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	var m map[string]any
	if err := conn.ReadJSON(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func ack(t *testing.T, conn *websocket.Conn, envelope map[string]any) {
	t.Helper()
	if err := conn.WriteJSON(map[string]any{"envelope_id": envelope["envelope_id"]}); err != nil {
		t.Fatal(err)
	}
}

func eventID(envelope map[string]any) any {
	payload, _ := envelope["payload"].(map[string]any)
	return payload["event_id"]
}

func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// An event is sent until it is acknowledged: again after a while, and over another socket when one is gone.
func TestEventsAreSentAgain(t *testing.T) {
	t.Parallel()
	f := Start(t, Config{AckWait: 20 * time.Millisecond})
	f.AddUser(User{ID: "U1", Name: "Ana"})
	act := f.DM("U1", "hello") // nobody is connected yet
	first := dial(t, f)
	one := next(t, first)
	two := next(t, first)
	if eventID(one) == nil || eventID(one) != eventID(two) || one["envelope_id"] == two["envelope_id"] {
		t.Errorf("%v and then %v", one, two)
	}
	if two["retry_reason"] != "timeout" || two["retry_attempt"] != 1.0 {
		t.Errorf("the second try: %v", two)
	}
	_ = first.Close()
	second := dial(t, f)
	three := next(t, second)
	ack(t, second, three)
	if err := act.Wait(patient(t)); err != nil || eventID(three) != eventID(one) {
		t.Errorf("the last try: %v, %v", three, err)
	}
	if f.Unacknowledged() != 0 {
		t.Error("something is left")
	}
}

// A click is sent once. Without an answer, or without a socket, the person is told that it did not work.
func TestClicksAreSentOnce(t *testing.T) {
	t.Parallel()
	f := Start(t, Config{AckWait: 20 * time.Millisecond})
	f.AddUser(User{ID: "U1", Name: "Ana"})
	if err := f.Command("U1", "", "/coalition").Wait(patient(t)); !errors.Is(err, ErrFailed) {
		t.Errorf("nobody is connected: %v", err)
	}
	conn := dial(t, f)
	if err := f.Command("U1", "", "/coalition").Wait(patient(t)); !errors.Is(err, ErrFailed) {
		t.Errorf("nobody answers: %v", err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- f.Insist(patient(t), func() *Act { return f.Command("U1", "", "/coalition again") })
	}()
	for {
		e := next(t, conn)
		payload, _ := e["payload"].(map[string]any)
		if payload["text"] == "again" {
			ack(t, conn, e)
			break
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTriggersOpenOneFormInTime(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	f := Start(t, Config{Now: c.read})
	f.AddUser(User{ID: "U1", Name: "Ana"})
	conn := dial(t, f)
	trigger := func() string {
		f.Command("U1", "", "/coalition")
		e := next(t, conn)
		ack(t, conn, e)
		payload, _ := e["payload"].(map[string]any)
		id, _ := payload["trigger_id"].(string)
		return id
	}
	open := func(trigger string) any {
		return call(t, f, "views.open", `{"trigger_id": "`+trigger+`", "view": {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}}`)["error"]
	}
	id := trigger()
	if e := open(id); e != nil {
		t.Errorf("refused: %v", e)
	}
	if e := open(id); e != "exchanged_trigger_id" {
		t.Errorf("used twice: %v", e)
	}
	id = trigger()
	c.move(triggerLife + time.Second)
	if e := open(id); e != "expired_trigger_id" {
		t.Errorf("used too late: %v", e)
	}
	if e := open("made up"); e != "invalid_trigger_id" {
		t.Errorf("made up: %v", e)
	}
}

func TestMessagesHaveDifferentTimes(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	f := Start(t, Config{Now: c.read})
	f.AddChannel("C1", "general", BotUser)
	seen := map[any]bool{}
	for range 5 {
		ts := call(t, f, "chat.postMessage", `{"channel": "C1", "text": "x"}`)["ts"]
		if ts == nil || seen[ts] {
			t.Fatalf("ts %v", ts)
		}
		seen[ts] = true
	}
	page := call(t, f, "conversations.history", `{"channel": "C1", "limit": 2, "oldest": "1795424400.000001"}`)
	messages, _ := page["messages"].([]any)
	if len(messages) != 2 || page["has_more"] != true {
		t.Errorf("a page of history: %v", page)
	}
}

func TestUnknownMethodsAndTokens(t *testing.T) {
	t.Parallel()
	f := Start(t, Config{})
	if e := call(t, f, "chat.shout", "{}")["error"]; e != "unknown_method" {
		t.Errorf("said %v", e)
	}
	if calls := f.Calls("chat.shout"); len(calls) != 1 || calls[0].Answer != "unknown_method" {
		t.Errorf("noted %+v", calls)
	}
}
