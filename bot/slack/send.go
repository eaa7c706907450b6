package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
	"convenor/flows"
)

// Send posts a message and marks it with key, which shows only in its metadata and a block's id.
func (s *Slack) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	channel, err := s.channel(ctx, to)
	if err != nil {
		return flows.Posted{}, err
	}
	at, ts, err := s.post(ctx, channel, s.thread(to), messageOptions(m, key))
	if err != nil {
		err = classify(err, true)
		s.forget(to, err)
		return flows.Posted{}, err
	}
	if ts == "" {
		return flows.Posted{}, &bot.UnclearError{Err: errors.New("slack did not say where the message stands")}
	}
	return flows.Posted{Platform: name, Place: s.Place(), Channel: first(at, channel), Message: ts}, nil
}

// Edit replaces a message.
func (s *Slack) Edit(ctx context.Context, at flows.Posted, m bot.Message) error {
	_, _, _, err := s.api.UpdateMessageContext(ctx, at.Channel, at.Message, messageOptions(m, "")...)
	return classify(err, true)
}

// Retract removes a message.
func (s *Slack) Retract(ctx context.Context, at flows.Posted) error {
	if s.lacks(methodDelete) {
		return &bot.GoneError{Reason: "not-supported"}
	}
	_, _, err := s.api.DeleteMessageContext(ctx, at.Channel, at.Message)
	return classify(err, false)
}

// channel is where an address leads: a direct message is opened first. That may be repeated at will, so a failure of it
// is never unclear.
func (s *Slack) channel(ctx context.Context, to bot.Address) (string, error) {
	if to.User == "" {
		return to.Channel, nil
	}
	if id, known := s.dms.Load(to.User); known {
		return id.(string), nil
	}
	c, _, _, err := s.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{to.User}, ReturnIM: true})
	if err != nil {
		return "", fmt.Errorf("open a direct message: %w", classify(err, false))
	}
	if c == nil || c.ID == "" {
		return "", errors.New("open a direct message: slack named no channel")
	}
	s.dms.Store(to.User, c.ID)
	return c.ID, nil
}

// forget drops what is remembered of a direct message that cannot be reached any more.
func (s *Slack) forget(to bot.Address, err error) {
	var gone *bot.GoneError
	if errors.As(err, &gone) && to.User != "" {
		s.dms.Delete(to.User)
	}
}

// How far back a message is looked for.
const (
	lookMargin = 5 * time.Second // clocks are read to the second
	lookPage   = 200             // messages a page; Slack's advice
	lookPages  = 25
)

// Find looks for a message by its mark, newest first. A channel with so much in it that the look does not come to its
// end is an error: then nobody can say that the message is not there.
func (s *Slack) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (flows.Posted, bool, error) {
	channel, err := s.channel(ctx, to)
	if err != nil {
		return flows.Posted{}, false, err
	}
	for {
		oldest := s.clock.at(since).Add(-lookMargin)
		at, found, err := s.look(ctx, lane{channel, s.thread(to)}, key, oldest, but)
		if err != nil || found {
			return at, found, err
		}
		// The answers told what time it is at Slack. When that is earlier than we thought, a rehearsal's clock was moved
		// meanwhile for instance, we did not look back far enough.
		if !s.clock.at(since).Add(-lookMargin).Before(oldest.Add(-lookMargin)) {
			return flows.Posted{}, false, nil
		}
	}
}

// look pages through what stands in a channel since an instant of Slack's clock: first in the thread, should it have been
// meant for one.
func (s *Slack) look(ctx context.Context, in lane, key string, oldest time.Time, but []flows.Posted) (flows.Posted, bool, error) {
	if in.thread != "" {
		at, found, err := s.pages(ctx, in, key, oldest, but)
		if found || err != nil && !noThread(err) {
			return at, found, err
		}
	}
	return s.pages(ctx, lane{channel: in.channel}, key, oldest, but)
}

func (s *Slack) pages(ctx context.Context, in lane, key string, oldest time.Time, but []flows.Posted) (flows.Posted, bool, error) {
	cursor := ""
	for range lookPages {
		page, err := s.history(ctx, in, oldest, cursor)
		if err != nil {
			return flows.Posted{}, false, fmt.Errorf("look for a message: %w", classify(err, false))
		}
		for _, m := range page.Messages {
			at := flows.Posted{Platform: name, Place: s.Place(), Channel: in.channel, Message: m.TS}
			if m.marked(key) && !slices.Contains(but, at) {
				return at, true, nil
			}
		}
		if cursor = page.Next.Cursor; !page.More || cursor == "" {
			return flows.Posted{}, false, nil
		}
	}
	return flows.Posted{}, false, fmt.Errorf("look for a message: more than %d messages to look through", lookPage*lookPages)
}

// page is a page of a channel's history: only what tells a message of ours from others. The vendor's decoder reads every
// block of everybody's messages and fails when one is odd; then we could never again say what we posted.
type page struct {
	slackgo.SlackResponse
	Messages []posted `json:"messages"`
	More     bool     `json:"has_more"`
	Next     struct {
		Cursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

type posted struct {
	TS       string `json:"ts"`
	Metadata struct {
		Type    string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	} `json:"metadata"`
	Blocks json.RawMessage `json:"blocks"`
}

// marked reports whether a message carries a mark: in its metadata or, should a server not keep that, as a block's id.
func (p posted) marked(key string) bool {
	if p.Metadata.Type == metadataType && p.Metadata.Payload["k"] == key {
		return true
	}
	var blocks []struct {
		ID string `json:"block_id"`
	}
	return json.Unmarshal(p.Blocks, &blocks) == nil && len(blocks) > 0 && blocks[0].ID == key
}

func (s *Slack) history(ctx context.Context, in lane, oldest time.Time, cursor string) (page, error) {
	method, form := "conversations.history", url.Values{
		"channel": {in.channel}, "limit": {strconv.Itoa(lookPage)}, "include_all_metadata": {"true"},
		"oldest": {fmt.Sprintf("%d.%06d", oldest.Unix(), oldest.Nanosecond()/1000)},
	}
	if in.thread != "" {
		method = methodReplies
		form.Set("ts", in.thread)
	}
	if cursor != "" {
		form.Set("cursor", cursor)
	}
	var p page
	if err := s.call(ctx, method, form, &p); err != nil {
		return p, err
	}
	if !p.Ok {
		return p, slackgo.SlackErrorResponse{Err: first(p.Error, "no answer that makes sense"), Needed: p.Needed}
	}
	return p, nil
}

// call asks a method of the Web API and decodes its answer, a refusal too.
func (s *Slack) call(ctx context.Context, method string, form url.Values, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.APIURL+method, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+s.BotToken)
	resp, err := s.http.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return statusError(resp)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("read the answer of %s: %w", method, err)
	}
	return nil
}

// statusError is what the vendor's client makes of an HTTP status.
func statusError(resp *http.Response) error {
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && resp.StatusCode == http.StatusTooManyRequests {
		return &slackgo.RateLimitedError{RetryAfter: time.Duration(seconds) * time.Second}
	}
	return slackgo.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
}
