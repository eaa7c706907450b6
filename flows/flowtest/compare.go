package flowtest

import (
	"slices"
	"strings"
)

// gap is a line that stands for any number of lines, and inside a line for any words.
const gap = "..."

// compare returns how what came differs from what was wanted, or "". The three kinds of line (what was said, what was
// kept, the state) are compared apart, and only those that are wanted at all.
func compare(want, got []string) string {
	var out strings.Builder
	for _, kind := range []func(string) bool{isSaid, isKept, isState} {
		w, g := only(want, kind), only(got, kind)
		if len(w) > 0 && !matches(w, g) {
			diff(&out, w, g)
		}
	}
	return out.String()
}

func isKept(line string) bool  { return strings.HasPrefix(line, "+ ") || strings.HasPrefix(line, "- ") }
func isState(line string) bool { return strings.HasPrefix(line, "= ") }
func isSaid(line string) bool  { return !isKept(line) && !isState(line) }

func only(lines []string, kind func(string) bool) []string {
	var kept []string
	for _, line := range lines {
		if kind(line) {
			kept = append(kept, line)
		}
	}
	return kept
}

func isGap(line string) bool { return strings.TrimSpace(line) == gap }

// matches reports whether the wanted lines fit what came, line for line, gaps filled as needed.
func matches(want, got []string) bool {
	// fits[i] is whether want up to the current line fits the first i lines that came.
	fits := make([]bool, len(got)+1)
	fits[0] = true
	for _, line := range want {
		next := make([]bool, len(got)+1)
		for i := range next {
			switch {
			case isGap(line):
				next[i] = fits[i] || i > 0 && next[i-1]
			case i > 0:
				next[i] = fits[i-1] && fitsLine(line, got[i-1])
			}
		}
		fits = next
	}
	return fits[len(got)]
}

// fitsLine reports whether one line fits, its gaps filled with any words.
func fitsLine(want, got string) bool {
	parts := strings.Split(want, gap)
	if len(parts) == 1 {
		return want == got
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(got) < len(first)+len(last) || !strings.HasPrefix(got, first) || !strings.HasSuffix(got, last) {
		return false
	}
	rest := got[len(first) : len(got)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return true
}

// diff writes the longest common lines plain, the others with - (wanted) or + (came).
func diff(out *strings.Builder, want, got []string) {
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i, w := range slices.Backward(want) {
		for j, g := range slices.Backward(got) {
			if fitsLine(w, g) && !isGap(w) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && !isGap(want[i]) && fitsLine(want[i], got[j]):
			out.WriteString("    " + got[j] + "\n")
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			out.WriteString("  - " + want[i] + "\n")
			i++
		default:
			out.WriteString("  + " + got[j] + "\n")
			j++
		}
	}
}
