package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
)

// Errors that a caller of Open or Shift may decide on. Each says in plain words what to do.
var (
	// ErrNotRehearsal means that rehearsal was asked of a store that was not begun as one.
	ErrNotRehearsal = errors.New("this store holds a coalition's real records, so it cannot be used for a rehearsal. " +
		"Use another store for the rehearsal, or unset CONVENOR_REHEARSAL")
	// ErrRehearsal means that a store that was begun as a rehearsal was opened as a real one.
	ErrRehearsal = errors.New("this store was begun as a rehearsal, and its clock may have been moved. " +
		"Use another store for the real records, or set CONVENOR_REHEARSAL=1")
	// ErrNewer means that a newer version of Convenor has written the store.
	ErrNewer = errors.New("this store was written by a newer version of Convenor. Please use that version or a later one")
	// ErrInUse means that another process has the folder of an embedded store open.
	ErrInUse = errors.New("another Convenor is using this folder. Only one can at a time. Please stop the other one, or use Redis")
	// ErrDamaged means that an embedded store's journal is damaged before its end. Nothing was loaded or changed.
	ErrDamaged = errors.New("the journal is damaged before its end, so nothing was loaded or changed. " +
		"Please put back a copy of the folder from before")
	// ErrReadOnly means that an embedded store could not write to its disk and takes no more writes until it is opened
	// again. What it acknowledged is safe.
	ErrReadOnly = errors.New("the disk did not take a write, so nothing more is saved. " +
		"Please see to the disk (is it full?) and start Convenor again")
	// ErrUnsure means that Redis has taken a write and none of its replicas had it in time: a failover now would lose it.
	// To do the same again is safe, because a repeat of what was applied changes nothing.
	ErrUnsure = errors.New("no replica of Redis has it yet, so it may still be lost. Please try again in a moment")
	// ErrClosed means that the store was closed.
	ErrClosed = errors.New("the store is closed")
)

// Options says where things are kept. URL wins over Dir.
type Options struct {
	// URL names a Redis:
	//
	//	redis://[user:password@]host[:port][/db]   one server; port 6379 and database 0 when none is written
	//	rediss://…                                 the same over TLS 1.2 or later, with a certificate for the first host
	//	unix:///path[?db=n]                        one server on a socket
	//	redis://host:port,host:port,…              a Redis Cluster: some of its nodes, which tell of the others
	//	redis://host:port?cluster=true             a Redis Cluster of which one node is named
	//	redis://host:port,…[/db]?sentinel=name     Sentinels (port 26379 when none is written) that watch the primary of that name
	//
	// User and password are those of the servers; Sentinels are greeted with the same.
	URL string
	// Doubt, when set, is called when this Redis may have lost its last writes: another primary answers, the server was
	// started again, or an older copy was put back. It is called before anything is read from or written to the changed
	// server, from any goroutine, and must not call the store.
	Doubt func()
	// Watch, when set, is called as a script begins to run, by the script's name, and as the journal begins to wait for the
	// disk ("fsync"); what it returns is called when that has ended. It is called from any goroutine.
	Watch func(what string) (ended func())
	// Dir is the folder of an embedded store. It is made when it is not there.
	Dir string
	// Rehearsal allows the clock to be moved. A store is begun with or without it and stays so.
	Rehearsal bool
}

// Store keeps everything. It is safe for many goroutines. It implements the ledger and the outbox of package bot.
type Store struct {
	engine    engine
	client    redis.UniversalClient // reads only
	scripts   scripts
	shards    int
	rehearsal bool
	warnings  []string
	doubt     func()
	senders   senders
	watch     func(what string) (ended func()) // nil: nobody watches
	leave     func()                           // nil: there is nobody to leave anything to
	commits   atomic.Uint64
	closing   sync.Once
	places    sync.Map // place -> coalition; a bound place stays bound, so it is remembered for good
}

// Open opens the store and tries whether it can be written. Its error says in plain words what is wrong and never
// repeats a password.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{scripts: newScripts(), rehearsal: o.Rehearsal, doubt: o.Doubt, watch: o.Watch}
	if s.doubt == nil {
		s.doubt = func() {}
	}
	var err error
	switch {
	case o.URL != "":
		err = s.openRedis(ctx, o.URL)
	case o.Dir != "":
		err = s.openDir(ctx, o.Dir)
	default:
		err = errors.New("neither a Redis nor a folder is named to keep things in")
	}
	if err != nil {
		return nil, err
	}
	err = s.begin(ctx)
	if err == nil && o.URL == "" { // the folder is locked: no other process is alive
		err = s.freeAll(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// begin writes how the store is begun, or checks that this binary and these options fit how it was.
func (s *Store) begin(ctx context.Context) error {
	answer, err := s.engine.run(ctx, s.scripts.open, []string{keyMeta},
		[]string{strconv.Itoa(schema), strconv.Itoa(s.shards), flag(s.rehearsal)})
	if err != nil {
		return fmt.Errorf("open the store: %w", plain(err))
	}
	have, err := list(answer)
	if err != nil || len(have) != 4 {
		return fmt.Errorf("open the store: %s is not readable: %w", keyMeta, err)
	}
	version, err := strconv.Atoi(have[0])
	switch {
	case err != nil:
		return fmt.Errorf("open the store: %s has schema %q", keyMeta, have[0])
	case version > schema:
		return ErrNewer
	case have[3] != "":
		return ErrHalfImported
	case have[1] != strconv.Itoa(s.shards):
		return fmt.Errorf("open the store: it has %s shards, and this Convenor uses %d", have[1], s.shards)
	case have[2] == "0" && s.rehearsal:
		return ErrNotRehearsal
	case have[2] == "1" && !s.rehearsal:
		return ErrRehearsal
	}
	return nil
}

// Close releases everything; the second time it does nothing. What was acknowledged is safe with or without it.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		if s.leave != nil {
			s.leave()
		}
		err = s.engine.close()
	})
	if err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// Warnings says in plain words what could make this store lose something, one sentence each.
