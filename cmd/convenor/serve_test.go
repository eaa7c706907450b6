package main

import (
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
	"convenor/store/redistest"
)

// TestServe is the whole way once on Slack: the real binary, Socket Mode over a real WebSocket or signed requests over
// real HTTP, a real Redis, in both languages. A round in a channel, a sign-up, a step named, taken, nudged by the rehearsal clock and done.
func TestServe(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		locale flows.Locale
		http   bool
	}{
		"Socket Mode en": {flows.English, false}, "Socket Mode es": {flows.Spanish, false},
		"HTTP en": {flows.English, true}, "HTTP es": {flows.Spanish, true},
	} {
		l := tt.locale
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis := redistest.Start(t)
			code := map[flows.Locale]string{flows.English: "en-US", flows.Spanish: "es-LA"}[l]
			member := func(id, name, zone string) slackfake.User {
				return slackfake.User{ID: id, Name: name, Zone: zone, Locale: code}
			}
			p := people{locale: l, office: openOfficeOver(t, tt.http, redis.URL(),
				member("U1", "Rosa Delgado", "America/Chicago"), member("U2", "Marcus Bell", "America/Los_Angeles"),
				member("U3", "Ana Reyes", "America/Chicago"))}
			p.round()
			p.signUp()
			p.step()
			p.nudges()
			p.quietLog("Rosa", "Marcus", "Delgado", "Ana Reyes", "Visit each", "north side", "Answer q", "Two more case managers", "Text me", "U1", "U2", "U3", "slack:T1", "xoxb-", "xapp-", p.fake.SigningSecret())
		})
	}
}

// round has the coordinator ask the channel and two members answer.
func (p people) round() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U1", "C1", "/coalition") })
	menu := p.hears("U1", p.word("menu.title"))
	p.presses("U1", menu, p.word("menu.ask"))
	which := p.hears("U1", p.word("menu.ask-which"))
	var option string
	for _, a := range p.pack.Activities() {
		if a.ID == "2.3.3" {
			option = a.ID + " " + a.Title[p.locale]
		}
	}
	p.does(func() *slackfake.Act {
		return p.fake.Pick("U1", which, p.word("menu.activity-pick"), option)
	})
	p.presses("U1", p.hears("U1", p.word("round.first")), p.word("round.lead-me"))
	for i, q := range []string{"q1", "q2", "q3"} {
		question := p.sees(p.asked("round-2.3.3", q))
		for _, user := range []string{"U2", "U3"} {
			answer := "Answer " + q + " of " + user
			p.presses(user, question, p.word("run.answer"))
			if _, err := p.fake.AwaitView(p.soon(), user, p.label("round-2.3.3", q)); err != nil {
				p.t.Fatal(err)
			}
			p.does(func() *slackfake.Act {
				return p.fake.Submit(user, map[string][]string{p.label("round-2.3.3", q): {answer}})
			})
			p.hears(user, strings.SplitN(p.word("round.saved"), ".", 2)[0])
		}
		label := p.word("round.next")
		if i == 2 {
			label = p.word("round.finish")
		}
		p.presses("U1", question, label)
		p.sees("Answer " + q + " of U2")
		p.sees("Answer " + q + " of U3")
	}
	p.sees(p.word("round.next-steps"))
}

// signUp has a member sign up as a messenger, in a direct message.
func (p people) signUp() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U2", "C1", "/coalition signup") })
	p.presses("U2", p.hears("U2", p.word("menu.signup-which")), p.word("menu.messenger"))
	for _, a := range []struct{ node, text string }{{"name", "Marcus"}, {"reach", "Text me"}} {
		p.reads("U2", p.asked("messenger", a.node))
		p.writes("U2", a.text)
	}
	level := p.reads("U2", p.asked("messenger", "level"))
	p.does(func() *slackfake.Act {
		return p.fake.Pick("U2", level, p.word("run.choose"), p.option("messenger", "level", "speak"))
	})
	methods := p.reads("U2", p.asked("messenger", "methods"))
	p.presses("U2", methods, p.word("run.answer"))
	if _, err := p.fake.AwaitView(p.soon(), "U2", p.label("messenger", "methods")); err != nil {
		p.t.Fatal(err)
	}
	p.does(func() *slackfake.Act {
		return p.fake.Submit("U2", map[string][]string{p.label("messenger", "methods"): {
			p.option("messenger", "methods", "direct"), p.option("messenger", "methods", "media"),
		}})
	})
	p.reads("U2", p.asked("messenger", "area"))
	p.writes("U2", "The north side")
	agree := p.reads("U2", p.asked("messenger", "agree"))
	p.presses("U2", agree, p.word("run.yes"))
	p.reads("U2", p.word("signup.messenger"))
}

