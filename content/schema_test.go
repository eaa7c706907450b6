package content

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// schemaFiles are the schemas for editors: one for each kind of file of a pack.
func schemaFiles() map[string]map[string]any {
	return map[string]map[string]any{
		"outline":  schemaOf("An outline of the toolkit.", outlineShape()),
		"activity": schemaOf("One activity and its questions.", activityShape()),
		"flow":     schemaOf("One conversation.", flowShape()),
		"words":    schemaOfWords(),
	}
}

// TestSchema holds the schemas current. With -update it writes them.
func TestSchema(t *testing.T) {
	t.Parallel()
	for name, schema := range schemaFiles() {
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(schema); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("schema", name+".schema.json")
		if *update {
			if err := os.WriteFile(file, want.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what the loader reads by: run go generate ./content", file)
		}
	}
}

// schemaOf is the schema of a file that has one shape at its top.
func schemaOf(about string, s shape) map[string]any {
	defs := map[string]any{}
	top := schemaOfShape(s, defs)
	if s.name == "flow" {
		needsTitle(top)
	}
	return whole(about, top, defs)
}

// whole puts together a schema and what it refers to.
func whole(about string, top, defs map[string]any) map[string]any {
	top["$schema"] = "http://json-schema.org/draft-07/schema#"
	top["description"] = about
	top["definitions"] = defs
	return top
}

// needsTitle adds what a flow needs by whether it is over activities.
func needsTitle(flow map[string]any) {
	flow["if"] = map[string]any{"required": []string{"over"}}
	flow["then"] = map[string]any{"properties": map[string]any{
		"nodes": map[string]any{"contains": map[string]any{"type": "object", "required": []string{"questions"}}},
	}}
	flow["else"] = map[string]any{
		"required":   []string{"title"},
		"properties": map[string]any{"nodes": map[string]any{"items": map[string]any{"not": map[string]any{"required": []string{"questions"}}}}},
	}
}

// schemaOfWords is the schema of a file of words, whose keys are the author's.
func schemaOfWords() map[string]any {
	defs := map[string]any{}
	languagesOf := map[string]any{}
	for _, language := range languages() {
		languagesOf[language] = map[string]any{"anyOf": []any{line(), ref(countShape(), defs)}}
	}
	defs["phrase"] = map[string]any{
		"type": "object", "properties": languagesOf, "required": languages(), "additionalProperties": false,
	}
	return whole("Words that Convenor says.", map[string]any{
		"type":                 "object",
		"patternProperties":    map[string]any{wordKey: map[string]any{"$ref": "#/definitions/phrase"}},
		"additionalProperties": false,
	}, defs)
}

// ref refers to a shape, and puts it into defs.
func ref(s shape, defs map[string]any) map[string]any {
	if _, ok := defs[s.name]; !ok {
		defs[s.name] = nil // a shape may hold itself
		defs[s.name] = schemaOfShape(s, defs)
	}
	return map[string]any{"$ref": "#/definitions/" + s.name}
}

func schemaOfShape(s shape, defs map[string]any) map[string]any {
	properties, must := map[string]any{}, []string{}
	for _, k := range s.keys {
		of := schemaOfValue(k.value, defs)
		if k.about != "" {
			of = map[string]any{"description": k.about, "allOf": []any{of}}
		}
		properties[k.name] = of
		if k.must {
			must = append(must, k.name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": must, "additionalProperties": false}
}

func schemaOfValue(v value, defs map[string]any) map[string]any {
	switch v.kind {
	case aLine:
		return line()
	case aText:
		return text(v.most, defs)
	case aNumber:
		return map[string]any{"type": "integer", "minimum": 1}
	case aWhole:
		return map[string]any{"type": "integer"}
	case aYes:
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "boolean"},
			map[string]any{"type": "string", "pattern": `^([Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$`},
		}}
	case aWord:
		return map[string]any{"enum": v.words}
	case aMapping:
		return ref(v.of[0], defs)
	case aList:
		var all []any
		for _, s := range v.of {
			all = append(all, ref(s, defs))
		}
		if len(all) == 1 {
			return map[string]any{"type": "array", "items": all[0]}
		}
		return map[string]any{"type": "array", "items": map[string]any{"anyOf": all}}
	case lines:
		return map[string]any{"type": "array", "items": line()}
	case texts:
		return map[string]any{"type": "object", "additionalProperties": text(v.most, defs)}
	case linesByID:
		return map[string]any{"type": "object", "additionalProperties": line()}
	case named:
		return map[string]any{
			"type": "object", "patternProperties": map[string]any{activityNumber: text(v.most, defs)}, "additionalProperties": false,
		}
	}
	panic(fmt.Sprintf("no schema for kind %d", v.kind))
}

// line is one line of words. Numbers are words, too: an activity's is one.
func line() map[string]any {
	return map[string]any{"type": []string{"string", "number", "boolean"}, "pattern": `\S`}
}

// text is the same words in every language, of at most that many characters.
func text(most int, defs map[string]any) map[string]any {
	name := "text"
	if most > 0 {
		name = fmt.Sprintf("text-%d", most)
	}
	properties := map[string]any{}
	for _, k := range textShape("").keys {
		words := line()
		words["description"] = k.about
		if most > 0 {
			words["maxLength"] = most
		}
		properties[k.name] = words
	}
	defs[name] = map[string]any{"type": "object", "properties": properties, "required": languages(), "additionalProperties": false}
	return map[string]any{"$ref": "#/definitions/" + name}
}
