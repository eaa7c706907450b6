package content

import (
	"strings"

	"convenor/flows"
)

// adviceWords is how many words a typed text needs before its grade means anything.
const adviceWords = 8

// Advise looks at words that somebody typed for others to read, in the way in which the pack's own are looked at: for
// words that hurt, in any language, and for how hard they are to read.
func (*Pack) Advise(locale flows.Locale, text string) flows.Advice {
	var a flows.Advice
	var tokens []string
	for word := range strings.FieldsSeq(text) {
		tokens = append(tokens, bare(word))
	}
	words := stigma()
	for i := range tokens {
		for length := min(phraseWords, len(tokens)-i); length > 0 && a.Unkind == ""; length-- {
			found := strings.Join(tokens[i:i+length], " ")
			if instead, ok := words[found]; ok {
				a.Unkind, a.Kinder = found, instead
			}
		}
	}
	if locale == flows.Spanish {
		a.Hard = len(tokens) >= adviceWords && ease(text) < easeLeast
	} else {
		a.Hard = len(tokens) >= adviceWords && grade(text) > gradeMost
	}
	return a
}
