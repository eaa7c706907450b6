package content

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

//go:embed packs/reentry/*.yaml packs/reentry/translations.lock packs/reentry/activities packs/reentry/flows packs/reentry/words
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
	p, l := load(os.DirFS(dir))
	mistakes, err := p.inPlace(dir, l.mistakes)
	if err != nil {
		return nil, err
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return p, nil
}

// CheckDir is Check for the pack in a folder, which must have what the program uses, too. Without a folder it checks
// the embedded pack. The error says that the folder cannot be read.
func CheckDir(dir string) (Mistakes, error) {
	if dir == "" {
		reentry, err := fs.Sub(packs, "packs/reentry")
		if err != nil {
			return nil, fmt.Errorf("open the embedded pack: %w", err)
		}
		return Check(reentry), nil
	}
	if _, err := os.ReadDir(dir); err != nil {
		return nil, fmt.Errorf("open pack: %w", err)
	}
	p, l := load(os.DirFS(dir))
	l.lint()
	return p.inPlace(dir, l.mistakes)
}

// inPlace adds what a pack in a folder lacks, and says of each mistake where on the disk it is.
func (p *Pack) inPlace(dir string, mistakes Mistakes) (Mistakes, error) {
	whole, err := Embedded()
	if err != nil {
		return nil, fmt.Errorf("compare with the embedded pack: %w", err)
	}
	mistakes = mistakes.sorted()
	if len(mistakes) == 0 {
		mistakes = p.lacks(whole)
	}
	for i := range mistakes {
		mistakes[i].File = filepath.Join(dir, filepath.FromSlash(mistakes[i].File))
	}
	return mistakes, nil
}

// Load reads a pack. When anything in it must be mended the error is Mistakes: all of them, each with its place.
func Load(fsys fs.FS) (*Pack, error) {
	p, l := load(fsys)
	if len(l.mistakes) > 0 {
		return nil, l.mistakes.sorted()
	}
	return p, nil
}

// Check returns everything that should be mended in a pack; nothing when it is sound. It is stricter than Load: words
// that are hard to read, hurt, or fell behind their translation stop no program, but they do not serve the reader.
func Check(fsys fs.FS) Mistakes {
	_, l := load(fsys)
	l.lint()
	return l.mistakes.sorted()
}

// lacks says what p is missing that the program uses.
func (p *Pack) lacks(whole *Pack) Mistakes {
	var mistakes Mistakes
	for _, key := range slices.Sorted(maps.Keys(whole.words)) {
		if _, ok := p.words[key]; !ok {
			area, _, _ := strings.Cut(key, ".")
			english, _ := whole.Word(flows.English, key, -1)
			mistakes = append(mistakes, Mistake{
				Rule:    ruleIncomplete,
				File:    "words/" + area + ".yaml",
				Message: "The words `" + key + "` are missing, and Convenor says them: \"" + english + "\"",
				Fix:     "Copy them from the built-in pack, then change them if you like.",
			})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(whole.flows)) {
		if _, ok := p.flows[id]; !ok && whole.flows[id].Activity == "" {
			mistakes = append(mistakes, Mistake{
				Rule:    ruleIncomplete,
				File:    "flows",
				Message: "The flow `" + id + "` is missing, and Convenor starts it.",
				Fix:     "Copy it from the built-in pack, then change it if you like.",
			})
		}
	}
	return mistakes
}
