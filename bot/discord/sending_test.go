package discord

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

// wire carries requests to a pretend Discord without a network, so that a clock of its own can pass while they are
// waited for.
type wire struct{ *discordfake.Fake }

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, r)
	return answer.Result(), nil
}

// wired runs a test whose time passes at once, with n adapters of one bot.
func wired(t *testing.T, c discordfake.Config, n int, log *slog.Logger, do func(t *testing.T, f *discordfake.Fake, all []*Discord)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c.Unheard = true
		f := server(t, c)
		var all []*Discord
		for range n {
			all = append(all, adapter(t, f, func(o *Options) { o.Transport, o.Log = wire{f}, log }))
		}
		do(t, f, all)
	})
}

func saying(text string) bot.Message {
	return bot.Message{Locale: flows.English, Blocks: []bot.Block{{Style: flows.StyleBody, Text: text}}}
}

// refusals counts the requests that were answered 429.
func refusals(f *discordfake.Fake) (n int) {
	for _, c := range f.Calls("") {
		if c.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}

// all sends so many messages at once, over 250 channels, and comes back to those that are to wait, as the outbox does.
func all(t *testing.T, f *discordfake.Fake, by []*Discord, n, channels int) {
	t.Helper()
	for i := range channels {
		f.AddChannel(strconv.Itoa(200000000000000000+i), "room")
	}
	var sending sync.WaitGroup
	for i := range n {
		sending.Go(func() {
			d, to := by[i%len(by)], bot.Address{Place: place(discordfake.Guild), Channel: strconv.Itoa(200000000000000000 + i%channels)}
			for {
				_, err := d.Send(t.Context(), to, fmt.Sprintf("key-%d", i), saying("A reminder."))
				busy, ok := errors.AsType[*bot.BusyError](err)
				if !ok {
					if err != nil {
						t.Error(err)
					}
					return
				}
				<-after(busy.After)
			}
		})
	}
	sending.Wait()
	stands := 0
	for i := range channels {
		stands += len(f.Messages(strconv.Itoa(200000000000000000 + i)))
	}
	if stands != n {
		t.Errorf("%d of %d messages stand", stands, n)
	}
}

// TestAThousandSends: they go out as fast as Discord lets them, and none draws a 429. Of two processes that know nothing of
// each other few do.
func TestAThousandSends(t *testing.T) {
	t.Parallel()
	for processes, most := range map[int]int{1: 0, 2: 50} {
		wired(t, discordfake.Config{Global: 50}, processes, slog.New(slog.DiscardHandler), func(t *testing.T, f *discordfake.Fake, by []*Discord) {
			t.Helper()
			begun := time.Now()
			all(t, f, by, 1000, 250)
			took := time.Since(begun)
			t.Logf("%d processes: 1,000 sends in %v, %d times 429", processes, took, refusals(f))
			if n := refusals(f); n > most || took > time.Minute {
				t.Errorf("%d processes: %d times 429 in %v", processes, n, took)
			}
		})
	}
}

// TestRouteLimits: many messages for few channels keep to what each channel takes, from the first on.
func TestRouteLimits(t *testing.T) {
	t.Parallel()
	wired(t, discordfake.Config{Global: 50, Route: 5, Per: 2 * time.Second}, 1, slog.New(slog.DiscardHandler), func(t *testing.T, f *discordfake.Fake, by []*Discord) {
		t.Helper()
		begun := time.Now()
		all(t, f, by, 110, 10)
		if n, took := refusals(f), time.Since(begun); n > 0 || took > 10*time.Second {
			t.Errorf("%d times 429 in %v", n, took)
		}
	})
}

// TestGuardAgainstTheBan: long before Discord shuts the machine out nothing is sent any more, the operator is told and the
// process is not ready; then it goes on by itself.
func TestGuardAgainstTheBan(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	wired(t, discordfake.Config{}, 1, slog.New(slog.NewTextHandler(&log, nil)), func(t *testing.T, f *discordfake.Fake, by []*Discord) {
		t.Helper()
		d, to := by[0], bot.Address{Place: place(discordfake.Guild), Channel: general}
		for range invalidMax {
			f.Fault("POST /channels/{channel}/messages", discordfake.Fault{Status: 403, Code: 50013})
		}
		var busy *bot.BusyError
		for n := 0; !errors.As(d.try(t, to), &busy); n++ {
			if n > invalidMax {
				t.Fatal("it goes on and on")
			}
		}
		sent := len(f.Calls(""))
		if f.Invalid() > invalidMax || busy.After <= 0 || busy.After > invalidIn+time.Second {
			t.Errorf("%d refused, wait %v", f.Invalid(), busy.After)
		}
		if err := d.Healthy(); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("healthy: %v", err)
		}
		if err := d.request(t.Context(), http.MethodPost, "interactions/1/x/callback", answered{Type: answerPong}, nil); err == nil || len(f.Calls("")) != sent {
			t.Errorf("an interaction is answered all the same: %v", err)
		}
		if n := strings.Count(log.String(), "nothing is sent for a while"); n != 1 {
			t.Errorf("the operator is told %d times: %s", n, log.String())
		}
		<-after(busy.After)
		if err := d.try(t, to); err != nil {
			t.Errorf("after %v: %v", busy.After, err)
		}
		if err := d.Healthy(); strings.Contains(err.Error(), "refused") || !strings.Contains(log.String(), "sent again") {
			t.Errorf("healthy: %v", err)
		}
	})
}

