package content

import "testing"

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
