package bot

import (
	"context"
	"fmt"
	"strings"

	"convenor/flows"
	"convenor/flows/when"
)

// historyShown is how many audit lines one message shows: as many as can be read on a phone.
const historyShown = 15

// history shows a coordinator who changed what, and when: never what was written.
func (v *visit) history(ctx context.Context, _ string) error {
	lines, err := v.b.Ledger.History(ctx, v.coalition, historyShown)
	if err != nil {
		return fmt.Errorf("show the audit lines: %w", err)
	}
	m := flows.Message{Parts: []flows.Part{said(flows.StyleHeading, "log.title", nil)}}
	for _, line := range lines {
		m.Parts = append(m.Parts, v.historyLine(line))
	}
	m.Parts = append(m.Parts, said(flows.StyleSmall, "log.about", nil))
	v.whisper = &m
	return nil
}

// historyLine is one audit line in words.
func (v *visit) historyLine(line flows.Audit) flows.Part {
	at := line.At.In(v.zone(v.person))
	args := map[string]flows.Arg{
		"date": {Date: when.Today(line.At, v.zone(v.person))}, "time": {Clock: at.Format("15:04")}, "name": {Person: line.Person},
	}
	domain, what, _ := strings.Cut(strings.TrimPrefix(line.Verb, "/"), ".")
	switch {
	case line.Person == "" || line.Verb == "sweep":
		return said(flows.StyleItem, "log.bot", args)
	case domain == string(flows.VerbRole) && what != "":
		args["who"], args["role"] = flows.Arg{Person: line.Object}, flows.Arg{Words: "me.role." + what}
		return said(flows.StyleItem, "log.role", args)
	case domain == "step":
		return said(flows.StyleItem, "log.step", args)
	case runVerb(flows.Verb(line.Verb)) || line.Verb == "type":
		return said(flows.StyleItem, "log.answer", args)
	default:
		return said(flows.StyleItem, "log.other", args)
	}
}
