package main

import (
	"fmt"
)

type contentCmd struct {
	Check contentCheckCmd `cmd:"" help:"Check a pack: every mistake at once, with its place and its mend."`
}

type contentCheckCmd struct {
	Dir string `arg:"" optional:"" help:"Folder of the pack. Without it the built-in pack is checked."`
}

// Run prints every mistake and fails if there is one.
func (c contentCheckCmd) Run(s shell) error {
	pack, err := openPack(c.Dir)
	if err != nil {
		return fmt.Errorf("the pack needs mending:\n%w", err)
	}
	_, err = fmt.Fprintf(s.out, "The pack is sound: %d activities, all of them in English and Spanish.\n", len(pack.Activities()))
	return err
}
