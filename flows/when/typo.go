package when

import (
	"slices"
	"strings"
	"unicode"
)

// Slips that are mended: one in a word of at least mendable letters, two in a word of at least longWord.
const (
	mendable = 4
	longWord = 7
)

// mended reads words with one of them mended. It returns dates only when every way to mend it leads to the same ones:
// "juny" may be June or July, and stays unread.
func (r reader) mended(words []string) []string {
	var found []string
	for i, w := range words {
		for _, meant := range closest(w) {
			other := slices.Clone(words)
			other[i] = meant
			read := r.read(unled(other))
			if len(read.dates) == 0 {
				continue
			}
			reading, err := r.settle(read)
			if err != nil {
				continue
			}
			if found != nil && !slices.Equal(found, reading.Dates) {
				return nil
			}
			found = reading.Dates
		}
	}
	return found
}

// vocabulary are the words that carry a date and are long enough to be mended.
func vocabulary() []string {
	return strings.Fields(`today tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday
		january february march april june july august september october november december
		week weeks month months days next last first second third fourth from after coming
		manana pasado lunes martes miercoles jueves viernes sabado domingo
		enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
		semana semanas meses dias proximo proxima viene ultimo primer segundo tercer cuarto dentro`)
}

// closest returns the words of the vocabulary that word may be a slip of, the fewest slips only; none when it is one.
func closest(word string) []string {
	letters := []rune(word)
	if len(letters) < mendable || slices.ContainsFunc(letters, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return nil
	}
	known := vocabulary()
	if slices.Contains(known, word) {
		return nil
	}
	most := 1
	if len(letters) >= longWord {
		most = 2
	}
	for d := 1; d <= most; d++ {
		var near []string
		for _, k := range known {
			if slips(letters, []rune(k)) == d {
				near = append(near, k)
			}
		}
		if len(near) > 0 {
			return near
		}
	}
	return nil
}

// slips counts the letters that are missing, too many, wrong or swapped between two words.
func slips(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
