package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// cli is the command line, in the order that help lists it.
type cli struct {
	Play    playCmd    `cmd:"" help:"Try Convenor in your browser, with a pretend Slack and a pretend Discord."`
	Serve   serveCmd   `cmd:"" help:"Run Convenor for your coalition. Reads its configuration from the environment."`
	Content contentCmd `cmd:"" help:"Check the words and flows of a pack."`
	Version versionCmd `cmd:"" help:"Say which version this is."`
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
		kong.Description("The facilitator for local reentry coalitions, in Slack and Discord."),
		kong.UsageOnError(),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(shell{environ: environ, out: out, err: errOut}),
	)
	if err != nil {
		fmt.Fprintln(errOut, err)
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
		fmt.Fprintf(errOut, "convenor: %v%s\n\nRun 'convenor --help' to see what it can do.\n", err, didYouMean(args[0], parser))
		return 2
	}
	if err := parsed.Run(); err != nil {
		fmt.Fprintf(errOut, "convenor: %v\n", err)
		return 1
	}
	return 0
}

// didYouMean names the subcommand that a mistyped word was meant to be, if one is near.
func didYouMean(word string, k *kong.Kong) string {
	for _, node := range k.Model.Children {
		if near(word, node.Name) {
			return fmt.Sprintf(". Did you mean '%s'?", node.Name)
		}
	}
	return ""
}

// near tells whether two words differ by at most two letters added, left out, changed or swapped.
func near(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)] <= 2
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s shell) error {
	_, err := fmt.Fprintln(s.out, "convenor", version)
	return err
}
