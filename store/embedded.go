package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/alicebob/miniredis/v2"
	miniserver "github.com/alicebob/miniredis/v2/server"
	"github.com/redis/go-redis/v9"
)

// embedded is the engine that runs scripts on an in-process Redis behind a journal.
//
// One goroutine writes. It takes all calls that wait, appends them to the journal as one record, syncs it, carries them
// out in that order and answers. So the order in the journal is the order in which they happened; what a caller or a
// reader has seen is on the disk; many callers share one sync; and a call that could not be journalled never happened.
// Replay gives the same store, because a script's outcome depends on the store and its arguments alone.
type embedded struct {
	mini    *miniredis.Miniredis
	client  *redis.Client // reads
	direct  *direct       // writes; belongs to the writing goroutine
	journal *journal
	unlock  func() error
	dir     string
	calls   chan *embeddedCall
	quit    chan struct{} // closed to stop the writing goroutine
	stopped chan struct{} // closed when it has
	failed  chan struct{} // closed when the disk did not take a write, after broken was set
	broken  error
	loaded  map[string]bool // hashes of the scripts that the journal holds; belongs to the writing goroutine
}

type embeddedCall struct {
	script *script // nil: the journal is to be written anew
	words  []string
	answer chan embeddedAnswer // has room for one, so that nobody waits for a caller who left
}

type embeddedAnswer struct {
	value any
	err   error
}

// batchMost is how many calls share a record at most, so that no caller waits long for others' calls.
const batchMost = 128

// openDir opens the embedded store in dir.
func (s *Store) openDir(ctx context.Context, dir string) error {
	e, err := openEmbedded(ctx, dir, s.watch)
	if err != nil {
		return fmt.Errorf("open the store in %s: %w", dir, err)
	}
	s.engine, s.client, s.shards = e, e.client, shardsEmbedded
	s.warnings = e.warnings()
	return nil
}

func openEmbedded(ctx context.Context, dir string, watch func(what string) func()) (_ *embedded, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	unlock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	e := &embedded{
		mini: miniredis.NewMiniRedis(), unlock: unlock, dir: dir,
		calls: make(chan *embeddedCall), quit: make(chan struct{}), stopped: make(chan struct{}),
		failed: make(chan struct{}), loaded: map[string]bool{},
	}
	e.client = redis.NewClient(&redis.Options{
		Dialer:   func(context.Context, string, string) (net.Conn, error) { return e.mini.Dial() },
		Protocol: 2, DisableIdentity: true, MaxRetries: -1, ReadTimeout: -1, WriteTimeout: -1, PoolSize: 16,
	})
	e.client.AddHook(oneByOne{})
	defer func() {
		if err != nil {
			err = errors.Join(err, e.client.Close(), unlock())
			e.mini.Close()
		}
	}()
	if err := e.client.Ping(ctx).Err(); err != nil { // the first connection starts the in-process Redis
		return nil, fmt.Errorf("start: %w", err)
	}
	e.direct = newDirect(e.mini)
	if e.journal, err = openJournal(dir, e.replay); err != nil {
		return nil, err
	}
	e.journal.watch = watch
	if err = e.compactIfLong(); err != nil {
		return nil, errors.Join(err, e.journal.file.Close())
	}
	go e.write()
	return e, nil
}

// warnings says what the operator should know about this folder.
func (e *embedded) warnings() []string {
	var w []string
	if e.journal.shed > 0 {
		w = append(w, fmt.Sprintf("The last write before Convenor stopped was cut short; its %d bytes were dropped. "+
			"It had not been acknowledged to anyone", e.journal.shed))
	}
	if info, err := os.Stat(e.dir); err == nil && info.Mode().Perm()&0o077 != 0 {
		w = append(w, "Other users of this machine can look into the folder "+e.dir+". Allow only its owner (chmod 700)")
	}
	return w
}

// replay carries out one command of the journal. Scripts that ended with an error then do so again, and leave the same
// behind.
func (e *embedded) replay(words []string) error {
	value, err := e.direct.do(words)
	switch {
	case words[0] == "SCRIPT" && err == nil:
		e.loaded[fmt.Sprint(value)] = true
	case err != nil && (words[0] != "EVALSHA" || strings.HasPrefix(err.Error(), "NOSCRIPT")):
		return fmt.Errorf("%s: %w: %w", words[0], err, ErrDamaged)
	}
	return nil
}

