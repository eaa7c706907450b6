package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// configuration reads the environment as serve does and names every mistake.
func (d *doctor) configuration() config {
	cfg, wrong := examine(d.environ, true)
	for _, line := range wrong {
		name, words, _ := strings.Cut(line, ": ")
		d.find(mend, "configuration", "%s: %s", name, words)
	}
	for name := range env.ToMap(d.environ) {
		base := strings.TrimSuffix(name, "_FILE")
		if !ours(base) || known(base) {
			continue
		}
		d.find(careful, "configuration", "%s: there is no such variable, so it does nothing. Is a letter wrong? README lists them all.", name)
	}
	if len(d.findings) == 0 {
		d.find(fine, "configuration", "every variable can be read, and none contradicts another.")
	}
	return cfg
}

// ours reports whether a variable looks as if it was meant for Convenor.
func ours(name string) bool {
	for _, start := range []string{"SLACK_", "DISCORD_", "REDIS_", "CONVENOR_"} {
		if strings.HasPrefix(name, start) && name != "CONVENOR_REQUIRE" {
			return true
		}
	}
	return false
}

// secretFiles looks at who may read the files that hold secrets.
func (d *doctor) secretFiles() {
	for name, path := range env.ToMap(d.environ) {
		base, isFile := strings.CutSuffix(name, "_FILE")
		if !isFile || path == "" || !known(base) && name != "SLACK_APPS_FILE" {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			d.find(mend, "configuration", "%s: other users of this machine can read that file. Allow only its owner: chmod 600 %s", name, path)
		}
	}
}

// content reads the pack.
func (d *doctor) content(dir string) {
	pack, err := openPack(dir)
	if err != nil {
		d.find(mend, "content", "the pack has mistakes. Each line says where and what to write instead; "+
			"'convenor content check %s' shows them again:\n%v", dir, err)
		return
	}
	d.pack = pack
	d.find(fine, "content", "the pack is sound: %d activities.", len(pack.Activities()))
}

// address tries whether the address to listen at is free.
func (d *doctor) address(ctx context.Context, addr string) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return // said with the configuration
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	switch {
	case err == nil:
		_ = l.Close()
		d.find(fine, "address", "%s is free.", addr)
	case answersHealthy(ctx, addr):
		d.find(careful, "address", "a Convenor is running at %s already. If that is the one you mean, all is well; otherwise stop it, or set LISTEN_ADDR to another port.", addr)
	default:
		d.find(mend, "address", "%s cannot be opened (%v). Stop the program that uses it, or set LISTEN_ADDR to another port.", addr, rootCause(err))
	}
}

func answersHealthy(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/healthz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16))
	return err == nil && resp.StatusCode == http.StatusOK && string(body) == "ok\n"
}

// rootCause is the innermost error: what the system said.
func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
