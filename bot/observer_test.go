package bot_test

import (
	"sync"
	"time"

	"convenor/flows"
)

// counts is an observer that counts.
type counts struct {
	mu                         sync.Mutex
	handled, delivered, looked map[string]int
	refused, panicked          int
}

func (c *counts) add(m *map[string]int, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key]++
}

func (c *counts) Handled(_, _, outcome string, _ time.Duration) { c.add(&c.handled, outcome) }
func (c *counts) Delivered(_ string, _ flows.DeliveryKind, outcome string, _ time.Duration) {
	c.add(&c.delivered, outcome)
}
func (c *counts) Looked(result string) { c.add(&c.looked, result) }
func (c *counts) Refused()             { c.mu.Lock(); defer c.mu.Unlock(); c.refused++ }
func (c *counts) Panicked()            { c.mu.Lock(); defer c.mu.Unlock(); c.panicked++ }
