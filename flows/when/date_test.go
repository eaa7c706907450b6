package when_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"convenor/flows/when"
)

// The phrases are read on Wednesday, November 25, 2026.
const wednesday = "2026-11-25"

func TestDate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, locale string
		want         string // dates joined by a space
	}{
		// numbers
		{"2026-12-01", "en", "2026-12-01"},
		{" 2026-12-01 ", "es", "2026-12-01"},
		{"2026/12/01", "en", "2026-12-01"},
		{"2026-11-25", "en", "2026-11-25"},
		{"12/4", "en", "2026-12-04 2027-04-12"},
		{"12/4", "es", "2027-04-12 2026-12-04"},
		{"4/12", "en", "2027-04-12 2026-12-04"},
		{"4/12", "es", "2026-12-04 2027-04-12"},
		{"12-4", "en", "2026-12-04 2027-04-12"},
		{"4.12.", "es", "2026-12-04 2027-04-12"},
		{"12/12", "en", "2026-12-12"},
		{"12/25", "en", "2026-12-25"},
		{"12/25", "es", "2026-12-25"},
		{"25/12", "en", "2026-12-25"},
		{"25/12", "es", "2026-12-25"},
		{"12/4/2026", "en", "2026-12-04"},
		{"4/12/2026", "es", "2026-12-04"},
		{"12/4/26", "en", "2026-12-04"},
		{"3/4/2027", "en", "2027-03-04 2027-04-03"},
		{"3/4/2027", "es", "2027-04-03 2027-03-04"},
		{"1/13/2027", "en", "2027-01-13"},
		{"on 12/25", "en", "2026-12-25"},
		// near days
		{"today", "en", "2026-11-25"},
		{"hoy", "es", "2026-11-25"},
		{"Hoy mismo", "es", "2026-11-25"},
		{"tomorrow", "en", "2026-11-26"},
		{"Tomorrow!", "en", "2026-11-26"},
		{"by tomorrow", "en", "2026-11-26"},
		{"tomorrow please", "en", "2026-11-26"},
		{"mañana", "es", "2026-11-26"},
		{"MAÑANA", "es", "2026-11-26"},
		{"man\u0303ana", "es", "2026-11-26"},
		{"manana", "es", "2026-11-26"},
		{"mañana", "en", "2026-11-26"},
		{"the day after tomorrow", "en", "2026-11-27"},
		{"pasado mañana", "es", "2026-11-27"},
		// weekdays
		{"friday", "en", "2026-11-27"},
		{"Fri", "en", "2026-11-27"},
		{"by Friday.", "en", "2026-11-27"},
		{"this friday", "en", "2026-11-27"},
		{"this coming friday", "en", "2026-11-27"},
		{"monday", "en", "2026-11-30"},
		{"sunday", "en", "2026-11-29"},
		{"wednesday", "en", "2026-12-02 2026-11-25"},
		{"this coming wednesday", "en", "2026-12-02"},
		{"miércoles", "es", "2026-12-02 2026-11-25"},
		{"next friday", "en", "2026-12-04 2026-11-27"},
		{"next monday", "en", "2026-11-30"},
		{"next wednesday", "en", "2026-12-02"},
		{"friday next week", "en", "2026-12-04"},
		{"the friday of next week", "en", "2026-12-04"},
		{"viernes", "es", "2026-11-27"},
		{"el viernes", "es", "2026-11-27"},
		{"para el viernes", "es", "2026-11-27"},
		{"antes del viernes", "es", "2026-11-27"},
		{"este viernes", "es", "2026-11-27"},
		{"sábado", "es", "2026-11-28"},
		{"el martes", "es", "2026-12-01"},
		{"mar", "es", "2026-12-01"},
		{"el próximo viernes", "es", "2026-11-27 2026-12-04"},
		{"el viernes que viene", "es", "2026-11-27 2026-12-04"},
		{"viernes próximo", "es", "2026-11-27 2026-12-04"},
		{"el próximo lunes", "es", "2026-11-30"},
		{"el viernes de la próxima semana", "es", "2026-12-04"},
		{"el lunes de la semana que viene", "es", "2026-11-30"},
		// so many days ahead
		{"in 8 days", "en", "2026-12-03"},
		{"in eight days", "en", "2026-12-03"},
		{"8 days", "en", "2026-12-03"},
		{"8 days from now", "en", "2026-12-03"},
		{"in a week", "en", "2026-12-02"},
		{"a week from today", "en", "2026-12-02"},
		{"in two weeks", "en", "2026-12-09"},
		{"in 1 month", "en", "2026-12-25"},
		{"within 3 months", "en", "2027-02-25"},
		{"in 3 working days", "en", "2026-11-30"},
		{"in 2 business days", "en", "2026-11-27"},
		{"en 8 días", "es", "2026-12-03"},
		{"dentro de ocho días", "es", "2026-12-03"},
		{"dentro de 2 semanas", "es", "2026-12-09"},
		{"en una semana", "es", "2026-12-02"},
		{"en un mes", "es", "2026-12-25"},
		{"en 3 días hábiles", "es", "2026-11-30"},
		{"a partir de hoy", "es", ""},
		// months by name
		{"December 1", "en", "2026-12-01"},
		{"december 1st", "en", "2026-12-01"},
		{"Dec. 1", "en", "2026-12-01"},
		{"1 December", "en", "2026-12-01"},
		{"the 1st of December", "en", "2026-12-01"},
		{"December 1, 2026", "en", "2026-12-01"},
		{"dec 1st 26", "en", "2026-12-01"},
		{"first of December", "en", "2026-12-01"},
		{"January 5", "en", "2027-01-05"},
		{"February 29", "en", "2028-02-29"},
		{"November 25", "en", "2026-11-25"},
		{"mar 3", "en", "2027-03-03"},
		{"may 3", "en", "2027-05-03"},
		{"1 de diciembre", "es", "2026-12-01"},
		{"el 1 de diciembre", "es", "2026-12-01"},
		{"el 1º de diciembre", "es", "2026-12-01"},
		{"1ro de diciembre", "es", "2026-12-01"},
		{"primero de diciembre", "es", "2026-12-01"},
		{"el primero de enero", "es", "2027-01-01"},
		{"1 de diciembre de 2026", "es", "2026-12-01"},
		{"1 de diciembre del 2026", "es", "2026-12-01"},
		{"diciembre 1", "es", "2026-12-01"},
		{"1-dic", "es", "2026-12-01"},
		{"para el 4 de diciembre", "es", "2026-12-04"},
		{"3 de septiembre", "es", "2027-09-03"},
		{"3 de setiembre de 2027", "es", "2027-09-03"},
		// with a weekday
		{"Tuesday, December 1", "en", "2026-12-01"},
		{"Friday 12/4", "en", "2026-12-04"},
		{"martes 1 de diciembre", "es", "2026-12-01"},
		{"el viernes 4/12", "es", "2026-12-04"},
		{"viernes 4 de diciembre de 2026", "es", "2026-12-04"},
		{"Friday, December 1", "en", "2026-12-01 2026-12-04"},
		{"friday the 4th", "en", "2026-12-04"},
		// a day of the month
		{"the 15th", "en", "2026-12-15"},
		{"30th", "en", "2026-11-30"},
		{"on the 31st", "en", "2026-12-31"},
		{"el 15", "es", "2026-12-15"},
		{"el día 30", "es", "2026-11-30"},
		// ends
		{"end of month", "en", "2026-11-30"},
		{"by the end of the month", "en", "2026-11-30"},
		{"end of next month", "en", "2026-12-31"},
		{"end of December", "en", "2026-12-31"},
		{"end of October", "en", "2027-10-31"},
		{"end of February", "en", "2027-02-28"},
		{"end of the week", "en", "2026-11-27"},
		{"end of year", "en", "2026-12-31"},
		{"fin de mes", "es", "2026-11-30"},
		{"a fin de mes", "es", "2026-11-30"},
		{"para finales de mes", "es", "2026-11-30"},
		{"último día del mes", "es", "2026-11-30"},
		{"fin del próximo mes", "es", "2026-12-31"},
		{"a finales de diciembre", "es", "2026-12-31"},
		{"fin de año", "es", "2026-12-31"},
		{"fin de esta semana", "es", "2026-11-27"},
		// more than one day
		{"next week", "en", "2026-12-04 2026-11-30"},
		{"la próxima semana", "es", "2026-12-04 2026-11-30"},
		{"this weekend", "en", "2026-11-28 2026-11-29"},
		{"el fin de semana", "es", "2026-11-28 2026-11-29"},
		{"next month", "en", "2026-12-31 2026-12-01"},
		{"el mes que viene", "es", "2026-12-31 2026-12-01"},
		// none of ours
		{"", "en", ""},
		{"   ", "en", ""},
		{"soon", "en", ""},
		{"cuando se pueda", "es", ""},
		{"15", "en", ""},
		{"the", "en", ""},
		{"next", "en", ""},
		{"en", "es", ""},
		{"February 30", "en", ""},
		{"31 de abril", "es", ""},
		{"2026-13-01", "en", ""},
		{"2026-02-29", "en", ""},
		{"13/13", "en", ""},
		{"0/5", "en", ""},
		{"2126-12-01", "en", ""},
		{"in 900 months", "en", ""},
		{"1/2/3/4", "en", ""},
		{"12/4/226", "en", ""},
		{strings.Repeat("next ", 40) + "friday", "en", ""},
	}
	for _, tt := range tests {
		got, err := when.Date(tt.text, wednesday, tt.locale)
		if tt.want == "" {
			if !errors.Is(err, when.ErrUnreadable) {
				t.Errorf("%q (%s): got %v, %v; want unreadable", tt.text, tt.locale, got.Dates, err)
			}
			continue
		}
		if s := strings.Join(got.Dates, " "); err != nil || s != tt.want {
			t.Errorf("%q (%s): got %q, %v; want %q", tt.text, tt.locale, s, err, tt.want)
		}
	}
}

