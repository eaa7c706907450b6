package flowtest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"convenor/flows"
)

// Story is a conversation that was held, as the records have it.
type Story struct {
	Run     flows.Run
	Flow    flows.Definition // what the run pins
	Answers []flows.Answer   // a group's, as they were given last
	People  []Teller
	Space   string       // a group's: its name, one word
	Locale  flows.Locale // the space's
	Texts   map[string]string
	Zone    *time.Location // where the dates are counted
}

// Teller is a person of a Story.
type Teller struct {
	ID     string
	Name   string
	Locale flows.Locale
}

// Script writes a conversation that was held as a script without answers: who did what, in their order. Record adds
// what comes back. What was pressed is written as an event ("ID does skip") and what was chosen as typed words. Played,
// one person's script ends where the conversation stands, with the same answers; what was refused is not in it, for a
// log does not hold it. Of a group, each answer is there as it was given last, and nothing of how answers were sorted.
// A text that was erased is "…". Of a run that was carried over to another revision of its flow, the answers are there that were kept.
func Script(s Story) []byte {
	w := &writer{Story: s}
	fmt.Fprintf(&w.out, "# A conversation that was held.\nflow    %s\ntoday   %s\n", s.Flow.ID, w.day(s.Run.Started))
	if s.Run.Object != "" {
		fmt.Fprintf(&w.out, "object  %s\n", s.Run.Object)
	}
	if s.Run.Group {
		fmt.Fprintf(&w.out, "space   %s %s\n", s.Space, s.Locale)
	}
	for _, p := range s.People {
		lead := ""
		if s.Run.Group && p.ID == s.Run.Person {
			lead = " lead"
		}
		fmt.Fprintf(&w.out, "person  %s %q %s%s\n", p.ID, p.Name, p.Locale, lead)
	}
	w.today = w.day(s.Run.Started)
	w.did(s.Run.Started, s.Run.Person, "starts")
	if s.Run.Group {
		w.group()
	} else {
		w.log()
	}
	return []byte(w.out.String())
}

type writer struct {
	Story
	out   strings.Builder
	today string
}

func (w *writer) day(at time.Time) string { return at.In(w.Zone).Format(time.DateOnly) }

// did writes an action, and before it the day when that is another.
func (w *writer) did(at time.Time, who, what string) {
	if day := w.day(at); day != w.today {
		w.today = day
		fmt.Fprintf(&w.out, "\n> today %s\n", day)
	}
	fmt.Fprintf(&w.out, "\n> %s %s\n", who, what)
}

// log writes what one person did, line by line of the run's log.
func (w *writer) log() {
	for i := 0; i < len(w.Run.Log); i++ {
		e := w.Run.Log[i]
		switch {
		case e.Value.Kind == flows.ValueDropped:
		case e.Did == flows.EventPage:
			i += w.page(e, w.Run.Log[i+1:])
		case e.Did == flows.EventCarry:
			w.carried(e, w.Run.Log[i+1:])
		case e.Did == flows.EventChange:
			w.did(e.At, e.By, "does change "+e.Node)
		case e.Did == flows.EventRemove:
			_, place, _ := strings.Cut(e.Node, ".")
			w.did(e.At, e.By, "does remove with "+place)
		case e.Did != "":
			w.did(e.At, e.By, "does "+string(e.Did))
		default:
			w.answer(e.At, e.By, e.Node, e.Value)
		}
	}
}

// page writes what a form of several questions held, and how many lines of the log say so.
func (w *writer) page(head flows.Entry, lines []flows.Entry) int {
	var fields []string
	for _, e := range lines {
		if e.Did != flows.EventPage || e.Value.Kind == "" {
			break
		}
		fields = append(fields, e.Node+": "+w.words(e.Node, e.By, e.Value, true))
	}
	count := len(fields)
	if head.Node != "" { // something had to be mended there
		fields = append(fields, fmt.Sprintf("%s: {?*%d}", head.Node, flows.TextMax+1)) // no field takes that
	}
	w.did(head.At, head.By, "does page")
	w.did(head.At, head.By, strings.TrimSuffix("submits: "+strings.Join(fields, " | "), ": "))
	return count
}

