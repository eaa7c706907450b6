package store

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"
)

// An export is a text of lines, each a JSON document. The first says what it is, the last is a checksum of all that
// stands before it. In between is one line for each item of each key:
//
//	["string", "", "place:slack:T1", value]
//	["hash", coalition, key, field, value]     ["set", coalition, key, member]
//	["list", coalition, key, item]             ["zset", coalition, key, member, score]
//
// A key is named without its shard. What the coalitions of a shard share stands with each coalition, under a name that
// begins with @ and without the coalition in the member. Items are sorted, those of a list are in its order. So the same
// content gives the same bytes, whatever kind of store it is in.
const (
	exportFormat  = "convenor export"
	exportVersion = 1
)

var errNothing = errors.New("nothing is stored there yet")

// exportHead and exportEnd are the first and the last line.
type (
	exportHead struct {
		Format    string `json:"format"`
		Version   int    `json:"version"`
		Schema    int    `json:"schema"`
		Rehearsal bool   `json:"rehearsal"`
		Offset    string `json:"offset,omitempty"` // how far a rehearsal has moved its clock, in ns
	}
	exportEnd struct {
		Lines  int    `json:"lines"` // before this one
		SHA256 string `json:"sha256"`
	}
)

// word is a string of a line. What is no UTF-8 is written as {"base64":…}, for JSON has no other bytes.
type word string

type wordBytes struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON writes the word.
func (w word) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(w)) {
		return json.Marshal(string(w))
	}
	return json.Marshal(wordBytes{[]byte(w)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (w *word) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var b wordBytes
		err := json.Unmarshal(data, &b)
		*w = word(b.Base64)
		return err
	}
	return json.Unmarshal(data, (*string)(w))
}

