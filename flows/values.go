package flows

import (
	"slices"
	"strconv"
)

// Values folds the log: what stands as the answer to each node that has one.
func (r Run) Values() map[string]Value {
	values := map[string]Value{}
	for _, e := range r.Log {
		switch {
		case !e.answers():
		case e.Value.Kind == ValueDropped:
			delete(values, e.Node)
		default:
			values[e.Node] = e.Value
		}
	}
	return values
}

// Answered names the nodes that have an answer, in the order in which they were first answered.
func (r Run) Answered() []string {
	values := r.Values()
	var nodes []string
	for _, e := range r.Log {
		if _, ok := values[e.Node]; ok && e.answers() && !slices.Contains(nodes, e.Node) {
			nodes = append(nodes, e.Node)
		}
	}
	return nodes
}

// answers reports whether a line of the log says or ends what stands as an answer.
func (e Entry) answers() bool { return e.Value.Kind != "" && !e.Held }

// Answered reports whether v says something: it was neither skipped, nor unknown, nor dropped.
func (v Value) Answered() bool {
	switch v.Kind {
	case ValueText, ValueChoice, ValueMany, ValueDate, ValuePerson, ValueConsent, ValueScale, ValueNumber, ValueTime,
		ValueLink, ValueRank, ValuePoints:
		return true
	case ValueUnknown, ValueSkipped, ValueDropped:
		return false
	default:
		return false
	}
}

// lent reports whether the text of an answer was given elsewhere.
func (r *Run) lent(v Value) bool {
	return slices.ContainsFunc(r.Log, func(e Entry) bool { return e.Lent && e.Value.TextID == v.TextID })
}

// entry finds the line of the log that holds the answer to a node; ok is false when there is none.
func (r *Run) entry(node string) (e Entry, ok bool) {
	return last(r.Log, node)
}

// live finds the answer to a node that can still be changed.
func (r *Run) live(node string) (e Entry, ok bool) {
	return last(r.Log[r.Sealed:], node)
}

func last(log []Entry, node string) (e Entry, ok bool) {
	for i := range slices.Backward(log) {
		if log[i].Node == node && log[i].answers() {
			return log[i], log[i].Value.Kind != ValueDropped
		}
	}
	return Entry{}, false
}

// liveNodes names the nodes whose answers can still be changed, as they were first answered.
func (r *Run) liveNodes() []string {
	nodes := make([]string, 0, len(r.Log)-r.Sealed)
	for i := range r.Log[r.Sealed:] {
		if id, ok := r.stands(i); ok && !slices.Contains(nodes, id) {
			nodes = append(nodes, id)
		}
	}
	return nodes
}

// stands reports whether line i of what can still be changed is an answer, to a node that has one, and names the node.
func (r *Run) stands(i int) (node string, ok bool) {
	line := &r.Log[r.Sealed+i]
	if !line.answers() {
		return "", false
	}
	_, ok = r.live(line.Node)
	return line.Node, ok
}

// messageKey is the handle of the message in which a question was said at a revision.
func messageKey(run, node string, drawn int64) string {
	return run + "." + node + "." + strconv.FormatInt(drawn, 36)
}

// message is the handle of the message that shows the answer.
func (e Entry) message(run string) string {
	if e.On != "" {
		return messageKey(run, e.On, e.Asked)
	}
	return messageKey(run, e.Node, e.Asked)
}

// requestID names one person's data request about one node of a run.
func requestID(run, node, person string) string { return run + "." + node + "." + person }
