// Package discordfake is a pretend Discord for tests: real HTTP with the routes of the REST API that Convenor uses, a
// real WebSocket gateway, and people who type commands, press, pick, fill in forms and write messages.
//
// It refuses what Discord refuses: messages, forms and commands over a limit, requests without the bot's token, a second
// answer to one interaction, more than the global limit. With a Contract every request is also checked against Discord's
// own description of its API. It was written from Discord's documentation and never compared with Discord itself.
package discordfake
