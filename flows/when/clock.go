package when

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// ErrNoSuchTime means that the text names a time that no clock shows: "25:00", "3:75", "13 in the morning".
var ErrNoSuchTime = errors.New("no such time of day")

// ErrZone means that the text is a time of day with a zone beside it ("3pm ET"): Times reads what a clock shows, and no
// zone.
var ErrZone = errors.New("a time of day with a zone")

// Times reads a time of day in people's words, English or Spanish: "3pm", "15:30", "15h", "noon", "half past three",
// "las 3 y media de la tarde". It returns what the text may mean as "HH:MM" of the 24-hour clock: one time, or two, the
// likelier first, because a bare hour ("3", "10:30") is in the morning or in the afternoon. Midnight is "00:00". A
// leading zero ("09:30"), four digits ("1030") and an h ("3h") mean the 24-hour clock. Errors: ErrUnreadable,
// ErrNoSuchTime and ErrZone (wrapped).
func Times(text string) ([]string, error) {
	if len(text) > longest {
		return nil, fmt.Errorf("read time: %w", ErrUnreadable)
	}
	times, err := readTimes(plain(text))
	if err != nil {
		return nil, fmt.Errorf("read time: %w", err)
	}
	return times, nil
}

// Clock reads "HH:MM" of the 24-hour clock, the form that Times returns, and nothing else.
func Clock(text string) (hour, minute int, ok bool) {
	h, m, found := strings.Cut(text, ":")
	hour, ok = number(h, 2)
	minute, also := number(m, 2)
	if !found || !ok || !also || len(h) != 2 || len(m) != 2 || hour > 23 || minute > 59 {
		return 0, 0, false
	}
	return hour, minute, true
}

// dial is what the hands of a clock show.
type dial struct {
	hour, minute int
	exact        bool // of the 24-hour clock
}

// part is a part of the day that people name beside an hour.
type part int

const (
	anyPart part = iota
	amPart
	pmPart
	morning
	madrugada // the hours between midnight and dawn
	midday
	afternoon
	night
)

func readTimes(words []string) ([]string, error) {
	words = unglued(words)
	words, _ = before(words, "please", "por favor")
	if bare, zoned := unzoned(words); zoned {
		if _, err := readTimes(bare); err != nil {
			return nil, err
		}
		return nil, ErrZone
	}
	words, _ = after(words, "at", "by", "from", "around", "al", "a", "desde", "para", "sobre")
	words, _ = after(words, "las", "la", "el")
	words, p := dayPart(words)
	words, _ = before(words, "oclock", "o clock", "sharp", "en punto")
	if h, ok := namedHour(words); ok && (p == anyPart || p == midday && h == 12 || p == night && h == 0) {
		return []string{clockText(h, 0)}, nil
	}
	d, ok := readDial(words)
	switch {
	case !ok:
		return nil, ErrUnreadable
	case d.minute > 59 || d.hour > 24 || d.hour == 24 && d.minute > 0:
		return nil, ErrNoSuchTime
	}
	d.hour %= 24
	hours := p.hours(d)
	if len(hours) == 0 {
		return nil, ErrNoSuchTime
	}
	var times []string
	for _, h := range hours {
		times = append(times, clockText(h, d.minute))
	}
	return times, nil
}

func clockText(hour, minute int) string { return fmt.Sprintf("%02d:%02d", hour, minute) }

// unzoned takes the name of a zone off the end of words; ok says whether there was one.
func unzoned(words []string) (bare []string, ok bool) {
	rest, _ := before(words, "standard time", "daylight time", "time")
	for _, lead := range []string{"hora del ", "hora de la ", "tiempo del ", "tiempo de la ", "del ", ""} {
		for _, zone := range []string{
			"et", "est", "edt", "ct", "cst", "cdt", "mt", "mst", "mdt", "pt", "pst", "pdt", "akst", "akdt", "hst", "ast", "utc", "gmt",
			"eastern", "central", "mountain", "pacific", "alaska", "hawaii", "este", "centro", "montana", "pacifico",
		} {
			if bare, ok = before(rest, lead+zone); ok {
				return bare, true
			}
		}
	}
	return words, false
}

