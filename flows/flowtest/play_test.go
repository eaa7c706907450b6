package flowtest_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
	"convenor/flows/flowtest"
)

var update = flag.Bool("update", false, "write what came back into the scripts of testdata")

// pack has a few flows of its own and the words that the engine says.
type pack struct {
	flows map[string]flows.Definition
	words map[string]map[flows.Locale]phrase
}

// phrase is one entry of the catalogue in one language, plain or by number.
type phrase struct{ one, other string }

func (p *phrase) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		p.one, p.other = n.Value, n.Value
		return nil
	}
	var forms struct{ One, Other string }
	if err := n.Decode(&forms); err != nil {
		return err
	}
	p.one, p.other = forms.One, forms.Other
	return nil
}

func (p pack) Flow(id string) (flows.Definition, bool) {
	d, ok := p.flows[id]
	return d, ok
}

func (p pack) Word(locale flows.Locale, key string, count int) (string, bool) {
	said, ok := p.words[key][locale]
	if count == 1 {
		return said.one, ok
	}
	return said.other, ok
}

func testPack(t *testing.T) pack {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "content", "packs", "reentry", "words", "run.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p := pack{flows: map[string]flows.Definition{}}
	if err := yaml.Unmarshal(source, &p.words); err != nil {
		t.Fatal(err)
	}
	for _, d := range []flows.Definition{visit(), fields(), circle()} {
		p.flows[d.ID] = d
	}
	return p
}

func both(en, es string) flows.Text { return flows.Text{flows.English: en, flows.Spanish: es} }

func ask(id string, field flows.FieldKind, en, es string) flows.Node {
	return flows.Node{
		ID: id, Kind: flows.NodeAsk, Field: field, Label: both(en, es), Line: both(en+"?", "¿"+es+"?"),
		More: both("More about "+en, "Más sobre "+es), Source: flows.SourceHouse,
	}
}

// visit branches: who comes in person is asked when, who calls is asked for a number.
func visit() flows.Definition {
	how := ask("how", flows.FieldChoice, "How to meet", "Cómo vernos")
	how.Options = []flows.Option{{ID: "visit", Text: both("In person", "En persona")}, {ID: "call", Text: both("By phone", "Por teléfono")}}
	day := ask("day", flows.FieldDate, "Which day", "Qué día")
	day.Go = "note"
	return flows.Definition{ID: "visit", Title: both("A visit", "Una visita"), Nodes: []flows.Node{
		how,
		{ID: "fork", Kind: flows.NodeBranch, Cases: []flows.Case{{Node: "how", Is: "call", Go: "number"}}},
		day,
		ask("number", flows.FieldText, "Your number", "Tu número"),
		ask("note", flows.FieldText, "Anything else", "Algo más"),
		{ID: "bye", Kind: flows.NodeSay, Plain: both("See you, {me}. Note: {note}", "Nos vemos, {me}. Nota: {note}")},
	}}
}

// fields asks one question of each kind.
func fields() flows.Definition {
	level := ask("level", flows.FieldChoice, "Level", "Nivel")
	for _, id := range []string{"1", "2", "3", "4", "5", "6"} {
		level.Options = append(level.Options, flows.Option{ID: "l" + id, Text: both("Level "+id, "Nivel "+id)})
	}
	ways := ask("ways", flows.FieldMany, "Ways", "Formas")
	ways.Options, ways.Max = level.Options[:3], 2
	name := ask("name", flows.FieldText, "Name", "Nombre")
	name.Max, name.Required = 20, true
	return flows.Definition{ID: "fields", Title: both("Fields", "Campos"), Activity: "9.9.9", Nodes: []flows.Node{
		name, level, ways,
		ask("due", flows.FieldDate, "Due", "Fecha"), ask("lead", flows.FieldPerson, "Lead", "Quién dirige"),
		ask("agree", flows.FieldConsent, "Agreed", "De acuerdo"),
	}}
}

// circle is a group's.
func circle() flows.Definition {
	first, second := ask("q1", flows.FieldText, "First", "Primera"), ask("q2", flows.FieldChoice, "Second", "Segunda")
	first.Until.Answers = 2
	second.Options = []flows.Option{{ID: "a", Text: both("Now", "Ahora")}, {ID: "b", Text: both("Later", "Después")}}
	return flows.Definition{
		ID: "circle", Title: both("A circle", "Un círculo"), Group: true, Activity: "9.9.9",
		Goal: both("We hear everyone.", "Escuchamos a todos."), Nodes: []flows.Node{first, second},
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	p := testPack(t)
	files, err := filepath.Glob(filepath.Join("testdata", "*.script"))
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			recorded, err := flowtest.Record(p, file, text)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(file, recorded, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if err := flowtest.Play(p, file, text); err != nil {
				t.Error(err)
			}
			if string(recorded) != string(text) {
				t.Errorf("recorded, the script is another:\n%s", recorded)
			}
		})
	}
}

