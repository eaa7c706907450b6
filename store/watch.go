package store

import (
	"os"
	"path/filepath"
)

// watched tells a watcher, if there is one, that something begins, and returns how to tell that it has ended.
func watched(watch func(what string) (ended func()), what string) (ended func()) {
	if watch == nil {
		return func() {}
	}
	return watch(what)
}

// JournalBytes is how long the journal of an embedded store is; 0 on a Redis.
func (s *Store) JournalBytes() int64 {
	e, ok := s.engine.(*embedded)
	if !ok {
		return 0
	}
	info, err := os.Stat(filepath.Join(e.dir, journalName))
	if err != nil {
		return 0
	}
	return info.Size()
}
