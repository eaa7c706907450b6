package flows

import "time"

// Locale names a language by its BCP 47 base tag. The embedded pack speaks English and Spanish.
type Locale string

// The locales of the embedded pack.
const (
	English Locale = "en"
	Spanish Locale = "es"
)

// Text is the same words in each language. A message is rendered in one locale as a whole: when any part of it lacks
// the reader's language, all of it falls back to English.
type Text map[Locale]string

// Style says what a Part is, never how it looks.
type Style string

// The styles that every platform can show.
const (
	StyleHeading Style = "heading" // at most one a message, first
	StyleBody    Style = "body"    // a paragraph
	StyleSmall   Style = "small"   // progress, sources: nothing essential
	StyleItem    Style = "item"    // one line of a list
	StyleQuote   Style = "quote"   // what a person typed
)

// Part is one paragraph of a Message. Exactly one of Words and Text is set.
type Part struct {
	Style Style          `json:"style"`
	Words string         `json:"words,omitempty"` // key in the pack's catalogue of the product's own words
	Text  Text           `json:"text,omitempty"`  // words of a definition, carried so that a pinned run keeps them
	Args  map[string]Arg `json:"args,omitempty"`  // what each {placeholder} stands for
}

// Arg is what a placeholder stands for. Exactly one field besides Max and Unit is set. What people typed is named by id and read
// only when the message is sent, so that erasing the text erases it everywhere.
type Arg struct {
	TextID string `json:"text_id,omitempty"` // record of KindText
	Max    int    `json:"max,omitempty"`     // with TextID: show at most that many characters, the last one "…" when cut; 0: all
	Person string `json:"person,omitempty"`  // person id; shown as the name they go by
	Date   string `json:"date,omitempty"`    // civil date YYYY-MM-DD; shown in the reader's language with weekday
	Number *int   `json:"number,omitempty"`
	Amount string `json:"amount,omitempty"` // a number in digits with a point at most; shown as the reader's language groups it
	Unit   Text   `json:"unit,omitempty"`   // with Amount: what is counted; "$" before it, "%" right after it
	Words  string `json:"words,omitempty"`  // key in the catalogue
	Text   Text   `json:"text,omitempty"`   // words of a definition
	List   []Arg  `json:"list,omitempty"`   // joined as "a, b and c" in the reader's language
	Clock  string `json:"clock,omitempty"`  // time of day HH:MM; shown with AM or PM as the reader's language writes them
	// At is an instant: each reader sees it by their own clock where the platform can show it so, else with its zone. A
	// day that something is due is a Date and never an instant: it would be another day elsewhere.
	At    time.Time `json:"at,omitzero"`
	Plain string    `json:"plain,omitempty"` // a machine's value that reads the same in every language: a name of a zone, a link
}

// Message is what Convenor says, as data: language and platform are chosen when it is sent.
type Message struct {
	// Key is the handle by which a later Edit finds this message; empty when it is never edited.
	Key string `json:"key,omitempty"`
	// Calls is the id of the one person whom a message to a space calls by a mention. Nothing else in it calls anybody.
	Calls string `json:"calls,omitempty"`
	// Thread is the Key of an earlier message to the same space: this one stands in its thread, where a platform has such
	// a thing and the earlier one was posted.
	Thread   string    `json:"thread,omitempty"`
	Parts    []Part    `json:"parts"`
	Controls []Control `json:"controls,omitempty"`
}

// ControlKind says how a person presses.
type ControlKind string

// The kinds of control.
const (
	ControlButton ControlKind = "button"
	ControlSelect ControlKind = "select" // pick one of Options; the pick is sent as the token's Arg
	ControlPerson ControlKind = "person" // pick a person with the platform's own picker
	ControlLink   ControlKind = "link"   // opens URL; sends nothing
)

// Control is a button, a menu or a link under a message. Label is given by exactly one of Words and Text.
type Control struct {
	Kind    ControlKind    `json:"kind"`
	Words   string         `json:"words,omitempty"`
	Text    Text           `json:"text,omitempty"`
	Args    map[string]Arg `json:"args,omitempty"`
	Token   Token          `json:"token,omitzero"`
	Options []Option       `json:"options,omitempty"`
	URL     string         `json:"url,omitempty"`
	Primary bool           `json:"primary,omitempty"`
}

// Form is a private form: a modal on Slack and Discord, a dialog in the playground. Its Token comes back with the
// typed values when it is submitted.
type Form struct {
	Title  Part        `json:"title"` // at most 24 characters when rendered (Slack's modal title)
	Intro  []Part      `json:"intro,omitempty"`
	Fields []FormField `json:"fields"` // at most 5 (Discord's modal)
	Token  Token       `json:"token"`
}

// FormField is one input of a Form.
type FormField struct {
	ID       string    `json:"id"` // node id
	Field    FieldKind `json:"field"`
	Label    Part      `json:"label"`          // at most 45 characters when rendered (Discord's label)
	Hint     *Part     `json:"hint,omitempty"` // at most 100 characters when rendered
	Options  []Option  `json:"options,omitempty"`
	Max      int       `json:"max,omitempty"` // characters of text, or picks
	Optional bool      `json:"optional,omitempty"`
	Value    Input     `json:"value,omitzero"`  // shown as already typed
	TextID   string    `json:"text,omitempty"`  // a typed text, shown as already typed when Value is empty
	Error    *Part     `json:"error,omitempty"` // why what was typed cannot be taken, and what to do
}
