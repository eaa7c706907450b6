// Package redisd runs redis-servers of our own, each in a folder and on a socket of its own. The tests and the bench
// start what they need with it; Convenor itself never does.
package redisd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrMissing means that there is no redis-server on the PATH.
var ErrMissing = errors.New("redis-server is not installed (Debian, Ubuntu: apt-get install redis-server)")

// Server is a redis-server of our own. Close ends it and takes its folder away.
type Server struct {
	binary  string
	dir     string
	args    []string
	process *exec.Cmd
	exited  chan struct{} // closed when process has ended
}

// New makes the folder of a server that does not run yet. It returns ErrMissing when there is no redis-server.
func New() (*Server, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, ErrMissing
	}
	dir, err := os.MkdirTemp("", "redis") // short: its path is part of the name of a socket
	if err != nil {
		return nil, fmt.Errorf("make a folder for redis-server: %w", err)
	}
	return &Server{binary: binary, dir: dir}, nil
}

// Dir is the server's folder.
func (s *Server) Dir() string { return s.dir }

// Socket is the path of the server's socket. It is the same after a Restart.
func (s *Server) Socket() string { return filepath.Join(s.dir, "s") }

// URL is the server's address as Convenor reads it.
func (s *Server) URL() string { return "unix://" + s.Socket() }

// Runs reports whether the server was started and not killed.
func (s *Server) Runs() bool { return s.process != nil }

// Start starts the server with a command line and returns when it answers.
func (s *Server) Start(args ...string) error {
	s.args = args
	return s.Restart()
}

// StartKeeping starts a server on its socket that keeps its data in an append-only file and evicts nothing. args are
// added to its command line and win.
func (s *Server) StartKeeping(args ...string) error {
	return s.Start(append([]string{
		"--port", "0", "--unixsocket", s.Socket(), "--dir", s.dir, "--logfile", filepath.Join(s.dir, "log"),
		"--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction",
	}, args...)...)
}

// Restart kills the server if it runs and starts it again on what it has written. It returns when the server answers.
func (s *Server) Restart() error {
	s.Kill()
	s.process = exec.Command(s.binary, s.args...) //nolint:gosec,noctx // our own command line; Kill ends it
	if err := s.process.Start(); err != nil {
		s.process = nil
		return fmt.Errorf("start redis-server: %w", err)
	}
	s.exited = make(chan struct{})
	go func(c *exec.Cmd, exited chan struct{}) {
		_ = c.Wait()
		close(exited)
	}(s.process, s.exited)
	if !Until(func() bool { return s.answers() || s.ended() }) {
		return errors.New("redis-server does not answer")
	}
	if s.ended() {
		s.process = nil
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("redis-server ended:\n%s", log)
	}
	return nil
}

// Kill ends the server at once, as kill -9 does. It may be killed twice.
func (s *Server) Kill() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	<-s.exited
	s.process = nil
}

// Close kills the server and removes its folder.
func (s *Server) Close() error {
	s.Kill()
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("remove the folder of redis-server: %w", err)
	}
	return nil
}

// Signal sends the running server a signal.
func (s *Server) Signal(sig os.Signal) error {
	if err := s.process.Process.Signal(sig); err != nil {
		return fmt.Errorf("signal redis-server: %w", err)
	}
	return nil
}

func (s *Server) ended() bool {
	select {
	case <-s.exited:
		return true
	default:
		return false
	}
}

// answers reports whether the server takes commands. One that wants a password does.
func (s *Server) answers() bool {
	answer, err := s.Ask("PING")
	return err == nil && (strings.HasPrefix(answer, "+PONG") || strings.HasPrefix(answer, "-NOAUTH"))
}

// Ask sends one command without spaces in its words and returns the answer: a line as it comes, a refusal too, a text
// without its length, a list with blanks between its items.
func (s *Server) Ask(command string) (string, error) {
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

// Until looks until something of another process is so, for as long as a slow machine may need, and reports whether it
// is.
func Until(so func() bool) bool {
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