// unglued splits "3pm" and "15h30" where digits and letters meet.
func unglued(words []string) []string {
	var out []string
	for _, w := range words {
		begin := 0
		for i, r := range w {
			if i > begin && unicode.IsDigit(r) != unicode.IsDigit(rune(w[i-1])) && (unicode.IsLetter(r) || unicode.IsLetter(rune(w[i-1]))) {
				out = append(out, w[begin:i])
				begin = i
			}
		}
		out = append(out, w[begin:])
	}
	return out
}

// dayPart takes the part of the day off the end of words.
func dayPart(words []string) ([]string, part) {
	for p, endings := range map[part][]string{
		amPart:    {"am", "a m", "a"},
		pmPart:    {"pm", "p m", "p"},
		morning:   {"in the morning", "de la manana", "por la manana", "en la manana"},
		madrugada: {"de la madrugada", "de madrugada"},
		midday:    {"noon", "del dia", "del mediodia", "del medio dia"},
		afternoon: {"in the afternoon", "in the evening", "de la tarde", "por la tarde", "en la tarde"},
		night:     {"at night", "midnight", "de la noche", "por la noche", "en la noche"},
	} {
		if rest, ok := before(words, endings...); ok {
			return rest, p
		}
	}
	return words, anyPart
}

// hours are the hours of the 24-hour clock that d may mean in a part of the day, the likelier first; none when the two
// do not fit.
func (p part) hours(d dial) []int {
	h := d.hour
	late := h // the same hour after noon
	if h >= 1 && h <= 11 {
		late = h + 12
	}
	switch {
	case p == anyPart && (d.exact || h == 0 || h > 12):
		return []int{h}
	case p == anyPart && h == 12, p == morning && h == 12:
		return []int{12, 0}
	case p == anyPart && h >= 7:
		return []int{h, late}
	case p == anyPart:
		return []int{late, h}
	case p == amPart && h == 12, p == madrugada && h == 12, p == night && h == 12:
		return []int{0}
	case (p == amPart || p == morning) && h < 12, p == madrugada && h <= 6, p == night && h < 5:
		return []int{h}
	case p == midday && h == 12:
		return []int{12}
	case p == night && h == 5:
		return []int{late, h}
	case (p == pmPart || p == afternoon || p == night) && h > 0:
		return []int{late}
	default:
		return nil
	}
}

func namedHour(words []string) (int, bool) {
	switch strings.Join(words, " ") {
	case "noon", "midday", "mediodia", "medio dia", "12 noon", "twelve noon":
		return 12, true
	case "midnight", "medianoche", "media noche", "12 midnight", "twelve midnight":
		return 0, true
	default:
		return 0, false
	}
}

// readDial reads an hour, with minutes or without, in digits or in words.
func readDial(words []string) (dial, bool) {
	for _, way := range []func([]string) (dial, bool){digitsDial, hoursDial, pastDial, toDial} {
		if d, ok := way(words); ok {
			return d, true
		}
	}
	h, ok := smallNumber(words)
	if ok {
		return dial{hour: h, exact: leadingZero(words)}, true
	}
	for i := 1; i < len(words); i++ { // "three thirty", "tres treinta"
		h, ok := smallNumber(words[:i])
		m, also := smallNumber(words[i:])
		if ok && also && m >= 10 && (h <= 24 && unicode.IsLetter(rune(words[0][0]))) {
			return dial{hour: h, minute: m}, true
		}
	}
	return dial{}, false
}

func leadingZero(words []string) bool { return len(words[0]) > 1 && words[0][0] == '0' }

// digitsDial reads "3:30", "3.30", "1530" and "330".
func digitsDial(words []string) (dial, bool) {
	if len(words) != 1 {
		return dial{}, false
	}
	w := words[0]
	if i := strings.IndexAny(w, ":."); i > 0 {
		h, ok := number(w[:i], 2)
		m, also := number(w[i+1:], 2)
		return dial{h, m, w[0] == '0'}, ok && also && len(w[i+1:]) == 2
	}
	if len(w) != 3 && len(w) != 4 {
		return dial{}, false
	}
	h, ok := number(w[:len(w)-2], 2)
	m, also := number(w[len(w)-2:], 2)
	return dial{h, m, len(w) == 4}, ok && also
}

