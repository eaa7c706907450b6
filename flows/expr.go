package flows

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of one expression. They keep it readable, and what works on it from running deep.
const (
	exprMax  = 300 // characters
	exprDeep = 10  // parentheses and "not" inside one another
)

// exprKind says what an expression does.
type exprKind string

// The kinds of expression, named as they are written.
const (
	exprOr       exprKind = "or"
	exprAnd      exprKind = "and"
	exprNot      exprKind = "not"
	exprIs       exprKind = "is"       // the answer is that option, yes or no, number, date or time
	exprHas      exprKind = "has"      // the option is among the answers
	exprAnswered exprKind = "answered" // there is an answer: neither skipped nor unknown
	exprUnknown  exprKind = "unknown"  // the answer is "I don't know"
	exprSkipped  exprKind = "skipped"
	exprLess     exprKind = "<"
	exprLessSame exprKind = "<="
	exprMore     exprKind = ">"
	exprMoreSame exprKind = ">="
)

// expr is a parsed expression: pure, and with a value for every state of a run, because what was not answered simply
// is not anything.
type expr struct {
	kind  exprKind
	parts []*expr // of or, and: two or more; of not: one
	name  string  // the node looked at
	count bool    // compares how many items or picks the answer has
	value string  // what it is compared with
	at    int     // place of name in the text, in characters from 1
	seat  int     // place of value
}

// exprError is what is wrong with an expression, and where.
type exprError struct {
	at      int // in characters from 1
	problem string
}

func (e *exprError) Error() string { return e.problem }

// parseExpr reads an expression. The error is an *exprError.
//
//	expression  = all { "or" all }
//	all         = one { "and" one }
//	one         = "not" one | "(" expression ")" | test
//	test        = answered(NODE) | unknown(NODE) | skipped(NODE) | count(NODE) order NUMBER
//	            | NODE is [not] VALUE | NODE has OPTION | NODE order VALUE
//	order       = "<" | "less than" | "before" | "<=" | "at most" | ">" | "more than" | "after" | ">=" | "at least"
func parseExpr(text string) (*expr, error) {
	tokens, err := scanExpr(text)
	if err != nil {
		return nil, err
	}
	p := &exprParser{tokens: tokens}
	x, err := p.either(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.text != "" {
		return nil, &exprError{t.at, fmt.Sprintf("%q is left over: between two tests goes \"and\" or \"or\"", t.text)}
	}
	return x, nil
}

// exprToken is one word or mark. The end is an empty one.
type exprToken struct {
	text string
	at   int
}

// scanExpr cuts text into words and marks, in small letters.
func scanExpr(text string) ([]exprToken, error) {
	runes := []rune(strings.ToLower(text))
	var tokens []exprToken
	for i := 0; i < len(runes); {
		start := i
		switch r := runes[i]; {
		case strings.ContainsRune(" \t\n", r):
			i++
			continue
		case strings.ContainsRune("()", r):
			i++
		case strings.ContainsRune("<>=", r):
			for i < len(runes) && strings.ContainsRune("<>=", runes[i]) {
				i++
			}
		case wordRune(r):
			for i < len(runes) && wordRune(runes[i]) {
				i++
			}
		default:
			return nil, &exprError{i + 1, fmt.Sprintf("%s cannot stand in a condition: it has words, numbers, parentheses and < > <= >=", string(r))}
		}
		tokens = append(tokens, exprToken{string(runes[start:i]), start + 1})
	}
	return append(tokens, exprToken{at: len(runes) + 1}), nil
}

// wordRune reports whether r can be part of an id, a number, a date or a time.
func wordRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-.:", r)
}

type exprParser struct {
	tokens []exprToken
	next   int
}

func (p *exprParser) peek() exprToken { return p.tokens[p.next] }

// take moves on when one of the words is next.
func (p *exprParser) take(words ...string) bool {
	if t := p.peek(); t.text != "" && slices.Contains(words, t.text) {
		p.next++
		return true
	}
	return false
}

func (p *exprParser) either(deep int) (*expr, error) { return p.list(exprOr, deep, p.all) }
func (p *exprParser) all(deep int) (*expr, error)    { return p.list(exprAnd, deep, p.one) }

// list reads one or more parts with the same word between them.
func (p *exprParser) list(kind exprKind, deep int, part func(int) (*expr, error)) (*expr, error) {
	first, err := part(deep)
	if err != nil {
		return nil, err
	}
	parts := []*expr{first}
	for p.take(string(kind)) {
		next, err := part(deep)
		if err != nil {
			return nil, err
		}
		parts = append(parts, next)
	}
	if len(parts) == 1 {
		return first, nil
	}
	return &expr{kind: kind, parts: parts}, nil
}

func (p *exprParser) one(deep int) (*expr, error) {
	at := p.peek().at
	if deep > exprDeep {
		return nil, &exprError{at, "this is too deep: use another branch for a part of it"}
	}
	switch {
	case p.take("not"):
		part, err := p.one(deep + 1)
		if err != nil {
			return nil, err
		}
		return &expr{kind: exprNot, parts: []*expr{part}}, nil
	case p.take("("):
		x, err := p.either(deep + 1)
		if err == nil && !p.take(")") {
			err = &exprError{at, "this parenthesis is never closed"}
		}
		return x, err
	default:
		return p.test()
	}
}

