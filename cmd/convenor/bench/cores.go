package bench

import (
	"context"
	"runtime"
)

// cores is B11.
func (b *bench) cores(ctx context.Context) (err error) {
	if runtime.NumCPU() < 2 {
		return unmeasuredError{"this machine has one core"}
	}
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	c, err := converse()
	if err != nil {
		return err
	}
	n := b.size(5000, 5)
	const workers = 8
	engine := func(on int) (load, error) {
		runtime.GOMAXPROCS(on)
		return crowded(workers, n, func(int, int) error { return c.answer() })
	}
	if err := b.compare(ctx, "B1: answered questions a second on two cores; bare: on one", 1.7, onOthers, engine); err != nil {
		return err
	}
	o, err := b.long(ctx)
	if err != nil {
		return err
	}
	defer func() { err = o.leave(err) }()
	return b.compare(ctx, "B2: answers a second on two cores; bare: on one", 1.3, onShare, func(on int) (load, error) {
		runtime.GOMAXPROCS(on)
		return o.answer(ctx, b.size(5, 1))
	})
}

// compare measures on two cores and on one, in turns.
func (b *bench) compare(ctx context.Context, what string, atBest float64, why reason, measure func(cores int) (load, error)) error {
	var two, one series
	on := func(cores int, to *series) func() error {
		return func() error {
			l, err := measure(cores)
			*to = append(*to, l.perSecond)
			return err
		}
	}
	if err := b.alternate(ctx, on(2, &two), on(1, &one)); err != nil {
		return err
	}
	b.add(result{what: what, unit: "per s", value: two, bare: one, atBest: atBest, why: why})
	return nil
}
