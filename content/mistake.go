package content

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"convenor/flows"
)

// Mistake is one thing in a pack that must be mended before it can be used.
type Mistake struct {
	Rule    flows.Rule // what it breaks
	File    string
	Line    int    // from 1; 0 when it is about the file or the pack as a whole
	Column  int    // from 1, in characters
	Message string // what is wrong, in plain words
	Fix     string // how to mend it; empty when Message says it all
	Excerpt string // the line as it stands in the file
}

// Error says place, line and mend, on several lines.
func (m Mistake) Error() string {
	var out strings.Builder
	out.WriteString(m.place() + " " + string(m.Rule) + "\n")
	if m.Line > 0 {
		number := fmt.Sprintf("%5d", m.Line)
		fmt.Fprintf(&out, "%s | %s\n", number, m.Excerpt)
		fmt.Fprintf(&out, "%s | %s^\n", strings.Repeat(" ", len(number)), m.indent())
	}
	out.WriteString("  " + m.Message + "\n")
	if m.Fix != "" {
		out.WriteString("  " + m.Fix + "\n")
	}
	return out.String()
}

func (m Mistake) place() string {
	if m.Line == 0 {
		return m.File
	}
	return fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column)
}

// indent is what stands before the caret: as wide as the excerpt up to the column, its tabs kept.
func (m Mistake) indent() string {
	before := []rune(m.Excerpt)
	before = before[:min(max(m.Column-1, 0), len(before))]
	for i, r := range before {
		if r != '\t' {
			before[i] = ' '
		}
	}
	return string(before)
}

// Mistakes are all the mistakes of a pack, in the order of files and lines. As an error it prints as a list that can be
// worked through from top to bottom.
type Mistakes []Mistake

// Error lists every mistake.
func (ms Mistakes) Error() string {
	var out strings.Builder
	if len(ms) == 1 {
		out.WriteString("1 mistake\n")
	} else {
		fmt.Fprintf(&out, "%d mistakes\n", len(ms))
	}
	for _, m := range ms {
		out.WriteString("\n" + m.Error())
	}
	return out.String()
}

// sorted puts mistakes in the order in which somebody would mend them, without repeats.
func (ms Mistakes) sorted() Mistakes {
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(ms)
}

// meant names the known word that a mistyped one was most likely meant to be, as a question, or lists what there is
// when none is near and the list is short.
func meant(word string, known []string) string {
	best, distance := "", max(1, utf8.RuneCountInString(word)/3)+1
	for _, k := range known {
		if d := edits(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return "Did you mean `" + best + "`?"
	case len(known) == 0 || len(known) > listMax:
		return ""
	default:
		return "There is: " + strings.Join(known, ", ") + "."
	}
}

// listMax is how many known words are worth listing to somebody who mistyped one.
const listMax = 16

// edits counts the letters that must be added, left out, changed or swapped with the next one to turn a into b.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before, last []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before, last, row = last, row, make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(y)]
}
