package flows

import (
	"fmt"
	"slices"
	"strconv"
)

// Fold works out one person's run from its log: run and start are what the first event was given, and of start only
// what it is (At, Person, Via) counts. The result is, byte for byte, the run that Advance made while the log was
// written.
//
// It returns ErrMisfit (wrapped) for a group's run, whose answers are records of their own, and for a log that was not
// written by this flow.
func Fold(f *Flow, run Run, start Event, log []Entry) (Run, error) {
	start.Kind = EventStart
	run, _, err := advance(f, run, start, nil)
	if err == nil && run.Group {
		err = fmt.Errorf("run %s is a group's: %w", run.ID, ErrMisfit)
	}
	if err != nil {
		return run, fmt.Errorf("fold the start: %w", err)
	}
	for i := 0; i < len(log); {
		lines := log[i : i+1+slices.IndexFunc(append(log[i+1:len(log):len(log)], Entry{Did: EventBack}), Entry.begins)]
		if i += len(lines); lines[0].Did == EventCarry {
			run, _ = f.carried(run, lines)
			continue
		}
		e := f.event(run, lines[0])
		next, _, err := advance(f, run, e, lines)
		switch {
		case err != nil:
			return run, fmt.Errorf("fold up to line %d: %w", i, err)
		case next.Rev == run.Rev:
			return run, fmt.Errorf("fold up to line %d: %s is not taken here: %w", i, e.Kind, ErrMisfit)
		}
		run = next
	}
	return run, nil
}

// begins reports whether a line is the first about an event. After it come the answers of a page or
// of a run that was carried, and what was ended.
func (e Entry) begins() bool {
	return e.Value.Kind != ValueDropped && (e.Did != EventPage && e.Did != EventCarry || e.Value.Kind == "")
}

// event is what a line of the log was written about.
func (f *Flow) event(run Run, line Entry) Event {
	e := Event{Form: line.Did == EventPage, Kind: line.Did, At: line.At, Person: line.By, Via: line.Via, TextID: line.Value.TextID}
	switch {
	case line.Did == EventChange:
		e.Node = line.Node
	case line.Did == EventRemove:
		e.Node = run.Node
		if i, ok := f.index[line.Node]; ok {
			e.Input.Picks = []string{strconv.Itoa(f.nodes[i].number)}
		}
	case line.Did != "":
	case line.Lent:
		e.Kind, e.Given = EventAnswer, &line.Value
	case line.Value.Kind == ValueUnknown:
		e.Kind = EventUnknown
	case line.Value.Kind == ValueSkipped:
		e.Kind = EventSkip
	default:
		e.Kind = EventAnswer
	}
	if e.TextID == "" {
		e.TextID = "none" // no text is read, so none is kept
	}
	return e
}
