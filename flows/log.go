package flows

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Log is what was answered and done in a run, in order. It is stored as one text, with a line for each Entry and a dot in
// the middle between them:
//
//	2026-03-02T09:02:00Z dana node=q1 kind=text text=qrstuvwxyz234567 asked=3·2026-03-02T09:03:00Z dana did=back
//
// first when, then who, then what there is to say, each as name=value, always in one order. So a run of many answers is
// small, and read in one go.
type Log []Entry

// logDot stands between two lines: JSON need not escape it, as it must a new line, and no word of a line holds it.
const logDot = "·"

// The names in a line of a Log.
const (
	wordDid    = "did"
	wordNode   = "node"
	wordKind   = "kind"
	wordText   = "text"
	wordPick   = "pick" // once for each
	wordDate   = "date"
	wordPerson = "person"
	wordNumber = "number"
	wordClock  = "clock"
	wordCount  = "count" // once for each
	wordHeld   = "held"  // nothing stands after the =, as with lent
	wordLent   = "lent"
	wordVia    = "via"
	wordAsked  = "asked"
	wordOn     = "on"
)

// MarshalText writes the log.
func (l Log) MarshalText() ([]byte, error) {
	text := make([]byte, 0, len(l)*96)
	for i, e := range l {
		if i > 0 {
			text = append(text, logDot...)
		}
		text = e.At.AppendFormat(text, time.RFC3339Nano)
		text = append(text, ' ')
		text = appendWord(text, e.By)
		text = appendNamed(text, wordDid, string(e.Did))
		text = appendNamed(text, wordNode, e.Node)
		text = appendNamed(text, wordKind, string(e.Value.Kind))
		text = appendNamed(text, wordText, e.Value.TextID)
		for _, pick := range e.Value.Picks {
			text = append(text, " "+wordPick+"="...)
			text = appendWord(text, pick)
		}
		text = appendNamed(text, wordDate, e.Value.Date)
		text = appendNamed(text, wordPerson, e.Value.Person)
		text = appendNamed(text, wordNumber, e.Value.Number)
		text = appendNamed(text, wordClock, e.Value.Clock)
		for _, count := range e.Value.Counts {
			text = append(text, " "+wordCount+"="...)
			text = strconv.AppendInt(text, int64(count), 10)
		}
		if e.Held {
			text = append(text, " "+wordHeld+"="...)
		}
		if e.Lent {
			text = append(text, " "+wordLent+"="...)
		}
		text = appendNamed(text, wordVia, e.Via)
		if e.Asked != 0 {
			text = append(text, " "+wordAsked+"="...)
			text = strconv.AppendInt(text, e.Asked, 10)
		}
		text = appendNamed(text, wordOn, e.On)
	}
	return text, nil
}

// Trail names the nodes on a way, in order. It is stored as one text with spaces between, which no id of a node has.
type Trail []string

// MarshalText writes the trail.
func (t Trail) MarshalText() ([]byte, error) { return []byte(strings.Join(t, " ")), nil }

// UnmarshalText reads what MarshalText wrote.
func (t *Trail) UnmarshalText(text []byte) error {
	*t = strings.Fields(string(text))
	return nil
}

func appendNamed(text []byte, name, value string) []byte {
	if value == "" {
		return text
	}
	text = append(text, ' ')
	text = append(text, name...)
	return appendWord(append(text, '='), value)
}

// appendWord writes a value that holds no space; one that does, or could be taken for something else, is quoted.
func appendWord(text []byte, value string) []byte {
	plain := value != "" && !strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r == '"' || r >= 0x7f })
	if plain {
		return append(text, value...)
	}
	return strconv.AppendQuoteToASCII(text, value)
}

// UnmarshalText reads what MarshalText wrote.
func (l *Log) UnmarshalText(text []byte) error {
	all := string(text)
	*l = nil
	if all == "" {
		return nil
	}
	*l = make(Log, 0, strings.Count(all, logDot)+1)
	for line := range strings.SplitSeq(all, logDot) {
		e, err := readEntry(line)
		if err != nil {
			return fmt.Errorf("line %d of a log: %w", len(*l)+1, err)
		}
		*l = append(*l, e)
	}
	return nil
}

func readEntry(line string) (e Entry, err error) {
	at, rest, _ := strings.Cut(line, " ")
	if e.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return e, fmt.Errorf("when: %w", err)
	}
	if e.By, rest, err = cutWord(rest); err != nil {
		return e, fmt.Errorf("who: %w", err)
	}
	for rest != "" {
		name, after, named := strings.Cut(rest, "=")
		if !named {
			return e, fmt.Errorf("%q has no value", rest)
		}
		var value string
		if name == wordHeld || name == wordLent {
			value, rest = "", strings.TrimPrefix(after, " ")
		} else if value, rest, err = cutWord(after); err != nil {
			return e, fmt.Errorf("%s: %w", name, err)
		}
		if err := e.set(name, value); err != nil {
			return e, err
		}
	}
	return e, nil
}

// cutWord takes a value off the front of what is left of a line.
func cutWord(text string) (value, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, " ")
		return value, rest, nil
	}
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", err
	}
	value, err = strconv.Unquote(quoted)
	return value, strings.TrimPrefix(text[len(quoted):], " "), err
}

func (e *Entry) set(name, value string) (err error) {
	switch name {
	case wordDid:
		e.Did = EventKind(value)
	case wordNode:
		e.Node = value
	case wordKind:
		e.Value.Kind = ValueKind(value)
	case wordText:
		e.Value.TextID = value
	case wordPick:
		e.Value.Picks = append(e.Value.Picks, value)
	case wordDate:
		e.Value.Date = value
	case wordPerson:
		e.Value.Person = value
	case wordNumber:
		e.Value.Number = value
	case wordClock:
		e.Value.Clock = value
	case wordCount:
		var count int
		count, err = strconv.Atoi(value)
		e.Value.Counts = append(e.Value.Counts, count)
	case wordHeld:
		e.Held = true
	case wordLent:
		e.Lent = true
	case wordVia:
		e.Via = value
	case wordAsked:
		e.Asked, err = strconv.ParseInt(value, 10, 64)
	case wordOn:
		e.On = value
	default:
		err = fmt.Errorf("%q is no word of a log", name)
	}
	return err
}
