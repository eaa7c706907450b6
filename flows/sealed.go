package flows

import "slices"

// Shows reports whether anybody may see what a group has answered to a node: not before the close when it is sealed.
// Whatever shows answers of a round asks here.
func (r Run) Shows(node string) bool { return !r.Tally[node].Sealed }

// Asked is the key of the message in which a run's waiting question stands, in one of its spaces.
func (r Run) Asked(space string) string {
	return keyIn(messageKey(r.ID, r.Node, r.Drawn), max(slices.Index(r.Spaces(), space), 0))
}

// Aloud reports whether answering the waiting question of a group where others read it gives nothing away: it does when
// answers are sealed until the close, or shown without names.
func (f *Flow) Aloud(r Run) bool {
	at, ok := f.index[r.Node]
	return ok && r.Shows(r.Node) && !f.nodes[at].unnamed()
}

// unseal counts at the close what nobody could see before it: who did not know, with a data request for each.
func (t *turn) unseal(tally Tally, answers []Answer) Tally {
	tally.Sealed, tally.Unknown = false, 0
	for _, a := range answers {
		if a.Value.Kind == ValueUnknown {
			tally.Unknown++
			t.out = append(t.out, KeepRequest{Request: a.request()})
		}
	}
	return tally
}

// request is the data request that an answer "I don't know" makes.
func (a Answer) request() Request {
	return Request{
		ID: requestID(a.Run, a.Node, a.Person), Run: a.Run, Node: a.Node, Question: a.Question, By: a.Person,
		WhoText: a.Value.TextID, At: a.At,
	}
}
