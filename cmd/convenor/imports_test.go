package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room says what the files of one folder may import beside the standard library. An entry that ends in a slash allows
// all below it; without, exactly that package.
type room struct {
	allow  []string
	forbid []string // of the standard library
}

// impure is what the core may not touch: the outside world, the clock's host, chance and the log. Package time is
// allowed for its types; the linter forbids its clock.
var impure = []string{"context", "log", "math/rand", "net", "os", "syscall", "runtime", "io/fs", "database", "plugin", "crypto/rand"}

var (
	core = room{allow: []string{"convenor/flows", "convenor/flows/when"}, forbid: impure}

	rooms = map[string]room{
		// flows may read dates: when knows nothing of flows.
		"flows":               {allow: []string{"convenor/flows/when"}, forbid: impure},
		"flows/when":          {allow: []string{"github.com/teambition/rrule-go"}, forbid: impure},
		"flows/coalition":     core,
		"flows/roster":        with(core, "convenor/flows/coalition"),
		"flows/plan":          with(core, "convenor/flows/coalition", "convenor/flows/nudge"),
		"flows/nudge":         with(core, "convenor/flows/coalition", "convenor/flows/plan"),
		"flows/progress":      core,
		"flows/check":         core,
		"flows/own":           core,
		"flows/flowtest":      {allow: core.allow},
		"content":             {allow: []string{"convenor/flows", "go.yaml.in/yaml/v4"}},
		"bot":                 {allow: []string{"convenor/flows", "convenor/flows/"}},
		"bot/bottest":         {allow: []string{"convenor/flows", "convenor/flows/", "convenor/bot"}},
		"bot/slack":           {allow: []string{"convenor/flows", "convenor/flows/", "convenor/bot", "github.com/slack-go/slack", "github.com/slack-go/slack/"}},
		"bot/slack/slackfake": {allow: []string{"github.com/gorilla/websocket"}},
		"bot/web":             {allow: []string{"convenor/flows", "convenor/flows/", "convenor/bot"}},
		"store":               {allow: []string{"convenor/flows", "convenor/flows/", "github.com/redis/go-redis/v9", "github.com/redis/go-redis/v9/", "github.com/alicebob/miniredis/v2", "github.com/alicebob/miniredis/v2/"}},
		"store/redisd":        {allow: []string{}},
		"cmd/convenor/bench":  {allow: []string{"convenor/flows", "convenor/flows/", "convenor/bot", "convenor/bot/slack", "convenor/store", "convenor/store/redisd", "github.com/redis/go-redis/v9", "golang.org/x/sync/errgroup"}},
		"store/redistest":     {allow: []string{"convenor/store/redisd"}},
		// The gateway client of its own speaks over the WebSocket module that the vendor's is made of.
		"bot/discord":             {allow: []string{"convenor/flows", "convenor/flows/", "convenor/bot", "github.com/bwmarrin/discordgo", "github.com/gorilla/websocket"}},
		"bot/discord/discordfake": {allow: []string{"github.com/gorilla/websocket", "github.com/santhosh-tekuri/jsonschema/v6"}},
	}
)

func with(r room, more ...string) room {
	r.allow = append(slices.Clone(r.allow), more...)
	return r
}

// TestImports holds the house together: who may know whom.
func TestImports(t *testing.T) {
	t.Parallel()
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != "." || d.Name() == "testdata" || file == "deploy") {
			return fs.SkipDir
		}
		if path.Ext(file) == ".go" && !strings.HasSuffix(file, "_test.go") && path.Dir(file) != "cmd/convenor" { // which may know everything
			for _, fault := range importFaults(t, root, file) {
				t.Error(fault)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestImportRuleBites plants a forbidden import in each room and wants it found.
func TestImportRuleBites(t *testing.T) {
	t.Parallel()
	for name, r := range rooms {
		planted := []string{"convenor/cmd/convenor", "github.com/go-co-op/gocron/v2"}
		if len(r.forbid) > 0 {
			planted = append(planted, "os", "net/http", "math/rand/v2", "log/slog")
		}
		for _, p := range planted {
			if fault := r.fault(p); fault == "" {
				t.Errorf("%s may import %s", name, p)
			}
		}
	}
}

func importFaults(t *testing.T, root fs.FS, file string) []string {
	t.Helper()
	dir := path.Dir(file)
	r, ok := rooms[dir]
	if !ok {
		return []string{dir + " is a room without a rule: give it one in " + t.Name()}
	}
	source, err := fs.ReadFile(root, file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var faults []string
	for _, i := range parsed.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if why := r.fault(name); why != "" {
			faults = append(faults, file+" imports "+name+": "+why)
		}
	}
	return faults
}

func (r room) fault(name string) string {
	first, _, _ := strings.Cut(name, "/")
	standard := !strings.Contains(first, ".") && first != "convenor"
	if standard {
		for _, f := range r.forbid {
			if name == f || strings.HasPrefix(name, f+"/") {
				return "the core touches nothing outside"
			}
		}
		return ""
	}
	for _, a := range r.allow {
		if name == a || strings.HasSuffix(a, "/") && strings.HasPrefix(name, a) {
			return ""
		}
	}
	return "this room may not know it"
}
