package bot

import (
	"context"
	"hash/maphash"
	"iter"
	"maps"
	"slices"

	"convenor/flows"
)

// typed is what is known, on the way through one coalition, of what people typed there and of what names it. Whatever is
// stored or on its way counts, whichever kind it is: an id of a text stands in it as a word. Only hashes of words are
// kept; where two words have one hash, a text stays that could go.
type typed struct {
	seed   maphash.Seed
	texts  map[string]int64    // revisions, by id
	words  map[uint64]struct{} // all that stand in anything that is no text
	walked map[flows.Ref]bool  // kinds, with what they are kept under, of which records were seen
	owners map[string][]string // ids of those of which other kinds can be kept, by their kind
}

func newTyped() typed {
	return typed{
		seed: maphash.MakeSeed(), texts: map[string]int64{}, words: map[uint64]struct{}{},
		walked: map[flows.Ref]bool{}, owners: map[string][]string{},
	}
}

// take takes in a record.
func (t *typed) take(r flows.Record) {
	t.walked[flows.Ref{Kind: r.Kind, Under: r.Under}] = true
	switch r.Kind {
	case flows.KindText:
		t.texts[r.ID] = r.Rev
		return
	case flows.KindIdle: // it names what nothing else does
		return
	}
	if len(keptUnder(r.Kind)) > 0 {
		t.owners[r.Kind] = append(t.owners[r.Kind], r.ID)
	}
	t.read(r.Data)
}

// read takes in the words of a JSON document: each run of letters and digits.
func (t *typed) read(json []byte) {
	for word := range words(json) {
		t.words[maphash.Bytes(t.seed, word)] = struct{}{}
	}
}

// named reports whether something names a text.
func (t *typed) named(id string) bool {
	for word := range words([]byte(id)) {
		if _, found := t.words[maphash.Bytes(t.seed, word)]; !found {
			return false
		}
	}
	return true
}

// loose lists the texts that nothing names, sorted by id.
func (t *typed) loose() []idle {
	var list []idle
	for _, id := range slices.Sorted(maps.Keys(t.texts)) {
		if !t.named(id) {
			list = append(list, idle{ref: flows.Ref{Kind: flows.KindText, ID: id}, rev: t.texts[id], keep: keepTexts})
		}
	}
	return list
}

// words yields the runs of letters and digits in a JSON document. What an escape stands for is no part of any.
func words(json []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(json) > 0 {
			end := 0
			for end < len(json) && letter(json[end]) {
				end++
			}
			if end > 0 && !yield(json[:end]) {
				return
			}
			json = json[min(end+gap(json[end:]), len(json)):]
		}
	}
}

// gap is how long what stands between two words begins with is: a character or an escape.
func gap(json []byte) int {
	switch {
	case len(json) < 2 || json[0] != '\\':
		return 1
	case json[1] == 'u':
		return len(`\u0000`)
	default:
		return 2
	}
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' }

// keptUnder names the kinds that are kept under a record of a kind.
func keptUnder(owner string) []string {
	switch owner {
	case flows.KindRun:
		return []string{flows.KindAnswer}
	case flows.KindPerson:
		return []string{flows.KindOpen, flows.KindReceipt, flows.KindWaiting}
	case flows.KindSpace:
		return []string{flows.KindMember, flows.KindReceipt}
	case flows.KindCheck:
		return []string{flows.KindSheet}
	default:
		return nil
	}
}

// keptAlone names the other kinds that can name a text.
func keptAlone() []string {
	return []string{
		flows.KindCoalition, flows.KindPerson, flows.KindIdentity, flows.KindSpace, flows.KindFlow, flows.KindRun, flows.KindRequest,
		flows.KindMessenger, flows.KindStakeholder, flows.KindGoal, flows.KindStep, flows.KindCurrent, flows.KindPosted, flows.KindResult,
		flows.KindMark, flows.KindCheck, flows.KindNudged,
	}
}

// missed names what of a coalition can be there though none of it came by: something other than Convenor may have taken
// it off the list by which everything is gone through.
func (b *Bot) missed() (refs []flows.Ref) {
	t := &b.tidying.typed
	add := func(kind, under string) {
		if ref := (flows.Ref{Kind: kind, Under: under}); !t.walked[ref] {
			refs = append(refs, ref)
		}
	}
	for _, kind := range keptAlone() {
		add(kind, "")
	}
	for _, a := range b.Pack.Activities() {
		add(flows.KindOwn, a.ID)
	}
	for owner, ids := range t.owners {
		for _, id := range ids {
			for _, kind := range keptUnder(owner) {
				add(kind, id)
			}
		}
	}
	return refs
}

// sure takes out of what is to be forgotten whatever something names after all. It costs something only where anything is
// to be forgotten.
func (b *Bot) sure(ctx context.Context, id string, old []flows.Write) ([]flows.Write, error) {
	if len(old) == 0 {
		return nil, nil
	}
	t := &b.tidying.typed
	for missed := b.missed(); len(missed) > 0; missed = b.missed() { // what is found may own more that was missed
		for some := range slices.Chunk(missed, tidyMost) {
			records, err := b.Ledger.Load(ctx, id, some...)
			if err != nil {
				return nil, err
			}
			for _, ref := range some {
				t.walked[ref] = true
			}
			for _, r := range records {
				t.take(r)
			}
		}
	}
	return slices.DeleteFunc(old, func(w flows.Write) bool { return t.named(w.ID) }), nil
}
