package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
	"convenor/store/redistest"
)

// bareScript is as little as a commit can be: seen-check, compare-and-set of one state, one timer, one delivery.
const bareScript = `
if redis.call('SET', KEYS[1], 1, 'NX') == false then return 'SEEN' end
local old = redis.call('HGET', KEYS[2], ARGV[1])
if (old and string.match(old, '^%d+') or '0') ~= ARGV[2] then return 'CONFLICT' end
redis.call('HSET', KEYS[2], ARGV[1], (ARGV[2] + 1) .. '\n' .. ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
redis.call('RPUSH', KEYS[4], ARGV[5])
return 'OK'`

const connections = 16

// spread does n pieces of work from 16 goroutines and returns how long they took together.
func spread(n int, work func(worker, i int)) time.Duration {
	start := time.Now()
	var next atomic.Int64
	var group sync.WaitGroup
	for w := range connections {
		group.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				work(w, i)
			}
		})
	}
	group.Wait()
	return time.Since(start)
}

// BenchmarkCommit does the same interaction as one bare script and as a Commit, in turns, and reports their ratio: a
// seen-check, a state of 1 KiB, a timer, a delivery; the Commit has its repeat mark, its audit line and its index besides.
func BenchmarkCommit(b *testing.B) {
	for name, options := range map[string]Options{"redis": {URL: redistest.Start(b, "--appendfsync", "everysec").URL()}, "embedded": {Dir: b.TempDir()}} {
		b.Run(name, func(b *testing.B) {
			s := open(b, options)
			text, err := json.Marshal(strings.Repeat("x", 1000))
			must(b, err)
			delivery, err := json.Marshal(post("d", "s"))
			must(b, err)
			bare := newScript("bare", bareScript)
			rev := make([]int64, connections) // of each worker's state, as both have it
			var bareTime, commitTime time.Duration
			const batch = 400
			total := 0
			for b.Loop() {
				before := append([]int64(nil), rev...)
				bareTime += spread(batch, func(w, i int) {
					id := fmt.Sprintf("bare.%d.%d", total, i)
					_, err := s.engine.run(context.Background(), bare, []string{"cv1:{b}:e:" + id, "cv1:{b}:state", "cv1:{b}:due", "cv1:{b}:out"},
						[]string{strconv.Itoa(w), strconv.FormatInt(rev[w], 10), string(text), ms(noon), string(delivery)})
					if err != nil {
						b.Error(err)
					}
					rev[w]++
				})
				copy(rev, before)
				commitTime += spread(batch, func(w, i int) {
					c := commit()
					c.Key = fmt.Sprintf("%d.%d", total, i)
					c.Writes = []flows.Write{{Ref: flows.Ref{Kind: "run", ID: strconv.Itoa(w)}, Rev: rev[w], Data: text}}
					c.Timers = []flows.Timer{timer(c.Key, noon)}
					c.Deliveries = []flows.Delivery{post(c.Key, strconv.Itoa(w))}
					if err := s.Commit(context.Background(), c); err != nil {
						b.Error(err)
					}
					rev[w]++
				})
				must(b, bareReset(s, rev))
				total++
			}
			b.ReportMetric(float64(bareTime)/float64(commitTime), "of-bare")
			b.ReportMetric(float64(bareTime.Microseconds())/float64(total*batch), "µs/bare")
			b.ReportMetric(float64(commitTime.Microseconds())/float64(total*batch), "µs/commit")
		})
	}
}

// bareReset brings the bare script's states to the revisions of the commits', which may have gone another way.
func bareReset(s *Store, rev []int64) error {
	_, err := s.client.Pipelined(context.Background(), func(p redis.Pipeliner) error {
		for w, r := range rev {
			p.HSet(context.Background(), "cv1:{b}:state", strconv.Itoa(w), fmt.Sprintf("%d\n", r))
		}
		return nil
	})
	return err
}

// BenchmarkEmptyLook looks for due work with much pending and nothing due: the cost must not grow with what is pending.
func BenchmarkEmptyLook(b *testing.B) {
	s := open(b, Options{URL: redistest.Start(b, "--appendfsync", "everysec").URL()})
	for _, pending := range []int{0, 1000, 100_000} {
		var z []redis.Z
		for i := range pending {
			z = append(z, redis.Z{Score: float64(noon.Add(time.Hour).UnixMilli()), Member: "c1 " + strconv.Itoa(i)})
		}
		if pending > 0 {
			must(b, s.client.ZAdd(b.Context(), keysBench(b, s).timers(), z...).Err())
		}
		b.Run(strconv.Itoa(pending), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.ClaimTimers(b.Context(), noon, noon, 100); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func keysBench(b *testing.B, s *Store) keys {
	b.Helper()
	k, err := keysOf("c1", s.shards)
	must(b, err)
	return k
}
