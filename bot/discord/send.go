package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// nonceMax is what Discord takes of a nonce; package bot's keys are no longer.
const nonceMax = 25

// Send posts a message and marks it with key: as its nonce, by which Discord itself refuses a second one for some minutes,
// and as the number of its text, which shows nowhere.
func (d *Discord) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	channel, err := d.channel(ctx, to)
	if err != nil {
		return flows.Posted{}, err
	}
	body := dress(m, guildOf(to.Place), key)
	if len(key) <= nonceMax {
		body.Nonce, body.Enforce = key, true
	}
	var at struct {
		ID      string `json:"id"`
		Channel string `json:"channel_id"`
	}
	thread, err := d.thread(ctx, to, m)
	if err != nil {
		return flows.Posted{}, err
	}
	if channel, err = d.post(ctx, to, channel, thread, body, &at); err != nil {
		d.forget(to, err)
		return flows.Posted{}, err
	}
	if at.ID == "" {
		return flows.Posted{}, &bot.UnclearError{Err: errors.New("discord did not say where the message stands")}
	}
	d.belongs(to)
	d.marks.put(at.ID, body.Components[0].ID)
	return flows.Posted{Platform: name, Channel: first(at.Channel, channel), Message: at.ID}, nil
}

func (d *Discord) create(ctx context.Context, channel string, m message, into any) error {
	return classify(d.speak(ctx, http.MethodPost, "channels/"+channel+"/messages", m, into), true)
}

// Edit replaces a message. It belongs to the server that its controls belonged to: a direct message's place is not told
// here, so it is what was sent there last. It keeps its mark, so that it is still found by its key.
func (d *Discord) Edit(ctx context.Context, at flows.Posted, m bot.Message) error {
	body := dress(m, d.guildAt(at.Channel), "")
	mark, err := d.markAt(ctx, at)
	if err != nil {
		return err
	}
	body.Components[0].ID = mark
	return classify(d.speak(ctx, http.MethodPatch, "channels/"+at.Channel+"/messages/"+at.Message, body, nil), true)
}

// markAt is the mark that a message carries. One that this process did not send or edit before is read.
func (d *Discord) markAt(ctx context.Context, at flows.Posted) (uint32, error) {
	if mark, known := d.marks.get(at.Message); known {
		return mark, nil
	}
	var m posted
	if err := d.request(ctx, http.MethodGet, "channels/"+at.Channel+"/messages/"+at.Message, nil, &m); err != nil {
		return 0, fmt.Errorf("read a message: %w", classify(err, false))
	}
	mark := m.mark()
	d.marks.put(at.Message, mark)
	return mark, nil
}

// posted is a message as it is read: only what it is recognised by.
type posted struct {
	ID         string `json:"id"`
	Author     person `json:"author"`
	Flags      int    `json:"flags"`
	Components []struct {
		Type int   `json:"type"`
		ID   int64 `json:"id"`
	} `json:"components"`
}

// mark is the mark that it carries; 0 when there is none.
func (m posted) mark() uint32 {
	if len(m.Components) == 0 || m.Components[0].ID < markLeast || m.Components[0].ID > markMost {
		return 0
	}
	return uint32(m.Components[0].ID) //nolint:gosec // it was just looked at
}

// marks remembers the marks of messages, by their id. The zero marks is ready to use.
type marks struct {
	mu    sync.Mutex
	known map[string]uint32
}

func (l *marks) get(message string) (uint32, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	mark, known := l.known[message]
	return mark, known
}

func (l *marks) put(message string, mark uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil || len(l.known) >= marksMax {
		l.known = map[string]uint32{}
	}
	l.known[message] = mark
}

// Retract removes a message.
func (d *Discord) Retract(ctx context.Context, at flows.Posted) error {
	return classify(d.request(ctx, http.MethodDelete, "channels/"+at.Channel+"/messages/"+at.Message, nil, nil), false)
}

// channel is where an address leads: a direct message is opened first. That may be repeated at will, so a failure of it
// is never unclear.
func (d *Discord) channel(ctx context.Context, to bot.Address) (string, error) {
	id := first(to.User, to.Channel)
	if !isSnowflake(id) {
		return "", &bot.GoneError{Reason: "not-found"}
	}
	if to.User == "" {
		return to.Channel, nil
	}
	if id, known := d.dms.Load(to.User); known {
		return id.(string), nil
	}
	var c struct {
		ID string `json:"id"`
	}
	if err := d.request(ctx, http.MethodPost, "users/@me/channels", map[string]string{"recipient_id": to.User}, &c); err != nil {
		return "", fmt.Errorf("open a direct message: %w", classify(err, false))
	}
	if c.ID == "" {
		return "", errors.New("open a direct message: discord named no channel")
	}
	d.dms.Store(to.User, c.ID)
	return c.ID, nil
}

