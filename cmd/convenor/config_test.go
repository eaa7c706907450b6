package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigListsEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := readConfig([]string{
		"REDIS_URL=localhost:6379",
		"SLACK_BOT_TOKEN=not-a-token-secret",
		"SLACK_API_URL=https://slack.example",
		"LISTEN_ADDR=8080",
		"LOG_LEVEL=loud",
		"CONVENOR_REHEARSAL=perhaps",
		"CONVENOR_CONTENT=" + filepath.Join(t.TempDir(), "absent"),
		"DISCORD_TOKEN=x",
		"SLACK_APP_TOKEN_FILE=" + filepath.Join(t.TempDir(), "absent"),
	}, true)
	if err == nil {
		t.Fatal("a wrong configuration was taken")
	}
	for _, name := range []string{
		"REDIS_URL", "SLACK_BOT_TOKEN", "SLACK_API_URL", "LISTEN_ADDR", "LOG_LEVEL", "CONVENOR_REHEARSAL",
		"CONVENOR_CONTENT", "DISCORD_TOKEN", "SLACK_APP_TOKEN_FILE", "SLACK_APP_TOKEN:",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "not-a-token-secret") {
		t.Errorf("a secret's value is repeated:\n%v", err)
	}
}

// Slack reaches Convenor in exactly one way.
func TestConfigWantsOneWay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		env  []string
		want []string // empty when it is right
	}{
		"Socket Mode":         {[]string{"SLACK_APP_TOKEN=xapp-1"}, nil},
		"HTTP":                {[]string{"SLACK_SIGNING_SECRET=8f742231b10e"}, nil},
		"neither":             {nil, []string{"SLACK_APP_TOKEN:", "SLACK_SIGNING_SECRET"}},
		"both":                {[]string{"SLACK_APP_TOKEN=xapp-1", "SLACK_SIGNING_SECRET=8f742231b10e"}, []string{"SLACK_SIGNING_SECRET:", "keep one"}},
		"a token as a secret": {[]string{"SLACK_SIGNING_SECRET=xapp-1-secret", "LOG_LEVEL=loud"}, []string{"SLACK_SIGNING_SECRET:", "LOG_LEVEL:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readConfig(append([]string{"SLACK_BOT_TOKEN=xoxb-1"}, tt.env...), true)
			if (err == nil) != (len(tt.want) == 0) {
				t.Fatalf("said %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
			if err != nil && (strings.Contains(err.Error(), "8f742231b10e") || strings.Contains(err.Error(), "xapp-1-secret")) {
				t.Errorf("a secret's value is repeated:\n%v", err)
			}
		})
	}
}

func TestConfigReadsSecretsFromFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("xapp-1-example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := readConfig([]string{"SLACK_BOT_TOKEN=xoxb-example", "SLACK_APP_TOKEN_FILE=" + file}, true)
	if err != nil {
		t.Fatal(err)
	}
	if c.SlackAppToken != "xapp-1-example" || c.ListenAddr != "127.0.0.1:8080" {
		t.Errorf("got %q and %q", c.SlackAppToken, c.ListenAddr)
	}
	if _, err = readConfig([]string{"SLACK_APP_TOKEN=xapp-2", "SLACK_APP_TOKEN_FILE=" + file}, false); err == nil {
		t.Error("a variable given twice was taken")
	}
}
