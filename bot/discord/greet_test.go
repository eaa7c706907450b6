package discord

import (
	"testing"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
)

// TestArrival tells the Handler of a server, in a channel where Convenor may write: the one that newcomers are greeted in
// before the others.
func TestArrival(t *testing.T) {
	t.Parallel()
	const leaders, lobby = "100000000000000022", "100000000000000023"
	for name, tt := range map[string]struct {
		system  string
		closed  []string
		channel string // "" for none
	}{
		"where newcomers are greeted":    {lobby, nil, lobby},
		"the first one":                  {"", nil, general},
		"not where it may not write":     {lobby, []string{lobby}, general},
		"the first in which it may":      {"", []string{general, leaders}, lobby},
		"in none when it may in nowhere": {lobby, []string{general, leaders, lobby}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := server(t, discordfake.Config{})
			f.AddChannel(leaders, "leaders")
			f.AddChannel(lobby, "lobby")
			for _, id := range tt.closed {
				f.Overwrite(id, discordfake.Guild, discordfake.Overwrite{Deny: 1 << 11})
			}
			d := adapter(t, f, nil)
			must(t, d.Start(t.Context()))
			h := &heard{in: make(chan bot.Inbound, 9)}
			serve(t, f, d, h)
			f.Join(tt.system, "es-ES")
			if tt.channel == "" {
				must(t, f.Command(ana, general, "help", nil).Wait(patient(t)))
				if in := <-h.in; in.Command == nil {
					t.Errorf("it came to %s", in.Channel)
				}
				return
			}
			in := <-h.in
			if in.Opened == nil || !in.Opened.Added || in.Channel != tt.channel || in.Place != place(discordfake.Guild) || in.User != "" || in.Locale != "es" {
				t.Errorf("heard %+v", in)
			}
		})
	}
}
