package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// A journal is compacted when what came after its last snapshot is longer than compactAfter and than half the snapshot:
// then replaying it takes a second or so, and compacting costs each commit the same however large the store is.
const compactAfter = 1 << 20

// snapshotRecord is about how many bytes of a snapshot go into one record, and snapshotItems how many items of one key
// into one command.
const (
	snapshotRecord = 1 << 20
	snapshotItems  = 512
)

// dump gives emit the commands that make an empty store equal to this one. Hash, list, set, sorted set and string are
// all the types there are.
func (d *direct) dump(emit func(words ...string) error) error {
	names, err := d.strings("KEYS", "*")
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, key := range names {
		kind, err := d.do([]string{"TYPE", key})
		if err != nil {
			return err
		}
		var add string
		var items []string
		switch fmt.Sprint(kind) {
		case "hash":
			add = "HSET"
			items, err = d.strings("HGETALL", key)
		case "list":
			add = "RPUSH"
			items, err = d.strings("LRANGE", key, "0", "-1")
		case "set":
			add = "SADD"
			items, err = d.strings("SMEMBERS", key)
		case "zset":
			add = "ZADD"
			items, err = d.strings("ZRANGE", key, "0", "-1", "WITHSCORES")
			for i := 0; i+1 < len(items); i += 2 {
				items[i], items[i+1] = items[i+1], items[i] // ZADD wants the score first
			}
		case "string":
			add = "SET"
			items, err = d.strings("MGET", key)
		default:
			err = fmt.Errorf("key of type %v", kind)
		}
		if err != nil {
			return err
		}
		for part := range slices.Chunk(items, snapshotItems) {
			if err := emit(append([]string{add, key}, part...)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// strings carries out a command that answers a list of strings.
func (d *direct) strings(words ...string) ([]string, error) {
	answer, err := d.do(words)
	if err != nil {
		return nil, err
	}
	return list(answer)
}

// compact replaces the journal by one that holds only what dump gives. When that cannot be written, the old one stays
// in use and compact returns nil. An error means that the journal can no longer be appended to; what is on the disk is
// then either journal, and both give the same store.
func (j *journal) compact(dump func(emit func(words ...string) error) error) error {
	fresh := filepath.Join(j.dir, journalFresh)
	number, end, err := writeSnapshot(fresh, dump)
	if err != nil {
		_ = os.Remove(fresh) // else the next start does it
		j.base = j.end       // try again when it has grown by as much
		return nil           //nolint:nilerr // the old journal is as good as before
	}
	name := filepath.Join(j.dir, journalName)
	if err := errors.Join(j.file.Close(), os.Rename(fresh, name), syncDir(j.dir)); err != nil {
		return fmt.Errorf("put the compacted journal in place: %w", err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0o600) //nolint:gosec // our own file
	if err != nil {
		return fmt.Errorf("open the compacted journal: %w", err)
	}
	j.file, j.end, j.number, j.base = f, end, number, end
	return nil
}

// writeSnapshot writes a journal that holds a snapshot, and returns its number of records and its length once it is on
// the disk.
func writeSnapshot(name string, dump func(emit func(words ...string) error) error) (number uint64, end int64, err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // our own file
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	n, err := f.WriteString(magic)
	end = int64(n)
	commands, size := [][]string{{snapshotBegin}}, 0
	flush := func() error {
		n, err := f.Write(encodeRecord(number, commands))
		end, number = end+int64(n), number+1
		commands, size = nil, 0
		return err
	}
	if err == nil {
		err = dump(func(words ...string) error {
			commands = append(commands, words)
			for _, w := range words {
				size += len(w)
			}
			if size < snapshotRecord {
				return nil
			}
			return flush()
		})
	}
	commands = append(commands, []string{snapshotEnd})
	return number, end, errors.Join(err, flush(), f.Sync())
}
