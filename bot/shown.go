package bot

import (
	"slices"
	"sync"

	"convenor/flows"
)

// shownMax is how many forms are remembered: far more than are open at one time.
const shownMax = 1000

// shown remembers the forms that were opened last, so that what a person typed can be given back even while the store
// is away. It is a help, not a truth: another replica, or this one after a start, does without. The zero shown is ready
// to use.
type shown struct {
	mu    sync.Mutex
	forms map[string]Form // by token
	order []string
}

func (s *shown) keep(f Form) {
	f.Fields = slices.Clone(f.Fields)
	for i := range f.Fields {
		f.Fields[i].Value, f.Fields[i].Error = flows.Input{}, "" // what was typed is not kept in memory
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forms == nil {
		s.forms = map[string]Form{}
	}
	if _, again := s.forms[f.Token]; !again {
		s.order = append(s.order, f.Token)
	}
	s.forms[f.Token] = f
	if len(s.order) > shownMax {
		delete(s.forms, s.order[0])
		s.order = slices.Delete(s.order, 0, 1)
	}
}

func (s *shown) form(token string) (Form, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.forms[token]
	f.Fields = slices.Clone(f.Fields)
	return f, ok
}