// direct whispers by direct message.
func (d *Discord) direct(ctx context.Context, user string, m message) error {
	channel, err := d.channel(ctx, bot.Address{User: user})
	if err != nil {
		return err
	}
	return d.create(ctx, channel, m, nil)
}

// forget drops what is remembered of a direct message that cannot be reached any more.
func (d *Discord) forget(to bot.Address, err error) {
	var gone *bot.GoneError
	if errors.As(err, &gone) && to.User != "" {
		d.dms.Delete(to.User)
	}
}

// How far back a message is looked for.
const (
	lookMargin = 5 * time.Second // clocks are read to the second
	lookPage   = 100             // messages a page: the most that Discord gives
	lookPages  = 50
	marksMax   = 10000
	idEpoch    = 1420070400000 // milliseconds at which Discord's ids begin (reference#snowflakes)
)

// stampOf is when a message was made, by Discord's clock.
func stampOf(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 63)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + idEpoch)
}

// Find looks for a message by its mark, newest first. A channel with so much in it that the look does not come to its
// end is an error: then nobody can say that the message is not there.
func (d *Discord) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (flows.Posted, bool, error) {
	channel, err := d.channel(ctx, to)
	if err != nil {
		return flows.Posted{}, false, err
	}
	for {
		oldest := d.clock.at(since).Add(-lookMargin)
		at, found, err := d.lookIn(ctx, to.Thread, channel, markOf(key), oldest, but)
		if err != nil || found {
			return at, found, err
		}
		// The answers told what time it is at Discord. When that is earlier than we thought, a rehearsal's clock was moved
		// meanwhile for instance, we did not look back far enough.
		if !d.clock.at(since).Add(-lookMargin).Before(oldest.Add(-lookMargin)) {
			return flows.Posted{}, false, nil
		}
	}
}

// lookIn looks in a channel, first in the thread below a message of it, should it have been meant for one.
func (d *Discord) lookIn(ctx context.Context, thread, channel string, mark uint32, oldest time.Time, but []flows.Posted) (flows.Posted, bool, error) {
	if isSnowflake(thread) {
		at, found, err := d.look(ctx, thread, mark, oldest, but)
		if _, gone := errors.AsType[*bot.GoneError](err); found || err != nil && !gone {
			return at, found, err
		}
	}
	return d.look(ctx, channel, mark, oldest, but)
}

// look pages through a channel's history back to an instant of Discord's clock.
func (d *Discord) look(ctx context.Context, channel string, mark uint32, oldest time.Time, but []flows.Posted) (flows.Posted, bool, error) {
	before := ""
	for range lookPages {
		path := "channels/" + channel + "/messages?limit=" + strconv.Itoa(lookPage)
		if before != "" {
			path += "&before=" + before
		}
		var page []posted
		if err := d.request(ctx, http.MethodGet, path, nil, &page); err != nil {
			return flows.Posted{}, false, fmt.Errorf("look for a message: %w", classify(err, false))
		}
		for _, m := range page {
			at := flows.Posted{Platform: name, Channel: channel, Message: m.ID}
			switch ours := m.Author.ID == d.self(); {
			case stampOf(m.ID).Before(oldest):
			case ours && m.mark() == mark && !slices.Contains(but, at):
				return at, true, nil
			case ours && m.Flags&flagComponents == 0 && m.mark() == 0:
				return flows.Posted{}, false, errors.New("look for a message: one that is made the old way has no mark")
			}
		}
		if len(page) < lookPage || stampOf(page[len(page)-1].ID).Before(oldest) {
			return flows.Posted{}, false, nil
		}
		before = page[len(page)-1].ID
	}
	return flows.Posted{}, false, fmt.Errorf("look for a message: more than %d messages to look through", lookPage*lookPages)
}

// guildOf is the server of a place.
func guildOf(place string) string { return strings.TrimPrefix(place, name+":") }

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, bare(err))
}
