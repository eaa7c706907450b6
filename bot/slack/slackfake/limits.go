package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// What Slack takes at most; a count is of characters unless said otherwise. Sources: Slack's Block Kit reference and
// the texts of its refusals.
const (
	messageBlocks  = 50
	viewBlocks     = 100
	messageText    = 40000   // posted
	updateText     = 4000    // edited: chat.update refuses more
	blocksTogether = 13000   // all texts of a message's blocks, options too; not documented, observed
	viewSize       = 250_000 // bytes
	textObject     = 3000
	fieldsMax      = 10
	fieldText      = 2000
	headerText     = 150
	actionsMax     = 25
	contextMax     = 10
	labelText      = 2000
	idLength       = 255
	buttonText     = 75
	buttonValue    = 2000
	linkLength     = 3000
	optionsMax     = 100
	boxesMax       = 10
	optionText     = 75
	optionValue    = 150
	placeholder    = 150
	viewTitle      = 24
	metadataMax    = 3000
	inputMax       = 3000
)

// CheckMessage says what Slack would refuse in a message; edited for one that replaces another.
func CheckMessage(text string, blocks []Block, edited bool) error {
	c := checker{}
	c.atMost("blocks", len(blocks), messageBlocks)
	c.length("text", text, messageText)
	if edited {
		c.length("text", text, updateText)
	}
	if text == "" && len(blocks) == 0 {
		c.fault("no_text")
	}
	total := 0
	for _, b := range blocks {
		if b.Type == "input" {
			c.fault("an input block in a message")
		}
		for _, w := range texts(b) {
			total += utf8.RuneCountInString(w.Text)
		}
		for _, e := range controls(b) {
			for _, o := range e.Options {
				total += utf8.RuneCountInString(o.name())
			}
		}
	}
	c.atMost("all blocks together", total, blocksTogether)
	c.blocks(blocks)
	return c.err
}

// CheckView says what Slack would refuse in a form or a home tab.
func CheckView(v View) error {
	c := checker{}
	c.atMost("blocks", len(v.Blocks), viewBlocks)
	if raw, err := json.Marshal(v.Blocks); err == nil {
		c.atMost("bytes of the view", len(raw), viewSize)
	}
	c.length("private_metadata", v.PrivateMetadata, metadataMax)
	c.length("callback_id", v.CallbackID, idLength)
	switch v.Type {
	case "modal":
		c.need("title", v.Title)
		c.length("title", v.Title, viewTitle)
		c.length("submit", v.Submit, viewTitle)
		c.length("close", v.Close, viewTitle)
		if v.Submit == "" && slices.ContainsFunc(v.Blocks, func(b Block) bool { return b.Type == "input" }) {
			c.fault("input blocks without a submit button")
		}
	case "home":
	default:
		c.fault("unknown type of view: " + v.Type)
	}
	c.blocks(v.Blocks)
	return c.err
}

// checker notes the first fault it meets.
type checker struct {
	at  string
	err error
}

func (c *checker) fault(what string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s%s", c.at, what)
	}
}

func (c *checker) atMost(what string, n, limit int) {
	if n > limit {
		c.fault(fmt.Sprintf("%s: %d, at most %d", what, n, limit))
	}
}

func (c *checker) length(what, s string, limit int) {
	c.atMost("characters of "+what, utf8.RuneCountInString(s), limit)
	if !utf8.ValidString(s) {
		c.fault(what + " is not UTF-8")
	}
}

func (c *checker) need(what, s string) {
	if s == "" {
		c.fault(what + " is missing")
	}
}

// words checks a text object: given when needed, within its limit, of a kind that may stand there.
func (c *checker) words(what string, w *Words, limit int, plainOnly bool) {
	if w == nil || w.Text == "" {
		c.fault(what + " is missing")
		return
	}
	c.length(what, w.Text, limit)
	if w.Type != "plain_text" && (plainOnly || w.Type != "mrkdwn") {
		c.fault(what + " has the type " + w.Type)
	}
	if w.Type == "plain_text" && w.Verbatim {
		c.fault(what + ": verbatim is for mrkdwn")
	}
}

