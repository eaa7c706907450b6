package flows

import (
	"errors"
	"strings"

	"convenor/flows/when"
)

// readTime reads a picked or typed time of day. A bare hour is in the morning or in the afternoon: the person chooses.
func readTime(e Event) (Value, *refusal) {
	in := e.Input
	text := strings.TrimSpace(in.Text)
	switch {
	case len(in.Picks) > 1:
		return Value{}, refuse("run.refuse.one")
	case len(in.Picks) == 1:
		if _, _, ok := when.Clock(in.Picks[0]); !ok {
			return Value{}, refuse("run.refuse.time")
		}
		return Value{Kind: ValueTime, Clock: in.Picks[0]}, nil
	case text == "":
		return Value{}, refuse("run.refuse.nothing")
	}
	times, err := when.Times(text)
	switch {
	case errors.Is(err, when.ErrZone):
		return Value{}, &refusal{why: "run.refuse.zone", args: map[string]Arg{"zone": {Plain: e.Zone}}}
	case err != nil || len(times) == 0:
		return Value{}, refuse("run.refuse.time")
	case len(times) == 1:
		return Value{Kind: ValueTime, Clock: times[0]}, nil
	}
	no := &refusal{why: "run.refuse.two-times", other: "run.other-time", ask: true}
	for _, at := range times {
		no.offers = append(no.offers, offer{pick: at, label: Arg{Clock: at}})
	}
	return Value{}, no
}