func (e *embedded) run(ctx context.Context, s *script, keys, args []string) (any, error) {
	defer watched(e.journal.watch, s.name)()
	words := make([]string, 0, 3+len(keys)+len(args))
	words = append(words, "EVALSHA", s.redis.Hash(), strconv.Itoa(len(keys)))
	words = append(append(words, keys...), args...)
	c := &embeddedCall{script: s, words: words, answer: make(chan embeddedAnswer, 1)}
	select {
	case e.calls <- c:
	case <-e.quit:
		return nil, fmt.Errorf("run %s: %w", s.name, ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("run %s: %w", s.name, ctx.Err())
	}
	select {
	case a := <-c.answer:
		if a.err != nil {
			return nil, fmt.Errorf("run %s: %w", s.name, a.err)
		}
		return a.value, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("run %s: %w", s.name, ctx.Err())
	}
}

// write is the writing goroutine. After a write that the disk did not take it refuses all calls.
func (e *embedded) write() {
	defer close(e.stopped)
	for {
		var batch []*embeddedCall
		select {
		case c := <-e.calls:
			batch = e.more(c)
		case <-e.quit:
			return
		}
		if e.broken == nil {
			if e.broken = e.batch(batch); e.broken == nil {
				e.broken = e.compactAfter(batch)
				batch = nil
			}
			if e.broken != nil {
				close(e.failed)
			}
		}
		for _, c := range batch {
			c.answer <- embeddedAnswer{err: e.broken}
		}
	}
}

// compactAfter compacts the journal when one of the calls asked for it, which is answered then, or when it has grown
// enough.
func (e *embedded) compactAfter(calls []*embeddedCall) error {
	asked := slices.DeleteFunc(calls, func(c *embeddedCall) bool { return c.script != nil })
	if len(asked) == 0 {
		return e.compactIfLong()
	}
	err := e.compact()
	for _, c := range asked {
		c.answer <- embeddedAnswer{err: err}
	}
	return err
}

func (e *embedded) forget(ctx context.Context) {
	c := &embeddedCall{answer: make(chan embeddedAnswer, 1)}
	select {
	case e.calls <- c:
	case <-e.quit:
		return
	case <-ctx.Done():
		return
	}
	select {
	case <-c.answer:
	case <-ctx.Done():
	}
}

// compactIfLong compacts the journal when it has grown enough. The scripts are journalled anew when they are used.
func (e *embedded) compactIfLong() error {
	if !e.journal.long() {
		return nil
	}
	return e.compact()
}

func (e *embedded) compact() error {
	if err := e.journal.compact(e.direct.dump); err != nil {
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	}
	clear(e.loaded)
	return nil
}

// more adds the calls that already wait to the first one.
func (e *embedded) more(first *embeddedCall) []*embeddedCall {
	batch := []*embeddedCall{first}
	for len(batch) < batchMost {
		select {
		case c := <-e.calls:
			batch = append(batch, c)
		default:
			return batch
		}
	}
	return batch
}

// batch journals the calls that run a script, then carries them out and answers. On an error nothing was carried out or
// answered.
func (e *embedded) batch(all []*embeddedCall) error {
	calls := slices.DeleteFunc(slices.Clone(all), func(c *embeddedCall) bool { return c.script == nil })
	if len(calls) == 0 {
		return nil
	}
	commands := make([][]string, 0, len(calls)+2)
	var load []*script // the journal holds the scripts it uses, so that a later version replays what this one meant
	for _, c := range calls {
		if hash := c.script.redis.Hash(); !e.loaded[hash] {
			e.loaded[hash] = true
			load = append(load, c.script)
			commands = append(commands, []string{"SCRIPT", "LOAD", c.script.source})
		}
	}
	for _, c := range calls {
		commands = append(commands, c.words)
	}
	if err := e.journal.append(commands); err != nil {
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	}
	for i := range load {
		if _, err := e.direct.do(commands[i]); err != nil {
			return fmt.Errorf("load %s: %w", load[i].name, err)
		}
	}
	for _, c := range calls {
		value, err := e.direct.do(c.words)
		c.answer <- embeddedAnswer{value: value, err: err}
	}
	return nil
}

// healthy writes a small file beside the journal, so that asking often does not make the journal grow.
func (e *embedded) healthy(ctx context.Context) error {
	select {
	case <-e.failed:
		return e.broken
	default:
	}
	f, err := os.OpenFile(filepath.Join(e.dir, "canary"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("write to the folder: %w", err)
	}
	_, err = f.WriteAt([]byte("tweet\n"), 0)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write to the folder: %w", err)
	}
	if err := e.client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ask the in-process Redis: %w", err)
	}
	return nil
}

func (e *embedded) close() error {
	close(e.quit)
	<-e.stopped
	err := errors.Join(e.client.Close(), e.journal.file.Close())
	e.mini.Close()
	return errors.Join(err, e.unlock())
}

// direct carries out commands on the in-process Redis without a connection. It belongs to one goroutine.
type direct struct {
	server *miniserver.Server
	peer   *miniserver.Peer
	out    bytes.Buffer
}

func newDirect(m *miniredis.Miniredis) *direct {
	d := &direct{server: m.Server()}
	d.peer = miniserver.NewPeer(bufio.NewWriter(&d.out))
	return d
}

func (d *direct) do(words []string) (any, error) {
	d.out.Reset()
	d.server.Dispatch(d.peer, words)
	d.peer.Flush()
	value, err := miniserver.ParseReply(bufio.NewReader(&d.out))
	if err != nil {
		return nil, fmt.Errorf("in-process Redis: %w", err)
	}
	return value, nil
}

// oneByOne sends a pipeline's commands one after the other. In memory that costs nothing, and the pipe to the in-process
// Redis holds nothing back: with a whole pipeline in it, both ends would wait for the other to read.
type oneByOne struct{}

func (oneByOne) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (oneByOne) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }
func (oneByOne) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		var first error
		for _, c := range cmds {
			if err := next(ctx, []redis.Cmder{c}); err != nil && first == nil {
				first = err
			}
		}
		return first
	}
}
