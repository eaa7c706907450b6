package slack

import (
	"context"
	"errors"
	"slices"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
)

// lane is a channel or, with the ts of a message, the thread below that message.
type lane struct{ channel, thread string }

// thread is the ts of the message in whose thread something goes: none on a server where nobody could look into a thread
// before posting there a second time.
func (s *Slack) thread(to bot.Address) string {
	if s.lacks(methodReplies) {
		return ""
	}
	return to.Thread
}

// post posts to a channel, or to a thread in it. When the message above the thread is gone it stands in the channel.
func (s *Slack) post(ctx context.Context, channel, thread string, opts []slackgo.MsgOption) (at, ts string, err error) {
	if thread == "" {
		return s.api.PostMessageContext(ctx, channel, opts...)
	}
	at, ts, err = s.api.PostMessageContext(ctx, channel, append(slices.Clip(opts), slackgo.MsgOptionTS(thread))...)
	if noThread(err) {
		return s.api.PostMessageContext(ctx, channel, opts...)
	}
	return at, ts, err
}

// noThread reports whether Slack refused because the message above the thread is not there.
func noThread(err error) bool {
	refused, ok := errors.AsType[slackgo.SlackErrorResponse](err)
	return ok && refused.Err == "thread_not_found"
}