func (p *exprParser) test() (*expr, error) {
	first := p.peek()
	if !wordToken(first) {
		return nil, p.expected("the name of a question")
	}
	p.next++
	x := &expr{name: first.text, at: first.at}
	if !p.take("(") {
		return x, p.compare(x)
	}
	name := p.peek()
	if !wordToken(name) {
		return nil, p.expected("the name of a question")
	}
	p.next++
	if !p.take(")") {
		return nil, p.expected(`")"`)
	}
	x.name, x.at = name.text, name.at
	switch kind := exprKind(first.text); kind { //nolint:exhaustive // the others are not written with parentheses
	case exprAnswered, exprUnknown, exprSkipped:
		x.kind = kind
		return x, nil
	default:
		if first.text != "count" {
			return nil, &exprError{first.at, fmt.Sprintf("%q cannot be asked: there is answered, unknown, skipped and count", first.text)}
		}
		x.count = true
		return x, p.compare(x)
	}
}

// compare reads what a name is compared with.
func (p *exprParser) compare(x *expr) error {
	negated := false
	switch {
	case p.take("is"):
		x.kind = exprIs
		negated = p.take("not")
	case !x.count && p.take("has"):
		x.kind = exprHas
	default:
		if x.kind = p.order(); x.kind == "" {
			return p.expected(`"is", "has", "at least", "at most", "more than", "less than", "before" or "after"`)
		}
	}
	value := p.peek()
	if !wordToken(value) {
		return p.expected("what to compare with")
	}
	p.next++
	x.value, x.seat = value.text, value.at
	if negated {
		inner := *x
		*x = expr{kind: exprNot, parts: []*expr{&inner}}
	}
	return nil
}

// order reads a word or a mark that compares; empty when there is none.
func (p *exprParser) order() exprKind {
	for _, o := range []struct {
		words string
		kind  exprKind
	}{
		{"<=", exprLessSame},
		{">=", exprMoreSame},
		{"<", exprLess},
		{">", exprMore},
		{"before", exprLess},
		{"after", exprMore},
		{"at most", exprLessSame},
		{"at least", exprMoreSame},
		{"less than", exprLess},
		{"more than", exprMore},
	} {
		start, found := p.next, true
		for word := range strings.FieldsSeq(o.words) {
			found = found && p.take(word)
		}
		if found {
			return o.kind
		}
		p.next = start
	}
	return ""
}

func (p *exprParser) expected(what string) error {
	t := p.peek()
	if t.text == "" {
		return &exprError{max(t.at-1, 1), "here the condition stops, and " + what + " is missing"}
	}
	return &exprError{t.at, fmt.Sprintf("here stands %q where %s must stand", t.text, what)}
}

// wordToken reports whether a token can be a name or a value.
func wordToken(t exprToken) bool {
	return t.text != "" && wordRune(rune(t.text[0])) && !slices.Contains([]string{"or", "and", "not", "is", "has"}, t.text)
}

// String writes an expression so that parsing it gives the same again.
func (x *expr) String() string {
	switch x.kind {
	case exprOr, exprAnd:
		parts := make([]string, len(x.parts))
		for i, p := range x.parts {
			parts[i] = p.String()
			if p.kind == exprOr || p.kind == x.kind { // "and" binds closer than "or"
				parts[i] = "(" + parts[i] + ")"
			}
		}
		return strings.Join(parts, " "+string(x.kind)+" ")
	case exprNot:
		part := x.parts[0]
		if part.kind == exprOr || part.kind == exprAnd {
			return "not (" + part.String() + ")"
		}
		if part.kind == exprIs {
			return part.subject() + " is not " + part.value
		}
		return "not " + part.String()
	case exprAnswered, exprUnknown, exprSkipped:
		return string(x.kind) + "(" + x.name + ")"
	case exprIs, exprHas, exprLess, exprLessSame, exprMore, exprMoreSame:
	}
	return x.subject() + " " + string(x.kind) + " " + x.value
}

// subject is what a test looks at, as it is written.
func (x *expr) subject() string {
	if x.count {
		return "count(" + x.name + ")"
	}
	return x.name
}

// each calls f for every test in an expression.
func (x *expr) each(f func(*expr)) {
	for _, p := range x.parts {
		p.each(f)
	}
	if len(x.parts) == 0 {
		f(x)
	}
}

// short is the expression of a case in its short form: a question, and what it must be.
func (c Case) short() *expr {
	x := &expr{kind: exprHas, name: c.Node, value: c.Is}
	switch c.Is {
	case IsAny:
		x.kind = exprAnswered
	case IsNone:
		return &expr{kind: exprNot, parts: []*expr{{kind: exprAnswered, name: c.Node}}}
	}
	return x
}

// expr is the expression of a case.
func (c Case) expr() (*expr, error) {
	if c.When == "" {
		return c.short(), nil
	}
	return parseExpr(c.When)
}