func TestDatePast(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, locale, date, next string }{
		{"yesterday", "en", "2026-11-24", ""},
		{"ayer", "es", "2026-11-24", ""},
		{"3 days ago", "en", "2026-11-22", ""},
		{"hace dos semanas", "es", "2026-11-11", ""},
		{"2026-11-24", "en", "2026-11-24", "2027-11-24"},
		{"2024-02-29", "en", "2024-02-29", "2028-02-29"},
		{"December 1, 2025", "en", "2025-12-01", "2026-12-01"},
		{"1 de diciembre de 2025", "es", "2025-12-01", "2026-12-01"},
		{"November 20", "en", "2026-11-20", "2027-11-20"}, // only just past: rather a slip than next year
		{"20 de noviembre", "es", "2026-11-20", "2027-11-20"},
		{"11/20", "en", "2026-11-20", "2027-11-20"},
		{"3/4/2025", "en", "2025-03-04", "2027-03-04"},
	}
	for _, tt := range tests {
		_, err := when.Date(tt.text, wednesday, tt.locale)
		var past *when.PastError
		if !errors.As(err, &past) || past.Date != tt.date || past.Next != tt.next {
			t.Errorf("%q (%s): got %v; want past %s, next %q", tt.text, tt.locale, err, tt.date, tt.next)
		}
	}
}

