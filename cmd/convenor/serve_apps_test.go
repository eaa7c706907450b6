package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/store/redistest"
)

// oneAddress puts several workspaces behind one address of the Web API, as Slack does: the token tells which is meant.
func oneAddress(t *testing.T, workspaces ...*slackfake.Fake) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		form, _ := url.ParseQuery(string(body))
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") + form.Get("token")
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		for _, f := range workspaces {
			bot, app := f.Tokens()
			if to, err := url.Parse(f.APIURL()); err == nil && strings.Contains(token, bot) || strings.Contains(token, app) {
				httputil.NewSingleHostReverseProxy(&url.URL{Scheme: to.Scheme, Host: to.Host}).ServeHTTP(w, r)
				return
			}
		}
		_, _ = io.WriteString(w, `{"ok":false,"error":"invalid_auth"}`)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/api/"
}

// twoTowns are two workspaces that count alike, and a file that lists their apps.
func twoTowns(t *testing.T, http bool) (north, south *slackfake.Fake, file string) {
	t.Helper()
	var list strings.Builder
	town := func(team, digit, locale, rosa, marcus, ana string) *slackfake.Fake {
		f := slackfake.Start(t, slackfake.Config{
			Team: team, BotToken: "xoxb-" + digit, AppToken: "xapp-" + digit, SigningSecret: strings.Repeat(digit, 32),
		})
		for id, name := range map[string]string{"U1": rosa, "U2": marcus, "U3": ana} {
			f.AddUser(slackfake.User{ID: id, Name: name, Zone: "America/Chicago", Locale: locale})
		}
		f.AddChannel("C1", "council", slackfake.BotUser, "U1", "U2", "U3")
		list.WriteString("- SLACK_BOT_TOKEN: xoxb-" + digit + "\n")
		if http {
			list.WriteString("  SLACK_SIGNING_SECRET: \"" + strings.Repeat(digit, 32) + "\"\n")
		} else {
			list.WriteString("  SLACK_APP_TOKEN: xapp-" + digit + "\n")
		}
		return f
	}
	north = town("T1", "1", "en-US", "Rosa Delgado", "Marcus Bell", "Ana Reyes")
	south = town("T2", "2", "es-LA", "Carla Ruiz", "Tomás Vega", "Inés Soto")
	file = filepath.Join(t.TempDir(), "apps.yaml")
	if err := os.WriteFile(file, []byte("# Our two counties.\n"+list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return north, south, file
}

// TestServeSeveralWorkspaces runs two processes for two workspaces, each with its own app and both counting alike. The
// same happens in both at the same time, events come late and twice: nothing crosses, and each press counts once.
func TestServeSeveralWorkspaces(t *testing.T) {
	t.Parallel()
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			north, south, file := twoTowns(t, http)
			o := bareOffice(t, redistest.Start(t).URL())
			o.fake, o.http = north, http
			o.env = append(o.env, "SLACK_APPS_FILE="+file, "SLACK_API_URL="+oneAddress(t, north, south))
			o.start()
			peer := o.beside()
			reach(t, http, turns(t, o.addr, peer.addr), north, south)
			there := &office{t: t, ctx: t.Context(), fake: south, pack: o.pack, addr: o.addr, said: o.said}
			towns := map[string]people{"north": {o, flows.English}, "south": {there, flows.Spanish}}
			for _, p := range towns {
				p.fake.SetWeather(slackfake.Weather{Seed: 1, Repeats: 0.2})
			}
			t.Run("towns", func(t *testing.T) { // both at the same time
				for name, p := range towns {
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						mine := people{&office{t: t, ctx: t.Context(), fake: p.fake, pack: p.pack, addr: p.addr, said: p.said, peers: []*office{}}, p.locale}
						mine.round()
						mine.signUp()
						mine.step()
					})
				}
			})
			never := map[string][]string{
				"north": {"Carla", "Tomás", "Inés", towns["south"].asked("round-2.3.3", "q1"), towns["south"].word("menu.title")},
				"south": {"Rosa", "Marcus Bell", "Ana Reyes", towns["north"].asked("round-2.3.3", "q1"), towns["north"].word("menu.title")},
			}
			for name, p := range towns {
				for _, m := range p.fake.AllMessages() {
					for _, word := range never[name] {
						if strings.Contains(m.Shown(), word) {
							t.Errorf("%q is shown in the %s:\n%s", word, name, m.Shown())
						}
					}
				}
				p.once(p.word("round.done"), p.fake.Messages("C1"))
				p.once(p.word("signup.messenger"), p.fake.DMs("U2"))
				p.once(p.word("step.yours"), p.fake.DMs("U2"))
			}
		})
	}
}

// turns is an address behind which processes take turns, as behind a load balancer.
func turns(t *testing.T, addresses ...string) string {
	t.Helper()
	var turn atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := addresses[int(turn.Add(1))%len(addresses)]
		httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: to}).ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// reach waits until each workspace reaches the processes.
