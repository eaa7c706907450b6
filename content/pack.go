package content

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// Pack is a body of content that was found sound. It never changes, so any number of goroutines may use one; what it
// returns must not be changed either.
type Pack struct {
	flows      map[string]flows.Definition
	activities []flows.Activity
	words      catalogue
}

// Flow returns the current definition of a flow; ok is false when there is none.
func (p *Pack) Flow(id string) (d flows.Definition, ok bool) {
	d, ok = p.flows[id]
	return d, ok
}

// Activities lists the activities in the toolkit's order.
func (p *Pack) Activities() []flows.Activity { return p.activities }

// Word returns the catalogue's words for a key in a locale, in the plural form that count asks for (a count below zero
// means that nothing is counted); ok is false when that language lacks the key.
func (p *Pack) Word(locale flows.Locale, key string, count int) (words string, ok bool) {
	return p.words.word(locale, key, count)
}

//go:embed packs/reentry/*.yaml packs/reentry/activities packs/reentry/flows packs/reentry/words
var packs embed.FS

// Embedded loads the pack that the program carries: the reentry toolkit in English and Spanish.
func Embedded() (*Pack, error) {
	reentry, err := fs.Sub(packs, "packs/reentry")
	if err != nil {
		return nil, fmt.Errorf("open the embedded pack: %w", err)
	}
	return Load(reentry)
}

// Open loads the pack in a folder, in place of the embedded one. It must have every flow and every word that the
// program uses, so a copy of the embedded pack is the way to begin one. The error is Mistakes when the folder can be
// read and its content must be mended; their File is then the path to the file.
func Open(dir string) (*Pack, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return nil, fmt.Errorf("open pack: %w", err)
	}
	p, mistakes := load(os.DirFS(dir))
	whole, err := Embedded()
	if err != nil {
		return nil, fmt.Errorf("compare with the embedded pack: %w", err)
	}
	if len(mistakes) == 0 {
		mistakes = p.lacks(whole)
	}
	for i := range mistakes {
		mistakes[i].File = path.Join(dir, mistakes[i].File)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return p, nil
}

// Load reads a pack. When anything in it must be mended the error is Mistakes: all of them, each with its place.
func Load(fsys fs.FS) (*Pack, error) {
	p, mistakes := load(fsys)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return p, nil
}

// Check returns everything that must be mended in a pack; nothing when it is sound.
func Check(fsys fs.FS) Mistakes {
	_, mistakes := load(fsys)
	return mistakes
}

