package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"convenor/bot/slack/slackfake"
	"convenor/content"
	"convenor/flows"
	"convenor/store/redistest"
)

// TestProgressInBrowser looks at where the coalition is, marks an activity, and goes through a whole self-check, on a
// large screen and on the smallest telephone.
func TestProgressInBrowser(t *testing.T) {
	t.Parallel()
	chromium(t)
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories() {
		t.Run(string(s.locale), func(t *testing.T) {
			t.Parallel()
			shots := t.TempDir()
			if dir := os.Getenv("CONVENOR_SCREENSHOTS"); dir != "" {
				shots = filepath.Join(dir, "progress-"+string(s.locale))
				if err := os.MkdirAll(shots, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			p := &play{story: s, browser: openBrowser(t, shots, s.locale), pack: pack, binary: binary(t), data: t.TempDir()}
			p.process = startPlay(t, p.binary, p.data, "127.0.0.1:0")
			p.size(1400, 900)
			p.open(p.url)
			p.turn(p.locale)
			p.whereWeAre()
			p.selfCheck()
			p.size(320, 640)
			p.do("the conversation", chromedp.Click(chromedp.CSS(`.panes [data-pane="talk"]`)))
			p.shot("small-result")
			p.sound()
			p.overview()
			p.shot("small-overview")
			p.sound()
			p.choose("1-3")
			p.reads("1.3.4")
			p.shot("small-section")
			p.sound()
		})
	}
}

// overview asks for where the coalition is.
func (p *play) overview() {
	p.t.Helper()
	p.menu()
	p.press(p.word("menu.activities"))
	p.reads(p.word("activities.how"))
}

// whereWeAre looks closer, step by step, and marks an activity.
func (p *play) whereWeAre() {
	p.t.Helper()
	p.be("rosa", false)
	p.overview()
	p.shot("overview")
	p.sound()
	p.choose("1-1")
	p.reads(p.word("activities.waits"))
	p.shot("section")
	p.choose("1-1-2")
	p.reads(p.word("activities.builds-why"))
	p.shot("card")
	p.sound()
	p.press(p.word("activities.mark-done"))
	p.reads(p.word("activities.is.done"))
	p.press(p.word("activities.back"))
	p.reads("1.1")
}

// selfCheck has three people rate, shows the spread, and agrees on every practice.
func (p *play) selfCheck() {
	p.t.Helper()
	p.press(p.word("check.menu"))
	p.reads(p.word("check.none"))
	p.press(p.word("check.begin"))
	p.reads(p.word("check.opened"))
	for i, user := range []string{"rosa", "ana", "james"} {
		p.be(user, false)
		p.press(p.word("check.rate"))
		for n := 1; n <= 12; n++ {
			p.until("a practice", fmt.Sprintf(`[...document.querySelectorAll("#log .whisper")].pop()?.innerText.match(/(^|\n)%d (of|de) 12/)`, n))
			if i == 0 && n == 2 {
				p.shot("rate")
				p.sound()
			}
			p.press(fmt.Sprintf("%d ", (n+i)%3+1))
		}
		p.until("the end", `[...document.querySelectorAll("#log .whisper")].pop()?.innerText.match(/12 (of|de) 12\./)`)
	}
	p.be("rosa", false)
	p.overview()
	p.press(p.word("check.menu"))
	p.reads(p.word("check.show"))
	p.press(p.word("check.show"))
	p.press(p.word("check.show-yes"))
	p.reads(p.word("check.spread-title"))
	p.shot("spread")
	p.sound()
	p.press(p.word("check.talk"))
	p.reads(p.word("check.how-to-agree"))
	p.shot("talk")
	p.sound()
	for n := 1; n <= 12; n++ {
		p.until("a practice to agree on", fmt.Sprintf(`[...document.querySelectorAll("#log > :not(.whisper)")].some((e) => e.innerText.match(/(^|\n)%d (of|de) 12/))`, n))
		p.press("2 ")
	}
	p.reads(p.word("check.first-time"))
	p.shot("result")
	p.sound()
}

// TestProgressInSlack says in a pretend Slack, which refuses what Slack refuses, where the coalition is: by the command,
// by its menus, and on the home tab.
func TestProgressInSlack(t *testing.T) {
	t.Parallel()
	for _, l := range []flows.Locale{flows.English, flows.Spanish} {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			code := map[flows.Locale]string{flows.English: "en-US", flows.Spanish: "es-LA"}[l]
			rosa := slackfake.User{ID: "U1", Name: "Rosa Delgado", Zone: "America/Chicago", Locale: code}
			people{locale: l, office: openOffice(t, redistest.Start(t).URL(), rosa)}.whereWeAre()
		})
	}
}

func (p people) whereWeAre() {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Command("U1", "C1", "/coalition activities") })
	overview := p.hears("U1", p.word("activities.how"))
	a := p.pack.Activities()[1]
	option := a.ID + " " + a.Title[p.locale] + " (" + p.word("activities.short.new") + ")"
	p.does(func() *slackfake.Act { return p.fake.Pick("U1", overview, p.word("activities.closer"), option) })
	p.presses("U1", p.hears("U1", p.word("activities.builds-why")), p.word("activities.mark-skipped"))
	p.presses("U1", p.hears("U1", p.word("activities.is.skipped")), p.word("activities.back"))
	p.does(func() *slackfake.Act { return p.fake.Command("U1", "C1", "/coalition check") })
	p.presses("U1", p.hears("U1", p.word("check.none")), p.word("check.begin"))
	p.presses("U1", p.sees(p.word("check.opened")), p.word("check.rate"))
	p.presses("U1", p.hears("U1", p.word("check.practice.1-1-1.line")), p.word("check.scale.2"))
	p.hears("U1", p.word("check.practice.1-1-2.line"))
	p.does(func() *slackfake.Act { return p.fake.OpenHome("U1") })
	if _, err := p.fake.AwaitHome(p.soon(), "U1", p.word("menu.activities")); err != nil {
		p.t.Fatal(err)
	}
}
