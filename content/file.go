package content

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// file is one YAML file of a pack while it is read. What is wrong with it is collected in mistakes.
type file struct {
	name     string
	lines    []string // as they stand in the file
	mistakes *Mistakes
}

// parse reads source and returns its top mapping, or nil when there is none to speak of. A colon that lacks quotes is
// reported and read as if it had them, so that the mistakes after it are found too.
func parse(name string, source []byte, mistakes *Mistakes) (*file, *yaml.Node) {
	f := &file{name: name, lines: strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(source)), "\n"), mistakes: mistakes}
	if !f.readable(source) {
		return f, nil
	}
	lines := append([]string(nil), f.lines...)
	for range lines { // each turn mends one line
		var root yaml.Node
		err := yaml.Load([]byte(strings.Join(lines, "\n")), &root)
		if err == nil {
			return f, f.top(&root)
		}
		var syntax *yaml.LoadError
		if !errors.As(err, &syntax) || !f.colon(lines, syntax) {
			f.syntax(err)
			return f, nil
		}
	}
	return f, nil
}

// readable reports what keeps a file from being read as YAML at all: the wrong encoding, nothing in it, tabs.
func (f *file) readable(source []byte) bool {
	if !utf8.Valid(source) {
		for i, line := range f.lines {
			if !utf8.ValidString(line) {
				f.at(ruleEncoding, i+1, 1, "This line has letters that are not saved as UTF-8.", "Save the file with the encoding UTF-8.")
				f.lines[i] = strings.ToValidUTF8(line, "?")
			}
		}
		return false
	}
	if len(bytes.TrimSpace(source)) == 0 {
		*f.mistakes = append(*f.mistakes, Mistake{Rule: ruleEmptyFile, File: f.name, Message: "This file is empty.", Fix: "Write something in it, or delete it."})
		return false
	}
	sound := true
	for i, line := range f.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && strings.TrimSpace(line) != "" {
			sound = false
			f.at(ruleTabs, i+1, tab+1, "This line is indented with a tab.", "Use spaces instead, two for each level.")
		}
	}
	return sound
}

// top returns the mapping that a file is made of.
func (f *file) top(root *yaml.Node) *yaml.Node {
	node := root
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	if node.Kind != yaml.MappingNode {
		f.wrong(node, "A file begins with a word and a colon, like `flow: lunch`.", "")
		return nil
	}
	return node
}

// wrong reports what is no part of a pack, at a node.
func (f *file) wrong(n *yaml.Node, message, fix string) {
	f.breaks(flows.RuleMalformed, n, message, fix)
}

// breaks reports that a rule is broken at a node.
func (f *file) breaks(rule flows.Rule, n *yaml.Node, message, fix string) {
	f.at(rule, n.Line, n.Column, message, fix)
}

// breaksAt is breaks for a mistake at a place inside of words, counted in characters from 1; 0: the words as a whole.
func (f *file) breaksAt(rule flows.Rule, n *yaml.Node, place int, message, fix string) {
	column := n.Column
	oneLine := n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && strings.Contains(f.lines[min(n.Line, len(f.lines))-1], n.Value)
	if place > 0 && oneLine {
		column += place - 1
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			column++
		}
	}
	f.at(rule, n.Line, column, message, fix)
}

func (f *file) at(rule flows.Rule, line, column int, message, fix string) {
	fix = cmp.Or(fix, mend(rule))
	line = min(max(line, 1), len(f.lines)) // YAML knows rare ends of lines that editors do not count
	m := Mistake{Rule: rule, File: f.name, Line: line, Column: max(column, 1), Message: message, Fix: fix}
	m.Excerpt = strings.ToValidUTF8(f.lines[line-1], "?")
	*f.mistakes = append(*f.mistakes, m)
}

