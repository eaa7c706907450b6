package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"convenor/flows"
)

// journalName is the file in the data directory that holds what stands on the pretend platforms.
const journalName = "pretend-platforms.jsonl"

// line is one change, as one line of JSON: an item, or a person's language.
type line struct {
	Seq    int64        `json:"seq"`
	Item   *item        `json:"item,omitempty"`
	User   string       `json:"user,omitempty"`
	Locale flows.Locale `json:"locale,omitempty"`
}

// journal is an append-only file. A line is durable when append returns.
type journal struct {
	file   *os.File
	size   int64 // bytes of whole lines
	broken error // once a write could not be undone, nothing more is written
}

// openJournal reads the file in dir, making it if need be, and hands each line to apply. A last line that was cut
// short, because the process died while it wrote, was never acknowledged and is removed. Damage anywhere else is an
// error: it is not ours to guess.
func openJournal(dir string, apply func(line)) (*journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	path := filepath.Join(dir, journalName)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	j := &journal{file: file}
	if err := errors.Join(j.read(apply), syncDir(dir)); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), file.Close())
	}
	return j, nil
}

func (j *journal) read(apply func(line)) error {
	content, err := io.ReadAll(j.file)
	if err != nil {
		return err
	}
	for n := 1; len(content) > 0; n++ {
		text, rest, whole := bytes.Cut(content, []byte("\n"))
		if !whole {
			break
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return fmt.Errorf("line %d is damaged: %w", n, err)
		}
		apply(l)
		j.size += int64(len(text)) + 1
		content = rest
	}
	return j.rewind()
}

// append writes one line and waits until the disk has it. After an error the line is not there.
func (j *journal) append(l line) error {
	if j.broken != nil {
		return j.broken
	}
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode a line: %w", err)
	}
	text = append(text, '\n')
	_, err = j.file.Write(text)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		err = fmt.Errorf("write the journal: %w", err)
		if undo := j.rewind(); undo != nil {
			j.broken = errors.Join(err, undo)
			return j.broken
		}
		return err
	}
	j.size += int64(len(text))
	return nil
}

// rewind cuts off whatever follows the last whole line.
func (j *journal) rewind() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	_, err := j.file.Seek(j.size, io.SeekStart)
	return err
}

func (j *journal) close() error { return j.file.Close() }

// syncDir makes a new file's name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