// Export writes everything that is in the store which o names, as lines that Import reads. Nothing in the store is
// changed. Nobody may write to it meanwhile: a folder is locked, and about a Redis the caller has to see to it (Beats).
// What is written holds personal data.
func Export(ctx context.Context, o Options, to io.Writer) (err error) {
	s, err := openAsIs(ctx, o, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head, err := s.exportHead(ctx)
	if err != nil {
		return err
	}
	e := &exporter{s: s, sum: sha256.New()}
	e.out = bufio.NewWriter(io.MultiWriter(to, e.sum))
	e.line(head)
	if err := e.everything(ctx); err != nil {
		return fmt.Errorf("export: %w", plain(err))
	}
	if e.err = errors.Join(e.err, e.out.Flush()); e.err == nil {
		e.line(exportEnd{Lines: e.lines, SHA256: hex.EncodeToString(e.sum.Sum(nil))})
		e.err = errors.Join(e.err, e.out.Flush())
	}
	if e.err != nil {
		return fmt.Errorf("write the export: %w", e.err)
	}
	return nil
}

// Beats returns how often any replica of Convenor has looked at the Redis that o names: while one runs, the count grows
// every second. It is 0 for a folder, which is locked.
func Beats(ctx context.Context, o Options) (count int64, err error) {
	if o.URL == "" {
		return 0, nil
	}
	s, err := openAsIs(ctx, o, false)
	if err != nil {
		return 0, err
	}
	count, err = s.client.Get(ctx, keyBeat).Int64()
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	return count, errors.Join(err, s.Close())
}

// openAsIs opens a store without beginning it and without giving back what was claimed. Unless it is to be filled, a
// folder must be there.
func openAsIs(ctx context.Context, o Options, fill bool) (*Store, error) {
	if _, err := os.Stat(filepath.Join(o.Dir, journalName)); o.URL == "" && !fill && err != nil {
		return nil, fmt.Errorf("%w (%w)", errNothing, err)
	}
	s := &Store{scripts: newScripts(), doubt: func() {}}
	if o.URL != "" {
		return s, s.openRedis(ctx, o.URL)
	}
	return s, s.openDir(ctx, o.Dir)
}

func (s *Store) exportHead(ctx context.Context) (exportHead, error) {
	meta, err := s.client.HGetAll(ctx, keyMeta).Result()
	if err != nil {
		return exportHead{}, fmt.Errorf("export: %w", plain(err))
	}
	version, err := strconv.Atoi(meta["schema"])
	switch {
	case len(meta) == 0:
		return exportHead{}, errNothing
	case err != nil:
		return exportHead{}, fmt.Errorf("export: the store has schema %q", meta["schema"])
	case version > schema:
		return exportHead{}, ErrNewer
	case meta["importing"] != "":
		return exportHead{}, ErrHalfImported
	}
	return exportHead{Format: exportFormat, Version: exportVersion, Schema: version, Rehearsal: meta["rehearsal"] == "1", Offset: meta["offset"]}, nil
}

// exporter writes lines and remembers the first error.
type exporter struct {
	s     *Store
	out   *bufio.Writer
	sum   hash.Hash
	lines int
	err   error
}

func (e *exporter) line(v any) {
	data, err := json.Marshal(v)
	if err == nil {
		_, err = e.out.Write(append(data, '\n'))
	}
	e.lines++
	e.err = cmp.Or(e.err, err)
}

// item is one line's words, and what it is sorted by.
func (e *exporter) item(words ...string) {
	line := make([]word, len(words))
	for i, w := range words {
		line[i] = word(w)
	}
	e.line(line)
}

// everything writes the items of all keys.
func (e *exporter) everything(ctx context.Context) error {
	all, err := e.s.allKeys(ctx)
	if err != nil {
		return err
	}
	items := map[string][][]string{} // by coalition: what the coalitions of a shard share
	own := map[string][]string{}     // by coalition: its own keys
	for _, key := range all {
		shard, rest, sharded := cutShard(key)
		coalition, _, ofOne := strings.Cut(rest, ":")
		switch {
		case passing(key):
		case strings.HasPrefix(key, keyPlace):
			err = errors.Join(err, e.items(ctx, key, "", strings.TrimPrefix(key, prefix), e.item))
		case sharded && ofOne:
			own[coalition] = append(own[coalition], key)
		case sharded:
			err = errors.Join(err, e.items(ctx, key, "", "@"+rest, func(words ...string) {
				of, member, _ := strings.Cut(words[3], " ")
				words[1], words[3] = of, member
				items[of] = append(items[of], words)
			}))
		default:
			err = errors.Join(err, fmt.Errorf("a key of shard %q that is not known: %s", shard, key))
		}
	}
	for _, coalition := range slices.Sorted(maps.Keys(items)) {
		if _, ok := own[coalition]; !ok {
			own[coalition] = nil
		}
	}
	for _, coalition := range slices.Sorted(maps.Keys(own)) {
		slices.SortFunc(items[coalition], slices.Compare)
		for _, words := range items[coalition] {
			e.item(words...)
		}
		for _, key := range own[coalition] {
			_, rest, _ := cutShard(key)
			err = errors.Join(err, e.items(ctx, key, coalition, strings.TrimPrefix(rest, coalition+":"), e.item))
		}
	}
	return err
}

// items gives each item of a key to emit.
func (e *exporter) items(ctx context.Context, key, coalition, name string, emit func(words ...string)) error {
	c := e.s.client
	kind, err := c.Type(ctx, key).Result()
	if err != nil {
		return err
	}
	switch kind {
	case "string":
		value, err := c.Get(ctx, key).Result()
		emit(kind, coalition, name, value)
		return err
	case "hash":
		all, err := c.HGetAll(ctx, key).Result()
		for _, field := range slices.Sorted(maps.Keys(all)) {
			emit(kind, coalition, name, field, all[field])
		}
		return err
	case "set":
		all, err := c.SMembers(ctx, key).Result()
		slices.Sort(all)
		for _, m := range all {
			emit(kind, coalition, name, m)
		}
		return err
	case "list":
		all, err := c.LRange(ctx, key, 0, -1).Result()
		for _, m := range all {
			emit(kind, coalition, name, m)
		}
		return err
	case "zset":
		all, err := c.ZRangeWithScores(ctx, key, 0, -1).Result()
		slices.SortFunc(all, func(a, b redis.Z) int { return cmp.Compare(fmt.Sprint(a.Member), fmt.Sprint(b.Member)) })
		for _, z := range all {
			emit(kind, coalition, name, fmt.Sprint(z.Member), strconv.FormatFloat(z.Score, 'f', -1, 64))
		}
		return err
	default:
		return fmt.Errorf("%s has type %s", key, kind)
	}
}

// allKeys lists the store's keys, sorted by what they are called without their shard.
func (s *Store) allKeys(ctx context.Context) ([]string, error) {
	var mu sync.Mutex
	found := map[string]bool{}
	walk := func(ctx context.Context, c *redis.Client) error {
		for i := c.Scan(ctx, 0, prefix+"*", 1000).Iterator(); ; {
			if !i.Next(ctx) {
				return i.Err()
			}
			mu.Lock()
			found[i.Val()] = true
			mu.Unlock()
		}
	}
	err := error(nil)
	switch e := s.engine.(type) {
	case *server:
		err = e.each(ctx, walk)
	case *embedded:
		err = walk(ctx, e.client)
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		_, x, _ := cutShard(a)
		_, y, _ := cutShard(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	}), err
}

// cutShard takes "cv1:{sNN}:rest" apart.
func cutShard(key string) (shard, rest string, ok bool) {
	if inside, found := strings.CutPrefix(key, prefix+"{"); found {
		return strings.Cut(inside, "}:")
	}
	return "", key, false
}
