package slack

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzEscape: whatever somebody typed, what is sent to Slack can name nobody, link nowhere and turn no text around, and
// it says the same.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"<!channel>", "<@U1>", "&lt;!here&gt;", "<https://x|y>", "a\u202eb", "\x00", "\xff<", "&amp;lt;@U1&gt;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		safe := clean(typed)
		sent := escape(safe)
		if strings.ContainsAny(sent, "<>") {
			t.Errorf("%q is sent as %q", typed, sent)
		}
		if unescape(sent) != safe {
			t.Errorf("%q is read as %q", safe, unescape(sent))
		}
		if !utf8.ValidString(safe) || strings.IndexFunc(safe, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) >= 0 {
			t.Errorf("%q is kept as %q", typed, safe)
		}
	})
}