// TestDateOnOtherDays reads what depends on the day of the week and the end of a month.
func TestDateOnOtherDays(t *testing.T) {
	t.Parallel()
	tests := []struct{ today, text, locale, want string }{
		{"2026-11-27", "friday", "en", "2026-12-04 2026-11-27"},
		{"2026-11-27", "end of the week", "en", "2026-11-27"},
		{"2026-11-28", "end of the week", "en", "2026-12-04"},
		{"2026-11-28", "next friday", "en", "2026-12-04"},
		{"2026-11-29", "next friday", "en", "2026-12-04 2026-12-11"},
		{"2026-11-29", "friday next week", "en", "2026-12-04"},
		{"2026-11-29", "el próximo viernes", "es", "2026-12-04 2026-12-11"},
		{"2026-11-23", "next week", "en", "2026-12-04 2026-11-30"},
		{"2027-01-31", "in a month", "en", "2027-02-28"},
		{"2027-01-31", "the 30th", "en", "2027-03-30"},
		{"2026-12-31", "tomorrow", "en", "2027-01-01"},
		{"2026-12-31", "end of month", "en", "2026-12-31"},
		{"2026-12-31", "el próximo mes", "es", "2027-01-31 2027-01-01"},
		{"2028-02-28", "tomorrow", "en", "2028-02-29"},
		{"2026-11-28", "in 1 working day", "en", "2026-11-30"},
	}
	for _, tt := range tests {
		got, err := when.Date(tt.text, tt.today, tt.locale)
		if s := strings.Join(got.Dates, " "); err != nil || s != tt.want {
			t.Errorf("%s %q (%s): got %q, %v; want %q", tt.today, tt.text, tt.locale, s, err, tt.want)
		}
	}
	if _, err := when.Date("tomorrow", "no day", "en"); !errors.Is(err, when.ErrUnreadable) {
		t.Errorf("without a today: %v", err)
	}
}

// FuzzDate holds what every reading must keep: one or two real dates, none past, no panic.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"12/4", "el próximo viernes", "in 3 working days", "31st", "end of", "Friday, 13", "29/2/28", "º"} {
		f.Add(s, "en")
		f.Add(s, "es")
	}
	f.Fuzz(func(t *testing.T, text, locale string) {
		got, err := when.Date(text, wednesday, locale)
		if err != nil {
			var past *when.PastError
			if !errors.Is(err, when.ErrUnreadable) && !errors.As(err, &past) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(got.Dates) < 1 || len(got.Dates) > 2 || len(slices.Compact(slices.Clone(got.Dates))) != len(got.Dates) {
			t.Fatalf("%q: %v", text, got.Dates)
		}
		for _, d := range got.Dates {
			if !when.Valid(d) || d < wednesday {
				t.Fatalf("%q: %v", text, got.Dates)
			}
		}
	})
}
