package slackfake

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"
)

// Weather is what goes wrong by chance. The zero value is a fine day.
type Weather struct {
	Seed    uint64
	Faults  float64       // share of the calls that go wrong, in every way there is
	Latency time.Duration // a call takes that long at most before it is answered, and half as long mostly
	Repeats float64       // share of the events that come late, and of those that come again after they were acknowledged
}

// laterMost is how late an event comes at most.
const laterMost = 2 * time.Second

// weather is a Weather under way. It is guarded by Fake.mu.
type weather struct {
	Weather
	random   *rand.Rand
	faults   int
	repeats  int
	coming   int      // events that come later
	underway []func() // calls that the workspace carries out when they arrive
}

// SetWeather makes things go wrong by chance from now on. Greeting the workspace and opening sockets always works.
func (f *Fake) SetWeather(w Weather) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.weather.Weather, f.weather.random = w, rand.New(rand.NewPCG(w.Seed, 0)) //nolint:gosec // a test's chance is to be repeated
}

// Suffered tells how many calls went wrong by chance, and how many events came late or again.
func (f *Fake) Suffered() (faults, repeats int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.weather.faults, f.weather.repeats
}

// Arrive lets everything arrive that is under way: calls that were cut and are carried out late, and posts that the
// history does not show yet. Call it before a clock moves on by more than a request may take.
func (f *Fake) Arrive() {
	f.mu.Lock()
	calls := f.weather.underway
	f.weather.underway = nil
	for _, channel := range f.messages {
		for _, m := range channel {
			m.blind = false
		}
	}
	f.mu.Unlock()
	for _, call := range calls {
		call()
	}
}

// delay keeps back, until the next Arrive, a call or the sight of what it posted.
func (f *Fake) delay(fault Fault, out answer, call func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fault.Late {
		f.weather.underway = append(f.weather.underway, call)
	}
	for _, m := range f.messages[word(out, "channel")] {
		if fault.Blind && m.TS == word(out, "ts") {
			m.blind = true
		}
	}
}

func word(out answer, key string) string {
	text, _ := out[key].(string)
	return text
}

// linger lets a call take its time.
func (f *Fake) linger(ctx context.Context) {
	f.mu.Lock()
	w := &f.weather
	if w.random == nil || w.Latency == 0 {
		f.mu.Unlock()
		return
	}
	takes := time.NewTimer(time.Duration(w.random.Int64N(int64(w.Latency)))) //nolint:forbidigo // this package plays the outside world
	f.mu.Unlock()
	defer takes.Stop()
	select {
	case <-takes.C:
	case <-ctx.Done():
	}
}

// chance draws what goes wrong with a call of a method, if anything. The caller holds f.mu.
func (f *Fake) chance(method string) (Fault, bool) {
	w := &f.weather
	if w.random == nil || method == "auth.test" || method == "apps.connections.open" || w.random.Float64() >= w.Faults {
		return Fault{}, false
	}
	w.faults++
	done := w.random.IntN(2) == 0
	statuses := []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	kinds := []Fault{
		{Status: http.StatusTooManyRequests, RetryAfter: time.Duration(1+w.random.IntN(3)) * time.Second},
		{Status: statuses[w.random.IntN(len(statuses))], Done: done},
		{Drop: true, Done: done},
		{Body: `{"ok":tr`, Done: done},
		{Error: "fatal_error", Done: done},
	}
	if method == "chat.postMessage" {
		kinds = append(kinds, Fault{Body: `{"ok":true}`, Done: done}, Fault{Drop: true, Late: true}, Fault{Drop: true, Done: true, Blind: true})
	}
	return kinds[w.random.IntN(len(kinds))], true
}

// detour lets an event come late, by chance, so that others overtake it. It reports whether it does. The caller holds
// f.mu.
func (f *Fake) detour(e *envelope) bool {
	w := &f.weather
	if w.random == nil || w.random.Float64() >= w.Repeats {
		return false
	}
	w.repeats++
	f.dispatchIn(time.Duration(w.random.Int64N(int64(laterMost))), e)
	return true
}

// again sends an event once more that was acknowledged, by chance. The caller holds f.mu.
func (f *Fake) again(e *envelope) {
	w := &f.weather
	if !e.again || w.random == nil || w.random.Float64() >= w.Repeats {
		return
	}
	w.repeats++
	twin := &envelope{kind: e.kind, payload: e.payload, again: true, attempt: e.attempt + 1, reason: "timeout"}
	f.dispatchIn(time.Duration(w.random.Int64N(int64(laterMost))), twin)
}

func (f *Fake) dispatchIn(d time.Duration, e *envelope) {
	f.weather.coming++
	time.AfterFunc(d, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.weather.coming--
		f.dispatch(e)
	})
}

// Called counts the calls so far.
func (f *Fake) Called() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}
