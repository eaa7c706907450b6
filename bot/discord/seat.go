package discord

import (
	"encoding/json"
	"sync"
	"time"
)

// seat is a session that can be resumed: by this process and, where sessions are kept for all, by another. The zero seat
// is none.
type seat struct {
	mu      sync.Mutex
	id, url string
	trail   *trail // of this session; what is under way from one before it ends on its own
}

// kept is a seat as it is stored. It holds no token: without one it is of no use.
type keptSeat struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	Seq int64  `json:"seq"`
}

// get returns the session, and the number from which it may be resumed: everything up to it has ended.
func (s *seat) get(now time.Time) (id, url string, seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trail == nil {
		return s.id, s.url, 0
	}
	return s.id, s.url, s.trail.safe(now)
}

// begin sits down: what came before was another session's.
func (s *seat) begin(id, url string) { s.sit(id, url, 0) }

func (s *seat) sit(id, url string, seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id, s.url, s.trail = id, url, newTrail(seq)
}

// heard notes the number of an event and returns how its end is noted, which is to be called once; nil when the event is
// no news.
func (s *seat) heard(seq int64) (end func(at time.Time, owed bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trail == nil {
		s.trail = newTrail(0)
	}
	t := s.trail
	if seq != 0 && !t.hear(seq) {
		return nil
	}
	return func(at time.Time, owed bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		t.end(seq, at, owed)
	}
}

// leave gives the session up.
func (s *seat) leave() { s.begin("", "") }

// text is the seat to be kept; "" when there is none.
func (s *seat) text(now time.Time) string {
	id, url, seq := s.get(now)
	if id == "" {
		return ""
	}
	raw, err := json.Marshal(keptSeat{id, url, seq})
	if err != nil {
		return ""
	}
	return string(raw)
}

// take sits down on a seat that was kept, unless it has been going on from there itself. What cannot be read is no seat.
func (s *seat) take(text string) {
	var k keptSeat
	if json.Unmarshal([]byte(text), &k) != nil || k.ID == "" || k.URL == "" || s.beyond(k) {
		return
	}
	s.sit(k.ID, k.URL, k.Seq)
}

// beyond reports whether at least as much was heard in the session here as when it was kept.
func (s *seat) beyond(k keptSeat) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.id == k.ID && s.trail != nil && s.trail.last >= k.Seq
}
