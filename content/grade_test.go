package content

import (
	"strings"
	"testing"
	"unicode"

	"convenor/flows"
)

// The reading grade that short words keep: Flesch-Kincaid for English, Fernández-Huerta for Spanish. What people read
// before the first control may ask no more than six years of school.
const (
	gradeMost = 6.0
	easeLeast = 80.0
)

// TestGrade reads every question's first two depths, and what flows say, as a reader with six years of school would.
func TestGrade(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	for id, d := range p.flows {
		for _, n := range d.Nodes {
			if n.Kind != flows.NodeAsk && n.Kind != flows.NodeSay {
				continue
			}
			if english := n.Line[flows.English] + " " + n.Plain[flows.English]; grade(english) > gradeMost {
				t.Errorf("%s, %s: grade %.1f\n%s", id, n.ID, grade(english), english)
			}
			if spanish := n.Line[flows.Spanish] + " " + n.Plain[flows.Spanish]; ease(spanish) < easeLeast {
				t.Errorf("%s, %s: ease %.0f\n%s", id, n.ID, ease(spanish), spanish)
			}
		}
	}
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
		letters := strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
		if letters != "" {
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
	for mute, spoken := range map[string]string{"es": "aeioulcgszx", "ed": "aeioultd", "e": "aeioul"} {
		if stem, ok := strings.CutSuffix(word, mute); ok && n > 1 && !strings.ContainsAny(stem[len(stem)-1:], spoken) {
			n--
		}
	}
	return max(n, 1)
}

// spanishSyllables counts vowels, where a weak one joins its neighbor.
func spanishSyllables(word string) int {
	word = strings.NewReplacer("qu", "k", "gue", "ge", "gui", "gi", "guí", "gí").Replace(word)
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

func TestSyllables(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]int{"plan": 1, "coalition": 3, "people": 2, "made": 1, "needed": 2, "make": 1, "office": 2, "houses": 2, "worked": 1} {
		if got := englishSyllables(word); got != want {
			t.Errorf("%s has %d syllables, not %d", word, want, got)
		}
	}
	for word, want := range map[string]int{"plan": 1, "coalición": 4, "quien": 1, "guía": 2, "país": 2, "pregunta": 3, "trabajo": 3, "leer": 2, "siguiente": 3} {
		if got := spanishSyllables(word); got != want {
			t.Errorf("%s has %d syllables, not %d", word, want, got)
		}
	}
}

// TestGradeOfWords reads each area of the catalogue as a whole: one long name of a thing does no harm, a hard habit does.
func TestGradeOfWords(t *testing.T) {
	t.Parallel()
	p := embedded(t)
	english, spanish := map[string]string{}, map[string]string{}
	for key, said := range p.words {
		area, _, _ := strings.Cut(key, ".")
		english[area] += said[flows.English].other + ". "
		spanish[area] += said[flows.Spanish].other + ". "
	}
	for area := range english {
		if words(english[area]) < 60 {
			continue // names of days and months: the formulas need sentences
		}
		if g := grade(english[area]); g > gradeMost {
			t.Errorf("%s: grade %.1f", area, g)
		}
		if e := ease(spanish[area]); e < easeLeast {
			t.Errorf("%s: ease %.0f", area, e)
		}
	}
}
