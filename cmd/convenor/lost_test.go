package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/slack"
	"convenor/bot/slack/slackfake"
	"convenor/store"
	"convenor/store/redistest"
)

// losses are the ways in which the answer to a post gets lost. Whether the post stands then, nobody was told.
func losses(never <-chan struct{}) map[string]slackfake.Fault {
	list := map[string]slackfake.Fault{
		"time-out":              {Hold: never, Done: true},
		"posted after time-out": {Hold: never},
		"posted late":           {Drop: true, Late: true},
		"history is blind":      {Drop: true, Done: true, Blind: true},
		"closed":                {Drop: true, Done: true},
		"reset":                 {Reset: true, Done: true},
		"cut off":               {Cut: true, Done: true},
	}
	for _, status := range []int{
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusRequestTimeout,
	} {
		list[fmt.Sprint("status ", status)] = slackfake.Fault{Status: status, Done: true}
	}
	for _, word := range []string{"fatal_error", "internal_error", "service_unavailable", "request_timeout"} {
		list[word] = slackfake.Fault{Error: word, Done: true}
	}
	for name, body := range map[string]string{
		"no JSON": "<html>sorry</html>", "half of it": `{"ok":tr`, "nothing in it": `{"ok":true}`, "a list": `[]`, "blank": " ",
	} {
		list[name] = slackfake.Fault{Body: body, Done: true}
	}
	return list
}

// lossTrials is how many posts lose their answer.
const lossTrials = 200

// TestAnAnswerLostAfterThePost adds Convenor to channels whose first post loses its answer, in every way there is, with
// looks that fail, too: each channel gets its message, and gets it once.
func TestAnAnswerLostAfterThePost(t *testing.T) {
	t.Parallel()
	fake := slackfake.Start(t, slackfake.Config{})
	fake.AddUser(slackfake.User{ID: "U1", Name: "Rosa", Zone: "America/Chicago", Locale: "en-US"})
	h := houseIn(t, fake)
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	var channels []string
	begin := func(fault slackfake.Fault) {
		id := fmt.Sprint("C", len(channels))
		fake.AddChannel(id, id, "U1", slackfake.BotUser)
		fake.Fault("chat.postMessage", fault)
		channels = append(channels, id)
	}
	for len(channels) < lossTrials {
		for _, fault := range losses(never) {
			if len(channels) < lossTrials {
				begin(fault)
			}
		}
	}
	for _, fault := range losses(never) { // and the same where nothing was posted, which only a look can tell apart
		if fault.Done {
			fault.Done, fault.Hold = false, nil
			begin(fault)
		}
	}
	for _, id := range channels {
		if _, err := h.bot.Handle(t.Context(), bot.Inbound{
			Key: "slack:" + id, Platform: "slack", Place: "slack:T1", Channel: id, User: "U1", Opened: &bot.Opened{Added: true},
		}); err != nil {
			t.Fatal(err)
		}
	}
	deliverAll(t, h)
	if posts := len(fake.Calls("chat.postMessage")); posts < len(channels) {
		t.Fatalf("%d of %d posts were tried", posts, len(channels))
	}
	for range 40 {
		fake.Fault("conversations.history", slackfake.Fault{Status: http.StatusBadGateway}, slackfake.Fault{},
			slackfake.Fault{Status: http.StatusTooManyRequests, RetryAfter: 2 * time.Second}, slackfake.Fault{Drop: true})
	}
	for range 12 { // a look that fails is made again later
		fake.Arrive()
		if err := h.clock.advance(t.Context(), 2*time.Minute); err != nil {
			t.Fatal(err)
		}
		deliverAll(t, h)
	}
	once := 0
	for i, id := range channels {
		switch n := len(fake.Messages(id)); {
		case n != 1:
			t.Errorf("%d messages in %s", n, id)
		case i < lossTrials:
			once++
		}
	}
	t.Logf("one message in the channel: %d trials of %d", once, lossTrials)
}

// deliverAll sends until nothing is ready.
func deliverAll(t *testing.T, h *house) {
	t.Helper()
	for {
		n, err := h.bot.Deliver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// houseIn puts the parts of `convenor serve` together in this process, on Redis and in a workspace whose answers are
// not waited for long. Nothing ticks: the test does what is to be done.
func houseIn(t *testing.T, fake *slackfake.Fake) *house {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	h, err := openHouse(t.Context(), store.Options{URL: redistest.Start(t).URL(), Rehearsal: true}, "", log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	botToken, appToken := fake.Tokens()
	carrier := &http.Transport{ResponseHeaderTimeout: time.Second}
	t.Cleanup(carrier.CloseIdleConnections)
	chat, err := slack.New(slack.Options{
		BotToken: botToken, AppToken: appToken, APIURL: fake.APIURL(), Pack: h.pack, Now: h.clock.now, Log: log, Transport: carrier,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := chat.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	h.with(bot.Limits{}, nil, chat)
	return h
}
