package flowtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"convenor/flows"
)

// Pack is what a script needs of a pack.
type Pack interface {
	// Flow returns the current definition of a flow; ok is false when there is none.
	Flow(id string) (flows.Definition, bool)
	// Word returns the catalogue's words for a key in the plural form that count asks for; below zero nothing is
	// counted.
	Word(locale flows.Locale, key string, count int) (words string, ok bool)
}

// Play plays a script. The error, if any, joins everything that went otherwise than the script expects; each part
// begins with name and line. A run that cannot go on ends the script.
func Play(pack Pack, name string, text []byte) error {
	_, err := play(pack, name, text)
	return err
}

// Sent plays a script and returns the kinds of event that happened in it, sorted, each once.
func Sent(pack Pack, name string, text []byte) ([]flows.EventKind, error) {
	p, err := play(pack, name, text)
	if p == nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(p.sent)), err
}

// Record plays a script and returns it with what came back in place of what it expects. The error says what stopped
// it; then only what came before is there.
func Record(pack Pack, name string, text []byte) ([]byte, error) {
	p, err := play(pack, name, text)
	if p == nil {
		return nil, err
	}
	var out bytes.Buffer
	said := 0
	for line := range strings.Lines(string(text)) {
		isAct, isComment := strings.HasPrefix(line, "> "), strings.HasPrefix(line, "#")
		if said == 0 || isAct || isComment {
			out.WriteString(line)
		}
		if isAct && said == len(p.got) {
			break
		}
		if isAct {
			for _, got := range p.got[said] {
				out.WriteString(got + "\n")
			}
			out.WriteString("\n")
			said++
		}
	}
	if errors.Is(err, errOtherwise) {
		err = nil
	}
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), err
}

// errOtherwise marks a difference between what came and what was expected: the script goes on after it.
var errOtherwise = errors.New("came otherwise")

// play plays a script as far as it goes.
func play(pack Pack, name string, text []byte) (*player, error) {
	s, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	p, err := newPlayer(pack, s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var faults []error
	for _, a := range s.acts {
		p.came = nil
		if err := p.act(a); err != nil {
			return p, errors.Join(append(faults, fmt.Errorf("%s:%d: %s: %w", name, a.line, a.did, err))...)
		}
		p.got = append(p.got, p.came)
		if diff := compare(a.want, p.got[len(p.got)-1]); diff != "" {
			faults = append(faults, fmt.Errorf("%s:%d: %s: %w (- expected, + came):\n%s", name, a.line, a.did, errOtherwise, diff))
		}
	}
	return p, errors.Join(faults...)
}

// player is a script under way.
type player struct {
	pack    Pack
	script  script
	flow    *flows.Flow
	run     flows.Run
	today   string
	at      time.Time
	events  int
	sent    map[flows.EventKind]bool
	texts   map[string]string
	answers map[string]flows.Answer // by node and person
	screen  []shown
	seen    []shown               // everything ever shown, whispers and edits included
	forms   map[string]flows.Form // the open form of each person
	last    map[string]press      // the last press of each person
	armed   []flows.Arm           // not fired yet
	got     [][]string            // what came, for each action
	came    []string              // for the event that was sent last
}

// shown is a message on screen. Who is a person's id, or empty for the space; a whisper has no key.
type shown struct {
	who     string
	message flows.Message
}

// press is one press of a control.
type press struct {
	token flows.Token
	picks []string
}

func newPlayer(pack Pack, s script) (*player, error) {
	d, ok := pack.Flow(s.flow)
	if !ok {
		return nil, fmt.Errorf("there is no flow %q", s.flow)
	}
	f, err := flows.Compile(d)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", s.flow, err)
	}
	day, err := time.Parse(time.DateOnly, s.today)
	if err != nil {
		return nil, fmt.Errorf("read today: %w", err)
	}
	if d.Group && s.space == "" {
		return nil, errors.New("a group's flow needs a space")
	}
	return &player{
		pack: pack, script: s, flow: f, today: s.today, at: day.Add(9 * time.Hour),
		run: flows.Run{
			ID: "run", Flow: d.ID, Hash: f.Hash(), Group: d.Group, Space: s.space, Object: s.object, Nobody: s.nobody,
		},
		sent: map[flows.EventKind]bool{}, texts: map[string]string{}, answers: map[string]flows.Answer{}, forms: map[string]flows.Form{}, last: map[string]press{},
	}, nil
}

// send completes an event as the shell does, takes the run through it, and through its JSON, and notes what came.
func (p *player) send(who person, e flows.Event) error {
	p.events++
	p.sent[e.Kind] = true
	p.at = p.at.Add(time.Minute)
	e.At, e.Today, e.Locale, e.Person, e.Lead, e.Via = p.at, p.today, who.locale, who.id, who.lead, "script"
	e.TextID, e.Zone = fmt.Sprintf("text%d", p.events), "UTC"
	if p.run.Group {
		p.group(&e)
	}
	next, effects, err := flows.Advance(p.flow, p.run, e)
	if err != nil {
		return fmt.Errorf("advance: %w", err)
	}
	if p.run, err = recode(next); err != nil {
		return err
	}
	t := transcript{player: p, who: who}
	for _, effect := range effects {
		if err := t.effect(effect); err != nil {
			return err
		}
	}
	p.came = t.lines(p.run)
	return nil
}

// recode takes a run through its JSON, which must lose nothing.
func recode(run flows.Run) (flows.Run, error) {
	text, err := json.Marshal(run)
	if err != nil {
		return run, fmt.Errorf("encode run: %w", err)
	}
	var back flows.Run
	if err = json.Unmarshal(text, &back); err != nil {
		return run, fmt.Errorf("decode run: %w", err)
	}
	again, err := json.Marshal(back)
	if err != nil {
		return run, fmt.Errorf("encode run again: %w", err)
	}
	if !bytes.Equal(text, again) {
		return run, fmt.Errorf("the run's JSON changed on the way: %s, then %s", text, again)
	}
	return back, nil
}

func (p *player) person(id string) (person, error) {
	i := slices.IndexFunc(p.script.people, func(who person) bool { return who.id == id })
	if i < 0 {
		return person{}, fmt.Errorf("there is no person %q in this script", id)
	}
	return p.script.people[i], nil
}

func (p *player) named(name string) (id string, ok bool) {
	for _, who := range p.script.people {
		if who.name == name {
			return who.id, true
		}
	}
	return "", false
}
