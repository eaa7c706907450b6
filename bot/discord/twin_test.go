package discord

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

// twin is a pretend Discord that others made, in a process of its own.
type twin struct {
	in  io.Writer
	out *bufio.Scanner

	API, Token, Guild, Channel, User string
}

// openTwin starts it, or skips the test where it is not installed.
func openTwin(t *testing.T) *twin {
	t.Helper()
	dir := filepath.Join("..", "..", "deploy", "twin")
	_, err := os.Stat(filepath.Join(dir, "node_modules", "discord-digital-twin"))
	node, missing := exec.LookPath("node")
	if err != nil || missing != nil {
		t.Skip("NOT TRIED against a pretend Discord that others made: it is not installed. With npm: make twin")
	}
	c := exec.CommandContext(t.Context(), node, "twin.mjs")
	c.Dir, c.Stderr = dir, os.Stderr
	in, err := c.StdinPipe()
	must(t, err)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	w := &twin{in: in, out: bufio.NewScanner(out)}
	w.out.Buffer(nil, 1<<20)
	w.read(t, w)
	return w
}

func (w *twin) read(t *testing.T, into any) {
	t.Helper()
	if !w.out.Scan() {
		t.Fatalf("it says nothing: %v", w.out.Err())
	}
	if err := json.Unmarshal(w.out.Bytes(), into); err != nil {
		t.Fatalf("%s: %v", w.out.Bytes(), err)
	}
}

func (w *twin) does(t *testing.T, ask map[string]string, into any) {
	t.Helper()
	raw, err := json.Marshal(ask)
	must(t, err)
	_, err = w.in.Write(append(raw, '\n'))
	must(t, err)
	w.read(t, into)
}

// TestTwin: a pretend Discord that others made, for bots of another library, is satisfied as well: a session, commands,
// a command and a press that are answered, a message that is posted, edited, found and taken back.
func TestTwin(t *testing.T) {
	t.Parallel()
	w := openTwin(t)
	d := adapter(t, server(t, discordfake.Config{Unheard: true}), func(o *Options) { o.Token, o.APIURL = w.Token, w.API+"/v10" })
	must(t, d.Check(t.Context()))
	must(t, d.request(t.Context(), http.MethodPut, d.commandsPath(), d.commands(), nil)) // it does not tell which it has
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx, whispers{saying("Only you see this.")}) }()
	defer func() {
		stop()
		must(t, <-done)
	}()
	for d.Healthy() != nil {
		must(t, patient(t).Err())
	}
	var ack struct {
		Type int
		Data string
	}
	w.does(t, map[string]string{"do": "command"}, &ack)
	if ack.Type != answerMessage || !strings.Contains(ack.Data, "Only you see this.") {
		t.Errorf("a command is answered by %+v", ack)
	}
	to, m := bot.Address{Place: place(w.Guild), Channel: w.Channel}, saying("A step.")
	m.Controls = []bot.Control{{Kind: flows.ControlButton, Label: "Done", Token: "step.done|a"}}
	at, err := d.Send(t.Context(), to, "key-1", m)
	must(t, err)
	must(t, d.Edit(t.Context(), at, m))
	found, ok, err := d.Find(t.Context(), to, "key-1", time.Now().Add(-time.Minute))
	if err != nil || !ok || found != at {
		t.Errorf("found %v, %v, %v", found, ok, err)
	}
	w.does(t, map[string]string{"do": "press", "message": at.Message, "custom": customID(w.Guild, flows.English, 0, "step.done|a")}, &ack)
	if ack.Type != answerMessage || !strings.Contains(ack.Data, "Only you see this.") {
		t.Errorf("a press is answered by %+v", ack)
	}
	must(t, d.Retract(t.Context(), at))
}