// lacks says what p is missing that the program uses.
func (p *Pack) lacks(whole *Pack) Mistakes {
	var mistakes Mistakes
	for _, key := range slices.Sorted(maps.Keys(whole.words)) {
		if _, ok := p.words[key]; !ok {
			area, _, _ := strings.Cut(key, ".")
			english, _ := whole.Word(flows.English, key, -1)
			mistakes = append(mistakes, Mistake{
				File:    "words/" + area + ".yaml",
				Message: "The words `" + key + "` are missing, and Convenor says them: \"" + english + "\"",
				Fix:     "Copy them from the built-in pack, then change them if you like.",
			})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(whole.flows)) {
		if _, ok := p.flows[id]; !ok && whole.flows[id].Activity == "" {
			mistakes = append(mistakes, Mistake{
				File:    "flows",
				Message: "The flow `" + id + "` is missing, and Convenor starts it.",
				Fix:     "Copy it from the built-in pack, then change it if you like.",
			})
		}
	}
	return mistakes
}

// loader collects what the files of a pack hold, and what is wrong with them.
type loader struct {
	fsys       fs.FS
	mistakes   Mistakes
	outline    outline
	activities []*activity
	drafts     []*draft
	words      catalogue
	wordAt     map[string]string // place of each key of words
}

func load(fsys fs.FS) (*Pack, Mistakes) {
	l := &loader{fsys: fsys, words: catalogue{}, wordAt: map[string]string{}}
	if err := fs.WalkDir(fsys, ".", l.visit); err != nil {
		l.mistakes = append(l.mistakes, Mistake{File: ".", Message: "I cannot read this folder: " + err.Error()})
	}
	if l.outline == nil && len(l.mistakes) == 0 {
		l.mistakes = append(l.mistakes, Mistake{File: outlineFile, Message: "This file is missing.", Fix: "A pack has the files that the built-in one has."})
	}
	l.checkActivities()
	p := &Pack{flows: map[string]flows.Definition{}, words: l.words}
	l.fill(p)
	return p, l.mistakes.sorted()
}

const outlineFile = "outline.yaml"

// visit reads one file. What no pack has is a mistake too: words in a file that nobody reads are lost.
func (l *loader) visit(name string, d fs.DirEntry, err error) error {
	folders := []string{"activities", "flows", "scripts", "words"}
	folder, base := path.Split(name)
	folder = strings.TrimSuffix(folder, "/")
	hidden := strings.HasPrefix(base, ".") && name != "." || strings.HasSuffix(base, "~")
	switch {
	case err != nil:
		return err
	case d.IsDir() && hidden:
		return fs.SkipDir
	case d.IsDir() && name != "." && !slices.Contains(folders, name):
		l.file(name, "No folder of a pack is called `"+base+"`.", meant(base, folders))
		return fs.SkipDir
	case d.IsDir() && name == "scripts":
		return fs.SkipDir
	case d.IsDir() || hidden || folder == "" && path.Ext(base) == ".md":
		return nil
	case path.Ext(base) != ".yaml":
		l.file(name, "The name of this file does not end in .yaml, so it is not read.", "Give it a name that does.")
		return nil
	case folder == "" && base != outlineFile:
		l.file(name, "This file is in no folder of the pack.", meant(base, []string{outlineFile}))
		return nil
	}
	source, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	l.read(name, folder, source)
	return nil
}

func (l *loader) file(name, message, fix string) {
	l.mistakes = append(l.mistakes, Mistake{File: name, Message: message, Fix: fix})
}

// read takes in the source of one file, by the folder it is in.
func (l *loader) read(name, folder string, source []byte) {
	f, top := parse(name, source, &l.mistakes)
	if top == nil {
		return
	}
	switch folder {
	case "":
		l.outline = f.outline(top)
	case "activities":
		if a := f.activity(top); a != nil {
			l.activities = append(l.activities, a)
		}
	case "flows":
		if d := f.flow(top); d != nil {
			l.drafts = append(l.drafts, d)
		}
	case "words":
		f.words(top, l.words, l.wordAt)
	}
}

// checkActivities gives the activities their names, puts them in order and looks for numbers that lead nowhere.
func (l *loader) checkActivities() {
	slices.SortFunc(l.activities, func(a, b *activity) int {
		return cmp.Or(slices.Compare(numbers(a.ID), numbers(b.ID)), cmp.Compare(a.file.name, b.file.name))
	})
	known := slices.Sorted(maps.Keys(l.outline))
	first := map[string]string{}
	for _, a := range l.activities {
		a.Title = l.outline[a.ID]
		if l.outline == nil {
			continue // that was said already
		}
		if _, ok := l.outline[a.ID]; !ok {
			a.file.wrong(a.number, "The outline has no activity "+a.ID+".", cmp.Or(meant(a.ID, known), "Add it to outline.yaml."))
		}
		if other, again := first[a.ID]; again {
			a.file.wrong(a.number, "Activity "+a.ID+" is also in "+other+".", "Keep one of the two.")
		}
		first[a.ID] = a.file.name
		for i, id := range a.BuildsOn {
			if _, ok := l.outline[id]; !ok && id != "" {
				a.file.wrong(a.buildsOn[i], "The outline has no activity "+id+".", meant(id, known))
			}
		}
	}
	l.activities = slices.CompactFunc(l.activities, func(a, b *activity) bool { return a.ID == b.ID })
}

// numbers turns "2.3.10" into something that sorts as people count.
func numbers(id string) []int {
	var all []int
	for _, part := range strings.Split(id, ".") {
		n := 0
		for _, r := range part {
			n = n*10 + int(r-'0')
		}
		all = append(all, n)
	}
	return all
}

// fill spreads the flows over the activities, checks each and puts them into p.
func (l *loader) fill(p *Pack) {
	first := map[string]string{}
	for _, d := range l.drafts {
		if other, again := first[d.def.ID]; again {
			d.file.wrong(d.id, "The flow `"+d.def.ID+"` is also in "+other+".", "Keep one of the two.")
			continue
		}
		first[d.def.ID] = d.file.name
		for _, x := range d.expand(l.activities) {
			l.compile(x)
			p.flows[x.ID] = x.Definition
		}
	}
	for _, a := range l.activities {
		for _, d := range l.drafts {
			switch {
			case d.over && d.def.Group:
				a.Round = d.def.ID + "-" + a.ID
			case d.over:
				a.Alone = d.def.ID + "-" + a.ID
			}
		}
		p.activities = append(p.activities, a.Activity)
	}
}

// compile lets the engine check a flow, and says where in the files the engine's mistakes are.
func (l *loader) compile(x expanded) {
	_, err := flows.Compile(x.Definition)
	if err == nil {
		return
	}
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, err := range all {
		var m flows.Mistake
		if errors.As(err, &m) {
			x.report(m)
		} else {
			x.draft.file.wrong(x.draft.id, err.Error(), "")
		}
	}
}

// report says where a mistake that the engine found stands, unless something was found wrong at that place before.
func (x expanded) report(m flows.Mistake) {
	p := spot{file: x.draft.file, node: x.draft.id, fields: x.draft.fields}
	for i, n := range x.Nodes {
		if n.ID == m.Node && m.Node != "" || fmt.Sprintf("#%d", i+1) == m.Node {
			p = x.spots[i]
			break
		}
	}
	place := p.node
	if n := p.fields[m.Field]; n != nil && n.Kind == yaml.ScalarNode || n != nil && len(n.Content) > 0 {
		place = n
	}
	for _, before := range *p.file.mistakes {
		if before.File == p.file.name && before.Line == place.Line {
			return
		}
	}
	p.file.wrong(place, m.Problem, x.suggest(m))
}

// suggest names the node that a mistyped reference was meant to be.
func (x expanded) suggest(m flows.Mistake) string {
	return ""
}
