package flows

import "time"

// Result is what an activity's run leaves when it was gone through to its end: counts, no words and no answers. It is
// kept as a record of KindResult under the run's id, and stays when the run is gone.
type Result struct {
	Run       string    `json:"run"`
	Flow      string    `json:"flow"`
	Activity  string    `json:"activity"`
	Group     bool      `json:"group,omitempty"`
	Person    string    `json:"person"`            // who led it; for one person's run who answered
	Space     string    `json:"space,omitempty"`   // where it took place, or where a person started it
	Questions int       `json:"questions"`         // that were asked
	Answers   int       `json:"answers"`           // that were given, of all people together
	Unknown   int       `json:"unknown,omitempty"` // times that somebody did not know
	Open      []Text    `json:"open,omitempty"`    // a group: names of the questions that somebody could not answer, at most openMax
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended"`
}

// Result counts what a run through f has left. ok is false when the run is not about an activity, or did not come to its
// end, or nobody answered anything.
func (f *Flow) Result(run Run) (r Result, ok bool) {
	if f.def.Activity == "" || run.State != StateDone {
		return Result{}, false
	}
	r = Result{
		Run: run.ID, Flow: run.Flow, Activity: f.def.Activity, Group: run.Group, Person: run.Person, Space: run.Space,
		Started: run.Started, Ended: run.Touched,
	}
	if run.Group {
		r.Open = f.open(run)
		for _, tally := range run.Tally {
			r.Questions++
			r.Unknown += tally.Unknown
			r.Answers += tally.Answers - tally.Unknown
		}
		return r, r.Answers+r.Unknown > 0
	}
	for _, v := range run.Values() {
		r.Questions++
		switch {
		case v.Kind == ValueUnknown:
			r.Unknown++
		case v.Answered():
			r.Answers++
		}
	}
	return r, r.Answers+r.Unknown > 0
}

// Questions counts what a flow can ask.
func (f *Flow) Questions() int {
	count := 0
	for _, n := range f.def.Nodes {
		if n.Kind == NodeAsk {
			count++
		}
	}
	return count
}
