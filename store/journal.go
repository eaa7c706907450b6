package store

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// The journal is the embedded store's file: a first line, then records. A record holds the Redis commands of one batch,
// in the order in which they are carried out; replaying them all gives the store as it was.
//
//	uint32 length of the payload, uint32 CRC-32C of all that follows and of the length, uint64 number of the record, payload
//	payload: for each command uvarint number of words, for each word uvarint length, bytes
//
// A record is written and synced whole before the next is begun. So only the last one can be cut short by a crash: what
// is not readable at the end, with nothing readable behind it, was never acknowledged and is dropped. Anything else is
// damage, and is refused.
const (
	journalName  = "journal"
	journalFresh = "journal.new" // a compacted journal before it takes the other's place
	magic        = "convenor journal 1\n"
	headLen      = 16
	recordMost   = 1 << 30
)

// The words of a command that is none: they stand around a snapshot, which is only good as a whole.
const (
	snapshotBegin = "#begin"
	snapshotEnd   = "#end"
)

// file is what the journal needs of an *os.File.
type file interface {
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	Close() error
}

// journal appends records. It belongs to one goroutine.
type journal struct {
	file   file
	watch  func(what string) (ended func()) // see Options
	dir    string
	end    int64  // where the next record goes
	base   int64  // where the last snapshot ends
	number uint64 // of the next record
	shed   int64  // bytes of a cut-short record that were dropped when it was opened
}

// checksum is over the length, the number and the payload.
func checksum(head, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(0, table, head[:4])
	sum = crc32.Update(sum, table, head[8:headLen])
	return crc32.Update(sum, table, payload)
}

// openJournal opens the journal in dir, or begins one, and gives every command in it to replay, in order. It returns
// ErrDamaged (wrapped) when the journal is damaged before its end.
func openJournal(dir string, replay func(words []string) error) (*journal, error) {
	if err := os.Remove(filepath.Join(dir, journalFresh)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove an unfinished journal: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, journalName), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names this folder
	if err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	j := &journal{file: f, dir: dir}
	if err := j.read(f, replay); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// read replays f and leaves j ready to append.
func (j *journal) read(f *os.File, replay func(words []string) error) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	size := info.Size()
	in := bufio.NewReaderSize(f, 1<<20)
	first := make([]byte, min(size, int64(len(magic))))
	if _, err := io.ReadFull(in, first); err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	switch {
	case string(first) == magic:
	case size < int64(len(magic)) && magic[:size] == string(first): // begun, and cut short before anything was in it
		return j.start(f)
	default:
		return fmt.Errorf("%s has another first line: %w", f.Name(), ErrDamaged)
	}
	j.end = int64(len(magic))
	j.base = j.end
	open, closed := false, false // inside a snapshot; right behind one
	for {
		payload, err := j.next(in, size)
		if errors.Is(err, errShort) {
			break
		}
		if err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		if err := decodeCommands(payload, func(words []string) error {
			switch words[0] {
			case snapshotBegin:
				open = true
			case snapshotEnd:
				open, closed = false, true
			default:
				return replay(words)
			}
			return nil
		}); err != nil {
			return fmt.Errorf("replay record %d: %w", j.number, err)
		}
		j.end += headLen + int64(len(payload))
		j.number++
		if closed {
			j.base, closed = j.end, false
		}
	}
	if open {
		return fmt.Errorf("%s has half a snapshot: %w", f.Name(), ErrDamaged)
	}
	return j.cut(f, size)
}

// errShort means that no whole record follows.
var errShort = errors.New("no whole record")

// next reads the payload of the next record, or returns errShort.
func (j *journal) next(in io.Reader, size int64) ([]byte, error) {
	left := size - j.end - headLen
	if left < 0 {
		return nil, errShort
	}
	head := make([]byte, headLen)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(head))
	if length == 0 || length > left || length > recordMost {
		return nil, errShort
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(in, payload); err != nil {
		return nil, err
	}
	if checksum(head, payload) != binary.LittleEndian.Uint32(head[4:]) || binary.LittleEndian.Uint64(head[8:]) != j.number {
		return nil, errShort
	}
	return payload, nil
}

