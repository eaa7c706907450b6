package discord

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode/utf8"

	"convenor/bot"
	"convenor/flows"
)

// What Discord takes at most; counts are of characters (components/reference).
const (
	textMax       = 4000 // all text of a message, escapes and marks included
	componentsMax = 40
	customMax     = 100
	buttonMax     = 80
	linkMax       = 512
	placeholder   = 150
	optionsMax    = 25
	optionMax     = 100
	rowButtons    = 5
)

// A custom_id begins with the server it belongs to, in eleven characters, because a direct message belongs to none; then
// one character tells the language and keeps two controls with one token apart, or marks a control of the adapter's own;
// then comes the token.
const (
	guildLen = 11
	markLen  = 1
	ownMark  = '!' // the rest names something in the drawer
	signs    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	perLang  = len(signs) / 2
)

// The marks of messages are far from the numbers that Discord gives by itself.
const (
	markLeast = 1 << 30
	markMost  = 1<<31 - 1
)

// customID makes one. A server whose id is no number is left out.
func customID(guild string, locale flows.Locale, place int, token string) string {
	at := place % perLang
	if locale == flows.Spanish {
		at += perLang
	}
	return guildSign(guild) + signs[at:at+1] + token
}

// ownID is the custom_id of a control that only the adapter understands.
func ownID(guild, key string) string { return guildSign(guild) + string(ownMark) + key }

