package web

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/flows"
)

func TestPage(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), Options{})
	for name, c := range map[string]struct {
		path, accept, lang, words string
	}{
		"English":              {"/", "", "en", "What Convenor remembers"},
		"the browser's choice": {"/", "fr-FR,es-US;q=0.8,en;q=0.5", "es", "Lo que Convenor recuerda"},
		"the address's choice": {"/?lang=en", "es", "en", "What Convenor remembers"},
		"no such language":     {"/?lang=xx", "", "en", "What Convenor remembers"},
	} {
		got := p.get(t, c.path, "Accept-Language", c.accept)
		body := got.body
		if !strings.Contains(body, `<html lang="`+c.lang+`">`) || !strings.Contains(body, c.words) || strings.Contains(body, "web.") {
			t.Errorf("%s: not in %s, or a word is missing", name, c.lang)
		}
		policy := got.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: headers %v", name, got.header)
		}
		if regexp.MustCompile(`(?i)<style|<script>|\son[a-z]+=|\sstyle=`).MatchString(body) {
			t.Errorf("%s: something is inline", name)
		}
		for _, m := range regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(body, -1) {
			if file := p.get(t, m[1]); file.code != http.StatusOK {
				t.Errorf("%s: %s answers %d", name, m[1], file.code)
			}
		}
	}
	if got := p.get(t, "/nothing"); got.code != http.StatusNotFound {
		t.Errorf("an unknown address answers %d", got.code)
	}
}

