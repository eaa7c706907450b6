package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Errors of Import and of what it leaves behind.
var (
	// ErrNotEmpty means that an import was asked for into a store that holds something. Nothing was changed.
	ErrNotEmpty = errors.New("something is stored there already, so nothing was imported. " +
		"Please name an empty folder or an empty Redis")
	// ErrBadExport means that what should be imported is no whole export. Nothing was changed.
	ErrBadExport = errors.New("the file is damaged, cut short, or not an export, so nothing was imported. Please use another copy")
	// ErrHalfImported means that an import into this store was broken off.
	ErrHalfImported = errors.New("an import into this store did not come to its end. Please empty it and import again")
)

// importMost is how many items go into one script.
const importMost = 256

// Import fills the empty store that o names with what Export wrote. It reads twice: nothing is written before the
// checksum is found to be right. o.Rehearsal is not looked at: the store is what it was.
func Import(ctx context.Context, o Options, from io.ReadSeeker) (err error) {
	head, err := checkExport(from)
	if err != nil {
		return err
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	s, err := openAsIs(ctx, o, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	keys, err := s.allKeys(ctx)
	if err != nil {
		return fmt.Errorf("import: %w", plain(err))
	}
	if slices.ContainsFunc(keys, func(k string) bool { return !passing(k) }) {
		return ErrNotEmpty
	}
	s.rehearsal = head.Rehearsal
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.importing(ctx, "1", head.Offset); err != nil {
		return err
	}
	i := &importer{s: s}
	err = eachLine(from, func(line []byte, _ int) error { return i.line(ctx, line) })
	if err = errors.Join(err, i.flush(ctx)); err != nil {
		return fmt.Errorf("import: %w", plain(err))
	}
	return s.importing(ctx, "", "")
}

func (s *Store) importing(ctx context.Context, is, offset string) error {
	answer, err := s.engine.run(ctx, s.scripts.importing, []string{keyMeta}, []string{is, offset})
	if err == nil {
		err = verdict(answer, nil)
	}
	if err != nil {
		return fmt.Errorf("import: %w", plain(err))
	}
	return nil
}

// eachLine gives each line, without its end and counted from 0, to do. Text without an end is no line.
func eachLine(from io.Reader, do func(line []byte, n int) error) error {
	in := bufio.NewReader(from)
	for n := 0; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return ErrBadExport
		}
		if err != nil {
			return fmt.Errorf("read the export: %w", err)
		}
		if err := do(line, n); err != nil {
			return err
		}
	}
}

// checkExport reads a whole export and returns its head when its checksum is right.
func checkExport(from io.Reader) (head exportHead, err error) {
	sum, last, lines := sha256.New(), []byte(nil), 0
	err = eachLine(from, func(line []byte, n int) error {
		if n == 0 && (json.Unmarshal(line, &head) != nil || head.Format != exportFormat) {
			return ErrBadExport
		}
		_, _ = sum.Write(last) // a hash takes everything
		last, lines = line, n
		return nil
	})
	end, _ := json.Marshal(exportEnd{Lines: lines, SHA256: hex.EncodeToString(sum.Sum(nil))}) // a number and letters
	switch {
	case err != nil:
		return head, err
	case string(last) != string(end)+"\n":
		return head, ErrBadExport
	case head.Version > exportVersion || head.Schema > schema:
		return head, fmt.Errorf("import: %w", ErrNewer)
	}
	return head, nil
}

// importer gathers the items of one key.
type importer struct {
	s         *Store
	key, kind string
	items     []string
	before    int // items of the key that are written
}

// fits reports whether a line has as many words as its type needs.
func fits(w []word) bool {
	switch {
	case len(w) == 4:
		return w[0] == "string" || w[0] == "set" || w[0] == "list"
	case len(w) == 5:
		return w[0] == "hash" || w[0] == "zset"
	default:
		return false
	}
}

func (i *importer) line(ctx context.Context, line []byte) error {
	if !bytes.HasPrefix(line, []byte("[")) { // the first and the last one
		return nil
	}
	var w []word
	if err := json.Unmarshal(line, &w); err != nil || !fits(w) {
		return ErrBadExport
	}
	key, err := i.s.importKey(string(w[1]), string(w[2]))
	if err != nil {
		return err
	}
	if key != i.key || len(i.items) >= importMost {
		if err := i.flush(ctx); err != nil {
			return err
		}
	}
	if key != i.key {
		i.key, i.kind, i.before = key, string(w[0]), 0
	}
	member := string(w[3])
	if strings.HasPrefix(string(w[2]), "@") {
		member = strings.TrimSuffix(string(w[1])+" "+member, " ") // a conversation and a timer have a name
	}
	switch i.kind {
	case "zset":
		i.items = append(i.items, string(w[4]), member)
	case "hash":
		i.items = append(i.items, member, string(w[4]))
	default:
		i.items = append(i.items, member)
	}
	return nil
}

// importKey finds where in this store a key of an export is.
func (s *Store) importKey(coalition, name string) (string, error) {
	if coalition == "" {
		return prefix + name, nil
	}
	k, err := keysOf(coalition, s.shards)
	if err != nil {
		return "", err
	}
	if shared, ok := strings.CutPrefix(name, "@"); ok {
		return k.tag + shared, nil
	}
	return k.base + name, nil
}

// flush writes what was gathered.
func (i *importer) flush(ctx context.Context) error {
	if len(i.items) == 0 {
		return nil
	}
	args := append([]string{i.kind, strconv.Itoa(i.before)}, i.items...)
	answer, err := i.s.engine.run(ctx, i.s.scripts.fill, []string{i.key}, args)
	if err != nil {
		return err
	}
	i.before, i.items = i.before+len(i.items), nil
	return verdict(answer, nil)
}
