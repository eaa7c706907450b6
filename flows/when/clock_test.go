package when_test

import (
	"errors"
	"testing"

	"convenor/flows/when"
)

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

func TestTimesWithAZone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"3pm ET", "3 pm est", "15:30 UTC", "noon Pacific time", "10:30 Eastern Standard Time", "3 p.m. CT",
		"las 3 de la tarde hora del este", "3pm hora del Pacífico", "a las 10 tiempo del centro", "3pm hora de la montaña",
	} {
		if got, err := when.Times(s); !errors.Is(err, when.ErrZone) {
			t.Errorf("%q gives %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"ET", "cats ET", "25:00 ET", "friday pacific"} {
		if got, err := when.Times(s); err == nil || errors.Is(err, when.ErrZone) {
			t.Errorf("%q gives %v, %v", s, got, err)
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
			if !errors.Is(err, when.ErrUnreadable) && !errors.Is(err, when.ErrNoSuchTime) && !errors.Is(err, when.ErrZone) {
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
