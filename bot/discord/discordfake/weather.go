package discordfake

// CutSockets ends every connection with a close code; 0 means without a word. Some codes end the session, too.
func (f *Fake) CutSockets(code int) {
	f.each(func(s *session) {
		one := s.socket
		s.socket = nil
		s.ended = s.ended || code == 1000 || code == 1001 || code == 4003 || code == 4007 || code == 4009
		one.end(code)
	})
}

// Freeze leaves every connection half-open: nothing comes any more, nothing is heard, and nobody says so.
func (f *Fake) Freeze() { f.each(func(s *session) { s.socket.freeze() }) }

// Garble sends over every connection what cannot be read: bytes that are no compressed stream, or one of no JSON.
func (f *Fake) Garble(compressed bool) {
	f.each(func(s *session) {
		if compressed {
			s.socket.write([]byte(`{"op":0,"d":{]`))
		} else {
			s.socket.bare([]byte{0xff, 0x07, 0xde, 0xad, 0xbe, 0xef, 0xff, 0xff, 0xff, 0xff})
		}
	})
}

// Ask sends an opcode to every connection: 7 asks to come back, 9 says that the session is over, 1 asks for a heartbeat.
func (f *Fake) Ask(op int, data any) {
	f.each(func(s *session) {
		if op == 9 && data == false {
			s.ended = true
		}
		s.socket.send(frame{Op: op, Data: data})
	})
}

// Modernize makes it take messages made of components alone.
func (f *Fake) Modernize() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.config.Old = false
}

// Forget ends every session: who comes back must begin anew.
func (f *Fake) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.gate.sessions {
		s.ended = true
	}
}

func (f *Fake) each(do func(*session)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.gate.sessions {
		if s.socket != nil {
			do(s)
		}
	}
	f.wake()
}

// Greeting says how the next that identify or come back are received.
type Greeting struct {
	Close    int  // with this close code, once
	Invalid  int  // so many with op 9
	Recalled int  // so many with op 7
	Mute     bool // heartbeats are not acknowledged
	Deaf     int  // so many of the next connections are not taken
	Hush     int  // so many of the next connections get no hello
	Blank    int  // so many of the next are not answered
	Twice    bool // who comes back is told everything twice
	Crumbs   bool // every message comes in pieces of a few bytes
}

// Greet sets it.
func (f *Fake) Greet(g Greeting) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gate.refuseBy, f.gate.invalid, f.gate.recalled, f.gate.mute, f.gate.deaf = g.Close, g.Invalid, g.Recalled, g.Mute, g.Deaf
	f.gate.hush, f.gate.blank, f.gate.twice, f.gate.crumbs = g.Hush, g.Blank, g.Twice, g.Crumbs
}

// Beats counts the heartbeats.
func (f *Fake) Beats() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gate.beats
}
