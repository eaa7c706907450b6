// Package discord brings Convenor to Discord servers: over the gateway and, where a public key is given, over HTTP in;
// over the REST API out.
//
// Way in: decode turns what Discord sends into a neutral bot.Inbound (pure functions), one decoder for interactions that
// come over the gateway and over HTTP; a Handler commits it, and the answer goes back within Discord's three seconds. Way
// out: encode turns a neutral message or form into components within every limit of Discord's (pure functions), and
// Discord is the bot.Platform that sends it. What can be kept neither by Discord nor by the store, a form that must be
// opened once more, lies in a drawer in memory for a quarter of an hour (drawer.go).
//
// The bot's servers come in shards, as many as Discord wants. Each belongs to one process by a lease (shards.go), with the
// session on it, so that the next owner goes on where the last one was; and sessions are counted over all processes and
// restarts, so that nothing can use up what Discord allows in a day (supervise.go).
//
// Nothing of the vendor's leaves this package. Any server that speaks Discord's API can stand in for Discord.
//
// Hazards of the vendor's library (discordgo v0.29) that this package is built around:
//   - Its gateway client can lock up for ever when a RESUME is refused, and identifies again and again where Discord says
//     that this can never succeed: this package has a gateway client of its own (gateway.go, supervise.go).
//   - It cannot read forms with today's components, and what it sends leaves fields out or empties them: this package
//     reads raw and sends types of its own.
//   - Its limiter sleeps without looking at a context, keeps a bucket for each interaction for ever, and does not know the
//     global limit: requests pass a limiter of ours (limiter.go), and its own and its retries are switched off.
package discord
