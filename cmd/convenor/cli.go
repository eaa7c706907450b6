package main

import (
	"context"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// cli is the command line, in the order that help lists it.
type cli struct {
	Play     playCmd     `cmd:"" help:"Try Convenor in your browser, with a pretend Slack and a pretend Discord."`
	Serve    serveCmd    `cmd:"" help:"Run Convenor for your coalition. Reads its configuration from the environment."`
	Content  contentCmd  `cmd:"" help:"Check the words and flows of a pack."`
	Doctor   doctorCmd   `cmd:"" help:"Look at everything that serve needs, and say how to mend what is wrong."`
	Manifest manifestCmd `cmd:"" help:"Print what a platform wants to know to make the app."`
	Export   exportCmd   `cmd:"" help:"Write everything that is stored into one file, to move it."`
	Import   importCmd   `cmd:"" help:"Fill an empty folder or an empty Redis from such a file."`
	Bench    benchCmd    `cmd:"" help:"Measure how fast this Convenor is here, beside the bare operations it is made of."`
	Version  versionCmd  `cmd:"" help:"Say which version this is."`
}

// shell is what a subcommand gets from the process.
type shell struct {
	environ []string
	out     io.Writer
	err     io.Writer
}

// run carries out one command line and returns the exit code: 0 well, 1 it could not be done, 2 it was not understood.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("convenor"),
		kong.Description("The facilitator for local reentry coalitions, on Slack and on Discord."),
		kong.UsageOnError(),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(shell{environ: environ, out: out, err: errOut}),
	)
	if err != nil {
		say(errOut, "%v", err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		say(errOut, "convenor: %v.\nRun 'convenor --help' to see what it can do.", err)
		return 2
	}
	if err := parsed.Run(); err != nil {
		say(errOut, "convenor: %v", err)
		return 1
	}
	return 0
}

// say writes one line to whoever started the program. Nothing can be done when nobody listens.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s shell) error {
	_, err := fmt.Fprintln(s.out, "convenor", version)
	return err
}
