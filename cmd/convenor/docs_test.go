package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
)

// TestDocumentsNameWhatIsThere reads every path of ours that the documents name, and every variable of the
// configuration in the README's table.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	ours := regexp.MustCompile(`(?:^|[\s(` + "`" + `])((?:cmd|bot|flows|content|store|deploy)/[A-Za-z0-9_./-]*[A-Za-z0-9_/-])`)
	root := filepath.Join("..", "..")
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"} {
		text := read(t, filepath.Join(root, name))
		for _, m := range ours.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`\]\(([A-Za-z./-]+)\)`).FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
	readme := read(t, filepath.Join(root, "README.md"))
	fields, err := env.GetFieldParams(&config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		if !strings.Contains(readme, "| `"+f.Key+"` |") {
			t.Errorf("README's table lacks %s", f.Key)
		}
	}
	makefile := read(t, filepath.Join(root, "Makefile"))
	for _, m := range regexp.MustCompile("`?make ([a-z]+)`?").FindAllStringSubmatch(readme, -1) {
		if m[1] != "lists" && !strings.Contains(makefile, "\n"+m[1]+":") {
			t.Errorf("README names make %s, which the Makefile lacks", m[1])
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}
