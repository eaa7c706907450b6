package flows

// openMax is how many open questions of the last round an opening names.
const openMax = 3

// Last is what came of the last round about an activity.
type Last struct {
	Result
	Date string `json:"date"` // of its end, YYYY-MM-DD where the space is
}

// Made is an action step that came of a round, as its summary shows it.
type Made struct {
	What string `json:"what"`           // text id
	Lead string `json:"lead,omitempty"` // who is asked or has taken it; empty: it needs a lead
	Due  string `json:"due,omitempty"`  // YYYY-MM-DD
	Done bool   `json:"done,omitempty"`
}

// Part says in one sentence what came of the last round.
func (l Last) Part() Part {
	count := l.Answers + l.Unknown
	p := Part{Style: StyleBody, Words: "round.last", Args: map[string]Arg{"date": {Date: l.Date}, "count": {Number: &count}}}
	if len(l.Open) > 0 {
		var open []Arg
		for _, label := range l.Open {
			open = append(open, Arg{Text: label})
		}
		p.Words = "round.last-open"
		p.Args["open"] = Arg{List: open}
	}
	return p
}

// open names the questions that somebody in a round could not answer.
func (f *Flow) open(run Run) []Text {
	var open []Text
	for i := range f.nodes {
		if run.Tally[f.nodes[i].ID].Unknown > 0 && len(open) < openMax {
			open = append(open, f.nodes[i].Label)
		}
	}
	return open
}
