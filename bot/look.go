package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"convenor/flows"
)

// look searches for a delivery wherever it could have been posted. Found is false only when it is surely nowhere.
//
// A nudge about several things can have been put together anew, and of more than before, after the store was put back:
// each of them is looked for by its own name. When some were said before this nudge was made, the others remain in o.
func (b *Bot) look(ctx context.Context, o *owed) (at flows.Posted, found bool, err error) {
	result := "failed"
	defer func() { b.Observer.Looked(result) }()
	if len(o.Also) == 0 || slices.ContainsFunc(o.reasons, func(r flows.Reason) bool { return r.Timer == "" }) {
		at, found, err = b.lookFor(ctx, *o, o.ID, planned(o.Delivery))
	} else {
		at, found, err = b.lookForEach(ctx, o)
	}
	switch {
	case found:
		result = "found"
	case err == nil:
		result = "absent"
	}
	return at, found, err
}

// lookForEach looks for each thing that a grouped nudge is about. What was due no later than one that was said was said
// with it, for a sweep puts together all that is due.
func (b *Bot) lookForEach(ctx context.Context, o *owed) (at flows.Posted, found bool, err error) {
	var said time.Time
	var rest []flows.Reason
	for _, r := range o.reasons {
		old, before, err := b.lookFor(ctx, *o, r.Timer, planned(o.Delivery))
		if err != nil {
			return flows.Posted{}, false, err
		}
		if !before {
			rest = append(rest, r)
			continue
		}
		if at, found, err = b.lookFor(ctx, *o, r.Timer, o.At); found || err != nil {
			return at, found, err // posted since this nudge was made: it is this one, whole
		}
		if at = old; said.Before(r.At) {
			said = r.At
		}
	}
	rest = slices.DeleteFunc(rest, func(r flows.Reason) bool { return !r.At.After(said) })
	if len(rest) == 0 {
		return at, true, nil
	}
	if len(rest) < len(o.reasons) {
		o.mark, o.Reason, o.Also = rest[0].Timer, rest[0], rest[1:]
	}
	return flows.Posted{}, false, nil
}

// lookFor looks for a post by the id it was marked with, no older than since.
func (b *Bot) lookFor(ctx context.Context, o owed, id string, since time.Time) (at flows.Posted, found bool, err error) {
	for _, t := range b.targets(o) {
		if at, found, err = lookAt(ctx, t, id, since); found || err != nil {
			return at, found, err
		}
	}
	return flows.Posted{}, false, nil
}

// lookAt looks at one target, for another message than those in but.
func lookAt(ctx context.Context, t target, id string, since time.Time, but ...flows.Posted) (at flows.Posted, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	at, found, err = t.platform.Find(ctx, t.to, mark(id), since.Add(-settleFor), but...)
	if _, gone := errors.AsType[*GoneError](err); gone {
		return flows.Posted{}, false, nil // nobody can read what stands there, and nothing more can be posted
	}
	if err != nil {
		return flows.Posted{}, false, &UnclearError{Err: err} // not to know is to be in doubt still
	}
	return at, found, nil
}
