package redistest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"convenor/store/redisd"
)

// Watched is a primary with replicas and one Sentinel that watches them, for one test. They end with it.
type Watched struct {
	tb       testing.TB
	servers  map[string]*Server // by port
	sentinel *Server
	port     string // of the Sentinel
}

// StartWatched starts a primary with as many replicas and a Sentinel, and returns when the Sentinel knows them all. args
// are added to each server's command line.
func StartWatched(tb testing.TB, replicas int, args ...string) *Watched {
	tb.Helper()
	w := &Watched{tb: tb, servers: map[string]*Server{}, port: Port(tb)}
	first := Port(tb)
	start := func(port string, more ...string) {
		all := append([]string{"--port", port, "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1", "--appendfsync", "no"}, more...)
		w.servers[port] = Start(tb, append(all, args...)...)
	}
	start(first)
	for range replicas {
		start(Port(tb), "--replicaof", "127.0.0.1", first)
	}
	if !redisd.Until(func() bool { // a replica is sent nothing before it has told for the first time how far it is
		info, err := w.servers[first].redis.Ask("INFO replication")
		return err == nil && strings.Count(info, "state=online") == replicas && !strings.Contains(info, "offset=0,")
	}) {
		tb.Fatal("the replicas do not come to be connected")
	}
	w.watch(first)
	known := "num-slaves " + strconv.Itoa(replicas) + " "
	if !redisd.Until(func() bool {
		info, err := w.sentinel.redis.Ask("SENTINEL MASTER main")
		return err == nil && strings.Contains(info, known)
	}) {
		tb.Fatal("the Sentinel does not come to know the replicas")
	}
	return w
}

// watch starts the Sentinel. It holds a primary for dead that has not answered for a second.
func (w *Watched) watch(primary string) {
	w.tb.Helper()
	s := place(w.tb)
	dir := s.redis.Dir()
	conf := filepath.Join(dir, "conf") // a Sentinel keeps what it knows in this file
	lines := []string{
		"port " + w.port, "bind 127.0.0.1", "dir " + dir, "unixsocket " + s.Socket(), "logfile " + filepath.Join(dir, "log"),
		"sentinel monitor main 127.0.0.1 " + primary + " 1",
		"sentinel down-after-milliseconds main 1000", "sentinel failover-timeout main 3000",
	}
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		w.tb.Fatalf("configure the Sentinel: %v", err)
	}
	w.sentinel = s
	if err := s.redis.Start(conf, "--sentinel"); err != nil {
		w.tb.Fatal(err)
	}
}

// URL is the address as Convenor reads it.
func (w *Watched) URL() string { return "redis://127.0.0.1:" + w.port + "?sentinel=main" }

// Primary is the server that the Sentinel names as the primary now.
func (w *Watched) Primary() *Server {
	w.tb.Helper()
	answer, err := w.sentinel.redis.Ask("SENTINEL GET-MASTER-ADDR-BY-NAME main")
	if err != nil {
		w.tb.Fatalf("ask the Sentinel: %v", err)
	}
	_, port, _ := strings.Cut(answer, " ")
	return w.servers[port]
}

// Replicas are the servers that run and are not the primary.
func (w *Watched) Replicas() []*Server {
	w.tb.Helper()
	primary := w.Primary()
	var list []*Server
	for _, s := range w.servers {
		if s != primary && s.redis.Runs() {
			list = append(list, s)
		}
	}
	return list
}

// Return starts every server that was killed again, as a replica of the primary.
func (w *Watched) Return() {
	w.tb.Helper()
	primary := w.Primary()
	for port, s := range w.servers {
		if w.servers[port] == primary || s.redis.Runs() {
			continue
		}
		s.Restart()
		for p, one := range w.servers {
			if one == primary {
				s.Do("REPLICAOF 127.0.0.1 " + p)
			}
		}
		if !redisd.Until(func() bool {
			info, err := s.redis.Ask("INFO replication")
			return err == nil && strings.Contains(info, "master_link_status:up")
		}) {
			w.tb.Fatal("a server does not come back as a replica")
		}
	}
}

// Failover kills the primary at once and returns when the Sentinel has made a replica the primary of all.
func (w *Watched) Failover() {
	w.tb.Helper()
	dead := w.Primary()
	dead.Kill()
	if !redisd.Until(func() bool {
		now := w.Primary()
		if now == dead {
			return false
		}
		role, err := now.redis.Ask("ROLE")
		if err != nil || !strings.HasPrefix(role, "master ") {
			return false
		}
		info, err := w.sentinel.redis.Ask("SENTINEL MASTER main") // the other replicas follow it, too
		return err == nil && strings.Contains(info, "flags master ")
	}) {
		log, _ := os.ReadFile(filepath.Join(w.sentinel.redis.Dir(), "log"))
		w.tb.Fatalf("no replica comes to be the primary:\n%s", log)
	}
}
