package bot

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	tokens "go/token"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"convenor/flows"
)

// TestWordsOfJSON: every word of what was written as JSON is found in it, whatever stands around it.
func TestWordsOfJSON(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	around := []string{"\n", "\t", "\"", "\\", "<", ">", "&", "·", " ", ".", "|", "=", "-", "_", "\u2028", "\x01", "é", "😀"}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for range 2000 {
		var text strings.Builder
		var put []string
		for range random.IntN(6) {
			text.WriteString(around[random.IntN(len(around))])
			word := make([]byte, 1+random.IntN(17))
			for i := range word {
				word[i] = letters[random.IntN(len(letters))]
			}
			put = append(put, string(word))
			text.Write(word)
			text.WriteString(around[random.IntN(len(around))])
		}
		encoded, err := json.Marshal(map[string]any{text.String(): []any{text.String(), 1, nil, map[string]string{"a": text.String()}}})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		for word := range words(encoded) {
			found[string(word)]++
		}
		for _, word := range put {
			if found[word] < 3 {
				t.Fatalf("%q is found %d times in %s", word, found[word], encoded)
			}
		}
	}
	for _, odd := range []string{"", `\`, `"\u`, `"\u00`, `a\`, "\xff"} {
		for range words([]byte(odd)) {
		}
	}
}

// TestEachKindIsLookedFor: a kind of records that is new is named where it is said what can name a text.
func TestEachKindIsLookedFor(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(tokens.NewFileSet(), "../flows/commit.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := append(keptAlone(), flows.KindOwn, flows.KindText, flows.KindLink, flows.KindIdle) // a link is kept with no coalition's records
	for _, owner := range keptAlone() {
		known = append(known, keptUnder(owner)...)
	}
	kinds := 0
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(v.Names[0].Name, "Kind") {
			return true
		}
		kinds++
		kind, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil || !slices.Contains(known, kind) {
			t.Errorf("%s is looked for nowhere", v.Names[0].Name)
		}
		return true
	})
	if kinds < 20 {
		t.Errorf("%d kinds", kinds)
	}
}
