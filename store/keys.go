package store

import (
	"fmt"
	"hash/fnv"
	"strings"

	"convenor/flows"
)

// Every key of the store, with its type. <c> is a coalition and {sNN} the hash tag of its shard.
//
//	cv1:meta                        HASH    schema, shards, rehearsal (0 or 1), offset (ns), shifted (token of the last shift), importing (1 until an import is whole)
//	cv1:canary                      STRING  written and read back to see whether the store can be written
//	cv1:beat                        STRING  how often a replica looked whether this is still the same Redis
//	cv1:place:<place>               STRING  the coalition that a place belongs to
//	cv1:starts:<app>                HASH    "b<bucket>" -> ms at which a session was begun last; "full" -> ms at which all that were begun are paid off
//	cv1:shards:<app>                HASH    shard -> "<fence> <until> <owner> <0 or 1: stands> <seat>"; "w:<shard>" -> ms until which somebody waits for it
//	cv1:{sNN}:coalitions            SET     the shard's coalitions that have records
//	cv1:{sNN}:outbox                ZSET    "<c> <conversation>" by the ms at which its first delivery is ready, or its lease ends
//	cv1:{sNN}:sender                STRING  "<process> <ms until which>" only that process sends what is no direct message
//	cv1:{sNN}:timers                ZSET    "<c> <timer>" by the ms at which it is due, or its claim ends
//	cv1:{sNN}:<c>:index             SET     "<kind>" or "<kind>:<under>" of each records HASH that is not empty
//	cv1:{sNN}:<c>:rec:<kind>        HASH    id -> "<revision>\n<JSON>"
//	cv1:{sNN}:<c>:rec:<kind>:<under>        the same, for kinds kept per owner
//	cv1:{sNN}:<c>:floor             STRING  highest revision of a deleted record; new records begin above it
//	cv1:{sNN}:<c>:marks             ZSET    "c:<commit>", "e:<event key>", "d:<delivery done>", "t:<timer fired>" by the ms at which it may be forgotten
//	cv1:{sNN}:<c>:audit             LIST    JSON lines, newest last, about the last 100,000
//	cv1:{sNN}:<c>:deliveries        HASH    delivery -> JSON, until it is completed
//	cv1:{sNN}:<c>:leases            HASH    delivery -> "<fence> <until> <posted at> <posts> <attempts>", once it was claimed
//	cv1:{sNN}:<c>:edits             HASH    "m:<conversation> <message key>" -> the newest edit of it that waits; "d:<delivery>" -> the later edit that supersedes it
//	cv1:{sNN}:<c>:queue:<conversation>  LIST  "<ms at which it is ready> <delivery>", first in first out
//	cv1:{sNN}:<c>:timer             HASH    timer -> JSON, until it has fired
//
// cv1 is the schema's version: a change that an older binary would misread makes it cv2.
const (
	keyMeta   = "cv1:meta"
	keyCanary = "cv1:canary"
	keyBeat   = "cv1:beat"
	keyPlace  = "cv1:place:"
	keyStarts = "cv1:starts:"
	keyShards = "cv1:shards:"
	prefix    = "cv1:"

	senderName = "sender"
)

// schema is written to cv1:meta. A binary refuses a store with a higher one.
const schema = 1

// passing reports whether a key is about this store or those who run on it now, and means nothing in another.
func passing(key string) bool {
	if _, name, ok := strings.Cut(key, "}:"); ok && name == senderName {
		return true
	}
	return key == keyMeta || key == keyCanary || key == keyBeat || strings.HasPrefix(key, keyStarts) || strings.HasPrefix(key, keyShards)
}

// shardsRedis and shardsEmbedded are how many shards coalitions are spread over. They are written to cv1:meta when a
// store is begun and never change for it.
const (
	shardsRedis    = 64
	shardsEmbedded = 1
)

// shard names the keys that all coalitions of a shard share.
type shard struct{ tag string }

func shardAt(n int) shard { return shard{tag: fmt.Sprintf("%s{s%02d}:", prefix, n)} }

func (s shard) coalitions() string { return s.tag + "coalitions" }
func (s shard) outbox() string     { return s.tag + "outbox" }
func (s shard) timers() string     { return s.tag + "timers" }
func (s shard) sender() string     { return s.tag + senderName }

// keys names the keys of one coalition.
type keys struct {
	shard
	base string
}

// idLetters are what a coalition's id is made of.
const idLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// keysOf finds the keys of a coalition. The coalition's id becomes part of key names and of members that are split
// again, so it may hold nothing that has a meaning there.
func keysOf(coalition string, shards int) (keys, error) {
	if coalition == "" || len(coalition) > 64 {
		return keys{}, fmt.Errorf("coalition %q: an id has 1 to 64 characters", coalition)
	}
	if strings.Trim(coalition, idLetters) != "" {
		return keys{}, fmt.Errorf("coalition %q: an id has letters, digits, - and _ only", coalition)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(coalition))
	s := shardAt(int(h.Sum32() % uint32(shards))) //nolint:gosec // shards is 1 or 64
	return keys{shard: s, base: s.tag + coalition + ":"}, nil
}

func (k keys) index() string              { return k.base + "index" }
func (k keys) records(name string) string { return k.base + "rec:" + name }
func (k keys) floor() string              { return k.base + "floor" }
func (k keys) marks() string              { return k.base + "marks" }
func (k keys) audit() string              { return k.base + "audit" }
func (k keys) deliveries() string         { return k.base + "deliveries" }
func (k keys) leases() string             { return k.base + "leases" }
func (k keys) edits() string              { return k.base + "edits" }
func (k keys) queue(conv string) string   { return k.base + "queue:" + conv }
func (k keys) timer() string              { return k.base + "timer" }

// editsField is the field of a delivery's message in the coalition's edits, or "" for a message that has no key to be
// edited by.
func editsField(d flows.Delivery) string {
	if d.Message.Key == "" {
		return ""
	}
	return "m:" + d.Conversation() + " " + d.Message.Key
}

// hashName is the name of a ref's HASH in the coalition's index. A kind has no colon, so the name can be split again.
func hashName(r flows.Ref) string {
	if r.Under == "" {
		return r.Kind
	}
	return r.Kind + ":" + r.Under
}
