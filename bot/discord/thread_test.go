package discord

import (
	"context"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

// noted keeps what it hears.
type noted struct {
	mu    sync.Mutex
	heard []bot.Inbound
}

func (n *noted) Handle(_ context.Context, in bot.Inbound) (bot.Answer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = append(n.heard, in)
	return bot.Answer{}, nil
}

func words(s string) bot.Message {
	return bot.Message{Locale: flows.English, Blocks: []bot.Block{{Text: s}}}
}

// TestWhatIsWrittenInAThread comes with the message that the thread hangs on, in the channel of that message: by a
// process that opened the thread, and by one that never saw it before.
func TestWhatIsWrittenInAThread(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	at := bot.Address{Place: place(discordfake.Guild), Channel: general}
	for _, fresh := range []bool{false, true} {
		d := adapter(t, f, nil)
		must(t, d.Start(t.Context()))
		if !fresh {
			question, err := d.Send(t.Context(), at, "question", words("Who else should sit at the table?"))
			must(t, err)
			at.Thread = question.Message
			below, err := d.Send(t.Context(), at, "answers", words("Two answers"))
			must(t, err)
			if below.Channel != question.Message {
				t.Errorf("it stands in %s, not in the thread", below.Channel)
			}
		}
		n := &noted{}
		h := &counted{Handler: n, notify: make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- d.Serve(ctx, h) }()
		must(t, f.AwaitSockets(patient(t), 1))
		for i, where := range []string{at.Thread, general} {
			must(t, f.Write(ben, where, "<@"+discordfake.BotUser+"> the landlords").Wait(patient(t)))
			h.await(t, i+1)
			n.mu.Lock()
			in := n.heard[i]
			n.mu.Unlock()
			want := at.Thread
			if where == general {
				want = ""
			}
			if in.Channel != general || in.Typed.Thread != want || in.Typed.Text != "the landlords" {
				t.Errorf("written in %s: heard %+v, %+v", where, in, in.Typed)
			}
		}
		stop()
		must(t, <-over)
		must(t, f.AwaitSockets(patient(t), 0)) // else the next one's event may go to this one
	}
	if n := len(f.Calls("GET /channels/{channel}")); n != 3 {
		t.Errorf("Discord was asked %d times what a channel is: the opened thread is known, each other is asked about once", n)
	}
}

// TestNoThreadIsTheChannel: where Convenor may open no thread, what belongs there stands in the channel and is found.
func TestNoThreadIsTheChannel(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	d := adapter(t, f, nil)
	must(t, d.Start(t.Context()))
	at, since := bot.Address{Place: place(discordfake.Guild), Channel: general}, time.Now().Add(-time.Minute)
	question, err := d.Send(t.Context(), at, "question", words("Who?"))
	must(t, err)
	at.Thread = question.Message
	const open = "POST /channels/{channel}/messages/{message}/threads"
	f.Fault(open, discordfake.Fault{Status: 403, Code: 50013})
	answers, err := d.Send(t.Context(), at, "answers", words("Two answers"))
	must(t, err)
	found, ok, err := d.Find(t.Context(), at, "answers", since)
	if answers.Channel != general || !ok || err != nil || found != answers {
		t.Errorf("posted at %+v, found at %+v, %v, %v", answers, found, ok, err)
	}
	f.Fault(open, discordfake.Fault{Status: 503})
	if _, err := d.Send(t.Context(), at, "more", words("More")); err == nil {
		t.Error("a thread that may yet open was given up")
	}
	if n := len(f.Messages(general)); n != 2 {
		t.Errorf("%d messages", n)
	}
}
