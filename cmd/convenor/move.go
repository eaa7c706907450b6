package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"convenor/store"
)

type exportCmd struct {
	File string `arg:"" help:"File to write. It must not be there yet." type:"path"`
	Data string `default:"data" help:"Folder of the embedded store, when REDIS_URL is not set." type:"path"`
}

type importCmd struct {
	File string `arg:"" help:"File that convenor export wrote." type:"path"`
	Data string `default:"data" help:"Folder to fill, when REDIS_URL is not set. It must be empty or not there." type:"path"`
}

// stillFor is how long a Redis is watched for a Convenor that uses it: one looks every second.
const stillFor = 2500 * time.Millisecond

// errBusy means that a Convenor uses the Redis that is to be moved.
var errBusy = errors.New("a Convenor is running on this Redis, so a copy would be of no one moment. Please stop it first")

// Run writes everything into one file.
func (c exportCmd) Run(ctx context.Context, s shell) (err error) {
	cfg, err := readConfig(s.environ, false)
	if err != nil {
		return err
	}
	o := store.Options{URL: cfg.RedisURL, Dir: c.Data}
	beats, err := still(ctx, o)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already. Please name another file", c.File)
	}
	if err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	defer func() {
		if err != nil { // half a file is of no use to anybody
			err = errors.Join(err, os.Remove(c.File))
		}
	}()
	err = store.Export(ctx, o, f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if after, err := store.Beats(ctx, o); err != nil || after != beats {
		return errors.Join(errBusy, err)
	}
	_, err = fmt.Fprintf(s.out, "Everything is in %s.\nThe file holds personal data: names, answers and who was sent what. Only you can read it now.\n"+
		"Please keep it where nobody else can, and delete it when you have imported it.\n", c.File)
	return err
}

// still watches whether anybody uses the store, and returns its count of looks.
func still(ctx context.Context, o store.Options) (beats int64, err error) {
	if beats, err = store.Beats(ctx, o); err != nil || o.URL == "" {
		return beats, err
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(stillFor):
	}
	after, err := store.Beats(ctx, o)
	if err == nil && after != beats {
		err = errBusy
	}
	return beats, err
}

// Run fills an empty store from a file.
func (c importCmd) Run(ctx context.Context, s shell) error {
	cfg, err := readConfig(s.environ, false)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	err = store.Import(ctx, store.Options{URL: cfg.RedisURL, Dir: c.Data}, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Everything from %s is there now.\nThe file still holds personal data. Please delete it when you have seen that all is well.\n", c.File)
	return err
}