// colon finds out whether a syntax error is words with a colon and no quotes, the commonest mistake of all. If so it
// reports it, mends the line in lines and returns true.
func (f *file) colon(lines []string, e *yaml.LoadError) bool {
	flowing := regexp.MustCompile(`([{,]\s*[\w.-]+:\s+)([^"'{}\[\],\s][^{}\[\],]*?:\s[^{}\[\],]*?)(\s*[,}])`)
	whole := regexp.MustCompile(`^(\s*(?:- )?[\w.-]+:\s+)([^"'{}\[\]|>#\s].*?:(?:\s.*)?)()$`)
	line := e.Mark.Line
	if line < 1 || line > len(lines) {
		return false
	}
	for _, words := range []*regexp.Regexp{flowing, whole} {
		m := words.FindStringSubmatchIndex(lines[line-1])
		if m == nil {
			continue
		}
		was := lines[line-1]
		quoted := `"` + strings.ReplaceAll(strings.ReplaceAll(was[m[4]:m[5]], `\`, `\\`), `"`, `\"`) + `"`
		key := strings.TrimLeft(strings.TrimSpace(was[m[2]:m[3]]), "{,- ")
		f.at(ruleColon, line, utf8.RuneCountInString(was[:m[4]])+1,
			"These words have a colon in them, so I cannot tell where they end.",
			"Put quotes around them: "+key+" "+quoted)
		lines[line-1] = was[:m[4]] + quoted + was[m[5]:]
		return true
	}
	return false
}

// syntax says in plain words why a file is no YAML.
func (f *file) syntax(err error) {
	var e *yaml.LoadError
	if !errors.As(err, &e) || e.Mark.Line == 0 {
		f.stray(err)
		return
	}
	line, column := e.Mark.Line, e.Mark.Column
	switch {
	case strings.Contains(e.Message, "cannot start any token"):
		f.at(ruleUnreadable, line, column, fmt.Sprintf("Words cannot begin with `%s`.", f.letter(line, column)), "Put quotes around them.")
	case strings.Contains(e.ContextMsg, "quoted scalar"):
		f.at(ruleUnreadable, e.ContextMark.Line, e.ContextMark.Column, "This quote is opened and never closed.", "Add the closing quote where the words end.")
	case strings.Contains(e.ContextMsg, "flow mapping"):
		f.at(ruleUnreadable, e.ContextMark.Line, e.ContextMark.Column, "I cannot read what stands in these { }.", "Is the } missing, or do some words need quotes?")
	case strings.Contains(e.ContextMsg, "flow sequence"):
		f.at(ruleUnreadable, e.ContextMark.Line, e.ContextMark.Column, "I cannot read what stands in these [ ].", "Is the ] missing, or do some words need quotes?")
	case strings.Contains(e.Message, "unknown anchor"):
		f.at(ruleUnreadable, line, column, "Words cannot begin with `*`.", "Put quotes around them.")
	default:
		f.at(ruleUnreadable, line, column, "I cannot read this line.",
			"Compare how far it is indented with the lines around it, and look for a missing quote or colon just before.")
	}
}

// stray reports the errors that come without a place.
func (f *file) stray(err error) {
	for i, line := range f.lines {
		if strings.HasPrefix(line, "---") && i > 0 {
			f.at(ruleUnreadable, i+1, 1, "A file holds one thing only.", "Take this line out and put what follows in a file of its own.")
			return
		}
	}
	if strings.Contains(err.Error(), "no documents") {
		*f.mistakes = append(*f.mistakes, Mistake{Rule: ruleEmptyFile, File: f.name, Message: "This file holds nothing but remarks.", Fix: "Write something in it, or delete it."})
		return
	}
	*f.mistakes = append(*f.mistakes, Mistake{Rule: ruleUnreadable, File: f.name, Message: "I cannot read this file: " + err.Error()})
}

// letter is the character at a place.
func (f *file) letter(line, column int) string {
	if line > len(f.lines) {
		return "?"
	}
	letters := []rune(f.lines[line-1])
	if column > len(letters) {
		return "?"
	}
	return string(letters[column-1])
}
