package bot_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

// TestEveryChangeLeavesALine does many things as several people: each leaves one audit line with ids alone.
func TestEveryChangeLeavesALine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa"), h.on("james")
	rosa.commands(t, "", "")
	james.commands(t, "", "")
	rosa.makes(t, "james", coalition.RoleScribe)
	rosa.commands(t, "step", "")
	for _, words := range []string{"Call the clinic on Main Street", "More beds by May", "james", "in 8 days"} {
		rosa.types(t, words)
	}
	step := only[struct{ ID string }](t, h, flows.KindStep)
	take := james.inbound()
	take.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbStepTake, Object: step.ID}.String()}
	james.does(t, take)
	james.commands(t, "nudges", "off")

	lines, err := h.store.History(t.Context(), "home", 1000)
	if err != nil {
		t.Fatal(err)
	}
	form, verbs := regexp.MustCompile(`^[a-z/.\-]+$`), map[string]int{}
	ids := regexp.MustCompile(`^[a-z2-7]{16}$|^$`)
	for i, line := range lines {
		verbs[line.Verb]++
		if !form.MatchString(line.Verb) || !ids.MatchString(line.Person) || !ids.MatchString(line.Object) || line.At.IsZero() {
			t.Errorf("line %d is %+v", i, line)
		}
		if i > 0 && line.At.After(lines[i-1].At) {
			t.Errorf("line %d is younger than the one before", i)
		}
	}
	for verb, want := range map[string]int{"role.scribe": 1, "type": 4, "/step": 1, "step.take": 1, "/nudges": 1} {
		if verbs[verb] != want {
			t.Errorf("%d lines of %s, want %d: %v", verbs[verb], verb, want, verbs)
		}
	}
	kept, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"Rosa", "James", "clinic", "beds", "rosa", "james", "U1"} {
		if strings.Contains(string(kept), never) {
			t.Errorf("the audit lines hold %q", never)
		}
	}
	said := whispered(t, rosa.commands(t, "log", ""))
	mustSay(t, said, "Rosa Delgado gave James Porter the role scribe", "James Porter changed an action step", "Rosa Delgado gave or changed an answer")
	if strings.Contains(said, "clinic") {
		t.Errorf("the log tells what was written:\n%s", said)
	}
	mustSay(t, whispered(t, james.commands(t, "log", "")), "A coordinator can do it with you")
	ana := h.on("ana")
	ana.commands(t, "", "")
	rosa.makes(t, "ana", coalition.RoleCoordinator)
	mustSay(t, whispered(t, ana.commands(t, "registro", "")), "Los últimos cambios", "Rosa Delgado dio a James Porter el papel")
}
