package slack

import (
	"strconv"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
	"convenor/flows"
)

// What Slack takes at most; counts are of characters. A message over a limit is refused as a whole, so nothing may
// pass one. Where the source is not Slack's reference of Block Kit it is named.
const (
	blocksMax     = 50
	controlBlocks = 8     // of them kept for controls
	blocksTextMax = 12000 // all blocks' text; Slack refuses somewhere near 13,000, undocumented
	labelsTextMax = 9000  // of it for controls and their options
	plainMax      = 4000  // the text beside the blocks: chat.update refuses more
	sectionMax    = 3000
	headerMax     = 150
	elementsMax   = 25
	labelMax      = 75
	tokenMax      = 150 // of a button's value and, with the mark before it, of a menu's action_id; a token has 88 bytes
	linkMax       = 3000
	placeholder   = 150
	optionsMax    = 100
	optionMax     = 75
	optionIDMax   = 150
	markMax       = 200 // of a delivery's mark as block_id, which takes 255
)

// Kinds of control, as they stand in front of an action_id.
const (
	actionButton = "b"
	actionSelect = "s"
	actionPerson = "p"
	actionLink   = "l"
)

// actionID names a control: its kind, its place in the message, the language of the message, and for a menu its token.
// A button carries its token as its value.
func actionID(kind string, place int, locale flows.Locale, token string) string {
	id := kind + strconv.Itoa(place) + "." + string(locale)
	if token != "" {
		id += "." + token
	}
	return id
}

// splitAction takes an action_id apart. One that is not ours has no kind.
func splitAction(id string) (kind string, locale flows.Locale, token string) {
	parts := strings.SplitN(id, ".", 3)
	if len(parts) < 2 || parts[0] == "" {
		return "", "", ""
	}
	if len(parts) == 3 {
		token = parts[2]
	}
	return parts[0][:1], flows.Locale(parts[1]), token
}

// metadataType is the event type of our messages' metadata.
const metadataType = "convenor"

// plainText is a text object that nothing is read into: no markup, no mention, whoever typed it.
func plainText(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}

// messageBlocks dresses a message. mark, when given, becomes the block_id of its first block: a second place where Find
// can recognise it.
func messageBlocks(m bot.Message, mark string) []slackgo.Block {
	controls, labels := controlsOf(m)
	var call []slackgo.Block
	if m.Calls != "" {
		call, mark = append(call, mention(m.Calls, mark)), ""
	}
	text := textBlocks(m.Blocks, blocksMax-len(controls)-len(call), blocksTextMax-labels, mark)
	return append(append(call, text...), controls...)
}

// mention calls one user. It stands in a block of its own, so that other text stays plain.
func mention(user, mark string) *slackgo.SectionBlock {
	call := slackgo.NewTextBlockObject(slackgo.MarkdownType, "<@"+escape(user)+">", false, true)
	return slackgo.NewSectionBlock(call, nil, nil, slackgo.SectionBlockOptionBlockID(mark))
}

// passage is text on its way into one block.
type passage struct {
	style    flows.Style
	text     string
	instants []bot.Instant
}

// textBlocks dresses paragraphs in at most room blocks with at most left characters. What does not fit is cut, and the
// cut shows.
func textBlocks(paragraphs []bot.Block, room, left int, mark string) []slackgo.Block {
	list := passages(paragraphs)
	var blocks []slackgo.Block
	for i, p := range list {
		if len(blocks) == room-1 && i < len(list)-1 || left < 2 {
			blocks = addBlock(blocks, passage{style: flows.StyleSmall, text: "…"}, "")
			break
		}
		p.text = cut(p.text, left)
		left -= utf8.RuneCountInString(p.object().Text)
		id := ""
		if len(blocks) == 0 && len(mark) <= markMax {
			id = mark
		}
		blocks = addBlock(blocks, p, id)
	}
	return blocks
}

// passages puts lines of one list together and cuts what is too long for a block.
func passages(paragraphs []bot.Block) []passage {
	var list []passage
	for _, b := range paragraphs {
		text := strings.TrimSpace(clean(b.Text))
		if text == "" {
			continue
		}
		switch b.Style {
		case flows.StyleItem:
			text = "• " + text
			if n := len(list); n > 0 && list[n-1].style == flows.StyleItem && len(b.Instants)+len(list[n-1].instants) == 0 {
				joined := list[n-1].text + "\n" + text
				if utf8.RuneCountInString(joined) <= sectionMax {
					list[n-1].text = joined
					continue
				}
			}
		case flows.StyleQuote:
			text = "“" + text + "”"
		case flows.StyleHeading, flows.StyleBody, flows.StyleSmall:
		}
		for _, piece := range pieces(text, sectionMax) {
			list = append(list, passage{style: b.Style, text: piece, instants: b.Instants})
		}
	}
	return list
}

// addBlock dresses one passage. A heading too long for a header stands as a paragraph.
func addBlock(blocks []slackgo.Block, p passage, id string) []slackgo.Block {
	switch {
	case p.style == flows.StyleHeading && utf8.RuneCountInString(p.text) <= headerMax && !strings.Contains(p.text, "\n"):
		return append(blocks, slackgo.NewHeaderBlock(plainText(p.text), slackgo.HeaderBlockOptionBlockID(id)))
	case p.style == flows.StyleSmall:
		return append(blocks, slackgo.NewContextBlock(id, p.object()))
	default:
		return append(blocks, slackgo.NewSectionBlock(p.object(), nil, nil, slackgo.SectionBlockOptionBlockID(id)))
	}
}

