package discord

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
)

// toldOf counts what Asked and Waited were told.
type toldOf struct {
	mu     sync.Mutex
	count  map[string]int // by route and status
	waited time.Duration
}

func (c *toldOf) asked(method, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int{}
	}
	c.count[method+" "+code]++
}

func (c *toldOf) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waited += d
}

func (c *toldOf) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.count)
}

// came is what a pretend Discord says was asked, in our words.
func came(f *discordfake.Fake) map[string]int {
	ids := strings.NewReplacer("{guild}", "{id}", "{channel}", "{id}", "{message}", "{id}", "{user}", "{id}", "{app}", "{id}")
	count := map[string]int{}
	for _, c := range f.Calls("") {
		count[ids.Replace(c.Route)+" "+strconv.Itoa(c.Status)]++
	}
	return count
}

// TestEachRequestIsTold: route and status of each request, and never an id or a token.
func TestEachRequestIsTold(t *testing.T) {
	t.Parallel()
	var told toldOf
	f := server(t, discordfake.Config{})
	d := adapter(t, f, func(o *Options) { o.Asked = told.asked })
	must(t, d.Start(t.Context()))
	to := bot.Address{Place: place(discordfake.Guild), Channel: general}
	at, err := d.Send(t.Context(), to, "key", saying("Hello."))
	must(t, err)
	must(t, d.Edit(t.Context(), at, saying("Hello again.")))
	_, _, err = d.Find(t.Context(), to, "another", time.Now().Add(-time.Hour))
	must(t, err)
	_, err = d.Profile(t.Context(), place(discordfake.Guild), ana)
	must(t, err)
	_, err = d.Send(t.Context(), bot.Address{Place: place(discordfake.Guild), User: ben}, "key2", saying("Hello, Ben."))
	must(t, err)
	for _, fault := range []discordfake.Fault{{Status: 403, Code: 50013}, {Status: 503, HTML: true}, {Status: 799}} {
		f.Fault("PATCH /channels/{channel}/messages/{message}", fault)
		_ = d.Edit(t.Context(), at, saying("And again."))
	}
	must(t, d.Retract(t.Context(), at))
	want := came(f)
	odd := "PATCH /channels/{id}/messages/{id} "
	want[odd+"other"] = want[odd+"799"]
	delete(want, odd+"799")
	if got := told.all(); !maps.Equal(got, want) || len(got) < 12 {
		t.Errorf("told of\n%v\nand this came:\n%v", got, want)
	}
	f.Fault("DELETE /channels/{channel}/messages/{message}", discordfake.Fault{Drop: true})
	_ = d.Retract(t.Context(), at)
	if n := told.all()["DELETE /channels/{id}/messages/{id} no-answer"]; n != 1 {
		t.Errorf("told %d times that there was no answer", n)
	}
}

// TestWaitsAreTold: eleven messages for a channel that takes five in two seconds wait twice until it takes more.
func TestWaitsAreTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told toldOf
		f := server(t, discordfake.Config{Unheard: true, Global: 50, Route: 5, Per: 2 * time.Second})
		d := adapter(t, f, func(o *Options) { o.Transport, o.Waited = wire{f}, told.wait })
		begun := time.Now()
		for n := range 11 {
			_, err := d.Send(t.Context(), bot.Address{Place: place(discordfake.Guild), Channel: general}, strconv.Itoa(n), saying("Hello."))
			must(t, err)
		}
		if took := time.Since(begun); told.waited != took || took < 4*time.Second {
			t.Errorf("told of %v of %v", told.waited, took)
		}
	})
}

// TestOtherRoutesAreNotNamed: what stands for a token never shows, nor does a way that is not one of ours.
func TestOtherRoutesAreNotNamed(t *testing.T) {
	t.Parallel()
	f := server(t, discordfake.Config{})
	d := adapter(t, f, nil)
	way, ok := d.rest.Client.Transport.(*limiter).next.(*asking)
	if !ok {
		t.Fatal("requests are not told of")
	}
	for path, want := range map[string]string{
		"interactions/1/secret/callback":        "POST /interactions/{id}/{token}/callback",
		"webhooks/1/secret":                     "POST /webhooks/{id}/{token}",
		"webhooks/1/secret/messages/@original":  "POST /webhooks/{id}/{token}/messages/{id}",
		"users/@me":                             "POST /users/@me",
		"users/1":                               "other",
		"webhooks/1/secret/messages/1/and/more": "other",
		"":                                      "other",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.APIURL()+"/"+path, nil)
		must(t, err)
		if name := way.method(r); name != want {
			t.Errorf("%q is told as %q, not %q", path, name, want)
		}
	}
}
