package when

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// plain lowers a text, takes accents and punctuation off and splits it into words: "El próximo Viernes, por favor."
// becomes el, proximo, viernes, por, favor. Slashes, and hyphens, points and colons between digits, stay: they hold
// numeric dates and times together.
func plain(text string) []string {
	runes := []rune(Unaccented(strings.ToLower(text)))
	var b strings.Builder
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '/':
			b.WriteRune(r)
		case (r == '-' || r == '.' || r == ':') && i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1]):
			b.WriteRune(r)
		case r == '\'' || r == '’':
		default:
			b.WriteRune(' ')
		}
	}
	return strings.Fields(b.String())
}

// Unaccented takes the accents off small letters, as people compare words who type without them: "mañana" becomes
// "manana". Some keyboards write an accent as a sign of its own; that goes too.
func Unaccented(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'á', 'à':
			return 'a'
		case 'é', 'è':
			return 'e'
		case 'í':
			return 'i'
		case 'ó':
			return 'o'
		case 'ú', 'ü':
			return 'u'
		case 'ñ':
			return 'n'
		}
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		return r
	}, text)
}

func weekday(word string) (time.Weekday, bool) {
	switch word {
	case "sunday", "sun", "domingo", "dom":
		return time.Sunday, true
	case "monday", "mon", "lunes", "lun":
		return time.Monday, true
	case "tuesday", "tue", "tues", "martes", "mar":
		return time.Tuesday, true
	case "wednesday", "wed", "miercoles", "mie":
		return time.Wednesday, true
	case "thursday", "thu", "thur", "thurs", "jueves", "jue":
		return time.Thursday, true
	case "friday", "fri", "viernes", "vie":
		return time.Friday, true
	case "saturday", "sat", "sabado", "sab":
		return time.Saturday, true
	default:
		return 0, false
	}
}

func month(word string) (time.Month, bool) {
	switch word {
	case "january", "jan", "enero", "ene":
		return time.January, true
	case "february", "feb", "febrero":
		return time.February, true
	case "march", "mar", "marzo":
		return time.March, true
	case "april", "apr", "abril", "abr":
		return time.April, true
	case "may", "mayo":
		return time.May, true
	case "june", "jun", "junio":
		return time.June, true
	case "july", "jul", "julio":
		return time.July, true
	case "august", "aug", "agosto", "ago":
		return time.August, true
	case "september", "sept", "sep", "septiembre", "setiembre", "set":
		return time.September, true
	case "october", "oct", "octubre":
		return time.October, true
	case "november", "nov", "noviembre":
		return time.November, true
	case "december", "dec", "diciembre", "dic":
		return time.December, true
	default:
		return 0, false
	}
}

// count reads a small number, in digits or in words.
func count(word string) (int, bool) {
	switch word {
	case "a", "an":
		return 1, true
	}
	if n, ok := spelled(word); ok {
		return n, true
	}
	return number(word, 3)
}

// place reads the place of a weekday in a month: "first" to "fifth", "2nd", "tercer", and "last" as -1.
func place(word string) (int, bool) {
	for n, names := range []string{"", "first primer primero", "second segundo", "third tercer tercero", "fourth cuarto", "fifth quinto"} {
		if slices.Contains(strings.Fields(names), word) {
			return n, true
		}
	}
	if word == "last" || word == "ultimo" {
		return -1, true
	}
	n, ordinal, ok := dayOfMonth(word)
	return n, ok && ordinal && n <= 5
}

// merged writes numbers of more than one word in digits: "twenty fifth" becomes 25th, "treinta y uno" 31.
func merged(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		tens, ok := spelled(words[i])
		rest, _ := after(words[i:], words[i]+" y", words[i])
		if !ok || tens < 20 || tens%10 != 0 || len(rest) == len(words[i:]) {
			out = append(out, words[i])
			continue
		}
		unit, ordinal := spelledOrdinal(rest[0])
		if !ordinal {
			unit, ok = spelled(rest[0])
		}
		if !ok || unit < 1 || unit > 9 {
			out = append(out, words[i])
			continue
		}
		digits := strconv.Itoa(tens + unit)
		if ordinal {
			digits += "th"
		}
		out = append(out, digits)
		i = len(words) - len(rest)
	}
	return out
}

// spelledOrdinal reads one word that says which of a row: "first" to "thirtieth", "primero".
func spelledOrdinal(word string) (int, bool) {
	if word == "primero" {
		return 1, true
	}
	n := slices.Index(strings.Fields("zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "+
		"fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"), word)
	if word == "thirtieth" {
		n = 30
	}
	return n, n > 0
}

// dayOfMonth reads "1", "one", "first", "1st", "1ro", "1º" and "primero" as 1; ordinal is true for all but the numbers.
func dayOfMonth(word string) (n int, ordinal, ok bool) {
	if n, ok = spelledOrdinal(word); ok {
		return n, true, true
	}
	if n, ok = spelled(word); ok {
		return n, false, n >= 1 && n <= 31
	}
	digits := strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
	switch word[len(digits):] {
	case "":
	case "st", "nd", "rd", "th", "ro", "do", "er", "o", "º":
		ordinal = true
	default:
		return 0, false, false
	}
	n, ok = number(digits, 2)
	return n, ordinal, ok && n >= 1 && n <= 31
}

// year reads "2026" and "26".
func year(word string) (int, bool) {
	n, ok := number(word, 4)
	switch {
	case !ok || len(word) != 2 && len(word) != 4:
		return 0, false
	case len(word) == 2:
		return 2000 + n, true
	default:
		return n, true
	}
}

// number reads at most that many ASCII digits.
func number(word string, digits int) (int, bool) {
	if word == "" || len(word) > digits || strings.Trim(word, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(word)
	return n, err == nil
}
