package bot_test

import (
	"testing"

	"convenor/bot"
	"convenor/content"
	"convenor/flows"
)

// edited is a pack in which the flow "step" calls its first question otherwise once changed is set.
type edited struct {
	bot.Pack
	changed bool
}

func (p *edited) Flow(id string) (flows.Definition, bool) {
	d, ok := p.Pack.Flow(id)
	if id != "step" || !p.changed {
		return d, ok
	}
	f, err := flows.Compile(d)
	if err != nil {
		return d, false
	}
	d = f.Definition()
	for i := range d.Nodes {
		d.Nodes[i] = d.Nodes[i].Renamed(func(node string) string {
			if node == "what" {
				return "task"
			}
			return node
		})
	}
	d.Carry = []flows.CarryFrom{{From: flows.CarryPrevious, Nodes: map[string]string{"what": "task"}}}
	return d, true
}

// TestCarried pauses a conversation, edits its flow, and goes on: in the new one, with every answer.
func TestCarried(t *testing.T) {
	t.Parallel()
	embedded, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	pack := &edited{Pack: embedded}
	h := newHouseWith(t, pack)
	rosa := h.on("rosa")
	rosa.commands(t, "step", "")
	rosa.types(t, "First words")
	rosa.presses(t, flows.VerbPause)
	before := decoded[flows.Run](t, h.records(t, flows.KindRun)[0])
	pack.changed = true
	rosa.presses(t, flows.VerbResume)
	mustSay(t, whispered(t, *rosa.last), "The questions were updated since.")
	after := decoded[flows.Run](t, h.records(t, flows.KindRun)[0])
	if after.Hash == before.Hash || after.State != flows.StateOpen || after.Node != before.Node || after.Rev != before.Rev+1 {
		t.Errorf("%+v", after)
	}
	if after.Values()["task"].TextID != before.Values()["what"].TextID || len(h.records(t, flows.KindFlow)) != 2 {
		t.Errorf("%+v", after.Values())
	}
}
