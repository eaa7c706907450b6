package slack

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata" // so that zones are the same on every machine

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/content"
	"convenor/store"
)

// TestVerbs keeps what each verb answers and what the home tab shows, as Slack gets it: to somebody who has just come,
// to a coordinator of a coalition at work, and to a member with a step; in both languages. A verb without a file fails.
func TestVerbs(t *testing.T) {
	t.Parallel()
	for _, locale := range bottest.Locales() {
		t.Run(string(locale), func(t *testing.T) {
			t.Parallel()
			s := got(store.Open(t.Context(), store.Options{Dir: t.TempDir()}))(t)
			t.Cleanup(func() { _ = s.Close() })
			config := bot.Config{Ledger: s, Outbox: s, Pack: got(content.Embedded())(t), Log: slog.New(slog.DiscardHandler), Zone: time.LoadLocation}
			cast := bottest.Cast{Platform: name, Place: "slack:T1", Channel: general, People: [3]string{"U1", "U2", "U3"}}
			for _, scene := range bottest.Tour(t, config, cast, locale) {
				var lines bytes.Buffer
				for _, p := range scene.Pieces {
					v := dressed(t, p)
					switch {
					case p.Name == "home":
						v = home(*p.Message)
						checkForm(t, home(*p.Message))
					case p.Message != nil:
						v = sent(t, *p.Message, "") // whispers have no mark
					}
					lines.WriteString(p.Name + " " + compact(t, v) + "\n")
				}
				bottest.Golden(t, *update, filepath.Join("testdata", "verbs", scene.Name+".golden.txt"), lines.Bytes())
			}
		})
	}
}
