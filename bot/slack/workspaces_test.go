package slack

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// towns are two workspaces that count alike: the same people's and channels' ids, and so the same ids of messages.
func towns(t *testing.T, by way) (north, south *slackfake.Fake, apps []Options) {
	t.Helper()
	for _, c := range []slackfake.Config{
		{Team: "T1", BotToken: "xoxb-one", AppToken: "xapp-one", SigningSecret: strings.Repeat("1", 32)},
		{Team: "T2", BotToken: "xoxb-two", AppToken: "xapp-two", SigningSecret: strings.Repeat("2", 32)},
	} {
		f := workspace(t, c)
		if north == nil {
			north = f
		}
		south = f
		carrier := &http.Transport{}
		t.Cleanup(carrier.CloseIdleConnections)
		o := Options{
			BotToken: c.BotToken, AppToken: c.AppToken, APIURL: f.APIURL(), Pack: keys{}, Now: time.Now, Entry: "line of " + c.Team,
			Log: slog.New(slog.DiscardHandler), Transport: carrier,
		}
		by.configure(f, &o)
		apps = append(apps, o)
	}
	return north, south, apps
}

// TestWorkspacesStayApart does the same in two workspaces at the same time: messages, edits, looks, forms and home tabs
// stay where they belong.
func TestWorkspacesStayApart(t *testing.T) {
	t.Parallel()
	for _, by := range bothWays {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			north, south, apps := towns(t, by)
			w := got(NewWorkspaces(apps))(t)
			must(t, w.Start(t.Context()))
			clerk := newClerk()
			h := &house{Fake: north, clerk: clerk}
			h.serveAll(t, w, clerk)
			if by == socketMode {
				must(t, north.AwaitSockets(patient(t), 1))
				must(t, south.AwaitSockets(patient(t), 1))
			} else {
				mux := http.NewServeMux()
				w.Register(mux)
				server := httptest.NewServer(mux)
				t.Cleanup(server.Close)
				must(t, north.SetRequestURL(t.Context(), server.URL))
				must(t, south.SetRequestURL(t.Context(), server.URL))
				if stranger := workspace(t, slackfake.Config{Team: "T3", SigningSecret: strings.Repeat("3", 32)}); stranger.SetRequestURL(t.Context(), server.URL) == nil {
					t.Error("a workspace without an app here was let in")
				}
			}
			for town, f := range map[string]*slackfake.Fake{"T1": north, "T2": south} {
				clerk.answers(whispers("For "+town), nil)
				must(t, f.Command(ana, general, "/coalition help").Wait(patient(t)))
				if in := clerk.last(t); in.Place != "slack:"+town {
					t.Errorf("%s was heard in %s", town, in.Place)
				}
				got(f.AwaitWhisper(patient(t), ana, "For "+town))(t)
				clerk.answers(bot.Answer{Form: testForm()}, nil)
				must(t, f.Command(ana, general, "/coalition ask").Wait(patient(t)))
				got(f.AwaitView(patient(t), ana, "What matters most?"))(t)
				f.CloseView(ana)
				clerk.answers(whispers("Home of "+town), nil)
				must(t, f.OpenHome(ana).Wait(patient(t)))
				got(f.AwaitHome(patient(t), ana, "Home of "+town))(t)
			}
			parted(t, w, north, south)
		})
	}
}

// parted posts, looks, edits and retracts under the same marks in both workspaces.
func parted(t *testing.T, w *Workspaces, north, south *slackfake.Fake) {
	t.Helper()
	shown := func(f *slackfake.Fake) (list []string) {
		for _, m := range f.Messages(general) {
			list = append(list, m.Shown())
		}
		return list
	}
	var at []flows.Posted
	for place, f := range map[string]*slackfake.Fake{"slack:T1": north, "slack:T2": south} {
		to := bot.Address{Place: place, Channel: general}
		if _, there, err := w.Find(t.Context(), to, "k1", time.Now().Add(-time.Minute)); there || err != nil {
			t.Errorf("found in %s before it was sent: %v", place, err)
		}
		p := got(w.Send(t.Context(), to, "k1", says("First in "+place)))(t)
		if p.Place != place {
			t.Errorf("%s: %+v", place, p)
		}
		if found, there, err := w.Find(t.Context(), to, "k1", time.Now().Add(-time.Minute)); !there || err != nil || found != p {
			t.Errorf("found %+v, %v", found, err)
		}
		must(t, w.Edit(t.Context(), p, says("Then in "+place)))
		if list := shown(f); len(list) != 1 || list[0] != "Then in "+place {
			t.Errorf("%s shows %q", place, list)
		}
		if who := got(w.Profile(t.Context(), place, ana))(t); who.Name != "Ana" {
			t.Errorf("%+v", who)
		}
		at = append(at, p)
	}
	for _, p := range at {
		must(t, w.Retract(t.Context(), p))
	}
	if len(shown(north))+len(shown(south)) != 0 {
		t.Error("something is left")
	}
	var gone *bot.GoneError
	if _, err := w.Send(t.Context(), bot.Address{Place: "slack:T9", Channel: general}, "k1", says("Hello")); !errors.As(err, &gone) {
		t.Errorf("a workspace without an app: %v", err)
	}
}

// TestWorkspacesNameTheBrokenApp starts with apps that cannot work: each is named by where it stands.
func TestWorkspacesNameTheBrokenApp(t *testing.T) {
	t.Parallel()
	_, _, apps := towns(t, socketMode)
	apps[1].BotToken = "xoxb-other"
	w := got(NewWorkspaces(apps))(t)
	if err := w.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "line of T2") || !strings.Contains(err.Error(), "Copy SLACK_BOT_TOKEN") || strings.Contains(err.Error(), "line of T1") {
		t.Errorf("said %v", err)
	}
	apps[1] = apps[0]
	apps[1].Entry = "line below"
	w = got(NewWorkspaces(apps))(t)
	if err := w.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "line below: this app is in the same workspace") {
		t.Errorf("said %v", err)
	}
	apps[1].AppToken, apps[1].SigningSecret = "", ""
	if _, err := NewWorkspaces(apps); err == nil || !strings.Contains(err.Error(), "line below") {
		t.Errorf("said %v", err)
	}
}

// TestWorkspacesOneLetsUsInNoMore has one workspace revoke its token: the other is served as before.
func TestWorkspacesOneLetsUsInNoMore(t *testing.T) {
	t.Parallel()
	north, south, apps := towns(t, socketMode)
	south.Fault(methodConnect, slackfake.Fault{Error: "token_revoked"}, slackfake.Fault{Error: "token_revoked"})
	w := got(NewWorkspaces(apps))(t)
	must(t, w.Start(t.Context()))
	clerk := newClerk()
	h := &house{Fake: north, clerk: clerk}
	h.serveAll(t, w, clerk)
	must(t, north.AwaitSockets(patient(t), 1))
	must(t, south.Await(patient(t), "a try", func() bool { return len(south.Calls(methodConnect)) > 0 }))
	clerk.answers(whispers("Still here"), nil)
	must(t, north.Command(ana, general, "/coalition help").Wait(patient(t)))
	got(north.AwaitWhisper(patient(t), ana, "Still here"))(t)
	if err := w.Healthy(); err == nil || !strings.Contains(err.Error(), "line of T2") || strings.Contains(err.Error(), "line of T1") {
		t.Errorf("healthy: %v", err)
	}
}
