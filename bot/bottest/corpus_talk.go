package bottest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// Flows are the flows of a pack: those that its activities name, and those that files in dir are called after.
func Flows(pack bot.Pack, dir string) ([]flows.Definition, error) {
	var list []flows.Definition
	for _, a := range pack.Activities() {
		for _, id := range []string{a.Round, a.Alone} {
			if d, ok := pack.Flow(id); ok {
				list = append(list, d)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("find flows: %w", err)
	}
	for _, file := range files {
		if d, ok := pack.Flow(strings.TrimSuffix(filepath.Base(file), ".yaml")); ok {
			list = append(list, d)
		}
	}
	return list, nil
}

// Talk is everything that a flow shows to those who go through it in one language: each question with its form, its
// guidance and what is said to an answer that cannot be taken; pauses, changes and the end. It goes through the flow as
// often as its longest menu has options, and picks another each time. The error names what it could not come by.
func Talk(pack bot.Pack, d flows.Definition, locale flows.Locale) ([]Piece, error) {
	f, err := flows.Compile(d)
	if err != nil {
		return nil, fmt.Errorf("talk through %s: %w", d.ID, err)
	}
	c := &talk{voice: bot.Voice{Pack: pack}, f: f, def: d, locale: locale, seen: map[string]bool{}, asked: map[string]bool{}}
	rounds := 3 // by answering, by not knowing, and by passing over
	for _, n := range d.Nodes {
		rounds = max(rounds, len(n.Options)+3, n.Last-n.First+3)
	}
	for round := range rounds {
		if err := c.through(round, rounds); err != nil {
			return nil, fmt.Errorf("talk through %s: %w", d.ID, err)
		}
	}
	for _, n := range d.Nodes {
		if (n.Kind == flows.NodeAsk) && !c.asked[n.ID] {
			return nil, fmt.Errorf("talk through %s: never came to %s", d.ID, n.ID)
		}
	}
	return c.pieces, nil
}

// talk is one way through a flow after the other.
type talk struct {
	voice  bot.Voice
	f      *flows.Flow
	def    flows.Definition
	locale flows.Locale
	pieces []Piece
	seen   map[string]bool
	asked  map[string]bool

	run     flows.Run
	texts   map[string]string
	answers map[string]flows.Answer // by node and person
	events  int
}

// The people of a talk. The first leads.
const (
	first  = "dana"
	second = "sam"
)

// stepsMax bounds one way through a flow, should it go round in circles.
const stepsMax = 400

func (c *talk) through(round, rounds int) error {
	c.texts, c.answers = map[string]string{}, map[string]flows.Answer{}
	c.run = flows.Run{ID: "runrunrunrunrunr", Flow: c.def.ID, Hash: c.f.Hash(), Person: first, Group: c.def.Group}
	if c.def.Group {
		c.run.Space = "space"
	}
	err := c.send(first, flows.Event{Kind: flows.EventStart})
	for range stepsMax {
		if err != nil || c.run.State == flows.StateDone || c.run.State == flows.StateCancelled {
			break
		}
		c.asked[c.run.Node] = true
		if round == 0 {
			err = c.aside()
		}
		if err == nil {
			err = c.answer(round, rounds)
		}
	}
	if err != nil {
		return err
	}
	if c.run.State != flows.StateDone && c.run.State != flows.StateCancelled {
		return errors.New("it does not come to an end")
	}
	return c.after(round)
}

// aside does everything at a question that leaves it as it is, or comes back to it.
func (c *talk) aside() error {
	node, wrong := c.run.Node, []string{"no-such"}
	n, _ := c.f.Node(node)
	if n.Field == flows.FieldPerson {
		wrong = nil // whoever is picked may be somebody
	}
	for _, e := range []flows.Event{
		{Kind: flows.EventForm},
		{Kind: flows.EventPage},
		{Kind: flows.EventMore},
		{Kind: flows.EventUnknown},
		{Kind: flows.EventAnswer},
		{Kind: flows.EventAnswer, Form: true},
		{Kind: flows.EventAnswer, Form: true, Input: flows.Input{Text: "\u200b", Picks: wrong}},
		{Kind: flows.EventPause},
		{Kind: flows.EventMore},
		{Kind: flows.EventRemind},
		{Kind: flows.EventResume},
		{Kind: flows.EventCancel},
		{Kind: flows.EventResume},
	} {
		if e.Kind == flows.EventCancel && (c.run.Group || len(c.asked) == 1) {
			continue // it would be the end: a group's, or one without an answer that a second thought could save
		}
		if n.Field == flows.FieldConsent && (e.Kind == flows.EventForm || e.Form) {
			continue // yes and no are buttons, never a form
		}
		e.Node = node
		if err := c.send(first, e); err != nil {
			return err
		}
		if c.run.State == flows.StateDone || c.run.State == flows.StateCancelled || c.run.Node != node {
			return fmt.Errorf("%s at %s did not leave it as it was", e.Kind, node)
		}
	}
	return nil
}

// answer brings the waiting question to its end: by another answer each round, and in the last two by a pass or by not
// knowing.
func (c *talk) answer(round, rounds int) error {
	n, _ := c.f.Node(c.run.Node)
	e := flows.Event{Kind: flows.EventAnswer, Node: n.ID, Input: good(n, round)}
	if n.Field == flows.FieldRank || n.Field == flows.FieldPoints {
		e.Form = true
	}
	if !n.Required {
		switch rounds - round {
		case 1:
			e = flows.Event{Kind: flows.EventSkip, Node: n.ID}
		case 2:
			e = flows.Event{Kind: flows.EventUnknown, Node: n.ID, Form: true, Input: flows.Input{Text: "My neighbour"}}
		}
	}
	before := c.run.Rev
	if err := c.send(first, e); err != nil {
		return err
	}
	if !c.run.Group {
		if c.run.Rev == before {
			return fmt.Errorf("%s: %q was not taken", n.ID, e.Input)
		}
		return nil
	}
	if err := c.send(second, e); err != nil {
		return err
	}
	if c.run.Node == n.ID && c.run.State == flows.StateOpen {
		return c.send(first, flows.Event{Kind: flows.EventNext, Node: n.ID})
	}
	return nil
}

// good is an answer that can be taken.
func good(n flows.Node, round int) flows.Input {
	pick := func() []string { return []string{n.Options[round%len(n.Options)].ID} }
	switch n.Field {
	case flows.FieldChoice, flows.FieldMany:
		return flows.Input{Picks: pick()}
	case flows.FieldConsent:
		return flows.Input{Picks: []string{[]string{flows.Yes, flows.No}[round%2]}}
	case flows.FieldScale:
		return flows.Input{Picks: []string{strconv.Itoa(n.First + round%(n.Last-n.First+1))}}
	case flows.FieldDate:
		return flows.Input{Picks: []string{"2026-05-01"}}
	case flows.FieldPerson:
		return flows.Input{Picks: []string{second}}
	case flows.FieldNumber:
		return flows.Input{Text: strconv.Itoa(max(n.Min, 1))}
	case flows.FieldTime:
		return flows.Input{Text: "15:30"}
	case flows.FieldLink:
		return flows.Input{Text: "https://example.org/page"}
	case flows.FieldRank:
		var order []string
		for i := range n.Options {
			order = append(order, strconv.Itoa(i+1))
		}
		return flows.Input{Text: strings.Join(order, " ")}
	case flows.FieldPoints:
		return flows.Input{Text: strconv.Itoa(n.Points) + strings.Repeat(" 0", len(n.Options)-1)}
	case flows.FieldText:
	}
	return flows.Input{Text: "Ask Rosa & *Bo*, <@U1>"}
}

// after does what can be done when all is said: change each answer, and sort what a group said.
func (c *talk) after(round int) error {
	if round > 1 {
		return nil
	}
	for _, n := range c.def.Nodes {
		if n.Kind != flows.NodeAsk {
			continue
		}
		kinds := []flows.EventKind{flows.EventChange, flows.EventResume}
		if c.run.Group {
			kinds = []flows.EventKind{flows.EventMore, flows.EventSort, flows.EventLook, flows.EventMake}
		}
		for _, kind := range kinds {
			if err := c.send(first, flows.Event{Kind: kind, Node: n.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// send lets somebody do something, and keeps what they are shown.
func (c *talk) send(who string, e flows.Event) error {
	c.events++
	at := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC).Add(time.Duration(c.events) * time.Minute)
	e.At, e.Today, e.Zone, e.Locale, e.Person, e.Via = at, at.Format(time.DateOnly), "America/Chicago", c.locale, who, "slack"
	e.TextID, e.Lead = "text"+strconv.Itoa(c.events), who == first
	if e.Kind == flows.EventPage {
		e.Input = flows.Input{}
	}
	if c.run.Group {
		c.crowd(&e)
	}
	run, effects, err := flows.Advance(c.f, c.run, e)
	if err != nil {
		return fmt.Errorf("%s at %s: %w", e.Kind, c.run.Node, err)
	}
	c.run = run
	for _, effect := range effects {
		switch effect := effect.(type) {
		case flows.KeepText:
			c.texts[effect.ID] = effect.Text
		case flows.KeepAnswer:
			c.answers[effect.Answer.Node+"."+effect.Answer.Person] = effect.Answer
		case flows.DropText, flows.KeepRequest, flows.HandOver, flows.Arm, flows.Begin, flows.Say, flows.Edit, flows.Whisper, flows.OpenForm:
		}
	}
	for _, effect := range effects {
		c.show(e, effect)
	}
	return nil
}

// crowd adds what a group knows, as the shell does.
func (c *talk) crowd(e *flows.Event) {
	node := e.Node
	if node == "" {
		node = c.run.Node
	}
	if a, ok := c.answers[node+"."+e.Person]; ok {
		e.Prior = &a.Value
	}
	e.Here, e.Clocks = 3, map[string]time.Time{}
	for _, clock := range c.f.Clocks() {
		e.Clocks[clock] = e.At.Add(time.Hour)
	}
	for _, n := range c.def.Nodes {
		for _, who := range []string{first, second} {
			a, ok := c.answers[n.ID+"."+who]
			if !ok {
				continue
			}
			e.Joined = e.Joined || who == e.Person
			e.Answers = append(e.Answers, a)
			if n.ID == c.run.Node && (who != e.Person || e.Kind == flows.EventNext) {
				e.Closing = append(e.Closing, a)
			}
		}
	}
	if !c.f.NeedsAnswers(c.run, *e) {
		e.Answers, e.Closing = nil, nil
	}
}

// show renders an effect for its reader and keeps what was not seen before.
func (c *talk) show(e flows.Event, effect flows.Effect) {
	r := bot.Reader{Locale: c.locale, Today: e.Today, Texts: c.texts, Names: map[string]string{first: "Dana Reyes", second: "Sam <@U1> Lee"}}
	var p Piece
	switch effect := effect.(type) {
	case flows.Say:
		p.Message = new(c.voice.Message(effect.Message, r))
	case flows.Edit:
		p.Message = new(c.voice.Message(effect.Message, r))
	case flows.Whisper:
		p.Message = new(c.voice.Message(effect.Message, r))
	case flows.OpenForm:
		p.Form = new(c.voice.Form(effect.Form, r))
	case flows.KeepText, flows.DropText, flows.KeepAnswer, flows.KeepRequest, flows.HandOver, flows.Arm, flows.Begin:
		return
	}
	raw, err := json.Marshal(p)
	if err != nil || c.seen[string(raw)] {
		return
	}
	c.seen[string(raw)] = true
	p.Name = fmt.Sprintf("%s.%s.%s.%s.%d", c.def.ID, cmp.Or(e.Node, c.run.Node, "end"), e.Kind, c.locale, len(c.pieces))
	c.pieces = append(c.pieces, p)
}
