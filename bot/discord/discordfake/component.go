package discordfake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Types of component.
const (
	ActionRow   = 1
	Button      = 2
	Select      = 3
	TextInput   = 4
	UserSelect  = 5
	TextDisplay = 10
	Label       = 18
)

// Component is a part of a message or form, as Discord has it.
type Component struct {
	Type        int         `json:"type"`
	ID          int64       `json:"id,omitempty"`
	CustomID    string      `json:"custom_id,omitempty"`
	Label       string      `json:"label,omitempty"`
	Description string      `json:"description,omitempty"`
	Style       int         `json:"style,omitempty"`
	URL         string      `json:"url,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Content     string      `json:"content,omitempty"`
	Value       string      `json:"value,omitempty"`
	Values      []string    `json:"values,omitempty"`
	Options     []Option    `json:"options,omitempty"`
	Defaults    []Default   `json:"default_values,omitempty"`
	Components  []Component `json:"components,omitempty"`
	Component   *Component  `json:"component,omitempty"`
	MinLength   int         `json:"min_length,omitempty"`
	MaxLength   int         `json:"max_length,omitempty"`
	MinValues   *int        `json:"min_values,omitempty"`
	MaxValues   *int        `json:"max_values,omitempty"`
	Required    *bool       `json:"required,omitempty"`
}

// Option is one choice of a select.
type Option struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// Default is somebody who is picked already.
type Default struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// all is every component, inner ones too, in reading order.
func all(list []Component) (out []Component) {
	for _, c := range list {
		out = append(out, c)
		out = append(out, all(c.Components)...)
		if c.Component != nil {
			out = append(out, *c.Component)
		}
	}
	return out
}

// Shown is what a text display reads like: markup carried out and taken away.
func Shown(content string) string {
	var lines []string
	for line := range strings.SplitSeq(content, "\n") {
		for _, mark := range []string{"## ", "-# ", "> "} {
			line = strings.TrimPrefix(line, mark)
		}
		if rest, item := strings.CutPrefix(line, "- "); item {
			line = "• " + rest
		}
		lines = append(lines, literal(told(line)))
	}
	return strings.Join(lines, "\n")
}

var address = regexp.MustCompile(`^https?://[^\s<]+`)

// stamp is an instant that a client shows by its own clock, with the backslashes before it.
var stamp = regexp.MustCompile(`(\\*)<t:(-?\d+)(:[tTdDfFsSR])?>`)

// told shows each instant as somebody in UTC would see it.
func told(line string) string {
	return stamp.ReplaceAllStringFunc(line, func(found string) string {
		parts := stamp.FindStringSubmatch(found)
		unix, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil || len(parts[1])%2 == 1 {
			return found
		}
		return parts[1] + time.Unix(unix, 0).UTC().Format("2 January 2006 15:04 UTC")
	})
}

// literal carries out Discord's escapes: a backslash before what is neither a letter nor a digit nor space. An address
// stands as it is. What markup would hide is left out.
func literal(line string) string {
	var out strings.Builder
	for line != "" {
		if url := address.FindString(line); url != "" {
			out.WriteString(url)
			line = line[len(url):]
			continue
		}
		if line[0] == '\\' && len(line) > 1 && isMark(line[1]) {
			out.WriteByte(line[1])
			line = line[2:]
			continue
		}
		if !strings.ContainsRune("*_~`|", rune(line[0])) {
			out.WriteByte(line[0])
		}
		line = line[1:]
	}
	return out.String()
}

func isMark(b byte) bool {
	letter := b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
	return b > ' ' && b < 0x7f && !letter
}

var mention = regexp.MustCompile(`@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^>]+:\d+>|<a?:\w+:\d+>`)

// calls counts what a text display calls or turns into something else than its letters.
func calls(content string) (n int) {
	for _, at := range mention.FindAllStringIndex(content, -1) {
		if before := content[:at[0]]; (len(before)-len(strings.TrimRight(before, `\`)))%2 == 0 {
			n++
		}
	}
	return n
}

// Shown is a message's text as a person reads it, without its controls.
func (m Message) Shown() string {
	lines := []string{}
	if m.Content != "" {
		lines = append(lines, Shown(m.Content))
	}
	for _, c := range all(m.Components) {
		if c.Type == TextDisplay {
			lines = append(lines, Shown(c.Content))
		}
	}
	return strings.Join(lines, "\n")
}

// Mentions counts what a message's text calls.
func (m Message) Mentions() int {
	n := calls(m.Content)
	for _, c := range all(m.Components) {
		if c.Type == TextDisplay {
			n += calls(c.Content)
		}
	}
	return n
}

// Stamps lists the instants, in Unix seconds, that a message shows by its reader's clock.
func (m Message) Stamps() (list []int64) {
	texts := []string{m.Content}
	for _, c := range all(m.Components) {
		texts = append(texts, c.Content)
	}
	for _, parts := range stamp.FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		if unix, err := strconv.ParseInt(parts[2], 10, 64); err == nil && len(parts[1])%2 == 0 {
			list = append(list, unix)
		}
	}
	return list
}

// Called lists the users whom a message calls and may call: Discord tells them of it, and nobody else.
func (m Message) Called() []string {
	return slices.DeleteFunc(slices.Clone(m.Allowed), func(user string) bool {
		call, text := "<@"+user+">", m.Content
		for _, c := range all(m.Components) {
			text += "\n" + c.Content
		}
		return !slices.ContainsFunc(mention.FindAllStringIndex(text, -1), func(at []int) bool {
			before := text[:at[0]]
			return text[at[0]:at[1]] == call && (len(before)-len(strings.TrimRight(before, `\`)))%2 == 0
		})
	})
}

// Controls are a message's buttons and menus.
func (m Message) Controls() []Component {
	return slices.DeleteFunc(all(m.Components), func(c Component) bool { return c.Type != Button && c.Type != Select && c.Type != UserSelect })
}

// Named is what a control is called.
func (c Component) Named() string {
	if c.Label != "" {
		return c.Label
	}
	return c.Placeholder
}