// hoursDial reads "15h", "15h30", "1500 hours" and "15 horas". "3 hours" is how long, not when, and stays unread.
func hoursDial(words []string) (dial, bool) {
	if len(words) == 3 && words[1] == "h" {
		h, ok := number(words[0], 2)
		m, also := number(words[2], 2)
		return dial{h, m, true}, ok && also
	}
	if rest, ok := before(words, "h"); ok {
		d, ok := readDial(rest)
		d.exact = true
		return d, ok
	}
	rest, ok := before(words, "hours", "hrs", "horas")
	if !ok {
		return dial{}, false
	}
	d, ok := readDial(rest)
	sure := d.exact || d.hour > 12 || d.minute > 0
	d.exact = true
	return d, ok && sure
}

// pastDial reads what comes after an hour: "half past three", "10 after 4", "las 3 y media", "3 con 20".
func pastDial(words []string) (dial, bool) {
	for _, between := range []struct {
		word       string
		hourBefore bool
	}{{"past", false}, {"after", false}, {"y", true}, {"con", true}} {
		i := slices.Index(words, between.word)
		if i < 1 || i == len(words)-1 {
			continue
		}
		hour, minutes := words[i+1:], words[:i]
		if between.hourBefore {
			hour, minutes = minutes, hour
		}
		h, ok := smallNumber(hour)
		m, also := minutesOf(minutes)
		if ok && also {
			return dial{hour: h, minute: m}, true
		}
	}
	return dial{}, false
}

// toDial reads what comes before an hour: "quarter to four", "cuatro menos cuarto", "cinco para las cuatro".
func toDial(words []string) (dial, bool) {
	for _, between := range []struct {
		word       string
		hourBefore bool
	}{{"to", false}, {"till", false}, {"til", false}, {"before", false}, {"para", false}, {"menos", true}} {
		i := slices.Index(words, between.word)
		if i < 1 || i == len(words)-1 {
			continue
		}
		hour, minutes := words[i+1:], words[:i]
		if between.hourBefore {
			hour, minutes = minutes, hour
		}
		hour, _ = after(hour, "las", "la")
		h, ok := smallNumber(hour)
		m, also := minutesOf(minutes)
		if !ok || !also || m == 0 || h < 1 || h > 24 {
			continue
		}
		if h == 1 {
			h = 13
		}
		return dial{hour: h - 1, minute: 60 - m}, true
	}
	return dial{}, false
}

// minutesOf reads "half", "a quarter", "20 minutes", "media", "un cuarto", "veinte".
func minutesOf(words []string) (int, bool) {
	words, _ = after(words, "faltan", "a", "un")
	words, _ = before(words, "minutes", "minute", "mins", "min", "minutos", "minuto")
	switch strings.Join(words, " ") {
	case "half", "media":
		return 30, true
	case "quarter", "cuarto":
		return 15, true
	default:
		return smallNumber(words)
	}
}

// smallNumber reads a number from 0 to 99, in digits or in words of either language: "7", "seven", "twenty five",
// "treinta y cinco".
func smallNumber(words []string) (int, bool) {
	if len(words) == 0 {
		return 0, false
	}
	if len(words) == 1 {
		if n, ok := number(words[0], 2); ok {
			return n, true
		}
		return spelled(words[0])
	}
	tens, ok := spelled(words[0])
	rest, _ := after(words[1:], "y")
	unit, also := spelled(rest[0])
	if len(rest) != 1 || !ok || !also || tens < 20 || tens%10 != 0 || unit < 1 || unit > 9 {
		return 0, false
	}
	return tens + unit, true
}

// spelled reads one word that is a number up to 60.
func spelled(word string) (int, bool) {
	for _, list := range []string{
		"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
		"cero una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve " +
			"veinte veintiuna veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve",
		"cero un",
		"cero uno",
	} {
		if n := slices.Index(strings.Fields(list), word); n >= 0 {
			return n, true
		}
	}
	for _, list := range []string{"twenty thirty forty fifty sixty", "veinte treinta cuarenta cincuenta sesenta"} {
		if n := slices.Index(strings.Fields(list), word); n >= 0 {
			return 20 + 10*n, true
		}
	}
	return 0, false
}
