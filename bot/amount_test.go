package bot

import (
	"maps"
	"testing"

	"convenor/flows"
)

func TestAmount(t *testing.T) {
	t.Parallel()
	people := flows.Text{flows.English: "people", flows.Spanish: "personas"}
	for _, c := range []struct {
		amount string
		unit   flows.Text
		locale flows.Locale
		want   string
	}{
		{"0", nil, flows.English, "0"},
		{"999", nil, flows.English, "999"},
		{"1200", nil, flows.English, "1,200"},
		{"1200", nil, flows.Spanish, "1,200"},
		{"1234567.50", nil, flows.English, "1,234,567.50"},
		{"-1200", nil, flows.English, "-1,200"},
		{"-0.5", nil, flows.English, "-0.5"},
		{"12", people, flows.English, "12 people"},
		{"12", people, flows.Spanish, "12 personas"},
		{"1200", flows.Text{flows.English: "$", flows.Spanish: "$"}, flows.Spanish, "$1,200"},
		{"12.5", flows.Text{flows.English: "%", flows.Spanish: "%"}, flows.English, "12.5%"},
	} {
		s := &speaker{locale: c.locale}
		if got := s.amount(flows.Arg{Amount: c.amount, Unit: c.unit}); got != c.want {
			t.Errorf("%s in %s is %q, not %q", c.amount, c.locale, got, c.want)
		}
	}
}

// TestEachOption takes what a form's fields hold apart: those of one question alone.
func TestEachOption(t *testing.T) {
	t.Parallel()
	got := eachOption("money", map[string]flows.Input{
		"money" + flows.FieldMark + "a": {Text: "5"}, "money" + flows.FieldMark + "b": {}, "moneys" + flows.FieldMark + "c": {Text: "1"}, "money": {Text: "2"},
	})
	if want := map[string]string{"a": "5", "b": ""}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
