package slack

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
)

// TestEachMethodInTurn takes each method from the server: a needed one stops the start by its name, an optional one is
// left out with one line in the log.
func TestEachMethodInTurn(t *testing.T) {
	t.Parallel()
	for _, n := range Needs() {
		t.Run(n.Method, func(t *testing.T) {
			t.Parallel()
			f := workspace(t, slackfake.Config{})
			var log strings.Builder
			s := adapter(t, f, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
			f.Lack(n.Method)
			err := s.Check(t.Context())
			if n.Needed {
				if err == nil || n.Method != "auth.test" && n.Method != methodConnect && !strings.Contains(err.Error(), n.Method) {
					t.Errorf("it starts without %s: %v", n.Method, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("it does not start without %s, which is optional: %v", n.Method, err)
			}
			if !s.lacks(n.Method) || strings.Count(log.String(), "level=") != 1 || !strings.Contains(log.String(), n.Method) {
				t.Errorf("the log says:\n%s", log.String())
			}
		})
	}
}

// TestAMethodThatDoesNotAnswer holds no start up: it is taken to be there.
func TestAMethodThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	f := workspace(t, slackfake.Config{})
	s := adapter(t, f, nil)
	for _, n := range Needs() {
		if n.Method != "auth.test" && n.Method != methodConnect {
			f.Fault(n.Method, slackfake.Fault{Hold: t.Context().Done()})
		}
	}
	must(t, s.Start(patient(t)))
	for _, n := range Needs() {
		if s.lacks(n.Method) {
			t.Errorf("%s is left out", n.Method)
		}
	}
}

// TestWithoutTheOptional does what the optional methods are for on a server that has none of them.
func TestWithoutTheOptional(t *testing.T) {
	t.Parallel()
	f := workspace(t, slackfake.Config{})
	for _, n := range Needs() {
		if !n.Needed {
			f.Lack(n.Method)
		}
	}
	s := adapter(t, f, nil)
	must(t, s.Start(t.Context()))
	if p, err := s.Profile(t.Context(), s.Place(), ana); err != nil || p.Name != "" {
		t.Errorf("a profile: %+v %v", p, err)
	}
	must(t, s.publish(t.Context(), ana, says("home")))
	at, err := s.Send(t.Context(), channel, "k1", says("Hello"))
	must(t, err)
	if err := s.Retract(t.Context(), at); err == nil {
		t.Error("a message was taken back")
	}
	d := decoded{channel: general}
	d.in.User = ana
	must(t, s.whisper(t.Context(), d, says("For you alone")))
	for _, n := range Needs() {
		if calls := f.Calls(n.Method); !n.Needed && len(calls) > 0 {
			t.Errorf("%s was called %d times", n.Method, len(calls))
		}
	}
}

// TestManifestFile holds deploy/slack/manifest.yaml current.
func TestManifestFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "deploy", "slack", "manifest.yaml")
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := Manifest(""); string(kept) != want {
		t.Errorf("%s is not what `convenor manifest slack` prints:\n%s", file, want)
	}
	over := Manifest("https://bot.example.org/")
	for _, want := range []string{
		"https://bot.example.org/slack/events", "https://bot.example.org/slack/interactions", "https://bot.example.org/slack/commands",
		"socket_mode_enabled: false",
	} {
		if !strings.Contains(over, want) {
			t.Errorf("the manifest for HTTP lacks %s", want)
		}
	}
	_, hint, _ := strings.Cut(over, "usage_hint: ")
	hint, _, _ = strings.Cut(hint, "\n")
	if !slices.Equal(strings.Split(hint, " | "), bot.Verbs()) || len(hint) > 1000 { // so much Slack takes
		t.Errorf("the hint is %q", hint)
	}
	if link := ManifestLink(over); strings.ContainsAny(link, " \n") || !strings.HasPrefix(link, "https://api.slack.com/apps?new_app=1&manifest_yaml=") {
		t.Errorf("the link is %s", link)
	}
}

// TestReadmeNamesEachMethod makes sure that README marks every method as needed or optional.
func TestReadmeNamesEachMethod(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range Needs() {
		word := "optional"
		if n.Needed {
			word = "needed"
		}
		if line := "| `" + n.Method + "` | " + word + " | " + n.For + " |"; !strings.Contains(string(text), line) {
			t.Errorf("README lacks the line\n%s", line)
		}
	}
}