// carried writes a line of what a run was carried with, and at the end that it was paused.
func (w *writer) carried(e flows.Entry, rest []flows.Entry) {
	if e.Value.Kind != "" {
		w.answer(e.At, e.By, e.Node, e.Value)
	}
	if len(rest) == 0 || rest[0].Did != flows.EventCarry {
		w.did(e.At, e.By, "does pause")
	}
}

// group writes each answer at its question, and then the next question.
func (w *writer) group() {
	for _, n := range w.Flow.Nodes {
		tally, asked := w.Run.Tally[n.ID]
		if n.Kind != flows.NodeAsk || !asked && n.ID != w.Run.Node {
			continue
		}
		var last time.Time
		for _, a := range w.Answers {
			if a.Node != n.ID {
				continue
			}
			w.answer(a.At, a.Person, a.Node, a.Value)
			last = a.At
		}
		if tally.Closed {
			if last.IsZero() {
				last = w.Run.Started
			}
			w.did(last, w.Run.Person, "does next "+n.ID) // says only that it is over, when the last answer closed it
		}
	}
}

func (w *writer) answer(at time.Time, who, node string, v flows.Value) {
	switch {
	case v.Kind == flows.ValueDropped:
	case v.Kind == flows.ValueSkipped:
		w.did(at, who, "does skip")
	case v.Kind == flows.ValueUnknown:
		w.did(at, who, "does unknown")
		w.did(at, who, strings.TrimSuffix("submits: "+w.text(v.TextID), ": "))
	case v.Kind == flows.ValueDate || v.Kind == flows.ValueTime || v.Kind == flows.ValuePerson: // typed, it might be asked about
		w.did(at, who, "does answer with "+v.Date+v.Clock+v.Person)
	case w.Run.Group:
		w.did(at, who, "does form")
		w.did(at, who, "submits: "+w.words(node, who, v, true))
	default:
		w.did(at, who, "types: "+w.words(node, who, v, false))
	}
}

// words are an answer as somebody would type it, or as a form sends it. What was chosen is written as its first language
// has it, or by its id where several are chosen: every language understands both.
func (w *writer) words(node, who string, v flows.Value, form bool) string {
	if v.TextID != "" {
		return cmp.Or(w.text(v.TextID), map[flows.ValueKind]string{flows.ValueLink: "erased.example"}[v.Kind], "…")
	}
	id, _, _ := strings.Cut(node, ".")
	var options []flows.Option
	if i := slices.IndexFunc(w.Flow.Nodes, func(n flows.Node) bool { return n.ID == id }); i >= 0 {
		options = w.Flow.Nodes[i].Options
	}
	switch {
	case v.Kind == flows.ValuePerson:
		return w.named(v.Person)
	case v.Kind == flows.ValuePoints:
		return points(options, v, form)
	case v.Kind == flows.ValueMany && form:
		return strings.Join(v.Picks, " + ")
	case len(v.Picks) == 1:
		for _, o := range options {
			if o.ID == v.Picks[0] {
				return o.Text[w.locale(who)]
			}
		}
	}
	return strings.Join(v.Picks, ", ") + v.Date + v.Number + v.Clock
}

// points are a number for each option: a form has a field for each, when they fit.
func points(options []flows.Option, v flows.Value, form bool) string {
	var shares []string
	for _, o := range options {
		share := 0
		if i := slices.Index(v.Picks, o.ID); i >= 0 {
			share = v.Counts[i]
		}
		shares = append(shares, strconv.Itoa(share))
	}
	if form && len(options) <= flows.PageMax {
		return strings.Join(shares, " + ")
	}
	return strings.Join(shares, " ")
}

// named is what a person is called.
func (w *writer) named(id string) string {
	for _, p := range w.People {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}

func (w *writer) locale(who string) flows.Locale {
	for _, p := range w.People {
		if p.ID == who {
			return p.Locale
		}
	}
	return flows.English
}

func (w *writer) text(id string) string { return strings.ReplaceAll(w.Texts[id], "\n", `\n`) }
