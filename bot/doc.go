// Package bot holds the use cases: Handle an inbound event, Deliver the outbox, Sweep what is due. It loads what is
// needed, calls the pure code in flows, commits once, and only then lets anything be told.
//
// It declares the ports it needs (Ledger, Outbox, Clock, Pack, Platform) and the neutral shapes that cross them;
// packages store, content, slack, discord and web implement them. Every outbound message passes the one gate.
package bot
