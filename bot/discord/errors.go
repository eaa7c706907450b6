package discord

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	discordgo "github.com/bwmarrin/discordgo"

	"convenor/bot"
)

// Discord's codes that this package looks at by name.
const (
	codeUnknownMember = 10007
	codeAnswered      = 40060
	codeUnknownAction = 10062
	codeInvalid       = 50035 // the body is not as it must be
)

// goneWords turns Discord's code for a target that can never be reached this way into our word.
func goneWords() map[int]string {
	return map[int]string{
		10003:             "not-found", // channel
		10004:             "not-found", // guild
		codeUnknownMember: "left",
		10008:             "not-found", // message
		10013:             "not-found", // user
		50001:             "restricted",
		50005:             "not-ours",
		50007:             "closed",
		50013:             "restricted",
		50033:             "not-found", // recipient
		50083:             "archived",
		50278:             "closed", // no server in common
	}
}

// classify turns an error of the REST API into the ones that bot.Platform promises. posting tells whether the request
// could have left something behind; one that only looks or prepares never can, so nothing about it is unclear.
func classify(err error, posting bool) error {
	if err == nil {
		return nil
	}
	err = bare(err)
	var limited *limitedError
	var refused *discordgo.RESTError
	switch {
	case errors.As(err, &limited):
		return &bot.BusyError{After: limited.after}
	case errors.As(err, &refused) && refused.Response != nil:
		if word, gone := goneWords()[code(err)]; gone {
			return &bot.GoneError{Reason: word}
		}
		switch status := refused.Response.StatusCode; {
		case code(err) == 30046 || code(err) == 20028 || code(err) == 40003:
			return &bot.BusyError{After: busyDefault}
		case status < 500 && status != http.StatusRequestTimeout:
			return fmt.Errorf("discord refuses: HTTP %d, code %d", status, code(err)) // its words may repeat what was typed
		}
		err = fmt.Errorf("discord fails: HTTP %d, code %d", refused.Response.StatusCode, code(err))
	case notSent(err):
		return err
	}
	if posting {
		return &bot.UnclearError{Err: err}
	}
	return err
}

// code is Discord's own number for what is wrong; 0 when it gave none.
func code(err error) int {
	var refused *discordgo.RESTError
	if errors.As(err, &refused) && refused.Message != nil {
		return refused.Message.Code
	}
	return 0
}

// notSent reports whether the request surely never left: there was nobody to send it to.
func notSent(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
}

// bare takes the address off an error: that of an interaction is as good as a token for a quarter of an hour.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%s: %w", u.Op, u.Err)
	}
	return err
}

// refusal says in plain words why Discord does not let us in, and what to do.
func refusal(err error) error {
	var refused *discordgo.RESTError
	var closed *closedError
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode == http.StatusUnauthorized,
		errors.As(err, &closed) && closed.code == 4004:
		return errors.New("discord does not know this token. Copy DISCORD_TOKEN from your application's page, under Bot; Reset Token makes a new one")
	case errors.As(err, &closed):
		return fmt.Errorf("%w: %s", closed, map[int]string{
			4010: "Discord does not take this shard", 4011: "this bot is on more servers than when Convenor was started, and must be sharded anew. Start Convenor again",
			4012: "Discord does not speak this version of its gateway any more", 4013: "Discord does not know what Convenor asks to hear of",
			4014: "Discord does not let this application hear what Convenor asks for. Open its page, Bot, and see whether it is restricted",
		}[closed.code])
	case errors.As(err, &refused) && refused.Response != nil:
		return fmt.Errorf("discord refuses: HTTP %d, code %d", refused.Response.StatusCode, code(err))
	}
	return fmt.Errorf("discord cannot be reached; is DISCORD_API_URL right? %w", bare(err))
}

// over reports whether an error is only that the time was up or the process is going.
func over(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// refused reports whether Discord does not take the token.
func refused(err error) bool {
	var r *discordgo.RESTError
	return errors.As(err, &r) && r.Response != nil && r.Response.StatusCode == http.StatusUnauthorized
}
