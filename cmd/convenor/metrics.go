package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"convenor/bot"
	"convenor/bot/discord"
	"convenor/flows"
)

// metrics count what happens. Their labels are a platform, a kind, an outcome, a flow of the pack and the like: never a
// person, a channel or a coalition.
type metrics struct {
	registry     *prometheus.Registry
	interactions *prometheus.CounterVec
	acks         prometheus.Histogram
	duplicates   *prometheus.CounterVec
	nudges       *prometheus.CounterVec
	lateness     *prometheus.HistogramVec
	unknown      *prometheus.CounterVec
	lookups      *prometheus.CounterVec
	dead         prometheus.Counter
	denied       prometheus.Counter
	panics       prometheus.Counter
	identifies   prometheus.Counter
	requests     *prometheus.CounterVec
	waits        *prometheus.HistogramVec
}

var _ bot.Observer = (*metrics)(nil)

func newMetrics() *metrics {
	m := &metrics{
		registry:     prometheus.NewRegistry(),
		interactions: counters("interactions_total", "What people did, by how it went.", "platform", "kind", "outcome"),
		acks: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "convenor", Name: "interaction_ack_seconds", Help: "From an event to its commit.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10},
		}),
		duplicates: counters("events_duplicate_total", "Events that were handled before.", "platform"),
		nudges:     counters("nudges_total", "Tries of a message, by how they ended.", "platform", "kind", "outcome"),
		lateness: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "convenor", Name: "nudge_lateness_seconds", Help: "From when a message was owed to when it was sent.",
			Buckets: []float64{.1, .5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400},
		}, []string{"kind"}),
		unknown: counters("send_unknown_total", "Posts of which it was unclear whether they arrived.", "platform"),
		lookups: counters("send_lookups_total", "Looks for an earlier post.", "result"),
		dead:    counter("deadletters", "Messages that no platform would take."),
		denied:  counter("permission_denied_total", "Presses and commands of people whose role does not go that far."),
		panics:  counter("panics_total", "Panics that were caught."),

		identifies: counter("gateway_identifies_total", "Sessions that were begun with Discord's gateway; a thousand a day are allowed."),
		requests:   counters("platform_requests_total", "Requests to a platform, by its method and how they ended.", "platform", "method", "code"),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "convenor", Name: "ratelimit_wait_seconds", Help: "How long something had to wait, each time, for what a platform takes at once.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 15, 60, 300, 900},
		}, []string{"platform"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "convenor", Name: "build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.interactions, m.acks, m.duplicates, m.nudges, m.lateness, m.unknown, m.lookups, m.dead, m.denied, m.panics, m.identifies, m.requests, m.waits,
		build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string) prometheus.Counter { //nolint:ireturn // the library has no other type for it
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "convenor", Name: name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "convenor", Name: name, Help: help}, labels)
}

// gauge shows what read returns whenever somebody looks.
func (m *metrics) gauge(name, help string, labels prometheus.Labels, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "convenor", Name: name, Help: help, ConstLabels: labels,
	}, read))
}

// count shows a number that only grows.
func (m *metrics) count(name, help string, read func() int64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Namespace: "convenor", Name: name, Help: help,
	}, func() float64 { return float64(read()) }))
}

// doubts shows how often the store may have lost its last writes, and what is done about it.
func (m *metrics) doubts(b *bot.Bot, failovers func() int64) {
	m.count("failovers_total", "Times that another Redis answered, or it was started again.", failovers)
	m.count("duplicates_retracted_total", "Messages that stood twice and were taken back.", b.Retracted)
	m.gauge("suspect_mode", "1 while a message is looked for before it is sent.", nil, func() float64 {
		if b.Suspicious() {
			return 1
		}
		return 0
	})
}

// sockets shows by how many ways a platform reaches us.
func (m *metrics) sockets(platform string, open func() int) {
	m.gauge("sockets_open", "Ways by which a platform reaches us.", prometheus.Labels{"platform": platform}, func() float64 { return float64(open()) })
}

// asked is what a platform tells of each request.
func (m *metrics) asked(platform string) func(method, code string) {
	return func(method, code string) { m.requests.WithLabelValues(platform, method, code).Inc() }
}

// waited is told how long something waits for what a platform takes.
func (m *metrics) waited(platform string, wait time.Duration) {
	m.waits.WithLabelValues(platform).Observe(wait.Seconds())
}

// waitedFor is what one platform tells of that.
func (m *metrics) waitedFor(platform string) func(time.Duration) {
	return func(wait time.Duration) { m.waited(platform, wait) }
}

// skew shows how far the clock is ahead of another.
func (m *metrics) skew(of string, ahead func() (d time.Duration, known bool)) {
	m.gauge("clock_skew_seconds", "How far the clock is ahead of another.", prometheus.Labels{"ref": of}, func() float64 {
		d, known := ahead()
		if !known {
			return 0
		}
		return d.Seconds()
	})
}

// storeUp shows whether the store can be written, by trying it whenever somebody looks.
func (m *metrics) storeUp(ctx context.Context, healthy func(context.Context) error) {
	m.gauge("store_up", "1 while the store can be written.", nil, func() float64 {
		limited, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		if healthy(limited) != nil {
			return 0
		}
		return 1
	})
}

// register shows the metrics at /metrics, to requests that come straight from this machine.
func (m *metrics) register(mux *http.ServeMux) {
	show := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if !direct(r) {
			answer(w, http.StatusForbidden, "only from this machine")
			return
		}
		show.ServeHTTP(w, r)
	})
}

// Handled counts an event.
func (m *metrics) Handled(platform, kind, outcome string, took time.Duration) {
	m.interactions.WithLabelValues(platform, kind, outcome).Inc()
	m.acks.Observe(took.Seconds())
	if outcome == "again" {
		m.duplicates.WithLabelValues(platform).Inc()
	}
}

// Delivered counts a try of a delivery.
func (m *metrics) Delivered(platform string, kind flows.DeliveryKind, outcome string, late time.Duration) {
	m.nudges.WithLabelValues(platform, string(kind), outcome).Inc()
	switch outcome {
	case string(flows.Sent):
		m.lateness.WithLabelValues(string(kind)).Observe(max(late, 0).Seconds())
	case string(flows.Dead):
		m.dead.Inc()
	case "unclear":
		m.unknown.WithLabelValues(platform).Inc()
	}
}

// Looked counts a look for an earlier post.
func (m *metrics) Looked(result string) { m.lookups.WithLabelValues(result).Inc() }

// Refused counts a refusal.
func (m *metrics) Refused() { m.denied.Inc() }

// counting counts the sessions with Discord's gateway that may be begun.
type counting struct {
	discord.Starts
	began prometheus.Counter
}

// BeginSession is that of Starts.
func (c counting) BeginSession(ctx context.Context, app string, bucket int, now time.Time, gap, every time.Duration, burst int) (time.Duration, error) {
	wait, err := c.Starts.BeginSession(ctx, app, bucket, now, gap, every, burst)
	if err == nil && wait == 0 {
		c.began.Inc()
	}
	return wait, err
}

// Panicked counts a panic that was caught.
func (m *metrics) Panicked() { m.panics.Inc() }
