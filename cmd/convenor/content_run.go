package main

import (
	"errors"
	"fmt"
	"os"

	"convenor/content"
	"convenor/flows/flowtest"
)

type contentRunCmd struct {
	Pack    string   `help:"Folder of the pack. Without it the built-in pack is used." env:"CONVENOR_CONTENT" type:"path"`
	Record  bool     `help:"Write what Convenor says now into the scripts. Read the difference before you keep it."`
	Scripts []string `arg:"" name:"script" help:"Files of conversations."`
}

// errOtherwise is how a run ends in which something was said otherwise than a script has it.
var errOtherwise = errors.New("not everything went as the scripts have it")

// Run plays each script and says what went otherwise; with --record it writes what came.
func (c contentRunCmd) Run(s shell) error {
	pack, err := openPack(c.Pack)
	if err != nil {
		return fmt.Errorf("the pack needs mending:\n%w", err)
	}
	well := 0
	for _, name := range c.Scripts {
		fault, err := c.script(pack, name)
		if err != nil {
			return err
		}
		if fault != nil {
			say(s.out, "%v", fault)
			continue
		}
		well++
	}
	switch {
	case well < len(c.Scripts):
		say(s.out, "%d of %d went well.", well, len(c.Scripts))
		return errOtherwise
	case c.Record:
		say(s.out, "%d recorded. Read the difference before you keep it.", well)
	default:
		say(s.out, "%d went well.", well)
	}
	return nil
}

// script plays one script. fault is what went otherwise than the script has it; err, that it could not be tried.
func (c contentRunCmd) script(pack *content.Pack, name string) (fault, err error) {
	text, err := os.ReadFile(name) //nolint:gosec // whoever runs this names the files
	if err != nil {
		return nil, fmt.Errorf("read the script: %w", err)
	}
	if !c.Record {
		return flowtest.Play(pack, name, text), nil
	}
	text, fault = flowtest.Record(pack, name, text)
	if fault != nil {
		return fault, nil
	}
	if err := os.WriteFile(name, text, 0o600); err != nil { //nolint:gosec // as above
		return nil, fmt.Errorf("write the script: %w", err)
	}
	return nil, nil
}
