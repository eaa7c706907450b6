package discordfake

import (
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// v2 marks a message that is made of components alone.
const v2 = 1 << 15

// What the description of the API lets through and the documentation forbids.
const (
	contentMax    = 2000
	textMax       = 4000 // all text displays of one message
	componentsMax = 40
	rowsMax       = 5 // without v2
	buttonsMax    = 5
	modalMax      = 5
	nonceMax      = 25
)

type checker struct{ faults []error }

func (c *checker) need(ok bool, format string, args ...any) {
	if !ok {
		c.faults = append(c.faults, fmt.Errorf(format, args...))
	}
}

func (c *checker) length(what, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	c.need(n >= least && n <= most, "%s has %d characters, not %d to %d", what, n, least, most)
}

// CheckMessage says what Discord would refuse in a message.
func CheckMessage(content string, components []Component, flags int) error {
	var c checker
	c.length("content", content, 0, contentMax)
	everything := all(components)
	c.need(content != "" || len(everything) > 0, "an empty message")
	c.need(len(everything) <= componentsMax, "%d components", len(everything))
	text := 0
	for _, e := range everything {
		if e.Type == TextDisplay {
			text += utf8.RuneCountInString(e.Content)
			c.length("a text display", e.Content, 1, textMax)
			c.need(flags&v2 != 0, "a text display without the flag")
		}
	}
	c.need(text <= textMax, "%d characters of text", text)
	c.need(flags&v2 == 0 || content == "", "content beside components of version 2")
	c.need(flags&v2 != 0 || len(components) <= rowsMax, "%d rows", len(components))
	c.unique(everything)
	for _, row := range components {
		c.row(row)
	}
	return errors.Join(c.faults...)
}

func (c *checker) unique(list []Component) {
	ids, numbers := map[string]bool{}, map[int64]bool{}
	for _, e := range list {
		c.need(e.CustomID == "" || !ids[e.CustomID], "custom_id %q twice", e.CustomID)
		c.need(e.ID == 0 || !numbers[e.ID], "id %d twice", e.ID)
		ids[e.CustomID], numbers[e.ID] = true, true
	}
}

func (c *checker) row(row Component) {
	switch row.Type {
	case TextDisplay:
	case ActionRow:
		c.need(len(row.Components) > 0, "an empty row")
		for _, e := range row.Components {
			c.need(e.Type == Button || len(row.Components) == 1, "a menu beside something else")
			c.control(e)
		}
		c.need(len(row.Components) <= buttonsMax, "%d buttons in a row", len(row.Components))
	default:
		c.need(false, "component of type %d", row.Type)
	}
}

func (c *checker) control(e Component) {
	switch {
	case e.Type == Button && e.Style == 5:
		c.need(e.CustomID == "" && e.URL != "", "a link with a custom_id or without an address")
		c.length("a link", e.URL, 1, 512)
		c.length("a label", e.Label, 1, 80)
	case e.Type == Button:
		c.length("custom_id", e.CustomID, 1, 100)
		c.length("a label", e.Label, 1, 80)
		c.need(e.URL == "" && e.Style >= 1 && e.Style <= 4, "a button of style %d with address %q", e.Style, e.URL)
	case e.Type == Select || e.Type == UserSelect:
		c.length("custom_id", e.CustomID, 1, 100)
		c.length("a placeholder", e.Placeholder, 0, 150)
		c.options(e)
	default:
		c.need(false, "component of type %d in a row", e.Type)
	}
}

func (c *checker) options(e Component) {
	if e.Type == UserSelect {
		c.need(len(e.Options) == 0, "options of a menu of people")
		return
	}
	c.need(len(e.Options) > 0 && len(e.Options) <= 25, "%d options", len(e.Options))
	seen := map[string]bool{}
	for _, o := range e.Options {
		c.length("an option's label", o.Label, 1, 100)
		c.length("an option's value", o.Value, 1, 100)
		c.need(!seen[o.Value], "value %q twice", o.Value)
		seen[o.Value] = true
	}
	low, high := 1, 1
	if e.MinValues != nil {
		low = *e.MinValues
	}
	if e.MaxValues != nil {
		high = *e.MaxValues
	}
	c.need(low <= high && high <= max(len(e.Options), 1), "from %d to %d of %d options", low, high, len(e.Options))
}

// CheckModal says what Discord would refuse in a form.
func CheckModal(m Modal) error {
	var c checker
	c.length("custom_id", m.CustomID, 1, 100)
	c.length("title", m.Title, 1, 45)
	c.need(len(m.Components) > 0 && len(m.Components) <= modalMax, "%d components in a form", len(m.Components))
	c.unique(all(m.Components))
	for _, l := range m.Components {
		if l.Type == TextDisplay {
			c.length("a text display", l.Content, 1, textMax)
			continue
		}
		c.need(l.Type == Label && l.Component != nil, "component of type %d in a form", l.Type)
		if l.Component == nil {
			continue
		}
		c.length("a label", l.Label, 1, 45)
		c.length("a description", l.Description, 0, 100)
		e := *l.Component
		c.length("custom_id", e.CustomID, 1, 100)
		switch e.Type {
		case TextInput:
			c.need(e.Label == "", "a label inside a label")
			c.length("a placeholder", e.Placeholder, 0, 100)
			most := 4000
			if e.MaxLength > 0 {
				most = e.MaxLength
			}
			c.need(most <= 4000, "a text of %d characters", most)
			c.length("what is typed", e.Value, 0, most)
		case Select, UserSelect:
			c.options(e)
		default:
			c.need(false, "component of type %d in a label", e.Type)
		}
	}
	return errors.Join(c.faults...)
}

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)
