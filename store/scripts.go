package store

import (
	"context"
	_ "embed" // the Lua beside this file
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// Each script's file opens with its contract: KEYS, ARGV, what it returns.
var (
	//go:embed records.lua
	recordsLua string
	//go:embed leases.lua
	leasesLua string
	//go:embed commit.lua
	commitLua string
	//go:embed claim.lua
	claimLua string
	//go:embed intend.lua
	intendLua string
	//go:embed complete.lua
	completeLua string
	//go:embed fail.lua
	failLua string
	//go:embed free.lua
	freeLua string
	//go:embed mend.lua
	mendLua string
	//go:embed timers.lua
	timersLua string
	//go:embed open.lua
	openLua string
	//go:embed shift.lua
	shiftLua string
	//go:embed place.lua
	placeLua string
	//go:embed canary.lua
	canaryLua string
	//go:embed beat.lua
	beatLua string
	//go:embed fill.lua
	fillLua string
	//go:embed importing.lua
	importingLua string
	//go:embed begin.lua
	beginLua string
	//go:embed take.lua
	takeLua string
	//go:embed keep.lua
	keepLua string
	//go:embed yield.lua
	yieldLua string
)

// script is a Lua script. Redis keeps it under its hash, so two versions of Convenor can run side by side.
type script struct {
	name, source string
	redis        *redis.Script
}

func newScript(name, source string) *script {
	return &script{name: name, source: source, redis: redis.NewScript(source)}
}

type scripts struct {
	commit, claim, intend, complete, fail, free, mend, timers, open, shift, place, canary, beat, fill, importing, begin, take, keep, yield *script
}

func newScripts() scripts {
	return scripts{
		commit:    newScript("commit", recordsLua+commitLua),
		claim:     newScript("claim", leasesLua+claimLua),
		intend:    newScript("intend", leasesLua+intendLua),
		complete:  newScript("complete", recordsLua+leasesLua+completeLua),
		fail:      newScript("fail", leasesLua+failLua),
		free:      newScript("free", leasesLua+freeLua),
		mend:      newScript("mend", leasesLua+mendLua),
		timers:    newScript("timers", timersLua),
		open:      newScript("open", openLua),
		shift:     newScript("shift", shiftLua),
		place:     newScript("place", placeLua),
		canary:    newScript("canary", canaryLua),
		beat:      newScript("beat", beatLua),
		fill:      newScript("fill", fillLua),
		importing: newScript("importing", importingLua),
		begin:     newScript("begin", beginLua),
		take:      newScript("take", takeLua),
		keep:      newScript("keep", keepLua),
		yield:     newScript("yield", yieldLua),
	}
}

// all lists the scripts.
func (s scripts) all() []*script {
	return []*script{
		s.commit, s.claim, s.intend, s.complete, s.fail, s.free, s.mend, s.timers, s.open, s.shift, s.place, s.canary, s.beat, s.fill, s.importing,
		s.begin, s.take, s.keep, s.yield,
	}
}

// engine runs scripts. They are the only way in which anything is written: what an engine promises about one script
// holds for all that is stored.
type engine interface {
	// run runs a script. An error without an answer leaves open whether it ran; no error means that it ran and that
	// what it wrote is as safe as this engine can make it.
	run(ctx context.Context, s *script, keys, args []string) (any, error)
	// forget writes the engine's log anew, so that it holds nothing that was deleted. Best effort: what cannot be
	// rewritten now goes with the next rewriting.
	forget(ctx context.Context)
	// healthy reports whether writing works, by trying it.
	healthy(ctx context.Context) error
	// close releases everything. Calls under way end with an error or an answer.
	close() error
}

// verdict turns a script's one-word answer into an error; nil means "OK".
func verdict(answer any, words map[string]error) error {
	if answer == "OK" {
		return nil
	}
	if word, ok := answer.(string); ok && words[word] != nil {
		return words[word]
	}
	return fmt.Errorf("unexpected answer %v", answer)
}

// list reads an answer that is a list of strings.
func list(answer any) ([]string, error) {
	items, ok := answer.([]any)
	if !ok && answer != nil {
		return nil, fmt.Errorf("unexpected answer of type %T", answer)
	}
	out := make([]string, len(items))
	for i, item := range items {
		if out[i], ok = item.(string); !ok {
			return nil, fmt.Errorf("unexpected answer of type %T in a list", item)
		}
	}
	return out, nil
}

// call puts a script's arguments together. Keys are named once however often they are used.
type call struct {
	keys, args []string
	at         map[string]string // key -> its place in keys, counted from 1
}

func newCall(keys ...string) *call {
	c := &call{at: make(map[string]string, len(keys)+4)}
	for _, k := range keys {
		c.key(k)
	}
	return c
}

// key returns a key's place in KEYS.
func (c *call) key(k string) string {
	place, ok := c.at[k]
	if !ok {
		c.keys = append(c.keys, k)
		place = strconv.Itoa(len(c.keys))
		c.at[k] = place
	}
	return place
}

func (c *call) add(args ...string) { c.args = append(c.args, args...) }
