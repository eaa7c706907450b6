package content

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// loader collects what the files of a pack hold, and what is wrong with them.
type loader struct {
	fsys       fs.FS
	mistakes   Mistakes
	outline    outline
	activities []*activity
	drafts     []*draft
	words      catalogue
	wordAt     map[string]string // place of each key of words
	tops       []top
	expanded   []expanded
}

// top is a file that could be read, and what is in it.
type top struct {
	file *file
	node *yaml.Node
}

// load reads a pack. What is wrong with it stands in the loader's mistakes, in no order.
func load(fsys fs.FS) (*Pack, *loader) {
	l := &loader{fsys: fsys, words: catalogue{}, wordAt: map[string]string{}}
	if err := fs.WalkDir(fsys, ".", l.visit); err != nil {
		l.mistakes = append(l.mistakes, Mistake{Rule: ruleUnreadable, File: ".", Message: "I cannot read this folder: " + err.Error()})
	}
	if l.outline == nil && len(l.mistakes) == 0 {
		l.mistakes = append(l.mistakes, Mistake{Rule: ruleIncomplete, File: outlineFile, Message: "This file is missing.", Fix: "A pack has the files that the built-in one has."})
	}
	l.checkActivities()
	p := &Pack{flows: map[string]flows.Definition{}, words: l.words}
	l.fill(p)
	return p, l
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
	case name == lockFile:
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
	l.mistakes = append(l.mistakes, Mistake{Rule: ruleStrayFile, File: name, Message: message, Fix: fix})
}

// read takes in the source of one file, by the folder it is in.
func (l *loader) read(name, folder string, source []byte) {
	f, node := parse(name, source, &l.mistakes)
	if node == nil {
		return
	}
	l.tops = append(l.tops, top{f, node})
	switch folder {
	case "":
		l.outline = f.outline(node)
	case "activities":
		if a := f.activity(node); a != nil {
			l.activities = append(l.activities, a)
		}
	case "flows":
		if d := f.flow(node); d != nil {
			l.drafts = append(l.drafts, d)
		}
	case "words":
		f.words(node, l.words, l.wordAt)
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
		a.Title, a.Section = l.outline[a.ID].title, l.outline[a.ID].section
		if l.outline == nil {
			continue // that was said already
		}
		if _, ok := l.outline[a.ID]; !ok {
			a.file.breaks(flows.RuleReference, a.number, "The outline has no activity "+a.ID+".", cmp.Or(meant(a.ID, known), "Add it to outline.yaml."))
		}
		if other, again := first[a.ID]; again {
			a.file.breaks(flows.RuleDuplicate, a.number, "Activity "+a.ID+" is also in "+other+".", "Keep one of the two.")
		}
		first[a.ID] = a.file.name
		for i, id := range a.BuildsOn {
			if _, ok := l.outline[id]; !ok && id != "" {
				a.file.breaks(flows.RuleReference, a.buildsOn[i], "The outline has no activity "+id+".", meant(id, known))
			}
		}
	}
	l.activities = slices.CompactFunc(l.activities, func(a, b *activity) bool { return a.ID == b.ID })
}

// numbers turns "2.3.10" into something that sorts as people count.
func numbers(id string) []int {
	var all []int
	for part := range strings.SplitSeq(id, ".") {
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
	first, read := map[string]string{}, slices.Clone(l.mistakes)
	in := &inliner{drafts: map[string]*draft{}}
	for _, d := range slices.Backward(l.drafts) {
		in.drafts[d.def.ID] = d
	}
	for _, d := range l.drafts {
		if other, again := first[d.def.ID]; again {
			d.file.breaks(flows.RuleDuplicate, d.id, "The flow `"+d.def.ID+"` is also in "+other+".", "Keep one of the two.")
			continue
		}
		first[d.def.ID] = d.file.name
		if !in.inline(d) {
			continue
		}
		for _, x := range d.expand(l.activities) {
			x.compile(read)
			l.expanded = append(l.expanded, x)
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
