// Package redistest starts real redis-servers for a test, each in a folder of its own: one on a socket, three as a Redis
// Cluster, or a primary with replicas watched by a Sentinel. It is for tests only.
package redistest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Server is a redis-server of one test. It ends with the test.
type Server struct {
	tb      testing.TB
	dir     string
	args    []string
	process *exec.Cmd
	exited  chan struct{} // closed when process has ended
}

// Start starts a redis-server that syncs each write before it answers, so that a test may kill it: with everysec, a busy
// disk makes it answer up to 2 s before it has even written. args are added to its command line and win. Without
// redis-server on the PATH the test is skipped, loudly; where CONVENOR_REQUIRE names redis it fails.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		const missing = "NOT TESTED ON A REAL REDIS: redis-server is not installed (Debian, Ubuntu: apt-get install redis-server)"
		if strings.Contains(os.Getenv("CONVENOR_REQUIRE"), "redis") {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	dir, err := os.MkdirTemp("", "redistest") //nolint:usetesting // its path is too long for the name of a socket
	if err != nil {
		tb.Fatalf("make a folder for redis-server: %v", err)
	}
	s := &Server{tb: tb, dir: dir}
	s.args = append([]string{
		binary, "--port", "0", "--unixsocket", s.Socket(), "--dir", dir, "--logfile", filepath.Join(dir, "log"),
		"--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
	}, args...)
	s.begin()
	return s
}

// begin starts the server for the first time and ends it with the test.
func (s *Server) begin() {
	s.tb.Helper()
	s.tb.Cleanup(func() {
		s.Kill()
		if err := os.RemoveAll(s.dir); err != nil {
			s.tb.Errorf("remove the folder of redis-server: %v", err)
		}
	})
	s.Restart()
}

// Socket is the path of the server's socket. It is the same after a Restart.
func (s *Server) Socket() string { return filepath.Join(s.dir, "s") }

// URL is the server's address as Convenor reads it.
func (s *Server) URL() string { return "unix://" + s.Socket() }

// Kill ends the server at once, as kill -9 does. It may be killed twice.
func (s *Server) Kill() {
	s.tb.Helper()
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	<-s.exited
	s.process = nil
}

// Pause stops the server from answering, as a frozen machine does; Resume lets it go on.
func (s *Server) Pause() { s.signal(stop) }

// Resume ends a Pause.
func (s *Server) Resume() { s.signal(cont) }

func (s *Server) signal(sig os.Signal) {
	s.tb.Helper()
	if err := s.process.Process.Signal(sig); err != nil {
		s.tb.Fatalf("signal redis-server: %v", err)
	}
}

// Restart kills the server if it runs and starts it again on what it has written. It returns when the server answers.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Kill()
	s.process = exec.Command(s.args[0], s.args[1:]...) //nolint:gosec,noctx // the test's own command line; Kill ends it
	if err := s.process.Start(); err != nil {
		s.tb.Fatalf("start redis-server: %v", err)
	}
	s.exited = make(chan struct{})
	go func(c *exec.Cmd, exited chan struct{}) {
		_ = c.Wait()
		close(exited)
	}(s.process, s.exited)
	if !until(func() bool { return s.answers() || s.ended() }) {
		s.tb.Fatal("redis-server does not answer")
	}
	if s.ended() {
		s.process = nil
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		s.tb.Fatalf("redis-server ended:\n%s", log)
	}
}

func (s *Server) ended() bool {
	select {
	case <-s.exited:
		return true
	default:
		return false
	}
}

// until looks until something is so, for as long as a slow machine may need, and reports whether it is.
func until(so func() bool) bool {
	look := time.NewTicker(5 * time.Millisecond) //nolint:forbidigo // another process has no event to wait for
	defer look.Stop()
	for range 8000 {
		if so() {
			return true
		}
		<-look.C
	}
	return false
}

// answers reports whether the server takes commands. One that wants a password does.
func (s *Server) answers() bool {
	answer, err := s.ask("PING")
	return err == nil && (strings.HasPrefix(answer, "+PONG") || strings.HasPrefix(answer, "-NOAUTH"))
}

// Do gives the server one command without spaces in its words, and fails the test when it is refused.
func (s *Server) Do(command string) string {
	s.tb.Helper()
	answer, err := s.ask(command)
	if err != nil || strings.HasPrefix(answer, "-") {
		s.tb.Fatalf("redis-server, %s: %s %v", command, answer, err)
	}
	return answer
}

// ask sends one command and returns the answer: a line as it comes, a text without its length, a list with blanks
// between its items.
func (s *Server) ask(command string) (string, error) {
	c, err := net.Dial("unix", s.Socket()) //nolint:noctx // a socket of our own child answers or is not there
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprintf(c, "%s\r\n", command); err != nil {
		return "", err
	}
	return readAnswer(bufio.NewReader(c))
}

func readAnswer(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	line = strings.TrimSpace(line)
	if err != nil || line == "" {
		return line, err
	}
	n, _ := strconv.Atoi(line[1:])
	switch line[0] {
	case '$':
		text := make([]byte, max(0, n)+len("\r\n"))
		_, err := io.ReadFull(in, text)
		return strings.TrimSpace(string(text)), err
	case '*':
		var items []string
		for range n {
			item, err := readAnswer(in)
			if err != nil {
				return "", err
			}
			items = append(items, item)
		}
		return strings.Join(items, " "), nil
	}
	return line, nil
}
