package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"convenor/bot"
)

// What Discord calls a thread, and how long one may rest before it is put away: a day. Writing in it brings it back.
const (
	typeThreadFirst, typeThreadLast = 10, 12
	threadRests                     = 24 * 60 // minutes
	threadName                      = 100     // characters
)

// isThread reports whether a type of channel is one of Discord's three kinds of thread.
func isThread(kind int) bool { return kind >= typeThreadFirst && kind <= typeThreadLast }

// codeThreadOpen says that a message has its thread already. Its id is then, as always, that of the message.
const codeThreadOpen = 160004

// threads knows which channels are threads, and what each hangs on. The zero threads is ready to use.
type threads struct {
	mu sync.Mutex
	on map[string]string // the channel a thread hangs on, by thread; of what is none, ""
}

func (t *threads) note(id, parent string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on == nil || len(t.on) >= profilesMax {
		t.on = map[string]string{}
	}
	t.on[id] = parent
}

func (t *threads) parent(id string) (parent string, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	parent, known = t.on[id]
	return parent, known
}

// thread is the thread that an address leads to, opened below its message if need be. It is "" when there can be none:
// the message is gone, or Convenor may not open threads there. To open one twice changes nothing.
func (d *Discord) thread(ctx context.Context, to bot.Address, m bot.Message) (string, error) {
	if to.Thread == "" || to.User != "" || !isSnowflake(to.Thread) {
		return "", nil
	}
	if parent, known := d.threads.parent(to.Thread); known && parent == to.Channel {
		return to.Thread, nil
	}
	called := "Convenor"
	if len(m.Blocks) > 0 {
		called = first(cut(tidy(m.Blocks[0].Text), threadName), called)
	}
	err := d.request(ctx, http.MethodPost, "channels/"+to.Channel+"/messages/"+to.Thread+"/threads",
		map[string]any{"name": called, "auto_archive_duration": threadRests}, nil)
	if err != nil && code(err) != codeThreadOpen {
		err = classify(err, false)
		if _, gone := errors.AsType[*bot.GoneError](err); gone {
			return "", nil
		}
		return "", fmt.Errorf("open a thread: %w", err)
	}
	d.threads.note(to.Thread, to.Channel)
	return to.Thread, nil
}

// post posts to the thread that an address leads to or, when there is none, to its channel. It returns where it asked.
func (d *Discord) post(ctx context.Context, to bot.Address, channel, thread string, body message, into any) (string, error) {
	if thread == "" {
		return channel, d.create(ctx, channel, body, into)
	}
	err := d.create(ctx, thread, body, into)
	if _, gone := errors.AsType[*bot.GoneError](err); gone { // locked or deleted meanwhile: nothing was posted
		return channel, d.create(ctx, channel, body, into)
	}
	if err == nil {
		d.guilds.bind(thread, guildOf(to.Place))
	}
	return thread, err
}

// stands says where a written message stands: when its channel is a thread, in the channel that the thread hangs on.
// What Discord does not tell in time counts as no thread.
func (d *Discord) stands(ctx context.Context, channel string) (in, thread string) {
	parent, known := d.threads.parent(channel)
	if !known {
		var c struct {
			Type   int    `json:"type"`
			Parent string `json:"parent_id"`
		}
		if err := d.request(ctx, http.MethodGet, "channels/"+channel, nil, &c); err != nil {
			return channel, ""
		}
		if isThread(c.Type) {
			parent = c.Parent
		}
		d.threads.note(channel, parent)
	}
	if parent == "" {
		return channel, ""
	}
	return parent, channel
}
