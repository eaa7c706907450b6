package bot

import (
	"strings"

	"convenor/flows"
)

// Message is a rendered, neutral message: words in one language, ready for a platform to dress. Adapters escape every
// string; nothing in it is markup.
type Message struct {
	Locale flows.Locale
	// Calls is the platform's user id of the one person whom the message calls: a mention before its first paragraph,
	// by which the platform tells them of it. Whatever stands in the text calls nobody.
	Calls    string `json:",omitempty"`
	Blocks   []Block
	Controls []Control
}

// Block is one paragraph.
type Block struct {
	Style flows.Style
	Text  string
	// Instants are those that the text tells. Who sees the text as it is reads when they are in one zone, which it names.
	Instants []Instant `json:",omitempty"`
}

// Instant is a passage of a Block's text that stands there once and tells an instant. A platform that can show an instant
// by each reader's own clock shows that in its place.
type Instant struct {
	At    int64 // in Unix seconds
	Words string
}

// Control is a button, a menu or a link, its token encoded.
type Control struct {
	Kind    flows.ControlKind
	Label   string
	Token   string // what a press sends back; for a select or person picker the pick is added by WithPick
	Options []Option
	URL     string
	Primary bool
}

// Option is one choice of a menu.
type Option struct {
	ID   string
	Text string
}

// Form is a rendered form.
type Form struct {
	Locale flows.Locale
	Title  string
	Intro  []Block
	Fields []Field
	Token  string
	Submit string // label of the submit button
	Close  string // label of the close button
}

// Field is one rendered input of a form.
type Field struct {
	ID       string
	Field    flows.FieldKind
	Label    string
	Hint     string
	Options  []Option
	Max      int
	Optional bool
	Value    flows.Input
	Error    string
}

// Plain is the whole message as plain text, controls included: what a screen reader, a notification or a platform
// without blocks gets. A control stands on a line of its own in brackets, a menu with its options.
func (m Message) Plain() string {
	lines := make([]string, 0, len(m.Blocks)+len(m.Controls))
	for _, b := range m.Blocks {
		switch b.Style {
		case flows.StyleItem:
			lines = append(lines, "• "+b.Text)
		case flows.StyleQuote:
			lines = append(lines, "“"+b.Text+"”")
		case flows.StyleHeading, flows.StyleBody, flows.StyleSmall:
			lines = append(lines, b.Text)
		}
	}
	for _, c := range m.Controls {
		var options []string
		for _, o := range c.Options {
			options = append(options, o.Text)
		}
		words := c.Label
		if len(options) > 0 {
			words += ": " + strings.Join(options, ", ")
		}
		lines = append(lines, "["+words+"]")
	}
	return strings.Join(lines, "\n")
}
