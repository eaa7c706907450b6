// Package slack brings Convenor into one Slack workspace: over Socket Mode or HTTP in, over the Web API out.
//
// Way in: decode turns what Slack sends into a neutral bot.Inbound (pure functions), a Handler commits it, and only then
// is it acknowledged, within Slack's three seconds. Way out: encode turns a neutral message or form into Block Kit
// within every limit of Slack's (pure functions), and Slack is the bot.Platform that sends it.
//
// Socket Mode and HTTP differ only in how an envelope arrives and how its answer leaves (serve.go and http.go).
//
// Nothing of the vendor's leaves this package. It knows the workspace by what Slack tells at the start (auth.test), and
// any server that speaks Slack's API can stand in for Slack.
//
// Hazards of the vendor's Socket Mode client that this package is built around:
//   - It reconnects at once and for ever when it is told to go: how often a connection is asked for is limited in the
//     transport.
//   - It has no connection while it changes from one to the next: two clients run, started some time apart.
//   - What it cannot decode it hands over raw and leaves unacknowledged, and one odd block of somebody else's message is
//     enough: this package decodes payloads itself, reading only what it needs.
//   - Its acknowledgements are queued: before a connection is closed, the last ones get time to leave.
//   - A consumer that stalls stops its answers to pings: its events are only ever handed on.
package slack
