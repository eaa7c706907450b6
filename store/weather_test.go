package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"convenor/flows"
	"convenor/store/redistest"
)

// times is how often a fault is tried: n, or with CONVENOR_SCALE set that many times n.
func times(t *testing.T, n int) int {
	t.Helper()
	if scale, err := strconv.Atoi(os.Getenv("CONVENOR_SCALE")); err == nil && scale > 0 {
		n *= scale
	}
	t.Logf("%d times", n)
	return n
}

// numbered is the commit that writes record n, under a key of its own.
func numbered(n int) flows.Commit {
	c := commit()
	c.Key = fmt.Sprint("event", n)
	c.Writes = []flows.Write{write("person", fmt.Sprintf("%05d", n), 0, "x")}
	return c
}

// through commits c, again and again until the store has it.
func through(t *testing.T, s *Store, c flows.Commit) {
	t.Helper()
	for t.Context().Err() == nil {
		if err := s.Commit(t.Context(), c); err == nil || errors.Is(err, flows.ErrSeen) {
			return
		}
	}
	t.Fatal("the store never took it")
}

// TestRedisKilledOften kills Redis again and again while commits come. One that syncs each write loses nothing that was
// acknowledged. One that syncs each second may, as its documentation says, lose what it answered last: then what is left
// is a clean beginning, and the store has said that it doubts.
func TestRedisKilledOften(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"always", "everysec"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			r := redistest.Start(t, "--appendfsync", policy)
			var doubts atomic.Int64
			s := open(t, Options{URL: r.URL(), Doubt: func() { doubts.Add(1) }})
			kills, lost, next := times(t, 10), 0, 0
			for kill := range kills {
				for range 10 {
					through(t, s, numbered(next))
					next++
				}
				r.Kill()
				torn := numbered(next)
				if err := s.Commit(t.Context(), torn); err == nil {
					t.Fatal("acknowledged by nobody")
				}
				r.Restart()
				through(t, s, commit()) // by now the client has noticed that Redis is back
				there, err := s.Load(t.Context(), "c1", flows.Ref{Kind: "person"})
				must(t, err)
				for i, record := range there {
					if record.ID != fmt.Sprintf("%05d", i) {
						t.Fatalf("kill %d: record %d of %d is %s", kill, i, len(there), record.ID)
					}
				}
				lost += next - len(there)
				if next > len(there) {
					next = len(there)
					torn = numbered(next)
				}
				through(t, s, torn)
				next++
				if int(doubts.Load()) <= kill {
					t.Fatalf("%d kills, and the store doubted %d times", kill+1, doubts.Load())
				}
			}
			t.Logf("%s: %d kills, %d of about %d acknowledged commits lost", policy, kills, lost, next)
			if policy == "always" && lost > 0 {
				t.Errorf("%d acknowledged commits were lost", lost)
			}
		})
	}
}

// weather is a proxy before a Redis that treats what is sent through it in some way. What it does may change at any
// time; the zero weather passes everything on.
type weather struct {
	now atomic.Pointer[func(sent []byte) fate]
}

// fate is what becomes of a piece of what was sent to Redis.
type fate struct {
	answer string        // given in Redis's place
	reset  bool          // the connection ends
	wait   time.Duration // before it is passed on
	never  bool          // it is not passed on, and the connection stays open
}

func (w *weather) turn(f func([]byte) fate) { w.now.Store(&f) }

func (w *weather) clear() { w.now.Store(nil) }

// listen stands before the server at a socket until the test ends, and returns the proxy's own address.
func (w *weather) listen(t *testing.T, to string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "weather") //nolint:usetesting // its path is too long for the name of a socket
	must(t, err)
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background()) // until the store before it is closed
	var under sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		must(t, l.Close())
		under.Wait()
		_ = os.RemoveAll(dir)
	})
	under.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			stop := context.AfterFunc(ctx, func() { _, _ = in.Close(), out.Close() })
			under.Go(func() { defer stop(); w.pass(ctx, out, in) })
			under.Go(func() { passOn(in, out, func() bool { return false }) })
		}
	})
	return "unix://" + path
}