// head begins every script below.
const head = `# A comment.
flow   visit
today  2026-03-02
person dana "Dana Reyes" en

`

// TestPlayTellsWhatIsWrong wants the line and what is otherwise.
func TestPlayTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := testPack(t)
	for name, c := range map[string]struct{ script, want string }{
		"other words": {
			head + "> dana starts\ndana:\n  How to leave?\n  ...\n",
			"s.script:6: dana starts: came otherwise (- expected, + came):\n    dana:\n  -   How to leave?\n  -   ...",
		},
		"a line too many":     {head + "> dana starts\n(nothing)\n", "  - (nothing)\n  + dana:"},
		"other state":         {head + "> dana starts\n= open at day\n", "  - = open at day\n  + = open at how"},
		"not kept":            {head + "> dana starts\n\n> dana presses [By phone]\n+ text by dana\n", "s.script:8: dana presses [By phone]: came otherwise"},
		"no such button":      {head + "> dana starts\n> dana presses [Leave]\n", "s.script:7: dana presses [Leave]: dana sees no button [Leave]: there is [In person]"},
		"no such menu":        {head + "> dana starts\n> dana picks: Level 1\n", `sees no menu with "Level 1"`},
		"no form":             {head + "> dana starts\n> dana submits: x\n", "dana has no form open"},
		"nobody":              {head + "> sam starts\n", `there is no person "sam" in this script`},
		"not started":         {head + "> dana types: hello\n", `the first action is "ID starts"`},
		"no such action":      {head + "> dana starts\n> dana sings\n", `s.script:7: dana sings: an action is "ID starts"`},
		"nothing to repeat":   {head + "> dana starts\n> dana presses again\n", "nothing was pressed before"},
		"unknown event":       {head + "> dana starts\n> dana does dance\n", `event "dance"`},
		"bad head":            {"flow visit\nwhen 2026-03-02\n", `s.script:2: a line of the head is`},
		"person without name": {"flow visit\nperson dana\n", `s.script:2: a line of the head is`},
		"head too short":      {"flow visit\n> dana starts\n", "a script has a flow, a date"},
		"no such flow":        {strings.Replace(head, "visit", "walk", 1) + "> dana starts\n", `there is no flow "walk"`},
		"no such date":        {strings.Replace(head, "2026-03-02", "today", 1) + "> dana starts\n", "read today"},
		"a group nowhere":     {strings.Replace(head, "visit", "circle", 1) + "> dana starts\n", "a group's flow needs a space"},
		"no words":            {strings.Replace(head, `" en`, `" fr`, 1) + "> dana starts\n", "there are no words in fr for run."},
		"leads away": {
			strings.Replace(head, "visit", "fields", 1) + "> dana starts\n> dana types: Dana\n> dana presses [Skip]\n> dana presses [Skip]\n> dana presses [Skip]\n> dana presses [Skip]\n> dana presses [Yes]\n> dana presses [Name an action step]\n",
			"this button leads away from this conversation, to start step",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := flowtest.Play(p, "s.script", []byte(c.script))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("wanted %q in:\n%v", c.want, err)
			}
		})
	}
}

// TestExpectations plays what fits: gaps, and kinds of line that are left out.
func TestExpectations(t *testing.T) {
	t.Parallel()
	p := testPack(t)
	for _, script := range []string{
		head + "> dana starts\n",
		head + "> dana starts\n...\n",
		head + "> dana starts\n...\n  How to meet?\n...\n",
		head + "> dana starts\ndana:\n  How...meet?\n  Question 1 of 3\n  [In person] ... [Pause]\n= open at ...\n",
		head + "> dana starts\n= ...how\n\n> today 2026-03-09\n\n# A comment.\n> dana presses [In person]\n= open at day\n",
		head + "> dana starts\n> dana presses [By phone]\n> dana types: {5*7}\\n{ab*2}\ndana, edited:\n  ...\n  “5555555\n  abab”\n  [Change]\n...\n+ text by dana\n",
	} {
		if err := flowtest.Play(p, "s.script", []byte(script)); err != nil {
			t.Error(err)
		}
	}
}
