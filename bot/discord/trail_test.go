package discord

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestTheNumberWaitsForTheOldest goes through what can happen to a session's events in random order, beside a list that
// is looked through anew each time: the number to resume from is the one before the oldest that has not ended.
func TestTheNumberWaitsForTheOldest(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for game := range scaled(t, 300) {
		random := rand.New(rand.NewPCG(seed, uint64(game)))
		first := random.Int64N(5)
		g := &eventful{Rand: random, s: &seat{}, last: first, at: time.Unix(1, 0)}
		g.s.take(`{"id":"one","url":"ws://here","seq":` + string(rune('0'+first)) + `}`)
		for range 2 + random.IntN(200) {
			g.step(t)
			if _, _, seq := g.s.get(g.at); seq != g.safe() {
				t.Fatalf("game %d: to be resumed from %d, wanted %d: %v", game, seq, g.safe(), g.list)
			}
		}
	}
}

// eventful is what happened to each event, oldest first.
type eventful struct {
	*rand.Rand
	s    *seat
	at   time.Time
	last int64
	list []*happened
}

type happened struct {
	seq  int64
	end  func(time.Time, bool)
	owed time.Time // zero: under way, or ended
	over bool
}

func (g *eventful) step(t *testing.T) {
	t.Helper()
	switch g.IntN(6) {
	case 0, 1: // the next event; numbers may be left out
		g.last += 1 + g.Int64N(2)
		if g.IntN(50) == 0 {
			g.last += owedBack
		}
		end := g.s.heard(g.last)
		if end == nil {
			t.Fatalf("%d is no news", g.last)
		}
		g.list = append(g.list, &happened{seq: g.last, end: end})
	case 2, 3: // one of them ends, not in order
		if e := g.any(func(e *happened) bool { return !e.over && e.owed.IsZero() }); e != nil {
			if e.over = g.IntN(3) > 0; !e.over {
				e.owed = g.at
			}
			e.end(g.at, !e.over)
			e.end(g.at, true) // who says so twice changes nothing
		}
	case 4: // Discord replays one
		e := g.any(func(*happened) bool { return true })
		if e == nil {
			return
		}
		end := g.s.heard(e.seq)
		if news := end != nil; news != (!e.owed.IsZero() && !g.forgiven(e)) {
			t.Fatalf("%d is news: %v", e.seq, news)
		}
		if end != nil {
			e.end, e.owed = end, time.Time{}
		}
	case 5:
		g.at = g.at.Add(time.Duration(g.Int64N(int64(owedLife))))
	}
	for _, e := range g.list {
		if g.forgiven(e) {
			e.over, e.owed = true, time.Time{}
		}
	}
}

// any is one of those that are ok.
func (g *eventful) any(ok func(*happened) bool) *happened {
	var list []*happened
	for _, e := range g.list {
		if ok(e) {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[g.IntN(len(list))]
}

func (g *eventful) forgiven(e *happened) bool {
	return !e.owed.IsZero() && (g.at.Sub(e.owed) >= owedLife || g.last-e.seq >= owedBack)
}

func (g *eventful) safe() int64 {
	for _, e := range g.list {
		if !e.over {
			return e.seq - 1
		}
	}
	return g.last
}

// TestOwingIsBounded: a store that is away for long costs neither memory nor the session.
func TestOwingIsBounded(t *testing.T) {
	t.Parallel()
	road := newTrail(0)
	for seq := range int64(100 * owedBack) {
		if !road.hear(seq + 1) {
			t.Fatalf("%d is no news", seq+1)
		}
		road.end(seq+1, time.Unix(1, 0), true)
	}
	if n := len(road.owed); n > owedBack {
		t.Errorf("%d are remembered", n)
	}
	if behind := road.last - road.safe(time.Unix(1, 0)); behind > owedBack {
		t.Errorf("it asks for %d again", behind)
	}
	if now := time.Unix(1, 0).Add(owedLife); road.safe(now) != road.last {
		t.Errorf("it asks for %d again for ever", road.last-road.safe(now))
	}
}

// TestAnotherSessionsEventsEndApart: what was heard in one session does not hold back the number of the next.
func TestAnotherSessionsEventsEndApart(t *testing.T) {
	t.Parallel()
	var s seat
	s.begin("one", "ws://here")
	late := s.heard(1)
	s.begin("two", "ws://here")
	s.heard(1)(time.Unix(1, 0), false)
	open := s.heard(2)
	s.heard(3)(time.Unix(1, 0), false)
	late(time.Unix(1, 0), true)
	if _, _, seq := s.get(time.Unix(1, 0)); seq != 1 {
		t.Errorf("to be resumed from %d", seq)
	}
	open(time.Unix(1, 0), false)
	if _, _, seq := s.get(time.Unix(1, 0)); seq != 3 {
		t.Errorf("to be resumed from %d", seq)
	}
}
