package main

import (
	"html/template"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"convenor/bot/slack/slackfake"
	"convenor/flows"
)

// phone is how wide and how tall the pictures are: a phone held upright, as long as it takes.
const phoneWidth, phoneHeight = 390, 1700

// pane is one message, form or home tab in a picture.
type pane struct {
	Title  string // of a form
	Blocks []slackfake.Block
	Submit string
	Errors map[string]string
	Thread bool // it stands in a thread
}

// page draws Block Kit as a phone does, near enough to judge words, order and length.
func page() *template.Template {
	return template.Must(template.New("page").Parse(`<!doctype html><meta charset="utf-8"><style>
body{font:15px/1.45 Lato,"Noto Sans","DejaVu Sans",sans-serif;margin:12px;color:#1d1c1d;background:#fff;width:366px}
.pane{border-bottom:1px solid #ddd;padding:10px 0}.thread{margin-left:28px;border-left:3px solid #ddd;padding-left:10px}
h1{font-size:18px;margin:6px 0}h2{font-size:17px;margin:6px 0}p{margin:6px 0;white-space:pre-wrap;overflow-wrap:anywhere}
.context{color:#616061;font-size:13px}.b{display:inline-block;border:1px solid #bbb;border-radius:6px;padding:7px 12px;margin:4px 6px 4px 0;font-weight:700;font-size:14px}
.primary{background:#007a5a;color:#fff;border-color:#007a5a}label{font-weight:700;display:block;margin-top:10px}.in{border:1px solid #999;border-radius:6px;padding:8px;min-height:20px}
.error{color:#c01343;font-size:13px}.name{font-weight:900}.name span{background:#ddd;font-size:10px;border-radius:3px;padding:1px 3px;font-weight:400}
</style>{{range $pane := .}}<div class="pane{{if .Thread}} thread{{end}}">{{if .Title}}<h1>{{.Title}}</h1>{{else}}<div class="name">Convenor <span>APP</span></div>{{end}}
{{range .Blocks}}{{if eq .Type "header"}}<h2>{{.Text.Text}}</h2>{{else if eq .Type "section"}}<p>{{if .Text}}{{.Text.Text}}{{end}}</p>{{with .Accessory}}{{template "control" .}}{{end}}
{{else if eq .Type "context"}}<p class="context">{{range .Elements}}{{with .Text}}{{.Text}} {{end}}{{end}}</p>{{else if eq .Type "actions"}}<div>{{range .Elements}}{{template "control" .}}{{end}}</div>
{{else if eq .Type "input"}}<label>{{.Label.Text}}</label>{{with .Element}}<div class="in">{{.InitialValue}}{{.InitialDate}}{{.InitialUser}}{{with .InitialOption}}{{.Text.Text}}{{end}}{{if eq .Type "checkboxes" "radio_buttons"}}{{range .Options}}<div>▢ {{.Text.Text}}</div>{{end}}{{end}}</div>{{end}}
{{with .Hint}}<p class="context">{{.Text}}</p>{{end}}{{with index $pane.Errors .BlockID}}<p class="error">{{.}}</p>{{end}}{{else if eq .Type "divider"}}<hr>{{end}}{{end}}
{{if .Submit}}<span class="b primary">{{.Submit}}</span>{{end}}</div>{{end}}
{{define "control"}}<span class="b {{.Style}}">{{if .Text}}{{.Text.Text}}{{else if .Placeholder}}{{.Placeholder.Text}} ▾{{end}}</span>{{end}}`))
}

// picture saves how panes look on a phone, in the folder that CONVENOR_SCREENSHOTS names; without one it does nothing.
func picture(t *testing.T, locale flows.Locale, name string, panes ...pane) {
	t.Helper()
	shots := os.Getenv("CONVENOR_SCREENSHOTS")
	if shots == "" {
		return
	}
	file := filepath.Join(t.TempDir(), "page.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := page().Execute(f, panes); err != nil {
		t.Fatal("draw a page:", err)
	}
	b := openBrowser(t, shots, locale)
	b.size(phoneWidth, phoneHeight)
	if err := chromedp.Do(b.ctx, chromedp.Navigate("file://"+file)); err != nil {
		t.Fatal("open a page:", err)
	}
	b.shot("slack-" + string(locale) + "-" + name)
}

// pictures saves what stands in the channel, in a member's direct messages and on their home tab at the end of the way.
func (p people) pictures() {
	p.t.Helper()
	pages := func(name string, list []slackfake.Message) {
		var panes []pane
		for _, m := range list {
			if m.User == slackfake.BotUser {
				panes = append(panes, pane{Blocks: m.Blocks, Thread: m.Thread != ""})
			}
		}
		for i := 0; i*6 < len(panes); i++ {
			picture(p.t, p.locale, name+"-"+string(rune('a'+i)), panes[i*6:min(len(panes), i*6+6)]...)
		}
	}
	pages("channel", p.fake.Messages("C1"))
	pages("direct", p.fake.DMs("U2"))
	for _, user := range []string{"U1", "U2"} {
		if home, ok := p.fake.Home(user); ok {
			picture(p.t, p.locale, "home-"+user, pane{Title: "Home", Blocks: home.Blocks})
		}
	}
}
