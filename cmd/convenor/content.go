package main

import (
	"fmt"
	"os"
	"path/filepath"

	"convenor/content"
)

type contentCmd struct {
	Check  contentCheckCmd  `cmd:"" help:"Check a pack: every mistake at once, with its place and its mend."`
	Accept contentAcceptCmd `cmd:"" help:"Say that all Spanish words of a pack fit the English ones as they are now."`
	Run    contentRunCmd    `cmd:"" help:"Play conversation scripts against a pack."`
}

type contentCheckCmd struct {
	Dir string `arg:"" optional:"" help:"Folder of the pack. Without it the built-in pack is checked."`
}

// Run prints every mistake and fails if there is one.
func (c contentCheckCmd) Run(s shell) error {
	mistakes, err := content.CheckDir(c.Dir)
	if err != nil {
		return err
	}
	if len(mistakes) > 0 {
		return fmt.Errorf("the pack needs mending:\n%w", mistakes)
	}
	pack, err := openPack(c.Dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "The pack is sound: %d activities, all of them in English and Spanish.\n", len(pack.Activities()))
	return err
}

type contentAcceptCmd struct {
	Dir string `arg:"" help:"Folder of the pack."`
}

// Run writes translations.lock into the pack.
func (c contentAcceptCmd) Run(s shell) error {
	lock, err := content.Accept(os.DirFS(c.Dir))
	if err != nil {
		return fmt.Errorf("the pack needs mending first:\n%w", err)
	}
	name := filepath.Join(c.Dir, "translations.lock")
	if err := os.WriteFile(name, lock, 0o644); err != nil { //nolint:gosec // part of a pack, for everybody to read
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = fmt.Fprintf(s.out, "Accepted. %s remembers it; keep it with the pack.\n", name)
	return err
}
