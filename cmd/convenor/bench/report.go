package bench

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Report is what was measured. It is also the document that --json writes.
type Report struct {
	Machine    string       `json:"machine"`
	Runs       int          `json:"runs"`
	Quick      bool         `json:"quick,omitempty"` // too small to mean anything
	Lines      []Line       `json:"lines"`
	Unmeasured []Unmeasured `json:"unmeasured,omitempty"`
}

// Line is one thing that was measured, with the bare operation beside it where there is one.
type Line struct {
	Figure string  `json:"figure"`
	What   string  `json:"what"`
	Unit   string  `json:"unit"`
	Value  Spread  `json:"value"`
	Bare   *Spread `json:"bare,omitempty"`  // of the bare operation, in the same unit
	Ratio  *Spread `json:"ratio,omitempty"` // Value to Bare, each pair of the same turn
	Target *Target `json:"target,omitempty"`
	Met    *bool   `json:"met,omitempty"` // nil: there is no target
	Why    reason  `json:"why,omitempty"` // it is short of its target: what it is spent on
	Note   string  `json:"note,omitempty"`
}

// Spread is a median, with the lowest and the highest of all runs.
type Spread struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Target is what a line should reach: its ratio or, when it has none, its value.
type Target struct {
	AtMost bool    `json:"at_most"` // else at least
	Bound  float64 `json:"bound"`
	Of     string  `json:"of"` // "ratio" or "value"
}

// Unmeasured is a figure that could not be measured.
type Unmeasured struct {
	Figure string `json:"figure"`
	What   string `json:"what"`
	Why    string `json:"why"`
}

func newReport(o Options) Report {
	return Report{
		Machine: fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()),
		Runs:    (&bench{Options: o}).runs(), Quick: o.Quick, Lines: []Line{},
	}
}

// series is one value for each run.
type series []float64

func (s series) spread() Spread {
	sorted := slices.Sorted(slices.Values(s))
	return Spread{Median: percentile(sorted, 50), Low: sorted[0], High: sorted[len(sorted)-1]}
}

// over pairs the values of the same runs.
func (s series) over(bare series) series {
	ratio := make(series, len(s))
	for i := range s {
		ratio[i] = s[i] / bare[i]
	}
	return ratio
}

// percentile is the value below which p in a hundred of the sorted values are.
func percentile(sorted []float64, p float64) float64 {
	if p == 50 && len(sorted)%2 == 0 {
		return (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	}
	return sorted[min(len(sorted)-1, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}

// result is a Line in the making.
type result struct {
	what   string
	unit   string
	value  series
	bare   series
	atMost float64 // the target of the ratio, or of the value when there is no bare; zero: none
	atBest float64 // the same, at least
	own    bool    // the target is of the value, although there is a bare
	why    reason  // should it be short
	note   string
}

// reason says what a figure that misses its target is spent on.
type reason string

// The reasons. Where there is nothing that could be spent otherwise, it is a fault.
const (
	onEngine reason = "what the engine does beside reading and writing the state"
	onCodec  reason = "encoding/json, and a log that is read whole so that nothing in it can be half true"
	onCores  reason = "the same cores read, check and answer the request, and ask"
	onMarks  reason = "each timer that has fired leaves a mark, so that it never fires again"
	onTrips  reason = "each nudge is three scripts and a read, one after the other, and Redis shares the cores"
	onJSON   reason = "records are JSON under names that people can read, and an index beside them finds what is due"
	onTicks  reason = "what is due is looked for five times a second"
	onPack   reason = "both languages of the pack are read and checked at every start"
	onStore  reason = "an event waits for the store three times"
	onLane   reason = "what people do in one round is carried out one after the other"
	onPace   reason = "what waits books its turn, and a turn that nobody takes is lost"
	onShare  reason = "on two cores Redis has one to itself while Convenor may use one, and shares both when Convenor may use two"
	onCaches reason = "with millions Redis's own lists are deeper, and lie beyond the processor's caches: the bare commands slow down, too"
	onOthers reason = "not known: measure again on a quiet machine, and should it stay, please report it"
	isAFault reason = "this must not be: please report it"
)

// none is the target of what should not happen once: it is at most nothing.
const none = math.SmallestNonzeroFloat64

// add adds a line to the report.
func (b *bench) add(r result) {
	l := Line{Figure: b.now.id, What: r.what, Unit: r.unit, Value: r.value.spread(), Note: r.note}
	judged, of := l.Value.Median, "value"
	if r.bare != nil {
		bare, ratio := r.bare.spread(), r.value.over(r.bare).spread()
		l.Bare, l.Ratio = &bare, &ratio
		if !r.own {
			judged, of = ratio.Median, "ratio"
		}
	}
	if r.atMost > 0 || r.atBest > 0 {
		t := Target{AtMost: r.atMost > 0, Bound: max(r.atMost, r.atBest), Of: of}
		if r.atMost == none {
			t.Bound = 0
		}
		met := judged >= t.Bound
		if t.AtMost {
			met = judged <= t.Bound
		}
		l.Target, l.Met = &t, &met
		if !met {
			l.Why = r.why
		}
	}
	b.report.Lines = append(b.report.Lines, l)
}

// Table writes the report for people to read.
func (r Report) Table(w io.Writer) error {
	quick := ""
	if r.Quick {
		quick = " This was the quick run: it shows that everything works, and no figure in it means anything."
	}
	head := fmt.Sprintf("On %s. The median of %s; the lowest and the highest in brackets.%s\n\n", r.Machine, plural(r.Runs, "run"), quick)
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	cells := func(c ...string) { _, _ = fmt.Fprintln(t, strings.TrimRight(strings.Join(c, "\t"), "\t ")) }
	cells("", "what", "measured", "bare", "ratio", "target", "")
	for _, l := range r.Lines {
		bare, ratio := "", ""
		if l.Bare != nil {
			bare, ratio = short(l.Bare.Median)+" "+l.Unit, l.Ratio.String()
		}
		cells(l.Figure, l.What, l.Value.String()+" "+l.Unit, bare, ratio, l.Target.String(), l.verdict())
	}
	for _, u := range r.Unmeasured {
		cells(u.Figure, u.What, "not measured: "+u.Why)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return r.notes(w)
}

// notes says what belongs beside the figures, and of each that is short what it is spent on.
func (r Report) notes(w io.Writer) error {
	for _, l := range r.Lines {
		said := l.Note
		if l.Why != "" {
			said = strings.TrimPrefix(said+". Short: "+string(l.Why), ". ")
		}
		if said == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "\n%s, %s: %s.\n", l.Figure, l.What, said); err != nil {
			return err
		}
	}
	return nil
}

func (l Line) verdict() string {
	switch {
	case l.Met == nil:
		return ""
	case *l.Met:
		return "met"
	default:
		return "short"
	}
}

// String is the median with the spread, where there is one.
func (s Spread) String() string {
	if s.Low == s.High {
		return short(s.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", short(s.Median), short(s.Low), short(s.High))
}

// String is the target in signs.
func (t *Target) String() string {
	switch {
	case t == nil:
		return ""
	case t.AtMost:
		return "≤ " + short(t.Bound)
	default:
		return "≥ " + short(t.Bound)
	}
}

// short writes a number with three digits that count, and commas between thousands.
func short(f float64) string {
	if math.Abs(f) < 100 {
		return strconv.FormatFloat(f, 'g', 3, 64)
	}
	digits := strconv.FormatInt(int64(math.Round(f)), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
