package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"convenor/bot"
)

// lateAfter is how long after its time something that nobody has taken up counts as overdue.
const lateAfter = time.Minute

// sight is a number, or one for each value of a label, that is shown only while it is known.
type sight struct {
	desc *prometheus.Desc
	read func() map[string]float64 // by the label's value; without a label by ""
}

// Describe is that of a prometheus.Collector.
func (s sight) Describe(to chan<- *prometheus.Desc) { to <- s.desc }

// Collect is that of a prometheus.Collector.
func (s sight) Collect(to chan<- prometheus.Metric) {
	for value, n := range s.read() {
		var labels []string
		if value != "" {
			labels = []string{value}
		}
		to <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, n, labels...)
	}
}

func (m *metrics) sight(name, help string, labels []string, read func() map[string]float64) {
	m.registry.MustRegister(sight{prometheus.NewDesc("convenor_"+name, help, labels, nil), read})
}

// census shows what the last way through everybody's records has counted.
func (m *metrics) census(last func() (bot.Census, bool)) {
	m.sight("conversations_open", "Conversations and rounds that are not over, as the last look through everything has counted them.", []string{"flow"},
		func() map[string]float64 {
			c, _ := last()
			open := map[string]float64{}
			for flow, n := range c.Open {
				open[flow] = float64(n)
			}
			return open
		})
	m.sight("flow_versions_live", "Versions of flows that are kept, as the last look through everything has counted them.", nil, func() map[string]float64 {
		c, ok := last()
		if !ok {
			return nil
		}
		return map[string]float64{"": float64(c.Flows)}
	})
}

// overdue shows how much should have been taken up a minute ago and was not, by asking the store whenever somebody looks.
func (m *metrics) overdue(ctx context.Context, now func() time.Time, count func(context.Context, time.Time) (int64, error)) {
	m.sight("nudges_overdue", "Conversations with a message to send, and timers, whose time came more than a minute ago and that nobody has taken up.", nil,
		func() map[string]float64 {
			limited, cancel := context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
			n, err := count(limited, now().Add(-lateAfter))
			if err != nil {
				return nil
			}
			return map[string]float64{"": float64(n)}
		})
}