// controlsOf dresses a message's controls, in their order, as many to a block as Slack takes. labels is how many
// characters stand on them.
func controlsOf(m bot.Message) (blocks []slackgo.Block, labels int) {
	var elements []slackgo.BlockElement
	for _, c := range m.Controls {
		whole, n := control(c, m.Locale, len(elements)), 0
		for _, e := range whole {
			n += said(e)
		}
		if labels+n > labelsTextMax {
			break // a part of a menu, or a later button without this one, would mislead
		}
		labels += n
		elements = append(elements, whole...)
	}
	for len(elements) > 0 && len(blocks) < controlBlocks {
		n := min(len(elements), elementsMax)
		blocks = append(blocks, slackgo.NewActionBlock("", elements[:n]...))
		elements = elements[n:]
	}
	return blocks, labels
}

// said is how many characters an element says.
func said(e slackgo.BlockElement) int {
	var words []*slackgo.TextBlockObject
	switch e := e.(type) {
	case *slackgo.ButtonBlockElement:
		words = append(words, e.Text)
	case *slackgo.SelectBlockElement:
		words = append(words, e.Placeholder)
		for _, o := range e.Options {
			words = append(words, o.Text)
		}
	}
	n := 0
	for _, w := range words {
		n += utf8.RuneCountInString(w.Text)
	}
	return n
}

// control dresses one control: usually as one element, a long menu as several. One that could not work is left out.
func control(c bot.Control, locale flows.Locale, place int) []slackgo.BlockElement {
	label := first(strings.TrimSpace(clean(c.Label)), "…")
	if c.Kind != flows.ControlLink && (c.Token == "" || len(c.Token) > tokenMax) {
		return nil
	}
	switch c.Kind {
	case flows.ControlButton:
		b := slackgo.NewButtonBlockElement(actionID(actionButton, place, locale, ""), c.Token, plainText(cut(label, labelMax)))
		if c.Primary {
			b.Style = slackgo.StylePrimary
		}
		return []slackgo.BlockElement{b}
	case flows.ControlLink:
		if !strings.HasPrefix(c.URL, "http") || len(c.URL) > linkMax {
			return nil
		}
		b := slackgo.NewButtonBlockElement(actionID(actionLink, place, locale, ""), "", plainText(cut(label, labelMax)))
		b.URL = c.URL
		return []slackgo.BlockElement{b}
	case flows.ControlPerson:
		return []slackgo.BlockElement{slackgo.NewOptionsSelectBlockElement(
			slackgo.OptTypeUser, plainText(cut(label, placeholder)), actionID(actionPerson, place, locale, c.Token))}
	case flows.ControlSelect:
		return menus(options(c.Options), label, place, locale, c.Token)
	}
	return nil
}

// menus dresses a menu, in several where one would be too long.
func menus(opts []*slackgo.OptionBlockObject, label string, place int, locale flows.Locale, token string) []slackgo.BlockElement {
	var list []slackgo.BlockElement
	for len(opts) > 0 {
		n := min(len(opts), optionsMax)
		list = append(list, slackgo.NewOptionsSelectBlockElement(
			slackgo.OptTypeStatic, plainText(cut(label, placeholder)), actionID(actionSelect, place+len(list), locale, token), opts[:n]...))
		opts = opts[n:]
	}
	return list
}

// options dresses choices. One without words or id, or with an id that was there before, is left out: Slack would
// refuse the whole message.
func options(list []bot.Option) []*slackgo.OptionBlockObject {
	var out []*slackgo.OptionBlockObject
	seen := map[string]bool{}
	for _, o := range list {
		text := strings.TrimSpace(clean(o.Text))
		if text == "" || o.ID == "" || len(o.ID) > optionIDMax || seen[o.ID] {
			continue
		}
		seen[o.ID] = true
		out = append(out, slackgo.NewOptionBlockObject(o.ID, plainText(cut(text, optionMax)), nil))
	}
	return out
}

// spoken is the whole message as text, controls included, escaped: what a screen reader reads instead of the blocks and
// a notification shows.
func spoken(m bot.Message) string {
	return first(escaped(strings.TrimSpace(clean(m.Plain())), plainMax), "…")
}

// escaped escapes a text and cuts it so that the escaped text has at most n characters and no half of an escape.
func escaped(s string, n int) string {
	for keep := n; ; keep -= keep/8 + 1 {
		if e := escape(cut(s, max(keep, 1))); utf8.RuneCountInString(e) <= n {
			return e
		}
	}
}

// messageOptions is a message as the Web API takes it.
func messageOptions(m bot.Message, mark string) []slackgo.MsgOption {
	list := []slackgo.MsgOption{
		slackgo.MsgOptionText(spoken(m), false), // escaped already
		slackgo.MsgOptionDisableMarkdown(),
		slackgo.MsgOptionParse(false),
		slackgo.MsgOptionDisableLinkUnfurl(),
		slackgo.MsgOptionDisableMediaUnfurl(),
	}
	if blocks := messageBlocks(m, mark); len(blocks) > 0 {
		list = append(list, slackgo.MsgOptionBlocks(blocks...))
	}
	if mark != "" {
		list = append(list, slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
			EventType: metadataType, EventPayload: map[string]any{"k": mark},
		}))
	}
	return list
}