// pass copies what is sent to Redis, as the weather is.
func (w *weather) pass(ctx context.Context, to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		var f fate
		if now := w.now.Load(); now != nil {
			f = (*now)(buf[:n])
		}
		switch {
		case f.reset:
			return
		case f.never:
			continue
		case f.answer != "":
			_, err = fmt.Fprint(from, f.answer, "\r\n")
		default:
			if f.wait > 0 {
				later := time.NewTimer(f.wait)
				select {
				case <-later.C:
				case <-ctx.Done():
					later.Stop()
					return
				}
			}
			_, err = to.Write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// TestRedisSaysNo has Redis refuse scripts for a moment in each way it has. Where the client repeats the call nobody
// notices; else the caller hears of it, and the same again goes through. Nothing happens twice.
func TestRedisSaysNo(t *testing.T) {
	t.Parallel()
	for name, no := range map[string]struct {
		answer string
		heard  bool // by the caller
	}{
		"NOSCRIPT": {"-NOSCRIPT No matching script. Please use EVAL.", false},
		"LOADING":  {"-LOADING Redis is loading the dataset in memory", false},
		"READONLY": {"-READONLY You can't write against a read only replica.", false},
		"BUSY":     {"-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := redistest.Start(t)
			w := &weather{}
			s := open(t, Options{URL: w.listen(t, r.Socket())})
			n := times(t, 20)
			var refused atomic.Int64
			for i := range n {
				var once atomic.Bool
				w.turn(func(sent []byte) fate {
					if !bytes.Contains(bytes.ToLower(sent), []byte("evalsha")) || once.Swap(true) {
						return fate{}
					}
					refused.Add(1)
					return fate{answer: no.answer}
				})
				c := numbered(i)
				err := s.Commit(t.Context(), c)
				if no.heard != (err != nil) {
					t.Fatalf("the caller heard %v", err)
				}
				must(t, s.Commit(t.Context(), c))
			}
			if int(refused.Load()) != n {
				t.Errorf("%d were refused, want %d", refused.Load(), n)
			}
			for i, v := range values(t, s, flows.Ref{Kind: "person"}) {
				if v != fmt.Sprintf("%05d=x@1", i) {
					t.Fatalf("record %d is %s", i, v)
				}
			}
		})
	}
}

// TestScriptsFlushedOften takes the scripts away from a real Redis before each commit.
func TestScriptsFlushedOften(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := open(t, Options{URL: r.URL()})
	n := times(t, 20)
	for i := range n {
		r.Do("SCRIPT FLUSH")
		must(t, s.Commit(t.Context(), numbered(i)))
	}
	if got := values(t, s, flows.Ref{Kind: "person"}); len(got) != n {
		t.Errorf("%d records, want %d", len(got), n)
	}
}

// TestBadNetwork has many people commit at once over a network that is slow, breaks off or swallows what is sent: each
// of them gets an answer or an error, nobody piles up, and afterwards the same again is there once.
func TestBadNetwork(t *testing.T) { //nolint:paralleltest // it counts the goroutines of the process
	const people = 40
	for name, turn := range map[string]func([]byte) fate{ //nolint:paralleltest // the same
		"50 ms late":    func([]byte) fate { return fate{wait: 50 * time.Millisecond} },
		"500 ms late":   func([]byte) fate { return fate{wait: 500 * time.Millisecond} },
		"3 s late":      func([]byte) fate { return fate{wait: 3 * time.Second} },
		"a third reset": func([]byte) fate { return fate{reset: rand.IntN(10) < 3} },
		"1 KB a second": func(sent []byte) fate { return fate{wait: time.Duration(len(sent)) * time.Second / 1024} },
		"half open":     func([]byte) fate { return fate{never: true} },
	} {
		t.Run(name, func(t *testing.T) {
			r := redistest.Start(t)
			w := &weather{}
			s := open(t, Options{URL: w.listen(t, r.Socket())})
			must(t, s.Healthy(t.Context()))
			before := runtime.NumGoroutine()
			var answered, failed, most atomic.Int64
			crowds := times(t, 1)
			for crowd := range crowds {
				w.turn(turn)
				var all sync.WaitGroup
				for i := range people {
					all.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
						defer cancel()
						err := s.Commit(ctx, numbered(crowd*people+i))
						if now := int64(runtime.NumGoroutine()); now > most.Load() {
							most.Store(now)
						}
						if err == nil {
							answered.Add(1)
							return
						}
						failed.Add(1)
						if errors.Is(err, flows.ErrConflict) {
							t.Error(err)
						}
					})
				}
				all.Wait()
				w.clear()
				r.Do("CLIENT KILL TYPE normal") // what hangs in the network is gone with its connections
				for i := range people {
					through(t, s, numbered(crowd*people+i)) // the platform sends the event again
				}
			}
			t.Logf("%d answered, %d heard of it; at most %d goroutines, %d before", answered.Load(), failed.Load(), most.Load(), before)
			if name == "50 ms late" && failed.Load() > 0 || name == "half open" && answered.Load() > 0 {
				t.Error("that cannot be")
			}
			if most.Load() > int64(before)+8*people {
				t.Error("too many goroutines")
			}
			got := values(t, s, flows.Ref{Kind: "person"})
			if len(got) != crowds*people {
				t.Errorf("%d records, want %d", len(got), crowds*people)
			}
		})
	}
}
