package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"convenor/flows"
)

// conversation is one run with a state of about 2 KB and the event that answers its next question.
type conversation struct {
	flow  *flows.Flow
	state []byte
	event flows.Event
}

// both is the same words in each language.
func both(words string) flows.Text { return flows.Text{flows.English: words, flows.Spanish: words} }

// questions is a flow of n questions for words.
func questions(id string, n int) flows.Definition {
	d := flows.Definition{ID: id, Title: both("The bench")}
	for i := range n {
		d.Nodes = append(d.Nodes, flows.Node{
			ID: fmt.Sprintf("question-%d", i+1), Kind: flows.NodeAsk, Field: flows.FieldText,
			Label: both(fmt.Sprintf("Question %d", i+1)), Line: both("What would help most?"),
		})
	}
	return d
}

// converse answers sixteen of eighteen questions.
func converse() (conversation, error) {
	const asked, answered = 18, 16
	f, err := flows.Compile(questions("bench", asked))
	if err != nil {
		return conversation{}, fmt.Errorf("compile the flow: %w", err)
	}
	c := conversation{flow: f}
	run := flows.Run{ID: "abcdefghijklmnop", Flow: "bench", Hash: f.Hash(), Person: "abcdefghijklmnop"}
	c.event = flows.Event{
		Kind: flows.EventStart, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Today: "2026-03-02", Locale: flows.English,
		Person: run.Person, Via: "slack", TextID: "qrstuvwxyz234567",
	}
	for range answered + 1 {
		if run, _, err = flows.Advance(f, run, c.event); err != nil {
			return conversation{}, fmt.Errorf("advance: %w", err)
		}
		c.event.Kind, c.event.Node, c.event.Rev = flows.EventAnswer, run.Node, run.Drawn
		c.event.Input = flows.Input{Text: strings.Repeat("words ", 20)}
	}
	if c.state, err = json.Marshal(run); err != nil {
		return conversation{}, fmt.Errorf("encode the run: %w", err)
	}
	return c, nil
}

// bare reads the state and writes it.
func (c conversation) bare() error {
	var run flows.Run
	if err := json.Unmarshal(c.state, &run); err != nil {
		return err
	}
	_, err := json.Marshal(run)
	return err
}

// answer reads the state, answers the question, and writes the state.
func (c conversation) answer() error {
	var run flows.Run
	if err := json.Unmarshal(c.state, &run); err != nil {
		return err
	}
	next, _, err := flows.Advance(c.flow, run, c.event)
	if err != nil {
		return err
	}
	if next.Rev == run.Rev {
		return errors.New("the answer was not taken")
	}
	_, err = json.Marshal(next)
	return err
}

// cost is what one operation costs.
type cost struct{ µs, allocs, bytes float64 }

// repeat does something n times in a row.
func repeat(n int, do func() error) (cost, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	for range n {
		if err := do(); err != nil {
			return cost{}, err
		}
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	per := float64(n)
	return cost{
		µs: float64(took.Nanoseconds()) / 1e3 / per, allocs: float64(after.Mallocs-before.Mallocs) / per,
		bytes: float64(after.TotalAlloc-before.TotalAlloc) / per,
	}, nil
}

// advance is B1.
func (b *bench) advance(ctx context.Context) error {
	c, err := converse()
	if err != nil {
		return err
	}
	n := b.size(20_000, 20)
	var whole, bare, allocs, bytes series
	if err := b.alternate(ctx, func() error {
		one, err := repeat(n, c.answer)
		whole, allocs, bytes = append(whole, one.µs), append(allocs, one.allocs), append(bytes, one.bytes)
		return err
	}, func() error {
		one, err := repeat(n, c.bare)
		bare = append(bare, one.µs)
		return err
	}); err != nil {
		return err
	}
	b.add(result{
		what: "a question answered; bare: its state read and written", unit: "µs", value: whole, bare: bare, atMost: 1.5, why: onEngine,
		note: fmt.Sprintf("the state has %d bytes of JSON", len(c.state)),
	})
	b.add(result{what: "the same, allocations", unit: "allocations", value: allocs, atMost: 60, why: onCodec})
	b.add(result{what: "the same, memory", unit: "bytes", value: bytes, atMost: 16 << 10, why: onCodec})
	return nil
}
