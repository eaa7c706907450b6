package bot

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"convenor/flows"
)

// speaker renders one message or form in one language and notes when that language lacks something.
type speaker struct {
	pack     Pack
	reader   Reader
	locale   flows.Locale
	gap      bool
	instants []Instant // told since they were last taken
}

func (s *speaker) message(m flows.Message) Message {
	out := Message{Locale: s.locale, Blocks: s.blocks(m.Parts, BlocksMax, MessageMax)}
	for _, c := range m.Controls {
		out.Controls = append(out.Controls, Control{
			Kind:    c.Kind,
			Label:   cut(s.line(c.Words, c.Text, c.Args), LabelMax),
			Token:   c.Token.String(),
			Options: s.options(c.Options),
			URL:     c.URL,
			Primary: c.Primary,
		})
	}
	return out
}

func (s *speaker) form(f flows.Form) Form {
	out := Form{
		Locale: s.locale,
		Title:  cut(s.line(f.Title.Words, f.Title.Text, f.Title.Args), FormTitleMax),
		Intro:  s.blocks(f.Intro, FormBlocksMax, BlockMax),
		Token:  f.Token.String(),
		Submit: cut(s.word("form.send"), FormTitleMax),
		Close:  cut(s.word("form.close"), FormTitleMax),
	}
	for _, field := range f.Fields {
		shown := Field{
			ID: field.ID, Field: field.Field, Options: s.options(field.Options),
			Label: cut(s.line(field.Label.Words, field.Label.Text, field.Label.Args), FormLabelMax),
			Max:   field.Max, Optional: field.Optional, Value: field.Value,
		}
		if text := s.reader.Texts[field.TextID]; text != "" && field.Value.Text == "" {
			shown.Value.Text = text
		}
		if field.Hint != nil {
			shown.Hint = cut(s.line(field.Hint.Words, field.Hint.Text, field.Hint.Args), FormHintMax)
		}
		if field.Error != nil {
			shown.Error = cut(s.line(field.Error.Words, field.Error.Text, field.Error.Args), BlockMax)
		}
		out.Fields = append(out.Fields, shown)
	}
	return out
}

func (s *speaker) options(options []flows.Option) []Option {
	var out []Option
	for _, o := range options {
		out = append(out, Option{ID: o.ID, Text: cut(s.line("", o.Text, nil), LabelMax)})
	}
	return out
}

// blocks renders parts until maxBlocks or maxRunes is reached and says in a last line how many were left out.
func (s *speaker) blocks(parts []flows.Part, maxBlocks, maxRunes int) []Block {
	var out []Block
	total := 0
	for i, p := range parts {
		block := s.paragraph(p)
		total += utf8.RuneCountInString(block.Text)
		if total > maxRunes || (len(out) == maxBlocks-1 && i < len(parts)-1) {
			rest := len(parts) - i
			return append(out, Block{Style: flows.StyleSmall, Text: s.line("gate.cut", nil, map[string]flows.Arg{"count": {Number: &rest}})})
		}
		out = append(out, block)
	}
	return out
}

func (s *speaker) paragraph(p flows.Part) Block {
	s.instants = nil
	text := s.fill(s.template(p.Words, p.Text, p.Args), p.Args)
	if p.Style == flows.StyleHeading || p.Style == flows.StyleItem {
		text = oneLine(text)
	}
	b := Block{Style: p.Style, Text: cut(text, BlockMax)}
	for _, at := range s.instants {
		if strings.Count(b.Text, at.Words) == 1 { // what somebody typed is never taken for it
			b.Instants = append(b.Instants, at)
		}
	}
	return b
}

// line renders words that must stay on one line: labels, titles, hints.
func (s *speaker) line(words string, text flows.Text, args map[string]flows.Arg) string {
	return oneLine(s.fill(s.template(words, text, args), args))
}

// template finds the words of a part. In the last language tried, English, something is always said: the words of any
// language, or the bare key, which a test of the catalogue finds.
func (s *speaker) template(words string, text flows.Text, args map[string]flows.Arg) string {
	if words == "" {
		return s.text(text)
	}
	count := -1
	if n := args["count"].Number; n != nil {
		count = *n
	}
	said, ok := s.pack.Word(s.locale, words, count)
	if !ok {
		s.gap = true
		return words
	}
	return said
}

func (s *speaker) word(key string) string { return s.template(key, nil, nil) }

func (s *speaker) text(text flows.Text) string {
	if said, ok := text[s.locale]; ok {
		return said
	}
	if len(text) == 0 {
		return ""
	}
	s.gap = true
	return text[sortedKeys(text)[0]]
}

// fill puts each arg in the place of its {name}. What an arg brings is never looked at again, so that braces a person
// typed stay as typed. A name without an arg stays too.
func (s *speaker) fill(template string, args map[string]flows.Arg) string {
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(template, "{")
		name, after, closed := strings.Cut(rest, "}")
		out.WriteString(before)
		if !open {
			return out.String()
		}
		arg, known := args[name]
		if !closed || !known {
			out.WriteByte('{')
			template = rest
			continue
		}
		out.WriteString(s.arg(arg))
		template = after
	}
}

