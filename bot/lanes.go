package bot

import (
	"context"
	"sync"
)

// lanes let the events of one thing pass one at a time inside this process. They save conflicts and decide nothing: the
// compare-and-set of the commit is what keeps state right. The zero lanes are ready to use.
type lanes struct {
	mu   sync.Mutex
	busy map[string]*queue
}

type queue struct {
	turn    chan struct{} // holds one value while somebody is inside
	waiting int           // the one inside included
}

// enter waits until nobody else is in the lane, and returns how to leave it. It fails only when ctx ends first.
func (l *lanes) enter(ctx context.Context, name string) (leave func(), err error) {
	l.mu.Lock()
	if l.busy == nil {
		l.busy = map[string]*queue{}
	}
	q, ok := l.busy[name]
	if !ok {
		q = &queue{turn: make(chan struct{}, 1)}
		l.busy[name] = q
	}
	q.waiting++
	l.mu.Unlock()
	select {
	case q.turn <- struct{}{}:
		return func() {
			<-q.turn
			l.quit(name, q)
		}, nil
	case <-ctx.Done():
		l.quit(name, q)
		return nil, ctx.Err()
	}
}

func (l *lanes) quit(name string, q *queue) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if q.waiting--; q.waiting == 0 {
		delete(l.busy, name)
	}
}

// compiled keeps compiled flows by hash: a revision never changes. The zero compiled is ready to use.
type compiled struct{ flows sync.Map }
