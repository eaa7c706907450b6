package flows

import (
	"strings"
	"unicode"
)

// Limits of a name on the web, by RFC 1035 and RFC 6335.
const (
	hostMax  = 253
	labelLen = 63
	portMax  = 5 // digits
)

// readLink reads an address on the web, with or without https:// before it, and returns it with.
func readLink(typed string) (string, *refusal) {
	text, no := readText(typed, LinkMax)
	if no != nil {
		return "", no
	}
	text = strings.TrimRight(strings.Trim(text, "<>\"'“”"), ".,;")
	scheme, rest, named := strings.Cut(text, "://")
	if !named {
		scheme, rest = "https", text
	}
	scheme = strings.ToLower(scheme)
	host := rest
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		host = rest[:at]
	}
	odd := func(r rune) bool {
		return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>"\`, r)
	}
	if scheme != "http" && scheme != "https" || strings.ContainsFunc(rest, odd) || !webHost(host) {
		return "", refuse("run.refuse.link")
	}
	return scheme + "://" + rest, nil
}

// webHost reports whether a text is a name on the web, with a port at most: two labels or more, the last one of letters.
func webHost(host string) bool {
	host, port, hasPort := strings.Cut(host, ":")
	labels := strings.Split(host, ".")
	if len(labels) < 2 || len(host) > hostMax || hasPort && (port == "" || len(port) > portMax || !digits(port)) {
		return false
	}
	for _, label := range labels {
		odd := func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-'
		}
		if label == "" || len(label) > labelLen || strings.ContainsFunc(label, odd) || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(last) > 1 && !strings.ContainsFunc(last[:1], unicode.IsDigit)
}
