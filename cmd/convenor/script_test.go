package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/bot/web"
	"convenor/flows"
	"convenor/flows/flowtest"
	"convenor/store"
)

// stage is a playground in this process, without a browser.
type stage struct {
	*testing.T
	*playground
	http *httptest.Server
	acts int
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir := t.TempDir()
	h, err := openHouse(t.Context(), store.Options{Dir: filepath.Join(dir, "store"), Rehearsal: true}, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	world, err := web.Open(filepath.Join(dir, "platforms"), h.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	p, err := newPlayground(t.Context(), h, world)
	if err != nil {
		t.Fatal(err)
	}
	page, err := p.page(world)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{T: t, playground: p, http: httptest.NewServer(page)}
	t.Cleanup(func() { page.Close(); s.http.Close() })
	return s
}

// does lets a persona do something, what under how, and everything happen that follows.
func (s *stage) does(who, in, how string, what any) {
	s.Helper()
	s.acts++
	body, err := json.Marshal(map[string]any{"id": fmt.Sprintf("act-%08d", s.acts), "as": who, "in": in, how: what})
	if err != nil {
		s.Fatal(err)
	}
	r, err := http.Post(s.http.URL+"/act", "application/json", bytes.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		s.Fatal(what, r.Status)
	}
	if err := s.quiet(s.Context()); err != nil {
		s.Fatal(err)
	}
}

// script saves what a persona said last in a conversation.
func (s *stage) script(who, in string) (name, text string, code int) {
	s.Helper()
	r, err := http.Get(s.http.URL + "/script?" + url.Values{"as": {who}, "in": {in}}.Encode())
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.Fatal(err)
	}
	return r.Header.Get("Content-Disposition"), string(body), r.StatusCode
}

// TestSaveAsScript holds a conversation in the playground, saves it, and plays what was saved: it goes word for word as
// it went, and the command line plays it, too.
func TestSaveAsScript(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const who, in = "marcus", "dm.marcus"
	if _, _, code := s.script(who, in); code != http.StatusNotFound {
		t.Fatal("something is saved before anything was asked:", code)
	}
	s.does(who, in, "press", bot.Press{Token: flows.Token{Verb: flows.VerbStart, Object: "messenger"}.String()})
	for _, text := range []string{
		"Marcus", "Right here", "Speak: tell my story, meet people in office", "1, 2", "Second Street", "Yes",
	} {
		s.does(who, in, "text", text)
	}
	name, text, code := s.script(who, in)
	if code != http.StatusOK || !strings.Contains(name, "messenger-marcus.en.script") {
		t.Fatal(code, name, text)
	}
	if err := flowtest.Play(s.pack, "saved", []byte(text)); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"\nflow    messenger\n", "types: Second Street", "record messenger:", "level = speak", "= done"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	file := filepath.Join(t.TempDir(), "saved.script")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	playsOnTheCommandLine(t, file, text)
}

// playsOnTheCommandLine plays a script that is right, wrong, and right again after it was recorded.
func playsOnTheCommandLine(t *testing.T, file, text string) {
	t.Helper()
	play := func(want int, args ...string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(t.Context(), append([]string{"content", "run"}, args...), nil, &out, &errOut); code != want {
			t.Errorf("%v exits with %d: %s%s", args, code, &out, &errOut)
		}
		return out.String() + errOut.String()
	}
	play(0, file)
	wrong := strings.Replace(text, "level = speak", "level = share", 1)
	if err := os.WriteFile(file, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := play(1, file); !strings.Contains(said, "-   level = share") || !strings.Contains(said, "+   level = speak") {
		t.Error("the difference is not shown:", said)
	}
	play(0, "--record", file)
	if now, err := os.ReadFile(file); err != nil || string(now) != text {
		t.Error("recorded otherwise:", err, string(now))
	}
	play(1, filepath.Join(t.TempDir(), "nowhere.script"))
}
