package discord

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/bot/bottest"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
)

// scribe writes whatever people could write, and more than package bot lets through.
type scribe struct{ *rand.Rand }

// pieces are what texts are put together from: plain words, what Discord makes something else of, and what is nowhere
// expected.
func pieces() []string {
	return []string{
		"word", "neighbors", "¿Quién?", "ñandú", "日本語", "עברית", "👩🏽‍⚖️", "@everyone", "@here", "<@100000000000000011>", "<@!1>", "<@&120000000000000001>", "<#100000000000000021>",
		"<t:1760000000:R>", "<:smile:123456789012345678>", "<a:x:1>", "</coalition:130000000000000001>", "<id:browse>", "**b**", "__u__", "~~s~~", "||hidden||", "`code`", "```\nblock\n```",
		"# big", "-# small", "> quote", ">>> all", "- item", "1. one", "[text](https://example.org)", "https://example.org/a_b*c", "<https://example.org>", "\\", "\\\\@here",
		"\n", "\n\n\n", "\t", " ", "\x00", "\xff", "\u200b", "\u202e", "\u2066", strings.Repeat("x", 300), strings.Repeat("\\_*", 80), "&amp;", "{name}", "|", "$x^2$",
	}
}

func (r scribe) text(most int) string {
	var out strings.Builder
	all := pieces()
	for most = r.IntN(most + 1); out.Len() < most; {
		out.WriteString(all[r.IntN(len(all))])
		if r.IntN(3) > 0 {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

func (r scribe) options() (list []bot.Option) {
	for range r.IntN([]int{0, 2, 26, 130}[r.IntN(4)] + 1) {
		list = append(list, bot.Option{ID: fmt.Sprint("o", r.IntN(200)), Text: r.text(150)})
	}
	return list
}

func (r scribe) blocks(most int) (list []bot.Block) {
	for range r.IntN(most + 1) {
		list = append(list, bot.Block{Style: bottest.Styles()[r.IntN(len(bottest.Styles()))], Text: r.text([]int{20, 200, 3500}[r.IntN(3)])})
	}
	return list
}

func (r scribe) locale() flows.Locale { return bottest.Locales()[r.IntN(2)] }

func (r scribe) message() bot.Message {
	m := bot.Message{Locale: r.locale(), Blocks: r.blocks(50)}
	for i := range r.IntN([]int{1, 6, 45}[r.IntN(3)]) {
		c := bot.Control{Kind: bottest.Controls()[r.IntN(len(bottest.Controls()))], Label: r.text(200), Token: fmt.Sprint("answer|", i, "|", r.text(100)), Primary: r.IntN(2) == 0}
		switch c.Kind {
		case flows.ControlSelect:
			c.Options = r.options()
		case flows.ControlLink:
			c.Token, c.URL = "", []string{"https://example.org/" + strings.Repeat("a", r.IntN(600)), "javascript:x", ""}[r.IntN(3)]
		case flows.ControlButton, flows.ControlPerson:
		}
		m.Controls = append(m.Controls, c)
	}
	return m
}

func (r scribe) form() bot.Form {
	f := bot.Form{Locale: r.locale(), Title: r.text(80), Intro: r.blocks(15), Token: "answer|run|1|" + strings.Repeat("n", r.IntN(flows.TokenMax-12)), Submit: "Send", Close: "Close"}
	kinds := flows.FieldKinds()
	for i := range 1 + r.IntN(7) {
		field := bot.Field{
			ID: fmt.Sprint("n", i), Field: kinds[r.IntN(len(kinds))], Label: r.text(100), Hint: r.text(250), Options: r.options(),
			Max: r.IntN(6000), Optional: r.IntN(2) == 0, Value: flows.Input{Text: r.text(6000)},
		}
		if r.IntN(3) == 0 {
			field.Error = r.text(500)
		}
		if len(field.Options) > 0 {
			field.Value.Picks = []string{field.Options[0].ID, field.Options[len(field.Options)-1].ID}
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// TestAnythingFits: whatever a message or a form holds, Discord takes it: nothing in it is over a limit, nobody is called,
// and nothing becomes a time, an emoji, a command or a link that was not meant.
func TestAnythingFits(t *testing.T) {
	t.Parallel()
	for seed := range uint64(scaled(t, 300)) {
		r := scribe{rand.New(rand.NewPCG(seed, 1))}
		if seed%3 == 0 {
			m := checkForm(t, r.form())
			for _, c := range m.Components {
				if c.Type == discordfake.TextDisplay && (discordfake.Message{Components: []discordfake.Component{c}}).Mentions() > 0 {
					t.Errorf("a form calls somebody: %q", c.Content)
				}
			}
		} else {
			m := r.message()
			seen := check(t, m)
			if buttons := slices.IndexFunc(m.Controls, func(c bot.Control) bool { return c.Kind == flows.ControlButton && len(c.Token) < 80 }); buttons >= 0 && buttons < 15 && len(seen.Controls()) == 0 {
				t.Error("no control is left")
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
