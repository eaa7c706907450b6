package when_test

import (
	"errors"
	"strings"
	"testing"

	"convenor/flows/when"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"3pm", "15:00"},
		{"3 PM", "15:00"},
		{"3 p.m.", "15:00"},
		{"3:30pm", "15:30"},
		{"at 3:30 p.m. please", "15:30"},
		{"3p", "15:00"},
		{"12am", "00:00"},
		{"12 pm", "12:00"},
		{"12:30 am", "00:30"},
		{"noon", "12:00"},
		{"12 noon", "12:00"},
		{"midnight", "00:00"},
		{"mediodía", "12:00"},
		{"al mediodía", "12:00"},
		{"a medianoche", "00:00"},
		{"15:30", "15:30"},
		{"15.30", "15:30"},
		{"1530", "15:30"},
		{"1500 hours", "15:00"},
		{"330", "15:30 03:30"},
		{"330pm", "15:30"},
		{"15h", "15:00"},
		{"15h30", "15:30"},
		{"15 horas", "15:00"},
		{"las 15 horas", "15:00"},
		{"3 hours", ""},
		{"0:00", "00:00"},
		{"24:00", "00:00"},
		{"09:30", "09:30"},
		{"9:30", "09:30 21:30"},
		{"3", "15:00 03:00"},
		{"at 3", "15:00 03:00"},
		{"three", "15:00 03:00"},
		{"3 o'clock", "15:00 03:00"},
		{"10", "10:00 22:00"},
		{"12", "12:00 00:00"},
		{"15", "15:00"},
		{"half past three", "15:30 03:30"},
		{"half past 3 in the afternoon", "15:30"},
		{"quarter to four", "15:45 03:45"},
		{"a quarter past 8 in the evening", "20:15"},
		{"ten to one pm", "12:50"},
		{"twenty five past nine in the morning", "09:25"},
		{"three thirty", "15:30 03:30"},
		{"three forty five pm", "15:45"},
		{"7 at night", "19:00"},
		{"las 3 y media", "15:30 03:30"},
		{"a las 3 y media de la tarde", "15:30"},
		{"a las tres y cuarto", "15:15 03:15"},
		{"las cuatro menos cuarto", "15:45 03:45"},
		{"un cuarto para las cuatro", "15:45 03:45"},
		{"faltan diez para las ocho", "07:50 19:50"},
		{"3 de la tarde", "15:00"},
		{"9 de la mañana", "09:00"},
		{"a las 10 de la noche", "22:00"},
		{"12 de la noche", "00:00"},
		{"12 del día", "12:00"},
		{"12 de la mañana", "12:00 00:00"},
		{"1 de la madrugada", "01:00"},
		{"a la una", "13:00 01:00"},
		{"a la una y treinta y cinco", "13:35 01:35"},
		{"8 en punto", "08:00 20:00"},
		{"tres treinta", "15:30 03:30"},
		{"veinte horas", "20:00"},
		{"5 de la noche", "17:00 05:00"},
		{"soon", ""},
		{"", ""},
		{"3:5", ""},
		{"12/4", ""},
		{"in the morning", ""},
		{"1:2:3", ""},
		{"25:00", "none"},
		{"3:75", "none"},
		{"13 am", "none"},
		{"24:30", "none"},
		{"13 de la mañana", "none"},
		{strings.Repeat("at ", 40) + "3", ""},
	}
	for _, tt := range tests {
		got, err := when.Times(tt.text)
		switch s := strings.Join(got, " "); {
		case tt.want == "" && !errors.Is(err, when.ErrUnreadable):
			t.Errorf("%q: got %q, %v; want unreadable", tt.text, s, err)
		case tt.want == "none" && !errors.Is(err, when.ErrNoSuchTime):
			t.Errorf("%q: got %q, %v; want no such time", tt.text, s, err)
		case tt.want != "" && tt.want != "none" && (err != nil || s != tt.want):
			t.Errorf("%q: got %q, %v; want %q", tt.text, s, err, tt.want)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	if h, m, ok := when.Clock("09:05"); !ok || h != 9 || m != 5 {
		t.Error(h, m, ok)
	}
	for _, s := range []string{"9:05", "24:00", "12:60", "1205", "", "ab:cd", "12:5"} {
		if _, _, ok := when.Clock(s); ok {
			t.Errorf("%q is taken", s)
		}
	}
}

// FuzzTimes holds what every reading must keep: one or two times in the form that Clock reads, no panic.
func FuzzTimes(f *testing.F) {
	for _, s := range []string{"3pm", "las 3 y media", "half past three", "15h30", "1530", "24:00", "cinco para las", "º3", "12 de la mañana"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := when.Times(text)
		if err != nil {
			if !errors.Is(err, when.ErrUnreadable) && !errors.Is(err, when.ErrNoSuchTime) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(got) < 1 || len(got) > 2 || len(got) == 2 && got[0] == got[1] {
			t.Fatalf("%q: %v", text, got)
		}
		for _, s := range got {
			if _, _, ok := when.Clock(s); !ok {
				t.Fatalf("%q: %v", text, got)
			}
		}
	})
}
