package store

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A platform counts what it is sent, and so does whoever sends: two processes that do not know of each other send twice
// as fast as they may. So what goes to a channel, and what nobody waits for, is sent by one process at a time for each
// shard: its sender. Answers to what a person just did are sent by any process. Nothing but the pace hangs on this: that
// a delivery is sent once is the business of its own lease.

// senderFor is how long a process stays the sender after its last look. Another takes over when it is over: until then
// nobody sends what a dead process would have sent.
const senderFor = 10 * time.Second

// answersAmong is among how many deliveries that are ready answers are looked for, where another process is the sender.
// In a longer line they are sent in their turn, by the sender.
const answersAmong = 200

// yieldWithin bounds how long a process that closes the store tries to give back what it was the sender of.
const yieldWithin = time.Second

// senders is what a process knows about who sends, by shard. It is a memory only: the scripts decide.
type senders struct {
	name   string // of this process; empty when there is no other
	others [shardsRedis]atomic.Int64
	ours   [shardsRedis]atomic.Bool
}

// note takes over what a claim in a shard found out, and reports whether it is news that another process is the sender.
func (s *senders) note(shard int, until, now int64) (news bool) {
	s.ours[shard].Store(s.name != "" && until == 0)
	return s.others[shard].Swap(until) <= now && until > now
}

// another reports whether another process is known to be the sender at now.
func (s *senders) another(shard int, now time.Time) bool {
	return s.others[shard].Load() > now.UnixMilli()
}

// isAnswer reports whether a member of the outbox is a direct message in answer to something.
func isAnswer(member string) bool {
	_, conversation, _ := strings.Cut(member, " ")
	return strings.HasPrefix(conversation, "p.")
}

// leaving returns what gives back, when the store is closed, all that this process is the sender of, so that nobody has
// to wait for it: all at once, for a store that is far away must have all of it in time.
func (s *Store) leaving(ctx context.Context) func() {
	return func() {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), yieldWithin)
		defer cancel()
		var giving sync.WaitGroup
		for n := range s.senders.ours {
			if s.senders.ours[n].Swap(false) {
				giving.Go(func() {
					_, _ = s.engine.run(within, s.scripts.yield, []string{shardAt(n).sender()}, []string{s.senders.name}) // else its time runs out
				})
			}
		}
		giving.Wait()
	}
}
