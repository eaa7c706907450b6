package discordfake

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Contract returns a Check for Config that holds every request against Discord's own description of its API. It reads
// the file that DISCORD_OPENAPI names, else ../shared/contracts/discord-openapi.json beside the project. Without it the
// test goes on unchecked and says so; where CONVENOR_REQUIRE names contract it fails.
func Contract(tb testing.TB) func(method, path string, body []byte) error {
	tb.Helper()
	c, err := contract()
	if err == nil {
		return c.check
	}
	const how = "Discord's description of its API is not here: put it (github.com/discord/discord-api-spec, specs/openapi.json) where DISCORD_OPENAPI says"
	if slices.Contains(strings.Split(os.Getenv("CONVENOR_REQUIRE"), ","), "contract") {
		tb.Fatalf("%s: %v", how, err)
	}
	tb.Logf("requests are NOT checked. %s: %v", how, err)
	return nil
}

type description struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	paths    map[string]any
	bodies   map[string]*jsonschema.Schema
}

var contract = sync.OnceValues(readContract) //nolint:gochecknoglobals // megabytes that are read once for all tests

const resource = "openapi.json"

func readContract() (*description, error) {
	file := os.Getenv("DISCORD_OPENAPI")
	if file == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, fmt.Errorf("find the description: %w", err)
		}
		for file == "" && dir != filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				file = filepath.Join(filepath.Dir(dir), "shared", "contracts", "discord-openapi.json")
			}
			dir = filepath.Dir(dir)
		}
	}
	raw, err := os.ReadFile(file) //nolint:gosec // whoever runs the tests names it
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	top, _ := doc.(map[string]any)
	paths, ok := top["paths"].(map[string]any)
	if !ok {
		return nil, errors.New("the description has no paths")
	}
	d := &description{compiler: jsonschema.NewCompiler(), paths: paths, bodies: map[string]*jsonschema.Schema{}}
	if err := d.compiler.AddResource(resource, doc); err != nil {
		return nil, fmt.Errorf("take in the description: %w", err)
	}
	return d, nil
}

// check holds one request against the description.
func (d *description) check(method, path string, body []byte) error {
	route, known := d.route(path)
	if !known {
		return fmt.Errorf("the API has no %s", path)
	}
	one, known := d.paths[route].(map[string]any)[strings.ToLower(method)].(map[string]any)
	if !known {
		return fmt.Errorf("the API has no %s %s", method, route)
	}
	_, wants := one["requestBody"]
	if !wants || len(body) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("%s %s takes no body", method, route)
		}
		return nil
	}
	schema, err := d.body(method, route)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("%s %s: %w", method, route, err)
	}
	return nil
}

// route finds the path that fits best: words before placeholders.
func (d *description) route(path string) (best string, ok bool) {
	parts := strings.Split(path, "/")
	least := len(parts) + 1
	for route := range d.paths {
		want := strings.Split(route, "/")
		if len(want) != len(parts) {
			continue
		}
		holes := 0
		for i := range want {
			if strings.HasPrefix(want[i], "{") {
				holes++
			} else if want[i] != parts[i] {
				holes = least
			}
		}
		if holes < least {
			best, least, ok = route, holes, true
		}
	}
	return best, ok
}

func (d *description) body(method, route string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.bodies[method+route]; s != nil {
		return s, nil
	}
	point := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "@", "%40").Replace(route)
	s, err := d.compiler.Compile(resource + "#/paths/" + point + "/" + strings.ToLower(method) + "/requestBody/content/application~1json/schema")
	if err != nil {
		return nil, fmt.Errorf("read what %s %s takes: %w", method, route, err)
	}
	d.bodies[method+route] = s
	return s, nil
}
