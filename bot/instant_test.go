package bot

import (
	"slices"
	"testing"
	"time"

	"convenor/content"
	"convenor/flows"
)

// TestInstants: an instant is told in the zone of the reader, which is named, and goes along for a platform that can show
// it by each reader's own clock. A civil date never does, and neither does what somebody typed.
func TestInstants(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	denver, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 6, 6, 2, 30, 0, 0, time.UTC)
	args := map[string]flows.Arg{"at": {At: at}, "due": {Date: "2026-06-05"}, "typed": {TextID: "x"}}
	for _, tt := range []struct {
		name, text, typed string
		reader            Reader
		shown             string
		instants          int
	}{
		{"told", "We go on: {at}.", "", Reader{Zone: denver, Today: "2026-06-01"}, "We go on: Friday, June 5, 8:30 PM (America/Denver).", 1},
		{"in Spanish", "We go on: {at}.", "", Reader{Locale: flows.Spanish, Zone: denver, Today: "2026-06-01"}, "Seguimos: viernes, 5 de junio, 8:30 p.m. (America/Denver).", 1},
		{"another year, no zone", "We go on: {at}.", "", Reader{Today: "2025-06-01"}, "We go on: Saturday, June 6, 2026, 2:30 AM (UTC).", 1},
		{"a civil date", "By {due}.", "", Reader{Zone: denver, Today: "2026-06-01"}, "By Friday, June 5.", 0},
		{"typed", "{typed}: {at}.", "<t:1:F> <!date^1^{date}|x>", Reader{Zone: denver, Today: "2026-06-01"}, "<t:1:F> <!date^1^{date}|x>: Friday, June 5, 8:30 PM (America/Denver).", 1},
		{
			"typed just so", "{typed}: {at}.", "Friday, June 5, 8:30 PM (America/Denver)",
			Reader{Zone: denver, Today: "2026-06-01"},
			"Friday, June 5, 8:30 PM (America/Denver): Friday, June 5, 8:30 PM (America/Denver).", 0,
		},
	} {
		tt.reader.Texts = map[string]string{"x": tt.typed}
		said := flows.Text{flows.English: tt.text, flows.Spanish: "Seguimos: {at}."}
		m := Voice{Pack: pack}.Message(flows.Message{
			Parts:    []flows.Part{{Style: flows.StyleBody, Text: said, Args: args}, {Style: flows.StyleBody, Words: "step.due", Args: args}},
			Controls: []flows.Control{{Kind: flows.ControlButton, Text: flows.Text{flows.English: "{at}", flows.Spanish: "{at}"}, Args: args}},
		}, tt.reader)
		if got := m.Blocks[0]; got.Text != tt.shown || len(got.Instants) != tt.instants || tt.instants == 1 && got.Instants[0].At != at.Unix() {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if len(m.Blocks[1].Instants) > 0 {
			t.Errorf("%s: another paragraph tells %v", tt.name, m.Blocks[1].Instants)
		}
		if !slices.Contains([]string{"Friday, June 5, 8:30 PM (America/Denver)", "viernes, 5 de junio, 8:30 p.m. (America/Denver)", "Saturday, June 6, 2026, 2:30 AM (UTC)"}, m.Controls[0].Label) {
			t.Errorf("%s: a button reads %q", tt.name, m.Controls[0].Label)
		}
	}
}
