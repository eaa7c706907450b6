package content

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the broken packs are told into testdata")

// TestBroken loads packs with mistakes in them, one archive each, and compares what somebody is told about them. The
// archive replaces files of the sound pack; its last file, named want, is what must come out.
func TestBroken(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob(filepath.Join("testdata", "broken", "*.txtar"))
	if err != nil || len(cases) == 0 {
		t.Fatal("no broken packs", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a := parseArchive(t, name)
			pack, want := overlay(t, a)
			got := Check(pack).Error()
			if *update {
				rewrite(t, name, a, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSound(t *testing.T) {
	t.Parallel()
	if mistakes := Check(sound(t)); len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
}

func sound(t *testing.T) fstest.MapFS {
	t.Helper()
	pack := fstest.MapFS{}
	for _, file := range parseArchive(t, filepath.Join("testdata", "sound.txtar")).files {
		pack[file.name] = &fstest.MapFile{Data: []byte(file.data)}
	}
	return pack
}

// archive is a text file that holds others, each after a line "-- name --". The remark before the first says what it
// is for.
type archive struct {
	remark string
	files  []part
}

type part struct{ name, data string }

func parseArchive(t *testing.T, name string) archive {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var a archive
	text := &a.remark
	for line := range strings.Lines(string(data)) {
		inner, begins := strings.CutPrefix(line, "-- ")
		file, ends := strings.CutSuffix(inner, " --\n")
		if !begins || !ends {
			*text += line
			continue
		}
		a.files = append(a.files, part{name: file})
		text = &a.files[len(a.files)-1].data
	}
	return a
}

// unescape puts in what an archive cannot show: a tab for <tab>, a letter in the wrong encoding for <latin1>.
func unescape(data string) []byte {
	return []byte(strings.NewReplacer("<tab>", "\t", "<latin1>", "\xf1").Replace(data))
}

func rewrite(t *testing.T, name string, a archive, want string) {
	t.Helper()
	text := a.remark
	for _, file := range a.files {
		if file.name != "want" {
			text += "-- " + file.name + " --\n" + file.data
		}
	}
	if err := os.WriteFile(name, []byte(text+"-- want --\n"+want), 0o600); err != nil {
		t.Fatal(err)
	}
}
