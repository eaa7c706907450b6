package bot

import (
	"testing"

	"convenor/content"
	"convenor/flows"
)

func TestClock(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		locale      flows.Locale
		hour, shown string
	}{
		{flows.English, "09:00", "9:00 AM"},
		{flows.English, "00:05", "12:05 AM"},
		{flows.English, "12:00", "12:00 PM"},
		{flows.Spanish, "09:00", "9:00 a.m."},
		{flows.Spanish, "20:30", "8:30 p.m."},
		{flows.Spanish, "soon", "soon"},
	} {
		m := Voice{Pack: pack}.Message(flows.Message{Parts: []flows.Part{{
			Style: flows.StyleBody, Text: flows.Text{flows.English: "{at}", flows.Spanish: "{at}"},
			Args: map[string]flows.Arg{"at": {Clock: tt.hour}},
		}}}, Reader{Locale: tt.locale})
		if got := m.Blocks[0].Text; got != tt.shown {
			t.Errorf("%s in %s: %q, wanted %q", tt.hour, tt.locale, got, tt.shown)
		}
	}
}
