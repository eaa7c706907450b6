package discord

import (
	"strconv"
	"strings"

	"convenor/bot"
	"convenor/flows"
)

// Limits of a form (interactions/receiving-and-responding).
const (
	titleMax  = 45
	formMax   = 5
	labelMax  = 45
	hintMax   = 100
	inputMax  = 4000
	lineMax   = 150 // our own: a shorter answer gets a box of one line
	introRoom = 3900
)

// appName is the title of a form that has none of its own. It is a name and reads the same in every language.
const appName = "Convenor"

// dressForm is a form as Discord takes it. Of its five places the words before the fields need one; a form that has five
// fields says them under the first field's label, before its hint.
func dressForm(f bot.Form, guild string) modal {
	out := modal{CustomID: customID(guild, f.Locale, 0, f.Token), Title: cut(first(tidy(f.Title), appName), titleMax), Components: []component{}}
	intro, spoken := textOf(f.Intro, textMax), ""
	if len(f.Fields) < formMax && intro != "" {
		out.Components = append(out.Components, component{Type: typeDisplay, Content: cut(intro, introRoom)})
	} else {
		for _, b := range f.Intro {
			spoken = strings.TrimSpace(spoken + " " + tidy(b.Text))
		}
	}
	seen := map[string]bool{}
	for _, field := range f.Fields {
		in, ok := input(field)
		if !ok || seen[field.ID] || len(out.Components) == formMax {
			continue
		}
		seen[field.ID] = true
		hint := strings.TrimSpace(clean(first(field.Error, field.Hint)))
		if spoken != "" && field.Error == "" {
			hint = strings.TrimSpace(spoken + "\n" + hint)
		}
		spoken = ""
		out.Components = append(out.Components, component{
			Type: typeLabel, Label: cut(first(tidy(field.Label), "…"), labelMax), Description: cut(hint, hintMax), Component: &in,
		})
	}
	if len(out.Components) == 0 { // nothing to fill in: Discord refuses a form without anything
		out.Components = append(out.Components, component{Type: typeDisplay, Content: escape(out.Title)})
	}
	return out
}

// input is the widget of a field; false when there is nothing to choose from.
func input(f bot.Field) (component, bool) {
	required, none := !f.Optional, 0
	in := component{CustomID: f.ID, Required: &required}
	if f.ID == "" || len(f.ID) > customMax {
		return in, false
	}
	if f.Optional {
		in.MinValues = &none
	}
	switch f.Field {
	case flows.FieldPerson:
		in.Type = typeUserSelect
		if len(f.Value.Picks) == 1 && isSnowflake(f.Value.Picks[0]) {
			in.Defaults = []picked{{ID: f.Value.Picks[0], Type: "user"}}
		}
	case flows.FieldChoice, flows.FieldConsent, flows.FieldScale:
		in.Type, in.Options = typeSelect, options(f.Options, firstOf(f.Value.Picks))
	case flows.FieldMany:
		in.Type, in.Options = typeSelect, options(f.Options, f.Value.Picks)
		most := min(len(in.Options), optionsMax)
		if f.Max > 0 {
			most = min(most, f.Max)
		}
		in.MaxValues = &most
	case flows.FieldDate, flows.FieldText, flows.FieldNumber, flows.FieldTime, flows.FieldLink, flows.FieldRank, flows.FieldPoints:
		// Discord has no widget for a date or a number: what is typed is read by one parser of ours.
		in.MinValues = nil
		textInput(&in, f)
		return in, true
	}
	in.Options = in.Options[:min(len(in.Options), optionsMax)]
	return in, in.Type == typeUserSelect || len(in.Options) > 0
}

func textInput(in *component, f bot.Field) {
	limit := inputMax
	if f.Max > 0 {
		limit = min(f.Max, inputMax)
	}
	in.Type, in.Style, in.MaxLength = typeText, 1, limit
	if f.Field == flows.FieldText && limit > lineMax {
		in.Style = 2
	}
	if f.Field == flows.FieldRank || f.Field == flows.FieldPoints {
		in.Style = 2
	}
	in.Value = typed(cut(clean(f.Value.Text), limit))
	if f.Field == flows.FieldDate && in.Value == "" && len(f.Value.Picks) == 1 {
		in.Value = typed(clean(f.Value.Picks[0]))
	}
}

func firstOf(list []string) []string { return list[:min(len(list), 1)] }

// isSnowflake reports whether s looks like an id of Discord's: a form that starts with anything else is refused.
func isSnowflake(s string) bool {
	_, err := strconv.ParseUint(s, 10, 63)
	return err == nil
}
