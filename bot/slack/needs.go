package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
)

// Need is one method of the Web API that this package calls.
type Need struct {
	Method string
	Needed bool   // without it nothing can be started; otherwise what For says is left out
	For    string // what it is for, in a few words
}

// Needs is every method that this package calls.
func Needs() []Need {
	return []Need{
		{"auth.test", true, "to know which workspace it is"},
		{methodConnect, true, "to connect, in Socket Mode only"},
		{"chat.postMessage", true, "to post"},
		{"chat.update", true, "to change what was posted"},
		{"conversations.open", true, "to write a direct message"},
		{"conversations.history", true, "to look before posting a second time"},
		{"views.open", true, "to open a form"},
		{"views.update", true, "to change a form"},
		{methodEphemeral, false, "to answer a mention where only its writer sees it; else it is a direct message"},
		{methodReplies, false, "to look before posting a second time in a thread; else answers stand in the channel"},
		{methodDelete, false, "to take back a message that came twice"},
		{methodUser, false, "names, time zones and languages"},
		{methodHome, false, "the home tab"},
		{methodChannels, false, "for `convenor doctor`: the channels it is in"},
	}
}

// Methods that are asked about by name.
const (
	methodConnect   = "apps.connections.open"
	methodEphemeral = "chat.postEphemeral"
	methodReplies   = "conversations.replies"
	methodDelete    = "chat.delete"
	methodUser      = "users.info"
	methodHome      = "views.publish"
	methodChannels  = "users.conversations"
)

// scope is one permission of the bot token, and what it is for.
type scope struct{ name, use string }

// scopeTable is what the bot token must allow. Reading history is only for looking before a second post.
func scopeTable() []scope {
	return []scope{
		{"app_mentions:read", "to hear when it is mentioned in a channel"},
		{"channels:history", "to look before posting a second time"},
		{"channels:read", "to know the channels it is in"},
		{"chat:write", "to post"},
		{"commands", "for /coalition and the shortcuts"},
		{"groups:history", "the same two for private channels"},
		{"groups:read", ""},
		{"im:history", "for direct messages people write to it"},
		{"im:write", "to open a direct message"},
		{"users:read", "for names and time zones"},
	}
}

// events is what decodeEvent understands.
func events() []string {
	return []string{eventHome, eventMention, eventJoined, eventMessage + ".im"}
}

// The shortcuts: what Slack calls their kinds, and by what we know each.
const (
	shortcutMessage = "message_action"
	shortcutGlobal  = "shortcut"
	callbackSave    = "save-step"
	callbackAdd     = "add-step"
)

// The types of an event that mean something to us.
const (
	eventHome    = "app_home_opened"
	eventMention = "app_mention"
	eventJoined  = "member_joined_channel"
	eventMessage = "message"
)

// Manifest is the app's manifest as YAML. address is where Slack reaches us over HTTP, like "https://bot.example.org";
// empty means Socket Mode.
func Manifest(address string) string {
	var y strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&y, format+"\n", args...) }
	address = strings.TrimRight(address, "/")
	line(`# Convenor's Slack app. Paste this when Slack asks for a manifest; README, "Put it on Slack", has the steps.`)
	line(`# Written by "convenor manifest slack".`)
	line("display_information:\n  name: Convenor\n  description: The facilitator for your reentry coalition\n  background_color: \"#1f4e5f\"")
	line("features:\n  app_home:\n    home_tab_enabled: true\n    messages_tab_enabled: true\n    messages_tab_read_only_enabled: false")
	line("  bot_user:\n    display_name: Convenor\n    always_online: true")
	line("  slash_commands:\n    - command: /coalition")
	if address != "" {
		line("      url: %s", address+pathCommands)
	}
	line("      description: Ask a question, sign up, name a step, or see what you can do")
	line("      usage_hint: %s\n      should_escape: true", strings.Join(bot.Verbs(), " | "))
	line("  shortcuts:")
	line("    - name: Save as action step\n      type: message\n      callback_id: %s\n      description: Make this message an action step, with a link back to it", callbackSave)
	line("    - name: Add an action step\n      type: global\n      callback_id: %s\n      description: Name something that one person does by a set day", callbackAdd)
	line("oauth_config:\n  scopes:\n    bot:")
	for _, s := range scopeTable() {
		if s.use == "" {
			line("      - %s", s.name)
			continue
		}
		line("      - %s # %s", s.name, s.use)
	}
	line("settings:\n  event_subscriptions:")
	if address != "" {
		line("    request_url: %s", address+pathEvents)
	}
	line("    bot_events:")
	for _, e := range events() {
		line("      - %s", e)
	}
	line("  interactivity:\n    is_enabled: true")
	if address != "" {
		line("    request_url: %s", address+pathInteractions)
	}
	line("  org_deploy_enabled: false\n  socket_mode_enabled: %t\n  token_rotation_enabled: false", address == "")
	return y.String()
}

// ManifestLink opens Slack's page for a new app with a manifest filled in.
func ManifestLink(manifest string) string {
	return "https://api.slack.com/apps?new_app=1&manifest_yaml=" + url.QueryEscape(manifest)
}

// probeMost is how long a method is waited for at the start. One that does not answer is taken to be there.
const probeMost = 3 * time.Second

// probe asks for all methods at once, without arguments, which does nothing, and learns whether the server has them. What
// is needed and is not there is an error that names it; what is optional is left out from now on, and the log says so
// once.
func (s *Slack) probe(ctx context.Context) error {
	needs := Needs()
	unknown := make([]bool, len(needs))
	var asked sync.WaitGroup
	for i, n := range needs {
		if n.Method != "auth.test" && n.Method != methodConnect { // these two are called in earnest
			asked.Go(func() { unknown[i] = s.unknown(ctx, n.Method) })
		}
	}
	asked.Wait()
	var lack []string
	for i, n := range needs {
		switch {
		case !unknown[i]:
		case n.Needed:
			lack = append(lack, n.Method)
		default:
			s.off.Store(n.Method, true)
			s.Log.LogAttrs(ctx, slog.LevelWarn, "this server lacks a method; Convenor does without it",
				slog.String("method", n.Method), slog.String("for", n.For))
		}
	}
	if len(lack) > 0 {
		return fmt.Errorf("this server lacks what Convenor cannot do without: %s; is SLACK_API_URL right?", strings.Join(lack, ", "))
	}
	return nil
}

// unknown reports whether the server says that it does not have a method. Whatever else is wrong is told when the method
// is needed.
func (s *Slack) unknown(ctx context.Context, method string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeMost)
	defer cancel()
	var r slackgo.SlackResponse
	if err := s.call(ctx, method, url.Values{}, &r); err != nil {
		return isUnknown(err)
	}
	return r.Error == unknownMethod
}

// unknownMethod is Slack's word for a method that a server does not have.
const unknownMethod = "unknown_method"

func isUnknown(err error) bool {
	refused, ok := errors.AsType[slackgo.SlackErrorResponse](err)
	return ok && refused.Err == unknownMethod
}

// lacks reports whether the server does not have a method.
func (s *Slack) lacks(method string) bool {
	_, off := s.off.Load(method)
	return off
}