// step has the coordinator name a step for the member, due in eight days, and the member take it.
func (p people) step() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U1", "C1", "/coalition step") })
	p.reads("U1", p.asked("step", "what"))
	p.writes("U1", "Visit each council member")
	p.reads("U1", p.asked("step", "goal"))
	p.writes("U1", "Two more case managers")
	lead := p.reads("U1", p.asked("step", "lead"))
	p.does(func() *slackfake.Act { return p.fake.PickPerson("U1", lead, p.word("run.choose-person"), "U2") })
	p.reads("U1", p.asked("step", "due"))
	p.writes("U1", map[flows.Locale]string{flows.English: "in 8 days", flows.Spanish: "en 8 días"}[p.locale])
	offer := p.sees(p.word("step.button.take"))
	before := len(p.fake.DMs("U2"))
	if strings.Contains(p.fake.DMs("U2")[before-1].Shown(), "Visit each") {
		p.t.Error("the lead was written to before taking the step")
	}
	p.presses("U2", offer, p.word("step.button.take"))
	p.reads("U2", p.word("step.yours"))
}

// nudges moves the clock beyond the due date: each reminder comes once, and after Done there is silence.
func (p people) nudges() {
	p.t.Helper()
	done := p.word("step.button.done")
	count := func() int {
		n := 0
		for _, m := range p.fake.DMs("U2") {
			if strings.Contains(m.Shown(), p.word("nudge.button.tomorrow")) {
				n++
			}
		}
		return n
	}
	home, err := time.LoadLocation("America/Los_Angeles") // the lead's
	if err != nil {
		p.t.Fatal(err)
	}
	today := p.clock(p.soon()).In(chicago(p.t)) // "in eight days" was said in Chicago
	for i, before := range []int{7, 1, 0} {
		nine := time.Date(today.Year(), today.Month(), today.Day()+8-before, 9, 0, 0, 0, home)
		p.wait(nine.Add(-time.Minute))
		if got := count(); got != i {
			p.t.Fatalf("%d reminders a minute before the next one", got)
		}
		p.wait(nine.Add(time.Second))
		if err := p.fake.Await(p.soon(), "the next reminder", func() bool { return count() > i }); err != nil {
			p.t.Fatal(err)
		}
	}
	last := p.reads("U2", p.word("nudge.button.tomorrow"))
	p.presses("U2", last, done)
	p.reads("U2", p.word("step.thanks"))
	sent := count()
	p.wait(p.clock(p.soon()).AddDate(0, 0, 20))
	if got := count(); got != sent {
		p.t.Errorf("%d reminders after Done", got-sent)
	}
}

func chicago(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// metrics is what Prometheus would read.
func (p people) metrics() string {
	p.t.Helper()
	r, err := http.Get("http://" + p.addr + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		p.t.Fatal(r.Status, err)
	}
	return string(text)
}

// crash makes the process break off with all its stacks, as after a fault that nothing catches.
func (p people) crash() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.cmd.Process.Signal(syscall.SIGABRT); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait()
	p.cmd = nil
	if !strings.Contains(p.said.String(), "goroutine ") {
		p.t.Error("nothing was said as it broke off")
	}
}

// quietLog looks for what must not be in the log, in the metrics and in what is said at a crash.
func (p people) quietLog(never ...string) {
	p.t.Helper()
	counted := p.metrics()
	if !strings.Contains(counted, `convenor_interactions_total{kind="press",outcome="saved",platform="slack"}`) {
		p.t.Errorf("nothing was counted:\n%s", counted)
	}
	p.crash()
	for name, text := range map[string]string{"log, and what it says as it breaks off,": p.said.String(), "metrics": counted} {
		for _, word := range never {
			if strings.Contains(text, word) {
				p.t.Errorf("the %s holds %q", name, word)
			}
		}
	}
}