func guildSign(guild string) string {
	n, err := strconv.ParseUint(guild, 10, 64)
	if err != nil {
		n = 0
	}
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], n)
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// splitID takes a custom_id apart. One that is not ours has no token.
func splitID(id string) (guild string, locale flows.Locale, own bool, token string) {
	if len(id) <= guildLen+markLen {
		return "", "", false, ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(id[:guildLen])
	if err != nil || len(raw) != 8 {
		return "", "", false, ""
	}
	if n := binary.BigEndian.Uint64(raw); n != 0 {
		guild = strconv.FormatUint(n, 10)
	}
	mark, token := id[guildLen], id[guildLen+markLen:]
	at := strings.IndexByte(signs, mark)
	switch {
	case mark == ownMark:
		return guild, "", true, token
	case at < 0:
		return "", "", false, ""
	case at >= perLang:
		return guild, flows.Spanish, false, token
	}
	return guild, flows.English, false, token
}

// markOf turns a delivery's key into the number that its text display carries unseen: where Find recognises a message of
// which Discord no longer knows the nonce. Of pairs of keys one in a thousand million has the same.
func markOf(key string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	return h.Sum32()&markMost | markLeast
}

// dress is a message as Discord takes it: one text, then rows of controls. key may be empty.
func dress(m bot.Message, guild, key string) message {
	rows := rowsOf(m, guild)
	call, allowed := "", mentions{Parse: []string{}}
	if isSnowflake(m.Calls) {
		call, allowed.Users = "<@"+m.Calls+"> ", []string{m.Calls}
	}
	text := component{Type: typeDisplay, Content: first(call+textOf(m.Blocks, textMax-len(call)), "…")}
	if key != "" {
		text.ID = markOf(key)
	}
	return message{Components: append([]component{text}, rows...), Flags: flagComponents, Allowed: allowed}
}

// textOf is the paragraphs as one text of at most room characters. What does not fit is cut, and the cut shows.
func textOf(blocks []bot.Block, room int) string {
	var out strings.Builder
	left, last := room, flows.Style("")
	for _, b := range blocks {
		text := strings.TrimSpace(clean(b.Text))
		if text == "" {
			continue
		}
		gap := ""
		if out.Len() > 0 {
			gap = "\n\n"
			if b.Style == flows.StyleItem && last == flows.StyleItem || b.Style == flows.StyleSmall || last == flows.StyleHeading {
				gap = "\n"
			}
		}
		piece := gap + fit(b.Style, text, b.Instants, left-len(gap)-2)
		if utf8.RuneCountInString(piece) > left-2 || left < 20 {
			out.WriteString("\n…")
			break
		}
		left -= utf8.RuneCountInString(piece)
		out.WriteString(piece)
		last = b.Style
	}
	return out.String()
}

// fit marks a paragraph up, cut so that all of it has at most room characters.
func fit(style flows.Style, text string, instants []bot.Instant, room int) string {
	for keep := max(room, 1); ; keep -= keep/8 + 1 {
		if s := marked(style, cut(text, max(keep, 1)), instants); utf8.RuneCountInString(s) <= room || keep <= 1 {
			return s
		}
	}
}

func marked(style flows.Style, text string, instants []bot.Instant) string {
	lines := strings.Split(stamped(text, instants), "\n")
	before, next := "", ""
	switch style {
	case flows.StyleHeading:
		before, next = "## ", "## "
	case flows.StyleSmall:
		before, next = "-# ", "-# "
	case flows.StyleQuote:
		before, next = "> ", "> "
	case flows.StyleItem:
		before, next = "- ", "  "
	case flows.StyleBody:
	}
	for i, line := range lines {
		switch {
		case i == 0:
			lines[i] = before + line
		case strings.TrimSpace(line) != "" || style == flows.StyleQuote:
			lines[i] = next + line
		}
	}
	return strings.Join(lines, "\n")
}

// rowsOf dresses a message's controls in their order: buttons side by side, a menu by itself. Those that do not fit in
// one message are left out; package bot makes none with so many.
func rowsOf(m bot.Message, guild string) []component {
	var rows []component
	open, count := false, 1
	for place, c := range m.Controls {
		for _, e := range control(c, guild, m.Locale, place) {
			beside := e.Type == typeButton && open && len(rows[len(rows)-1].Components) < rowButtons
			cost := 2
			if beside {
				cost = 1
			}
			if count += cost; count > componentsMax {
				return rows
			}
			if beside {
				row := &rows[len(rows)-1]
				row.Components = append(row.Components, e)
				continue
			}
			rows = append(rows, component{Type: typeRow, Components: []component{e}})
			open = e.Type == typeButton
		}
	}
	return rows
}

// control dresses one control: usually as one component, a long menu as several. One that could not work is left out.
func control(c bot.Control, guild string, locale flows.Locale, place int) []component {
	label := first(tidy(c.Label), "…")
	id := customID(guild, locale, place, c.Token)
	if c.Kind != flows.ControlLink && (c.Token == "" || len(id) > customMax) {
		return nil
	}
	switch c.Kind {
	case flows.ControlButton:
		style := styleSecondary
		if c.Primary {
			style = stylePrimary
		}
		return []component{{Type: typeButton, Style: style, Label: cut(label, buttonMax), CustomID: id}}
	case flows.ControlLink:
		if !strings.HasPrefix(c.URL, "http") || len(c.URL) > linkMax {
			return nil
		}
		return []component{{Type: typeButton, Style: styleLink, Label: cut(label, buttonMax), URL: c.URL}}
	case flows.ControlPerson:
		return []component{{Type: typeUserSelect, CustomID: id, Placeholder: cut(label, placeholder)}}
	case flows.ControlSelect:
		return menus(options(c.Options, nil), label, func(n int) string { return customID(guild, locale, place+n*7, c.Token) })
	}
	return nil
}

// menus dresses a menu, in several where one would be too long.
func menus(opts []option, label string, id func(n int) string) (list []component) {
	for len(opts) > 0 {
		n := min(len(opts), optionsMax)
		list = append(list, component{Type: typeSelect, CustomID: id(len(list)), Placeholder: cut(label, placeholder), Options: opts[:n]})
		opts = opts[n:]
	}
	return list
}

// options dresses choices. One without words or id, or with an id that was there before, is left out: Discord would
// refuse the whole message.
func options(list []bot.Option, picks []string) []option {
	var out []option
	seen := map[string]bool{}
	for _, o := range list {
		text := tidy(o.Text)
		if text == "" || o.ID == "" || len(o.ID) > optionMax || seen[o.ID] {
			continue
		}
		seen[o.ID] = true
		one := option{Label: cut(text, optionMax), Value: o.ID}
		for _, p := range picks {
			one.Default = one.Default || p == o.ID
		}
		out = append(out, one)
	}
	return out
}
