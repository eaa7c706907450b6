package store

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"convenor/flows"
	"convenor/store/redistest"
)

// TestAnswerLost cuts the connection after Redis has carried out a commit and before its answer arrives: the client
// repeats the command.
func TestAnswerLost(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	cut := &cutter{}
	proxy := cut.listen(t, r.Socket())
	s := open(t, Options{URL: "unix://" + proxy})
	for i := range 20 {
		c := commit()
		c.Key = fmt.Sprint("key", i)
		c.Writes = []flows.Write{write("person", "a", int64(i), fmt.Sprint(i))}
		c.Deliveries = []flows.Delivery{post(fmt.Sprint(i), fmt.Sprint(i))}
		cut.next()
		must(t, s.Commit(t.Context(), c))
		if i%2 == 0 {
			l := claimOne(t, s, noon)
			cut.next()
			must(t, s.Intend(t.Context(), l, noon))
			cut.next()
			must(t, s.Fail(t.Context(), l, noon.Add(time.Hour), true))
		} else {
			must(t, s.Complete(t.Context(), claimOne(t, s, noon), nil))
		}
	}
	same(t, values(t, s, flows.Ref{Kind: "person"}), "a=19@20")
	for _, l := range claim(t, s, noon.Add(time.Hour)) {
		if l.Posts != 1 || l.Attempts != 1 {
			t.Errorf("a repeat counted: %+v", l)
		}
	}
	if cut.done != 40 {
		t.Errorf("%d answers were lost, want 40", cut.done)
	}
}

// cutter is a proxy before a socket that loses the next answer it is told to lose.
type cutter struct {
	mu    sync.Mutex
	armed bool
	done  int
}

func (c *cutter) next() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = true
}

func (c *cutter) lose() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed {
		return false
	}
	c.armed = false
	c.done++
	return true
}

func (c *cutter) listen(t *testing.T, to string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cut") //nolint:usetesting // its path is too long for the name of a socket
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", to)
			if err != nil {
				_ = in.Close()
				return
			}
			go passOn(out, in, func() bool { return false })
			go passOn(in, out, c.lose)
		}
	}()
	return path
}

// passOn copies until lose says that what was just read is lost, and the connection with it.
func passOn(to, from net.Conn, lose func() bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if err != nil || lose() {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
