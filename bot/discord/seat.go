package discord

import (
	"encoding/json"
	"sync"
)

// seat is a session that can be resumed: by this process and, where sessions are kept for all, by another. The zero seat
// is none.
type seat struct {
	mu      sync.Mutex
	id, url string
	seq     int64
}

// kept is a seat as it is stored. It holds no token: without one it is of no use.
type keptSeat struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	Seq int64  `json:"seq"`
}

func (s *seat) get() (id, url string, seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.id, s.url, s.seq
}

// begin sits down: what came before was another session's.
func (s *seat) begin(id, url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id, s.url, s.seq = id, url, 0
}

// heard notes the number of an event, and reports whether it is news.
func (s *seat) heard(seq int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq != 0 && seq <= s.seq {
		return false
	}
	s.seq = max(s.seq, seq)
	return true
}

// leave gives the session up.
func (s *seat) leave() { s.begin("", "") }

// text is the seat to be kept; "" when there is none.
func (s *seat) text() string {
	id, url, seq := s.get()
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
	if json.Unmarshal([]byte(text), &k) != nil || k.ID == "" || k.URL == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.id != k.ID || s.seq < k.Seq {
		s.id, s.url, s.seq = k.ID, k.URL, k.Seq
	}
}
