// Package progress tells where a coalition stands in the toolkit: the state of each activity, what it waits for, and the
// next best step. Nothing of it is stored. It is worked out from what ended runs left (flows.Result), from the rounds
// that are under way, and from what somebody who guides said about an activity (Mark), so it cannot drift from them.
package progress

import (
	"slices"
	"time"

	"convenor/flows"
)

// State is where a coalition stands with an activity.
type State string

// The states.
const (
	New      State = "new"      // nobody has begun
	Begun    State = "begun"    // people answered alone; the group has not talked about it
	Underway State = "underway" // a round is open or rests in a space
	Done     State = "done"     // a round came to its end, or somebody who guides said so
	Skipped  State = "skipped"  // the coalition does without
)

// Mark is what somebody who guides said about an activity. It is kept as a record of flows.KindMark; taking it back
// removes the record.
type Mark struct {
	Activity string    `json:"activity"`
	State    State     `json:"state"` // Done or Skipped
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Round is a group's run that is not over.
type Round struct {
	Run       string
	Activity  string
	Space     string
	Lead      string // who started it
	Closed    int    // questions that are behind
	Questions int
	Paused    bool
}

// Facts are all that the states are worked out from. Agreed holds, by activity, what the group last agreed on in the
// self-check.
type Facts struct {
	Activities []flows.Activity // in the toolkit's order
	Marks      []Mark
	Results    []flows.Result
	Rounds     []Round
	Agreed     map[string]int
}

// Standing is one activity and where the coalition stands with it.
type Standing struct {
	flows.Activity
	State  State
	At     time.Time     // of what made it Done, Skipped or Begun
	Mark   *Mark         // what somebody said, while it stands
	Rounds []Round       // under way
	Last   *flows.Result // of the round that ended last
	Alone  int           // people who answered alone
	Waits  []string      // activities it builds on that are neither Done nor Skipped
	agreed int           // in the self-check; unrated when there is none
}

// unrated is an activity without an agreed rating.
const unrated = -1

// Settled reports whether nothing has to be done about it now.
func (s Standing) Settled() bool { return s.State == Done || s.State == Skipped }

// Where works out where a coalition stands with each activity, in the toolkit's order. A round under way wins over what
// was before it; of a mark and the end of a round, the later one stands.
func Where(f Facts) []Standing {
	list := make([]Standing, len(f.Activities))
	settled := map[string]bool{}
	for i, a := range f.Activities {
		list[i] = f.standing(a)
		settled[a.ID] = list[i].Settled()
	}
	for i := range list {
		for _, before := range list[i].BuildsOn {
			if done, known := settled[before]; known && !done && !list[i].Settled() {
				list[i].Waits = append(list[i].Waits, before)
			}
		}
	}
	return list
}

func (f Facts) standing(a flows.Activity) Standing {
	s := Standing{Activity: a, State: New, agreed: unrated}
	if rating, ok := f.Agreed[a.ID]; ok {
		s.agreed = rating
	}
	people := map[string]bool{}
	for _, r := range f.Results {
		switch {
		case r.Activity != a.ID:
		case r.Group:
			if s.Last == nil || r.Ended.After(s.Last.Ended) {
				s.Last = &r
			}
		default:
			people[r.Person] = true
			if s.State, s.Alone = Begun, len(people); r.Ended.After(s.At) {
				s.At = r.Ended
			}
		}
	}
	if s.Last != nil {
		s.State, s.At = Done, s.Last.Ended
	}
	for _, m := range f.Marks {
		if m.Activity == a.ID && (s.Last == nil || !m.At.Before(s.Last.Ended)) {
			s.State, s.At, s.Mark = m.State, m.At, &m
		}
	}
	for _, r := range f.Rounds {
		if r.Activity == a.ID {
			s.State, s.Rounds = Underway, append(s.Rounds, r)
		}
	}
	return s
}

// Why says why a step is the next best one.
type Why string

// The reasons.
const (
	GoOn   Why = "go-on"  // it is under way
	Finish Why = "finish" // people answered alone, the group has not
	First  Why = "first"  // it builds on nothing
	Ready  Why = "ready"  // what it builds on is there
	Weak   Why = "weak"   // ready, and the group rated it lower than the others
	Open   Why = "open"   // everything waits for something else: one must come first
)

// inPlace is the rating from which the self-check calls a practice in place.
const inPlace = 3

// Next is the next best step; ok is false when every activity is done or skipped. The rule, in this order:
//
//  1. What is under way comes first: finish before you begin.
//  2. Then what is ready, that is, waits for nothing. Of these:
//     what people have begun to answer alone, before what nobody touched;
//     then what the group rated as not yet in place in the self-check, the lowest first;
//     then what was not rated; then what is in place already;
//     and otherwise the toolkit's order.
//  3. When nothing is ready, because activities wait for each other, the first that is open.
func Next(list []Standing) (next Standing, why Why, ok bool) {
	open := slices.DeleteFunc(slices.Clone(list), Standing.Settled)
	if len(open) == 0 {
		return Standing{}, "", false
	}
	if i := slices.IndexFunc(open, func(s Standing) bool { return s.State == Underway }); i >= 0 {
		return open[i], GoOn, true
	}
	ready := slices.DeleteFunc(slices.Clone(open), func(s Standing) bool { return len(s.Waits) > 0 })
	if len(ready) == 0 {
		return open[0], Open, true
	}
	slices.SortStableFunc(ready, func(a, b Standing) int { return a.rank() - b.rank() })
	next = ready[0]
	switch {
	case next.State == Begun:
		why = Finish
	case next.agreed != unrated && next.agreed < inPlace:
		why = Weak
	case len(next.BuildsOn) == 0:
		why = First
	default:
		why = Ready
	}
	return next, why, true
}

// rank orders what is ready: the smaller, the sooner.
func (s Standing) rank() int {
	switch {
	case s.State == Begun:
		return 0
	case s.agreed == unrated:
		return 1 + inPlace
	case s.agreed < inPlace:
		return 1 + s.agreed
	default:
		return 2 + inPlace
	}
}

// Marked keeps what somebody says about an activity: Done or Skipped. Any other state takes it back.
func Marked(activity string, state State, by string, at time.Time) flows.Change {
	put := flows.Put{Ref: flows.Ref{Kind: flows.KindMark, ID: activity}, Delete: true}
	if state == Done || state == Skipped {
		put.Delete, put.Value = false, Mark{Activity: activity, State: state, By: by, At: at}
	}
	return flows.Change{Puts: []flows.Put{put}}
}
