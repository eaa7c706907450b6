package discord

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"convenor/bot"
	"convenor/flows"
)

// address is a web address that stands by itself and holds nothing that markup is made of at its ends: Discord makes it a
// link as it stands, and a backslash in it would become part of it.
var address = regexp.MustCompile(`(^|\s)(https?://[A-Za-z0-9][A-Za-z0-9._~/?=&%:+#-]*[A-Za-z0-9/])(\s|$)`)

// numbered is what Discord would make a list of, and count anew.
var numbered = regexp.MustCompile(`(?m)^(\s*\d+)\.`)

// escape makes a text read as it was typed: no markup, no mention, no hidden parts. Discord takes a backslash before
// anything that is neither letter nor digit nor space for "as it stands".
func escape(s string) string {
	var out strings.Builder
	for s != "" {
		at := address.FindStringSubmatchIndex(s)
		if at == nil {
			out.WriteString(plain(s))
			break
		}
		out.WriteString(plain(s[:at[4]]))
		out.WriteString(s[at[4]:at[5]])
		s = s[at[5]:]
	}
	return out.String()
}

func plain(s string) string {
	var out strings.Builder
	for _, r := range numbered.ReplaceAllString(s, "$1\x00") {
		switch {
		case r == 0:
			out.WriteString(`\.`)
		case strings.ContainsRune("\\*_~`|<>@#[]()-+:&!/=^$", r):
			out.WriteByte('\\')
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// stamped is escape, with each instant shown by the clock of whoever reads it.
func stamped(s string, instants []bot.Instant) string {
	var out strings.Builder
	for _, at := range instants {
		before, after, there := strings.Cut(s, at.Words)
		if !there {
			continue // it was cut off
		}
		out.WriteString(escape(before))
		out.WriteString("<t:" + strconv.FormatInt(at.At, 10) + ":f>")
		s = after
	}
	return out.String() + escape(s)
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

// tidy is a text clean and on one line.
func tidy(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

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

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// mentionOf matches how a client writes a mention of a user.
var mentionOf = regexp.MustCompile(`<@!?(\d+)>`)

// readable turns a text as Discord sends it into what its writer sees: names instead of ids. Mentions of the bot itself
// are taken out. names holds what people go by, by user id.
func readable(raw, self string, names map[string]string) string {
	s := mentionOf.ReplaceAllStringFunc(clean(raw), func(m string) string {
		id := mentionOf.FindStringSubmatch(m)[1]
		if id == self {
			return ""
		}
		if name := tidy(names[id]); name != "" {
			return "@" + name
		}
		return m
	})
	return strings.TrimSpace(s)
}

// baseLocale is the language of a locale like "es-419".
func baseLocale(s string) flows.Locale {
	base, _, _ := strings.Cut(s, "-")
	return flows.Locale(strings.ToLower(base))
}
