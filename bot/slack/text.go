package slack

import (
	"strings"
	"unicode"
)

// unescape and escape are Slack's own: three characters and no more.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// readable turns a text as Slack sends it into what its writer sees: names instead of ids, addresses as they were
// typed. Mentions of the bot itself are taken out. names holds what people go by, by user id; who is not in it stands
// by their id.
func readable(raw, ownUser string, names map[string]string) string {
	var b strings.Builder
	for raw != "" {
		before, after, found := strings.Cut(raw, "<")
		b.WriteString(unescape(before))
		if !found {
			break
		}
		token, rest, closed := strings.Cut(after, ">")
		if !closed {
			b.WriteString("<" + unescape(after))
			break
		}
		b.WriteString(special(token, ownUser, names))
		raw = rest
	}
	return strings.TrimSpace(clean(b.String()))
}

// special is what one <…> of Slack's stands for.
func special(token, ownUser string, names map[string]string) string {
	what, label, _ := strings.Cut(token, "|")
	label = unescape(label)
	switch {
	case strings.HasPrefix(what, "@"):
		id := what[1:]
		if id == ownUser {
			return ""
		}
		return "@" + first(names[id], label, id)
	case strings.HasPrefix(what, "#"):
		return "#" + first(label, what[1:])
	case strings.HasPrefix(what, "!"):
		word, _, _ := strings.Cut(what[1:], "^")
		return first(label, "@"+word)
	}
	address := unescape(what)
	for _, scheme := range []string{"mailto:", "tel:"} {
		if bare, ok := strings.CutPrefix(address, scheme); ok {
			return first(label, bare)
		}
	}
	if label == "" || label == address || strings.HasSuffix(address, "://"+label) {
		return address
	}
	return label + " (" + address + ")"
}

// mentioned lists the user ids that a text names without their name.
func mentioned(raw, ownUser string) []string {
	var ids []string
	for {
		_, after, found := strings.Cut(raw, "<@")
		if !found {
			return ids
		}
		token, rest, closed := strings.Cut(after, ">")
		if !closed {
			return ids
		}
		if token != ownUser && !strings.Contains(token, "|") {
			ids = append(ids, token)
		}
		raw = rest
	}
}

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// clean makes a text safe to show: valid UTF-8 without control characters and without the marks that turn the direction
// of writing around, which could make a line read as something else. Line ends and tabs stay.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

// cut shortens a text to at most n characters; what is left out shows as "…".
func cut(s string, n int) string {
	count, end := 0, len(s)
	for at := range s {
		if count == n-1 {
			end = at
		}
		if count++; count > n {
			return strings.TrimRightFunc(s[:end], unicode.IsSpace) + "…"
		}
	}
	return s
}

// pieces cuts a text into parts of at most n characters, at the end of a line or a word where there is one.
func pieces(s string, n int) []string {
	var list []string
	runes := []rune(s)
	for len(runes) > n {
		at := n
		for i := n; i > n/2; i-- {
			if unicode.IsSpace(runes[i]) {
				at = i
				break
			}
		}
		list = append(list, strings.TrimSpace(string(runes[:at])))
		runes = runes[at:]
	}
	if rest := strings.TrimSpace(string(runes)); rest != "" {
		list = append(list, rest)
	}
	return list
}
