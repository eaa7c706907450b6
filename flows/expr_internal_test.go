package flows

import (
	"strings"
	"testing"
)

// expressions are conditions as authors may write them, and as they read back.
func expressions() map[string]string {
	return map[string]string{
		"voting is yes and methods has media":            "voting is yes and methods has media",
		"not (a is b or c is d) and e is not f":          "not (a is b or c is d) and e is not f",
		"((a is b))":                                     "a is b",
		"a is b or c is d and e is f":                    "a is b or c is d and e is f",
		"(a is b or c is d) and e is f":                  "(a is b or c is d) and e is f",
		"a is b or (c is d or e is f)":                   "a is b or (c is d or e is f)",
		"NOT answered(goal)":                             "not answered(goal)",
		"not not unknown( goal )":                        "not not unknown(goal)",
		"not a is b":                                     "a is not b",
		"not a is not b":                                 "not a is not b",
		"rating at least 3 or rating<2":                  "rating >= 3 or rating < 2",
		"count(people) more than 2":                      "count(people) > 2",
		"count(people) is 2":                             "count(people) is 2",
		"due before 2026-12-01 and due after 2026-01-31": "due < 2026-12-01 and due > 2026-01-31",
		"at-time at most 14:30 and skipped(at-most)":     "at-time <= 14:30 and skipped(at-most)",
		"share less than 2.5":                            "share < 2.5",
		"answered is yes":                                "answered is yes", // a question may be called so
		"a is b\n  and c is d":                           "a is b and c is d",
		strings.Repeat("(", exprDeep) + "a is b" + strings.Repeat(")", exprDeep): "a is b",
	}
}

func TestExprReadsAndWrites(t *testing.T) {
	t.Parallel()
	for text, want := range expressions() {
		x, err := parseExpr(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := x.String(); got != want {
			t.Errorf("%s reads back as %s", text, got)
		}
	}
}

func TestExprRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		at      int
		problem string
	}{
		"":                                    {1, "here the condition stops, and the name of a question is missing"},
		"a is":                                {4, "here the condition stops, and what to compare with is missing"},
		"a":                                   {1, `here the condition stops, and "is", "has"`},
		"a is b c is d":                       {8, `"c" is left over: between two tests goes "and" or "or"`},
		"a is b and":                          {10, "here the condition stops, and the name of a question is missing"},
		"and a is b":                          {1, `here stands "and" where the name of a question must stand`},
		"(a is b":                             {1, "this parenthesis is never closed"},
		"a is b)":                             {7, `")" is left over`},
		"a = b":                               {3, `here stands "=" where "is", "has"`},
		"a is “b”":                            {6, `“ cannot stand in a condition`},
		"sum(a) > 2":                          {1, `"sum" cannot be asked: there is answered, unknown, skipped and count`},
		"count(a":                             {7, `here the condition stops, and ")" is missing`},
		"count(a) has b":                      {10, `here stands "has" where "is"`},
		"a at more 3":                         {3, `here stands "at" where "is"`},
		strings.Repeat("not ", 12) + "a is b": {45, "this is too deep"},
	} {
		_, err := parseExpr(text)
		e, ok := err.(*exprError) //nolint:errorlint // parseExpr promises it
		if !ok || e.at != want.at || !strings.HasPrefix(e.problem, want.problem) {
			t.Errorf("%q: %+v", text, err)
		}
	}
}

// FuzzExpr reads anything: it never panics, what it can read it writes so that it reads the same again, and it has a
// value whatever was answered.
func FuzzExpr(f *testing.F) {
	for text := range expressions() {
		f.Add(text, "a", 1)
	}
	f.Fuzz(func(t *testing.T, text, pick string, size int) {
		x, err := parseExpr(text)
		if err != nil {
			if e, ok := err.(*exprError); !ok || e.at < 1 || e.problem == "" { //nolint:errorlint // parseExpr promises it
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		once := x.String()
		again, err := parseExpr(once)
		if err != nil || again.String() != once {
			t.Fatalf("%q reads back as %q, then %v, %v", text, once, again, err)
		}
		values := []Value{
			{},
			{Kind: ValueChoice, Picks: []string{pick}},
			{Kind: ValueMany, Picks: []string{pick, "b"}},
			{Kind: ValueDate, Date: pick},
			{Kind: ValueText, TextID: pick},
			{Kind: ValuePerson, Person: pick},
			{Kind: ValueUnknown},
			{Kind: ValueSkipped},
			{Kind: ValueDropped},
		}
		for _, v := range values {
			for _, field := range []FieldKind{FieldText, FieldChoice, FieldMany, FieldDate, FieldPerson, FieldConsent} {
				for _, l := range []int{none, 0} {
					c := loose(x, field, l)
					n := loose(&expr{kind: exprNot, parts: []*expr{x}}, field, l)
					given, items := func(int) Value { return v }, func(int) int { return size }
					if c.holds(given, items) == n.holds(given, items) {
						t.Fatalf("%q and its opposite agree", text)
					}
				}
			}
		}
	})
}

// loose compiles an expression without a flow.
func loose(x *expr, field FieldKind, list int) cond {
	c := cond{kind: x.kind, count: x.count, value: x.value, list: list, field: field}
	for _, p := range x.parts {
		c.parts = append(c.parts, loose(p, field, list))
	}
	return c
}

func TestExprHolds(t *testing.T) {
	t.Parallel()
	choice, many, date := Value{Kind: ValueChoice, Picks: []string{"a"}}, Value{Kind: ValueMany, Picks: []string{"a", "b"}}, Value{Kind: ValueDate, Date: "2026-05-01"}
	for _, c := range []struct {
		text  string
		field FieldKind
		v     Value
		want  bool
	}{
		{"q is a", FieldChoice, choice, true},
		{"q is b", FieldChoice, choice, false},
		{"q is not b", FieldChoice, choice, true},
		{"q is not b", FieldChoice, Value{}, true},
		{"q is a", FieldChoice, Value{Kind: ValueUnknown}, false},
		{"unknown(q) and not answered(q) and not skipped(q)", FieldChoice, Value{Kind: ValueUnknown}, true},
		{"skipped(q)", FieldText, Value{Kind: ValueSkipped}, true},
		{"q has b and q has a", FieldMany, many, true},
		{"q has c or count(q) is 2", FieldMany, many, true},
		{"count(q) > 2", FieldMany, many, false},
		{"count(q) < 1", FieldMany, Value{Kind: ValueSkipped}, true},
		{"q before 2026-05-02 and q after 2026-04-30", FieldDate, date, true},
		{"q at most 2026-05-01 and q at least 2026-05-01", FieldDate, date, true},
		{"q is 2026-05-01", FieldDate, date, true},
		{"q before 2026-05-02", FieldDate, Value{}, false},
		{"q is yes", FieldConsent, Value{Kind: ValueConsent, Picks: []string{Yes}}, true},
	} {
		x, err := parseExpr(c.text)
		if err != nil {
			t.Fatal(err)
		}
		k := loose(x, c.field, none)
		if got := k.holds(func(int) Value { return c.v }, func(int) int { return 0 }); got != c.want {
			t.Errorf("%s of %+v is %t", c.text, c.v, got)
		}
	}
}