func reach(t *testing.T, http bool, address string, workspaces ...*slackfake.Fake) {
	t.Helper()
	soon, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, f := range workspaces {
		for http && f.SetRequestURL(soon, address) != nil {
			if soon.Err() != nil {
				t.Fatal("Slack's requests are not answered")
			}
		}
		if err := f.Await(soon, "both processes", func() bool { return http || f.Sockets() > 1 }); err != nil {
			t.Fatal(err)
		}
	}
}

// once checks that exactly one message shows part.
func (p people) once(part string, messages []slackfake.Message) {
	p.t.Helper()
	n := 0
	for _, m := range messages {
		n += min(strings.Count(m.Shown(), part), 1)
	}
	if n != 1 {
		p.t.Errorf("%q stands in %d messages", part, n)
	}
}

// TestServeNamesTheBrokenApp starts with a list in which one app does not work.
func TestServeNamesTheBrokenApp(t *testing.T) {
	t.Parallel()
	north, south, _ := twoTowns(t, false)
	broken := filepath.Join(t.TempDir(), "apps.yaml")
	if err := os.WriteFile(broken, []byte("- SLACK_BOT_TOKEN: xoxb-1\n  SLACK_APP_TOKEN: xapp-1\n- SLACK_BOT_TOKEN: xoxb-other\n  SLACK_APP_TOKEN: xapp-2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errOut strings.Builder
	env := []string{"SLACK_APPS_FILE=" + broken, "SLACK_API_URL=" + oneAddress(t, north, south), "LISTEN_ADDR=127.0.0.1:0"}
	code := run(t.Context(), []string{"serve", "--data", t.TempDir()}, env, &out, &errOut)
	if said := errOut.String(); code != 1 || !strings.Contains(said, "SLACK_APPS_FILE, line 3: Slack does not know this token") || strings.Contains(said, "xoxb-other") {
		t.Errorf("exit code %d and\n%s", code, said)
	}
}

// TestConfigOfSeveralApps reads lists that are right and lists that are not: each mistake is named with its line.
func TestConfigOfSeveralApps(t *testing.T) {
	t.Parallel()
	const one = "- SLACK_BOT_TOKEN: xoxb-1\n  SLACK_APP_TOKEN: xapp-1\n"
	for name, tt := range map[string]struct {
		list string
		env  []string
		want string // empty when it is right
	}{
		"one":                 {list: one},
		"two ways":            {list: one + "- SLACK_BOT_TOKEN: xoxb-2\n  SLACK_SIGNING_SECRET: abc\n"},
		"nothing":             {want: "SLACK_APPS_FILE: this must be a list"},
		"no list":             {list: "SLACK_BOT_TOKEN: xoxb-1\n", want: "SLACK_APPS_FILE: this must be a list"},
		"no YAML":             {list: one + "- [\n", want: "SLACK_APPS_FILE: this is not YAML that can be read; the mistake is in line"},
		"a list of texts":     {list: one + "- xoxb-2\n", want: "SLACK_APPS_FILE: line 3: An entry has"},
		"a key that is none":  {list: one + "  SLACK_TOKEN: xoxb-2\n", want: "SLACK_APPS_FILE: line 1: the key in line 3 is none of its"},
		"a list for a secret": {list: "- SLACK_BOT_TOKEN: [xoxb-2]\n  SLACK_APP_TOKEN: xapp-1\n", want: "SLACK_APPS_FILE: line 1: SLACK_BOT_TOKEN: write one word"},
		"no bot token":        {list: one + "- SLACK_APP_TOKEN: xapp-2\n", want: "SLACK_APPS_FILE: line 3: SLACK_BOT_TOKEN: not set"},
		"both ways":           {list: one + "  SLACK_SIGNING_SECRET: abc\n", want: "SLACK_APPS_FILE: line 1: SLACK_SIGNING_SECRET: SLACK_APP_TOKEN is set, too"},
		"mixed up":            {list: "- SLACK_BOT_TOKEN: xapp-2\n  SLACK_APP_TOKEN: xapp-1\n", want: "SLACK_APPS_FILE: line 1: SLACK_BOT_TOKEN: a bot token starts with xoxb-"},
		"twice the same":      {list: one + "- SLACK_BOT_TOKEN: xoxb-2\n  SLACK_APP_TOKEN: xapp-1\n", want: "SLACK_APPS_FILE: line 3: this app has a secret of the one in line 1"},
		"one app beside":      {list: one, env: []string{"SLACK_BOT_TOKEN=xoxb-3"}, want: "SLACK_APPS_FILE: SLACK_BOT_TOKEN, SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is set, too"},
		"a file that is away": {list: "", env: []string{"SLACK_APPS_FILE=" + filepath.Join(t.TempDir(), "away")}, want: "SLACK_APPS_FILE: the file it names cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "apps.yaml")
			if err := os.WriteFile(file, []byte(tt.list), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := readConfig(append([]string{"SLACK_APPS_FILE=" + file}, tt.env...), true)
			if tt.want == "" {
				if err != nil || len(c.slackApps()) != strings.Count(tt.list, "xoxb") {
					t.Errorf("%+v, %v", c.slackApps(), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("said %v", err)
			}
			if strings.Contains(err.Error(), "xoxb-2") || strings.Contains(err.Error(), "xapp-2") {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}
