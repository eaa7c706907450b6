package discordfake

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is one way in which a request goes wrong.
type Fault struct {
	Status     int           // answered with it instead of what the request asks for
	Code       int           // Discord's own code
	RetryAfter time.Duration // with 429
	Global     bool          // with 429
	Route      bool          // with 429: only this route, as its headers say
	Drop       bool          // the connection is cut without an answer
	Done       bool          // with Drop: but the request is carried out
	HTML       bool          // the answer is a page, as from what stands before Discord
	// Hold keeps the request from being looked at until this is closed, or whoever asks has gone.
	Hold <-chan struct{}
}

// Call is one request that came.
type Call struct {
	Route  string // "POST /channels/{channel}/messages"
	Path   string
	Body   string
	Status int
}

// request is what a route gets.
type request struct {
	*http.Request
	body []byte
}

func (r request) read(into any) bool { return json.Unmarshal(r.body, into) == nil }

// answer is what a route gives.
type answer struct {
	status int
	body   any
}

func refuse(status, code int, words string) answer {
	return answer{status, map[string]any{"code": code, "message": words}}
}

// Fault plans what goes wrong with the next requests to a route, one after the other.
func (f *Fake) Fault(route string, faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[route] = append(f.faults[route], faults...)
}

// Calls lists the requests to a route; of all routes when it is "".
func (f *Fake) Calls(route string) (list []Call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if route == "" || c.Route == route {
			list = append(list, c)
		}
	}
	return list
}

func (f *Fake) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/gateway", f.link)
	mux.HandleFunc("/gateway/", f.link)
	for route, do := range map[string]func(request) answer{
		"GET /gateway/bot":                                    f.gatewayBot,
		"GET /applications/@me":                               f.application,
		"GET /users/@me/guilds":                               f.joined,
		"GET /guilds/{guild}/channels":                        f.rooms,
		"GET /users/@me":                                      f.self,
		"POST /users/@me/channels":                            f.openDM,
		"GET /guilds/{guild}/members/{user}":                  f.member,
		"POST /channels/{channel}/messages":                   f.createMessage,
		"GET /channels/{channel}/messages":                    f.listMessages,
		"GET /channels/{channel}":                             f.room,
		"POST /channels/{channel}/messages/{message}/threads": f.openThread,
		"GET /channels/{channel}/messages/{message}":          f.readMessage,
		"PATCH /channels/{channel}/messages/{message}":        f.editMessage,
		"DELETE /channels/{channel}/messages/{message}":       f.deleteMessage,
		"PUT /applications/{app}/commands":                    f.putCommands,
		"GET /applications/{app}/commands":                    f.getCommands,
		"POST /interactions/{id}/{token}/callback":            f.callback,
		"POST /webhooks/{app}/{token}":                        f.followUp,
		"GET /webhooks/{app}/{token}/messages/{message}":      f.readOriginal,
		"PATCH /webhooks/{app}/{token}/messages/{message}":    f.editOriginal,
		"DELETE /webhooks/{app}/{token}/messages/{message}":   f.deleteOriginal,
	} {
		method, path, _ := strings.Cut(route, " ")
		mux.HandleFunc(method+" /api/v10"+path, func(w http.ResponseWriter, r *http.Request) { f.rest(w, r, route, do) })
	}
	return mux
}

// free reports whether a route needs no token and counts towards no global limit.
func free(route string) bool {
	return strings.Contains(route, "/interactions/") || strings.Contains(route, "/webhooks/")
}

