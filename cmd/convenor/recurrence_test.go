package main

import (
	"testing"

	"convenor/bot"
	"convenor/content"
	"convenor/flows"
	"convenor/flows/when"
)

// TestRecurrencesAreSaidBack reads recurrences in people's words and says them back, in both languages.
func TestRecurrencesAreSaidBack(t *testing.T) {
	t.Parallel()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text   string
		en, es []string
	}{
		{"every day", []string{"Every day.", "The first time is Wednesday, November 25."}, []string{"Cada día.", "La primera vez es el miércoles, 25 de noviembre."}},
		{
			"every other Tuesday and Thursday at 3pm",
			[]string{"Every 2 weeks: Tuesday and Thursday.", "The first time is Thursday, November 26, 3:00 PM (America/Chicago)."},
			[]string{"Cada 2 semanas: martes y jueves.", "La primera vez es el jueves, 26 de noviembre, 3:00 p.m. (America/Chicago)."},
		},
		{
			"the 1st and 3rd Tuesday of each month",
			[]string{"Every month: the first and third Tuesday.", "The first time is Tuesday, December 1."},
			[]string{"Cada mes: el primer y tercer martes.", "La primera vez es el martes, 1 de diciembre."},
		},
		{
			"el quinto lunes de cada mes",
			[]string{"Every month: the fifth Monday.", "A month without a fifth one is left out.", "The first time is Monday, November 30."},
			[]string{"Cada mes: el quinto lunes.", "Si un mes no tiene un quinto, ese mes no toca.", "La primera vez es el lunes, 30 de noviembre."},
		},
		{
			"the 15th and 30th of every month",
			[]string{"Every month, on day 15 and 30.", "If a month does not have that day, it is the last day of the month.", "The first time is Monday, November 30."},
			[]string{"Cada mes, el día 15 y 30.", "Si un mes no tiene ese día, es el último día del mes.", "La primera vez es el lunes, 30 de noviembre."},
		},
		{
			"monthly on the 31st",
			[]string{"Every month, on the last day.", "The first time is Monday, November 30."},
			[]string{"Cada mes, el último día.", "La primera vez es el lunes, 30 de noviembre."},
		},
		{
			"every February 29",
			[]string{"Every year: February 29.", "If a month does not have that day, it is the last day of the month.", "The first time is Sunday, February 28, 2027."},
			[]string{"Cada año: el 29 de febrero.", "Si un mes no tiene ese día, es el último día del mes.", "La primera vez es el domingo, 28 de febrero de 2027."},
		},
		{
			"every year on the last Thursday of April",
			[]string{"Every year: the last Thursday of April.", "The first time is Thursday, April 29, 2027."},
			[]string{"Cada año: el último jueves de abril.", "La primera vez es el jueves, 29 de abril de 2027."},
		},
		{
			"every March 31",
			[]string{"Every year: the last day of March.", "The first time is Wednesday, March 31, 2027."},
			[]string{"Cada año: el último día de marzo.", "La primera vez es el miércoles, 31 de marzo de 2027."},
		},
	} {
		rules, err := when.Recurrences(tt.text, "2026-11-25", "en")
		if err != nil {
			t.Fatal(tt.text, err)
		}
		for locale, want := range map[flows.Locale][]string{flows.English: tt.en, "es": tt.es} {
			m := bot.Voice{Pack: pack}.Message(flows.Message{Parts: flows.RecurrenceParts(rules[0], "America/Chicago")}, bot.Reader{Locale: locale, Today: "2026-11-25"})
			if len(m.Blocks) != len(want) {
				t.Fatalf("%s: %+v", tt.text, m.Blocks)
			}
			for i, said := range want {
				if got := m.Blocks[i].Text; got != said {
					t.Errorf("%s: %q, not %q", tt.text, got, said)
				}
			}
		}
	}
	if flows.RecurrenceParts(when.Recurrence{}, "UTC") != nil {
		t.Error("what is no recurrence is said")
	}
}
