package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"convenor/store"
)

// storeTimes times the store's work.
type storeTimes struct {
	scripts *prometheus.HistogramVec
	fsync   prometheus.Histogram
}

func newStoreTimes() *storeTimes {
	buckets := []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}
	return &storeTimes{
		scripts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "convenor", Name: "store_script_seconds", Help: "How long a script of the store takes, its way to Redis or the disk included.",
			Buckets: buckets,
		}, []string{"script"}),
		fsync: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "convenor", Name: "store_fsync_seconds", Help: "How long the disk takes to keep a group of writes.", Buckets: buckets,
		}),
	}
}

// watch is a store's Watch.
func (s *storeTimes) watch(what string) (ended func()) {
	began := time.Now()
	return func() {
		took := time.Since(began).Seconds()
		if what == "fsync" {
			s.fsync.Observe(took)
			return
		}
		s.scripts.WithLabelValues(what).Observe(took)
	}
}

// storeWork shows how long the store's work takes and how long its journal is.
func (m *metrics) storeWork(times *storeTimes, s *store.Store) {
	m.registry.MustRegister(times.scripts, times.fsync)
	m.gauge("store_journal_bytes", "How long the journal of the store without Redis is.", nil, func() float64 { return float64(s.JournalBytes()) })
}