// cut drops what stands behind the last whole record, unless a whole record stands somewhere in it: then the journal
// was not cut short but damaged.
func (j *journal) cut(f *os.File, size int64) error {
	if size == j.end {
		return nil
	}
	rest := make([]byte, size-j.end)
	if _, err := f.ReadAt(rest, j.end); err != nil {
		return fmt.Errorf("read the end of the journal: %w", err)
	}
	for at := 0; at+headLen < len(rest); at++ {
		head, length := rest[at:at+headLen], int(binary.LittleEndian.Uint32(rest[at:]))
		if length == 0 || length > len(rest)-at-headLen || binary.LittleEndian.Uint64(head[8:]) > j.number+uint64(len(rest)) {
			continue
		}
		if checksum(head, rest[at+headLen:at+headLen+length]) == binary.LittleEndian.Uint32(head[4:]) {
			return fmt.Errorf("%s at byte %d: %w", f.Name(), j.end, ErrDamaged)
		}
	}
	j.shed = size - j.end
	if err := errors.Join(f.Truncate(j.end), f.Sync()); err != nil {
		return fmt.Errorf("cut the journal at its last whole record: %w", err)
	}
	return nil
}

// start writes the first line of a journal that has nothing in it.
func (j *journal) start(f *os.File) error {
	_, err := f.WriteAt([]byte(magic), 0)
	if err := errors.Join(err, f.Sync(), syncDir(j.dir)); err != nil {
		return fmt.Errorf("begin the journal: %w", err)
	}
	j.end = int64(len(magic))
	j.base = j.end
	return nil
}

// long reports whether the journal should be compacted.
func (j *journal) long() bool { return j.end-j.base > max(compactAfter, j.base/2) }

// append writes one record and returns when it is on the disk. After an error nothing of it counts, and the journal
// must not be appended to again: what a disk holds after a failed sync is not known.
func (j *journal) append(commands [][]string) error {
	record := encodeRecord(j.number, commands)
	_, err := j.file.WriteAt(record, j.end)
	if err == nil {
		ended := watched(j.watch, "fsync")
		err = j.file.Sync()
		ended()
	}
	if err != nil {
		_ = j.file.Truncate(j.end) // so that the half is not found at the next start, if the disk still lets us
		return fmt.Errorf("append to the journal: %w", err)
	}
	j.end += int64(len(record))
	j.number++
	return nil
}

func encodeRecord(number uint64, commands [][]string) []byte {
	b := make([]byte, headLen, 4096)
	for _, words := range commands {
		b = binary.AppendUvarint(b, uint64(len(words)))
		for _, w := range words {
			b = binary.AppendUvarint(b, uint64(len(w)))
			b = append(b, w...)
		}
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-headLen)) //nolint:gosec // a batch is far below 4 GB
	binary.LittleEndian.PutUint64(b[8:], number)
	binary.LittleEndian.PutUint32(b[4:], checksum(b[:headLen], b[headLen:]))
	return b
}

// decodeCommands gives each command of a payload to do.
func decodeCommands(payload []byte, do func(words []string) error) error {
	in := bytes.NewReader(payload)
	size := func() (int, error) {
		n, err := binary.ReadUvarint(in)
		if err != nil || n > uint64(in.Len()) { //nolint:gosec // never negative
			return 0, ErrDamaged
		}
		return int(n), nil //nolint:gosec // not above in.Len
	}
	for in.Len() > 0 {
		n, err := size()
		if err != nil || n == 0 {
			return ErrDamaged
		}
		words := make([]string, n)
		for i := range words {
			length, err := size()
			if err != nil {
				return err
			}
			word := make([]byte, length)
			if _, err := io.ReadFull(in, word); err != nil {
				return ErrDamaged
			}
			words[i] = string(word)
		}
		if err := do(words); err != nil {
			return err
		}
	}
	return nil
}
