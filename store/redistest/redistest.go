// Package redistest starts real redis-servers for a test, each in a folder of its own: one on a socket, three as a Redis
// Cluster, or a primary with replicas watched by a Sentinel. It is for tests only.
package redistest

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"convenor/store/redisd"
)

// Server is a redis-server of one test. It ends with the test.
type Server struct {
	tb    testing.TB
	redis *redisd.Server
}

// Start starts a redis-server that syncs each write before it answers, so that a test may kill it: with everysec, a busy
// disk makes it answer up to 2 s before it has even written. args are added to its command line and win. Without
// redis-server on the PATH the test is skipped, loudly; where CONVENOR_REQUIRE names redis it fails.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	s := place(tb)
	if err := s.redis.StartKeeping(append([]string{"--appendfsync", "always"}, args...)...); err != nil {
		tb.Fatal(err)
	}
	return s
}

// place makes the folder of a server that ends with the test.
func place(tb testing.TB) *Server {
	tb.Helper()
	r, err := redisd.New()
	if errors.Is(err, redisd.ErrMissing) && !strings.Contains(os.Getenv("CONVENOR_REQUIRE"), "redis") {
		tb.Skip("NOT TESTED ON A REAL REDIS:", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return &Server{tb: tb, redis: r}
}

// Socket is the path of the server's socket. It is the same after a Restart.
func (s *Server) Socket() string { return s.redis.Socket() }

// URL is the server's address as Convenor reads it.
func (s *Server) URL() string { return s.redis.URL() }

// Kill ends the server at once, as kill -9 does. It may be killed twice.
func (s *Server) Kill() {
	s.tb.Helper()
	s.redis.Kill()
}

// Pause stops the server from answering, as a frozen machine does; Resume lets it go on.
func (s *Server) Pause() { s.signal(stop) }

// Resume ends a Pause.
func (s *Server) Resume() { s.signal(cont) }

func (s *Server) signal(sig os.Signal) {
	s.tb.Helper()
	if err := s.redis.Signal(sig); err != nil {
		s.tb.Fatal(err)
	}
}

// Restart kills the server if it runs and starts it again on what it has written. It returns when the server answers.
func (s *Server) Restart() {
	s.tb.Helper()
	if err := s.redis.Restart(); err != nil {
		s.tb.Fatal(err)
	}
}

// Do gives the server one command without spaces in its words, and fails the test when it is refused.
func (s *Server) Do(command string) string {
	s.tb.Helper()
	answer, err := s.redis.Ask(command)
	if err != nil || strings.HasPrefix(answer, "-") {
		s.tb.Fatalf("redis-server, %s: %s %v", command, answer, err)
	}
	return answer
}

// Rewritten returns when the server has rewritten its append-only file, as it was asked to, and the old one is gone.
func (s *Server) Rewritten() {
	s.tb.Helper()
	look := time.NewTicker(5 * time.Millisecond) //nolint:forbidigo // another process has no event to wait for
	defer look.Stop()
	for range 4000 {
		says := s.Do("INFO persistence")
		if strings.Contains(says, "aof_rewrite_in_progress:0") && strings.Contains(says, "aof_rewrite_scheduled:0") &&
			!strings.Contains(says, "aof_last_rewrite_time_sec:-1") {
			return
		}
		<-look.C
	}
	s.tb.Fatal("redis-server does not rewrite its append-only file")
}