// TestPageWords holds the page's files and its list of words together, in both languages.
func TestPageWords(t *testing.T) {
	t.Parallel()
	said := map[string]bool{"web.yes": true, "web.no": true, "web.notsaved": true} // by Go as well
	for _, p := range Cast() {
		said[p.Role] = true
	}
	names, err := fs.Glob(assets, "assets/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		source, err := assets.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range regexp.MustCompile(`"((?:web|menu|step)\.[a-z.-]+)`).FindAllStringSubmatch(string(source), -1) {
			key := key[1]
			known := false
			for _, k := range pageWords() {
				if k == key || strings.HasSuffix(key, ".") && strings.HasPrefix(k, key) {
					known, said[k] = true, true
				}
			}
			if !known {
				t.Errorf("%s says %q, which is not on the list", name, key)
			}
		}
	}
	pack := catalogue(t)
	for _, key := range pageWords() {
		if !said[key] {
			t.Errorf("nobody says %q", key)
		}
		for _, l := range []flows.Locale{flows.English, flows.Spanish} {
			if _, ok := pack.Word(l, key, -1); !ok {
				t.Errorf("%q is missing in %s", key, l)
			}
		}
	}
}

// TestTyped follows a typed line: it stands in the conversation before Convenor hears of it, once, however often it is
// sent; and it is taken back when it could not be saved.
func TestTyped(t *testing.T) {
	t.Parallel()
	var p playground
	var fail error
	var heard []bot.Inbound
	p = open(t, t.TempDir(), Options{Handler: handle(func(_ context.Context, in bot.Inbound) (bot.Answer, error) {
		heard = append(heard, in)
		if items, _, _ := p.World.since(0); items[len(items)-1].Message.Blocks[0].Text != in.Typed.Text {
			t.Error("Convenor heard it before it stood there")
		}
		return bot.Answer{}, fail
	})})
	line := act{ID: "abcd-1234", As: "marcus", In: "channel.volunteers", Text: "hello"}
	for range 2 {
		var out outcome
		if code := p.post(t, "/act", line, &out); code != http.StatusOK || !out.Saved || out.Whisper != nil || out.Form != nil {
			t.Errorf("answered %d %+v", code, out)
		}
	}
	want := bot.Inbound{
		Key: "discord:abcd-1234", Platform: "discord", Place: PlaceDiscord, Channel: "volunteers", User: "marcus",
		Locale: flows.English, Typed: &bot.Typed{Text: "hello"},
	}
	if len(heard) != 2 || *heard[0].Typed != *want.Typed || heard[1].Key != want.Key || heard[0].Channel != want.Channel || heard[0].Place != want.Place {
		t.Errorf("heard %+v", heard)
	}
	items, last := p.stream(t, "")
	if len(items) != 1 || items[0].By != "marcus" {
		t.Errorf("there stand %+v", items)
	}
	fail = errors.New("the store is away")
	line.ID, line.Text = "abcd-1235", "lost?"
	var out outcome
	if code := p.post(t, "/act", line, &out); code != http.StatusServiceUnavailable || out.Saved || out.Whisper == nil {
		t.Errorf("not saved: answered %d %+v", code, out)
	}
	if items, _ := p.stream(t, last); len(items) != 1 || !items[0].Gone || len(items[0].Message.Blocks) != 0 {
		t.Errorf("not saved: there stand %+v", items)
	}
}

func TestActRefuses(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), Options{Handler: handle(func(context.Context, bot.Inbound) (bot.Answer, error) {
		t.Error("it was handled")
		return bot.Answer{}, nil
	})})
	press := &bot.Press{Token: "menu"}
	for name, a := range map[string]act{
		"nobody":                       {ID: "abcd-1234", As: "eve", In: "dm.rosa", Press: press},
		"somebody else's conversation": {ID: "abcd-1234", As: "james", In: "dm.rosa", Press: press},
		"the other platform":           {ID: "abcd-1234", As: "marcus", In: "channel.reentry-council", Press: press},
		"no id":                        {As: "rosa", In: "dm.rosa", Press: press},
		"an odd id":                    {ID: "abcd 1234", As: "rosa", In: "dm.rosa", Press: press},
		"nothing":                      {ID: "abcd-1234", As: "rosa", In: "dm.rosa"},
		"two things":                   {ID: "abcd-1234", As: "rosa", In: "dm.rosa", Press: press, Text: "x"},
	} {
		if code := p.post(t, "/act", a, nil); code != http.StatusBadRequest {
			t.Errorf("%s: answered %d", name, code)
		}
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.http.URL+"/act", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Origin", "https://elsewhere.example")
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: answered %d", r.StatusCode)
	}
}

// TestStream: a page that comes back gets what it missed and nothing twice.
func TestStream(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), Options{})
	to := bot.Address{Place: PlaceSlack, Channel: "reentry-council"}
	send := func(text string) flows.Posted {
		at, err := p.platform(slack).Send(t.Context(), to, "k"+text, says(text))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := send("one")
	send("two")
	items, last := p.stream(t, "")
	if len(items) != 2 || last != "2" {
		t.Fatalf("at first: %d items up to %s", len(items), last)
	}
	if again, _ := p.stream(t, last); len(again) != 0 {
		t.Errorf("nothing happened, but %+v", again)
	}
	if err := p.platform(slack).Edit(t.Context(), first, says("changed")); err != nil {
		t.Fatal(err)
	}
	if items, last = p.stream(t, last); len(items) != 1 || items[0].Message.Blocks[0].Text != "changed" || last != "3" {
		t.Errorf("after an edit: %+v up to %s", items, last)
	}
}

// TestTimeMachine: whatever is due on the way happens at its own hour, in its turn.
func TestTimeMachine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		move, as string
		until    time.Time
		hours    int
	}{
		{"1h", "rosa", noon().Add(20*time.Minute + time.Hour), 1},
		{"tomorrow", "rosa", time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC), 21},
		{"tomorrow", "marcus", time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC), 23},
		{"week", "rosa", noon().Add(20*time.Minute + 7*24*time.Hour), 7 * 24},
	} {
		hours := map[time.Time]bool{}
		var p playground
		p = open(t, t.TempDir(), Options{Tick: func(context.Context) error {
			if at := p.clock.now(); at.Equal(at.Truncate(time.Hour)) {
				hours[at] = true
			}
			return nil
		}})
		p.clock.move(20 * time.Minute)
		if code := p.post(t, "/clock", map[string]string{"advance": c.move, "as": c.as}, nil); code != http.StatusOK {
			t.Errorf("%s: answered %d", c.move, code)
		}
		if late := p.clock.now().Sub(c.until); late < 0 || late > time.Minute || len(hours) != c.hours {
			t.Errorf("%s: it is %v after %d full hours", c.move, p.clock.now(), len(hours))
		}
	}
	p := open(t, t.TempDir(), Options{Tick: func(context.Context) error { return errors.New("away") }})
	for body, want := range map[string]int{"1h": http.StatusServiceUnavailable, "year": http.StatusBadRequest} {
		if code := p.post(t, "/clock", map[string]string{"advance": body, "as": "rosa"}, nil); code != want {
			t.Errorf("%s: answered %d", body, code)
		}
	}
}

// TestTimeMachineLingers: messages that come one after the other, each a second later, all come at the same stop.
func TestTimeMachineLingers(t *testing.T) {
	t.Parallel()
	var p playground
	waiting, ready := 0, noon().Add(time.Hour)
	p = open(t, t.TempDir(), Options{Tick: func(ctx context.Context) error {
		if at := p.clock.now(); waiting == 0 || at.Before(ready) {
			return nil
		}
		waiting, ready = waiting-1, ready.Add(time.Second)
		_, err := p.platform(slack).Send(ctx, bot.Address{Place: PlaceSlack, User: "rosa"}, "k", says("x"))
		return err
	}})
	waiting, ready = 5, noon().Add(time.Hour+time.Second)
	p.post(t, "/clock", map[string]string{"advance": "week", "as": "rosa"}, nil)
	items, _ := p.stream(t, "")
	if len(items) != 5 {
		t.Fatalf("%d messages came", len(items))
	}
	for _, it := range items {
		if it.At.Sub(noon()) > time.Hour+time.Minute {
			t.Errorf("one came at %v", it.At)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	var chosen []string
	var channels flows.Locale
	p := open(t, t.TempDir(), Options{
		Handler: handle(func(_ context.Context, in bot.Inbound) (bot.Answer, error) {
			chosen = append(chosen, in.User+" "+in.Press.Token)
			return bot.Answer{}, nil
		}),
		Speak: func(_ context.Context, l flows.Locale) error { channels = l; return nil },
	})
	token := func(l flows.Locale) string { return flows.Token{Verb: flows.VerbLanguage, Arg: string(l)}.String() }
	p.post(t, "/language", map[string]string{"id": "abcd-1234", "as": "james", "locale": "es"}, nil)
	if !slices.Equal(chosen, []string{"james " + token("es")}) || channels != "" {
		t.Errorf("one person: %v, channels %q", chosen, channels)
	}
	chosen = nil
	p.post(t, "/language", map[string]string{"id": "abcd-1235", "locale": "en"}, nil)
	want := []string{"rosa " + token("en"), "marcus " + token("en"), "ana " + token("es"), "james " + token("en")}
	if !slices.Equal(chosen, want) || channels != flows.English {
		t.Errorf("everybody: %v, channels %q", chosen, channels)
	}
	james, err := p.platform(slack).Profile(t.Context(), PlaceSlack, "james")
	if err != nil || james.Locale != flows.English {
		t.Errorf("James' profile: %+v, %v", james, err)
	}
	if code := p.post(t, "/language", map[string]string{"id": "abcd-1236", "locale": "xx"}, nil); code != http.StatusBadRequest {
		t.Errorf("an unknown language: %d", code)
	}
}

// TestWelcome: every channel is greeted once, by whoever of its platform comes first, and everybody reads the language
// of the first page.
func TestWelcome(t *testing.T) {
	t.Parallel()
	for _, l := range []flows.Locale{flows.English, flows.Spanish} {
		var greeted []string
		channels := flows.English
		p := open(t, t.TempDir(), Options{
			Handler: handle(func(_ context.Context, in bot.Inbound) (bot.Answer, error) {
				if in.Opened != nil && in.Opened.Added {
					greeted = append(greeted, in.Place+" "+in.Channel+" "+in.User)
				}
				return bot.Answer{}, nil
			}),
			Speak: func(_ context.Context, l flows.Locale) error { channels = l; return nil },
		})
		welcome := func() {
			t.Helper()
			if code := p.post(t, "/welcome", map[string]flows.Locale{"locale": l}, nil); code != http.StatusOK {
				t.Errorf("%s: answered %d", l, code)
			}
		}
		welcome()
		if want := []string{"slack:PLAY reentry-council rosa", "discord:PLAY volunteers marcus"}; !slices.Equal(greeted, want) {
			t.Errorf("%s: greeted %v", l, greeted)
		}
		rosa, _ := persona("rosa")
		if channels != l || p.World.locale(rosa) != l {
			t.Errorf("%s: channels speak %s, Rosa reads %s", l, channels, p.World.locale(rosa))
		}
		if _, err := p.platform(slack).Send(t.Context(), bot.Address{Place: PlaceSlack, Channel: "reentry-council"}, "k", says("hello")); err != nil {
			t.Fatal(err)
		}
		greeted, l = nil, flows.Spanish
		welcome()
		if len(greeted) != 1 {
			t.Errorf("once more: greeted %v", greeted)
		}
	}
	p := open(t, t.TempDir(), Options{Handler: handle(func(context.Context, bot.Inbound) (bot.Answer, error) {
		return bot.Answer{}, errors.New("away")
	})})
	for l, want := range map[string]int{"en": http.StatusServiceUnavailable, "xx": http.StatusBadRequest} {
		if code := p.post(t, "/welcome", map[string]string{"locale": l}, nil); code != want {
			t.Errorf("%s: answered %d", l, code)
		}
	}
}
