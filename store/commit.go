package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"convenor/flows"
)

// How long the store remembers what must not happen twice.
const (
	lifeCommit = time.Hour           // a commit's own token, for repeats of a command whose answer was lost
	lifeEvent  = 24 * time.Hour      // an inbound event: longer than any platform goes on sending it again
	lifeSent   = 24 * time.Hour      // a finished reply or post
	lifeNudge  = 40 * 24 * time.Hour // a finished nudge and a fired timer: longer than a step's ladder
)

// Every sweepEvery-th commit forgets up to sweepMost marks whose life is over. One that adds many, as the sweep of a busy
// hour does, forgets twice as many as it can add: so what is kept after its time stays within what a few dozen commits
// add, whatever they hold.
const (
	sweepEvery = 32
	sweepMost  = 512
	sweepBound = 4096 // a script takes no more arguments at once than about 8,000
	sweepFew   = 8    // what the many commits that wait for a sweepEvery-th one may add, each
)

// Commit applies all of c or nothing. It returns flows.ErrConflict when a record is not at the revision that a write
// names, flows.ErrSeen when the event was committed before, both wrapped. A repeat of a commit that was applied
// returns nil. Nil means durable; any other error leaves open whether c was applied, and c may be committed again.
//
// c.Audit.At is the present and is needed. A write with Rev 0 makes a record; its revision is to be read, not guessed,
// because a record that is made again after a deletion begins higher than 1. Deliveries and timers are added if they
// are absent and were not finished before; a timer named in Fired never comes back under the same id, not even moved.
//
// With c.Forget the embedded store's journal is written anew before Commit returns, and a Redis is asked to rewrite its
// append-only file, which it does in the background. Snapshots and backups that were made before are beyond reach.
func (s *Store) Commit(ctx context.Context, c flows.Commit) error {
	call, err := s.commitCall(c)
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	answer, err := s.engine.run(ctx, s.scripts.commit, call.keys, call.args)
	if err == nil {
		err = verdict(answer, map[string]error{"SEEN": flows.ErrSeen, "CONFLICT": flows.ErrConflict})
	}
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if c.Forget {
		s.engine.forget(ctx)
	}
	return nil
}

func (s *Store) commitCall(c flows.Commit) (*call, error) {
	k, err := keysOf(c.Coalition, s.shards)
	if err != nil {
		return nil, err
	}
	if c.ID == "" || c.Audit.At.IsZero() {
		return nil, errors.New("an id and an instant are needed")
	}
	line := ""
	if c.Audit.Verb != "" {
		text, err := json.Marshal(c.Audit)
		if err != nil {
			return nil, fmt.Errorf("encode the audit line: %w", err)
		}
		line = string(text)
	}
	sweep := 0
	if (s.commits.Add(1)-1)%sweepEvery == 0 {
		sweep = sweepMost
	}
	if adds := 2 + len(c.Deliveries) + len(c.Fired); adds > sweepFew { // its own, its event's, each delivery's when it ends, each timer's
		sweep = min(max(sweep, 2*adds), sweepBound)
	}
	now := c.Audit.At
	call := newCall(k.marks(), k.index(), k.coalitions(), k.floor(), k.audit(), k.outbox(), k.deliveries(), k.timers(), k.timer(), k.edits())
	call.add(c.ID, c.Key, c.Coalition, line,
		ms(now), ms(now.Add(lifeCommit)), ms(now.Add(lifeEvent)), ms(now.Add(lifeNudge)), strconv.Itoa(sweep),
		strconv.Itoa(len(c.Writes)), strconv.Itoa(len(c.Deliveries)), strconv.Itoa(len(c.Timers)+len(c.Moved)), strconv.Itoa(len(c.Fired)))
	if err := addWrites(call, k, c.Writes); err != nil {
		return nil, err
	}
	if err := addDeliveries(call, k, c); err != nil {
		return nil, err
	}
	if err := errors.Join(addTimers(call, c.Coalition, c.Timers, false), addTimers(call, c.Coalition, c.Moved, true)); err != nil {
		return nil, err
	}
	call.add(c.Fired...)
	return call, nil
}

func addDeliveries(call *call, k keys, c flows.Commit) error {
	for _, d := range c.Deliveries {
		if d.ID == "" || d.Coalition != c.Coalition || (d.Person == "") == (d.Space == "") {
			return fmt.Errorf("delivery %q: it needs an id, the commit's coalition, and a person or a space", d.ID)
		}
		text, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("encode delivery %s: %w", d.ID, err)
		}
		conv := d.Conversation()
		call.add(call.key(k.queue(conv)), member(c.Coalition, conv), d.ID, ms(d.At), string(text), editsField(d), flag(d.Edit))
	}
	return nil
}

func addTimers(call *call, coalition string, timers []flows.Timer, moved bool) error {
	for _, t := range timers {
		text, err := writeTimer(coalition, t)
		if err != nil {
			return err
		}
		call.add(t.ID, msUp(t.At), text, flag(moved))
	}
	return nil
}

// writeTimer is a timer as it is kept.
func writeTimer(coalition string, t flows.Timer) (string, error) {
	if t.ID == "" || t.Coalition != coalition {
		return "", fmt.Errorf("timer %q: it needs an id and the commit's coalition", t.ID)
	}
	text, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("encode timer %s: %w", t.ID, err)
	}
	return string(text), nil
}

// member names a conversation or a timer among those of all coalitions of a shard. A coalition has no space in it.
func member(coalition, of string) string { return coalition + " " + of }

// ms is an instant as scripts compare it; the zero time is 0, the beginning of all.
func ms(t time.Time) string { return strconv.FormatInt(max(0, t.UnixMilli()), 10) }

// msUp is an instant that must not come early.
func msUp(t time.Time) string { return ms(t.Add(time.Millisecond - time.Nanosecond)) }
