// Package store keeps everything: records, deliveries on their way, timers. It does so in Redis, or, when no Redis is
// named, in an in-process Redis behind a journal. The scripts are the same.
//
// Its rules:
//
//   - One event changes everything it changes in one script, commit.lua, or nothing. The script validates first and
//     writes last, because Redis does not roll back.
//   - All keys of a coalition carry the hash tag of its shard, so that one script may touch them on a Redis Cluster.
//     Key names are in keys.go and nowhere else.
//   - No script reads a clock or draws a random number: instants and tokens are arguments. So a script means the same
//     on a replica, in a journal that is replayed, and under a clock that a rehearsal has moved.
//   - Every script is safe to run twice, because the client repeats a command whose answer was lost.
//   - Nothing expires by itself. What may be forgotten after a time stands in a ZSET by the end of its life and is
//     swept, a bounded number at a time, by the commits that follow.
//   - Instants are milliseconds. What must not be early is rounded up, what the present is compared with is not.
package store
