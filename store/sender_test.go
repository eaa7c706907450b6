package store

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"convenor/flows"
	"convenor/store/redistest"
)

// answered is a direct message in answer to something.
func answered(id string) flows.Delivery {
	return flows.Delivery{ID: id, Coalition: "c1", Kind: flows.Reply, Person: id, At: noon}
}

func owing(t *testing.T, s *Store, all ...flows.Delivery) {
	t.Helper()
	c := commit()
	c.Deliveries = all
	must(t, s.Commit(t.Context(), c))
}

// TestOneSenderAtATime gives what goes to channels to one process, and answers to any, however much stands before them.
func TestOneSenderAtATime(t *testing.T) {
	t.Parallel()
	o := Options{URL: redistest.Start(t).URL()}
	one, two := open(t, o), open(t, o)
	owing(t, one, post("p0", "s0"))
	same(t, claimed(claim(t, one, noon)), "p0")
	var posts []flows.Delivery
	for i := range answersAmong * 3 / 4 {
		posts = append(posts, post(fmt.Sprint("q", i), fmt.Sprint("t", i)))
	}
	owing(t, two, append(posts, nudge("n1"), answered("a1"))...)
	same(t, claimed(claim(t, two, noon)), "a1")
	same(t, claimed(claim(t, two, noon)))
	last := noon.Add(senderFor - time.Millisecond)
	same(t, claimed(claim(t, two, last)))
	if n := len(claim(t, one, last)); n != 100 { // as many as it asks for, and it stays the sender
		t.Errorf("the sender got %d", n)
	}
	same(t, claimed(claim(t, two, noon.Add(senderFor))))
	owing(t, two, answered("a2"))
	same(t, claimed(claim(t, two, noon.Add(senderFor))), "a2")
}

// TestAnotherSenderTakesOver lets another process send when the sender was not seen for a while, or has gone.
func TestAnotherSenderTakesOver(t *testing.T) {
	t.Parallel()
	o := Options{URL: redistest.Start(t).URL()}
	one, two := open(t, o), open(t, o)
	owing(t, one, post("p1", "s1"))
	l := claimOne(t, one, noon)
	owing(t, one, post("p2", "s2"))
	same(t, claimed(claim(t, two, noon)))
	over := noon.Add(senderFor)
	same(t, claimed(claim(t, two, over)), "p2") // the first one died, or was frozen
	owing(t, two, post("p3", "s3"), answered("a1"))
	same(t, claimed(claim(t, one, over)), "a1") // it comes back, and is not the sender any more
	must(t, one.Complete(t.Context(), l, nil))  // what it had begun is its own
	must(t, two.Close())
	same(t, claimed(claim(t, one, over)), "p3") // who goes leaves at once
}

// TestSendersAreApartByShard lets each shard have a sender of its own.
func TestSendersAreApartByShard(t *testing.T) {
	t.Parallel()
	o := Options{URL: redistest.Start(t).URL()}
	one, two := open(t, o), open(t, o)
	at, _ := keysOf("c1", shardsRedis)
	other := ""
	for i := 0; other == ""; i++ {
		id := fmt.Sprint("d", i)
		if k, _ := keysOf(id, shardsRedis); k.shard != at.shard {
			other = id
		}
	}
	owing(t, one, post("p1", "s1"))
	same(t, claimed(claim(t, one, noon)), "p1")
	c := commit()
	c.Coalition, c.Deliveries = other, []flows.Delivery{{ID: "p2", Coalition: other, Space: "s2", At: noon}}
	must(t, one.Commit(context.Background(), c))
	owing(t, one, post("p3", "s3"))
	same(t, claimed(claim(t, two, noon)), "p2")
	same(t, claimed(claim(t, one, noon)), "p3")
}

// TestWhoGoesLeavesEverythingAtOnce: a process that is the sender of every shard closes, and gives none back before it has
// asked for others, too: what is far away must have them all in the time there is.
func TestWhoGoesLeavesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	const together = 8
	r := redistest.Start(t)
	var w weather
	far, near := open(t, Options{URL: w.listen(t, r.Socket())}), open(t, Options{URL: r.URL()})
	const coalitions = 300 // in every shard
	for n := range coalitions {
		c := commit()
		c.Coalition = fmt.Sprint("d", n)
		c.Deliveries = []flows.Delivery{{ID: "p1", Coalition: c.Coalition, Space: "s", At: noon}}
		must(t, near.Commit(t.Context(), c))
	}
	leases, err := far.ClaimDeliveries(t.Context(), noon, noon.Add(time.Hour), coalitions)
	must(t, err)
	for n := range far.senders.ours {
		if !far.senders.ours[n].Load() {
			t.Fatalf("with %d leases it is not the sender of shard %d", len(leases), n)
		}
	}
	var asked atomic.Int64
	enough := make(chan struct{})
	sha := []byte(near.scripts.yield.redis.Hash())
	w.turn(func(sent []byte) fate {
		if bytes.Contains(sent, sha) {
			if asked.Add(1) == together {
				close(enough)
			}
			select {
			case <-enough:
			case <-t.Context().Done():
			}
		}
		return fate{}
	})
	must(t, far.Close())
	for n := range shardsRedis {
		there, err := near.client.Exists(t.Context(), shardAt(n).sender()).Result()
		must(t, err)
		if there != 0 {
			t.Errorf("shard %d waits for who has gone", n)
		}
	}
}
