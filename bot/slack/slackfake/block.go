package slackfake

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Words is a text object of Block Kit.
type Words struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

// UnmarshalJSON also takes a bare string, as a context block's elements have it: there the element is the text object.
func (w *Words) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &w.Text)
	}
	type bare Words
	return json.Unmarshal(data, (*bare)(w))
}

// MarshalJSON gives a bare string back as one.
func (w Words) MarshalJSON() ([]byte, error) {
	if w.Type == "" {
		return json.Marshal(w.Text)
	}
	type bare Words
	return json.Marshal(bare(w))
}

// Option is one choice of a menu or a list of boxes.
type Option struct {
	Text        *Words `json:"text,omitempty"`
	Value       string `json:"value,omitempty"`
	Description *Words `json:"description,omitempty"`
}

// Element is an interactive part of a block. Which fields count depends on its Type.
type Element struct {
	Type        string `json:"type"`
	ActionID    string `json:"action_id,omitempty"`
	Text        *Words `json:"text,omitempty"`
	Value       string `json:"value,omitempty"`
	URL         string `json:"url,omitempty"`
	Style       string `json:"style,omitempty"`
	Label       string `json:"accessibility_label,omitempty"`
	Placeholder *Words `json:"placeholder,omitempty"`

	Options        []Option `json:"options,omitempty"`
	Multiline      bool     `json:"multiline,omitempty"`
	MaxLength      int      `json:"max_length,omitempty"`
	InitialValue   string   `json:"initial_value,omitempty"`
	InitialOption  *Option  `json:"initial_option,omitempty"`
	InitialOptions []Option `json:"initial_options,omitempty"`
	InitialDate    string   `json:"initial_date,omitempty"`
	InitialUser    string   `json:"initial_user,omitempty"`
	ImageURL       string   `json:"image_url,omitempty"`
	AltText        string   `json:"alt_text,omitempty"`
}

// Block is one block of a message, a form or a home tab. Which fields count depends on its Type.
type Block struct {
	Type      string    `json:"type"`
	BlockID   string    `json:"block_id,omitempty"`
	Text      *Words    `json:"text,omitempty"`
	Fields    []Words   `json:"fields,omitempty"`
	Elements  []Element `json:"elements,omitempty"`
	Accessory *Element  `json:"accessory,omitempty"`
	Label     *Words    `json:"label,omitempty"`
	Hint      *Words    `json:"hint,omitempty"`
	Element   *Element  `json:"element,omitempty"`
	Optional  bool      `json:"optional,omitempty"`
	ImageURL  string    `json:"image_url,omitempty"`
	AltText   string    `json:"alt_text,omitempty"`
}

// shown is what a person reads in blocks, one line per piece; controls stand in brackets.
func shown(blocks []Block) string {
	var lines []string
	add := func(w *Words) {
		if w != nil && w.Text != "" {
			lines = append(lines, read(*w))
		}
	}
	for _, b := range blocks {
		add(b.Text)
		for i := range b.Fields {
			add(&b.Fields[i])
		}
		add(b.Label)
		add(b.Hint)
		for _, e := range controls(b) {
			lines = append(lines, e.shown())
		}
	}
	return strings.Join(lines, "\n")
}

// controls returns the elements of a block, wherever the block keeps them.
func controls(b Block) []Element {
	list := append([]Element(nil), b.Elements...)
	for _, e := range []*Element{b.Accessory, b.Element} {
		if e != nil {
			list = append(list, *e)
		}
	}
	return list
}

// name is what a person calls the control by.
func (e Element) name() string {
	switch {
	case e.Text != nil:
		return read(*e.Text)
	case e.Placeholder != nil:
		return read(*e.Placeholder)
	default:
		return ""
	}
}

func (e Element) shown() string {
	switch e.Type {
	case "plain_text", "mrkdwn": // an element of a context block is a text object
		return read(Words{Type: e.Type, Text: e.name()})
	case "button":
		return "[" + e.name() + "]"
	}
	var s strings.Builder
	s.WriteString("[" + e.name())
	for _, o := range e.Options {
		s.WriteString(" · " + o.name())
	}
	for _, v := range initial(e).words() {
		s.WriteString(" = " + v)
	}
	return s.String() + "]"
}

func (o Option) name() string {
	if o.Text == nil {
		return ""
	}
	return read(*o.Text)
}

// read is what a person sees of a text object.
func read(w Words) string {
	if w.Type == "mrkdwn" {
		return unescape(stamp.ReplaceAllStringFunc(w.Text, func(found string) string {
			return time.Unix(stamps(found)[0], 0).UTC().Format("2 January 2006 15:04 UTC")
		}))
	}
	return w.Text
}

// stamp is an instant that a client shows by its own clock.
var stamp = regexp.MustCompile(`<!date\^(-?\d{1,12})\^[^^|<>]*\{[a-z_]+\}[^^|<>]*\|[^|<>]+>`)

func stamps(text string) (list []int64) {
	for _, parts := range stamp.FindAllStringSubmatch(text, -1) {
		if unix, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			list = append(list, unix)
		}
	}
	return list
}

// Stamps lists the instants, in Unix seconds, that the message shows by its reader's clock.
func (m Message) Stamps() (list []int64) {
	list = stamps(m.Text)
	for _, b := range m.Blocks {
		for _, w := range texts(b) {
			if w.Type == "mrkdwn" {
				list = append(list, stamps(w.Text)...)
			}
		}
	}
	return list
}

// escape and unescape are Slack's: three characters and no more.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func unescape(s string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(s)
}

// mentions finds what would call somebody: <@U…>, <!here>, <#C…> and their kin, which Slack reads in markup only.
func mentions(text string, blocks []Block) []string {
	found := calls(text)
	for _, b := range blocks {
		for _, w := range texts(b) {
			if w.Type == "mrkdwn" {
				found = append(found, calls(w.Text)...)
			}
		}
	}
	return found
}

// texts returns every text object of a block but its options'.
func texts(b Block) []Words {
	var list []Words
	for _, w := range []*Words{b.Text, b.Label, b.Hint} {
		if w != nil {
			list = append(list, *w)
		}
	}
	list = append(list, b.Fields...)
	for _, e := range controls(b) {
		if e.Text != nil {
			w := *e.Text
			if w.Type == "" {
				w.Type = e.Type
			}
			list = append(list, w)
		}
	}
	return list
}

func calls(text string) []string {
	var found []string
	text = stamp.ReplaceAllString(text, "")
	for {
		_, after, open := strings.Cut(text, "<")
		if !open {
			return found
		}
		inside, rest, closed := strings.Cut(after, ">")
		if closed && inside != "" && strings.ContainsRune("@!#", rune(inside[0])) {
			found = append(found, "<"+inside+">")
		}
		if text = rest; !closed {
			return found
		}
	}
}
