package flows

// Shows reports whether anybody may see what a group has answered to a node: not before the close when it is sealed.
// Whatever shows answers of a round asks here.
func (r Run) Shows(node string) bool { return !r.Tally[node].Sealed }

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
