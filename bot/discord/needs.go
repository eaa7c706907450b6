package discord

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Permission is one thing that Convenor must be allowed to do in a server's channels.
type Permission struct {
	Bit  uint64
	Name string // as Discord's settings call it
	For  string // what it is for, in a few words
}

// Permissions is everything that this package needs, and the least: each bit stands for requests that it makes.
func Permissions() []Permission {
	return []Permission{
		{1 << 10, "View Channels", "to hear when it is mentioned, and to post where you want it"},
		{1 << 11, "Send Messages", "to post questions, answers and action steps"},
		{1 << 16, "Read Message History", "to look before posting a second time; it reads nothing else"},
		{1 << 35, "Create Public Threads", "to put what was answered below its question"},
		{1 << 38, "Send Messages in Threads", "to write there, and where somebody mentions it in a thread"},
	}
}

// asked is all of Permissions in one number.
func asked() (bits uint64) {
	for _, p := range Permissions() {
		bits |= p.Bit
	}
	return bits
}

// InviteLink opens Discord's page that adds an application to a server with the least it needs.
func InviteLink(applicationID string) string {
	return "https://discord.com/oauth2/authorize?" + url.Values{
		"client_id": {applicationID}, "permissions": {strconv.FormatUint(asked(), 10)}, "scope": {"bot applications.commands"},
	}.Encode()
}

// Manifest says what Convenor asks of a Discord server and why, with the link that adds it. An empty applicationID leaves
// its place in the link to be filled in.
func Manifest(applicationID string) string {
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	link := InviteLink(applicationID)
	if applicationID == "" {
		link = strings.Replace(link, "client_id=", "client_id=APPLICATION_ID", 1)
	}
	line("To add Convenor to a Discord server, open this link, choose the server and press Authorize:")
	line("")
	line("  %s", link)
	line("")
	line("What it may do there (permissions):")
	for _, p := range Permissions() {
		line("  %-25s %s", p.Name, p.For)
	}
	line("")
	line("What it is (scopes):")
	line("  %-25s %s", "bot", "a member of the server, with the permissions above")
	line("  %-25s %s", "applications.commands", "for /coalition and \"Save as action step\"")
	line("")
	line("What it hears (intents): the names of servers and channels, messages that mention it or are written to it, and the")
	line("server's events. Leave all three Privileged Gateway Intents switched off: Convenor needs none of them.")
	return b.String()
}
