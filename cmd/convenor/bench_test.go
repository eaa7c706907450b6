package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"convenor/cmd/convenor/bench"
	"convenor/store/redistest"
)

// figured are the figures that the bench must have.
func figured() []string {
	return []string{"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B11", "B13"}
}

// benched runs the bench on a Redis.
func benched(t *testing.T, redis string, args ...string) (out, said string, err error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), binary(t), append([]string{"bench", "--quick", "--redis", redis}, args...)...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err = c.Run()
	return stdout.String(), stderr.String(), err
}

// TestBenchMeasuresEverything runs the whole bench, as small as it can be.
func TestBenchMeasuresEverything(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, "--appendfsync", "everysec")
	out, said, err := benched(t, redis.URL(), "--json")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var r bench.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := r.Table(&table); err != nil {
		t.Fatal(err)
	}
	for _, id := range figured() {
		lines := 0
		for _, l := range r.Lines {
			if l.Figure == id {
				lines++
			}
		}
		if lines == 0 || !strings.Contains(table.String(), "\n"+id+" ") {
			t.Errorf("%s is missing", id)
		}
	}
	for _, l := range r.Lines {
		counts := l.Target != nil && l.Target.AtMost && l.Target.Bound == 0 // of what should not happen
		if l.Value.Median <= 0 && !counts || l.Value.Low > l.Value.Median || l.Value.Median > l.Value.High {
			t.Errorf("%s, %s: %+v", l.Figure, l.What, l.Value)
		}
		if l.Bare != nil && (l.Bare.Median <= 0 || l.Ratio == nil || l.Ratio.Median <= 0) {
			t.Errorf("%s, %s: %+v of %+v", l.Figure, l.What, l.Ratio, l.Bare)
		}
		if l.Met != nil && !*l.Met && l.Why == "" {
			t.Errorf("%s, %s is short and does not say why", l.Figure, l.What)
		}
		if strings.HasPrefix(l.What, "nudges lost") || strings.HasPrefix(l.What, "nudges doubled") || strings.HasPrefix(l.What, "times that") {
			if l.Value.High != 0 {
				t.Errorf("%s: %v", l.What, l.Value)
			}
		}
	}
	if len(r.Unmeasured) > 0 {
		t.Errorf("not measured: %v", r.Unmeasured)
	}
	if left := redis.Do("DBSIZE"); left != ":0" {
		t.Errorf("the Redis is left with %s keys", left)
	}
}

// TestBenchSaysWhatItCannotDo asks for some figures only, for one that does not exist, and for a Redis in use.
func TestBenchSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	out, said, err := benched(t, redis.URL(), "--only", "b1,B5")
	if err != nil || !strings.Contains(out, "\nB1 ") || !strings.Contains(out, "\nB5 ") || strings.Contains(out, "\nB2 ") {
		t.Errorf("%v\n%s\n%s", err, out, said)
	}
	if _, said, err := benched(t, redis.URL(), "--only", "B1,B99"); err == nil || !strings.Contains(said, `"B99"`) {
		t.Errorf("an unknown figure: %v, %s", err, said)
	}
	redis.Do("SET ours 1")
	if _, said, err := benched(t, redis.URL(), "--only", "B5"); err == nil || !strings.Contains(said, "not empty") {
		t.Errorf("a Redis in use: %v, %s", err, said)
	}
	if left := redis.Do("GET ours"); left != "1" {
		t.Errorf("what was in it is now %q", left)
	}
	c := exec.CommandContext(t.Context(), binary(t), "bench", "--quick", "--only", "B1,B3")
	c.Env = []string{"PATH=" + t.TempDir()}
	alone, err := c.Output()
	if want := "not measured: no redis-server"; err == nil || !strings.Contains(string(alone), want) || !strings.Contains(string(alone), "\nB1 ") {
		t.Errorf("without redis-server: %v\n%s", fmt.Sprint(err), alone)
	}
}
