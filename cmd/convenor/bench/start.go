package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// start is B8.
func (b *bench) start(ctx context.Context) error {
	slack, stop, err := pretendAPI(ctx)
	if err != nil {
		return err
	}
	defer stop()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var serve, play, memory series
	turn := 0
	if err := b.alternate(ctx, func() error {
		addr, err := freeAddress(ctx)
		if err != nil {
			return err
		}
		env := []string{
			"SLACK_BOT_TOKEN=xoxb-bench", "SLACK_SIGNING_SECRET=" + secret, "SLACK_API_URL=" + slack,
			"REDIS_URL=" + b.redis.url, "LISTEN_ADDR=" + addr, "LOG_LEVEL=error",
		}
		ms, mb, err := b.child(ctx, env, "http://"+addr+"/readyz", "serve")
		serve, memory = append(serve, ms), append(memory, mb)
		return err
	}, func() error {
		addr, err := freeAddress(ctx)
		if err != nil {
			return err
		}
		turn++
		ms, _, err := b.child(ctx, nil, "http://"+addr+"/", "play", "--listen", addr, "--data", dir+"/"+strconv.Itoa(turn))
		play = append(play, ms)
		return err
	}); err != nil {
		return err
	}
	b.add(result{what: "serve, from its start until it is ready", unit: "ms", value: serve, atMost: 100, why: onPack})
	b.add(result{what: "play, from its start to the first page", unit: "ms", value: play, atMost: 500, why: onPack})
	if memory.spread().High == 0 {
		return unmeasuredError{"only Linux tells how much memory a process uses"}
	}
	b.add(result{what: "serve, its memory when it waits", unit: "MB", value: memory, atMost: 40, why: onPack, note: "resident, two seconds after it was ready"})
	return nil
}

// pretendAPI answers Slack's API for another process.
func pretendAPI(ctx context.Context) (url string, stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(identity))
	})}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String() + "/api/", func() { _ = server.Close() }, nil
}

// freeAddress is an address of this machine that nobody uses.
func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// child starts our own binary, waits until an address of it answers, and ends it. It returns how long that took, in
// milliseconds, and for serve how many megabytes the process uses after some rest; zero where that is not told.
func (b *bench) child(ctx context.Context, env []string, url string, args ...string) (ms, mb float64, err error) {
	c := exec.CommandContext(ctx, b.Binary, args...) //nolint:gosec // our own binary
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}, env...)
	var said strings.Builder
	c.Stderr = &said
	began := time.Now()
	if err := c.Start(); err != nil {
		return 0, 0, fmt.Errorf("start %s: %w", args[0], err)
	}
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	defer func() { _ = c.Process.Kill(); <-ended }()
	for !answers(ctx, url) {
		select {
		case <-ended:
			return 0, 0, fmt.Errorf("%s ended: %s", args[0], said.String())
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-time.After(time.Millisecond):
		}
		if time.Since(began) > patience {
			return 0, 0, errors.New(args[0] + " does not come to be ready")
		}
	}
	ms = float64(time.Since(began).Microseconds()) / 1000
	if args[0] != "serve" {
		return ms, 0, nil
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(b.size(2000, 10)) * time.Millisecond):
	}
	return ms, resident(c.Process.Pid), nil
}

// answers reports whether an address answers well.
func answers(ctx context.Context, url string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// resident is how many megabytes of memory a process has; zero where the system does not tell.
func resident(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}
