package flows_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"convenor/flows"
)

// BenchmarkAdvance answers one question of a run with twelve answers, which is read before and written after. Compare
// it with "codec", the same reading and writing alone, in the same run.
func BenchmarkAdvance(b *testing.B) {
	var nodes []flows.Node
	for i := range 14 {
		nodes = append(nodes, ask(fmt.Sprintf("question-%d", i+1), flows.FieldText))
	}
	k := begin(b, definition(nodes...))
	for range 12 {
		k.types("words")
	}
	for i := range k.run.Log {
		k.run.Log[i].By, k.run.Log[i].Value.TextID = "abcdefghijklmnop", "qrstuvwxyz234567"
	}
	k.run.ID = "abcdefghijklmnop"
	state, err := json.Marshal(k.run)
	if err != nil {
		b.Fatal(err)
	}
	e := flows.Event{
		Kind: flows.EventAnswer, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Today: "2026-03-02", Locale: flows.English,
		Person: "dana", Via: "slack", Node: k.run.Node, Rev: k.run.Drawn, TextID: "qrstuvwxyz234567",
		Input: flows.Input{Text: strings.Repeat("words ", 20)},
	}
	read := func() flows.Run {
		var run flows.Run
		if err := json.Unmarshal(state, &run); err != nil {
			b.Fatal(err)
		}
		return run
	}
	write := func(run flows.Run) {
		if _, err := json.Marshal(run); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("the state has %d bytes", len(state))
	b.Run("answer", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			run, _, err := flows.Advance(k.f, read(), e)
			if err != nil {
				b.Fatal(err)
			}
			write(run)
		}
	})
	b.Run("codec", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			write(read())
		}
	})
	b.Run("advance", func(b *testing.B) {
		b.ReportAllocs()
		run := read()
		for b.Loop() {
			if _, _, err := flows.Advance(k.f, run, e); err != nil {
				b.Fatal(err)
			}
		}
	})
}