func (f *Fake) rest(w http.ResponseWriter, r *http.Request, route string, do func(request) answer) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 25<<20))
	if err != nil {
		return
	}
	fault, planned := f.planned(route)
	if planned && fault.Hold != nil && !f.hold(r.Context(), fault.Hold) {
		return
	}
	if planned && fault.Drop && !fault.Done {
		panic(http.ErrAbortHandler)
	}
	var a answer
	switch {
	case planned && fault.Status != 0:
		a = answer{fault.Status, map[string]any{"code": fault.Code, "message": "a fault that was planned", "retry_after": fault.RetryAfter.Seconds(), "global": fault.Global}}
	case !free(route) && r.Header.Get("Authorization") != "Bot "+Token:
		a = refuse(401, 0, "401: Unauthorized")
	case !free(route) && f.tooMany():
		fault = Fault{Status: 429, RetryAfter: time.Second, Global: true}
		a = answer{429, map[string]any{"message": "You are being rate limited.", "retry_after": 1.0, "global": true}}
	case route == posting && f.crowded(w, r):
		fault = Fault{Status: 429, RetryAfter: f.config.Per}
		a = answer{429, map[string]any{"message": "You are being rate limited.", "retry_after": f.config.Per.Seconds(), "global": false}}
	default:
		a = f.checked(r, route, body, do)
	}
	f.note(Call{Route: route, Path: r.URL.Path, Body: string(body), Status: a.status})
	if planned && fault.Drop {
		panic(http.ErrAbortHandler)
	}
	f.reply(w, fault, a)
}

// hold holds a request back, and reports whether somebody waits for its answer after that.
func (f *Fake) hold(ctx context.Context, until <-chan struct{}) bool {
	f.mu.Lock()
	f.held++
	f.wake()
	f.mu.Unlock()
	select {
	case <-until:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// Held counts the requests that were held back, those that were let go too.
func (f *Fake) Held() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held
}

func (f *Fake) checked(r *http.Request, route string, body []byte, do func(request) answer) answer {
	if f.config.Check != nil {
		if err := f.config.Check(r.Method, strings.TrimPrefix(r.URL.Path, "/api/v10"), body); err != nil {
			f.mu.Lock()
			f.wrong = append(f.wrong, route+": "+err.Error())
			f.mu.Unlock()
			return refuse(400, 50035, "Invalid Form Body")
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.wake()
	return do(request{r, body})
}

func (f *Fake) reply(w http.ResponseWriter, fault Fault, a answer) {
	h := w.Header()
	h.Set("Date", f.config.Now().UTC().Format(http.TimeFormat))
	if a.status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(int(fault.RetryAfter.Seconds())))
		h.Set("X-RateLimit-Scope", "user")
		if fault.Route {
			h.Set("X-RateLimit-Bucket", "planned")
			h.Set("X-RateLimit-Remaining", "0")
			h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(fault.RetryAfter.Seconds(), 'f', 3, 64))
		}
		if fault.Global {
			h.Set("X-RateLimit-Global", "true")
			h.Set("X-RateLimit-Scope", "global")
		}
	}
	if fault.HTML {
		h.Set("Content-Type", "text/html")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, "<html>error</html>")
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	if a.body != nil {
		_ = json.NewEncoder(w).Encode(a.body)
	}
}

func (f *Fake) planned(route string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.faults[route]
	if len(list) == 0 {
		return Fault{}, false
	}
	f.faults[route] = list[1:]
	return list[0], true
}

// posting is the route that has a limit of its own.
const posting = "POST /channels/{channel}/messages"

// window is how many requests of a channel came within a time.
type window struct {
	since time.Time
	taken int
}

// crowded counts a request towards its channel's limit and tells of it in the answer's headers, as Discord does.
func (f *Fake) crowded(w http.ResponseWriter, r *http.Request) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.config.Route == 0 {
		return false
	}
	channel, now := r.PathValue("channel"), f.config.Now()
	one := f.windows[channel]
	if now.Sub(one.since) >= f.config.Per {
		one = window{since: now}
	}
	one.taken++
	f.windows[channel] = one
	h := w.Header()
	h.Set("X-RateLimit-Bucket", "messages")
	h.Set("X-RateLimit-Limit", strconv.Itoa(f.config.Route))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(f.config.Route-one.taken, 0)))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(one.since.Add(f.config.Per).Sub(now).Seconds(), 'f', 3, 64))
	return one.taken > f.config.Route
}

// tooMany counts a request towards the second that it falls in.
func (f *Fake) tooMany() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.config.Global == 0 {
		return false
	}
	if now := f.config.Now().Unix(); now != f.second {
		f.second, f.taken = now, 0
	}
	f.taken++
	return f.taken > f.config.Global
}

func (f *Fake) note(c Call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, c)
	if c.Status == 401 || c.Status == 403 || c.Status == 429 {
		f.invalid++
	}
	f.wake()
}
