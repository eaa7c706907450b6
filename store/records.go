package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
)

// Load reads records in one round trip, sorted by kind, owner and id. Refs that do not exist are left out. A Ref
// without an ID stands for all records of its kind and owner. The records may be of different moments: a Commit that
// names their revisions finds out.
func (s *Store) Load(ctx context.Context, coalition string, refs ...flows.Ref) ([]flows.Record, error) {
	k, err := keysOf(coalition, s.shards)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	wanted := map[flows.Ref][]string{} // a HASH, as a Ref without ID, to its wanted fields; nil: all
	for _, r := range refs {
		hash := flows.Ref{Kind: r.Kind, Under: r.Under}
		ids, asked := wanted[hash]
		switch {
		case r.ID == "" || asked && ids == nil:
			wanted[hash] = nil
		case !slices.Contains(ids, r.ID):
			wanted[hash] = append(ids, r.ID)
		}
	}
	records, err := s.read(ctx, k, wanted)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return records, nil
}

// Everything reads all records of a coalition, sorted by kind, owner and id.
func (s *Store) Everything(ctx context.Context, coalition string) ([]flows.Record, error) {
	k, err := keysOf(coalition, s.shards)
	if err != nil {
		return nil, fmt.Errorf("read everything: %w", err)
	}
	names, err := s.client.SMembers(ctx, k.index()).Result()
	if err != nil {
		return nil, fmt.Errorf("read everything: %w", err)
	}
	wanted := make(map[flows.Ref][]string, len(names))
	for _, name := range names {
		kind, under, _ := strings.Cut(name, ":")
		wanted[flows.Ref{Kind: kind, Under: under}] = nil
	}
	records, err := s.read(ctx, k, wanted)
	if err != nil {
		return nil, fmt.Errorf("read everything: %w", err)
	}
	return records, nil
}

// Page returns about n records of a coalition, in no order, and where the next page begins; "" begins, and "" as next
// ends. Each record that is there all the time comes at least once, whatever is written meanwhile; one that comes or
// goes may come or not. An embedded store returns a kind's records of one owner whole.
func (s *Store) Page(ctx context.Context, coalition, after string, n int) (records []flows.Record, next string, err error) {
	k, err := keysOf(coalition, s.shards)
	if err != nil {
		return nil, "", fmt.Errorf("read a page: %w", err)
	}
	names, err := s.client.SMembers(ctx, k.index()).Result()
	if err != nil {
		return nil, "", fmt.Errorf("read a page: %w", err)
	}
	slices.Sort(names)
	name, text, _ := strings.Cut(after, "\n")
	cursor, err := strconv.ParseUint("0"+text, 10, 64)
	if err != nil {
		return nil, "", fmt.Errorf("read a page: %w", err)
	}
	at, found := slices.BinarySearch(names, name)
	if !found {
		cursor = 0
	}
	for ; at < len(names) && len(records) < n; at++ {
		kind, under, _ := strings.Cut(names[at], ":")
		fields, more, err := s.client.HScan(ctx, k.records(names[at]), cursor, "", int64(n)).Result()
		if err != nil {
			return nil, "", fmt.Errorf("read a page: %w", err)
		}
		for f := range slices.Chunk(fields, 2) {
			r, err := decode(flows.Ref{Kind: kind, Under: under}, f[0], f[1])
			if err != nil {
				return nil, "", fmt.Errorf("read a page: %w", err)
			}
			records = append(records, r)
		}
		if cursor = more; more != 0 {
			return records, names[at] + "\n" + strconv.FormatUint(more, 10), nil
		}
	}
	if at == len(names) {
		return records, "", nil
	}
	return records, names[at] + "\n0", nil
}

// Coalitions lists the coalitions that have records, sorted.
func (s *Store) Coalitions(ctx context.Context) ([]string, error) {
	var found []*redis.StringSliceCmd
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n := range s.shards {
			found = append(found, p.SMembers(ctx, shardAt(n).coalitions()))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list coalitions: %w", err)
	}
	var all []string
	for _, f := range found {
		all = append(all, f.Val()...)
	}
	slices.Sort(all)
	return all, nil
}

// read reads fields of HASHes in one pipeline. A HASH with nil fields is read whole.
func (s *Store) read(ctx context.Context, k keys, wanted map[flows.Ref][]string) ([]flows.Record, error) {
	whole := map[flows.Ref]*redis.MapStringStringCmd{}
	some := map[flows.Ref]*redis.SliceCmd{}
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for hash, ids := range wanted {
			if ids == nil {
				whole[hash] = p.HGetAll(ctx, k.records(hashName(hash)))
			} else {
				some[hash] = p.HMGet(ctx, k.records(hashName(hash)), ids...)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var records []flows.Record
	keep := func(hash flows.Ref, id, value string) {
		r, e := decode(hash, id, value)
		records, err = append(records, r), errors.Join(err, e)
	}
	for hash, answer := range whole {
		for id, value := range answer.Val() {
			keep(hash, id, value)
		}
	}
	for hash, answer := range some {
		for i, value := range answer.Val() {
			if text, ok := value.(string); ok {
				keep(hash, wanted[hash][i], text)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(records, func(a, b flows.Record) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Under, b.Under), cmp.Compare(a.ID, b.ID))
	})
	return records, nil
}

// decode reads "<revision>\n<JSON>".
func decode(hash flows.Ref, id, value string) (flows.Record, error) {
	hash.ID = id
	head, body, ok := strings.Cut(value, "\n")
	rev, err := strconv.ParseInt(head, 10, 64)
	if !ok || err != nil {
		return flows.Record{}, fmt.Errorf("record %s %s: no revision", hash.Kind, id)
	}
	return flows.Record{Ref: hash, Rev: rev, Data: []byte(body)}, nil
}

// addWrites appends writes to a call as records.lua reads them.
func addWrites(c *call, k keys, writes []flows.Write) error {
	named := make(map[flows.Ref]bool, len(writes))
	for _, w := range writes {
		switch {
		case w.Kind == "" || strings.Contains(w.Kind, ":") || w.ID == "":
			return fmt.Errorf("write %q %q: a record needs a kind without colon and an id", w.Kind, w.ID)
		case named[w.Ref]:
			return fmt.Errorf("write %s %s: named twice in one commit", w.Kind, w.ID)
		case w.Rev < 0:
			return fmt.Errorf("write %s %s: revision %d", w.Kind, w.ID, w.Rev)
		}
		named[w.Ref] = true
		op := "put"
		if w.Delete {
			op = "del"
		}
		name := hashName(w.Ref)
		c.add(op, c.key(k.records(name)), name, w.ID, strconv.FormatInt(w.Rev, 10), string(w.Data))
	}
	return nil
}
