package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
)

// busyDefault is how long to wait when Slack asks for a rest and does not say how long.
const busyDefault = 30 * time.Second

// goneWords turns Slack's word for a target that can never be reached this way into ours.
func goneWords() map[string]string {
	return map[string]string{
		"channel_not_found":        "not-found",
		"is_archived":              "archived",
		"not_in_channel":           "not-in-channel",
		"user_not_found":           "not-found",
		"users_not_found":          "not-found",
		"user_not_visible":         "not-visible",
		"user_disabled":            "left",
		"user_not_in_channel":      "not-in-channel",
		"account_inactive":         "inactive",
		"cannot_dm_bot":            "bot",
		"messages_tab_disabled":    "closed",
		"restricted_action":        "restricted",
		"restricted_action_thread": "restricted",
		"ekm_access_denied":        "restricted",
		"team_access_not_granted":  "restricted",
		"message_not_found":        "not-found",
		"cant_delete_message":      "not-ours",
		"cant_update_message":      "not-ours",
		"edit_window_closed":       "too-late",
	}
}

// classify turns an error of the Web API into the ones that bot.Platform promises. posting tells whether the call could
// have left something behind; a call that only looks or prepares never can, so nothing about it is unclear.
func classify(err error, posting bool) error {
	if err == nil {
		return nil
	}
	err = bare(err)
	var limited *slackgo.RateLimitedError
	var status slackgo.StatusCodeError
	var refused slackgo.SlackErrorResponse
	switch {
	case errors.As(err, &limited):
		return &bot.BusyError{After: limited.RetryAfter}
	case errors.As(err, &status):
		if status.Code == http.StatusTooManyRequests {
			return &bot.BusyError{After: busyDefault}
		}
		if status.Code < 500 && status.Code != http.StatusRequestTimeout {
			return err
		}
	case errors.As(err, &refused):
		return classifyWord(refused, posting)
	case notSent(err):
		return err
	}
	if posting {
		return &bot.UnclearError{Err: err}
	}
	return err
}

// classifyWord sorts Slack's own error words. Most say clearly that nothing was done.
func classifyWord(refused slackgo.SlackErrorResponse, posting bool) error {
	if word, gone := goneWords()[refused.Err]; gone {
		return &bot.GoneError{Reason: word}
	}
	switch refused.Err {
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return &bot.BusyError{After: busyDefault}
	case "fatal_error", "internal_error", "service_unavailable", "request_timeout":
		// Slack's own words: some aspect of the operation may have succeeded.
		if posting {
			return &bot.UnclearError{Err: refused}
		}
	case "missing_scope":
		return fmt.Errorf("%w: the app needs the permission %s", refused, refused.Needed)
	case "invalid_blocks", "invalid_arguments":
		return fmt.Errorf("%w: %v", refused, refused.ResponseMetadata.Messages)
	}
	return refused
}

// notSent reports whether the request surely never left: there was nobody to send it to.
func notSent(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
}

// bare takes the address off an error: a response URL is as good as a token for half an hour.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%s: %w", u.Op, u.Err)
	}
	return err
}

// refusal says in plain words why Slack does not let us in, and what to do.
func refusal(err error) error {
	var refused slackgo.SlackErrorResponse
	if !errors.As(err, &refused) {
		return fmt.Errorf("slack cannot be reached; is SLACK_API_URL right? %w", bare(err))
	}
	what := map[string]string{
		"invalid_auth":            "Slack does not know this token. Copy SLACK_BOT_TOKEN (xoxb-…) from OAuth & Permissions and, for Socket Mode, SLACK_APP_TOKEN (xapp-…) from Basic Information",
		"not_authed":              "Slack got no token. Set SLACK_BOT_TOKEN and, for Socket Mode, SLACK_APP_TOKEN",
		"account_inactive":        "the app was removed from the workspace, or the workspace is gone. Install the app again and copy its new token",
		"token_revoked":           "the token was revoked. Install the app again and copy its new token",
		"token_expired":           "the token has expired. Switch token rotation off in the Slack app, install it again and copy its new token",
		"not_allowed_token_type":  "the tokens are mixed up: SLACK_BOT_TOKEN starts with xoxb-, SLACK_APP_TOKEN with xapp-",
		"missing_scope":           "the Slack app lacks the permission " + refused.Needed + ". Add it, then install the app again",
		"org_login_required":      "the workspace is being moved to an enterprise organisation. Try again when that is done",
		"team_access_not_granted": "the app may not use this workspace. Ask an owner of the workspace to approve it",
	}[refused.Err]
	if what == "" {
		return fmt.Errorf("slack refuses: %w", refused)
	}
	return fmt.Errorf("%s (%w)", what, refused)
}

// final reports whether opening a connection can never succeed with the configuration as it is.
func final(err error) bool {
	var refused slackgo.SlackErrorResponse
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Err {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "missing_scope":
		return true
	}
	return false
}

// over reports whether an error is only that the time was up or the process is going.
func over(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