func (d *Discord) try(t *testing.T, to bot.Address) error {
	t.Helper()
	_, err := d.Send(t.Context(), to, "key", saying("A reminder."))
	return err
}

// TestSendIsMarkedAndCallsNobody: each body that posts or edits names who may be called; a send carries its key, and is found by
// it whatever was made of it.
func TestSendIsMarkedAndCallsNobody(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	d := adapter(t, f, nil)
	must(t, d.Start(t.Context()))
	to := bot.Address{Place: place(discordfake.Guild), Channel: general}
	at, err := d.Send(t.Context(), to, "key-1", saying("@everyone <@"+ana+">"))
	must(t, err)
	again, err := d.Send(t.Context(), to, "key-1", saying("@everyone <@"+ana+">")) // Discord knows its nonce
	must(t, err)
	must(t, d.Edit(t.Context(), at, saying("@here")))
	other := adapter(t, f, nil) // knows nothing of it
	must(t, other.Start(t.Context()))
	must(t, other.Edit(t.Context(), at, saying("@here, again")))
	if at != again || len(f.Messages(general)) != 1 {
		t.Errorf("sent twice: %v, %v", at, again)
	}
	found, ok, err := d.Find(t.Context(), to, "key-1", time.Now().Add(-time.Minute))
	must(t, err)
	if !ok || found != at {
		t.Errorf("found %v, %v", found, ok)
	}
	for _, c := range f.Calls("") {
		if strings.Contains(c.Route, "messages") && c.Body != "" && !strings.Contains(c.Body, `"allowed_mentions":{"parse":[]}`) {
			t.Errorf("%s does not say who is called: %s", c.Route, c.Body)
		}
		if c.Route == "POST /channels/{channel}/messages" && !strings.Contains(c.Body, `"nonce":"key-1","enforce_nonce":true`) {
			t.Errorf("a send without its key: %s", c.Body)
		}
	}
	f.AddUser(discordfake.User{ID: "100000000000000013", Name: "Closed", Closed: true})
	_, err = d.Send(t.Context(), bot.Address{Place: to.Place, User: "100000000000000013"}, "key-2", saying("x"))
	if gone, ok := errors.AsType[*bot.GoneError](err); !ok || gone.Reason != "closed" {
		t.Errorf("closed direct messages: %v", err)
	}
}

// TestFindNothingThatIsOlder: what was posted long before the instant from which on it is looked for is another message.
func TestFindNothingThatIsOlder(t *testing.T) {
	t.Parallel()
	d := adapter(t, server(t, discordfake.Config{}), nil)
	must(t, d.Start(t.Context()))
	to := bot.Address{Place: place(discordfake.Guild), Channel: general}
	at, err := d.Send(t.Context(), to, "key-1", saying("x"))
	must(t, err)
	if found, ok, err := d.Find(t.Context(), to, "key-1", time.Now()); err != nil || !ok || found != at {
		t.Errorf("from now on: %v, %v, %v", found, ok, err)
	}
	if found, ok, err := d.Find(t.Context(), to, "key-1", time.Now().Add(time.Hour)); err != nil || ok {
		t.Errorf("from in an hour on: %v, %v, %v", found, ok, err)
	}
}
