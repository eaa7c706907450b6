package main

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"convenor/bot/discord/discordfake"
	"convenor/flows"
	"convenor/store"
	"convenor/store/redistest"
)

// TestTheNextOwnerTakesOver: of three processes with one bot's token one has its session. It is killed, and what somebody
// writes before another has taken over is answered all the same; that one is told to go, and the third goes on. All of it
// is one session for Discord, and nothing is answered twice.
func TestTheNextOwnerTakesOver(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t).URL()
	o := bareOffice(t, redis)
	f := join(t, o, false, discordfake.User{ID: rosa, Name: "Rosa", Locale: "en-US"})
	o.launch()
	arrive(t, o, f, false)
	c := club{people{o, flows.English}, f}
	known, err := store.Open(t.Context(), store.Options{URL: redis, Rehearsal: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = known.Close() })
	stands := func(owners int64) {
		t.Helper()
		for soon := o.soon(); ; {
			fence, is, err := known.LookShard(soon, discordfake.ApplicationID, "0/1")
			if err != nil {
				t.Fatal(err)
			}
			if fence == owners && is {
				return
			}
		}
	}
	asks := func(answers int) {
		t.Helper()
		f.Write(rosa, "", "help")
		if err := f.Await(o.soon(), "an answer", func() bool { return len(menus(c)) == answers }); err != nil {
			t.Fatal(err)
		}
	}
	c.acts(f.Command(rosa, commons, "home", nil))
	stands(1)
	second := o.beside()
	ready(t, second)
	asks(1)

	o.kill()
	if err := f.AwaitSockets(o.soon(), 0); err != nil {
		t.Fatal(err)
	}
	asks(2) // while nobody is there to hear it
	stands(2)
	third := o.beside()
	ready(t, third)
	if err := second.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	stands(3)
	asks(3)
	if begun, resumed := f.Links(); begun != 1 || resumed != 2 || f.Sockets() != 1 {
		t.Errorf("%d sessions begun, %d resumed, %d connections", begun, resumed, f.Sockets())
	}
}

// menus are the answers to help that stand in rosa's direct messages.
func menus(c club) (list []discordfake.Message) {
	for _, m := range c.server.Messages(discordfake.DMChannel(rosa)) {
		if m.Author == discordfake.BotUser && strings.Contains(m.Shown(), c.word("menu.title")) {
			list = append(list, m)
		}
	}
	return list
}

// ready waits until a process says that it is, also while another has the session.
func ready(t *testing.T, o *office) {
	t.Helper()
	for soon := o.soon(); ; {
		r, err := http.NewRequestWithContext(soon, http.MethodGet, "http://"+o.addr+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if soon.Err() != nil {
			t.Fatal("it is never ready")
		}
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
}
