package flows_test

import (
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"convenor/flows"
)

var events = flag.Int("events", 15_000, "how many events TestAdvanceAnything makes happen")

// TestAdvanceAnything is FuzzAdvance over many seeds, for every test run. With -events it goes on until that many events
// have happened, and says so.
func TestAdvanceAnything(t *testing.T) {
	t.Parallel()
	const each = 100
	var mutex sync.Mutex
	tried := tally{}
	var next atomic.Uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			mine := tally{}
			for {
				seed := next.Add(1)
				if seed*(each+1) > uint64(*events)+each || t.Failed() {
					break
				}
				mine.add(wander(t, seed, each))
			}
			mutex.Lock()
			defer mutex.Unlock()
			for what, count := range mine {
				tried[what] += count
			}
		})
	}
	workers.Wait()
	for _, what := range []string{
		"ended open", "ended paused", "ended done", "ended cancelled", "list", "condition", "group", "page", "given elsewhere", "yes to remove:", "yes to change:", "yes to cancel",
	} {
		if tried[what] == 0 {
			t.Errorf("never tried: %s", what)
		}
	}
	t.Logf("%d events in %d conversations, %d taken: %v", tried["events"], tried["conversations"], tried["taken"], tried)
}

// tally counts what was tried.
type tally map[string]int

func (c tally) add(w *wanderer) {
	c["conversations"]++
	c["events"] += w.events
	c["taken"] += int(w.run.Rev)
	c["ended "+string(w.run.State)]++
	if w.def.Group {
		c["group"]++
	}
	for _, n := range w.def.Nodes {
		switch {
		case n.Kind == flows.NodeRepeat:
			c["list"]++
		case len(n.Cases) > 0 && n.Cases[0].When != "":
			c["condition"]++
		}
	}
	for what, count := range w.did {
		c[what] += count
	}
}

// messages checks everything that is said: it can be sent, pressed and edited.
func (w *wanderer) messages(out []flows.Effect) {
	for _, effect := range out {
		switch effect := effect.(type) {
		case flows.Say:
			if (effect.Person == "") == (effect.Space == "") {
				w.fatal("said to nobody, or to two")
			}
			if _, taken := w.posted[effect.Message.Key]; taken {
				w.fatal("two messages have the key %s", effect.Message.Key)
			}
			if effect.Message.Key != "" {
				w.posted[effect.Message.Key] = effect.Person + effect.Space
			}
			w.message(effect.Message)
			w.names(effect.Message)
		case flows.Edit:
			if w.posted[effect.Message.Key] != effect.Person+effect.Space {
				w.fatal("edited %q, which was said to %q", effect.Message.Key, w.posted[effect.Message.Key])
			}
			w.message(effect.Message)
		case flows.Whisper:
			w.message(effect.Message)
		case flows.OpenForm:
			w.form(effect.Form)
		case flows.KeepText, flows.DropText, flows.KeepAnswer, flows.KeepRequest, flows.HandOver, flows.Arm,
			flows.Begin:
		}
	}
}

func (w *wanderer) message(m flows.Message) {
	if len(m.Parts) == 0 || len(m.Parts) > 30 || len(m.Controls) > 12 {
		w.fatal("a message of %d parts and %d controls", len(m.Parts), len(m.Controls))
	}
	for i, p := range m.Parts {
		if (p.Words == "") == (len(p.Text) == 0) || p.Style == "" || p.Style == flows.StyleHeading && i > 0 {
			w.fatal("part %d of %s", i, encoded(w.t, m))
		}
	}
	for _, c := range m.Controls {
		if (c.Words == "") == (len(c.Text) == 0) {
			w.fatal("a control without a label: %+v", c)
		}
		if c.Kind == flows.ControlLink {
			continue
		}
		w.token(c.Token)
		if c.Token.Object == w.run.ID {
			w.controls = append(w.controls, c.Token)
		}
	}
}

func (w *wanderer) form(f flows.Form) {
	page := f.Token.Verb == flows.VerbPage && len(f.Fields) <= flows.PageMax
	node, option, apart := strings.Cut(f.Fields[0].ID, flows.FieldMark)
	if f.Title.Words == "" || apart && option == "" || !page && (len(f.Fields) > 1 && !apart || f.Token.Node != node) {
		w.fatal("form %s", encoded(w.t, f))
	}
	w.token(f.Token)
	w.controls = append(w.controls, f.Token)
}

func (w *wanderer) token(token flows.Token) {
	text := token.String()
	if back, err := flows.ParseToken(text); err != nil || back != token {
		w.fatal("token %q comes back as %+v, %v", text, back, err)
	}
}

// whole checks what a run must be at any time.
func (w *wanderer) whole() {
	r := w.run
	n, there := w.f.Node(r.Node)
	going := r.State == flows.StateOpen || r.State == flows.StatePaused
	if going != (there && n.Kind == flows.NodeAsk) {
		w.fatal("a run that is %s waits at %q", r.State, r.Node)
	}
	if _, shown := w.posted[fmt.Sprintf("run.%s.%s", r.Node, base36(r.Drawn))]; going && !shown {
		w.fatal("the waiting question was never said")
	}
	if (r.Pending != nil) != strings.HasPrefix(r.Confirm, "change:") {
		w.fatal("waits for a yes to %q with %v", r.Confirm, r.Pending)
	}
	for _, e := range r.Log[r.Sealed:] {
		if v := r.Values()[e.Node]; v.TextID != "" && !w.texts[v.TextID] {
			w.fatal("the words of %s are gone", e.Node)
		}
	}
	if r.Pending != nil && r.Pending.TextID != "" && !w.texts[r.Pending.TextID] {
		w.fatal("the words of an answer that waits are gone")
	}
	if r.State == flows.StateCancelled && len(r.Values()) > 0 && r.Sealed == 0 {
		w.fatal("cancelled with answers")
	}
	counted := map[string]int{}
	for _, a := range w.answers {
		counted[a.Node]++
	}
	for node, tally := range r.Tally {
		if tally.Answers != counted[node] || tally.Unknown < 0 || tally.Unknown > tally.Answers {
			w.fatal("%s counts %+v of %d", node, tally, counted[node])
		}
	}
}

func base36(n int64) string { return strconv.FormatInt(n, 36) }
