package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
)

// codeLength is how many characters of a fresh id a linking code has: 40 random bits, tried at the rate of bounded.
const codeLength = 8

// link gives out a linking code or, with one after the word, uses it: it makes this place part of the code's coalition,
// or this account part of the person who asked for it.
func (v *visit) link(ctx context.Context, rest string) error {
	code := plainCode(rest)
	if code == "" {
		return v.giveCode(ctx)
	}
	directory := v.b.work(coalition.Links)
	l, ok, err := find[coalition.Link](ctx, directory, flows.Ref{Kind: flows.KindLink, ID: hashed(code)})
	identity := coalition.Identity(v.in.Place, v.in.User)
	switch {
	case err != nil:
		return err
	case !ok || !l.Open(identity, v.at):
		return v.say("link.unknown", button("link.new", flows.Token{Verb: flows.VerbMenu, Object: "link"}))
	case l.Home == v.coalition && l.By == v.person.ID:
		return v.say("link.yours")
	}
	var there *work
	var done bool
	if l.Home == v.coalition {
		done, err = v.linkPerson(ctx, l)
	} else {
		there, done, err = v.linkPlace(ctx, l)
	}
	if err != nil || !done {
		return err
	}
	l.Used = identity
	if err := directory.put(flows.Ref{Kind: flows.KindLink, ID: l.ID}, l); err != nil {
		return err
	}
	directory.audit = flows.Audit{At: v.at, Verb: "link"}
	// It is used up first, so that of two who use it at once one finds it so; then the rest, which the same account may
	// repeat.
	if err := v.b.commit(ctx, directory); err != nil || there == nil {
		return err
	}
	return v.b.commit(ctx, there)
}

// plainCode is a code as people type it, without dashes and spaces.
func plainCode(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", " ", "", "`", "").Replace(s))
}

// hashed is what is kept of a code.
func hashed(code string) string {
	sum := sha256.Sum256([]byte("link " + code))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

// giveCode makes a code and shows it to the one who asked, and to nobody else.
func (v *visit) giveCode(ctx context.Context) error {
	id := v.b.ID()
	code := id[len(id)-codeLength:]
	l := coalition.Link{ID: hashed(code), Home: v.coalition, By: v.person.ID, Until: v.at.Add(coalition.LinkLasts)}
	directory := v.b.work(coalition.Links)
	directory.audit = flows.Audit{At: v.at, Verb: "link"}
	if err := directory.put(flows.Ref{Kind: flows.KindLink, ID: l.ID}, l); err != nil {
		return err
	}
	if err := v.b.commit(ctx, directory); err != nil {
		return err
	}
	half := codeLength / 2
	shown := map[string]flows.Arg{"code": {Plain: strings.ToUpper(code[:half] + "-" + code[half:])}}
	m := flows.Message{Parts: []flows.Part{
		said(flows.StyleHeading, "link.code", shown), said(flows.StyleBody, "link.how", shown), said(flows.StyleSmall, "link.careful", nil),
	}}
	if v.person.Role == coalition.RoleCoordinator {
		m.Parts = slices.Insert(m.Parts, 2, said(flows.StyleBody, "link.how-place", nil))
	}
	v.whisper = &m
	return nil
}

// linkPlace makes the place part of the code's coalition; there is what that one must keep before this one does. done is
// false when it may not be.
func (v *visit) linkPlace(ctx context.Context, l coalition.Link) (there *work, done bool, err error) {
	there = v.b.work(l.Home)
	by, known, err := find[coalition.Person](ctx, there, personRef(l.By))
	if err != nil {
		return nil, false, err
	}
	if v.person.Role != coalition.RoleCoordinator || !known || by.Role != coalition.RoleCoordinator {
		return nil, false, v.say("link.coordinators")
	}
	full, err := v.inUse(ctx)
	if err != nil {
		return nil, false, err
	}
	if full || len(v.home.Places) > 1 {
		return nil, false, v.say("link.in-use")
	}
	ref := flows.Ref{Kind: flows.KindCoalition, ID: l.Home}
	home, ok, err := find[coalition.Coalition](ctx, there, ref)
	if err != nil || !ok {
		return nil, false, err
	}
	if !slices.Contains(home.Places, v.in.Place) {
		home.Places = append(slices.Clone(home.Places), v.in.Place)
		if err := there.put(ref, home); err != nil {
			return nil, false, err
		}
	}
	there.audit = flows.Audit{At: v.at, Person: l.By, Verb: "link"}
	v.home.Moved = l.Home
	if err := v.put(flows.Ref{Kind: flows.KindCoalition, ID: v.coalition}, v.home); err != nil {
		return nil, false, err
	}
	return there, true, v.say("link.place-done", button("link.new", flows.Token{Verb: flows.VerbMenu, Object: "link"}))
}

// inUse reports whether a coalition keeps something that would be left behind.
func (v *visit) inUse(ctx context.Context) (bool, error) {
	kinds := []string{
		flows.KindRun, flows.KindGoal, flows.KindStep, flows.KindMessenger, flows.KindStakeholder, flows.KindResult,
		flows.KindMark, flows.KindCheck, flows.KindRequest,
	}
	var refs []flows.Ref
	for _, kind := range kinds {
		refs = append(refs, flows.Ref{Kind: kind})
	}
	if err := v.load(ctx, refs...); err != nil {
		return false, err
	}
	for ref, r := range v.found {
		if !slices.Contains(kinds, ref.Kind) {
			continue
		}
		var run flows.Run
		if ref.Kind != flows.KindRun {
			return true, nil
		}
		if err := decode(ref, r.Data, &run); err != nil {
			return false, err
		}
		if run.Group || !over(run) {
			return true, nil
		}
	}
	return false, nil
}
