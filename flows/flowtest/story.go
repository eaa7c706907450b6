package flowtest

import (
	"fmt"
	"slices"
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
// what comes back. What was pressed is written as an event ("ID does skip") and what was chosen as typed words. Of a
// group, each answer is there as it was given last, and of a list what was taken off is left out: the records know no
// more.
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
		case e.Value.Kind == flows.ValueDropped || e.Did == flows.EventRemove:
		case e.Did == flows.EventPage:
			var fields []string
			for i+1 < len(w.Run.Log) && w.Run.Log[i+1].Did == flows.EventPage && w.Run.Log[i+1].Value.Kind != "" {
				i++
				fields = append(fields, w.Run.Log[i].Node+": "+w.words(w.Run.Log[i].Node, e.By, w.Run.Log[i].Value))
			}
			w.did(e.At, e.By, "does page")
			w.did(e.At, e.By, "submits: "+strings.Join(fields, " | "))
		case e.Did == flows.EventChange:
			w.did(e.At, e.By, "does change "+e.Node)
		case e.Did != "":
			w.did(e.At, e.By, "does "+string(e.Did))
		default:
			w.answer(e.At, e.By, e.Node, e.Value)
		}
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
			w.did(last, w.Run.Person, "does next")
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
	case w.Run.Group:
		w.did(at, who, "does form")
		w.did(at, who, "submits: "+w.words(node, who, v))
	default:
		w.did(at, who, "types: "+w.words(node, who, v))
	}
}

// words are an answer as somebody would type it. What was chosen is written as its first language has it, or by its id
// where several are chosen: every language understands both.
func (w *writer) words(node, who string, v flows.Value) string {
	if v.TextID != "" {
		return w.text(v.TextID)
	}
	for _, p := range w.People {
		if p.ID == v.Person {
			return p.Name
		}
	}
	id, _, _ := strings.Cut(node, ".")
	i := slices.IndexFunc(w.Flow.Nodes, func(n flows.Node) bool { return n.ID == id })
	if len(v.Picks) == 1 && i >= 0 {
		for _, o := range w.Flow.Nodes[i].Options {
			if o.ID == v.Picks[0] {
				return o.Text[w.locale(who)]
			}
		}
	}
	return strings.Join(v.Picks, ", ") + v.Date + v.Number + v.Person
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
