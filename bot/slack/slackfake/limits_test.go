package slackfake

import (
	"fmt"
	"strings"
	"testing"
)

func say(n int) *Words { return &Words{Type: "plain_text", Text: strings.Repeat("x", n)} }

func repeat[T any](n int, make func(i int) T) []T {
	var list []T
	for i := range n {
		list = append(list, make(i))
	}
	return list
}

func button(i int) Element {
	return Element{Type: "button", ActionID: fmt.Sprint("a", i), Value: "v", Text: say(3)}
}

func options(n int) []Option {
	return repeat(n, func(i int) Option { return Option{Text: say(3), Value: fmt.Sprint("o", i)} })
}

func actions(e ...Element) Block { return Block{Type: "actions", Elements: e} }

func section(n int) Block { return Block{Type: "section", Text: say(n)} }

// TestLimits tries each limit from both sides: at it all is well, one more is refused.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit int
		make  func(n int) []Block
	}{
		"blocks":  {messageBlocks, func(n int) []Block { return repeat(n, func(int) Block { return section(1) }) }},
		"section": {textObject, func(n int) []Block { return []Block{section(n)} }},
		"header":  {headerText, func(n int) []Block { return []Block{{Type: "header", Text: say(n)}} }},
		"all together": {blocksTogether, func(n int) []Block {
			return append(repeat(4, func(int) Block { return section(3000) }), section(n-12000))
		}},
		"actions": {actionsMax, func(n int) []Block { return []Block{actions(repeat(n, button)...)} }},
		"context": {contextMax, func(n int) []Block {
			return []Block{{Type: "context", Elements: repeat(n, func(int) Element { return Element{Type: "plain_text", Text: &Words{Text: "x"}} })}}
		}},
		"button": {buttonText, func(n int) []Block { return []Block{actions(Element{Type: "button", Text: say(n)})} }},
		"button value": {buttonValue, func(n int) []Block {
			return []Block{actions(Element{Type: "button", Text: say(1), Value: strings.Repeat("x", n)})}
		}},
		"action_id": {idLength, func(n int) []Block {
			return []Block{actions(Element{Type: "button", Text: say(1), ActionID: strings.Repeat("x", n)})}
		}},
		"link": {linkLength, func(n int) []Block {
			return []Block{actions(Element{Type: "button", Text: say(1), URL: strings.Repeat("x", n)})}
		}},
		"options": {optionsMax, func(n int) []Block { return []Block{actions(Element{Type: "static_select", Options: options(n)})} }},
		"option": {optionText, func(n int) []Block {
			return []Block{actions(Element{Type: "static_select", Options: []Option{{Text: say(n), Value: "v"}}})}
		}},
		"option value": {optionValue, func(n int) []Block {
			return []Block{actions(Element{Type: "static_select", Options: []Option{{Text: say(1), Value: strings.Repeat("x", n)}}})}
		}},
		"placeholder":   {placeholder, func(n int) []Block { return []Block{actions(Element{Type: "users_select", Placeholder: say(n)})} }},
		"boxes":         {boxesMax, func(n int) []Block { return []Block{actions(Element{Type: "checkboxes", Options: options(n)})} }},
		"radio buttons": {boxesMax, func(n int) []Block { return []Block{actions(Element{Type: "radio_buttons", Options: options(n)})} }},
		"fields": {fieldsMax, func(n int) []Block {
			return []Block{{Type: "section", Fields: repeat(n, func(int) Words { return *say(1) })}}
		}},
		"text of a field": {fieldText, func(n int) []Block { return []Block{{Type: "section", Fields: []Words{*say(n)}}} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := CheckMessage("x", c.make(c.limit), false); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			if err := CheckMessage("x", c.make(c.limit+1), false); err == nil {
				t.Error("over the limit nothing is refused")
			}
		})
	}
}

func TestRefusedMessages(t *testing.T) {
	t.Parallel()
	for name, blocks := range map[string][]Block{
		"no words in a section":  {{Type: "section", Text: say(0)}},
		"input in a message":     {{Type: "input", Label: say(1), Element: &Element{Type: "datepicker"}}},
		"unknown block":          {{Type: "hologram"}},
		"unknown element":        {actions(Element{Type: "lever"})},
		"block_id twice":         {{Type: "divider", BlockID: "a"}, {Type: "divider", BlockID: "a"}},
		"action_id twice":        {actions(button(1), button(1))},
		"no actions":             {actions()},
		"nothing to choose from": {actions(Element{Type: "static_select"})},
		"markup on a button":     {actions(Element{Type: "button", Text: &Words{Type: "mrkdwn", Text: "*x*"}})},
		"not UTF-8":              {{Type: "section", Text: &Words{Type: "plain_text", Text: "\xff"}}},
		"verbatim plain text":    {{Type: "section", Text: &Words{Type: "plain_text", Text: "x", Verbatim: true}}},
	} {
		if CheckMessage("x", blocks, false) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if CheckMessage("", nil, false) == nil || CheckMessage(strings.Repeat("x", updateText+1), nil, true) == nil {
		t.Error("an empty message, or one too long to edit, is taken")
	}
}

func TestCheckView(t *testing.T) {
	t.Parallel()
	fine := View{Type: "modal", Title: "Title", Submit: "Send", Blocks: []Block{{Type: "input", BlockID: "a", Label: say(3), Element: &Element{Type: "plain_text_input"}}}}
	if err := CheckView(fine); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*View){
		"no title":      func(v *View) { v.Title = "" },
		"long title":    func(v *View) { v.Title = strings.Repeat("x", viewTitle+1) },
		"long submit":   func(v *View) { v.Submit = strings.Repeat("x", viewTitle+1) },
		"no submit":     func(v *View) { v.Submit = "" },
		"much metadata": func(v *View) { v.PrivateMetadata = strings.Repeat("x", metadataMax+1) },
		"too many":      func(v *View) { v.Blocks = repeat(viewBlocks+1, func(int) Block { return section(1) }) },
		"no such view":  func(v *View) { v.Type = "window" },
		"typed too much": func(v *View) {
			v.Blocks[0].Element = &Element{Type: "plain_text_input", MaxLength: 3, InitialValue: "four"}
		},
		"odd pick": func(v *View) {
			v.Blocks[0].Element = &Element{Type: "radio_buttons", Options: options(2), InitialOption: &Option{Value: "o9"}}
		},
	} {
		v := fine
		v.Blocks = append([]Block(nil), fine.Blocks...)
		change(&v)
		if CheckView(v) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	m := Message{Text: "<@U1> a < b > c &lt;!here&gt; <!here> <https://x>", Blocks: []Block{
		{Type: "section", Text: &Words{Type: "mrkdwn", Text: "<#C1>"}},
		{Type: "section", Text: &Words{Type: "plain_text", Text: "<@U2>"}},
		{Type: "context", Elements: []Element{{Type: "mrkdwn", Text: &Words{Text: "<!channel>"}}}},
	}}
	if got := fmt.Sprint(m.Mentions()); got != "[<@U1> <!here> <#C1> <!channel>]" {
		t.Error(got)
	}
}
