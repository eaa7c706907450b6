package content

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// The reading grade that short words keep: Flesch-Kincaid for English, Fernández-Huerta for Spanish. What people read
// before the first control may ask no more than six years of school.
const (
	gradeMost = 6.0
	easeLeast = 80.0
	textWords = 8  // fewer words are too few for the formulas
	areaWords = 60 // an area of the catalogue with fewer words holds names, and the formulas need sentences
)

// hard reports the short forms of questions, and what flows say, when they ask for more than six years of school.
func (g group) hard() {
	if line, ok := g.text("line"); ok {
		plain, _ := g.text("plain")
		gradeTogether(line, plain)
	}
	if text, ok := g.text("text"); ok {
		gradeTogether(text)
	}
}

// gradeTogether reads texts as one, and reports the hardest of them when they are too hard together.
func gradeTogether(texts ...said) {
	for _, language := range languages() {
		locale := flows.Locale(language)
		var all []string
		var hardest *yaml.Node
		most := 0.0
		for _, s := range texts {
			n := s.words[locale]
			if n == nil || n.Kind != yaml.ScalarNode {
				continue
			}
			all = append(all, strings.TrimSpace(n.Value))
			if years := difficulty(locale, n.Value); hardest == nil || years > most {
				hardest, most = n, years
			}
		}
		tooHard(texts[0].file, hardest, locale, strings.Join(all, " "), "This text")
	}
}

// gradeArea reads an area of the catalogue as a whole: one long name of a thing does no harm, a hard habit does.
func gradeArea(texts []said) {
	for _, language := range languages() {
		locale := flows.Locale(language)
		var all strings.Builder
		hardest, most := 0, 0.0
		for i, s := range texts {
			words := s.plural(locale)
			all.WriteString(words + ". ")
			if years := difficulty(locale, words); i == 0 || years > most && len(strings.Fields(words)) > 3 {
				hardest, most = i, years
			}
		}
		if len(strings.Fields(all.String())) >= areaWords {
			area, _, _ := strings.Cut(texts[hardest].key, ".")
			tooHard(texts[hardest].file, texts[hardest].words[locale], locale, all.String(), "The area `"+area+"`")
		}
	}
}

// tooHard reports a text at n when it asks for more than six years of school. what begins the sentence.
func tooHard(f *file, n *yaml.Node, locale flows.Locale, text, what string) {
	switch {
	case n == nil || len(strings.Fields(text)) < textWords:
	case locale == flows.Spanish && ease(text) < easeLeast:
		f.breaks(ruleHard, n, fmt.Sprintf("%s is hard to read in Spanish: its ease is %.0f, and %.0f or more is easy.", what, ease(text), easeLeast),
			"Make shorter sentences of common words. Long here: "+longest(n.Value, spanishSyllables)+".")
	case locale == flows.English && grade(text) > gradeMost:
		f.breaks(ruleHard, n, fmt.Sprintf("%s asks for %.1f years of school; %.0f should do.", what, grade(text), gradeMost),
			"Make shorter sentences of common words. Long here: "+longest(n.Value, englishSyllables)+".")
	}
}

// difficulty compares texts of one language: the higher, the harder.
func difficulty(locale flows.Locale, text string) float64 {
	if locale == flows.Spanish {
		return -ease(text)
	}
	return grade(text)
}

// longest are the three words of a text with the most syllables.
func longest(text string, count func(string) int) string {
	var all []string
	for word := range strings.FieldsSeq(text) {
		if word = bare(word); word != "" && !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return count(b) - count(a) })
	return strings.Join(all[:min(3, len(all))], ", ")
}

// bare is a word in small letters, without what stands around it.
func bare(word string) string {
	return strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}

// grade is the Flesch-Kincaid grade of an English text.
func grade(text string) float64 {
	sentences, words, syllables := measure(text, englishSyllables)
	return 0.39*words/sentences + 11.8*syllables/words - 15.59
}

// ease is the Fernández-Huerta ease of a Spanish text.
func ease(text string) float64 {
	sentences, words, syllables := measure(text, spanishSyllables)
	return 206.84 - 60*syllables/words - 1.02*words/sentences
}

func measure(text string, count func(string) int) (sentences, words, syllables float64) {
	for word := range strings.FieldsSeq(text) {
		if letters := bare(word); letters != "" {
			words++
			syllables += float64(count(letters))
		}
		if strings.ContainsAny(word, ".?!:") {
			sentences++
		}
	}
	return max(sentences, 1), max(words, 1), syllables
}

// englishSyllables counts groups of vowels, less a silent e at the end.
func englishSyllables(word string) int {
	n, vowel := 0, false
	for _, r := range word {
		is := strings.ContainsRune("aeiouy", r)
		if is && !vowel {
			n++
		}
		vowel = is
	}
	for _, end := range [...]struct{ mute, spoken string }{{"es", "aeioulcgszx"}, {"ed", "aeioultd"}, {"e", "aeioul"}} {
		if stem, ok := strings.CutSuffix(word, end.mute); ok && n > 1 && !strings.ContainsAny(stem[len(stem)-1:], end.spoken) {
			n--
		}
	}
	return max(n, 1)
}

// spanishSyllables counts vowels, where a weak one joins its neighbor.
func spanishSyllables(word string) int {
	for _, mute := range [...][2]string{{"qu", "k"}, {"gue", "ge"}, {"gui", "gi"}, {"guí", "gí"}} {
		word = strings.ReplaceAll(word, mute[0], mute[1])
	}
	n, before := 0, rune(0)
	for _, r := range word {
		if !strings.ContainsRune("aeiouáéíóúü", r) {
			before = 0
			continue
		}
		weak := strings.ContainsRune("iuü", r) || strings.ContainsRune("iuü", before)
		if before == 0 || !weak || strings.ContainsRune("íú", r) || strings.ContainsRune("íú", before) {
			n++
		}
		before = r
	}
	return max(n, 1)
}