func (s *Store) Warnings() []string { return s.warnings }

// Healthy reports whether the store can be written, by trying it.
func (s *Store) Healthy(ctx context.Context) error {
	if err := s.engine.healthy(ctx); err != nil {
		return fmt.Errorf("try the store: %w", plain(err))
	}
	return nil
}

// Beat is to be called about once a second. It finds out when an older copy of Redis's data was put back under a
// running server, and whether there are replicas to wait for. On an embedded store it does nothing.
func (s *Store) Beat(ctx context.Context) error {
	e, ok := s.engine.(*server)
	if !ok {
		return nil
	}
	if err := e.beat(ctx, s.scripts.beat); err != nil {
		return fmt.Errorf("look whether this is the same Redis: %w", plain(err))
	}
	return nil
}

// Time asks for Redis's clock. An embedded store has none of its own: ok is false.
func (s *Store) Time(ctx context.Context) (now time.Time, ok bool, err error) {
	e, ok := s.engine.(*server)
	if !ok {
		return time.Time{}, false, nil
	}
	if now, err = e.time(ctx); err != nil {
		return time.Time{}, true, fmt.Errorf("ask for Redis's clock: %w", plain(err))
	}
	return now, true, nil
}

// Pending counts what waits.
type Pending struct {
	Conversations int64 // with at least one delivery that is not completed
	Timers        int64 // that have not fired
}

// Pending counts what waits, over all coalitions.
func (s *Store) Pending(ctx context.Context) (Pending, error) {
	var conversations, timers []*redis.IntCmd
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n := range s.shards {
			conversations = append(conversations, p.ZCard(ctx, shardAt(n).outbox()))
			timers = append(timers, p.ZCard(ctx, shardAt(n).timers()))
		}
		return nil
	})
	if err != nil {
		return Pending{}, fmt.Errorf("count what waits: %w", err)
	}
	var sum Pending
	for n := range conversations {
		sum.Conversations += conversations[n].Val()
		sum.Timers += timers[n].Val()
	}
	return sum, nil
}

// Place returns the coalition that a place belongs to, or "" when none does.
func (s *Store) Place(ctx context.Context, place string) (string, error) {
	if coalition, ok := s.places.Load(place); ok {
		return coalition.(string), nil
	}
	coalition, err := s.client.Get(ctx, keyPlace+place).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find the coalition of a place: %w", err)
	}
	s.places.Store(place, coalition)
	return coalition, nil
}

// Claim binds a place to a coalition unless it is bound already, and returns the coalition it is bound to.
func (s *Store) Claim(ctx context.Context, place, coalition string) (string, error) {
	if _, err := keysOf(coalition, s.shards); err != nil {
		return "", fmt.Errorf("bind a place: %w", err)
	}
	answer, err := s.engine.run(ctx, s.scripts.place, []string{keyPlace + place}, []string{coalition})
	if err != nil {
		return "", fmt.Errorf("bind a place: %w", err)
	}
	bound, ok := answer.(string)
	if !ok {
		return "", fmt.Errorf("bind a place: unexpected answer %v", answer)
	}
	s.places.Store(place, bound)
	return bound, nil
}

// Offset returns how far a rehearsal has moved its clock on.
func (s *Store) Offset(ctx context.Context) (time.Duration, error) {
	text, err := s.client.HGet(ctx, keyMeta, "offset").Result()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the rehearsal's clock: %w", err)
	}
	ns, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the rehearsal's clock: %w", err)
	}
	return time.Duration(ns), nil
}

// Shift moves a rehearsal's clock on by d for every replica and returns how far it is moved in all. Time never goes
// back. It returns ErrNotRehearsal when the store was opened without rehearsal.
func (s *Store) Shift(ctx context.Context, d time.Duration) (time.Duration, error) {
	if !s.rehearsal {
		return 0, ErrNotRehearsal
	}
	if d < 0 {
		return 0, errors.New("move the rehearsal's clock: time never goes back")
	}
	for {
		was, err := s.Offset(ctx)
		if err != nil {
			return 0, err
		}
		args := []string{strconv.FormatInt(int64(was), 10), strconv.FormatInt(int64(was+d), 10), token()}
		answer, err := s.engine.run(ctx, s.scripts.shift, []string{keyMeta}, args)
		if err == nil {
			err = verdict(answer, map[string]error{"CONFLICT": flows.ErrConflict})
		}
		switch {
		case err == nil:
			return was + d, nil
		case !errors.Is(err, flows.ErrConflict): // someone else moved it meanwhile: one of us always gets on
			return 0, fmt.Errorf("move the rehearsal's clock: %w", err)
		}
	}
}

// token draws 128 random bits.
func token() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}
