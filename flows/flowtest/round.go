package flowtest

import (
	"fmt"
	"slices"
	"time"

	"convenor/flows"
)

// moveTo lets a day begin at 9:00.
func (p *player) moveTo(date string) error {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return fmt.Errorf("read today: %w", err)
	}
	return p.until(day.Add(9 * time.Hour))
}

// wait lets time pass.
func (p *player) wait(words string) error {
	d, err := time.ParseDuration(words)
	if err != nil {
		return fmt.Errorf("read how long: %w", err)
	}
	return p.until(p.at.Add(d))
}

// until moves the clock, and sends what was armed for a time before it, as a sweep does, the earliest first.
func (p *player) until(end time.Time) error {
	due := slices.DeleteFunc(slices.Clone(p.armed), func(a flows.Arm) bool { return a.At.After(end) })
	p.armed = slices.DeleteFunc(p.armed, func(a flows.Arm) bool { return !a.At.After(end) })
	slices.SortStableFunc(due, func(a, b flows.Arm) int { return a.At.Compare(b.At) })
	var came []string
	for _, a := range due {
		p.at = a.At.Add(-time.Minute) // send lets a minute pass
		p.today = a.At.Format(time.DateOnly)
		if err := p.send(person{}, flows.Event{Kind: a.Kind}); err != nil {
			return err
		}
		came = append(came, p.came...)
	}
	p.at, p.today, p.came = end, end.Format(time.DateOnly), came
	return nil
}

// group adds what the group knows, as the shell does.
func (p *player) group(e *flows.Event) {
	node := e.Node
	if node == "" {
		node = p.run.Node
	}
	if a, ok := p.answers[node+"."+e.Person]; ok {
		e.Prior = &a.Value
	}
	e.Clocks = p.clocks()
	if e.Kind == flows.EventStart {
		e.Here, e.Last = p.script.here, p.script.last
	}
	for _, who := range p.script.people {
		for _, n := range p.flow.Definition().Nodes {
			a, ok := p.answers[n.ID+"."+who.id]
			if !ok {
				continue
			}
			e.Joined = e.Joined || who.id == e.Person
			e.Answers = append(e.Answers, a)
			if n.ID == p.run.Node && (who.id != e.Person || e.Kind == flows.EventNext) {
				e.Closing = append(e.Closing, a)
			}
		}
	}
	if !p.flow.NeedsAnswers(p.run, *e) { // the shell does not read them then
		e.Answers, e.Closing = nil, nil
	}
}

// clocks are the instants at which the times of day that the flow names come next.
func (p *player) clocks() map[string]time.Time {
	next := map[string]time.Time{}
	for _, clock := range p.flow.Clocks() {
		of, err := time.Parse("15:04", clock)
		if err != nil {
			continue
		}
		at := p.at.Truncate(24 * time.Hour).Add(time.Duration(of.Hour())*time.Hour + time.Duration(of.Minute())*time.Minute)
		if !at.After(p.at) {
			at = at.Add(24 * time.Hour)
		}
		next[clock] = at
	}
	return next
}