func (c *checker) blocks(blocks []Block) {
	seen := map[string]bool{}
	for i, b := range blocks {
		c.at = fmt.Sprintf("/blocks/%d: ", i)
		c.length("block_id", b.BlockID, idLength)
		if b.BlockID != "" && seen[b.BlockID] {
			c.fault("block_id used twice")
		}
		seen[b.BlockID] = true
		c.block(b)
	}
	c.at = ""
}

func (c *checker) block(b Block) {
	switch b.Type {
	case "header":
		c.words("header", b.Text, headerText, true)
	case "section":
		if b.Text != nil || len(b.Fields) == 0 {
			c.words("section text", b.Text, textObject, false)
		}
		c.atMost("fields", len(b.Fields), fieldsMax)
		for i := range b.Fields {
			c.words("field", &b.Fields[i], fieldText, false)
		}
		if b.Accessory != nil {
			c.element(*b.Accessory, map[string]bool{})
		}
	case "context":
		c.few("context elements", len(b.Elements), contextMax)
		for _, e := range b.Elements {
			if e.Type == "image" {
				c.need("alt_text", e.AltText)
				continue
			}
			c.words("context text", &Words{Type: e.Type, Text: e.name()}, textObject, false)
		}
	case "actions":
		c.few("actions", len(b.Elements), actionsMax)
		seen := map[string]bool{}
		for _, e := range b.Elements {
			c.element(e, seen)
		}
	case "input":
		c.words("label", b.Label, labelText, true)
		if b.Hint != nil {
			c.words("hint", b.Hint, labelText, true)
		}
		if b.Element == nil {
			c.fault("input without an element")
			return
		}
		c.element(*b.Element, map[string]bool{})
	case "image":
		c.need("alt_text", b.AltText)
	case "divider":
	default:
		c.fault("unsupported block type " + b.Type)
	}
}

func (c *checker) few(what string, n, limit int) {
	c.atMost(what, n, limit)
	if n == 0 {
		c.fault("no " + what)
	}
}

func (c *checker) element(e Element, seen map[string]bool) {
	c.length("action_id", e.ActionID, idLength)
	if e.ActionID != "" && seen[e.ActionID] {
		c.fault("action_id used twice")
	}
	seen[e.ActionID] = true
	if e.Placeholder != nil {
		c.words("placeholder", e.Placeholder, placeholder, true)
	}
	switch e.Type {
	case "button":
		c.words("button", e.Text, buttonText, true)
		c.length("value", e.Value, buttonValue)
		c.length("url", e.URL, linkLength)
		c.length("accessibility_label", e.Label, buttonText)
		if e.Style != "" && e.Style != "primary" && e.Style != "danger" {
			c.fault("button style " + e.Style)
		}
	case "static_select", "multi_static_select":
		c.options(e, optionsMax)
	case "checkboxes", "radio_buttons":
		c.options(e, boxesMax)
	case "plain_text_input":
		c.atMost("max_length", e.MaxLength, inputMax)
		c.length("initial_value", e.InitialValue, inputMax)
		if e.MaxLength > 0 {
			c.length("initial_value", e.InitialValue, e.MaxLength)
		}
	case "datepicker", "users_select":
	default:
		c.fault("unsupported element type " + e.Type)
	}
}

func (c *checker) options(e Element, limit int) {
	c.few("options", len(e.Options), limit)
	values := map[string]bool{}
	for _, o := range e.Options {
		c.words("option", o.Text, optionText, strings.HasSuffix(e.Type, "static_select"))
		c.need("option value", o.Value)
		c.length("option value", o.Value, optionValue)
		if values[o.Value] {
			c.fault("option value used twice")
		}
		values[o.Value] = true
	}
	first := e.InitialOptions
	if e.InitialOption != nil {
		first = append(first, *e.InitialOption)
	}
	for _, o := range first {
		if !values[o.Value] {
			c.fault("initial option is not among the options")
		}
	}
}
