package slack

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares v, as JSON, with what the file holds.
func golden(t *testing.T, file string, v any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	must(t, e.Encode(v))
	if *update {
		must(t, os.WriteFile(file, b.Bytes(), 0o600))
		return
	}
	want := got(os.ReadFile(file))(t)
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s differs; run with -update and read the difference:\n%s", file, b.String())
	}
}

var us = self{team: "T1", user: "U0BOT", bot: "B0BOT"}

// TestDecode reads what Slack sends, recorded in testdata/decode, and compares with the golden files beside.
func TestDecode(t *testing.T) {
	t.Parallel()
	files := got(filepath.Glob("testdata/decode/*.json"))(t)
	for _, file := range files {
		if strings.HasSuffix(file, ".golden.json") {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			var e envelope
			must(t, json.Unmarshal(got(os.ReadFile(file))(t), &e))
			d := got(decode(us, e))(t)
			golden(t, strings.TrimSuffix(file, ".json")+".golden.json", struct {
				Kind    string
				Inbound *bot.Inbound `json:",omitempty"`
				Named   []string     `json:",omitempty"`
				Locale  flows.Locale `json:",omitempty"`
				Channel string       `json:",omitempty"`
				Thread  string       `json:",omitempty"`
				Respond string       `json:",omitempty"`
				Trigger string       `json:",omitempty"`
				View    string       `json:",omitempty"`
			}{d.kind.String(), shownInbound(d), d.named, d.locale, d.channel, d.thread, d.respond, d.trigger, d.view.ID})
		})
	}
}

func shownInbound(d decoded) *bot.Inbound {
	if d.kind == ignored {
		return nil
	}
	return &d.in
}

func (k kind) String() string {
	return []string{"ignored", "happened", "clicked", "submitted", "home opened"}[k]
}

// FuzzDecode: whatever arrives, decoding neither breaks nor lets through what has no author or no key.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/decode/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var e envelope
		if json.Unmarshal(data, &e) != nil {
			return
		}
		d, err := decode(us, e)
		if err != nil || d.kind == ignored {
			return
		}
		set := 0
		for _, is := range []bool{d.in.Press != nil, d.in.Submit != nil, d.in.Typed != nil, d.in.Command != nil, d.in.Opened != nil} {
			if is {
				set++
			}
		}
		if set != 1 || d.in.User == "" || d.in.User == us.user || d.in.Place != "slack:T1" || !strings.HasPrefix(d.in.Key, "slack:") {
			t.Errorf("let through: %+v", d.in)
		}
	})
}

func TestReadable(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"plain":                                "plain",
		"a &lt;b&gt; &amp;amp; c":              "a <b> &amp; c",
		"<@U0BOT> hi":                          "hi",
		"<@U2> and <@U3|sam>":                  "@Bo and @sam",
		"<@U4>":                                "@U4",
		"<#C1|general> <#C2>":                  "#general #C2",
		"<!here> <!channel>":                   "@here @channel",
		"<!subteam^S1|@team>":                  "@team",
		"<!subteam^S1>":                        "@subteam",
		"<https://a.example>":                  "https://a.example",
		"<https://a.example|a.example>":        "https://a.example",
		"<https://a.example/?x=1&amp;y=2|see>": "see (https://a.example/?x=1&y=2)",
		"<tel:+15551234|555-1234>":             "555-1234",
		"5 < 6":                                "5 < 6",
		"<":                                    "<",
		"<>":                                   "",
		"a\x00b\u202ec":                        "abc",
	} {
		if g := readable(raw, "U0BOT", map[string]string{"U2": "Bo"}); g != want {
			t.Errorf("%q reads %q, not %q", raw, g, want)
		}
	}
}