func (s *speaker) arg(a flows.Arg) string {
	switch {
	case a.TextID != "":
		return s.typed(a.TextID, a.Max)
	case a.Person != "":
		if name := oneLine(clean(s.reader.Names[a.Person])); name != "" {
			return cut(name, nameMax)
		}
		return s.word("gate.someone")
	case a.Date != "":
		return s.date(a.Date)
	case a.Clock != "":
		return s.clock(a.Clock)
	case !a.At.IsZero():
		return s.instant(a.At)
	case a.Number != nil:
		return grouped(*a.Number)
	case a.Amount != "":
		return s.amount(a)
	case a.Words != "":
		return s.word(a.Words)
	case len(a.Text) > 0:
		return s.text(a.Text)
	case len(a.List) > 0:
		return s.list(a.List)
	default:
		return a.Plain
	}
}

// typed shows what a person typed, at most limit characters of it on one line, or the whole when limit is 0; or that it
// was withdrawn.
func (s *speaker) typed(id string, limit int) string {
	text := strings.TrimSpace(clean(s.reader.Texts[id]))
	switch {
	case text == "":
		return s.word("gate.withdrawn")
	case limit > 0:
		return cut(oneLine(text), limit)
	default:
		return text
	}
}

// list joins as "a, b and c" in the reader's language.
func (s *speaker) list(items []flows.Arg) string {
	var said []string
	for _, item := range items {
		said = append(said, s.arg(item))
	}
	last := len(said) - 1
	if last == 0 {
		return said[0]
	}
	joiner := s.word("list.and")
	if soundsLikeI(said[last]) {
		joiner = s.word("list.and-before-i")
	}
	return strings.Join(said[:last], ", ") + " " + joiner + " " + said[last]
}

// soundsLikeI says whether Spanish "y" becomes "e" before a word: it begins with the sound of i, unless that i glides
// into another vowel ("hielo", "ionizar").
func soundsLikeI(word string) bool {
	letters := []rune(strings.ToLower(word))
	if len(letters) > 0 && letters[0] == 'h' {
		letters = letters[1:]
	}
	switch {
	case len(letters) == 0:
		return false
	case letters[0] == 'í':
		return true
	case letters[0] != 'i':
		return false
	default:
		return len(letters) == 1 || !strings.ContainsRune("aeouáéóú", letters[1])
	}
}

// date says a civil date with its weekday, and with its year when that is not the reader's.
func (s *speaker) date(iso string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	weekdays := [...]string{
		"date.sunday", "date.monday", "date.tuesday", "date.wednesday", "date.thursday", "date.friday", "date.saturday",
	}
	months := [...]string{
		"date.january", "date.february", "date.march", "date.april", "date.may", "date.june", "date.july",
		"date.august", "date.september", "date.october", "date.november", "date.december",
	}
	key := "date.day"
	if !strings.HasPrefix(s.reader.Today, iso[:len("2006-")]) {
		key = "date.day-year"
	}
	return s.fill(s.word(key), map[string]flows.Arg{
		"weekday": {Words: weekdays[day.Weekday()]},
		"month":   {Words: months[day.Month()-1]},
		"day":     {Plain: strconv.Itoa(day.Day())},
		"year":    {Plain: strconv.Itoa(day.Year())},
	})
}

// clock writes a time of day. What is no time of day is shown as it is.
func (s *speaker) clock(hour string) string {
	at, err := time.Parse("15:04", hour)
	if err != nil {
		return hour
	}
	key := "date.am"
	if at.Hour() >= 12 {
		key = "date.pm"
	}
	return s.fill(s.word(key), map[string]flows.Arg{"time": {Plain: at.Format("3:04")}})
}

// instant tells an instant in the reader's zone, which it names: others may read it too.
func (s *speaker) instant(at time.Time) string {
	zone := s.reader.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := at.In(zone)
	words := oneLine(s.fill(s.word("date.at"), map[string]flows.Arg{
		"date": {Date: local.Format(time.DateOnly)}, "time": {Clock: local.Format("15:04")}, "zone": {Plain: zone.String()},
	}))
	s.instants = append(s.instants, Instant{At: at.Unix(), Words: words})
	return words
}

// amount writes a number with what it counts. A sign of money stands before it, a percent sign right after it.
func (s *speaker) amount(a flows.Arg) string {
	whole, fraction, cut := strings.Cut(a.Amount, ".")
	said := whole
	if n, err := strconv.Atoi(whole); err == nil && n != 0 {
		said = grouped(n)
	}
	if cut {
		said += "." + fraction
	}
	switch unit := s.text(a.Unit); unit {
	case "":
		return said
	case "$", "€", "£":
		return unit + said
	case "%":
		return said + unit
	default:
		return said + " " + unit
	}
}

// grouped writes a number with commas between thousands, as both English and Spanish do in the United States.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// clean drops from what a person typed whatever could disturb the text around it: broken UTF-8, control characters
// except the end of a line, marks that turn the direction of reading, and more than three combining marks in a row.
func clean(text string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), marks > 3:
			return -1
		default:
			return r
		}
	}, text)
}

// oneLine puts what stands on several lines on one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut shortens text to limit characters, at the end of a word when one is near, and says so with "…".
func cut(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	end := limit - 1
	for end > 0 && (unicode.Is(unicode.M, runes[end]) || runes[end] == '\u200d' || runes[end-1] == '\u200d') {
		end-- // never between a letter and its accent, nor inside a joined sign
	}
	for back := end; back > end-15 && back > 0; back-- {
		if unicode.IsSpace(runes[back]) {
			end = back
			break
		}
	}
	return strings.TrimRightFunc(string(runes[:end]), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:.", r)
	}) + "…"
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
