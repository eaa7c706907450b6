package flowtest

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"convenor/flows"
)

// script is a parsed script.
type script struct {
	flow   string
	today  string
	object string
	space  string
	locale flows.Locale // the space's
	here   int          // people known in the space
	nobody bool         // nobody leads
	last   *flows.Last
	people []person
	acts   []act
}

type person struct {
	id     string
	name   string
	locale flows.Locale
	lead   bool
}

// act is one action and what is expected of it.
type act struct {
	line int // in the file, from 1
	did  string
	want []string
}

var errHead = errors.New(`a line of the head is "flow ID", "today DATE", "space NAME LOCALE", "person ID "NAME" LOCALE [lead]", "object ID", "here NUMBER", "nobody leads" or "last DATE ANSWERS"`)

// parse reads a script. The error names the line.
func parse(name string, text []byte) (script, error) {
	var s script
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		did, isAct := strings.CutPrefix(line, "> ")
		switch {
		case isAct:
			s.acts = append(s.acts, act{line: i + 1, did: did})
		case len(s.acts) > 0:
			last := &s.acts[len(s.acts)-1]
			if said := strings.TrimLeft(line, " \t"); said != line {
				line = "  " + said
			}
			last.want = append(last.want, line)
		default:
			if err := s.head(line); err != nil {
				return s, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		}
	}
	if s.flow == "" || s.today == "" || len(s.people) == 0 || len(s.acts) == 0 {
		return s, fmt.Errorf("%s: a script has a flow, a date (today), at least one person and one action", name)
	}
	return s, nil
}

func (s *script) head(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "flow":
		s.flow = rest
	case "today":
		s.today = rest
	case "object":
		s.object = rest
	case "here":
		n, err := strconv.Atoi(rest)
		if err != nil {
			return errHead
		}
		s.here = n
	case "nobody":
		s.nobody = true
	case "last":
		date, answers, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(strings.TrimSpace(answers))
		if err != nil {
			return errHead
		}
		s.last = &flows.Last{Date: date, Result: flows.Result{Answers: n}}
	case "space":
		words := strings.Fields(rest)
		if len(words) != 2 {
			return errHead
		}
		s.space, s.locale = words[0], flows.Locale(words[1])
	case "person":
		parts := regexp.MustCompile(`^(\S+)\s+"([^"]+)"\s+(\S+)(\s+lead)?$`).FindStringSubmatch(rest)
		if parts == nil {
			return errHead
		}
		s.people = append(s.people, person{id: parts[1], name: parts[2], locale: flows.Locale(parts[3]), lead: parts[4] != ""})
	default:
		return errHead
	}
	return nil
}

// typed is what WORDS of a script stand for: {a*3001} is 3001 letters a, \n a new line.
func typed(words string) string {
	repeated := regexp.MustCompile(`\{([^{}*]+)\*(\d+)\}`)
	words = repeated.ReplaceAllStringFunc(words, func(m string) string {
		parts := repeated.FindStringSubmatch(m)
		times, err := strconv.Atoi(parts[2])
		if err != nil {
			return m
		}
		return strings.Repeat(parts[1], times)
	})
	return strings.ReplaceAll(words, `\n`, "\n")
}
