package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
	"convenor/store"
)

func TestMetricsAreForThisMachine(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from, header string
		status       int
	}{
		"straight":       {"127.0.0.1:5", "", 200},
		"straight, IPv6": {"[::1]:5", "", 200},
		"from elsewhere": {"10.0.0.1:5", "", 403},
		"by a proxy":     {"127.0.0.1:5", "X-Forwarded-For", 403},
		"by another":     {"127.0.0.1:5", "Forwarded", 403},
		"by a third":     {"127.0.0.1:5", "X-Real-Ip", 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			newMetrics().register(mux)
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			if r.RemoteAddr = tt.from; tt.header != "" {
				r.Header.Set(tt.header, "1.2.3.4")
			}
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if w.Code != tt.status || (w.Code == 403 && strings.Contains(w.Body.String(), "convenor_")) {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
}

// TestMetricsNameNobody makes everything count once, and allows no label that could name somebody.
func TestMetricsNameNobody(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	m.Handled("slack", "press", "saved", 20*time.Millisecond)
	m.Handled("slack", "press", "again", time.Millisecond)
	for _, outcome := range []string{"sent", "dropped", "dead", "later", "unclear"} {
		m.Delivered("discord", flows.Nudge, outcome, time.Second)
	}
	m.Looked("found")
	m.Refused()
	m.Panicked()
	m.storeUp(t.Context(), func(context.Context) error {
		return nil
	})
	times := newStoreTimes()
	kept, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Watch: times.watch})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	m.storeWork(times, kept)
	m.doubts(bot.New(bot.Config{Now: time.Now}), func() int64 { return 2 })
	m.asked("slack")("chat.postMessage", "ok")
	m.waitedFor("discord")(time.Second)
	m.census(func() (bot.Census, bool) { return bot.Census{Open: map[string]int{"2.1": 3}, Flows: 4}, true })
	m.overdue(t.Context(), time.Now, kept.Overdue)
	m.sockets("slack", func() int { return 5 })
	mux := http.NewServeMux()
	m.register(mux)
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:5"
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	shown := w.Body.String()
	for _, want := range []string{
		`convenor_interactions_total{kind="press",outcome="saved",platform="slack"} 1`,
		`convenor_interaction_ack_seconds_count 2`,
		`convenor_events_duplicate_total{platform="slack"} 1`,
		`convenor_nudges_total{kind="nudge",outcome="sent",platform="discord"} 1`,
		`convenor_nudge_lateness_seconds_count{kind="nudge"} 1`,
		`convenor_send_unknown_total{platform="discord"} 1`, `convenor_send_lookups_total{result="found"} 1`, `convenor_deadletters 1`,
		`convenor_permission_denied_total 1`, `convenor_panics_total 1`, `convenor_store_up 1`, `convenor_build_info{version="dev"} 1`,
		`convenor_store_script_seconds_count{script="open"} 1`, `convenor_store_fsync_seconds_count 1`, `convenor_store_journal_bytes `,
		`convenor_failovers_total 2`, `convenor_suspect_mode 1`, `convenor_duplicates_retracted_total 0`,
		`convenor_platform_requests_total{code="ok",method="chat.postMessage",platform="slack"} 1`,
		`convenor_ratelimit_wait_seconds_sum{platform="discord"} 1`, `convenor_conversations_open{flow="2.1"} 3`, `convenor_flow_versions_live 4`,
		`convenor_nudges_overdue 0`,
		`go_goroutines `, `process_resident_memory_bytes `,
	} {
		if !strings.Contains(shown, want+"\n") && !strings.Contains(shown, "\n"+want) {
			t.Errorf("not shown: %s", want)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(convenor_[a-z_]+)`").FindAllStringSubmatch(string(readme), -1)
	for _, name := range named {
		if !strings.Contains(shown, "# TYPE "+name[1]+" ") {
			t.Errorf("README names %s, which is not shown", name[1])
		}
	}
	if len(named) < 6 {
		t.Errorf("README names only %v", named)
	}
	allowed := []string{"platform", "kind", "outcome", "result", "ref", "script", "version", "le", "quantile", "method", "code", "flow"}
	for _, label := range regexp.MustCompile(`[{,]([a-z_]+)="`).FindAllStringSubmatch(shown, -1) {
		if !slices.Contains(allowed, label[1]) {
			t.Errorf("the label %s is not allowed", label[1])
		}
	}
}
