package main

import (
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/discord"
	"convenor/bot/discord/discordfake"
	"convenor/content"
)

// TestCommandsOfThePack writes the commands in the words of the embedded pack: Discord takes them, and each Spanish name
// is a word that means the same when it is typed elsewhere.
func TestCommandsOfThePack(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	f := discordfake.Start(t, discordfake.Config{Check: discordfake.Contract(t)})
	d, err := discord.New(discord.Options{Token: discordfake.Token, APIURL: f.APIURL(), Pack: pack, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	type command struct {
		Name      string            `json:"name"`
		Names     map[string]string `json:"name_localizations"`
		Described map[string]string `json:"description_localizations"`
		Options   []command         `json:"options"`
	}
	var written []command
	if err := json.Unmarshal([]byte(f.Calls("PUT /applications/{app}/commands")[0].Body), &written); err != nil {
		t.Fatal(err)
	}
	if len(written) != 2 || written[1].Names["es-ES"] != "Guardar como paso de acción" {
		t.Fatalf("%d commands", len(written))
	}
	var every func(list []command)
	every = func(list []command) {
		for _, c := range list {
			for _, locale := range []string{"en-US", "es-ES", "es-419"} {
				if c.Names[locale] == "" || c.Described[locale] == "" {
					t.Errorf("%s has no words in %s", c.Name, locale)
				}
			}
			every(c.Options)
		}
	}
	every(written[0].Options)
	for _, s := range written[0].Options {
		if es := s.Names["es-419"]; s.Name != "home" && !bot.Means(es, s.Name) {
			t.Errorf("%q does not mean %q when it is typed", es, s.Name)
		}
	}
}
